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

Direction = Literal["laxer", "stricter"]
Pointer = tuple[str | int, ...]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

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


def constraints(document: Mapping[str, Any]) -> list[Constraint]:
    """Return all mutants of a document, each constraint where it is written."""
    return list(_Walk(document).all())


class _Walk:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._seen: set[Pointer] = set()

    def all(self) -> Iterator[Constraint]:
        for path, item in self._document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield from self._operation(("paths", path, method), item[method])
            yield from self._parameters(("paths", path), item)
        for status in self._document.get("x-gateway-responses", {}):
            yield from self._response(("x-gateway-responses", status))

    def _find(self, pointer: Pointer) -> tuple[Pointer, Any]:
        """Follow the references that start at a pointer."""
        node: Any = self._document
        for part in pointer:
            node = node[part]
        if isinstance(node, dict) and "$ref" in node:
            return self._find(tuple(node["$ref"].removeprefix("#/").split("/")))
        return pointer, node

    def _new(self, pointer: Pointer) -> bool:
        known = pointer in self._seen
        self._seen.add(pointer)
        return not known

    def _operation(self, pointer: Pointer, node: Mapping[str, Any]) -> Iterator[Constraint]:
        yield from self._parameters(pointer, node)
        if "x-max-body-bytes" in node and "requestBody" in node:  # Without a body, nobody can tell.
            yield from _bound(pointer, "x-max-body-bytes", node["x-max-body-bytes"], "operation")
        if security := node.get("security"):
            yield Constraint(pointer, "security", "laxer", [*security, {}], "none is enough", "operation")
            for index, alternative in enumerate(security):
                rest = security[:index] + security[index + 1 :]
                yield Constraint(pointer, "security", "stricter", rest, f"no {'+'.join(alternative)}", "operation")
        if "requestBody" in node:
            where, body = self._find((*pointer, "requestBody"))
            required = body.get("required", False)
            yield _flag(where, required, "operation")
            for media_type in body["content"]:
                other = {"application/vnd.other+json": body["content"][media_type]}
                yield Constraint(where, "content", "stricter", other, f"no {media_type}", "operation")
                wider = {**body["content"], "text/plain": body["content"][media_type]}
                yield Constraint(where, "content", "laxer", wider, "text/plain too", "operation")
                yield from self._schema((*where, "content", media_type, "schema"), "body")
        for status in node["responses"]:
            yield from self._response((*pointer, "responses", status))

    def _parameters(self, pointer: Pointer, node: Mapping[str, Any]) -> Iterator[Constraint]:
        for index, _ in enumerate(node.get("parameters", [])):
            where, parameter = self._find((*pointer, "parameters", index))
            if self._new(where):
                if parameter["in"] != "path":  # In the path, a parameter is always required.
                    yield _flag(where, parameter.get("required", False), "parameter")
                yield from self._schema((*where, "schema"), "parameter")

    def _response(self, pointer: Pointer) -> Iterator[Constraint]:
        where, response = self._find(pointer)
        if not self._new(where):
            return
        for name in response.get("headers", {}):
            at, header = self._find((*where, "headers", name))
            if self._new(at):
                # What is optional may be there always: nobody can tell.
                if header.get("required"):
                    yield Constraint(at, "required", "laxer", False, "can be left out", "header")
                yield from self._schema((*at, "schema"), "header")
        for media_type in response.get("content", {}):
            yield from self._schema((*where, "content", media_type, "schema"), "answer")

    def _schema(self, pointer: Pointer, at: Any) -> Iterator[Constraint]:
        where, schema = self._find(pointer)
        if not isinstance(schema, dict) or not self._new(where):
            return
        for keyword, value in schema.items():
            yield from _of_keyword(where, schema, keyword, value, at)
        for name in schema.get("properties", {}):
            yield from self._schema((*where, "properties", name), at)
        if isinstance(schema.get("items"), dict):
            yield from self._schema((*where, "items"), at)
        if isinstance(schema.get("additionalProperties"), dict):
            yield from self._schema((*where, "additionalProperties"), at)
        for branches in ("allOf", "anyOf", "oneOf"):
            for index, _ in enumerate(schema.get(branches, [])):
                yield from self._schema((*where, branches, index), at)


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
