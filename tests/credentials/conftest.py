"""A server on a real socket, started once and reset before each test."""

from collections.abc import Iterator

import pytest

from .server import Server, serve


@pytest.fixture(scope="session")
def _server() -> Iterator[Server]:
    with serve() as server:
        yield server


@pytest.fixture
def server(_server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, which has received nothing yet and answers everything with 200. Requests reach it without a proxy."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    _server.reset()
    return _server
