"""What a change of a schema means for users of the old client, by the direction in which the value goes.

A request is written by the old client and read by a service of the new document: what was valid must stay valid.

A response is read by the old client from a service of the new document, and, once users upgrade, by the new client from
a service of the old one. So it may become neither wider nor narrower; two exceptions are that the client keeps values
that an enum does not know, and properties that a model does not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ._difference import Difference, Direction, Place, Verdict
from ._keywords import Change, Effect

_REQUEST, _RESPONSE = Direction.REQUEST, Direction.RESPONSE
_BREAKING, _WIDENING, _HARMLESS = Verdict.BREAKING, Verdict.WIDENING, Verdict.HARMLESS
_REFUSED = "Requests that were valid are refused."
_MAY_BE_REFUSED = "It cannot be computed whether requests that were valid still are."
_ACCEPTED = "Requests that were valid stay valid."
_OLD_REFUSES = "Old clients refuse responses that are valid now (UnexpectedResponse)."
_NEW_REFUSES = "The new client refuses responses of services that keep the old document (UnexpectedResponse)."
_IN_ERRORS = {
    _OLD_REFUSES: "Old clients cannot read the body of the error: `parsed` is None.",
    _NEW_REFUSES: "The new client cannot read the body of the error of a service that keeps the old document.",
}
"""The effects on errors, which are raised whatever their bodies."""
_MEANINGS: dict[tuple[Effect, Direction], tuple[Verdict, str, str]] = {
    (Effect.NARROWER, _REQUEST): (_BREAKING, _REFUSED, "Allow what was allowed."),
    (Effect.NARROWER, _RESPONSE): (_BREAKING, _NEW_REFUSES, "Allow what was allowed."),
    (Effect.WIDER, _REQUEST): (_WIDENING, _ACCEPTED, ""),
    (Effect.WIDER, _RESPONSE): (_BREAKING, _OLD_REFUSES, "Promise what was promised."),
    (Effect.OTHER, _REQUEST): (_BREAKING, _REFUSED, "Allow what was allowed, beside what is new."),
    (Effect.OTHER, _RESPONSE): (_BREAKING, _OLD_REFUSES, "Keep it, and add a property for what is new."),
    (Effect.UNKNOWN, _REQUEST): (_BREAKING, _MAY_BE_REFUSED, "Keep it, or look yourself which of the two allows more."),
    (Effect.UNKNOWN, _RESPONSE): (
        _BREAKING,
        "It cannot be computed whether old clients take responses that are valid now.",
        "Keep it, or look yourself whether both allow the same.",
    ),
    (Effect.PROPERTY_ADDED, _REQUEST): (_WIDENING, "Old clients leave it out.", ""),
    (Effect.PROPERTY_ADDED, _RESPONSE): (_HARMLESS, "Old clients keep it in additional_properties.", ""),
    (Effect.PROPERTY_REMOVED, _REQUEST): (
        _BREAKING,
        "Code that sets it fails, or the service ignores it.",
        "Keep it, and mark it `deprecated: true`.",
    ),
    (Effect.PROPERTY_REMOVED, _RESPONSE): (
        _BREAKING,
        "Code that reads it fails.",
        "Keep it, and mark it `deprecated: true`.",
    ),
    (Effect.ENUM_ADDED, _REQUEST): (_WIDENING, _ACCEPTED, ""),
    (Effect.ENUM_ADDED, _RESPONSE): (_HARMLESS, "Old clients keep values that they do not know.", ""),
    (Effect.ENUM_REMOVED, _REQUEST): (_BREAKING, _REFUSED, "Keep the value."),
    (Effect.ENUM_REMOVED, _RESPONSE): (
        _BREAKING,
        "Code that names the member of the enum fails.",
        "Keep the value; a service need not send it.",
    ),
    (Effect.ENUM_SET, _REQUEST): (_BREAKING, _REFUSED, "Allow what was allowed; name the values in the description."),
    (Effect.ENUM_SET, _RESPONSE): (_HARMLESS, "The client keeps values that it does not know.", ""),
    (Effect.DEFAULT, _REQUEST): (
        _BREAKING,
        "A request that leaves it out means something else.",
        "Keep the default; who wants the other value can send it.",
    ),
    (Effect.DEFAULT, _RESPONSE): (_BREAKING, "A response without it means something else.", "Keep the default."),
    (Effect.MODEL, _REQUEST): (
        _BREAKING,
        "Code that passes the model of the old name fails.",
        "Keep the schema's name.",
    ),
    (Effect.MODEL, _RESPONSE): (
        _BREAKING,
        "Code that expects the model of the old name fails.",
        "Keep the schema's name.",
    ),
    (Effect.READ_ONLY, _REQUEST): (_BREAKING, "Requests that set it may be refused.", "Let it be set."),
    (Effect.READ_ONLY, _RESPONSE): (_HARMLESS, "Responses stay what they are.", ""),
    (Effect.WRITE_ONLY, _REQUEST): (_HARMLESS, "Requests stay what they are.", ""),
    (Effect.WRITE_ONLY, _RESPONSE): (_BREAKING, "Responses do not have it any more.", "Send it."),
}


def differences(
    changes: list[Change], direction: Direction, operation: str, part: str, names: frozenset[str] = frozenset()
) -> Iterator[Difference]:
    """Yield what changes of a schema mean.

    Args:
        changes: What differs.
        direction: Which way the value goes.
        operation: The operation it belongs to, as `Place` has it.
        part: The part of the operation.
        names: The Python names that a change of the whole value concerns.
    """
    is_error = re.match(r"response ([45]|default)", part)
    for change in changes:
        place = Place(operation, part, change.path)
        remedy = ""
        if change.effect is Effect.ANNOTATION:
            verdict, effect = Verdict.HARMLESS, "Requests and responses stay what they are."
        elif change.extension is not None:
            verdict, effect = change.extension.verdict, change.extension.effect
            remedy = "Keep it as it was." if verdict is Verdict.BREAKING else ""
        else:
            verdict, effect, remedy = _meaning(change.effect, direction)
            effect = _IN_ERRORS.get(effect, effect) if is_error else effect
            if change.rule == "required" and change.effect is Effect.NARROWER:
                remedy = "Leave it optional." if direction is Direction.REQUEST else "Leave it optional, or do without."
        yield Difference(
            verdict, place, change.rule, change.words, effect, remedy, change.origin, names | _names(change)
        )


def _meaning(effect: Effect, direction: Direction) -> tuple[Verdict, str, str]:
    if direction is not Direction.HEADER:
        return _MEANINGS[effect, direction]
    if effect is Effect.NARROWER:
        return _HARMLESS, "It is what it was, and the client does not check it.", ""
    verdict, _, remedy = _MEANINGS[effect, Direction.RESPONSE]
    return verdict, "Code that reads it meets what it did not expect.", remedy


def _names(change: Change) -> frozenset[str]:
    """Return the names of models and fields that a change concerns, as `_python` writes them."""
    if change.effect is Effect.MODEL:
        return frozenset({f"model {change.name}"})
    parts = change.origin.split("/")
    if parts[:3] != ["#", "components", "schemas"]:
        return frozenset()
    schema = parts[3]
    return frozenset({f"model {schema}", f"model {schema} {change.name or parts[-1]}"})
