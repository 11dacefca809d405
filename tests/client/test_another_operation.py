"""Does an operation that is added to the document get all that the first one has? A GET, whose method is safe."""

from __future__ import annotations

from typing import Any

import pytest

from ._answers import BELOW_400, BRIEF, STARTED, Case, cut, hang, http, reset
from ._calls import JOB, PROJECT, attempt, make
from ._package import Package
from ._refusals import BODY, REFUSALS
from ._server import Answer, Server


@pytest.mark.parametrize("case", [*BELOW_400, *REFUSALS], ids=lambda case: case.id)
def test_answer(case: Case, mode: str, package: Package) -> None:
    """The table of hostile answers holds for a GET too, but for what the method's safety changes."""
    with Server(case.answer) as server:
        timeout = BRIEF if case.slow else 10.0
        client = make(server.url, client_class=package.client_class, timeout=timeout, max_retries=0)
        outcome = attempt(mode, package.operation("show_last_run"), client)

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
        outcome = attempt(mode, package.operation("show_last_run"), make(server.url, client_class=package.client_class))

        assert outcome.error is None
        assert outcome.value.instance_id == 132343
        assert len(server.requests) == 2


@pytest.mark.parametrize("answer", ["503", "reset", "429"])
def test_safe_requests_are_given_up(answer: str, mode: str, package: Package) -> None:
    """A GET is sent max_retries times more, and then ends as a single attempt would."""
    raises = {"503": "ServerError", "reset": "OutcomeUnknown", "429": "TooManyRequests"}[answer]
    with Server(AGAIN[answer]) as server:
        outcome = attempt(mode, package.operation("show_last_run"), make(server.url, client_class=package.client_class))

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
        attempt(mode, package.operation("show_last_run"), make(server.url, client_class=package.client_class))

        assert len(server.requests) == 1


def test_the_deadline_bounds_all_attempts(mode: str, package: Package) -> None:
    """However many attempts are allowed, the call ends at its deadline."""
    with Server(AGAIN["503"]) as server:
        client = make(server.url, client_class=package.client_class, timeout=0.5, max_retries=10_000)
        outcome = attempt(mode, package.operation("show_last_run"), client)

        assert isinstance(outcome.error, package.errors.ClientError)
        assert outcome.seconds < 1.5
    with Server(hang()) as server:
        outcome = attempt(
            mode, package.operation("show_last_run"), make(server.url, client_class=package.client_class, timeout=0.5)
        )

        assert type(outcome.error) is package.errors.OutcomeUnknown
        assert outcome.seconds < 1.5


def test_request(mode: str, package: Package) -> None:
    """A GET carries its query, no body and no media type, and the workspace in its header."""
    with Server(http(200, STARTED)) as server:
        client = make(server.url, client_class=package.client_class)
        attempt(
            mode,
            package.operation("show_last_run"),
            client,
            job_name="作业",
            page_size=100,
            order_by="asc",
            workspace="ws1",
        )
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
        outcome = attempt(mode, package.operation("show_last_run"), client, **({"job_name": JOB} | {name: value}))

        assert isinstance(outcome.error, ValueError | TypeError)
        assert name in str(outcome.error) or (name == "order_by" and "orderBy" in str(outcome.error))
        assert server.connections == 0
