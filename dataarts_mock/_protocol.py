"""HTTP on the mock's own connections: uvicorn's protocol, with these changes.

- The application can reset or close the connection, which some faults need.
- A request that breaks a rule of HTTP which the parser does not check is refused by the application, like others.
- Bytes that are no request at all are refused too, after the requests before them have their responses.
- The connection is closed if nothing is sent on it, or if the head of a request is too large or takes too long.
- After a refusal the connection stays open for a moment while the client is still sending, or it would be reset and the
  client could not read the refusal.
- A client may close its side of the connection after the request, as `nc` does, and still gets its response.
- Head and body of a response are written together: one system call less, which is a tenth of the time of a request.
- A request that has arrived to its end at once is responded to at once: the events and the task of ASGI would take as
  long as the response itself.
- When the server stops, connections stay open for a moment for requests that are on their way; uvicorn itself would
  close them.
"""

from __future__ import annotations

import asyncio
import re
from collections import deque
from itertools import pairwise
from typing import Any, cast

import httptools
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from ._app import MESSAGE, App
from ._connection import Message, MockServerState, Writer, has_unread
from ._http import read_head
from ._sending import sent_headers

_HEAD_BYTES = 64 * 1024
"""The largest request line and headers, together."""

_HEAD_SECONDS = 10.0
"""How long request line and headers may take to arrive, and how long a new connection may send nothing."""

_LINGER_SECONDS = 2.0
"""How long a connection stays open after a refusal if the client is still sending."""

_LAST_SECONDS = 1.0
"""How long idle connections stay open when the server stops, and how long the rest of a body is waited for then."""

_HEADERS_OF_HTTP = frozenset({b"host", b"content-length", b"transfer-encoding", b"expect"})
"""The headers that the protocol itself reads."""

