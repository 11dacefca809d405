"""JSON Schemas as objects that check Python values, read JSON values and write them.

Each schema has three methods, all of which take the place of the value (`body.items[0].name`) for the message of the
ValueError (the value is wrong) or TypeError (so is its type) that they raise:

- `check` a Python value, as the caller gave it;
- `dump` it as a JSON value, after checking it in all its depth; if `strict`, without values that an enum does not know;
- `load` a JSON value as a Python value; a value that an enum does not know is kept as it is.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from functools import partial
from typing import Any, ClassVar, TypeGuard

__all__ = [
    "Anything",
    "Array",
    "Boolean",
    "Const",
    "Date",
    "DateTime",
    "Integer",
    "Member",
    "Null",
    "Number",
    "Schema",
    "String",
    "Union",
    "Uuid",
    "abridged",
    "is_list",
    "is_mapping",
    "type_error",
]


def abridged(value: object) -> str:
    """Return a value as it may stand in a message: on one line, and no longer than 40 characters."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Return whether a value is a list, of whatever."""
    return isinstance(value, list)


def is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    """Return whether a value is a mapping, of whatever."""
    return isinstance(value, Mapping)


def type_error(at: str, expected: str, value: object) -> TypeError:
    """Return the TypeError for a value of the wrong type at a place; scalars are shown."""
    shown = f" ({abridged(value)})" if isinstance(value, str | int | float) else ""
    return TypeError(f"{at}: must be {expected}, not {type(value).__name__}{shown}")


class Schema:
    """What all kinds of schema have in common; by itself, it stands for no value at all."""

    __slots__ = ()

    def check(self, value: Any, at: str) -> None:
        """Raise a ValueError or TypeError if the schema forbids the Python value."""
        raise NotImplementedError

    def dump(self, value: Any, at: str, *, strict: bool = True) -> Any:
        """Return the Python value, checked, as a JSON value."""
        self.check(value, at)
        return value

    def load(self, value: Any, at: str) -> Any:
        """Return the JSON value, checked, as a Python value."""
        self.check(value, at)
        return value


class Anything(Schema):
    """Any JSON value. What else JSON cannot carry is found when the request's body is written."""

    __slots__ = ()

    def check(self, value: Any, at: str) -> None:
        """Allow it."""

    def dump(self, value: Any, at: str, *, strict: bool = True) -> Any:
        """Return the value, in whose objects all names are strings."""
        try:
            _check_names(value, at)
        except RecursionError:
            raise ValueError(f"{at}: nested too deeply") from None
        return value


def _check_names(value: Any, at: str) -> None:
    """Refuse names that JSON would make strings of, and so perhaps the same one of two."""
    if is_mapping(value):
        for name, item in value.items():
            if not isinstance(name, str):
                raise type_error(at, "a dict whose keys are strings", name)
            _check_names(item, f"{at}[{abridged(name)}]")
    elif _is_array(value):
        for index, item in enumerate(value):
            _check_names(item, f"{at}[{index}]")


def _is_array(value: Any) -> TypeGuard[Sequence[Any]]:
    """Return whether JSON would make an array of a value."""
    return isinstance(value, list | tuple)


class Null(Schema):
    """Null, which is None."""

    __slots__ = ()

    def check(self, value: Any, at: str) -> None:
        """Allow None."""
        if value is not None:
            raise type_error(at, "None", value)


class Boolean(Schema):
    """True or false; 0 and 1 are neither."""

    __slots__ = ()

    def check(self, value: Any, at: str) -> None:
        """Allow a bool."""
        if not isinstance(value, bool):
            raise type_error(at, "a boolean", value)


class String(Schema):
    """A string. Lengths are counted in characters."""

    __slots__ = ("_match", "max_length", "min_length", "pattern")

    def __init__(self, *, min_length: int = 0, max_length: int | None = None, pattern: str | None = None) -> None:
        self.min_length = min_length
        self.max_length = math.inf if max_length is None else max_length
        self.pattern = pattern
        self._match: Callable[[str], object] | None = None if pattern is None else self._first_match

    def check(self, value: Any, at: str) -> None:
        """Allow a str that has the length and the pattern, and that UTF-8 can carry."""
        if not isinstance(value, str):
            raise type_error(at, "a string", value)
        length = len(value)
        if length < self.min_length:
            raise ValueError(f"{at}: shorter than {_counted(self.min_length, 'character')} ({length})")
        if length > self.max_length:
            raise ValueError(f"{at}: longer than {_counted(self.max_length, 'character')} ({length})")
        if self._match is not None and self._match(value) is None:
            raise ValueError(f"{at}: does not match the pattern {self.pattern} ({abridged(value)})")
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError(f"{at}: half a surrogate pair is no character ({abridged(value)})")

    def _first_match(self, value: str) -> object:
        # Compiled when it is needed, since that takes longer than importing the module does.
        self._match = re.compile(self.pattern or "", re.ASCII).search
        return self._match(value)


