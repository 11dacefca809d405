"""Requests to a mock, as any HTTP client sends them."""

from __future__ import annotations

import socket
import ssl
from urllib.parse import urlsplit

import httpx

PATH = "/v1/p1/jobs/myJob/run-immediate"
TOKEN = {"X-Auth-Token": "mock-token"}
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""One for all, since httpx takes its time to make one."""


def post(url: str, path: str = PATH, headers: dict[str, str] | None = None, body: bytes = b"") -> httpx.Response:
    """Send a POST with the mock's token, or with other headers beside it."""
    return httpx.post(url + path, content=body, headers=TOKEN | (headers or {}), verify=NO_TLS, timeout=20)


def connect(url: str) -> socket.socket:
    """Connect to a mock."""
    address = urlsplit(url)
    return socket.create_connection((str(address.hostname), address.port), timeout=20)


def exchange(url: str, request: bytes, *, end: bool = False) -> tuple[bytes, OSError | None]:
    """Send bytes and, if so asked, their end; return what comes back until the connection ends, and its error."""
    received = b""
    with connect(url) as connection:
        try:
            connection.sendall(request)
            if end:
                connection.shutdown(socket.SHUT_WR)
            while part := connection.recv(65536):
                received += part
        except OSError as error:
            return received, error
    return received, None
