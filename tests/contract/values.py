"""Values at the edges of a schema: for each of its rules, some that keep it just so and some that just break it.

Nothing here says which is which; that is for a validator, with the schema as it stands in the document.
"""

from __future__ import annotations

import json
import re
import string
import unicodedata
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any

from .document import Document
from .samples import is_recursive, is_valid, kind_of, merged, sample, strings
from .texts import PROPERTIES, STRINGS
from .words import shown

_OF_EACH_TYPE: tuple[Any, ...] = (None, True, False, 0, 1, 1.5, "text", "", "1", [], {})
# What is taken for a value of each type where types are not looked at closely.
_CONFUSED: dict[str, tuple[Any, ...]] = {
    "string": (None, True, 1, [], {}),
    "object": (None, False, "", "text", []),
    "array": (None, "text", {}),
    "integer": (None, True, 1.5, "1"),
    "number": (None, True, "1"),
    "boolean": (None, 1, "text", []),
}
# What engines for regular expressions disagree about: digits and letters of other scripts, line breaks, spaces.
_ODD = "\n\r\t\0\x7f\u00a0é٣１Ａ\uf900\u3400\u2028\u200b\u0301\ue000😀"
_MANY = 101
"""More items, or further properties, than implementations tend to allow on their own."""
_MOST = 2000


@dataclass(frozen=True)
class Variant:
    """A value, and what it is about.

    Args:
        place: Which part of the value; empty for the whole.
        keyword: Which rule.
        value: The whole value.
        part: What is at the place.
        note: What about the part decides, in words.
        further: Whether it is one of many alike, which can be left out where requests are dear.
        bound: What the rule says, where that is short.
    """

    place: str
    keyword: str
    value: Any
    part: Any = None
    note: str = ""
    further: bool = False
    bound: str = ""

    @property
    def keyword_and_bound(self) -> str:
        """The rule with what it bounds, such as `maxLength 64`."""
        return f"{self.keyword} {self.bound}".strip()

    @property
    def rule(self) -> str:
        """The place and the rule that it is about, as they are named to people."""
        return f"{self.place} {self.keyword}".strip()

    @property
    def shown(self) -> str:
        """What is at the place, as people can read it."""
        return f"{shown(self.part)}{f' ({self.note})' if self.note else ''}"


def variants(document: Document, schema: dict[str, Any]) -> list[Variant]:
    """Return values at the edges of a schema, each once."""
    found: dict[str, Variant] = {}
    for variant in _variants(document.bundled(schema), ""):
        key = json.dumps(variant.value, sort_keys=True)
        if key not in found or (found[key].further and not variant.further):
            found[key] = variant
    return list(found.values())


def _variants(schema: dict[str, Any], place: str) -> Iterator[Variant]:
    if is_recursive(schema):
        return
    rules = merged(schema)
    for variant in _all_variants(schema, place):
        bound = rules.get(variant.keyword) if variant.place == place else None
        yield replace(variant, bound=str(bound)) if isinstance(bound, int | float | str) else variant


def _all_variants(schema: dict[str, Any], place: str) -> Iterator[Variant]:
    base = sample(schema)

    def at(keyword: str, value: Any, note: str = "", *, further: bool = False) -> Variant:
        return Variant(place, keyword, value, value, note, further)

    yield at("type", base)
    confused = _CONFUSED.get(kind_of(schema), _OF_EACH_TYPE)
    for value in _OF_EACH_TYPE:
        is_first = any(value is each or (value == each and type(value) is type(each)) for each in confused)
        yield at("type", value, further=not is_first)
    whole = merged(schema)
    for keyword in ("enum", "const"):
        members = whole.get(keyword, []) if keyword == "enum" else [whole[keyword]] if keyword in whole else []
        for number, member in enumerate(members):
            yield at(keyword, member)
            if isinstance(member, str):
                for near in (member.swapcase(), f"{member}s", member[:-1], f" {member}", f"{member}\0"):
                    yield at(keyword, near, f"near {shown(member)}", further=number > 0 or near == f"{member}\0")
            elif isinstance(member, int) and not isinstance(member, bool):
                yield from (at(keyword, near) for near in (member - 1, member + 1, str(member)))
    if "enum" in whole or "const" in whole:
        pass
    elif isinstance(base, str):
        yield from _of_string(whole, place)
    elif isinstance(base, int | float) and not isinstance(base, bool):
        yield from _of_number(whole, place)
    elif isinstance(base, list):
        yield from _of_array(whole, place, base)
    elif isinstance(base, dict):
        yield from _of_object(whole, place, base)
    for branches in ("anyOf", "oneOf"):
        for branch in schema.get(branches, []):
            yield from _variants({**{key: schema[key] for key in schema if key != branches}, **branch}, place)