class Number(Schema):
    """A number; Infinity and NaN are not in JSON."""

    __slots__ = ("above", "below", "maximum", "minimum", "multiple_of")

    expected: ClassVar[str] = "a number"

    def __init__(
        self,
        *,
        minimum: float | None = None,
        maximum: float | None = None,
        above: float | None = None,
        below: float | None = None,
        multiple_of: float | None = None,
    ) -> None:
        self.minimum = minimum
        self.maximum = maximum
        self.above = above
        self.below = below
        self.multiple_of = multiple_of

    def check(self, value: Any, at: str) -> None:
        """Allow a finite int or float that is in the range."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise type_error(at, self.expected, value)
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{at}: must be finite ({value})")
        if self.minimum is not None and value < self.minimum:
            raise ValueError(f"{at}: less than {self.minimum} ({abridged(value)})")
        if self.maximum is not None and value > self.maximum:
            raise ValueError(f"{at}: greater than {self.maximum} ({abridged(value)})")
        if self.above is not None and value <= self.above:
            raise ValueError(f"{at}: not greater than {self.above} ({abridged(value)})")
        if self.below is not None and value >= self.below:
            raise ValueError(f"{at}: not less than {self.below} ({abridged(value)})")
        if self.multiple_of is not None and not _is_multiple(value, self.multiple_of):
            raise ValueError(f"{at}: not a multiple of {self.multiple_of} ({abridged(value)})")


def _is_multiple(value: float, unit: float) -> bool:
    """Calculate in decimals, as the document's author did: 0.3 is a multiple of 0.1."""
    from fractions import Fraction  # rarely needed, and slow to import

    return Fraction(str(value)) % Fraction(str(unit)) == 0


class Integer(Number):
    """A whole number. In JSON, 1.0 is one too."""

    __slots__ = ()

    expected = "an integer"

    def check(self, value: Any, at: str) -> None:
        """Allow an int that is in the range."""
        if not isinstance(value, int):
            raise type_error(at, self.expected, value)
        super().check(value, at)

    def load(self, value: Any, at: str) -> Any:
        """Return an int."""
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        self.check(whole, at)
        return whole


class Const(Schema):
    """One value, and no other."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def check(self, value: Any, at: str) -> None:
        """Allow the value."""
        if type(value) is not type(self.value) or value != self.value:
            raise ValueError(f"{at}: must be {self.value!r} ({abridged(value)})")


class Member(Schema):
    """A member of an enum, or the value of one."""

    __slots__ = ("kind", "type")

    def __init__(self, kind: type[Enum]) -> None:
        self.kind = kind
        self.type: type = type(next(iter(kind)).value)

    def check(self, value: Any, at: str) -> None:
        """Allow a member or its value."""
        self._member(value, at)

    def dump(self, value: Any, at: str, *, strict: bool = True) -> Any:
        """Return the member's value."""
        if not strict and type(value) is self.type:
            return value
        return self._member(value, at).value

    def load(self, value: Any, at: str) -> Any:
        """Return the member, or a value that the enum does not know as it is."""
        if type(value) is not self.type:
            raise type_error(at, f"of type {self.type.__name__}", value)
        try:
            return self.kind(value)
        except ValueError:
            return value

    def _member(self, value: Any, at: str) -> Enum:
        if isinstance(value, self.kind):
            return value
        if type(value) is not self.type:
            raise type_error(at, f"a {self.kind.__name__} or its value", value)
        try:
            return self.kind(value)
        except ValueError:
            allowed = ", ".join(repr(member.value) for member in self.kind)
            raise ValueError(f"{at}: must be one of {allowed} ({abridged(value)})") from None


class _Formatted(Schema):
    """A string in JSON that is an object of its own in Python."""

    __slots__ = ()

    expected: ClassVar[str]

    def dump(self, value: Any, at: str, *, strict: bool = True) -> Any:
        self.check(value, at)
        return value.isoformat()

    def parse(self, value: str) -> Any:
        raise NotImplementedError

    def load(self, value: Any, at: str) -> Any:
        if not isinstance(value, str):
            raise type_error(at, "a string", value)
        try:
            parsed = self.parse(value)
        except ValueError:
            raise ValueError(f"{at}: must be {self.expected} ({abridged(value)})") from None
        self.check(parsed, at)
        return parsed


