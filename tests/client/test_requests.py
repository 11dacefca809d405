"""What goes over the wire besides the arguments, and is what the caller passed in left alone?"""

from __future__ import annotations

import copy
import importlib.metadata
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

import dataarts_client
from dataarts_client import errors
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.models import JobParam, RunJobRequest

from ._answers import STARTED, http
from ._calls import JOB, PROJECT, attempt, call, make
from ._refusals import BODY, CODE, MESSAGE
from ._server import Server

VERSION = importlib.metadata.version("dataarts-client")
EXAMPLE = RunJobRequest(job_params=[JobParam("aaa", "111")])


class Token(httpx.Auth):
    """The simplest auth."""

    def __init__(self, token: str) -> None:
        """Keep the token."""
        self.token = token

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set the header."""
        request.headers["X-Auth-Token"] = self.token
        yield request


@pytest.mark.parametrize("body", [None, RunJobRequest(), EXAMPLE], ids=["none", "empty", "full"])
def test_headers(body: RunJobRequest | None, mode: str) -> None:
    """Each request names its media type, its length, its host and who sends it, once each."""
    with Server(http(200, STARTED)) as server:
        call(mode, run_job_immediately, make(server.url), PROJECT, JOB, body=body)
        (request,) = server.requests

        assert request.line == f"POST /v1/{PROJECT}/jobs/{JOB}/run-immediate HTTP/1.1".encode()
        assert request.all("Content-Type") == ["application/json"]
        assert request.all("User-Agent") == [f"dataarts-client/{VERSION}"]
        assert request.all("Content-Length") == [str(len(request.body))]
        assert request.all("Host") == [f"127.0.0.1:{server.port}"]
        names = [name.lower() for name, _ in request.headers]
        assert len(names) == len(set(names))


GIVEN: tuple[tuple[str, str], ...] = (
    ("X-Project-Id", PROJECT),
    ("X-Language", "en_us"),
    ("X-Empty", ""),
    ("X-Spaces", "a  b"),
    ("X-Printable", "!#$%&'*+-.^_`|~\"(),/:;<=>?@[\\]{}"),
    ("X-Tab", "a\tb"),
    ("User-Agent", "mine/1.0"),
    ("user-agent", "mine/1.0"),
    ("workspace", "from-the-client"),
)


@pytest.mark.parametrize(("name", "value"), GIVEN, ids=[row[0] for row in GIVEN])
def test_clients_headers(name: str, value: str, mode: str) -> None:
    """A header given to the client arrives with every request, once, in the place of the client's own."""
    with Server(http(429, BODY, "Retry-After: 0"), http(200, STARTED)) as server:
        call(mode, run_job_immediately, make(server.url, headers={name: value}), PROJECT, JOB)

        assert [request.all(name) for request in server.requests] == [[value], [value]]


def test_the_calls_workspace_beats_the_clients(mode: str) -> None:
    """A workspace given to the call is sent instead of one given to the client."""
    with Server(http(200, STARTED)) as server:
        client = make(server.url, headers={"Workspace": "from-the-client"})
        call(mode, run_job_immediately, client, PROJECT, JOB, workspace="ws1")

        assert server.requests[0].all("workspace") == ["ws1"]


def test_nothing_of_the_callers_is_changed(mode: str) -> None:
    """Headers, body and auth are as they were, whatever a call came to."""
    headers = {"X-Project-Id": "p"}
    auth = Token("t")
    body = RunJobRequest(job_params=[JobParam("aaa", "111")])
    body.additional_properties["x"] = {"y": [1]}
    before = copy.deepcopy((headers, vars(auth), body))
    for answer in (http(200, STARTED), http(429, BODY, "Retry-After: 0"), http(503)):
        with Server(answer) as server:
            attempt(mode, run_job_immediately, make(server.url, auth=auth, headers=headers), body=body)

            assert (headers, vars(auth), body) == before
            assert server.requests[0].all("X-Auth-Token") == ["t"]


def test_the_callers_headers_are_copied(mode: str) -> None:
    """What becomes of the caller's mapping after the client was made does not change the client."""
    headers = {"X-Project-Id": "p"}
    with Server(http(200, STARTED)) as server:
        client = make(server.url, headers=headers)
        headers["X-Project-Id"] = "changed\n"
        call(mode, run_job_immediately, client, PROJECT, JOB)

        assert server.requests[0].all("X-Project-Id") == ["p"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_not_followed(status: int, mode: str) -> None:
    """A redirect leads nowhere: neither the request nor the token goes to another server."""
    with Server(http(200, STARTED)) as elsewhere, Server(http(status, "", f"Location: {elsewhere.url}/x")) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, auth=Token("a-token")))

        assert type(outcome.error) is errors.UnexpectedResponse
        assert outcome.error.status_code == status
        assert elsewhere.url in str(outcome.error)
        assert elsewhere.connections == 0


@pytest.mark.parametrize("body", [None, EXAMPLE], ids=["none", "full"])
def test_auth_sees_the_whole_request(body: RunJobRequest | None, mode: str) -> None:
    """An auth that signs finds body, path and headers of the request as they are sent."""
    seen: list[tuple[bytes, bytes, Any]] = []

    class Signing(httpx.Auth):
        requires_request_body = True

        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            seen.append((request.url.raw_path, request.content, dict(request.headers)))
            yield request

    with Server(http(200, STARTED)) as server:
        client = make(server.url, auth=Signing())
        call(mode, run_job_immediately, client, PROJECT, "作业", body=body, workspace="ws1")
        (sent,), ((path, content, headers),) = server.requests, seen

        assert (path, content) == (sent.raw_path, sent.body)
        assert headers["workspace"] == "ws1"
        assert {name: [value] for name, value in headers.items()} == {name: sent.all(name) for name in headers}


def test_versions() -> None:
    """The package tells its own version and the contract's."""
    contract = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8"))

    assert dataarts_client.__version__ == VERSION
    assert dataarts_client.__contract_version__ == contract["info"]["version"]


def test_exports_are_sorted() -> None:
    """What the package exports is sorted, and is there."""
    assert list(dataarts_client.__all__) == sorted(dataarts_client.__all__)
    assert all(hasattr(dataarts_client, name) for name in dataarts_client.__all__)
    assert "Client" in dataarts_client.__all__


def test_harmless_headers_do_not_disturb(mode: str) -> None:
    """An error is understood even if the caller's headers have words of it as their values."""
    headers = {"X-A": "error_code", "X-B": "error", "X-C": "error_msg", "X-D": ":", "X-E": "string"}
    with Server(http(400, BODY)) as server:
        error: Any = attempt(mode, run_job_immediately, make(server.url, headers=headers)).error

        assert (type(error), error.error_code, error.error_msg) == (errors.BadRequest, CODE, MESSAGE)
