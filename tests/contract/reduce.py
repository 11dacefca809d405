"""Makes a JSON value smaller that shows a fault, as long as it shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def reduced(value: Any, shows_it: Callable[[Any], bool], *, tries: int = 60) -> Any:
    """Return a smaller value that shows a fault as well, the smallest that is found.

    Args:
        value: A value that shows it.
        shows_it: Tells whether another one does, too.
        tries: How many are asked about at most.
    """
    for _ in range(tries):
        for candidate in _smaller(value):
            tries -= 1
            if tries < 0:
                return value
            if shows_it(candidate):
                value = candidate
                break
        else:
            return value
    return value


def _smaller(value: Any) -> Iterator[Any]:
    """Give values that are one step smaller, the large steps first."""
    if isinstance(value, dict):
        for key in value:
            yield {other: each for other, each in value.items() if other != key}
        for key, each in value.items():
            yield from ({**value, key: candidate} for candidate in _smaller(each))
    elif isinstance(value, list):
        if len(value) > 1:
            yield value[: len(value) // 2]
            yield value[len(value) // 2 :]
        for index, each in enumerate(value):
            yield value[:index] + value[index + 1 :]
            yield from ([*value[:index], candidate, *value[index + 1 :]] for candidate in _smaller(each))
    elif isinstance(value, str) and len(value) > 1:
        yield value[: len(value) // 2]
        yield value[len(value) // 2 :]
        if value != "a" * len(value):
            yield "a" * len(value)
