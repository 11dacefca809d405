"""HTTP on the mock's own connections: uvicorn's protocol, with what a test server needs beside it.

- The application is lent the connection, so that faults can cut it.
- What the parser lets pass though HTTP forbids it, is refused by the application, as other requests are.
- What is no HTTP at all is refused after the requests before it have their responses.
- A connection ends if it sends nothing, or if the head of a request is too large or takes too long.
- A refusal is not lost because the client is still sending: the connection is kept until it has been read.
- A client may close its side after the request, as `nc` does, and still gets its response.
- A response goes out in one write, head and body together: a system call less, which is a tenth of a request.
- At the end, connections stay open for a moment for requests that are on their way; uvicorn itself would drop them.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import struct
from collections import deque
from email.utils import formatdate
from itertools import pairwise
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from ._app import MESSAGE
from ._clock import SECOND, Clock
from ._http import read_head

_HEAD_BYTES = 64 * 1024
"""How large a request line and headers may be together."""

_HEAD_SECONDS = 10.0
"""How long they may take to arrive, and how long a new connection may send nothing."""

_LINGER_SECONDS = 2.0
"""How long a connection is kept at most for a client that still sends when it has been refused."""

_LAST_SECONDS = 1.0
"""How long idle connections stay open when the server ends."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_EMPTY_LINE = re.compile(rb"\r\n(?=\r\n)")
_UNKNOWN_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [!-~]+ HTTP/1\.[01]\r\n")


class Message:
    """One request on its connection.

    Args:
        protocol: The connection.

    Attributes:
        arrived: Whether it has arrived to its end.
        malformed: Which rule of HTTP it breaks; empty if none.
    """

    __slots__ = ("arrived", "malformed", "protocol")

    def __init__(self, protocol: MockProtocol) -> None:
        self.protocol = protocol
        self.arrived = False
        self.malformed = ""

    def reset(self) -> None:
        """Reset the connection, whatever has not been sent."""
        transport = self.protocol.transport
        if (sock := transport.get_extra_info("socket")) is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()

    def finish(self) -> None:
        """Close the connection once all that was written has been sent."""
        self.protocol.writer.flush()
        self.protocol.transport.close()


class _Writer:
    """What a response is written to: it holds the head back until the body comes, or the response ends."""

    def __init__(self, protocol: MockProtocol) -> None:
        self._protocol = protocol
        self._transport = protocol.transport
        self._head = b""
        self.is_closing = self._transport.is_closing

    def write(self, data: bytes) -> None:
        if self._head:
            self._transport.write(self._head + data)
            self._head = b""
        elif data.startswith(b"HTTP/1.1 ") and not data.startswith(b"HTTP/1.1 100 "):
            self._head = data
        else:
            self._transport.write(data)

    def flush(self) -> None:
        if self._head:
            self.write(b"")

    def close(self) -> None:
        self.flush()
        self._protocol.close()


