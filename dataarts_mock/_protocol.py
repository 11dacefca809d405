"""HTTP on the mock's own connections: uvicorn's protocol, with what a test server needs beside it.

- The application is lent the connection, so that faults can cut it.
- A head that is too large, or takes too long, ends the connection; uvicorn itself would wait for ever.
- A client may close its side after the request, as `nc` does, and still gets its answer.
- At the end, connections stay open for a moment for requests that are on their way; uvicorn itself would drop them.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from ._app import CONNECTION

_HEAD_BYTES = 64 * 1024
"""How large a request line and headers may be together; one packet more where it comes at once."""

_HEAD_SECONDS = 10.0
"""How long they may take to arrive."""

_LAST_SECONDS = 0.25
"""How long idle connections stay open when the server ends."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class MockProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # Decided here rather than by uvicorn's settings, which would change the logging of the whole process.
        self.access_log = False
        self.arrived = False
        self._extensions = {CONNECTION: self}
        self._in_head = False
        self._head_bytes = 0
        self._head_timer: asyncio.TimerHandle | None = None
        self._is_ending = False

    def reset(self) -> None:
        """Reset the connection, whatever has not been sent."""
        if (sock := self.transport.get_extra_info("socket")) is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.transport.abort()

    def finish(self) -> None:
        """Close the connection once all that was written has been sent."""
        self.transport.close()

    def data_received(self, data: bytes) -> None:
        """Read what arrived."""
        super().data_received(data)
        if self._in_head:
            self._head_bytes += len(data)
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
        self._head_bytes = 0

    def on_headers_complete(self) -> None:
        """Hand the request to the application."""
        self._in_head = False
        self._stop_timer()
        super().on_headers_complete()
        if self._is_ending:
            self.cycle.keep_alive = False

    def on_message_complete(self) -> None:
        """End a request."""
        self.arrived = True
        super().on_message_complete()

    def eof_received(self) -> bool:  # type: ignore[override] # As asyncio has it; uvicorn's always answers no.
        """Keep the connection for the answer, if there is one to come."""
        if self.cycle is None or self.cycle.response_complete or not self.arrived:
            return False
        self.cycle.keep_alive = False
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_timer()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """End the connection, but answer what is on its way."""
        self._is_ending = True
        if self.cycle is None or self.cycle.response_complete:
            self.loop.call_later(_LAST_SECONDS, super().shutdown)
        else:
            super().shutdown()

    def _refuse(self, message: str) -> None:
        self._stop_timer()
        self._in_head = False
        if not self.transport.is_closing():
            self.send_400_response(message)

    def _stop_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
