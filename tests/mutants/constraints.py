"""Mutants of the contract: for each constraint in the document, one that allows more and one that allows less.

Each stands for two mistakes: a server that keeps the mutated document in the place of the real one, and a client
generated from it. Where one of them can not be told from the right one, by anybody, there is no mutant, and a comment
here says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Literal

from dataarts_contract import Pointer, Statement, statements

Direction = Literal["laxer", "stricter"]

# What bounds a value from below, and from above: the step that lets more in.
_LOWER = {"minLength", "minItems", "minProperties", "minimum", "exclusiveMinimum"}
_UPPER = {"maxLength", "maxItems", "maxProperties", "maximum", "exclusiveMaximum", "x-max-body-bytes"}
_OTHER_TYPE = {"string": "integer", "integer": "string", "number": "string", "boolean": "string"}
_WIDER_TYPE = {"integer": "number", "object": "string", "array": "string"}


@dataclass(frozen=True)
class Constraint:
    """A constraint of the document, changed.

    Args:
        pointer: Where it stands.
        keyword: Its name.
        direction: Whether the change allows more or less.
        value: What it is changed to; None takes it away.
        change: The change in words.
        at: Which part of requests or answers it is about.
    """

    pointer: Pointer
    keyword: str
    direction: Direction
    value: Any
    change: str
    at: Literal["parameter", "body", "answer", "header", "operation"]

    @property
    def name(self) -> str:
        """What to call it."""
        place = "/".join(str(part) for part in self.pointer if part not in ("components", "schema", "properties"))
        return f"{place} {self.keyword} {self.direction}: {self.change}"

    def applied(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return a copy of the document with the constraint changed."""
        mutated = deepcopy(dict(document))
        node: Any = mutated
        for part in self.pointer:
            node = node[part]
        if self.value is None:
            del node[self.keyword]
        else:
            node[self.keyword] = deepcopy(self.value)
        return mutated


# What a part of the document is to mutants: what is about responses is told apart from what is about requests.
_AT: dict[str, Literal["parameter", "body", "answer", "header", "operation"]] = {
    "operation": "operation",
    "parameter": "parameter",
    "body": "body",
    "answer": "answer",
    "header": "header",
}


def constraints(document: Mapping[str, Any]) -> list[Constraint]:
    """Return all mutants of a document, each constraint where it is written, once."""
    found: list[Constraint] = []
    seen: set[tuple[Pointer, str, str]] = set()
    for statement in statements(document):
        written = statement.pointer, statement.keyword, statement.name if statement.keyword == "content" else ""
        if statement.part in _AT and written not in seen:
            found += _of_statement(statement)
        seen.add(written)
    return found


def _of_statement(statement: Statement) -> Iterator[Constraint]:
    pointer, node, value, at = statement.pointer, statement.node, statement.value, _AT[statement.part]
    if statement.of_schema:
        yield from _of_keyword(pointer, node, statement.keyword, value, at)
    elif statement.part == "operation":
        if statement.keyword == "x-max-body-bytes" and "requestBody" in node:  # Without a body, nobody can tell.
            yield from _bound(pointer, "x-max-body-bytes", value, "operation")
        elif statement.keyword == "security" and value:
            yield Constraint(pointer, "security", "laxer", [*value, {}], "none is enough", "operation")
            for index, alternative in enumerate(value):
                rest = value[:index] + value[index + 1 :]
                yield Constraint(pointer, "security", "stricter", rest, f"no {'+'.join(alternative)}", "operation")
    elif statement.part == "parameter":
        if statement.location != "path":  # In the path, a parameter is always required.
            yield _flag(pointer, value, "parameter")
    elif statement.part == "header":
        # What is optional may be there always: nobody can tell.
        if value:
            yield Constraint(pointer, "required", "laxer", False, "can be left out", "header")
    elif statement.keyword == "required":
        yield _flag(pointer, value, "operation")
    elif statement.keyword == "content":
        other = {"application/vnd.other+json": node["content"][value]}
        yield Constraint(pointer, "content", "stricter", other, f"no {value}", "operation")
        wider = {**node["content"], "text/plain": node["content"][value]}
        yield Constraint(pointer, "content", "laxer", wider, "text/plain too", "operation")


def _flag(pointer: Pointer, required: bool, at: Any) -> Constraint:
    if required:
        return Constraint(pointer, "required", "laxer", False, "can be left out", at)
    return Constraint(pointer, "required", "stricter", True, "must be there", at)


