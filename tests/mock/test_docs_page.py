"""Is the reference page served whole, from the mock alone?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dataarts_mock import MockServer
from tests.mock._http import NO_TLS, TOKEN

URL = re.compile(r"""(?:src|href)=["']([^"']+)["']|url\(["']?([^"')]+)["']?\)""")


@pytest.fixture
def http(dataarts_mock: MockServer) -> Iterator[httpx.Client]:
    """Any HTTP client, without credentials."""
    with httpx.Client(base_url=dataarts_mock.url, verify=NO_TLS) as client:
        yield client


@pytest.mark.parametrize("path", ["/docs", "/docs/"])
def test_page_and_its_assets_come_from_here(http: httpx.Client, path: str) -> None:
    """The page needs nothing but what the mock itself serves, and all of that is there."""
    page = http.get(path)
    assets = [found[0] or found[1] for found in URL.findall(page.text)]
    answers = {asset: http.get(asset).status_code for asset in assets}

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert len(assets) > 4
    assert set(answers.values()) == {200}
    assert all(asset.startswith("/docs/static/") for asset in assets)


def test_page_shows_the_contract_served_by_the_mock(http: httpx.Client, document: dict[str, Any]) -> None:
    """What the page shows is the contract, but that its server is the mock."""
    shown = http.get("/docs/swagger.json").json()

    assert [server["url"] for server in shown["servers"]] == ["/"]
    assert {**shown, "servers": None} == {**document, "servers": None}


def test_document_is_the_contract_to_the_letter(http: httpx.Client, root: Any) -> None:
    """The document is openapi.yaml as it stands."""
    answer = http.get("/openapi.yaml")

    assert answer.text == (root / "openapi.yaml").read_text(encoding="utf-8")
    assert answer.headers["content-type"].startswith("application/yaml")


def test_page_is_no_request_to_the_service(http: httpx.Client, dataarts_mock: MockServer) -> None:
    """Neither page nor document count as requests, and no fault meets them."""
    dataarts_mock.fail_next(transport="html-502")
    statuses = [http.get(path).status_code for path in ("/docs", "/openapi.yaml", "/docs/nothing")]

    assert statuses == [200, 200, 404]
    assert dataarts_mock.requests == []
    assert dataarts_mock.unmet_faults == ["html-502"]
    dataarts_mock.allow_unmet_faults = True


def test_root_leads_to_the_page(http: httpx.Client, dataarts_mock: MockServer) -> None:
    """Who opens the mock's URL is led to the page; that is no request to the service, but a POST there is."""
    statuses = [http.get("/").status_code, http.head("/").status_code]
    page = http.get("/", follow_redirects=True)
    posted = http.post("/", headers=TOKEN)

    assert statuses == [307, 307]
    assert (page.status_code, page.url.path) == (200, "/docs")
    assert posted.status_code == 404
    assert [request.method for request in dataarts_mock.requests] == ["POST"]


def test_paths_like_those_of_the_page_are_the_services(http: httpx.Client) -> None:
    """A path that only begins like the page's is answered by the service, as the contract says."""
    answer = http.post("/docsx", headers=TOKEN)

    assert (answer.status_code, answer.json()["error_code"]) == (404, "APIGW.0101")


def test_token_cannot_break_out_of_the_page() -> None:
    """A token with the characters of HTML and JavaScript stays a string in the page's script."""
    token = "</script><script>alert('\"&\\"
    with MockServer(token=token) as mock:
        page = httpx.get(mock.url + "/docs", verify=NO_TLS).text

    assert "<script>alert" not in page
    assert '"\\u003c/script>\\u003cscript>alert(\'\\"\\u0026\\\\"' in page
