"""How the values of parameters go over the wire, and what a text on the wire is worth to a server."""

from __future__ import annotations

import json
import re
from typing import Any

from .document import Document, Parameter

_NUMBERS = {
    "integer": re.compile(r"-?(0|[1-9][0-9]*)"),
    "number": re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?"),
}


def to_texts(parameter: Parameter, value: Any) -> list[str]:
    """Return the texts that carry a value: one, but of a list in a query one for each item.

    Paths and headers have the style `simple`, queries the style `form`.
    """
    if not isinstance(value, list):
        return [_text(value)]
    items = [_text(item) for item in value]
    return items if parameter.explode and parameter.location == "query" else [",".join(items)]


def from_texts(document: Document, parameter: Parameter, texts: list[str]) -> Any:
    """Return the value that texts carry, of the type that the schema names where they are of it."""
    schema = document.bundled(parameter.schema)
    if "array" in _types(schema):
        items = texts if parameter.explode else [item for text in texts for item in text.split(",")]
        return [_value(schema.get("items", {}), item) for item in items]
    return _value(schema, texts[0]) if len(texts) == 1 else texts


def can_carry(parameter: Parameter, text: str) -> bool:
    """Return whether a text reaches a server as it is: a header has neither line breaks nor spaces around it."""
    return parameter.location != "header" or (text.isprintable() and text == text.strip())


def readings(parameter: Parameter, text: str) -> list[str]:
    """Return what servers may read in the place of a text: to some a header is UTF-8, to others Latin-1."""
    if parameter.location != "header" or text.isascii():
        return [text]
    return [text, text.encode("utf-8", "surrogatepass").decode("latin-1")]


def is_ambiguous(parameter: Parameter, text: str) -> bool:
    """Return whether servers may read a text as a number or not as they please, for the document does not say.

    `+1`, `01`, ` 1`, `1.0` are such: no JSON, but numbers to most.
    """
    kinds = {kind for kind in _types(parameter.schema) if kind in _NUMBERS}
    if not kinds or any(_NUMBERS[kind].fullmatch(text) for kind in kinds):
        return False
    try:
        return text.isascii() and float(text) is not None
    except ValueError:
        return False


def _types(schema: dict[str, Any]) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _value(schema: dict[str, Any], text: str) -> Any:
    kinds = _types(schema)
    if "string" in kinds:
        return text
    if "boolean" in kinds and text in ("true", "false"):
        return text == "true"
    for kind in ("integer", "number"):
        if kind in kinds and _NUMBERS[kind].fullmatch(text):
            return int(text) if _NUMBERS["integer"].fullmatch(text) else float(text)
    # An enum without a type may have members of any.
    return next((member for member in schema.get("enum", []) if _text(member) == text), text)
