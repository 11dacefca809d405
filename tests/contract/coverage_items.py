"""What there is to cover: each statement of the document on each of its sides, and where records of it are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dataarts_contract import Statement, statements

from .document import Document

_BOUNDS = {"minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"}
_BOUNDS |= {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
_RULES = _BOUNDS | {"type", "enum", "const", "pattern", "multipleOf", "uniqueItems"}
_ONE_TEXT = "whatever a request has there is a text"
_OTHER_PATH = "without it the path is another one"
_NO_LESS = "there is nothing below it"
_ANOTHER = "another of the alternatives may allow it"
_NO_BODY = "the operation has no request body"


class Side(StrEnum):
    """Which side of a rule was shown, or that a response had something."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    SEEN = "seen"


@dataclass(frozen=True)
class Item:
    """One thing to cover.

    Args:
        operation: The operation's ID; empty for what reaches no operation.
        group: What it is listed with.
        place: Where in the document the rule stands.
        rule: The rule, in words.
        side: Which side of it.
        shown_by: The places and rules of the records that show it.
        shown_within: Whether it is also shown by what was accepted somewhere within the place.
        status: The key of the response that it is about.
        code: The error code of that response; None for any.
        header: The header of that response.
        is_required: Whether the response must have that header.
        example: The example that it is about.
        credentials: The kind of credentials that it is about: "token", "signature"; empty for none or any.
        impossible: Why no server can be made to show it; empty if one can.
    """

    operation: str
    group: str
    place: str
    rule: str
    side: Side
    shown_by: tuple[tuple[str, tuple[str, ...]], ...] = ()
    shown_within: bool = False
    status: str = ""
    code: str | None = None
    header: str = ""
    is_required: bool = False
    example: str = ""
    credentials: str = ""
    impossible: str = ""


def items(document: Document) -> list[Item]:
    """Return all that there is to cover in a document."""
    stated = list(statements(document.root))
    names: Names = {}
    for each in stated:
        if each.part == "example" and (code := _code(each)):
            names.setdefault((each.operation, each.status, code), []).append(each.name)
    return list(dict.fromkeys(item for each in stated for item in _items(document, each, names)))


Names = dict[tuple[str, str, str], list[str]]
"""The names of errors by operation, status and code."""


def _items(document: Document, statement: Statement, names: Names) -> Iterator[Item]:
    if statement.part in ("parameter", "body") and statement.of_schema:
        yield from _of_schema(statement)
    elif statement.part == "parameter":
        yield from _of_parameter(statement)
    elif statement.part == "body":
        yield from _of_body(statement)
    elif statement.part == "operation":
        yield from _of_operation(document, statement)
    elif statement.part == "response":
        yield _seen(statement, "statuses", statement.status)
    elif statement.part == "header" and not statement.of_schema:
        yield _seen(
            statement,
            "headers",
            f"{statement.status} {statement.name}",
            header=statement.name,
            is_required=bool(statement.value),
        )
    elif statement.part == "example":
        yield from _of_example(statement, names)
    elif statement.part == "link":
        shown_by = ((statement.place, ("leads",)),)
        yield Item(statement.operation, "links", statement.place, f"to {statement.value}", Side.SEEN, shown_by)


def _seen(statement: Statement, group: str, rule: str, **about: Any) -> Item:
    place = f"response {statement.status}"
    return Item(statement.operation, group, place, rule, Side.SEEN, status=statement.status, **about)


def _code(statement: Statement) -> str:
    value = statement.value
    return str(value.get("error_code", "")) if statement.status and isinstance(value, dict) else ""


def _of_example(statement: Statement, names: Names) -> Iterator[Item]:
    rule = f"example {statement.name}"
    if not statement.status:
        yield Item(statement.operation, "request body", "body", rule, Side.ACCEPTED, (("body", (rule,)),))
    elif code := _code(statement):
        # Errors of one code cannot be told from each other, for the words are the server's own.
        alike = ", ".join(names[statement.operation, statement.status, code])
        yield _seen(statement, "error codes", f"{statement.status} {code} ({alike})", code=code)
    else:
        shown_by = ((f"response {statement.status}", (rule,)),)
        yield _seen(statement, "examples", rule, shown_by=shown_by, example=statement.name)


def _of_parameter(statement: Statement) -> Iterator[Item]:
    place = statement.place
    if not statement.value:
        yield _rule(statement, "optional", Side.ACCEPTED, (place, ("required",)))
        return
    yield _rule(statement, "required", Side.ACCEPTED, shown_within=True)
    impossible = _OTHER_PATH if statement.location == "path" else ""
    yield _rule(statement, "required", Side.REFUSED, (place, ("required",)), impossible=impossible)


