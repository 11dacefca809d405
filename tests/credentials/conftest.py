"""A server on a real socket, started once and forgetful between tests."""

from collections.abc import Iterator

import pytest

from .wire import Wire, serve


@pytest.fixture(scope="session")
def _server() -> Iterator[Wire]:
    with serve() as wire:
        yield wire


@pytest.fixture
def wire(_server: Wire, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """The server, with nothing arrived and nothing to say but 200; no proxy stands before it."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    _server.arrived.clear()
    _server.answers.clear()
    return _server
