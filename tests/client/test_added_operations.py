"""Do operations that are added to the document get what their own answers and methods need?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from ._answers import cut, http, raw, reset
from ._calls import PROJECT, attempt, make
from ._package import Package
from ._refusals import BODY
from ._server import Answer, Server

PARAM = {"name": "a", "value": "1"}


def show(package: Package, mode: str, body: Any) -> Any:
    """Ask for a job, and return the outcome."""
    with Server(http(200, json.dumps(body))) as server:
        client = make(server.url, client_class=package.client_class)
        outcome = attempt(mode, package.operation("show_job"), client)
        assert len(server.requests) == 1
    return outcome


def test_unknown_enum_values_are_kept(mode: str, package: Package) -> None:
    """A value that an enum of the contract does not know is kept in an answer, as text, and written as it came."""
    body = {"params": [{**PARAM, "paramType": "procedure"}], "kind": "batch"}
    outcome = show(package, mode, body)

    assert outcome.error is None
    assert str(outcome.value.kind) == "batch"
    assert str(outcome.value.params[0].param_type) == "procedure"


def test_known_enum_values_are_members(mode: str, package: Package) -> None:
    """A value that an enum of the contract knows is its member."""
    outcome = show(package, mode, {"params": [{**PARAM, "paramType": "variable"}], "kind": "constants"})

    assert outcome.value.kind is package.models.ParamType.CONSTANTS
    assert outcome.value.params[0].param_type is package.models.ParamType.VARIABLE


WRONG: dict[str, Any] = {
    "no-list": {"kind": "variable"},
    "no-kind": {"params": []},
    "list-null": {"params": None, "kind": "variable"},
    "list-object": {"params": {"0": PARAM}, "kind": "variable"},
    "list-too-long": {"params": [PARAM, PARAM, PARAM], "kind": "variable"},
    "item-null": {"params": [None], "kind": "variable"},
    "item-text": {"params": ["a=1"], "kind": "variable"},
    "item-without-name": {"params": [{"value": "1"}], "kind": "variable"},
    "item-name-empty": {"params": [{"name": "", "value": "1"}], "kind": "variable"},
    "item-name-65": {"params": [{"name": "a" * 65, "value": "1"}], "kind": "variable"},
    "item-value-1025": {"params": [{"name": "a", "value": "a" * 1025}], "kind": "variable"},
    "item-value-number": {"params": [PARAM, {"name": "a", "value": 1}], "kind": "variable"},
    "kind-number": {"params": [], "kind": 5},
    "kind-null": {"params": [], "kind": None},
    "kind-list": {"params": [], "kind": ["variable"]},
}


@pytest.mark.parametrize("wrong", WRONG)
def test_nested_answer(wrong: str, mode: str, package: Package) -> None:
    """What is wrong deep in an answer is found, and since the method is safe, the outcome is known."""
    outcome = show(package, mode, WRONG[wrong])

    assert type(outcome.error) is package.errors.UnexpectedResponse, outcome
    assert outcome.error.outcome_unknown is False


def test_answer_without_a_body(mode: str, package: Package) -> None:
    """An operation whose success has no body returns None."""
    with Server(raw("HTTP/1.1 204 No Content|Connection: close")) as server:
        outcome = attempt(mode, package.operation("delete_job"), make(server.url, client_class=package.client_class))

        assert (outcome.value, outcome.error) == (None, None)
        assert [request.method for request in server.requests] == [b"DELETE"]
        assert server.requests[0].raw_path == f"/v1/{PROJECT}/jobs/myJob".encode()
        assert server.requests[0].all("Content-Type") == []


UNSAFE: dict[str, tuple[Answer, str, bool]] = {
    "503": (http(503, BODY), "ServerError", True),
    "reset": (reset(), "OutcomeUnknown", True),
    "closed": (cut(b""), "OutcomeUnknown", True),
    "200": (http(200, "{}"), "UnexpectedResponse", True),
    "400": (http(400, BODY), "BadRequest", False),
}


@pytest.mark.parametrize("answer", UNSAFE)
def test_other_unsafe_methods(answer: str, mode: str, package: Package) -> None:
    """A DELETE is not sent again either, and its outcome may be unknown."""
    script, raises, unknown = UNSAFE[answer]
    with Server(script) as server:
        client = make(server.url, client_class=package.client_class)
        error: Any = attempt(mode, package.operation("delete_job"), client).error

        assert type(error) is getattr(package.errors, raises)
        assert error.outcome_unknown is unknown
        assert len(server.requests) == 1
