"""A CONNECT proxy on loopback."""

from __future__ import annotations

import base64
from urllib.parse import quote

from ._server import Connection, Server


class Proxy(Server):
    """Opens tunnels to where it is told, or, wherever the client wants to go, to one port; counts and records."""

    def __init__(self, port: int, *, user: str = "", password: str = "", refuse: bytes = b"") -> None:
        """Lead every tunnel to this port; with `refuse`, answer so the first time."""
        super().__init__(*([self._refuse, self._tunnel] if refuse else [self._tunnel]))
        self.target = port
        self.user, self.password = user, password
        self.refusal = refuse

    @property
    def setting(self) -> str:
        """What the environment variable is set to."""
        if not self.user:
            return self.url
        return self.url.replace("://", f"://{quote(self.user, safe='')}:{quote(self.password, safe='')}@")

    def _refuse(self, connection: Connection) -> None:
        connection.send(self.refusal)
        connection.end()

    def _tunnel(self, connection: Connection) -> None:
        request = self.requests[-1]
        basic = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if self.user and request.all("Proxy-Authorization") != [f"Basic {basic}"]:
            connection.send(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
            return
        if request.method != b"CONNECT":
            connection.send(b"HTTP/1.1 405 CONNECT only\r\nContent-Length: 0\r\n\r\n")
            return
        connection.relay(self.target, b"HTTP/1.1 200 Connection established\r\n\r\n")
