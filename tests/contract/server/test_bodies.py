"""Does a server take what the document allows in request bodies, up to the very edges, and nothing beyond?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from tests.contract import changes
from tests.contract.caller import Caller
from tests.contract.cases import Case, refusals
from tests.contract.conftest import DOCUMENT
from tests.contract.document import Operation
from tests.contract.samples import sample
from tests.contract.server._tables import assert_kept, by_rule
from tests.contract.values import variants
from tests.contract.words import shown_bytes


def _edges() -> Iterator[Case]:
    for operation in DOCUMENT.operations:
        codes = refusals(DOCUMENT, operation, *DOCUMENT.refusals("body"))
        for media_type, schema in operation.bodies.items():
            for variant in variants(DOCUMENT, schema):
                violation = DOCUMENT.violation(schema, variant.value)
                yield Case(
                    operation,
                    f"body {variant.place}".strip(),
                    variant.keyword_and_bound,
                    variant.shown,
                    changes.in_turn(changes.body(variant.value), changes.header("Content-Type", media_type)),
                    violation,
                    codes if violation else frozenset(),
                    further=variant.further,
                )


@pytest.mark.parametrize("cases", by_rule(_edges()))
def test_edges(cases: list[Case], caller: Caller) -> None:
    """A request body is accepted if the document allows it, and refused with the documented error if not."""
    assert_kept(caller, cases)


@pytest.mark.parametrize("name", sorted({name for each in DOCUMENT.operations for name in each.body_examples}))
def test_examples(name: str, caller: Caller) -> None:
    """Each example of a request body is accepted."""
    cases = [
        Case(
            operation,
            "body",
            f"example {name}",
            f"the example {name}",
            changes.body(value),
        )
        for operation in DOCUMENT.operations
        for example, value in operation.body_examples.items()
        if example == name
    ]
    assert_kept(caller, cases)


@pytest.mark.parametrize(
    "operation", [each for each in DOCUMENT.operations if each.bodies], ids=lambda operation: operation.id
)
def test_left_out(operation: Operation, caller: Caller) -> None:
    """A body that is not required can be left out, its media type with it; one that is cannot."""
    violation = "the body is missing" if operation.body_required else None
    codes = refusals(DOCUMENT, operation, *DOCUMENT.refusals("body")) if violation else frozenset()
    cases = [
        Case(operation, "body", "required", "no body", changes.no_body, violation, codes),
        Case(
            operation,
            "body",
            "required",
            "neither body nor Content-Type",
            changes.in_turn(changes.no_body, changes.header("Content-Type", None)),
            violation,
            codes,
        ),
    ]
    assert_kept(caller, cases)


def _valid(operation: Operation) -> bytes:
    """Return a body that is right."""
    value = operation.body_example
    if value is None:
        value = sample(DOCUMENT.bundled(operation.bodies[str(operation.media_type)]))
    return json.dumps(value).encode()


# What is tried of each kind before any is tried twice.
_FIRST = {"a space", "True", "a name without quotes", "a no-break space around it"}


def _nearly_json(valid: bytes) -> dict[str, bytes]:
    """Return bodies that lenient parsers take for JSON, by what is wrong with them."""
    found = {"a space": b" ", "blanks and line breaks": b"\r\n\t "}
    for about, space in _SPACES.items():
        found[f"{about} around it"] = space + valid + space
    if valid[:1] in (b"{", b"["):
        start = valid[:-1] + (b", " if len(valid) > 2 else b"")
        name = b'"further": ' if valid[:1] == b"{" else b""
        for word in (b"True", b"False", b"None"):
            found[word.decode()] = start + name + word + valid[-1:]
    if valid[:1] == b"{":
        found["a name without quotes"] = start + b"further: 1}"
    elif (unquoted := re.sub(rb'"([A-Za-z]+)"(?=:)', rb"\1", valid)) != valid:
        found["names without quotes"] = unquoted
    return found


# What strip() of some languages takes away, though no JSON text has it around it (RFC 8259, 2).
_SPACES = {
    "a no-break space": "\u00a0".encode(),
    "an ideographic space": "\u3000".encode(),
    "a line separator": "\u2028".encode(),
    "a form feed": b"\f",
}


def _unreadable() -> Iterator[Case]:
    for operation in DOCUMENT.operations:
        if not operation.bodies:
            continue
        codes = refusals(DOCUMENT, operation, *DOCUMENT.refusals("unreadable"))
        for about, content in _nearly_json(_valid(operation)).items():
            tried = f"{about}: {shown_bytes(content)}" if content.strip() else f"a body of {about} alone"
            change, further = changes.content(content), about not in _FIRST
            yield Case(operation, "body", "JSON", tried, change, "it is no JSON", codes, further=further)


@pytest.mark.parametrize("cases", by_rule(_unreadable()))
def test_nearly_json(cases: list[Case], caller: Caller) -> None:
    """What a parser may take for JSON out of kindness is none: a blank body, words of Python, names without quotes."""
    assert_kept(caller, cases)


def _near_media_types() -> Iterator[Case]:
    for operation in DOCUMENT.operations:
        media_type = str(operation.media_type).lower()
        kind, _, name = media_type.partition("/")
        if not operation.bodies or any("*" in each for each in operation.bodies):
            continue
        codes = refusals(DOCUMENT, operation, *DOCUMENT.refusals("mediaType"))
        valid = changes.content(_valid(operation))
        for value in (f"{kind}/vnd.contract-suite+{name.rpartition('+')[2]}", "*/*", f"{kind}/*"):
            yield Case(
                operation,
                "body",
                f"media type {operation.media_type}",
                f"a body with Content-Type: {value}",
                changes.in_turn(valid, changes.header("Content-Type", value)),
                f"the body's media type is {operation.media_type}",
                codes,
                further=value == f"{kind}/*",
            )


@pytest.mark.parametrize("cases", by_rule(_near_media_types()))
def test_near_media_types(cases: list[Case], caller: Caller) -> None:
    """A media type of the same suffix, or one that stands for any, is not the documented one."""
    assert_kept(caller, cases)
