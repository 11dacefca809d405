"""Fixtures of the tests of runs."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dataarts_client import Client
from dataarts_mock import MockServer

from ._caller import MODES, Caller
from ._time import VirtualTime


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the caller's own proxies out."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def time(dataarts_mock: MockServer, monkeypatch: pytest.MonkeyPatch) -> VirtualTime:
    """A time that passes only where runs sleep, for the mock as well."""
    dataarts_mock.freeze()
    virtual = VirtualTime(dataarts_mock.advance)
    virtual.install(monkeypatch)
    return virtual


@pytest.fixture(params=MODES)
def caller(request: pytest.FixtureRequest, dataarts_mock: MockServer) -> Iterator[Caller]:
    """A blocking caller, then an asynchronous one, with a client of the mock that attempts nothing again."""
    with Caller(request.param, dataarts_mock.client(max_retries=0)) as caller:
        yield caller


@pytest.fixture
def client(dataarts_mock: MockServer) -> Iterator[Client]:
    """A client of the mock."""
    with dataarts_mock.client() as client:
        yield client
