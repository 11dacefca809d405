"""JSON Schemas as objects that check Python values, write them as JSON values, and read JSON values.

Each schema has three methods. All of them take the path of the value (`body.items[0].name`). It stands in the message
of the ValueError (the value is wrong) or TypeError (its type is wrong) that they raise.

- `check` a Python value, as the caller gave it.
- `dump` a Python value: check it in full depth, and return it as a JSON value. If not `strict`, a value that an enum
  does not know is kept, since it may come from a response.
- `load` a JSON value: check it in full depth, and return it as a Python value. A value that an enum does not know is
  kept.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any, ClassVar

from ._json_values import (
    abridged,
    allowed_characters,
    check_characters,
    check_digits,
    check_json,
    counted,
    equality_key,
    is_list,
    is_mapping,
    type_error,
)

__all__ = [
    "Anything",
    "Array",
    "Boolean",
    "Const",
    "Integer",
    "Member",
    "Null",
    "Number",
    "Schema",
    "String",
    "Union",
    "abridged",
    "is_list",
    "is_mapping",
    "type_error",
]


class Schema:
    """What all schemas have in common; a schema of this class itself describes no value."""

    __slots__ = ()

    def check(self, value: Any, path: str) -> None:
        """Raise a ValueError or TypeError if the schema forbids the Python value."""
        raise NotImplementedError

    def dump(self, value: Any, path: str, *, strict: bool = True) -> Any:
        """Return the Python value, checked, as a JSON value."""
        self.check(value, path)
        return value

    def load(self, value: Any, path: str) -> Any:
        """Return the JSON value, checked, as a Python value."""
        self.check(value, path)
        return value


class Anything(Schema):
    """Any JSON value."""

    __slots__ = ()

    def check(self, value: Any, path: str) -> None:
        """Allow any value; what JSON cannot carry is refused when it is written."""

    def dump(self, value: Any, path: str, *, strict: bool = True) -> Any:
        """Return the value, if JSON can carry it."""
        try:
            check_json(value, path, strict=strict)
        except RecursionError:
            raise ValueError(f"{path}: nested too deeply") from None
        return value


class Null(Schema):
    """Null, which is None in Python."""

    __slots__ = ()

    def check(self, value: Any, path: str) -> None:
        """Allow None."""
        if value is not None:
            raise type_error(path, "None", value)


class Boolean(Schema):
    """True or false; 0 and 1 are neither."""

    __slots__ = ()

    def check(self, value: Any, path: str) -> None:
        """Allow a bool."""
        if not isinstance(value, bool):
            raise type_error(path, "a boolean", value)


class String(Schema):
    """A string. Lengths are counted in characters, as JSON Schema does, not in bytes."""

    __slots__ = ("_match", "max_length", "min_length", "pattern")

    def __init__(self, *, min_length: int = 0, max_length: int | None = None, pattern: str | None = None) -> None:
        self.min_length = min_length
        self.max_length = math.inf if max_length is None else max_length
        self.pattern = pattern
        self._match: Callable[[str], object] | None = None if pattern is None else self._first_match

    def check(self, value: Any, path: str) -> None:
        """Allow a str whose length is allowed, in which the pattern is found, and which UTF-8 can carry."""
        if not isinstance(value, str):
            raise type_error(path, "a string", value)
        length = len(value)
        if length < self.min_length:
            raise ValueError(f"{path}: shorter than {counted(self.min_length, 'character')} ({length})")
        if length > self.max_length:
            raise ValueError(f"{path}: longer than {counted(self.max_length, 'character')} ({length})")
        if self._match is not None and self._match(value) is None:
            raise ValueError(
                f"{path}: does not match the pattern {self.pattern} ({abridged(value)}{self._culprit(value)})"
            )
        if not value.isascii():
            check_characters(value, path)

    def _culprit(self, value: str) -> str:
        """Return in words what is in the way of a match, and what may be there instead; not everyone reads patterns."""
        words = allowed_characters(self.pattern or "", value) if len(value) <= 200 else ""
        allowed = f"; it takes {words}" if words else ""
        for character in sorted(set(value)) if len(value) <= 200 else ():
            if re.search(self.pattern or "", value.replace(character, ""), re.ASCII):
                return f"; without {character!r} it would{allowed}"
        return allowed

    def _first_match(self, value: str) -> object:
        # Compiled when it is first needed, since compiling takes longer than importing the module.
        self._match = re.compile(self.pattern or "", re.ASCII).search
        return self._match(value)


class Number(Schema):
    """A number. JSON has neither Infinity nor NaN.

    Args:
        minimum: The least number allowed.
        maximum: The greatest number allowed.
        exclusive_minimum: What the number must be greater than.
        exclusive_maximum: What the number must be less than.
        multiple_of: What the number must be a multiple of, calculated in decimals: 0.3 is a multiple of 0.1.
    """

    __slots__ = ("exclusive_maximum", "exclusive_minimum", "maximum", "minimum", "multiple_of")

    expected: ClassVar[str] = "a number"

    def __init__(
        self,
        *,
        minimum: float | None = None,
        maximum: float | None = None,
        exclusive_minimum: float | None = None,
        exclusive_maximum: float | None = None,
        multiple_of: float | None = None,
    ) -> None:
        self.minimum = minimum
        self.maximum = maximum
        self.exclusive_minimum = exclusive_minimum
        self.exclusive_maximum = exclusive_maximum
        self.multiple_of = multiple_of

    def check(self, value: Any, path: str) -> None:
        """Allow a finite int or float in the range."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise type_error(path, self.expected, value)
        if isinstance(value, float) and not math.isfinite(value):
            raise ValueError(f"{path}: must be finite ({value})")
        if self.minimum is not None and value < self.minimum:
            raise ValueError(f"{path}: less than {self.minimum} ({abridged(value)})")
        if self.maximum is not None and value > self.maximum:
            raise ValueError(f"{path}: greater than {self.maximum} ({abridged(value)})")
        if self.exclusive_minimum is not None and value <= self.exclusive_minimum:
            raise ValueError(f"{path}: not greater than {self.exclusive_minimum} ({abridged(value)})")
        if self.exclusive_maximum is not None and value >= self.exclusive_maximum:
            raise ValueError(f"{path}: not less than {self.exclusive_maximum} ({abridged(value)})")
        if isinstance(value, int):
            check_digits(value, path)
        if self.multiple_of is not None and not _is_multiple(value, self.multiple_of):
            raise ValueError(f"{path}: not a multiple of {self.multiple_of} ({abridged(value)})")


