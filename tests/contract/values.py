"""Values at the edges of a schema: for each of its rules, some that keep it just so and some that just break it.

Nothing here says which is which; that is for a validator, with the schema as it stands in the document.
"""

from __future__ import annotations

import json
import re
import string
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from .document import Document

_OF_EACH_TYPE: tuple[Any, ...] = (None, True, 0, 1.5, "text", [], {})
# One, two, three and four bytes in UTF-8; the last is two units in UTF-16.
_FILLERS = ("a", "é", "汉", "😀")
# What engines for regular expressions disagree about: digits and letters of other scripts, line breaks, spaces.
_ODD = "\n\t\x7f\u00a0é٣１Ａ豈\u3400\u2028\ue000😀"


@dataclass(frozen=True)
class Variant:
    """A value, and what it is about.

    Args:
        place: Which part of the value; empty for the whole.
        keyword: Which rule.
        value: The whole value.
    """

    place: str
    keyword: str
    value: Any

    @property
    def rule(self) -> str:
        """The rule that it is about, as it is named to people."""
        return f"{self.place} {self.keyword}".strip()


def variants(document: Document, schema: dict[str, Any]) -> list[Variant]:
    """Return values at the edges of a schema, each once."""
    found: dict[str, Variant] = {}
    for variant in _variants(document.bundled(schema), ""):
        found.setdefault(json.dumps(variant.value, sort_keys=True), variant)
    return list(found.values())


