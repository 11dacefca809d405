"""Sentences for docstrings, from what the document says."""

from __future__ import annotations

import textwrap

from openapi_python_client.strings import safe_for_docstring

from .document import Node

WIDTH = 118  # Leaves room for closing quotes in the line length of 120.


def sentence(text: object) -> str:
    """Return a text on one line, with a full stop."""
    line = " ".join(str(text).split())
    return line if not line or line[-1] in ".!?:" else f"{line}."


def wrapped(text: object, indent: int = 4, first: int = 0) -> str:
    """Return a text wrapped for a docstring.

    Args:
        text: The text; what could end a docstring, or be an escape sequence in one, is escaped.
        indent: The columns that each line but the first is indented by.
        first: The columns that are taken on the first line already, the indentation aside.
    """
    safe = safe_for_docstring(" ".join(str(text).split()))
    lines = textwrap.wrap(
        safe, WIDTH - indent, initial_indent="." * first, break_long_words=False, break_on_hyphens=False
    )
    return f"\n{' ' * indent}".join(lines)[first:]


def described(description: object, schema: Node) -> str:
    """Return a description with the limits that a schema sets, in words.

    Args:
        description: The description in the document, or "".
        schema: The schema, resolved.
    """
    deprecated = "Deprecated." if schema.get("deprecated") else ""
    return " ".join(filter(None, (deprecated, sentence(description), _limits(schema))))


def _limits(schema: Node) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    words = [
        _span(schema.get("minLength"), schema.get("maxLength"), "character"),
        _span(schema.get("minItems"), schema.get("maxItems"), "item"),
        f"matching `{schema['pattern']}`" if "pattern" in schema else "",
        f"{least} to {most}" if least is not None and most is not None else "",
        f"at least {least}" if least is not None and most is None else "",
        f"at most {most}" if least is None and most is not None else "",
        f"above {schema['exclusiveMinimum']}" if "exclusiveMinimum" in schema else "",
        f"below {schema['exclusiveMaximum']}" if "exclusiveMaximum" in schema else "",
        f"a multiple of {schema['multipleOf']}" if "multipleOf" in schema else "",
        "no item twice" if schema.get("uniqueItems") else "",
        f"one of {', '.join(map(str, schema['enum']))}" if "enum" in schema else "",
    ]
    text = ", ".join(filter(None, words))
    text = f"{text[0].upper()}{text[1:]}." if text else ""
    return f"{text} Left out, it is taken for {schema['default']}.".strip() if "default" in schema else text


def _span(least: int | None, most: int | None, noun: str) -> str:
    """Return a range of counts in words."""
    if not least and most is None:
        return ""
    if most is None:
        return f"at least {least} {noun}{'s' * (least != 1)}"
    words = f"{least} to {most}" if least else f"up to {most}"
    return f"{words} {noun}{'s' * (most != 1)}"
