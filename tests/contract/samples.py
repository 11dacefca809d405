"""Values that a schema allows."""

from __future__ import annotations

import json
import string
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import hypothesis
import jsonschema_rs
from hypothesis import strategies

# One, two, three and four bytes in UTF-8; the fourth is two units in UTF-16; the last is no grapheme of its own.
_FILLERS = ("a", "é", "汉", "😀", "\u0301")
_OF_FORMAT = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "time": "12:00:00Z",
    "uuid": "123e4567-e89b-12d3-a456-426614174000",
    "email": "someone@example.com",
    "uri": "https://example.com/",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
    "hostname": "example.com",
}


def sample(schema: dict[str, Any]) -> Any:
    """Return a value that a schema allows, with all its properties. The schema's references are resolved."""
    schema = merged(schema)
    for keyword in ("const", "default"):
        if keyword in schema and is_valid(schema, schema[keyword]):
            return schema[keyword]
    for member in (*schema.get("enum", []), *schema.get("examples", [])):
        if is_valid(schema, member):
            return member
    kind = kind_of(schema)
    if kind == "object":
        required = schema.get("required", [])
        properties = schema.get("properties", {}).items()
        return {name: sample(each) for name, each in properties if name in required or not is_recursive(each)}
    if kind == "array":
        items = schema.get("items", {})
        return [] if is_recursive(items) else [sample(items) for _ in range(max(1, schema.get("minItems", 0)))]
    if kind == "string":
        return next(iter(strings(schema, max(1, schema.get("minLength", 0)))), None) or _of_pattern(schema)
    if kind in ("integer", "number"):
        return next((number for number in _numbers(schema) if is_valid(schema, number)), 0)
    return {"boolean": True, "null": None}.get(kind, "text")


def merged(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema with what `allOf` adds, and the first branch of `anyOf` and `oneOf`."""
    for branches in ("allOf", "anyOf", "oneOf"):
        if branches in schema:
            rest = {key: value for key, value in schema.items() if key != branches}
            for branch in schema[branches] if branches == "allOf" else schema[branches][:1]:
                added = merged(branch)
                rest = {
                    **rest,
                    **added,
                    **{
                        name: {**rest[name], **added[name]} if name == "properties" else [*rest[name], *added[name]]
                        for name in ("properties", "required")
                        if name in rest and name in added
                    },
                }
            return merged(rest)
    return schema


def strings(schema: dict[str, Any], length: int) -> list[str]:
    """Return strings of a length that have the pattern, of characters that differ in their bytes."""
    if "format" in schema:
        return [text] if len(text := _OF_FORMAT.get(schema["format"], "a" * length)) == length else []
    if "pattern" not in schema:
        return [filler * length for filler in _FILLERS]
    characters = dict.fromkeys((*_FILLERS, *string.printable[:95], *schema["pattern"]))
    rule = {"type": "string", "pattern": schema["pattern"]}
    return [text for filler in characters if is_valid(rule, text := filler * length)][: len(_FILLERS)]


def is_valid(schema: dict[str, Any], value: Any) -> bool:
    """Return whether a schema without references allows a value."""
    return bool(_validator(json.dumps(schema, sort_keys=True)).is_valid(value))


@lru_cache(maxsize=1024)
def _validator(schema: str) -> Any:
    return jsonschema_rs.Draft202012Validator(json.loads(schema), validate_formats=True)


def is_recursive(schema: dict[str, Any]) -> bool:
    """Return whether a reference led back to where it was found: what the schema allows is not written here."""
    return "x-recursive" in schema


def kind_of(schema: dict[str, Any]) -> str:
    """Return the type that a schema allows, the first of several."""
    schema = merged(schema)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    return kind if isinstance(kind, str) else next(each for each in (*kind, "null") if each != "null" or len(kind) == 1)


def _of_pattern(schema: dict[str, Any]) -> str:
    """Return a string of a format, or one that has a pattern for which no character will do alone."""
    if schema.get("format") in _OF_FORMAT:
        return _OF_FORMAT[schema["format"]]
    steady = hypothesis.settings(derandomize=True, database=None, deadline=None)
    strategy = strategies.from_regex(schema["pattern"]) if "pattern" in schema else strategies.text()
    return str(hypothesis.find(strategy, lambda text: is_valid(schema, text), settings=steady))


def _numbers(schema: dict[str, Any]) -> Iterator[Any]:
    step = schema.get("multipleOf", 1)
    yield from (1, 0, step, -step)
    for keyword in ("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"):
        if keyword in schema:
            bound = schema[keyword]
            multiple = -(-bound // step) * step
            yield from (bound, bound + step, bound - step, multiple, multiple + step, multiple - step)
            yield from (bound + 0.5, bound - 0.5) if schema.get("type") == "number" else ()
