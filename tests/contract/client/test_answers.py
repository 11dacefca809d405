"""Does the client understand every answer that the document allows, and pass off no other as one?"""

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
from tests.contract.client.calls import BASE_URL, Caller, arguments
from tests.contract.client.test_requests import steady
from tests.contract.conftest import DOCUMENT
from tests.contract.document import Answer, Document, Operation
from tests.contract.values import Variant, variants
from tests.contract.words import instead, short

_ANSWERS = [
    pytest.param(operation, answer, id=f"{operation.id}-{answer.status}")
    for operation in DOCUMENT.operations
    for answer in operation.answers.values()
    if answer.media_type
]


def _of_each_schema() -> Iterator[tuple[Operation, Answer]]:
    """Give one answer for each schema, which stands for all that share it."""
    for operation in DOCUMENT.operations:
        seen: list[dict[str, Any]] = []
        for answer in operation.answers.values():
            if answer.media_type is not None and answer.schema not in seen:
                seen.append(answer.schema)
                yield operation, answer


def _edges() -> Iterator[Any]:
    for operation, answer in _of_each_schema():
        rules: dict[str, list[Variant]] = {}
        for variant in variants(DOCUMENT, answer.schema):
            rules.setdefault(variant.rule, []).append(variant)
        for rule, kept in rules.items():
            yield pytest.param(operation, answer, kept, id=f"{operation.id}-{answer.status} {rule}")


class Given:
    """Has the client take a JSON value for an answer, in each of its four ways.

    Args:
        operation: What is called.
        answer: Which of its answers it is.
    """

    def __init__(self, operation: Operation, answer: Answer) -> None:
        self._operation = operation
        self._answer = answer
        self._content = b""
        self._caller = Caller(self._respond)
        self._arguments = arguments(
            operation, {each.name: each.example for each in operation.parameters if each.required}, ..., None
        )

    def __enter__(self) -> Given:
        return self

    def __exit__(self, *raised: object) -> None:
        self._caller.__exit__()

    @property
    def sent(self) -> int:
        """How many requests the client sent."""
        return len(self._caller.recorder.arrived)

    def back(self, value: Any) -> list[Any]:
        """Return what becomes of the value: JSON values and exceptions."""
        self._content = json.dumps(value, ensure_ascii=False).encode()
        made: list[Any] = []
        for way in (self._caller.blocking, self._caller.asynchronous):
            for detailed in (False, True):
                try:
                    result = way(self._operation, self._arguments, detailed=detailed)
                    parsed = result.parsed if detailed else result
                    made.append(parsed.to_dict() if hasattr(parsed, "to_dict") else parsed)
                except Exception as error:  # Whatever it is, it is what became of the answer.
                    made.append(error)
        return made

    def _respond(self, request: httpx.Request) -> httpx.Response:
        headers = {"Content-Type": self._answer.media_type or "", "X-Request-Id": "of-the-header"}
        if 300 <= self._answer.status < 400:
            headers["Location"] = f"{BASE_URL}/elsewhere/{len(self._caller.recorder.arrived)}"
        return httpx.Response(self._answer.status, headers=headers, content=self._content)


def _data(value: Any) -> Any:
    """Return a JSON value in a form in which true is not 1, while 1 is 1.0, and 1e23 just that."""

    def number(text: str) -> tuple[str, Decimal]:
        return "number", Decimal(text)

    return json.loads(json.dumps(value), parse_int=number, parse_float=number)


def _fault(document: Document, answer: Answer, value: Any, made: Any) -> str | None:
    """Return what is wrong with what the client made of an answer, or None."""
    breach = document.breach(answer.schema, value)
    if answer.status < 400:
        if breach is not None:
            return None if isinstance(made, UnexpectedResponse) else f"forbidden ({breach}), but became {_shown(made)}"
        if isinstance(made, Exception):
            return f"allowed, but was refused: {_shown(made)}"
        return _change(made, value)
    if isinstance(made, ApiError):
        if made.status_code != answer.status:
            return f"became an error of status {made.status_code}"
        wanted = value.get("error_code") if breach is None else made.error_code
        return None if made.error_code == wanted else f"its code became {made.error_code!r}"
    if isinstance(made, Exception):
        return f"led to something else than the error that it is: {_shown(made)}"
    if breach is None:
        return "allowed, but was not understood" if made is None else _change(made, value)
    # Of an error in another shape, what is understood is given in the documented one.
    wrong = None if made is None else document.breach(answer.schema, made)
    if made is not None and made == value:
        return f"forbidden ({breach}), but taken as it is"
    return wrong and f"became {_shown(made)}, which is forbidden ({wrong})"


