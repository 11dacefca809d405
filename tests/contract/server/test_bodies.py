"""Does a server take what the document allows in request bodies, up to the very edges, and nothing beyond?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import changes
from tests.contract.caller import Caller
from tests.contract.cases import Case, refusals
from tests.contract.conftest import DOCUMENT
from tests.contract.document import Operation
from tests.contract.server._tables import assert_kept, by_rule
from tests.contract.values import variants


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
