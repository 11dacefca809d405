"""Does a server read bodies of the documented media type, however they are sent, and no others?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.contract import changes, texts
from tests.contract.caller import Caller
from tests.contract.cases import Case, Refusals, refusals
from tests.contract.changes import Change
from tests.contract.conftest import DOCUMENT
from tests.contract.document import Operation
from tests.contract.samples import sample
from tests.contract.server._tables import assert_kept, by_rule
from tests.contract.values import variants
from tests.contract.words import shown_bytes

WITH_BODY = [operation for operation in DOCUMENT.operations if operation.bodies]
WITHOUT_BODY = [operation for operation in DOCUMENT.operations if not operation.bodies]

_ACCEPTED = ("{type}; charset=utf-8", "{TYPE}", '{type};charset="UTF-8"', "{Type}")
_REFUSED = (
    "text/plain",
    "application/x-www-form-urlencoded",
    "{type}x",
    "application/xml",
    "text/json",
    "application/x-{type}",
    "multipart/form-data; boundary=b",
    "application/octet-stream",
    "nonsense",
)
# What is tried of each kind before any is tried twice.
_FIRST = {
    *("{type}; charset=utf-8", "{TYPE}", "text/plain", "{type}x", "application/x-www-form-urlencoded"),
    *("cut short", "words", "a comma at the end", "NaN", "two texts"),
    *("a string with a byte that is no UTF-8", "a string in Latin-1", "UTF-16"),
    *("a key that is escaped", "blanks and line breaks"),
    *("arrays in arrays, 100,000 deep", "a further property of arrays, 1,000 deep", "a number of 10,000 digits"),
}


def _value(operation: Operation) -> Any:
    if operation.body_example is not None:
        return operation.body_example
    return sample(DOCUMENT.bundled(operation.bodies[str(operation.media_type)]))


def _valid(operation: Operation) -> bytes:
    """Return a body that is right."""
    return json.dumps(_value(operation)).encode()


def _refusals(operation: Operation, *mistakes: str) -> Refusals:
    return refusals(DOCUMENT, operation, *(name for mistake in mistakes for name in DOCUMENT.refusals(mistake)))


def _media_types() -> Iterator[Case]:
    for operation in WITH_BODY:
        media_type = str(operation.media_type)
        codes = _refusals(operation, "mediaType")
        valid = changes.content(_valid(operation))
        for template in (*_ACCEPTED, *_REFUSED):
            value = template.format(type=media_type, TYPE=media_type.upper(), Type=media_type.title())
            violation = None if template in _ACCEPTED else f"the body's media type is {media_type}"
            yield Case(
                operation,
                "body",
                f"media type {media_type}",
                f"a body with Content-Type: {value}",
                changes.in_turn(valid, changes.header("Content-Type", value)),
                violation,
                codes if violation else frozenset(),
                further=template not in _FIRST,
            )
        yield Case(
            operation,
            "body",
            f"media type {media_type}",
            "a body without Content-Type",
            changes.in_turn(valid, changes.header("Content-Type", None)),
            "a body has a media type",
            _refusals(operation, "noMediaType"),
        )


@pytest.mark.parametrize("cases", by_rule(_media_types()))
def test_media_types(cases: list[Case], caller: Caller) -> None:
    """A body of the documented media type is read, whatever its capitals and charset; any other is refused."""
    assert_kept(caller, cases)


def _written(
    operation: Operation, rule: str, bodies: Mapping[str, bytes], violation: str | None = None, *mistakes: str
) -> Iterator[Case]:
    for about, content in bodies.items():
        yield Case(
            operation,
            "body",
            rule,
            f"{about}: {shown_bytes(content)}" if violation else f"JSON with {about}",
            changes.content(content),
            violation,
            _refusals(operation, *mistakes) if violation else frozenset(),
            further=about not in _FIRST,
        )


def _json() -> Iterator[Case]:
    for operation in WITH_BODY:
        yield from _written(operation, "JSON", texts.same_json(_value(operation)))
        yield from _written(operation, "JSON", texts.not_json(_valid(operation)), "it is no JSON", "unreadable")
        # UTF-16 may be taken for no JSON, or for another media type.
        mistakes = ("unreadable", "mediaType")
        yield from _written(operation, "UTF-8", texts.not_utf8(_valid(operation)), "it is not UTF-8", *mistakes)


@pytest.mark.parametrize("cases", by_rule(_json()))
def test_json(cases: list[Case], caller: Caller) -> None:
    """A body is JSON in UTF-8, in whatever way it is written; what is not is refused."""
    assert_kept(caller, cases)


def _heavy() -> Iterator[Case]:
    for operation in WITH_BODY:
        for about, content in texts.heavy(_valid(operation)).items():
            change, further = changes.content(content), about not in _FIRST
            yield Case(operation, "body", "hard to read", about, change, may_fail=True, further=further)


@pytest.mark.parametrize("cases", by_rule(_heavy()))
def test_hard_to_read(cases: list[Case], caller: Caller) -> None:
    """A body that is hard to read is accepted or refused as documented, and is no reason to fail."""
    assert_kept(caller, cases)


def _sizes() -> Iterator[Case]:
    for operation in WITH_BODY:
        limit = operation.max_body_bytes
        if limit is None:
            continue
        for size in (limit, limit + 1, 2 * limit):
            for chunked in (False, True):
                yield Case(
                    operation,
                    "body",
                    f"x-max-body-bytes {limit}",
                    f"a body of {size} bytes{', in chunks' * chunked}",
                    changes.content(_valid(operation).ljust(size), chunked=chunked),
                    None if size <= limit else "it is too large",
                    frozenset() if size <= limit else _refusals(operation, "size"),
                    further=size > limit + 1,
                )


@pytest.mark.parametrize("cases", by_rule(_sizes()))
def test_size(cases: list[Case], caller: Caller) -> None:
    """A body of just the size that the document allows is accepted, one byte more is refused with 413."""
    assert_kept(caller, cases)


@pytest.mark.parametrize("operation", WITHOUT_BODY, ids=lambda operation: operation.id)
def test_size_of_what_is_not_asked_for(operation: Operation, caller: Caller) -> None:
    """The limit holds where the operation has no body, too; a server may also refuse any body there."""
    limit = operation.max_body_bytes
    if limit is None:
        pytest.skip("the operation has no limit")
    change = changes.in_turn(
        changes.content(b"{}".ljust(limit + 1)), changes.header("Content-Type", "application/json")
    )
    codes = _refusals(operation, "size", "mediaType", "unreadable")
    tried = f"a body of {limit + 1} bytes"
    assert_kept(caller, [Case(operation, "body", f"x-max-body-bytes {limit}", tried, change, "it is too large", codes)])


def _sent_otherwise(operation: Operation, rule: str, change: Callable[[bytes], Change]) -> list[Case]:
    """Return cases that send a body in another way: one that is right, and one that is not, which must be seen."""
    valid = _valid(operation)
    broken = valid[:-1]
    codes = _refusals(operation, "unreadable")
    found = [
        Case(operation, "body", rule, "a body", change(valid)),
        Case(operation, "body", rule, "a body that is no JSON", change(broken), "it is no JSON", codes),
    ]
    schema = operation.bodies[str(operation.media_type)]
    wrong = next((each for each in variants(DOCUMENT, schema) if DOCUMENT.violation(schema, each.value)), None)
    if wrong is not None:
        content = json.dumps(wrong.value).encode()
        codes = _refusals(operation, "body")
        tried = f"the body {shown_bytes(content)}"
        found.append(
            Case(operation, "body", rule, tried, change(content), DOCUMENT.violation(schema, wrong.value), codes)
        )
    return found


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.id)
def test_chunks(operation: Operation, caller: Caller) -> None:
    """A body may come in chunks, its length unknown, and is read all the same."""

    def in_chunks(content: bytes) -> Change:
        return changes.content(content, chunked=True)

    assert_kept(caller, _sent_otherwise(operation, "Transfer-Encoding: chunked", in_chunks))


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.id)
def test_expect(operation: Operation, caller: Caller) -> None:
    """A client may ask whether to send its body, as curl does with a large one."""

    def expecting(content: bytes) -> Change:
        return changes.in_turn(changes.content(content), changes.header("Expect", "100-continue"))

    assert_kept(caller, _sent_otherwise(operation, "Expect: 100-continue", expecting))