def _of_body(statement: Statement) -> Iterator[Item]:
    if statement.keyword == "content":
        rule = f"media type {statement.value}"
        yield _rule(statement, rule, Side.ACCEPTED, ("body", (rule,)))
        yield _rule(statement, rule, Side.REFUSED, ("body", (rule,)))
    elif statement.value:
        yield _rule(statement, "required", Side.ACCEPTED, shown_within=True)
        yield _rule(statement, "required", Side.REFUSED, ("body", ("required",)))
    else:
        yield _rule(statement, "optional", Side.ACCEPTED, ("body", ("required",)))


def _of_operation(document: Document, statement: Statement) -> Iterator[Item]:
    keyword, value = statement.keyword, statement.value
    if keyword == "x-max-body-bytes":
        impossible = "" if "requestBody" in statement.node else _NO_BODY
        for side in (Side.ACCEPTED, Side.REFUSED):
            shown_by = (("body", (keyword,)),)
            yield Item(
                statement.operation,
                "request body",
                "body",
                f"{keyword} {value}",
                side,
                shown_by,
                impossible=impossible,
            )
    elif keyword == "x-allowed-states":
        for state in value:
            shown_by = ((keyword, (state,)),)
            yield Item(statement.operation, "states", keyword, state, Side.ACCEPTED, shown_by)
        states = ", ".join(value)
        yield Item(statement.operation, "states", keyword, states, Side.REFUSED, ((keyword, (states,)),))
    elif keyword == "security" and value and {} not in value:
        yield _security(statement, "any", "some credentials", Side.REFUSED)
        kinds = {each.name: "signature" if each.is_signature else "token" for each in document.security_schemes}
        for name in dict.fromkeys(name for alternative in value for name in alternative):
            for side in (Side.ACCEPTED, Side.REFUSED):
                yield _security(statement, kinds.get(name, name), name, side)


def _security(statement: Statement, kind: str, rule: str, side: Side) -> Item:
    shown_by = ((f"security {kind}", ("required",)),)
    about = "" if kind == "any" else kind
    return Item(statement.operation, "credentials", "security", rule, side, shown_by, credentials=about)


def _rule(statement: Statement, rule: str, side: Side, *shown_by: tuple[str, tuple[str, ...]], **about: Any) -> Item:
    group = "parameters" if statement.part == "parameter" else "request body"
    return Item(statement.operation, group, about.pop("place", statement.place), rule, side, shown_by, **about)


def _of_schema(statement: Statement) -> Iterator[Item]:
    keyword, value = statement.keyword, statement.value
    if keyword == "required":
        for name in value:
            place = _below(statement, name)
            yield _rule(statement, "required", Side.ACCEPTED, place=place, shown_within=True)
            impossible = _alternative(statement)
            yield _rule(statement, "required", Side.REFUSED, (place, ("required",)), place=place, impossible=impossible)
    elif keyword == "properties":
        for name in value:
            if name not in statement.node.get("required", ()):
                place = _below(statement, name)
                yield _rule(statement, "optional", Side.ACCEPTED, (place, ("optional",)), place=place)
    elif keyword == "additionalProperties":
        side = Side.REFUSED if value is False else Side.ACCEPTED
        yield _rule(statement, "further properties", side, (statement.place, (keyword,)))
    elif keyword in _RULES and value is not False:
        bound = f" {value}" if isinstance(value, int | float | str) and not isinstance(value, bool) else ""
        places = dict.fromkeys((statement.place, f"{statement.location} {statement.name}".strip()))
        shown_by = tuple((place, (keyword,)) for place in places)
        yield _rule(statement, f"{keyword}{bound}", Side.ACCEPTED, *shown_by, shown_within=keyword == "type")
        impossible = _why_nothing_breaks(statement)
        yield _rule(statement, f"{keyword}{bound}", Side.REFUSED, *shown_by, impossible=impossible)


def _below(statement: Statement, name: str) -> str:
    inner = Statement(**{**statement.__dict__, "path": (*statement.path, name)})
    return inner.place


def _alternative(statement: Statement) -> str:
    return _ANOTHER if statement.alternative else ""


def _why_nothing_breaks(statement: Statement) -> str:
    """Return why no value breaks a rule; empty if some do."""
    keyword, value = statement.keyword, statement.value
    kinds = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    if keyword == "type" and statement.part == "parameter" and "string" in kinds and "enum" not in statement.node:
        return _ONE_TEXT
    if keyword in ("minLength", "minItems", "minProperties") and value == 0:
        return _NO_LESS
    return _alternative(statement)