_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_EMPTY_LINE = re.compile(rb"\r\n(?=\r\n)")
_UNKNOWN_METHOD = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+ [!-~]+ HTTP/1\.[01]\r\n")


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
        self._method = self._version = ""
        self._hosts: tuple[bytes, ...] = ()
        self._codings: tuple[bytes, ...] = ()
        self._length = 0
        self._is_held = False
        self._held_body = b""
        self._data = b""  # What arrived last; while a head is incomplete, all of it.
        self._next: int | None = 0  # Where in it the next request begins; None while a body arrives in chunks.
        self._head_timer: asyncio.TimerHandle | None = None
        self._cycles: deque[RequestResponseCycle] = deque()  # Of the requests without a complete response.
        self._refusal: tuple[int, str] | None = None
        self._is_quiet = False
        self._quiet_since = 0.0
        self._is_lingering = False
        self._is_at_end = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # As uvicorn has it.
        """Begin a connection."""
        super().connection_made(transport)
        self.writer = Writer(self)
        self._head_timer = self.loop.call_later(_HEAD_SECONDS, self._head_timeout)
        if self.server_state.is_ending:
            self.shutdown()

    def data_received(self, data: bytes) -> None:
        """Read what arrived."""
        if self._is_lingering or self._refusal:
            return
        self._is_quiet = False
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
            if self._is_held:
                self._start()
            self._stop_reading(error)
            return
        if self._is_held:  # Its body has not arrived yet.
            self._start()
        if self._in_head and len(self._data) - (self._next or 0) > _HEAD_BYTES:
            self._refuse(400, "Request head too large.")
        elif not self._is_quiet and self._head_timer is None and (self._in_head or self._is_idle()):
            self._head_timer = self.loop.call_later(_HEAD_SECONDS, self._head_timeout)

    def _feed(self, data: bytes) -> None:
        """Pass what arrived to the parser; in pieces if it may hold a chunked body, to see where that ends."""
        if self._next is not None and b"chunked" not in self._data[self._next :].lower():
            self._feed_piece(data)
            return
        begin = len(self._data) - len(data)
        # A chunked body ends with an empty line, of which some bytes may have arrived before.
        cuts = sorted({1, 2, 3, *(found.end() + 2 for found in _EMPTY_LINE.finditer(data)), len(data)})
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
        """Refuse what the parser could not read."""
        if self.cycle is not None and not self._in_head and not self._message.arrived:
            self._refuse_body("body: not of the length, or not in the chunks, that the headers announce")
        elif isinstance(error, httptools.HttpParserInvalidMethodError) and _UNKNOWN_METHOD.match(
            self._data, self._next or 0
        ):
            self._refuse(501, "Method not known.")
        else:
            self._refuse(400, "Invalid HTTP request received.")

    def _refuse_body(self, violation: str) -> None:
        """Have the application refuse a request because of its body."""
        self._message.malformed = self._message.malformed or violation
        self._refusal = 400, ""  # In case that the application has refused it already.
        self.cycle.keep_alive = False
        self.cycle.message_event.set()

    def on_message_begin(self) -> None:
        """Begin a request."""
        if self._is_repeated_head:
            return
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._message = Message(self)
        self._in_head = True
        self._is_quiet = False
        self._held_body = b""
        self._hosts = ()
        self._codings = ()
        self._length = 0

    def on_url(self, url: bytes) -> None:
        """Read the request target."""
        if not self._is_repeated_head:
            self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """Read a header, without trailing white space; ignore the trailers, which are no headers."""
        if not self._in_head:
            return
        name = name.lower()
        value = value.rstrip(b" \t")
        self.headers.append((name, value))
        if name not in _HEADERS_OF_HTTP:
            return
        if name == b"host":
            self._hosts += (value,)
        elif name == b"content-length":
            self._length = int(value)
        elif name == b"transfer-encoding":
            self._codings += (value,)
        elif name == b"expect":
            self.expect_100_continue = value.lower() == b"100-continue"

    def on_headers_complete(self) -> None:
        """Start the application on the request, or hold it back until its body has arrived, if that may be soon."""
        if self._is_repeated_head:
            self._is_repeated_head = False
            return
        self._in_head = False
        self._stop_timer()
        self._check_head()
        self._is_held = self._is_idle() and self._is_usual() and not self.flow.write_paused
        if not self._is_held:
            self._start()

    def _is_usual(self) -> bool:
        """Return whether the request has nothing in its head for which its connection or its body needs care."""
        return not (
            self._message.malformed
            or self._codings
            or self.expect_100_continue
            or self.server_state.is_ending
            or self.parser.should_upgrade()
            or not self.parser.should_keep_alive()
            or self._version != "1.1"
            or self._method == "HEAD"
        )

    def _start(self) -> None:
        """Start the application on the request."""
        self._is_held = False
        head = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()  # Which makes the scope, and forgets the head.
        self.url, self.headers, self.expect_100_continue = head
        self.scope["headers"] = self.headers
        self.scope["extensions"] = {MESSAGE: self._message}  # type: ignore[dict-item] # An extension of our own.
        super().on_headers_complete()
        self.cycle.transport = self.writer  # type: ignore[assignment] # The part of a transport that is used.
        self._cycles.append(self.cycle)
        if self.server_state.is_ending or self._message.malformed:
            self.cycle.keep_alive = False
        if self._held_body:
            super().on_body(self._held_body)

    def _check_head(self) -> None:
        """Check the request line and the headers, and compute where the next request begins."""
        version = self._version = self.parser.get_http_version()
        method = self.parser.get_method()
        self._method = method.decode()
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
        if self._is_held:
            if self._respond_at_once():
                return
            self._start()
        self._message.arrived = True
        super().on_message_complete()
        self.cycle.waiting_for_100_continue = False  # The body is here.

    def on_body(self, body: bytes) -> None:
        """Read a part of the body."""
        if self._is_held and not self._held_body:
            self._held_body = body
        else:
            if self._is_held:
                self._start()
            super().on_body(body)

    def _respond_at_once(self) -> bool:
        """Respond to the request that is held; return False if the application has to be started on it instead."""
        try:
            app = cast("App", self.app)
            response = app.respond_at_once(self._method, self.url, self.headers, self._held_body)
            if response is None:
                return False
            self._write(response.status, sent_headers(response), response.body)
        except Exception as error:
            self.app = _failing(error)  # After which uvicorn closes the connection.
            return False
        self._is_held = False
        self._message.arrived = True
        self.server_state.total_requests += 1
        self._await_next()
        return True

    def _await_next(self) -> None:
        """Close the connection later if nothing is sent on it; one timer serves many requests."""
        self._is_quiet = True
        self._quiet_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    def timeout_keep_alive_handler(self) -> None:
        """Close the connection if nothing was sent on it for so long."""
        self.timeout_keep_alive_task = None
        if not self._is_quiet:
            return  # The next response starts the timer again.
        left = self._quiet_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self.timeout_keep_alive_task = self.loop.call_later(left, self.timeout_keep_alive_handler)
        else:
            super().timeout_keep_alive_handler()

    def on_response_complete(self) -> None:
        """End a response."""
        self._cycles.popleft()
        self.writer.flush()
        if self._is_lingering:
            return
        super().on_response_complete()
        if self.timeout_keep_alive_task is not None:
            self._await_next()
        if self._refusal and self._is_idle():
            self._refuse(*self._refusal)

    def eof_received(self) -> bool:  # type: ignore[override] # As asyncio has it; uvicorn's always returns False.
        """Keep the connection open if a response is still to come."""
        self._is_at_end = True
        if self._is_idle() or not (self._message.arrived or self._message.malformed):
            return False
        self.cycle.keep_alive = False
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the application that the client is gone, for each request; uvicorn does so for the last one only."""
        self._stop_timer()
        super().connection_lost(exc)
        for cycle in self._cycles:
            cycle.disconnected = True
            cycle.message_event.set()

    def shutdown(self) -> None:
        """Close the connection, once the requests on their way have their responses."""
        if self._is_idle():
            self.loop.call_later(_LAST_SECONDS, self._end)
        else:
            super().shutdown()
            self.loop.call_later(_LAST_SECONDS, self._body_timeout)

    def close(self) -> None:
        """Close the connection; if the client is still sending, only for writing, and a moment later altogether."""
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
        # Data that the socket has received and the event loop has not read yet is read first.
        if self._is_idle() and not self.transport.is_closing() and has_unread(self.transport):
            self.loop.call_soon(self._end)
        else:
            super().shutdown()

    def _body_timeout(self) -> None:
        """Refuse a request whose body is still incomplete."""
        if not (self._message.arrived or self._is_idle() or self._in_head):
            self._refuse_body("body: incomplete")

    def _head_timeout(self) -> None:
        if self._data:
            self._refuse(400, "Request head incomplete.")
        else:
            self.transport.close()

    def _refuse(self, status: int, message: str) -> None:
        """Send an error in plain text and close the connection, after the responses to earlier requests."""
        self._stop_timer()
        self._refusal = status, message
        if self._is_idle() and not self._is_lingering and not self.transport.is_closing():
            headers = {
                "content-type": "text/plain; charset=utf-8",
                "content-length": str(len(message)),
                "connection": "close",
            }
            self._write(status, headers, message.encode())
            self.close()

    def _write(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Write a whole response."""
        if _CONTROL.search("".join(headers.values())):
            raise RuntimeError(f"a header has a control character: {headers}")
        lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
        head = f"date: {self.server_state.date()}\r\n{lines}\r\n".encode("latin-1")
        self.transport.write(STATUS_LINE[status] + head + body)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


def _failing(error: Exception) -> ASGIApp:
    """Return an application that fails, so that uvicorn does what it does then."""

    async def fail(scope: object, receive: object, send: object) -> None:
        raise error

    return fail
