"""Does server_url know the contract's servers, and no others?"""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dataarts_client
from dataarts_client import Client, server_url
from tests.generation.documents import document, generate, write

SERVERS: dict[str, dict[str, Any]] = {server["x-cloud"]: server for server in document()["servers"]}


@pytest.mark.parametrize("cloud", SERVERS)
def test_servers_of_the_contract(cloud: str) -> None:
    """Each server of the contract is there by its name, in the region that is its default or is given."""
    url: str = SERVERS[cloud]["url"]
    default = SERVERS[cloud]["variables"]["region"]["default"]

    assert server_url(cloud) == url.replace("{region}", default)
    assert server_url(cloud, "my-region-9") == server_url(cloud, region="my-region-9")
    assert server_url(cloud, "my-region-9") == url.replace("{region}", "my-region-9")
    assert server_url(cloud, None) == server_url(cloud)
    assert Client(server_url(cloud)).base_url == server_url(cloud)


def test_names_are_those_that_are_promised() -> None:
    """The clouds have the names that guides use."""
    assert list(SERVERS) == ["huawei", "huawei-eu", "otc"]
    assert dataarts_client.server_url is server_url


@pytest.mark.parametrize("cloud", ["", "Huawei", "aws", None, 5, ["otc"]])
def test_unknown_cloud(cloud: Any) -> None:
    """Another name is a ValueError that lists those that are known."""
    with pytest.raises(ValueError, match="cloud: must be one of 'huawei', 'huawei-eu', 'otc'"):
        server_url(cloud)


@pytest.mark.parametrize(
    "region", ["", ".", "a.", "a..b", "a/b", "a@b", "a:1", "a?b", "a#b", "a b", "a\n", "é", "a%2Fb"]
)
def test_region_that_is_no_part_of_a_host(region: str) -> None:
    """A region that would lead to another host, or to none, is a ValueError."""
    with pytest.raises(ValueError, match="region: "):
        server_url("otc", region)


@pytest.mark.parametrize("region", [5, b"eu-de", ["eu-de"]])
def test_region_that_is_no_string(region: Any) -> None:
    """A region that is no string is a TypeError."""
    with pytest.raises(TypeError, match="region: must be a string"):
        server_url("otc", region)


def generated(folder: Path, name: str, servers: list[dict[str, Any]]) -> Any:
    """Generate the client of a contract with other servers, and import it."""
    (folder / name).mkdir()
    done = generate(write(folder / name, document() | {"servers": servers}), folder / name / name)
    assert done.returncode == 0, done.stderr
    sys.path.insert(0, str(folder / name))
    return importlib.import_module(name)


@pytest.fixture
def path() -> Iterator[None]:
    """Leave sys.path as it was."""
    before = sys.path.copy()
    yield
    sys.path[:] = before


@pytest.mark.usefixtures("path")
def test_any_servers(tmp_path: Path) -> None:
    """The extension that tells servers apart and their variables give the arguments, whatever they are called."""
    client = generated(
        tmp_path,
        "client_of_other_servers",
        [
            {
                "url": "https://{zone}.example/{version}",
                "x-official": True,
                "x-site": "north",
                "variables": {
                    "zone": {"default": "a", "enum": ["a", "b"], "description": "The zone"},
                    "version": {"default": "v1"},
                },
            },
            {"url": "https://south.example", "x-official": True, "x-site": "south"},
        ],
    )

    assert str(inspect.signature(client.server_url)) == (
        "(site: str, zone: str | None = None, version: str | None = None) -> str"
    )
    assert client.server_url("north", zone="b", version="v2") == "https://b.example/v2"
    assert client.server_url("south") == "https://south.example"
    with pytest.raises(ValueError, match="zone: must be one of 'a', 'b'"):
        client.server_url("north", zone="c")
    with pytest.raises(ValueError, match="zone: "):
        client.server_url("south", zone="a")


@pytest.mark.usefixtures("path")
@pytest.mark.parametrize(
    "servers",
    [[], [{"url": "https://a.example"}], [{"url": f"https://{host}.example", "x-site": "same"} for host in "ab"]],
    ids=["none", "nameless", "same name"],
)
def test_servers_without_names(servers: list[dict[str, Any]], tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Where nothing tells the servers apart there is no server_url."""
    name = f"client_{abs(hash(request.node.name))}"
    client = generated(tmp_path, name, servers)

    assert not hasattr(client, "server_url")
    assert "server_url" not in client.__all__