def _about(answer: Answer, value: Any) -> str:
    return f"the answer {answer.status} {short(json.dumps(value))}"


def _change(made: Any, value: Any) -> str | None:
    """Return what the client changed in an answer that is allowed, or None."""
    if _data(made) == _data(value):
        return None
    return (
        f"allowed, but is changed: it is {instead(json.dumps(made, sort_keys=True), json.dumps(value, sort_keys=True))}"
    )


def _shown(made: Any) -> str:
    """Return what became of an answer, in few words."""
    return f"{type(made).__name__}: {made}" if isinstance(made, Exception) else short(json.dumps(made), 120)


@pytest.mark.parametrize(("operation", "answer", "kept"), list(_edges()))
def test_edges(operation: Operation, answer: Answer, kept: list[Variant], document: Document) -> None:
    """An answer at the edge of a rule is given back as it is if the document allows it, and not passed off if not."""
    wrong: list[str] = []
    with Given(operation, answer) as given_answer:
        for variant in kept:
            faults = (_fault(document, answer, variant.value, made) for made in given_answer.back(variant.value))
            wrong += [f"{_about(answer, variant.value)}: {fault}" for fault in faults if fault]

    assert not wrong, "\n".join(dict.fromkeys(wrong[:5]))


@pytest.mark.parametrize(("operation", "answer"), list(_of_each_schema()), ids=lambda each: getattr(each, "status", ""))
def test_every_allowed_answer_is_given_back(operation: Operation, answer: Answer, document: Document) -> None:
    """Whatever answer is generated from the document, the client gives back the same data, in all four ways."""
    with_answer = {
        "openapi": "3.1.0",
        "info": {"title": "An answer in the place of a request body", "version": "1"},
        "paths": {
            "/": {
                "post": {
                    "requestBody": {"required": True, "content": {"application/json": {"schema": answer.schema}}},
                    "responses": {"200": {"description": "None."}},
                }
            }
        },
        "components": document.root["components"],
    }
    schema = schemathesis.openapi.from_dict(with_answer)
    held = 0
    with Given(operation, answer) as given_answer:

        @steady
        @given(case=schema["/"]["POST"].as_strategy(generation_mode=GenerationMode.POSITIVE))
        def hold(case: Case[Any]) -> None:
            nonlocal held
            for made in given_answer.back(case.body):
                fault = _fault(document, answer, case.body, made)
                assert fault is None, f"{_about(answer, case.body)}: {fault}\n{json.dumps(case.body)[:500]}"
            held += 1

        hold()
    assert held > 0


@pytest.mark.parametrize(("operation", "answer"), _ANSWERS)
def test_examples_are_given_back(operation: Operation, answer: Answer, document: Document) -> None:
    """Each example of an answer is given back word for word: as a model, or as an exception's attributes."""
    assert answer.examples
    with Given(operation, answer) as given_answer:
        for example in answer.examples:
            for made in given_answer.back(example.value):
                about = f"the example {example.name} of {answer.status}"
                if not isinstance(made, ApiError):
                    assert made == example.value, f"{about} should be given back as it is, but became {_shown(made)}"
                    continue
                for name, wanted in {"request_id": "of-the-header", **example.value}.items():
                    got = getattr(made, name)
                    assert got == wanted, f"{about} has the {name} {wanted!r}, but the exception has {got!r}"
                unknown = answer.status >= 500
                assert made.outcome_unknown == unknown, (
                    f"the outcome of a request that is answered with {answer.status} is {'un' * unknown}known, "
                    f"but outcome_unknown is {made.outcome_unknown}"
                )


@pytest.mark.parametrize("status", [201, 204, 301, 302, 303, 307, 308])
def test_other_statuses_are_no_success(status: int, operation: Operation) -> None:
    """A status below 400 that the document does not have is no success; a redirect among them is not followed."""
    answer = Answer(status, "application/json", {}, {}, ())
    with Given(operation, answer) as given_answer:
        made = given_answer.back(operation.success.examples[0].value)
        sent = given_answer.sent

    for each in made:
        about = f"an answer of {status}, which the document does not have, should be an UnexpectedResponse"
        assert type(each) is UnexpectedResponse, f"{about}, but became {_shown(each)}"
    assert sent == len(made), f"a call should send one request; {len(made)} calls sent {sent}"
