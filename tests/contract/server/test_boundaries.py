"""Does a server take what the document allows, up to its very edges, and nothing beyond?"""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from tests.contract.conftest import DOCUMENT
from tests.contract.document import Document, Operation, Parameter
from tests.contract.exchange import Caller, Exchange, Request, described
from tests.contract.values import Variant, variants
from tests.contract.words import short


def _by_rule(found: list[Variant]) -> dict[str, list[Variant]]:
    rules: dict[str, list[Variant]] = {}
    for variant in found:
        rules.setdefault(variant.rule, []).append(variant)
    return rules


_PARAMETERS = [
    pytest.param(operation, parameter, kept, id=f"{operation.id}-{parameter.location} {parameter.name} {rule}")
    for operation in DOCUMENT.operations
    for parameter in operation.parameters
    for rule, kept in _by_rule(variants(DOCUMENT, parameter.schema)).items()
]
_BODIES = [
    pytest.param(operation, media_type, kept, id=f"{operation.id}-body {rule}")
    for operation in DOCUMENT.operations
    for media_type, schema in operation.bodies.items()
    for rule, kept in _by_rule(variants(DOCUMENT, schema)).items()
]


def _carried(parameter: Parameter, text: str) -> bool:
    """Return whether a text reaches the server as it is: a header has neither line breaks nor spaces around it."""
    return parameter.location != "header" or (text.isascii() and text.isprintable() and text == text.strip())


@dataclass(frozen=True)
class Edge:
    """A request at the edge of a rule.

    Args:
        request: What to send.
        about: What is at the edge, in words.
        breach: What it breaks, if it breaks the rule.
    """

    request: Request
    about: str
    breach: str | None


def _about(name: str, variant: Variant) -> str:
    """Return a value and the rule whose edge it is at, in words."""
    return f"{name} {short(json.dumps(variant.value, ensure_ascii=False), 40)}, at the edge of {variant.rule},"


def _verdict(document: Document, edge: Edge, exchange: Exchange) -> str | None:
    """Return what is wrong with the answer to a request at the edge of a rule."""
    if edge.breach is None and exchange.status >= 300:
        return exchange.breaks(f"{edge.about} is allowed, but was refused: {exchange.said}")
    if edge.breach is not None and exchange.status < 400:
        return exchange.breaks(f"{edge.about} is forbidden ({edge.breach}), but was accepted: {exchange.said}")
    fault = described(document, exchange, edge.request.operation.answers)
    return exchange.breaks(f"The answer is not as documented: {fault}") if fault else None


def _hold(caller: Caller, made: list[Edge]) -> list[str]:
    """Send requests and return what is wrong with the answers."""
    wrong: list[str] = []
    for edge in made:
        request, breach = edge.request, edge.breach
        if breach is None and caller.obstacle(request):
            continue
        exchange = caller.send(request, starts=False)
        if verdict := _verdict(caller.document, edge, exchange):
            wrong.append(verdict)
    return wrong


@pytest.mark.parametrize(("operation", "parameter", "kept"), _PARAMETERS)
def test_parameters_up_to_their_edges(
    operation: Operation, parameter: Parameter, kept: list[Variant], caller: Caller, document: Document
) -> None:
    """A parameter's value is accepted if the document allows it, and refused with a documented answer if not."""
    made: list[Edge] = []
    for variant in kept:
        if isinstance(variant.value, str) and _carried(parameter, variant.value):
            breach = document.breach(parameter.schema, variant.value)
            request = caller.request(operation, allowed=breach is None)
            request = request.having_parameter(parameter.name, variant.value)
            made.append(Edge(request, _about(parameter.name, variant), breach))

    assert not (wrong := _hold(caller, made)), f"{wrong[0]}\n  {len(wrong)} of {len(made)} such answers are wrong."


@pytest.mark.parametrize(("operation", "media_type", "kept"), _BODIES)
def test_bodies_up_to_their_edges(
    operation: Operation, media_type: str, kept: list[Variant], caller: Caller, document: Document
) -> None:
    """A request body is accepted if the document allows it, and refused with a documented answer if not."""
    made: list[Edge] = []
    for variant in kept:
        breach = document.breach(operation.bodies[media_type], variant.value)
        request = caller.request(operation, allowed=breach is None).having_body(variant.value)
        made.append(Edge(request, _about("body", variant), breach))

    assert not (wrong := _hold(caller, made)), f"{wrong[0]}\n  {len(wrong)} of {len(made)} such answers are wrong."


def test_optional_parts_can_be_left_out(operation: Operation, caller: Caller) -> None:
    """What the document does not require can be left out: the body, and each parameter."""
    request = caller.request(operation)
    made: list[Edge] = []
    for parameter in operation.parameters:
        if parameter.location != "path":
            breach = f"{parameter.name}: missing" if parameter.required else None
            allowed = request if breach is None else caller.request(operation, allowed=False)
            about = f"a request without {parameter.name}"
            made.append(Edge(allowed.having_parameter(parameter.name, None), about, breach))
    if operation.bodies:
        breach = "body: missing" if operation.body_required else None
        request = caller.request(operation, allowed=breach is None).having(content=b"")
        made.append(Edge(request, "a request without a body", breach))

    assert not (wrong := _hold(caller, made)), wrong[0]


def test_largest_body(operation: Operation, caller: Caller) -> None:
    """A body of just the size that the document allows is accepted, one byte more is refused with 413."""
    limit = operation.max_body_bytes
    assert limit is not None
    full = caller.request(operation).content.ljust(limit)

    largest = caller.send(caller.request(operation).having(content=full), starts=True)
    assert largest.status < 300, largest.breaks(f"A body of {limit} bytes is allowed, but was refused: {largest.said}")

    request = caller.request(operation, allowed=False)
    too_large = caller.send(request.having(content=full + b" "), starts=False)
    assert too_large.status == 413, too_large.breaks(
        f"A body of {limit + 1} bytes should be refused with 413; the answer was {too_large.said}"
    )
