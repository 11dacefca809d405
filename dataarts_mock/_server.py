"""The mock on a socket, served by uvicorn."""

from __future__ import annotations

import asyncio
import select
import socket
import time
from collections.abc import Callable

import uvicorn

from ._app import App
from ._connection import MockServerState
from ._protocol import MockProtocol

_LAST_SECONDS = 0.5
"""How long waiting connections are still accepted when the server stops."""

_KEEP_ALIVE_SECONDS = 75
"""How long a connection stays open between requests; longer than clients keep it, or the next request could be lost."""


def listen(host: str, port: int) -> socket.socket:
    """Open the listening socket; port 0 takes a free one.

    Raises:
        OSError: The address cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=1024)


def url_of(listener: socket.socket) -> str:
    """Return the URL under which a listening socket is reached."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Server(uvicorn.Server):
    """The server; it leaves the logging of the process alone.

    Args:
        app: What it serves.
        on_started: Called once requests and signals are taken.

    Attributes:
        loop: The event loop that it runs in, once it has started.
    """

    loop: asyncio.AbstractEventLoop
    server_state: MockServerState

    def __init__(self, app: App, on_started: Callable[[], None] = lambda: None) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=MockProtocol,
                ws="none",
                lifespan="off",
                server_header=False,
                proxy_headers=False,
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=10,
                log_config=None,
                log_level=None,
            )
        )
        self.server_state = MockServerState(app.service.clock)
        self._on_started = on_started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to serve."""
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, after accepting the connections that wait for it."""
        begin = time.monotonic()
        while sockets and time.monotonic() < begin + _LAST_SECONDS and select.select(sockets, (), (), 0)[0]:
            await asyncio.sleep(0)
        self.server_state.is_ending = True
        await super().shutdown(sockets)