def sample(schema: dict[str, Any]) -> Any:
    """Return a value that a schema allows, with all its properties."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    for branches in ("allOf", "anyOf", "oneOf"):
        if branches in schema:
            return sample({**schema, **schema[branches][0], branches: schema[branches][1:]} | {})
    kind = _type(schema)
    if kind == "object":
        return {name: sample(each) for name, each in schema.get("properties", {}).items()}
    if kind == "array":
        return [sample(schema.get("items", {})) for _ in range(max(1, schema.get("minItems", 0)))]
    if kind == "string":
        length = max(1, schema.get("minLength", 0))
        return next(iter(_strings(schema, length)), "a" * length)
    if kind in ("integer", "number"):
        low, high = _bounds(schema)
        step = schema.get("multipleOf", 1)
        return min(max(0, -(-low // step) * step if low > 0 else 0), high) if low <= 0 or low > 0 else high
    return {"boolean": True, "null": None}.get(kind, "text")


def _type(schema: dict[str, Any]) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    return kind if isinstance(kind, str) else str(kind[0])


def _bounds(schema: dict[str, Any]) -> tuple[Any, Any]:
    low = schema.get("minimum", schema["exclusiveMinimum"] + 1 if "exclusiveMinimum" in schema else -(2**31))
    high = schema.get("maximum", schema["exclusiveMaximum"] - 1 if "exclusiveMaximum" in schema else 2**31)
    return low, high


def _variants(schema: dict[str, Any], place: str) -> Iterator[Variant]:
    base = sample(schema)
    yield Variant(place, "type", base)
    for value in _OF_EACH_TYPE:
        yield Variant(place, "type", value)
    for name in ("enum", "const"):
        for value in schema.get(name, []) if name == "enum" else [schema[name]] if name in schema else []:
            yield Variant(place, name, value)
            if isinstance(value, str):
                for near in (f"{value}s", value[:-1], value.swapcase(), f" {value}", ""):
                    yield Variant(place, name, near)
    if isinstance(base, str) and "enum" not in schema and "const" not in schema:
        yield from _of_string(schema, place)
    elif isinstance(base, int | float) and not isinstance(base, bool):
        yield from _of_number(schema, place)
    elif isinstance(base, list):
        yield from _of_array(schema, place, base)
    elif isinstance(base, dict):
        yield from _of_object(schema, place, base)
    for branches in ("allOf", "anyOf", "oneOf"):
        for branch in schema.get(branches, []):
            yield from _variants({**{key: schema[key] for key in schema if key != branches}, **branch}, place)


def _of_string(schema: dict[str, Any], place: str) -> Iterator[Variant]:
    yield Variant(place, "minLength", "")
    for keyword in ("minLength", "maxLength"):
        if keyword in schema:
            for length in range(max(0, schema[keyword] - 1), schema[keyword] + 2):
                for text in _strings(schema, length):
                    yield Variant(place, keyword, text)
    if "pattern" in schema:
        one = next(iter(_strings(schema, 1)), "a")
        for character in _characters(schema["pattern"]):
            for text in (character, one + character + one, character + one, one + character, character * 2):
                yield Variant(place, "pattern", text)


def _strings(schema: dict[str, Any], length: int) -> list[str]:
    """Return strings of a length that have the pattern, of characters that differ in their bytes."""
    if "pattern" not in schema:
        return [filler * length for filler in _FILLERS]
    validator = jsonschema_rs.Draft202012Validator({"type": "string", "pattern": schema["pattern"]})
    characters = (*_FILLERS, *_characters(schema["pattern"]))
    return [text for filler in characters if validator.is_valid(text := filler * length)][: len(_FILLERS)]


def _characters(pattern: str) -> list[str]:
    """Return what can be printed in ASCII, the neighbours of what a pattern names, and what is easily confused."""
    escapes = re.findall(r"\\u([0-9A-Fa-f]{4})", pattern)
    named = {chr(int(digits, 16)) for digits in escapes} | {character for character in pattern if character > "~"}
    near = {chr(ord(character) + step) for character in named for step in (-1, 0, 1)}
    return list(dict.fromkeys([*string.printable[:95], *sorted(near), *_ODD]))


def _of_number(schema: dict[str, Any], place: str) -> Iterator[Variant]:
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
        if keyword in schema:
            for step in (-1, 0, 1):
                yield Variant(place, keyword, schema[keyword] + step)
    for value in (1, -1, 1.0, "1"):
        yield Variant(place, "type", value)


def _of_array(schema: dict[str, Any], place: str, base: list[Any]) -> Iterator[Variant]:
    yield Variant(place, "minItems", [])
    item = base[0] if base else sample(schema.get("items", {}))
    for keyword in ("minItems", "maxItems"):
        if keyword in schema:
            for length in range(max(0, schema[keyword] - 1), schema[keyword] + 2):
                yield Variant(place, keyword, _distinct(item, length) if schema.get("uniqueItems") else [item] * length)
    if len(base) == 1:
        yield Variant(place, "uniqueItems", [item, deepcopy(item)])
    for variant in _variants(schema.get("items", {}), f"{place}[]"):
        yield Variant(variant.place, variant.keyword, [variant.value])
    for variant in _variants(schema.get("items", {}), f"{place}[]"):
        if variant.keyword in ("type", "required"):  # An item that is wrong, after one that is right.
            yield Variant(variant.place, variant.keyword, [item, variant.value])


def _distinct(item: Any, length: int) -> list[Any]:
    items = [deepcopy(item) for _ in range(length)]
    for number, each in enumerate(items):
        if isinstance(each, dict):
            each["number"] = number
        elif isinstance(each, str):
            items[number] = f"{each}{number}"
        else:
            items[number] = number
    return items


def _of_object(schema: dict[str, Any], place: str, base: dict[str, Any]) -> Iterator[Variant]:
    yield Variant(place, "required", {})
    for name in schema.get("properties", {}):
        rule = "required" if name in schema.get("required", []) else "optional"
        yield Variant(f"{place}.{name}".strip("."), rule, {key: base[key] for key in base if key != name})
    for further in ("text", 1, None, {"deep": [True]}):
        yield Variant(place, "additionalProperties", {**base, "further": further})
    yield Variant(place, "propertyNames", {**base, "a b": 1, "": 2, "汉": 3})
    for keyword in ("minProperties", "maxProperties"):
        if keyword in schema:
            for count in range(max(0, schema[keyword] - 1), schema[keyword] + 2):
                keys = [*base, *(f"further{number}" for number in range(count))][:count]
                yield Variant(place, keyword, {key: base.get(key, "text") for key in keys})
    for name, each in schema.get("properties", {}).items():
        for variant in _variants(each, f"{place}.{name}".strip(".")):
            yield Variant(variant.place, variant.keyword, {**base, name: variant.value})