class Date(_Formatted):
    """A date, written as 2026-01-31."""

    __slots__ = ()

    expected = "a date"

    def check(self, value: Any, at: str) -> None:
        """Allow a datetime.date."""
        if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
            raise type_error(at, "a datetime.date", value)

    def parse(self, value: str) -> Any:
        """Return the date."""
        return datetime.datetime.strptime(value, "%Y-%m-%d").date()


class DateTime(_Formatted):
    """A point in time, written as 2026-01-31T12:00:00+00:00."""

    __slots__ = ()

    expected = "a date and time with an offset"

    def check(self, value: Any, at: str) -> None:
        """Allow a datetime.datetime that knows its time zone."""
        if not isinstance(value, datetime.datetime):
            raise type_error(at, "a datetime.datetime", value)
        if value.tzinfo is None:
            raise ValueError(f"{at}: must have a time zone ({value.isoformat()})")

    def parse(self, value: str) -> Any:
        """Return the date and time."""
        return datetime.datetime.fromisoformat(value)


class Uuid(_Formatted):
    """A UUID."""

    __slots__ = ()

    expected = "a UUID"

    def check(self, value: Any, at: str) -> None:
        """Allow a uuid.UUID."""
        from uuid import UUID  # rarely needed, and slow to import

        if not isinstance(value, UUID):
            raise type_error(at, "a uuid.UUID", value)

    def dump(self, value: Any, at: str, *, strict: bool = True) -> Any:
        """Return the UUID's text."""
        self.check(value, at)
        return str(value)

    def parse(self, value: str) -> Any:
        """Return the UUID."""
        from uuid import UUID  # as above

        return UUID(value)


class Array(Schema):
    """A list of values of one kind."""

    __slots__ = ("item", "max_items", "min_items", "unique")

    def __init__(self, item: Schema, *, min_items: int = 0, max_items: int | None = None, unique: bool = False) -> None:
        self.item = item
        self.min_items = min_items
        self.max_items = math.inf if max_items is None else max_items
        self.unique = unique

    def check(self, value: Any, at: str) -> None:
        """Allow a list of the right length, whose items are allowed."""
        self._check_list(value, at)
        for index, item in enumerate(value):
            self.item.check(item, f"{at}[{index}]")

    def dump(self, value: Any, at: str, *, strict: bool = True) -> Any:
        """Return the items' JSON values."""
        self._check_list(value, at)
        dumped = [self.item.dump(item, f"{at}[{index}]", strict=strict) for index, item in enumerate(value)]
        self._check_unique(dumped, at)
        return dumped

    def load(self, value: Any, at: str) -> Any:
        """Return the items' Python values."""
        self._check_list(value, at)
        self._check_unique(value, at)
        return [self.item.load(item, f"{at}[{index}]") for index, item in enumerate(value)]

    def _check_list(self, value: Any, at: str) -> None:
        if not is_list(value):
            raise type_error(at, "a list", value)
        length = len(value)
        if length < self.min_items:
            raise ValueError(f"{at}: fewer than {_counted(self.min_items, 'item')} ({length})")
        if length > self.max_items:
            raise ValueError(f"{at}: more than {_counted(self.max_items, 'item')} ({length})")

    def _check_unique(self, values: list[Any], at: str) -> None:
        if self.unique and any(value in values[:index] for index, value in enumerate(values)):
            raise ValueError(f"{at}: an item is there twice")


class Union(Schema):
    """A value of any of several kinds, the first that fits."""

    __slots__ = ("options",)

    def __init__(self, *options: Schema) -> None:
        self.options = options

    def check(self, value: Any, at: str) -> None:
        """Allow what one of the options allows."""
        self._first([option.check for option in self.options], value, at)

    def dump(self, value: Any, at: str, *, strict: bool = True) -> Any:
        """Return the JSON value of the first option that allows the value."""
        return self._first([partial(option.dump, strict=strict) for option in self.options], value, at)

    def load(self, value: Any, at: str) -> Any:
        """Return the Python value of the first option that allows the value."""
        return self._first([option.load for option in self.options], value, at)

    @staticmethod
    def _first(ways: list[Callable[[Any, str], Any]], value: Any, at: str) -> Any:
        faults: list[ValueError | TypeError] = []
        for way in ways:
            try:
                return way(value, at)
            except (ValueError, TypeError) as fault:
                faults.append(fault)
        kind = ValueError if any(isinstance(fault, ValueError) for fault in faults) else TypeError
        raise kind(" or ".join(dict.fromkeys(map(str, faults))))


def _counted(number: float, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
