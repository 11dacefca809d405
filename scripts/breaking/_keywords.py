"""What differs between the keywords of two schemas that concern one value alone, and which of the two allows more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto
from fractions import Fraction
from typing import Any

from . import _patterns
from ._document import ANNOTATIONS, Node
from ._extensions import ExtensionChange
from ._words import joined, quoted, turned

TYPES = frozenset({"array", "boolean", "integer", "null", "number", "object", "string"})
APART = frozenset(
    {
        *ANNOTATIONS,
        *(
            "type",
            "enum",
            "const",
            "pattern",
            "format",
            "multipleOf",
            "uniqueItems",
            "default",
            "readOnly",
            "writeOnly",
        ),
        *("maxLength", "minLength", "maxItems", "minItems", "maxProperties", "minProperties"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        *("properties", "required", "additionalProperties", "items", "allOf", "anyOf", "oneOf", "$schema", "$id"),
    }
)
"""The keywords with rules of their own; of any other one all that can be told is whether it is the same."""

_SIZES = (("Length", "character"), ("Items", "item"), ("Properties", "property"))
_NUMERIC_FORMATS = ("int32", "int64", "float", "double")


class Effect(Enum):
    """What a change does to the values that a schema allows, or to what they mean."""

    NARROWER = auto()
    """Some values are not allowed any more."""
    WIDER = auto()
    """Some values are allowed that were not."""
    OTHER = auto()
    """Both."""
    UNKNOWN = auto()
    """It cannot be computed."""
    PROPERTY_ADDED = auto()
    PROPERTY_REMOVED = auto()
    ENUM_ADDED = auto()
    ENUM_REMOVED = auto()
    ENUM_SET = auto()
    DEFAULT = auto()
    """What is meant where the value is missing."""
    READ_ONLY = auto()
    WRITE_ONLY = auto()
    MODEL = auto()
    """Another class in Python."""
    ANNOTATION = auto()
    """Only what people read, or another way to write the same."""
    EXTENSION = auto()
    """It is known what a change of this extension does, whichever way the value goes."""


@dataclass(frozen=True)
class Change:
    """A difference between two schemas.

    Args:
        effect: What it does.
        rule: The keyword.
        words: What is different.
        path: The part of the value that it is about.
        origin: Where it stands, as a JSON pointer.
        name: The property, or the value of an enum, that it is about.
        extension: What it does, where it is an extension's.
    """

    effect: Effect
    rule: str
    words: str
    path: str
    origin: str
    name: str = ""
    extension: ExtensionChange | None = None


Maker = Callable[..., Change]
"""Makes a change of a schema out of an effect, a keyword, words and a name."""


def types_of(schema: Node) -> frozenset[str]:
    """Return the types that a schema allows; with `number` always `integer` too."""
    types = schema.get("type", TYPES)
    found = frozenset([types] if isinstance(types, str) else types)
    return found | {"integer"} if "number" in found else found


def of_types(old: Node, new: Node, change: Maker) -> Iterator[Change]:
    """Yield what differs in `type`."""
    before, now = types_of(old), types_of(new)
    if before != now:
        effect = Effect.NARROWER if now < before else Effect.WIDER if before < now else Effect.OTHER
        yield change(effect, "type", f"{_type_names(new)}, before {_type_names(old)}")


def of_keywords(old: Node, new: Node, change: Maker) -> Iterator[Change]:
    """Yield what differs in the keywords that concern the value itself, other than `type`."""
    for keyword in sorted(ANNOTATIONS & {*old, *new}):
        if old.get(keyword) != new.get(keyword):
            yield change(Effect.ANNOTATION, keyword, turned(keyword in old, keyword in new))
    yield from _of_enum(old, new, change)
    yield from _of_const(old, new, change)
    yield from _of_default(old, new, change)
    for keyword, effect in (("readOnly", Effect.READ_ONLY), ("writeOnly", Effect.WRITE_ONLY)):
        before, now = bool(old.get(keyword)), bool(new.get(keyword))
        if before != now:
            yield change(effect if now else Effect.ANNOTATION, keyword, turned(before, now))
    yield from _of_sizes(old, new, change)
    yield from _of_ends(old, new, change)
    yield from _of_multiple(old, new, change)
    before, now = bool(old.get("uniqueItems")), bool(new.get("uniqueItems"))
    if before != now:
        yield change(
            Effect.NARROWER if now else Effect.WIDER, "uniqueItems", "no item twice" if now else "items twice too"
        )
    yield from _of_pattern(old.get("pattern"), new.get("pattern"), change)
    # Where both ends are stated, a numeric format says no more.
    has_ends = all("minimum" in each and "maximum" in each for each in (old, new))
    yield from _of_format(old.get("format"), new.get("format"), change, has_ends=has_ends)


def _type_names(schema: Node) -> str:
    types = schema.get("type", "any type")
    return types if isinstance(types, str) else joined(map(str, types))


def _of_enum(old: Node, new: Node, change: Maker) -> Iterator[Change]:
    before, now = old.get("enum"), new.get("enum")
    if before is None and now is None:
        return
    if before is None:
        yield change(Effect.ENUM_SET, "enum", f"only {joined(map(quoted, now or []))}, before any value")
    elif now is None:
        yield change(Effect.ENUM_ADDED, "enum", f"any value, before only {joined(map(quoted, before))}")
    else:
        for value in before:
            if not _contains(now, value):
                yield change(Effect.ENUM_REMOVED, "enum", f"{quoted(value)} removed", str(value))
        for value in now:
            if not _contains(before, value):
                yield change(Effect.ENUM_ADDED, "enum", f"{quoted(value)} added", str(value))


def _contains(values: list[Any], value: Any) -> bool:
    """Whether a value is among others; true is not 1."""
    return any(each == value and isinstance(each, bool) == isinstance(value, bool) for each in values)


def _of_const(old: Node, new: Node, change: Maker) -> Iterator[Change]:
    if "const" in old and "const" in new:
        if not _contains([old["const"]], new["const"]):
            yield change(Effect.OTHER, "const", f"only {quoted(new['const'])}, before only {quoted(old['const'])}")
    elif "const" in new:
        yield change(Effect.NARROWER, "const", f"only {quoted(new['const'])}, before any value")
    elif "const" in old:
        yield change(Effect.WIDER, "const", f"any value, before only {quoted(old['const'])}")


def _of_default(old: Node, new: Node, change: Maker) -> Iterator[Change]:
    if "default" not in old and "default" in new:
        yield change(Effect.ANNOTATION, "default", f"{quoted(new['default'])}, before not stated")
    elif "default" in old and "default" not in new:
        yield change(Effect.DEFAULT, "default", f"not stated, before {quoted(old['default'])}")
    elif "default" in old and not _contains([old["default"]], new["default"]):
        yield change(Effect.DEFAULT, "default", f"{quoted(new['default'])}, before {quoted(old['default'])}")


def _of_sizes(old: Node, new: Node, change: Maker) -> Iterator[Change]:
    for suffix, noun in _SIZES:
        before, now = old.get(f"max{suffix}"), new.get(f"max{suffix}")
        if before != now:
            narrower = before is None or (now is not None and now < before)
            words = f"{_size('at most', now, noun)}, before {_size('at most', before, noun)}"
            yield change(Effect.NARROWER if narrower else Effect.WIDER, f"max{suffix}", words)
        before, now = old.get(f"min{suffix}", 0), new.get(f"min{suffix}", 0)
        if before != now and not (suffix == "Properties" and max(before, now) <= len(old.get("required", []))):
            words = f"{_size('at least', now or None, noun)}, before {_size('at least', before or None, noun)}"
            yield change(Effect.NARROWER if now > before else Effect.WIDER, f"min{suffix}", words)


def _size(words: str, limit: int | None, noun: str) -> str:
    if limit is None:
        return "no limit"
    plural = noun.replace("property", "properties") if noun == "property" else f"{noun}s"
    return f"{words} {limit} {noun if limit == 1 else plural}"


def _of_ends(old: Node, new: Node, change: Maker) -> Iterator[Change]:
    for inclusive, exclusive, sign in (("maximum", "exclusiveMaximum", 1), ("minimum", "exclusiveMinimum", -1)):
        before, now = _end(old, inclusive, exclusive, sign), _end(new, inclusive, exclusive, sign)
        if before != now:
            rule = inclusive if inclusive in new or inclusive in old else exclusive
            words = f"{_end_words(new, inclusive, exclusive)}, before {_end_words(old, inclusive, exclusive)}"
            yield change(Effect.NARROWER if now < before else Effect.WIDER, rule, words)


def _end(schema: Node, inclusive: str, exclusive: str, sign: int) -> tuple[Fraction | float, int]:
    """Return how far numbers go, so that less is narrower: the number, then whether it is allowed itself."""
    end: tuple[Fraction | float, int] = (float("inf"), 1)
    if inclusive in schema:
        end = (sign * Fraction(str(schema[inclusive])), 1)
    if exclusive in schema:
        value = sign * Fraction(str(schema[exclusive]))
        # Of integers, "below 5" is "at most 4".
        is_integer = types_of(schema) == {"integer"} and value.denominator == 1
        end = min(end, (value - 1, 1) if is_integer else (value, 0))
    return end


def _end_words(schema: Node, inclusive: str, exclusive: str) -> str:
    most, below = ("at most", "below") if inclusive == "maximum" else ("at least", "above")
    words = [f"{most} {schema[inclusive]}"] if inclusive in schema else []
    words += [f"{below} {schema[exclusive]}"] if exclusive in schema else []
    return " and ".join(words) or "no limit"


def _of_multiple(old: Node, new: Node, change: Maker) -> Iterator[Change]:
    before, now = old.get("multipleOf"), new.get("multipleOf")
    if before == now:
        return
    if before is None or (now is not None and Fraction(str(now)) % Fraction(str(before)) == 0):
        effect = Effect.NARROWER
    else:
        effect = Effect.WIDER if now is None or Fraction(str(before)) % Fraction(str(now)) == 0 else Effect.OTHER
    was, is_now = ("any number" if each is None else f"multiples of {each}" for each in (before, now))
    yield change(effect, "multipleOf", f"{is_now}, before {was}")


def _of_pattern(before: Any, now: Any, change: Maker) -> Iterator[Change]:
    if before == now:
        return
    if before is None or now is None:
        words = f"must match `{now}`, before no pattern" if before is None else f"no pattern, before `{before}`"
        yield change(Effect.NARROWER if before is None else Effect.WIDER, "pattern", words)
        return
    words = f"`{now}`, before `{before}`"
    compared = _patterns.compare(str(before), str(now))
    if compared is None:
        yield change(Effect.UNKNOWN, "pattern", words)
        return
    lost, gained = compared.only_old, compared.only_new
    effect = {
        (True, True): Effect.ANNOTATION,
        (False, True): Effect.NARROWER,
        (True, False): Effect.WIDER,
        (False, False): Effect.OTHER,
    }[lost is None, gained is None]
    notes = [words]
    notes += [] if lost is None else [f"{quoted(lost)} does not match any more"]
    notes += [] if gained is None else [f"{quoted(gained)} matches too"]
    yield change(effect, "pattern", "; ".join([*notes, "both match the same"] if len(notes) == 1 else notes))


def _of_format(before: Any, now: Any, change: Maker, *, has_ends: bool) -> Iterator[Change]:
    if before == now:
        return
    words = f"{now or 'no format'}, before {before or 'no format'}"
    if {before, now} <= {None, *_NUMERIC_FORMATS}:
        ranks = [len(_NUMERIC_FORMATS) if each is None else _NUMERIC_FORMATS.index(each) for each in (before, now)]
        effect = Effect.NARROWER if ranks[1] < ranks[0] else Effect.WIDER
        yield change(Effect.ANNOTATION if has_ends else effect, "format", words)
    else:
        yield change(Effect.OTHER, "format", words)
