"""Does the client understand every response that the document allows, and pass off no other as one?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import given
from schemathesis import Case, GenerationMode

from dataarts_client.errors import ApiError, UnexpectedResponse
from tests.contract.client.calls import (
    BASE_URL,
    Caller,
    arguments,
    has_times,
    required,
    required_body,
    with_instants,
)
from tests.contract.client.test_requests import steady
from tests.contract.conftest import DOCUMENT
from tests.contract.document import Document, Operation, Response
from tests.contract.values import Variant, variants
from tests.contract.words import instead, short

_RESPONSES = [
    pytest.param(operation, response, id=f"{operation.id}-{response.status}")
    for operation in DOCUMENT.operations
    for response in operation.responses.values()
    if response.media_type
]


def _of_each_schema() -> Iterator[tuple[Operation, Response]]:
    """Give one response for each schema, which stands for all that share it."""
    seen: list[dict[str, Any]] = []
    for operation in DOCUMENT.operations:
        for response in operation.responses.values():
            if response.media_type is not None and response.schema not in seen:
                seen.append(response.schema)
                yield operation, response


def _edges() -> Iterator[Any]:
    for operation, response in _of_each_schema():
        rules: dict[str, list[Variant]] = {}
        for variant in variants(DOCUMENT, response.schema):
            if variant.further:
                continue
            rules.setdefault(variant.rule, []).append(variant)
        for rule, kept in rules.items():
            yield pytest.param(operation, response, kept, id=f"{operation.id}-{response.status} {rule}")


class Received:
    """Has the client take a JSON value for a response, in each of its four ways.

    Args:
        operation: What is called.
        response: Which of its responses it is.
    """

    def __init__(self, operation: Operation, response: Response) -> None:
        self._operation = operation
        self._response = response
        self._content = b""
        self._caller = Caller(self._respond)
        self._arguments = arguments(operation, required(operation), required_body(operation), None)

    def __enter__(self) -> Received:
        return self

    def __exit__(self, *raised: object) -> None:
        self._caller.__exit__()

    @property
    def sent(self) -> int:
        """How many requests the client sent."""
        return len(self._caller.recorder.arrived)

    def back(self, value: Any) -> list[Any]:
        """Return what becomes of the value: JSON values and exceptions."""
        self._content = b"" if self._response.media_type is None else json.dumps(value, ensure_ascii=False).encode()
        made: list[Any] = []
        for way in (self._caller.blocking, self._caller.asynchronous):
            for detailed in (False, True):
                try:
                    result = way(self._operation, self._arguments, detailed=detailed)
                    parsed = result.parsed if detailed else result
                    made.append(parsed.to_dict() if hasattr(parsed, "to_dict") else parsed)
                except Exception as error:  # Whatever it is, it is what became of the response.
                    made.append(error)
        return made

    def _respond(self, request: httpx.Request) -> httpx.Response:
        headers = {"X-Request-Id": "of-the-header"}
        if self._response.media_type:
            headers["Content-Type"] = self._response.media_type
        if 300 <= self._response.status < 400:
            headers["Location"] = f"{BASE_URL}/elsewhere/{len(self._caller.recorder.arrived)}"
        return httpx.Response(self._response.status, headers=headers, content=self._content)


def _data(value: Any) -> Any:
    """Return a JSON value in a form in which true is not 1, while 1 is 1.0, and 1e23 just that."""

    def number(text: str) -> tuple[str, Decimal]:
        return "number", Decimal(text)

    return json.loads(json.dumps(value), parse_int=number, parse_float=number)


def _fault(document: Document, response: Response, value: Any, made: Any) -> str | None:
    """Return what is wrong with what the client made of a response, or None."""
    violation = document.violation(response.schema, value)
    if response.status < 400:
        # What an enum does not know, a client keeps: the service may have learned it since.
        violation = violation and document.violation(_open(document, response), value)
        if violation is not None:
            return (
                None if isinstance(made, UnexpectedResponse) else f"forbidden ({violation}), but became {_shown(made)}"
            )
        if isinstance(made, Exception):
            return f"allowed, but was refused: {_shown(made)}"
        return _change(response, made, value)
    if isinstance(made, ApiError):
        if made.status_code != response.status:
            return f"became an error of status {made.status_code}"
        wanted = value.get("error_code") if violation is None else made.error_code
        return None if made.error_code == wanted else f"its code became {made.error_code!r}"
    if isinstance(made, Exception):
        return f"led to something else than the error that it is: {_shown(made)}"
    if violation is None:
        return "allowed, but was not understood" if made is None else _change(response, made, value)
    # Of an error in another shape, what is understood is given in the documented one.
    wrong = None if made is None else document.violation(response.schema, made)
    if made is not None and made == value:
        return f"forbidden ({violation}), but taken as it is"
    return wrong and f"became {_shown(made)}, which is forbidden ({wrong})"


_OPEN: dict[int, dict[str, Any]] = {}


def _open(document: Document, response: Response) -> dict[str, Any]:
    """Return the schema of a response, without its enums."""

    def opened(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: opened(value) for key, value in node.items() if key != "enum"}
        return [opened(item) for item in node] if isinstance(node, list) else node

    if id(response) not in _OPEN:
        _OPEN[id(response)] = opened(document.bundled(response.schema))
    return _OPEN[id(response)]


def _about(response: Response, value: Any) -> str:
    return f"the response {response.status} {short(json.dumps(value))}"


def _change(response: Response, made: Any, value: Any) -> str | None:
    """Return what the client changed in a response that is allowed, or None."""
    if has_times(response.schema):
        made, value = with_instants(made), with_instants(value)
    if _data(made) == _data(value):
        return None
    return (
        f"allowed, but is changed: it is {instead(json.dumps(made, sort_keys=True), json.dumps(value, sort_keys=True))}"
    )


def _shown(made: Any) -> str:
    """Return what became of a response, in few words."""
    return f"{type(made).__name__}: {made}" if isinstance(made, Exception) else short(json.dumps(made), 120)


@pytest.mark.parametrize(("operation", "response", "kept"), list(_edges()))
def test_edges(operation: Operation, response: Response, kept: list[Variant], document: Document) -> None:
    """A response at the edge of a rule is given back as it is if the document allows it, and not passed off if not."""
    wrong: list[str] = []
    with Received(operation, response) as received:
        for variant in kept:
            faults = (_fault(document, response, variant.value, made) for made in received.back(variant.value))
            wrong += [f"{_about(response, variant.value)}: {fault}" for fault in faults if fault]

    assert not wrong, "\n".join(dict.fromkeys(wrong[:5]))


@pytest.mark.parametrize(
    ("operation", "response"), list(_of_each_schema()), ids=lambda each: getattr(each, "status", "")
)
def test_every_allowed_response_is_given_back(operation: Operation, response: Response, document: Document) -> None:
    """Whatever response is generated from the document, the client gives back the same data, in all four ways."""
    with_response = {
        "openapi": "3.1.0",
        "info": {"title": "A response in the place of a request body", "version": "1"},
        "paths": {
            "/": {
                "post": {
                    "requestBody": {"required": True, "content": {"application/json": {"schema": response.schema}}},
                    "responses": {"200": {"description": "None."}},
                }
            }
        },
        "components": document.root["components"],
    }
    schema = schemathesis.openapi.from_dict(with_response)
    held = 0
    with Received(operation, response) as received:

        @steady
        @given(case=schema["/"]["POST"].as_strategy(generation_mode=GenerationMode.POSITIVE))
        def hold(case: Case[Any]) -> None:
            nonlocal held
            for made in received.back(case.body):
                fault = _fault(document, response, case.body, made)
                assert fault is None, f"{_about(response, case.body)}: {fault}\n{json.dumps(case.body)[:500]}"
            held += 1

        hold()
    assert held > 0


@pytest.mark.parametrize(("operation", "response"), _RESPONSES)
def test_examples_are_given_back(operation: Operation, response: Response, document: Document) -> None:
    """Each example of a response is given back word for word: as a model, or as an exception's attributes."""
    assert response.examples
    with Received(operation, response) as received:
        for example in response.examples:
            for made in received.back(example.value):
                about = f"the example {example.name} of {response.status}"
                if not isinstance(made, ApiError):
                    change = _change(response, made, example.value)
                    assert change is None, f"{about} should be given back as it is, but became {_shown(made)}"
                    continue
                for name, wanted in {"request_id": "of-the-header", **example.value}.items():
                    got = getattr(made, name)
                    assert got == wanted, f"{about} has the {name} {wanted!r}, but the exception has {got!r}"
                unknown = response.status >= 500 and not operation.is_safe
                assert made.outcome_unknown == unknown, (
                    f"the outcome of a request that is answered with {response.status} is {'un' * unknown}known, "
                    f"but outcome_unknown is {made.outcome_unknown}"
                )


@pytest.mark.parametrize("operation", [each for each in DOCUMENT.operations if each.success.media_type is None])
def test_success_without_a_body(operation: Operation) -> None:
    """A response that has no body is given back as None."""
    with Received(operation, operation.success) as received:
        made = received.back(None)

    assert made == [None] * 4, f"{operation.success.status} without a body became {', '.join(map(_shown, made))}"


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        pytest.param(operation, status, id=f"{operation.id}-{status}")
        for operation in DOCUMENT.operations
        for status in (201, 204, 301, 302, 303, 307, 308)
        if operation.response(status) is None
    ],
)
def test_other_statuses_are_no_success(status: int, operation: Operation) -> None:
    """A status below 400 that the document does not have is no success; a redirect among them is not followed."""
    response = Response(str(status), "application/json", {}, {}, ())
    with Received(operation, response) as received:
        made = received.back(operation.success.examples[0].value if operation.success.examples else {})
        sent = received.sent

    for each in made:
        about = f"a response of {status}, which the document does not have, should be an UnexpectedResponse"
        assert type(each) is UnexpectedResponse, f"{about}, but became {_shown(each)}"
    assert sent == len(made), f"a call should send one request; {len(made)} calls sent {sent}"