def _of_string(schema: dict[str, Any], place: str) -> Iterator[Variant]:
    yield Variant(place, "minLength", "", "")
    for keyword in ("minLength", "maxLength"):
        if keyword not in schema:
            continue
        bound = schema[keyword]
        for length in (*range(max(0, bound - 1), bound + 2), *((2 * bound,) if keyword == "maxLength" else ())):
            for number, text in enumerate(strings(schema, length)):
                # Just at a bound, each filler counts: bytes, UTF-16 units and graphemes are not characters.
                further = length not in (bound, bound + 1) or (length != bound and number > 0)
                yield Variant(place, keyword, text, text, f"{length} characters", further)
            # Blanks count, where a value may have them.
            text = f" {'a' * (length - 2)} "
            if length in (bound, bound + 1) and length > 2 and is_valid({"pattern": schema.get("pattern", "")}, text):
                yield Variant(place, keyword, text, text, f"{length} characters, blanks around it")
    for text in _NEAR_FORMAT.get(schema.get("format", ""), ()):
        yield Variant(place, "format", text, text)
    if "pattern" in schema:
        one = next(iter(strings(schema, 1)), "a")
        taken = taken_for_allowed(schema["pattern"])
        first = {*_FIRST_CHARACTERS, *taken}
        for character in dict.fromkeys([*pattern_characters(schema["pattern"]), *taken]):
            note = f"with U+{ord(character):04X}"
            for text in (one + character + one, character, character + one, one + character, character * 2):
                further = character not in first or text != one + character + one
                yield Variant(place, "pattern", text, text, note, further)
        for mark in allowed_marks(schema["pattern"]):
            for text in (f"{one}{mark}{mark}{one}", mark * 3):
                yield Variant(place, "pattern", text, text, f"with U+{ord(mark):04X} again and again")
    for note, text in STRINGS.items():
        yield Variant(place, "characters", text, text, note, further=note not in _FIRST_STRINGS)


# Of each format that clients and servers read, what is one and what is nearly one.
_NEAR_FORMAT = {
    "date-time": (
        "2026-02-28T23:59:59.5+05:30",
        "2026-01-31T12:00:00",
        "2026-01-31",
        "2026-02-30T12:00:00Z",
        "2026-01-31T24:00:00Z",
        "1769860800000",
    ),
    "date": ("2024-02-29", "2026-02-29", "2026-1-1", "20260131", "2026-01-31T12:00:00Z"),
    "uuid": ("123E4567-E89B-12D3-A456-426614174000", "123e4567e89b12d3a456426614174000", "123e4567"),
}
_FIRST_STRINGS = ("HTML", "a blank", "a line break", "Chinese")
_FIRST_CHARACTERS = " .-_/:@[`{é汉\u4e00\u9fa5\u9fa6\n"


def pattern_characters(pattern: str) -> list[str]:
    """Return what can be printed in ASCII, the neighbours of what a pattern names, and what is easily confused."""
    escapes = re.findall(r"\\u([0-9A-Fa-f]{4})", pattern)
    named = {chr(int(digits, 16)) for digits in escapes} | {character for character in pattern if character > "~"}
    near = {chr(ord(character) + step) for character in named for step in (-1, 0, 1)}
    return list(dict.fromkeys([*string.printable[:95], *sorted(near), *_ODD]))


_CHANGES: tuple[Callable[[str], str], ...] = (
    str.casefold,
    str.lower,
    str.upper,
    lambda character: unicodedata.normalize("NFC", character),
    lambda character: unicodedata.normalize("NFKC", character),
)
"""What makes texts that differ the same to those who compare them without regard to case, or normalise them."""
_OF_EACH_CHANGE = 2


@cache
def taken_for_allowed(pattern: str) -> list[str]:
    """Return characters that a pattern forbids, although it allows what they turn into: the Kelvin sign is a small k.

    They are the first of each change of case, and of each normalisation.
    """
    found: dict[str, None] = {}
    for changed in _changed():
        wrong = (each for each, other in changed if _allows(pattern, other[0]) and not _allows(pattern, each))
        found |= dict.fromkeys(islice(wrong, _OF_EACH_CHANGE))
    return list(found)


@cache
def _changed() -> list[list[tuple[str, str]]]:
    """Return the characters beyond ASCII that each change turns into others, those that stay one character first."""
    characters = [chr(code) for code in range(0x80, 0x10000) if not 0xD800 <= code < 0xE000]
    changed = [[(each, other) for each in characters if (other := change(each)) != each] for change in _CHANGES]
    return [sorted(each, key=lambda pair: len(pair[1])) for each in changed]


