"""Do exceptions tell what happened, and what to check?"""

from __future__ import annotations

import copy
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from dataarts_auth import TokenAuth
from dataarts_client import errors
from dataarts_client.api.jobs import run_job_immediately

from ._answers import STARTED, Case, cut, http
from ._calls import attempt, make
from ._refusals import BODY, CODE, MESSAGE
from ._server import Answer, Server

CONTRACT = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8"))
NO_API = '{"error_code":"APIGW.0101","error_msg":"The API does not exist","request_id":"r1"}'

TREE = {
    "ClientError": Exception,
    "RequestNotSent": errors.ClientError,
    "OutcomeUnknown": errors.ClientError,
    "UnexpectedResponse": errors.ClientError,
    "ApiError": errors.ClientError,
    "BadRequest": errors.ApiError,
    "Unauthorized": errors.ApiError,
    "Forbidden": errors.ApiError,
    "NotFound": errors.ApiError,
    "TooManyRequests": errors.ApiError,
    "ServerError": errors.ApiError,
}


@pytest.mark.parametrize("name", TREE)
def test_tree(name: str) -> None:
    """The exceptions form the documented tree, and each says when one would catch it."""
    kind = getattr(errors, name)

    assert kind.__bases__ == (TREE[name],)
    assert kind.__doc__
    assert name in errors.__all__


def test_exports() -> None:
    """The module exports the tree and nothing else, sorted."""
    assert list(errors.__all__) == sorted(TREE)


ANSWERS: tuple[tuple[str, Answer, str], ...] = (
    ("400", http(400, BODY), "BadRequest"),
    ("429", http(429, BODY, "Retry-After: 60"), "TooManyRequests"),
    ("503", http(503, "<html>", kind="text/html"), "ServerError"),
    ("200-broken", http(200, "{"), "UnexpectedResponse"),
    ("lost", cut(b""), "OutcomeUnknown"),
    ("not-http", cut(STARTED), "OutcomeUnknown"),
)


@pytest.mark.parametrize(("label", "answer", "raises"), ANSWERS, ids=[row[0] for row in ANSWERS])
def test_copies(label: str, answer: Answer, raises: str, mode: str) -> None:
    """An exception can be pickled and copied, so that it crosses processes, and loses nothing that it tells."""
    with Server(answer) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url))
    error: Any = outcome.error

    kind = getattr(errors, raises)
    assert type(error) is kind, f"the answer {label} should be raised as {raises}, but became {outcome.end}"
    for made in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(made) is kind, f"the copy of a {raises} is a {type(made).__name__}"
        assert str(made) == str(error), f"the copy of a {raises} has another message: {made}"
        for name in ("outcome_unknown", "status_code", "error_code", "error_msg", "request_id", "retry_after"):
            same = getattr(made, name, None) == getattr(error, name, None)
            assert same, f"the copy of a {raises} has another {name}"


def test_not_sent_can_be_copied(mode: str) -> None:
    """A RequestNotSent can be pickled, too."""
    with Server(b"", listen=False) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, max_retries=0))
    error: Any = outcome.error
    made = pickle.loads(pickle.dumps(error))

    kind = errors.RequestNotSent
    assert type(error) is kind, f"a refused connection should be raised as RequestNotSent, but became {outcome.end}"
    assert type(made) is kind, f"the copy of a RequestNotSent is a {type(made).__name__}"
    assert (str(made), made.outcome_unknown) == (str(error), False)


HINTS: tuple[tuple[str, bytes, str], ...] = (
    ("400", http(400, BODY), "BadRequest"),
    ("401", http(401, BODY), "Unauthorized"),
    ("401-html", http(401, "<html>", kind="text/html"), "Unauthorized"),
    ("403", http(403, BODY), "Forbidden"),
    ("404-no-such-api", http(404, NO_API), "NotFound"),
    ("429", http(429, BODY, "Retry-After: 60"), "TooManyRequests"),
    ("500", http(500, BODY), "InternalServerError"),
    ("503-empty", http(503), "ServiceUnavailable"),
)


@pytest.mark.parametrize(("label", "answer", "response"), HINTS, ids=[row[0] for row in HINTS])
def test_hint(label: str, answer: bytes, response: str, mode: str) -> None:
    """What the contract says to check stands at the end of the message."""
    with Server(answer) as server:
        error = attempt(mode, run_job_immediately, make(server.url, auth=TokenAuth("token"))).error

    hint = CONTRACT["components"]["responses"][response]["x-hint"]
    assert isinstance(error, errors.ApiError)
    assert str(error).endswith(hint if isinstance(hint, str) else hint[error.error_code])


