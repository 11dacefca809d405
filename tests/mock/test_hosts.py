"""Is the mock's own, its journal, its faults and its token, out of reach for web pages elsewhere?"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from dataarts_mock import MockServer
from tests.mock._http import NO_TLS, PATH, TOKEN
from tests.mock._process import running

PROTECTED = [
    ("GET", "/__mock__/requests"),
    ("DELETE", "/__mock__/requests"),
    ("POST", "/__mock__/reset"),
    ("GET", "/__mock__/nothing"),
    ("GET", "/docs"),
    ("GET", "/docs/"),
    ("GET", "/docs/swagger.json"),
]
OPEN = [("GET", "/"), ("GET", "/openapi.yaml"), ("GET", "/__mock__/health"), ("POST", PATH)]

OWN = [
    "localhost",
    "LOCALHOST:1",
    "localhost.:80",
    "mock.localhost:4010",
    "127.0.0.1",
    "127.1.2.3:80",
    "[::1]:4010",
    "[0:0:0:0:0:0:0:1]",
]
FOREIGN = [
    "evil.example",
    "evil.example:4010",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "notlocalhost",
    "192.0.2.1",
    "0.0.0.0",
    "[2001:db8::1]",
    "2130706433",
]


@pytest.fixture
def http(dataarts_mock: MockServer) -> Iterator[httpx.Client]:
    """Any HTTP client, with the token."""
    with httpx.Client(base_url=dataarts_mock.url, headers=TOKEN, verify=NO_TLS) as client:
        yield client


@pytest.mark.parametrize("host", FOREIGN)
def test_foreign_host_gets_nothing_of_the_mocks_own(http: httpx.Client, dataarts_mock: MockServer, host: str) -> None:
    """What came in, what can be changed, and the page with the token, are refused to a page of a rebound host name."""
    http.post(PATH)
    headers = {"Host": host, "Origin": f"http://{host}"}
    answers = [http.request(method, path, headers=headers) for method, path in PROTECTED]

    assert [answer.status_code for answer in answers] == [403] * len(PROTECTED)
    assert answers[0].json()["error"].startswith("Host: ")
    assert not [answer for answer in answers if dataarts_mock.token in answer.text]
    assert len(dataarts_mock.requests) == 1


@pytest.mark.parametrize("host", OWN)
def test_own_host_gets_it(http: httpx.Client, host: str) -> None:
    """Names and addresses of the loopback interface are the mock's own, whatever the port."""
    statuses = [http.request(method, path, headers={"Host": host}).status_code for method, path in PROTECTED]

    assert statuses == [200, 204, 204, 404, 200, 200, 200]


def test_what_is_not_the_mocks_own_is_for_every_host(http: httpx.Client) -> None:
    """The service's routes, the document, the health route and the way to the page take any host name."""
    statuses = [http.request(method, path, headers={"Host": "mock.example"}).status_code for method, path in OPEN]

    assert statuses == [307, 200, 200, 200]


@pytest.mark.parametrize(
    ("allowed", "host", "status"),
    [
        (["mock"], "mock:4010", 200),
        (["MOCK"], "mock", 200),
        (["mock"], "other", 403),
        (["2001:db8::1"], "[2001:db8::1]:80", 200),
        (["*"], "anything.example", 200),
        (["*.example"], "anything.example", None),
    ],
)
def test_more_hosts_can_be_allowed(allowed: list[str], host: str, status: int | None) -> None:
    """Host names that are allowed by name get it too, and an asterisk allows any; other patterns are refused."""
    if status is None:
        with pytest.raises(ValueError, match=r"allowed_hosts\[0\]: not a host name or address without a port: '\*"):
            MockServer(allowed_hosts=allowed)
        return
    with MockServer(allowed_hosts=allowed) as mock:
        answer = httpx.get(f"{mock.url}/__mock__/jobs", headers={"Host": host}, verify=NO_TLS)

    assert answer.status_code == status


def test_mock_on_all_addresses_is_controlled_by_its_address() -> None:
    """With --host 0.0.0.0 the address that a request arrives at is allowed, and what --allow-host names."""
    with running("--host", "0.0.0.0", "--allow-host", "mock") as url:
        port = urlsplit(url).port
        address: Any = socket.gethostbyname(socket.gethostname())
        statuses = [
            httpx.get(f"http://{address}:{port}/__mock__/jobs", headers=headers, verify=NO_TLS).status_code
            for headers in ({}, {"Host": "mock"}, {"Host": "evil.example"})
        ]

    assert statuses == [200, 200, 403]


def test_list_of_hosts_is_no_string() -> None:
    """One host name in the place of the list is refused, rather than taken letter by letter."""
    with pytest.raises(ValueError, match="allowed_hosts: not a list of host names: 'mock'"):
        MockServer(allowed_hosts="mock")