def _is_multiple(value: float, unit: float) -> bool:
    """Return whether a number is a multiple of another as both are written: in decimals, not in binary fractions."""
    from fractions import Fraction  # rarely needed, and slow to import

    return Fraction(str(value)) % Fraction(str(unit)) == 0


class Integer(Number):
    """A whole number. In JSON, 1.0 is one too."""

    __slots__ = ()

    expected = "an integer"

    def check(self, value: Any, path: str) -> None:
        """Allow an int in the range."""
        if not isinstance(value, int):
            raise type_error(path, self.expected, value)
        super().check(value, path)

    def load(self, value: Any, path: str) -> Any:
        """Return an int."""
        whole = int(value) if isinstance(value, float) and value.is_integer() else value
        self.check(whole, path)
        return whole


class Const(Schema):
    """One value, and no other."""

    __slots__ = ("_key", "value")

    def __init__(self, value: Any) -> None:
        self.value = value
        self._key = equality_key(value)

    def check(self, value: Any, path: str) -> None:
        """Allow the value; in Python, 1.0 does not stand for 1."""
        if type(value) is not type(self.value):
            raise self._error(value, path)
        self.load(value, path)

    def load(self, value: Any, path: str) -> Any:
        """Return the value. In JSON, 1.0 is the same number as 1."""
        if equality_key(value) != self._key:
            raise self._error(value, path)
        return self.value

    def _error(self, value: Any, path: str) -> ValueError:
        return ValueError(f"{path}: must be {self.value!r} ({abridged(value)})")