UNHINTED: tuple[tuple[str, bytes], ...] = (
    ("status", http(415, BODY)),
    ("code-400", http(400, BODY.replace(CODE, "DLF.6888"))),
    ("code-404", http(404, BODY)),
    ("no-code", http(404, "<html>", kind="text/html")),
)


@pytest.mark.parametrize(("label", "answer"), UNHINTED, ids=[row[0] for row in UNHINTED])
def test_no_hint(label: str, answer: bytes, mode: str) -> None:
    """A status or code for which the contract has no hint gets none of another's."""
    with Server(answer) as server:
        error = attempt(mode, run_job_immediately, make(server.url)).error

    responses = CONTRACT["components"]["responses"].values()
    hints = [hint for response in responses if isinstance(hint := response.get("x-hint"), str)]
    hints += [
        text for response in responses if isinstance(hint := response.get("x-hint"), dict) for text in hint.values()
    ]
    assert hints
    assert not [hint for hint in hints if hint in str(error)]


IDS: tuple[tuple[str, bytes, str | None], ...] = (
    ("in-the-body", http(404, NO_API), "r1"),
    ("in-the-header", http(400, BODY, "X-Request-Id: r2"), "r2"),
    ("in-a-header-of-html", http(502, "<html>", "x-request-id: r3", kind="text/html"), "r3"),
    ("in-both", http(404, NO_API, "X-Request-Id: r2"), "r1"),
    ("nowhere", http(400, BODY), None),
    ("a-number", http(400, '{"error_code":"c","error_msg":"m","request_id":5}'), "5"),
)


@pytest.mark.parametrize(("label", "answer", "expected"), IDS, ids=[row[0] for row in IDS])
def test_request_id(label: str, answer: bytes, expected: str | None, mode: str) -> None:
    """The ID to quote to the provider's support is found in the body or else in the header, and shown."""
    with Server(answer) as server:
        error = attempt(mode, run_job_immediately, make(server.url)).error

    assert isinstance(error, errors.ApiError)
    assert error.request_id == expected
    assert expected is None or expected in str(error)


@pytest.mark.parametrize("status", [200, 302, 400, 503])
def test_response(status: int, mode: str) -> None:
    """An exception about an answer carries it: status, headers and what was read of the body."""
    with Server(http(status, "{", "X-Trace: t1")) as server:
        error: Any = attempt(mode, run_job_immediately, make(server.url)).error

    assert (error.status_code, error.response.status_code, error.response.content) == (status, status, b"{")
    assert error.response.headers["x-trace"] == "t1"


def test_what_is_kept_of_a_flood(mode: str) -> None:
    """No more than 1 MiB of an answer is kept."""
    with Server(http(400, b"x" * 2**22)) as server:
        error: Any = attempt(mode, run_job_immediately, make(server.url)).error

    assert 0 < len(error.response.content) <= 2**20


UNKNOWN: tuple[tuple[str, Answer, str], ...] = (
    ("lost", cut(b""), "OutcomeUnknown"),
    ("200", http(200, "{"), "UnexpectedResponse"),
    ("408", http(408, BODY), "ApiError"),
    ("500", http(500, BODY), "ServerError"),
    ("502", http(502, "<html>", kind="text/html"), "ServerError"),
)


@pytest.mark.parametrize(("label", "answer", "raises"), UNKNOWN, ids=[row[0] for row in UNKNOWN])
def test_unknown_outcome_says_so(label: str, answer: Answer, raises: str, mode: str) -> None:
    """Where the outcome is unknown, the message says, once, that the request may have been carried out."""
    with Server(answer) as server:
        error = attempt(mode, run_job_immediately, make(server.url)).error

    assert isinstance(error, getattr(errors, raises))
    assert error.outcome_unknown is True
    assert str(error).count("may have been") == 1


def test_not_sent_says_so(mode: str) -> None:
    """A RequestNotSent names the host that could not be reached."""
    with Server(b"", listen=False) as server:
        error = attempt(mode, run_job_immediately, make(server.url, max_retries=0)).error

    assert type(error) is errors.RequestNotSent
    assert f"127.0.0.1:{server.port}" in str(error)
    assert "connect" in str(error).lower()


def test_a_row_can_fail() -> None:
    """The table's own check refuses another value, exception, code or message than the row's."""
    with Server(http(400, BODY)) as server:
        outcome = attempt("sync", run_job_immediately, make(server.url))
    right = Case("", b"", raises="BadRequest", status=400, code=CODE, message=MESSAGE)

    right.check(outcome, errors, safe=False)
    for change in ({"raises": ""}, {"raises": "ApiError"}, {"status": 401}, {"code": None}, {"message": "other"}):
        with pytest.raises(AssertionError):
            replace(right, **change).check(outcome, errors, safe=False)
