"""Do operations that are added to the document get what their own answers and methods need?"""

from __future__ import annotations

import json
from typing import Any

import pytest

from ._answers import cut, http, raw, reset
from ._calls import PROJECT, attempt_with, make
from ._package import Package
from ._refusals import BODY
from ._server import Answer, Server

THING = {"name": "a", "kind": "big", "owner": None, "born": "2026-01-31T12:00:00Z"}
OF_THE_THING = {"project_id": PROJECT, "kind": "big", "thing_name": "a"}


def show(package: Package, mode: str, body: Any) -> Any:
    """Ask for a thing, and return the outcome."""
    with Server(http(200, json.dumps(body))) as server:
        client = make(server.url, client_class=package.client_class)
        outcome = attempt_with(mode, package.operation("show_thing"), client, **OF_THE_THING)
        assert len(server.requests) == 1
    return outcome


def test_unknown_enum_values_are_kept(mode: str, package: Package) -> None:
    """A value that an enum of the contract does not know is kept in an answer, as text, and written as it came."""
    body = {**THING, "kind": "huge", "parts": [{**THING, "kind": "tiny"}]}
    outcome = show(package, mode, body)

    assert outcome.error is None
    assert str(outcome.value.kind) == "huge"
    assert str(outcome.value.parts[0].kind) == "tiny"


def test_known_enum_values_are_members(mode: str, package: Package) -> None:
    """A value that an enum of the contract knows is its member."""
    outcome = show(package, mode, {**THING, "parts": [{**THING, "kind": "small"}]})

    assert outcome.value.kind is package.models.ThingKind.BIG
    assert outcome.value.parts[0].kind is package.models.ThingKind.SMALL


def without(name: str) -> dict[str, Any]:
    """Return a thing that lacks a property."""
    return {key: value for key, value in THING.items() if key != name}


WRONG: dict[str, Any] = {
    "no-name": without("name"),
    "no-kind": without("kind"),
    "no-owner": without("owner"),
    "list-null": {**THING, "parts": None},
    "list-object": {**THING, "parts": {"0": THING}},
    "list-too-long": {**THING, "tags": ["a"] * 10},
    "item-null": {**THING, "parts": [None]},
    "item-text": {**THING, "parts": ["a=1"]},
    "item-without-name": {**THING, "parts": [without("name")]},
    "item-name-empty": {**THING, "parts": [{**THING, "name": ""}]},
    "item-name-41": {**THING, "parts": [{**THING, "name": "a" * 41}]},
    "item-of-an-item": {**THING, "parts": [{**THING, "parts": [{**THING, "owner": "a" * 21}]}]},
    "item-owner-number": {**THING, "parts": [THING, {**THING, "owner": 1}]},
    "time-without-a-zone": {**THING, "born": "2026-01-31T12:00:00"},
    "time-a-number": {**THING, "repaired": 5},
    "number-below": {**THING, "weight": -0.5},
    "number-a-text": {**THING, "weight": "1"},
    "either-without-its-own": {**THING, "state": {}},
    "kind-number": {**THING, "kind": 5},
    "kind-null": {**THING, "kind": None},
    "kind-list": {**THING, "kind": ["big"]},
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
        client = make(server.url, client_class=package.client_class)
        outcome = attempt_with(mode, package.operation("delete_thing"), client, **OF_THE_THING)

        assert (outcome.value, outcome.error) == (None, None)
        assert [request.method for request in server.requests] == [b"DELETE"]
        assert server.requests[0].raw_path == f"/v1/{PROJECT}/things/big/a".encode()
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
        error: Any = attempt_with(mode, package.operation("delete_thing"), client, **OF_THE_THING).error

        assert type(error) is getattr(package.errors, raises)
        assert error.outcome_unknown is unknown
        assert len(server.requests) == 1