@cache
def allowed_marks(pattern: str) -> list[str]:
    """Return the marks of ASCII that a pattern allows inside a text: some servers refuse two of them in a row."""
    return [mark for mark in string.punctuation if _allows(pattern, mark)]


def _allows(pattern: str, text: str) -> bool:
    """Return whether a pattern allows a text inside another that it allows."""
    one = _one(pattern)
    return is_valid({"type": "string", "pattern": pattern}, one + text + one)


@cache
def _one(pattern: str) -> str:
    return next(iter(strings({"pattern": pattern}, 1)), "a")


def _of_number(schema: dict[str, Any], place: str) -> Iterator[Variant]:
    step = schema.get("multipleOf", 1)
    for keyword in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"):
        if keyword in schema:
            for value in (schema[keyword] - step, schema[keyword], schema[keyword] + step, schema[keyword] + 1):
                yield Variant(place, keyword, value, value)
    for value in (1, -1, 0.5, "1", 2**31, 2**53 + 1, 2**63):
        yield Variant(place, "type", value, value)


def _of_array(schema: dict[str, Any], place: str, base: list[Any]) -> Iterator[Variant]:
    yield Variant(place, "minItems", [], [])
    items = schema.get("items", {})
    if is_recursive(items):
        return
    item = base[0] if base else sample(items)
    for keyword in ("minItems", "maxItems"):
        if keyword in schema:
            for length in range(max(0, schema[keyword] - 1), schema[keyword] + 2):
                value = _distinct(item, length) if schema.get("uniqueItems") else [item] * length
                yield Variant(place, keyword, value, value)
    if "maxItems" not in schema:
        for length in (_MANY, _MOST):
            value = _distinct(item, length)
            yield Variant(place, "maxItems", value, value, "no limit is stated", further=length == _MOST)
    if len(base) == 1:
        value = [item, deepcopy(item)]
        yield Variant(place, "uniqueItems", value, value)
    yield Variant(place, "type", item, item, "an item without its list")
    yield Variant(place, "type", [[item]], [[item]], "a list in a list")
    wrong = next((each for each in _OF_EACH_TYPE if not is_valid(items, each)), None)
    for number in (1, _MANY):
        value = [*_distinct(item, number), wrong]
        yield Variant(f"{place}[]", "type", value, wrong, f"item {number}, the others are right")
    for variant in _variants(items, f"{place}[]"):
        yield replace(variant, value=[variant.value])
        # An item that is wrong, after one that is right.
        yield replace(
            variant,
            value=[item, variant.value],
            note=f"{variant.note}, in the second item".removeprefix(", "),
            further=True,
        )


def _distinct(item: Any, length: int) -> list[Any]:
    items = [deepcopy(item) for _ in range(length)]
    for number, each in enumerate(items):
        if isinstance(each, dict):
            text = next((key for key, value in each.items() if isinstance(value, str) and len(value) < 8), None)
            each[text or "number"] = f"{each[text]}{number}" if text and number else each.get(text or "", number)
        elif isinstance(each, str):
            items[number] = f"{each}{number}"
        else:
            items[number] = number
    return items


def _of_object(schema: dict[str, Any], place: str, base: dict[str, Any]) -> Iterator[Variant]:
    for name in schema.get("properties", {}):
        rule = "required" if name in schema.get("required", []) else "optional"
        value = {key: base[key] for key in base if key != name}
        yield Variant(f"{place}.{name}".strip("."), rule, value, value, f"no {name}")
    yield Variant(place, "required", {}, {})
    further = schema.get("additionalProperties", {})
    values = ["text", 1, None, {"deep": [True]}, *([sample(further)] if isinstance(further, dict) and further else [])]
    for number, each in enumerate(values):
        value = {**base, "further": each}
        yield Variant(place, "additionalProperties", value, value, f"a further property is {shown(each)}", number > 0)
    for name in PROPERTIES:
        for text in ("variable", "further text"):
            if name not in base:
                value = {**base, name: text}
                note = f"a further property is named {shown(name)}"
                yield Variant(place, "additionalProperties", value, value, note, name != "type")
    value = {**base, **{f"further{number}": 1 for number in range(_MANY)}}
    yield Variant(place, "additionalProperties", value, value, f"{_MANY} further properties", further=True)
    for keyword in ("minProperties", "maxProperties"):
        if keyword in schema:
            for count in range(max(0, schema[keyword] - 1), schema[keyword] + 2):
                keys = [*base, *(f"further{number}" for number in range(count))][:count]
                value = {key: base.get(key, "text") for key in keys}
                yield Variant(place, keyword, value, value)
    for name, each in schema.get("properties", {}).items():
        for variant in _variants(each, f"{place}.{name}".strip(".")):
            yield replace(variant, value={**base, name: variant.value})
