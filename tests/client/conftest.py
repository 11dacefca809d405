"""Fixtures of the client's tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from dataarts_runtime.aiohttp import AiohttpTransport
from dataarts_runtime.client import BaseClient

from ._calls import MODES
from ._package import NAME, Package, generate


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run tests that take a mode in each of them; those that are marked `over_aiohttp` over aiohttp as well."""
    own = any("mode" in marker.args[0] for marker in metafunc.definition.iter_markers("parametrize"))
    if "mode" in metafunc.fixturenames and not own:
        marker = metafunc.definition.get_closest_marker("over_aiohttp")
        also = marker is not None and marker.args != (False,)
        metafunc.parametrize("mode", (*MODES, "aiohttp") if also else MODES, indirect=True)


@pytest.fixture
def mode(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The function to call: `sync` or `asyncio`."""
    name: str = request.param
    if name != "aiohttp":
        return name
    _use_aiohttp(monkeypatch)
    return "asyncio"


@pytest.fixture
def over_aiohttp(request: pytest.FixtureRequest) -> bool:
    """Whether the test's mode is aiohttp."""
    return bool(request.node.callspec.params["mode"] == "aiohttp")


@pytest.fixture(params=["httpx", "aiohttp"])
def over(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """What asynchronous calls go over: httpx's own transport, or aiohttp."""
    name: str = request.param
    if name == "aiohttp":
        _use_aiohttp(monkeypatch)
    return name


def _use_aiohttp(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have clients that are given no transport make their asynchronous calls over aiohttp."""
    make = BaseClient.__init__

    def over_aiohttp(
        self: BaseClient, base_url: str, *, verify: Any = True, proxy: Any = None, trust_env: Any = True, **options: Any
    ) -> None:
        if options.get("transport") is None and options.get("async_transport") is None:
            options["async_transport"] = AiohttpTransport(verify=verify, proxy=proxy, trust_env=trust_env)
            verify, proxy = True, None
        make(self, base_url, verify=verify, proxy=proxy, trust_env=trust_env, **options)

    monkeypatch.setattr(BaseClient, "__init__", over_aiohttp)


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the caller's own proxies out."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Package]:
    """A client generated from the document with operations added."""
    folder = tmp_path_factory.mktemp("generated")
    generate(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        yield Package(NAME)
