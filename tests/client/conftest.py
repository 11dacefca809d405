"""Fixtures of the client's tests."""

from collections.abc import Iterator

import pytest

from ._calls import MODES
from ._package import NAME, Package, generate


@pytest.fixture(params=MODES)
def mode(request: pytest.FixtureRequest) -> str:
    """The function to call: `sync` or `asyncio`."""
    name: str = request.param
    return name


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
