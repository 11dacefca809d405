"""HTTP on the mock's own connections: uvicorn's protocol, with what a test server needs beside it.

- The application is lent the connection, so that faults can cut it.
- A head that is too large, or takes too long, ends the connection; uvicorn itself would wait for ever.
- A client may close its side after the request, as `nc` does, and still gets its response.
- A response goes out in one write, head and body together: a system call less, which is a tenth of a request.
- At the end, connections stay open for a moment for requests that are on their way; uvicorn itself would drop them.
"""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from ._app import CONNECTION

_HEAD_BYTES = 64 * 1024
"""How large a request line and headers may be together, beyond what arrives with their first byte."""

_HEAD_SECONDS = 10.0
"""How long they may take to arrive."""

_LAST_SECONDS = 1.0
"""How long idle connections stay open when the server ends."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class _Writer:
    """What a response is written to: it holds the head back until the body comes, or the response ends."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._head = b""
        self.is_closing = transport.is_closing

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
        self._transport.close()


class MockServerState(ServerState):
    """What connections share."""

    is_ending = False
    """Whether the server ends, and with it every connection, also one that only begins."""


class MockProtocol(HttpToolsProtocol):
    """One connection."""

    server_state: MockServerState

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Decided here rather than by uvicorn's settings, which would change the logging of the whole process.
        self.access_log = False
        self.arrived = False
        self._extensions = {CONNECTION: self}
        self._in_head = False
        self._head_bytes: int | None = None
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # As uvicorn has it.
        """Begin a connection."""
        super().connection_made(transport)
        self._writer = _Writer(transport)
        if self.server_state.is_ending:
            self.shutdown()

    def reset(self) -> None:
        """Reset the connection, whatever has not been sent."""
        if (sock := self.transport.get_extra_info("socket")) is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.transport.abort()

    def finish(self) -> None:
        """Close the connection once all that was written has been sent."""
        self._writer.close()

    def data_received(self, data: bytes) -> None:
        """Read what arrived."""
        super().data_received(data)
        if self._in_head:
            # What came with its first byte is not counted: it may hold other requests as well.
            self._head_bytes = 0 if self._head_bytes is None else self._head_bytes + len(data)
            if self._head_bytes > _HEAD_BYTES:
                self._refuse("Request head too large.")
            elif self._head_timer is None:
                self._head_timer = self.loop.call_later(_HEAD_SECONDS, self._refuse, "Request head incomplete.")

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self.scope["extensions"] = self._extensions  # type: ignore[typeddict-item] # An extension of our own.
        self.arrived = False
        self._in_head = True
        self._head_bytes = None

    def on_headers_complete(self) -> None:
        """Hand the request to the application."""
        self._in_head = False
        self._stop_timer()
        super().on_headers_complete()
        self.cycle.transport = self._writer  # type: ignore[assignment] # The part of a transport that is used.
        if self.server_state.is_ending:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """End a request."""
        self.arrived = True
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """End a response."""
        self._writer.flush()
        super().on_response_complete()

    def eof_received(self) -> bool:  # type: ignore[override] # As asyncio has it; uvicorn's always returns False.
        """Keep the connection for the response, if there is one to come."""
        if self.cycle is None or self.cycle.response_complete or not self.arrived:
            return False
        self.cycle.keep_alive = False
        return True

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: a client that offers another protocol is answered in this one, as HTTP has it."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_timer()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End the connection, once the requests on their way have their responses."""
        if self.cycle is None or self.cycle.response_complete:
            self.loop.call_later(_LAST_SECONDS, self._end)
        else:
            super().shutdown()

    def _end(self) -> None:
        is_idle = self.cycle is None or self.cycle.response_complete
        # What has arrived, and the loop has not come to read yet, is read first.
        if is_idle and not self.transport.is_closing() and self._has_unread():
            self.loop.call_soon(self._end)
        else:
            super().shutdown()

    def _has_unread(self) -> bool:
        sock = self.transport.get_extra_info("socket")
        try:
            with socket.socket(fileno=os.dup(sock.fileno())) as copy:
                return bool(copy.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
        except OSError:
            return False

    def _refuse(self, message: str) -> None:
        self._stop_timer()
        self._in_head = False
        if not self.transport.is_closing():
            self.send_400_response(message)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
