"""Python values as JSON values: which of them JSON can carry, when two are equal in JSON, how messages show them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

__all__ = [
    "abridged",
    "allowed_characters",
    "check_characters",
    "check_digits",
    "check_json",
    "counted",
    "equality_key",
    "is_dict",
    "is_list",
    "is_mapping",
    "type_error",
]

_LONGEST = 40  # characters of a value in a message
_WRITABLE_BITS = (
    2048  # Python writes such integers whatever sys.set_int_max_str_digits() says: it takes no less than 640
)


def abridged(value: object) -> str:
    """Return a value as messages show it: its repr on one line, cut off after 40 characters."""
    try:
        text = repr(value[:_LONGEST] if isinstance(value, str) else value)
    except ValueError:  # Python writes no integer of more than 4,300 digits, since that takes too long
        size = f" of {value.bit_length()} bits" if isinstance(value, int) else ""
        text = f"{type(value).__name__}{size}"
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


# Compiled when first used, so that the import takes no time for them.
_CLASSES = r"\^(?:\[(?!\^)(?:\\.|[^\]\\])+\][*+?]?)+(?:\\Z|\$)"
_PIECE = r"(?:\\.|[^\\])-(?:\\.|[^\\])|\\.|[^\\]"
_CHARACTERS = {
    "A-Z": "letters A to Z",
    "a-z": "letters a to z",
    "0-9": "digits",
    "一-龥": "Chinese characters",
    "-": "hyphens",
    "_": "underscores",
    ".": "periods",
    " ": "spaces",
}


def allowed_characters(pattern: str, value: str) -> str:
    """Return in words which characters a pattern allows, where a value has others; nothing if that cannot be said.

    It can be said of patterns that are classes of characters one after the other.
    """
    if not re.fullmatch(_CLASSES, pattern) or re.search(r"\\\w", pattern.removesuffix(r"\Z")):
        return ""
    classes = re.findall(r"\[(?:\\.|[^\]\\])+\]", pattern)
    if all(any(re.search(each, character) for each in classes) for character in value):
        return ""
    pieces = [piece.replace("\\", "") for each in classes for piece in re.findall(_PIECE, each[1:-1])]
    names = [_CHARACTERS.get(piece, piece) for piece in dict.fromkeys(pieces)]
    if {"letters A to Z", "letters a to z"} <= set(names):
        names = ["letters", *(name for name in names if not name.startswith("letters "))]
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def counted(number: float, noun: str) -> str:
    """Return a number with its noun, in the plural if need be: `1 item`, `2 items`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Return whether a value is a list, whatever its items are."""
    return isinstance(value, list)


def is_mapping(value: Any) -> TypeGuard[Mapping[Any, Any]]:
    """Return whether a value is a mapping, whatever its keys and values are."""
    return isinstance(value, Mapping)


def _is_array(value: Any) -> TypeGuard[Sequence[Any]]:
    """Return whether the json module writes a value as an array."""
    return isinstance(value, list | tuple)


def is_dict(value: Any) -> TypeGuard[dict[Any, Any]]:
    """Return whether a value is a dict, which alone the json module writes as an object."""
    return isinstance(value, dict)


def type_error(path: str, expected: str, value: object) -> TypeError:
    """Return the TypeError for a value of the wrong type; its message shows the value if that is a string or number."""
    shown = f" ({abridged(value)})" if isinstance(value, str | int | float) else ""
    return TypeError(f"{path}: must be {expected}, not {type(value).__name__}{shown}")


def check_json(value: Any, path: str, *, strict: bool) -> None:
    """Raise a ValueError or TypeError, with the path of what is wrong, unless JSON can carry a value in full depth.

    Args:
        value: The value.
        path: Its path.
        strict: Whether to refuse what JSON cannot carry, but responses can hold: numbers that are too large for Python,
            and halves of surrogate pairs.
    """
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, str):
        if strict and not value.isascii():
            check_characters(value, path)
    elif isinstance(value, int):
        check_digits(value, path)
    elif isinstance(value, float):
        if strict and not math.isfinite(value):
            raise ValueError(f"{path}: must be finite ({value})")
    elif is_dict(value):
        for name, item in value.items():
            # The json module would turn other names into strings, perhaps two of them into the same one.
            if not isinstance(name, str):
                raise type_error(path, "a dict whose keys are strings", name)
            if strict and not name.isascii():
                check_characters(name, path)
            check_json(item, f"{path}[{abridged(name)}]", strict=strict)
    elif _is_array(value):
        for index, item in enumerate(value):
            check_json(item, f"{path}[{index}]", strict=strict)
    else:
        raise type_error(path, "a value that JSON can carry", value)


def check_characters(text: str, path: str) -> None:
    """Raise a ValueError if UTF-8 cannot carry a text, which is not ASCII."""
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise ValueError(f"{path}: half a surrogate pair is no character ({abridged(text)})")


def check_digits(number: int, path: str) -> None:
    """Raise a ValueError if an integer has more digits than Python writes."""
    if number.bit_length() > _WRITABLE_BITS:
        try:
            str(number)
        except ValueError:
            raise ValueError(f"{path}: has too many digits ({abridged(number)})") from None


def equality_key(value: Any) -> Any:
    """Return something hashable that is equal for two values if they are equal in JSON.

    There, 1 equals 1.0, but neither equals true; the order of an object's members does not matter.
    """
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return bool, value
    # Numbers as text: its hash cannot be foreseen, so that nobody can choose numbers whose hashes are all the same.
    if isinstance(value, float):
        return (int, hex(int(value))) if value.is_integer() else (float, value.hex())
    if isinstance(value, int):
        return int, hex(value)
    if is_mapping(value):
        return dict, frozenset((name, equality_key(item)) for name, item in value.items())
    if _is_array(value):
        return list, tuple(map(equality_key, value))
    return type(value), id(value)  # nothing that JSON has