class Member(Schema):
    """A member of an enum, or the value of one."""

    __slots__ = ("kind", "type")

    def __init__(self, kind: type[Enum]) -> None:
        self.kind = kind
        self.type: type = type(next(iter(kind)).value)

    def check(self, value: Any, path: str) -> None:
        """Allow a member or its value."""
        self._member(value, path)

    def dump(self, value: Any, path: str, *, strict: bool = True) -> Any:
        """Return the member's value."""
        if not strict and type(value) is self.type:
            return value
        return self._member(value, path).value

    def load(self, value: Any, path: str) -> Any:
        """Return the member; or the value as it is, if the enum does not know it."""
        if self.type is int and isinstance(value, float) and value.is_integer():
            value = int(value)  # in JSON, it is the same number
        if type(value) is not self.type:
            raise type_error(path, f"of type {self.type.__name__}", value)
        try:
            return self.kind(value)
        except ValueError:
            return value

    def _member(self, value: Any, path: str) -> Enum:
        if isinstance(value, self.kind):
            return value
        if type(value) is not self.type:
            raise type_error(path, f"a {self.kind.__name__} or its value", value)
        try:
            return self.kind(value)
        except ValueError:
            allowed = ", ".join(repr(member.value) for member in self.kind)
            raise ValueError(f"{path}: must be one of {allowed} ({abridged(value)})") from None


class Array(Schema):
    """A list whose items all have the same schema.

    Args:
        items: The schema of each item.
        min_items: The least number of items.
        max_items: The greatest number of items.
        unique_items: Whether all items must differ, as JSON compares them: 1 equals 1.0, but not true.
    """

    __slots__ = ("items", "max_items", "min_items", "unique_items")

    def __init__(
        self, items: Schema, *, min_items: int = 0, max_items: int | None = None, unique_items: bool = False
    ) -> None:
        self.items = items
        self.min_items = min_items
        self.max_items = math.inf if max_items is None else max_items
        self.unique_items = unique_items

    def check(self, value: Any, path: str) -> None:
        """Allow a list of the right length, whose items are allowed."""
        if self.unique_items:
            self.dump(value, path)
            return
        self._check_list(value, path)
        for index, item in enumerate(value):
            self.items.check(item, f"{path}[{index}]")

    def dump(self, value: Any, path: str, *, strict: bool = True) -> Any:
        """Return the items' JSON values."""
        self._check_list(value, path)
        dumped = [self.items.dump(item, f"{path}[{index}]", strict=strict) for index, item in enumerate(value)]
        self._check_unique(dumped, path)
        return dumped

    def load(self, value: Any, path: str) -> Any:
        """Return the items' Python values."""
        self._check_list(value, path)
        loaded = [self.items.load(item, f"{path}[{index}]") for index, item in enumerate(value)]
        self._check_unique(value, path)
        return loaded

    def _check_list(self, value: Any, path: str) -> None:
        if not is_list(value):
            raise type_error(path, "a list", value)
        length = len(value)
        if length < self.min_items:
            raise ValueError(f"{path}: fewer than {counted(self.min_items, 'item')} ({length})")
        if length > self.max_items:
            raise ValueError(f"{path}: more than {counted(self.max_items, 'item')} ({length})")

    def _check_unique(self, values: list[Any], path: str) -> None:
        if not self.unique_items:
            return
        seen: dict[Any, int] = {}
        for index, value in enumerate(values):
            first = seen.setdefault(equality_key(value), index)
            if first != index:
                raise ValueError(f"{path}[{index}]: is the same as {path}[{first}], but all items must differ")


class Union(Schema):
    """A value that one of several schemas allows; where more than one does, the first decides what becomes of it."""

    __slots__ = ("options",)

    def __init__(self, *options: Schema) -> None:
        self.options = options

    def check(self, value: Any, path: str) -> None:
        """Allow what one of the schemas allows."""
        self._first([option.check for option in self.options], value, path)

    def dump(self, value: Any, path: str, *, strict: bool = True) -> Any:
        """Return the JSON value, as the first schema that allows the value writes it."""
        return self._first([partial(option.dump, strict=strict) for option in self.options], value, path)

    def load(self, value: Any, path: str) -> Any:
        """Return the Python value, as the first schema that allows the JSON value reads it."""
        return self._first([option.load for option in self.options], value, path)

    @staticmethod
    def _first(methods: list[Callable[[Any, str], Any]], value: Any, path: str) -> Any:
        errors: list[ValueError | TypeError] = []
        for method in methods:
            try:
                return method(value, path)
            except (ValueError, TypeError) as error:
                errors.append(error)
        # Where the value has the type that one of the schemas asks for, what that says about it is what helps.
        told = [error for error in errors if isinstance(error, ValueError)] or errors
        said = list(dict.fromkeys(map(str, told)))
        prefix = f"{path}: "
        if all(text.startswith(prefix) for text in said):
            said[1:] = [text.removeprefix(prefix) for text in said[1:]]
        raise (ValueError if isinstance(told[0], ValueError) else TypeError)(" or ".join(said))
