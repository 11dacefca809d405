"""Does a server take what the document allows, up to its very edges, and nothing beyond?"""

from __future__ import annotations

import pytest

from tests.contract.conftest import DOCUMENT
from tests.contract.document import Document, Operation, Parameter
from tests.contract.exchange import Caller, Exchange, Request, described
from tests.contract.values import Variant, variants


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


def _verdict(document: Document, operation: Operation, exchange: Exchange, breach: str | None) -> str | None:
    """Return what is wrong with the answer to a value at the edge of a rule."""
    if breach is None and exchange.status >= 300:
        return exchange.breaks("A request that the document allows was refused.")
    if breach is not None and exchange.status < 400:
        return exchange.breaks(f"A request that the document forbids was accepted: {breach}")
    fault = described(document, exchange, operation.answers)
    return exchange.breaks(f"The answer is not as documented: {fault}") if fault else None


def _hold(caller: Caller, made: list[tuple[Request, str | None]]) -> list[str]:
    """Send requests, each with what it breaks, and return what is wrong with the answers."""
    wrong: list[str] = []
    for request, breach in made:
        if breach is None and caller.obstacle(request):
            continue
        exchange = caller.send(request, starts=False)
        if verdict := _verdict(caller.document, request.operation, exchange, breach):
            wrong.append(verdict)
    return wrong


@pytest.mark.parametrize(("operation", "parameter", "kept"), _PARAMETERS)
def test_parameters_up_to_their_edges(
    operation: Operation, parameter: Parameter, kept: list[Variant], caller: Caller, document: Document
) -> None:
    """A parameter's value is accepted if the document allows it, and refused with a documented answer if not."""
    made: list[tuple[Request, str | None]] = []
    for variant in kept:
        if isinstance(variant.value, str) and _carried(parameter, variant.value):
            breach = document.breach(parameter.schema, variant.value)
            request = caller.request(operation, allowed=breach is None)
            made.append((request.having_parameter(parameter.name, variant.value), breach))

    assert not (wrong := _hold(caller, made)), f"{wrong[0]}\n  {len(wrong)} of {len(made)} such answers are wrong."


@pytest.mark.parametrize(("operation", "media_type", "kept"), _BODIES)
def test_bodies_up_to_their_edges(
    operation: Operation, media_type: str, kept: list[Variant], caller: Caller, document: Document
) -> None:
    """A request body is accepted if the document allows it, and refused with a documented answer if not."""
    made: list[tuple[Request, str | None]] = []
    for variant in kept:
        breach = document.breach(operation.bodies[media_type], variant.value)
        made.append((caller.request(operation, allowed=breach is None).having_body(variant.value), breach))

    assert not (wrong := _hold(caller, made)), f"{wrong[0]}\n  {len(wrong)} of {len(made)} such answers are wrong."


def test_optional_parts_can_be_left_out(operation: Operation, caller: Caller) -> None:
    """What the document does not require can be left out: the body, and each parameter."""
    request = caller.request(operation)
    made: list[tuple[Request, str | None]] = []
    for parameter in operation.parameters:
        if parameter.location != "path":
            breach = f"{parameter.name}: missing" if parameter.required else None
            allowed = request if breach is None else caller.request(operation, allowed=False)
            made.append((allowed.having_parameter(parameter.name, None), breach))
    if operation.bodies:
        breach = "body: missing" if operation.body_required else None
        made.append((caller.request(operation, allowed=breach is None).having(content=b""), breach))

    assert not (wrong := _hold(caller, made)), wrong[0]


def test_largest_body(operation: Operation, caller: Caller) -> None:
    """A body of just the size that the document allows is accepted, one byte more is refused with 413."""
    limit = operation.max_body_bytes
    assert limit is not None
    full = caller.request(operation).content.ljust(limit)

    largest = caller.send(caller.request(operation).having(content=full), starts=True)
    assert largest.status < 300, largest.breaks(f"A body of {limit} bytes was refused.")

    request = caller.request(operation, allowed=False)
    too_large = caller.send(request.having(content=full + b" "), starts=False)
    assert too_large.status == 413, too_large.breaks(f"A body of {limit + 1} bytes was not refused with 413.")