def _bound(pointer: Pointer, keyword: str, value: Any, at: Any) -> Iterator[Constraint]:
    down, up = (value - 1, value + 1)
    laxer, stricter = (down, up) if keyword in _LOWER else (up, down)
    negative = keyword in ("minLength", "minItems", "minProperties") and laxer < 0  # There is nothing below 0.
    if not negative:
        yield Constraint(pointer, keyword, "laxer", laxer, str(laxer), at)
    yield Constraint(pointer, keyword, "stricter", stricter, str(stricter), at)


def _lets_more_in(schema: Mapping[str, Any], keyword: str, laxer: Any) -> bool:
    """Return whether a laxer bound makes a difference: the empty string may be forbidden by the pattern as well."""
    return not (keyword == "minLength" and laxer == 0 and "pattern" in schema and not re.search(schema["pattern"], ""))


def _of_keyword(pointer: Pointer, schema: Mapping[str, Any], keyword: str, value: Any, at: Any) -> Iterator[Constraint]:
    def changed(direction: Direction, to: Any, change: str) -> Constraint:
        return Constraint(pointer, keyword, direction, to, change, at)

    if keyword in _LOWER or keyword in _UPPER:
        for bound in _bound(pointer, keyword, value, at):
            if bound.direction == "stricter" or _lets_more_in(schema, keyword, bound.value):
                yield bound
    elif keyword == "type" and isinstance(value, str):
        # Under an enum, a further type lets nothing further in.
        if "enum" not in schema and "const" not in schema:
            wider = _WIDER_TYPE.get(value, _OTHER_TYPE.get(value, "string"))
            yield changed("laxer", [value, wider], f"{wider} too")
            # And under an enum, whose members have types of their own, another type is no document at all.
            other = _OTHER_TYPE.get(value, "string")
            yield changed("stricter", other, f"{other} instead")
    elif keyword == "type" and isinstance(value, list) and "null" in value and at != "parameter":
        # To take null away is to allow less; what else the type names has mutants where it stands alone.
        rest = [kind for kind in value if kind != "null"]
        yield changed("stricter", rest if len(rest) > 1 else rest[0], "no null")
    elif keyword == "pattern":
        for direction, pattern in _patterns(value):
            yield changed(direction, pattern, pattern)
    elif keyword == "enum":
        numbers = [member for member in value if isinstance(member, int)]
        further = max(numbers) + 1 if numbers else f"{value[0]}s"
        yield changed("laxer", [*value, further], f"{further} too")
        for each in value:
            yield changed("stricter", [other for other in value if other != each], f"no {each}")
    elif keyword == "const":
        yield changed("laxer", None, "anything")
        yield changed("stricter", f"{value}s", f"{value}s instead")
    elif keyword == "multipleOf":
        yield changed("laxer", None, "any number")
        yield changed("stricter", value * 2, str(value * 2))
    elif keyword == "uniqueItems":
        yield changed("laxer" if value else "stricter", not value, str(not value))
    elif keyword == "required":
        for name in value:
            yield changed("laxer", [other for other in value if other != name], f"{name} can be left out")
    elif keyword == "additionalProperties":
        yield changed("stricter" if value else "laxer", not value, str(not value))
    elif keyword == "items":
        yield changed("laxer", {}, "anything")
    if keyword == "properties":
        required = schema.get("required", [])
        for name in value:
            if name not in required:
                yield Constraint(pointer, "required", "stricter", [*required, name], f"{name} must be there", at)


_CLASS = re.compile(r"(\[)((?:\\u[0-9A-Fa-f]{4}|\\.|[^\]\\])+)(\])([*?+]?)")
_RANGE = re.compile(r"(?:\\u[0-9A-Fa-f]{4}|\\.|[^\\])(?:-(?:\\u[0-9A-Fa-f]{4}|\\.|[^\\]))?")


def _patterns(pattern: str) -> Iterator[tuple[Direction, str]]:
    """Give a pattern's mutants: without an anchor, and with more and with less in each of its sets of characters."""
    if pattern.startswith("^"):
        yield "laxer", pattern[1:]
    if pattern.endswith("$"):
        yield "laxer", pattern[:-1]
    for found in _CLASS.finditer(pattern):
        before, after = pattern[: found.start()], pattern[found.end() :]
        opening, inside, closing, times = found.groups()
        yield "laxer", f"{before}{opening}~{inside}{closing}{times}{after}"
        ranges = _RANGE.findall(inside)
        for index, _ in enumerate(ranges):
            rest = "".join(ranges[:index] + ranges[index + 1 :])
            if rest and not rest.startswith("^"):
                yield "stricter", f"{before}{opening}{rest}{closing}{times}{after}"
            elif times in ("*", "?"):
                yield "stricter", before + after
