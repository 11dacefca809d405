"""Does an operation that is added to the document get all that the first one has? A GET, whose method is safe."""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from ._answers import BELOW_400, BRIEF, STARTED, Case, cut, hang, http, reset
from ._calls import JOB, PROJECT, attempt, make
from ._refusals import BODY, REFUSALS
from ._server import Answer, Server

ROOT = Path(__file__).parents[2]
PACKAGE = "dataarts_client_with_get"
PATH = "/v1/{project_id}/jobs/{job_name}/last-run"


@dataclass(frozen=True)
class Package:
    """A client generated from the document with the operation added."""

    operation: ModuleType
    errors: ModuleType
    client_class: Any


def document() -> dict[str, Any]:
    """Write the contract with one more operation, whose parameters have limits of their own."""
    contract: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    ((_, item),) = contract["paths"].items()
    query = [
        {"name": "page_size", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
        {"name": "orderBy", "schema": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"}},
    ]
    described = [{"in": "query", "required": False, "description": "How to list.", **one} for one in query]
    contract["paths"][PATH] = {
        "get": {
            "operationId": "showLastRun",
            "tags": ["jobs"],
            "summary": "Show the last run.",
            "description": "Shows the run of a job that was started last.",
            "security": item["post"]["security"],
            "parameters": [*item["post"]["parameters"], *described],
            "responses": item["post"]["responses"],
        }
    }
    return contract


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Package]:
    """Generate the client, and import it."""
    folder = tmp_path_factory.mktemp("generated")
    source = folder / "openapi.yaml"
    source.write_text(yaml.safe_dump(document(), allow_unicode=True, sort_keys=False), encoding="utf-8")
    command = [sys.executable, str(ROOT / "scripts" / "generate.py"), "--document", str(source)]
    subprocess.run([*command, "--output", str(folder / PACKAGE)], check=True)
    sys.path.insert(0, str(folder))
    try:
        yield Package(
            importlib.import_module(f"{PACKAGE}.api.jobs.show_last_run"),
            importlib.import_module(f"{PACKAGE}.errors"),
            importlib.import_module(PACKAGE).Client,
        )
    finally:
        sys.path.remove(str(folder))


@pytest.mark.parametrize("case", [*BELOW_400, *REFUSALS], ids=lambda case: case.id)
def test_answer(case: Case, mode: str, package: Package) -> None:
    """The table of hostile answers holds for a GET too, but for what the method's safety changes."""
    with Server(case.answer) as server:
        timeout = BRIEF if case.slow else 10.0
        client = make(server.url, client_class=package.client_class, timeout=timeout, max_retries=0)
        outcome = attempt(mode, package.operation, client)

        case.check(outcome, package.errors, safe=True)
        assert len(server.requests) == 1
        assert server.requests[0].method == b"GET"
        assert outcome.seconds < (BRIEF + 1 if case.slow else 5)


AGAIN: dict[str, Answer] = {
    "429": http(429, BODY, "Retry-After: 0"),
    "502": http(502, "<html>", kind="text/html"),
    "503": http(503, BODY, "Retry-After: 0"),
    "504": http(504, BODY),
    "reset": reset(),
    "closed": cut(b""),
    "cut-in-headers": cut(b"HTTP/1.1 200 OK\r\nConte"),
}


@pytest.mark.parametrize("answer", AGAIN)
def test_safe_requests_are_sent_again(answer: str, mode: str, package: Package) -> None:
    """A GET that fails in a way that may pass is sent again."""
    with Server(AGAIN[answer], http(200, STARTED)) as server:
        outcome = attempt(mode, package.operation, make(server.url, client_class=package.client_class))

        assert outcome.error is None
        assert outcome.value.instance_id == 132343
        assert len(server.requests) == 2


@pytest.mark.parametrize("answer", ["503", "reset", "429"])
def test_safe_requests_are_given_up(answer: str, mode: str, package: Package) -> None:
    """A GET is sent max_retries times more, and then ends as a single attempt would."""
    raises = {"503": "ServerError", "reset": "OutcomeUnknown", "429": "TooManyRequests"}[answer]
    with Server(AGAIN[answer]) as server:
        outcome = attempt(mode, package.operation, make(server.url, client_class=package.client_class))

        assert type(outcome.error) is getattr(package.errors, raises)
        assert len(server.requests) == 3


ONCE: dict[str, Answer] = {
    "400": http(400, BODY),
    "401": http(401, BODY),
    "404": http(404, BODY),
    "501": http(501, BODY),
    "302": http(302, "", "Location: /x"),
    "success": http(200, STARTED),
}


@pytest.mark.parametrize("answer", ONCE)
def test_answers_that_will_not_change(answer: str, mode: str, package: Package) -> None:
    """What another attempt would not change is not sent again, even though it could be."""
    with Server(ONCE[answer]) as server:
        attempt(mode, package.operation, make(server.url, client_class=package.client_class))

        assert len(server.requests) == 1


def test_the_deadline_bounds_all_attempts(mode: str, package: Package) -> None:
    """However many attempts are allowed, the call ends at its deadline."""
    with Server(AGAIN["503"]) as server:
        client = make(server.url, client_class=package.client_class, timeout=0.5, max_retries=10_000)
        outcome = attempt(mode, package.operation, client)

        assert isinstance(outcome.error, package.errors.ClientError)
        assert outcome.seconds < 1.5
    with Server(hang()) as server:
        outcome = attempt(mode, package.operation, make(server.url, client_class=package.client_class, timeout=0.5))

        assert type(outcome.error) is package.errors.OutcomeUnknown
        assert outcome.seconds < 1.5


def test_request(mode: str, package: Package) -> None:
    """A GET carries its query, no body and no media type, and the workspace in its header."""
    with Server(http(200, STARTED)) as server:
        client = make(server.url, client_class=package.client_class)
        attempt(mode, package.operation, client, job_name="作业", page_size=100, order_by="asc", workspace="ws1")
        (request,) = server.requests

        assert request.path == f"/v1/{PROJECT}/jobs/作业/last-run?page_size=100&orderBy=asc"
        assert request.all("workspace") == ["ws1"]
        assert request.all("Content-Type") == []
        assert request.body == b""


ARGUMENTS: tuple[tuple[str, Any], ...] = (
    ("page_size", 0),
    ("page_size", 101),
    ("page_size", "10"),
    ("page_size", True),
    ("page_size", 1.5),
    ("order_by", "a"),
    ("order_by", "abcde"),
    ("order_by", "asc\n"),
    ("order_by", "ASC"),
    ("order_by", 5),
    ("project_id", ".."),
    ("job_name", ""),
    ("workspace", "a\r\nb: c"),
)


@pytest.mark.parametrize(("name", "value"), ARGUMENTS, ids=ascii)
def test_argument(name: str, value: Any, mode: str, package: Package) -> None:
    """Every limit of the added operation's parameters is enforced before anything is sent."""
    with Server(http(200, STARTED)) as server:
        client = make(server.url, client_class=package.client_class)
        outcome = attempt(mode, package.operation, client, **({"job_name": JOB} | {name: value}))

        assert isinstance(outcome.error, ValueError | TypeError)
        assert name in str(outcome.error) or (name == "order_by" and "orderBy" in str(outcome.error))
        assert server.connections == 0
