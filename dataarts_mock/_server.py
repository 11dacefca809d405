"""The mock on a socket."""

from __future__ import annotations

import asyncio
import socket
import threading

import uvicorn

from ._app import App
from ._protocol import MockProtocol


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
    """The server: it leaves the logging of the process alone, and tells when it is ready.

    Args:
        app: What it serves.

    Attributes:
        ready: Set once it serves.
        loop: The event loop that it runs in, from then on.
    """

    loop: asyncio.AbstractEventLoop

    def __init__(self, app: App) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=MockProtocol,
                ws="none",
                lifespan="off",
                server_header=False,
                timeout_graceful_shutdown=10,
                log_config=None,
                log_level=None,
            )
        )
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve."""
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.ready.set()