class MockServerState(ServerState):
    """What connections share.

    Args:
        clock: Tells the time for the header Date.
    """

    is_ending = False
    """Whether the server ends, and with it every connection, also one that only begins."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._second = -1
        self._date: list[tuple[bytes, bytes]] = []
        super().__init__()

    @property
    def default_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers of every response: the date, by the mock's clock and not by the machine's, as uvicorn has it."""
        second = self._clock.now() // SECOND
        if second != self._second:
            self._second = second
            self._date = [(b"date", formatdate(second, usegmt=True).encode())]
        return self._date

    @default_headers.setter
    def default_headers(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Pass over what uvicorn sets each second."""


class MockProtocol(HttpToolsProtocol):
    """One connection."""

    server_state: MockServerState

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Decided here rather than by uvicorn's settings, which would change the logging of the whole process.
        self.access_log = False
        self._message = Message(self)
        self._message.arrived = True
        self._in_head = False
        self._is_repeated_head = False
        self._hosts: tuple[bytes, ...] = ()
        self._codings: tuple[bytes, ...] = ()
        self._length = 0
        self._data = b""  # What arrived last; while a head is incomplete, all of it.
        self._next: int | None = 0  # Where in it the next request begins; None while a body arrives in chunks.
        self._head_timer: asyncio.TimerHandle | None = None
        self._cycles: deque[RequestResponseCycle] = deque()  # Of the requests without a complete response.
        self._refusal: tuple[int, str] | None = None
        self._is_lingering = False
        self._is_at_end = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # As uvicorn has it.
        """Begin a connection."""
        super().connection_made(transport)
        self.writer = _Writer(self)
        self._head_timer = self.loop.call_later(_HEAD_SECONDS, self._end_of_patience)
        if self.server_state.is_ending:
            self.shutdown()

    def data_received(self, data: bytes) -> None:
        """Read what arrived."""
        if self._is_lingering or self._refusal:
            return
        self._unset_keepalive_if_required()
        if self._in_head:
            self._data += data
        elif self._message.arrived:
            self._data, self._next = data, 0
        else:
            self._next = None if self._next is None else self._next - len(self._data)
            self._data = data
        try:
            self._feed(data)
        except httptools.HttpParserError as error:
            self._stop_reading(error)
            return
        if self._in_head and len(self._data) - (self._next or 0) > _HEAD_BYTES:
            self._refuse(400, "Request head too large.")
        elif self._head_timer is None and (self._in_head or self._is_idle()):
            self._head_timer = self.loop.call_later(_HEAD_SECONDS, self._end_of_patience)

    def _feed(self, data: bytes) -> None:
        """Have the parser read what arrived; in pieces where a body may be in chunks, to see where that ends."""
        begin = len(self._data) - len(data)
        cuts = [len(data)]
        if self._next is None or b"chunked" in self._data[self._next :].lower():
            # It ends with an empty line, whose line breaks may have begun with what arrived before.
            cuts = sorted({1, 2, 3, *(found.end() + 2 for found in _EMPTY_LINE.finditer(data)), *cuts})
        for last, cut in pairwise([0, *cuts]):
            self._feed_piece(data[last:cut])
            if self._next is None and self._message.arrived:
                self._next = begin + cut

    def _feed_piece(self, data: bytes) -> None:
        while True:
            try:
                self.parser.feed_data(data)
                return
            except httptools.HttpParserUpgrade as upgrade:
                # A client that offers another protocol gets its response in this one. The parser, for which HTTP ends
                # here, is told once more how long the body is, and goes on.
                self._is_repeated_head = True
                lengths = [pair for pair in self.headers if pair[0] in (b"content-length", b"transfer-encoding")]
                head = b"".join(b"%b: %b\r\n" % pair for pair in lengths)
                data = b"POST / HTTP/1.1\r\n" + head + b"\r\n" + data[upgrade.args[0] :]

    def _stop_reading(self, error: httptools.HttpParserError) -> None:
        """Refuse what is no HTTP."""
        if self.cycle is not None and not self._in_head and not self._message.arrived:
            self._give_up_body("body: not of the length, or not in the chunks, that the headers announce")
        elif isinstance(error, httptools.HttpParserInvalidMethodError) and _UNKNOWN_METHOD.match(
            self._data, self._next or 0
        ):
            self._refuse(501, "Method not known.")
        else:
            self._refuse(400, "Invalid HTTP request received.")

    def _give_up_body(self, violation: str) -> None:
        """Have the application refuse a request whose body cannot be read to its end."""
        self._message.malformed = self._message.malformed or violation
        self._refusal = 400, ""  # In case that the application has refused it already.
        self.cycle.keep_alive = False
        self.cycle.message_event.set()

    def on_message_begin(self) -> None:
        """Begin a request."""
        if self._is_repeated_head:
            return
        super().on_message_begin()
        self._message = Message(self)
        self.scope["extensions"] = {MESSAGE: self._message}  # type: ignore[dict-item] # An extension of our own.
        self._in_head = True
        self._hosts = ()
        self._codings = ()
        self._length = 0

    def on_url(self, url: bytes) -> None:
        """Read the request target."""
        if not self._is_repeated_head:
            super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Read a header, without the white space behind it; trailers are passed over, as they are no headers."""
        if not self._in_head:
            return
        name = name.lower()
        value = value.rstrip(b" \t")
        if name == b"host":
            self._hosts += (value,)
        elif name == b"content-length":
            self._length = int(value)
        elif name == b"transfer-encoding":
            self._codings += (value,)
        elif name == b"expect":
            self.expect_100_continue = value.lower() == b"100-continue"
        self.headers.append((name, value))

    def on_headers_complete(self) -> None:
        """Hand the request to the application."""
        if self._is_repeated_head:
            self._is_repeated_head = False
            return
        self._in_head = False
        self._stop_timer()
        self._check_head()
        super().on_headers_complete()
        self.cycle.transport = self.writer  # type: ignore[assignment] # The part of a transport that is used.
        self._cycles.append(self.cycle)
        if self.server_state.is_ending or self._message.malformed:
            self.cycle.keep_alive = False

    def _check_head(self) -> None:
        """Note what is wrong with the request line and the headers, and where the next request begins."""
        version = self.parser.get_http_version()
        method = self.parser.get_method()
        line = b"%b %b HTTP/%b\r\n" % (method, self.url, version.encode())
        begin = self._next or 0
        while self._data[begin : begin + 1] in (b"\r", b"\n"):
            begin += 1
        end = self._data.find(b"\r\n\r\n", begin) + 4
        self._next = None if self._codings else end + self._length
        is_exact = self._data.startswith(line, begin)
        head = read_head(method, self.url, version, self._hosts, self._codings, is_exact)
        self.url = head.target
        if head.authority is not None:
            self.headers[:] = [(name, head.authority if name == b"host" else value) for name, value in self.headers]
        if end - begin > _HEAD_BYTES:
            self._message.malformed = f"request line and headers: larger than {_HEAD_BYTES} bytes"
        elif head.violation:
            self._message.malformed = head.violation
        if head.violation or version == "1.0":
            self.expect_100_continue = False

    def on_message_complete(self) -> None:
        """End a request."""
        if self.parser.should_upgrade():
            return
        self._message.arrived = True
        super().on_message_complete()
        self.cycle.waiting_for_100_continue = False  # The body is here.

    def on_response_complete(self) -> None:
        """End a response."""
        self._cycles.popleft()
        self.writer.flush()
        if self._is_lingering:
            return
        super().on_response_complete()
        if self._refusal and self._is_idle():
            self._refuse(*self._refusal)

    def eof_received(self) -> bool:  # type: ignore[override] # As asyncio has it; uvicorn's always returns False.
        """Keep the connection for the response, if there is one to come."""
        self._is_at_end = True
        if self._is_idle() or not (self._message.arrived or self._message.malformed):
            return False
        self.cycle.keep_alive = False
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection, and tell all who respond to its requests; uvicorn itself tells the last one alone."""
        self._stop_timer()
        super().connection_lost(exc)
        for cycle in self._cycles:
            cycle.disconnected = True
            cycle.message_event.set()

    def shutdown(self) -> None:
        """End the connection, once the requests on their way have their responses."""
        if self._is_idle():
            self.loop.call_later(_LAST_SECONDS, self._end)
        else:
            super().shutdown()
            self.loop.call_later(_LAST_SECONDS, self._end_body)

    def close(self) -> None:
        """Close the connection; while the client still sends, only for writing, so that it can read what was sent."""
        self._stop_timer()
        if self._is_at_end or (self._message.arrived and not self._refusal):
            self.transport.close()
        elif not self._is_lingering and not self.transport.is_closing():
            self._is_lingering = True
            self.transport.write_eof()
            self.flow.resume_reading()
            self.loop.call_later(_LINGER_SECONDS, self.transport.close)

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _end(self) -> None:
        # What has arrived, and the loop has not come to read yet, is read first.
        if self._is_idle() and not self.transport.is_closing() and self._has_unread():
            self.loop.call_soon(self._end)
        else:
            super().shutdown()

    def _end_body(self) -> None:
        """Wait no longer for a body that is incomplete."""
        if not (self._message.arrived or self._is_idle() or self._in_head):
            self._give_up_body("body: incomplete")

    def _has_unread(self) -> bool:
        sock = self.transport.get_extra_info("socket")
        try:
            with socket.socket(fileno=os.dup(sock.fileno())) as copy:
                return bool(copy.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            return False

    def _end_of_patience(self) -> None:
        if self._data:
            self._refuse(400, "Request head incomplete.")
        else:
            self.transport.close()

    def _refuse(self, status: int, message: str) -> None:
        """Refuse what is no request, and end the connection; requests before it get their responses first."""
        self._stop_timer()
        self._refusal = status, message
        if self._is_idle() and not self._is_lingering and not self.transport.is_closing():
            head = b"content-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
            self.transport.write(STATUS_LINE[status] + head % len(message) + message.encode())
            self.close()

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
