"""The mock's clock, which tests stop and move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import time_ns

from ._arguments import check_number

SECOND = 1_000_000_000
"""Nanoseconds, in which the clock counts: whole numbers, so that ten seconds are ten seconds."""

MAX_SECONDS = 10 * 365 * 24 * 60 * 60
"""How far the clock can be moved at once."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """Tells the time to whatever in the mock depends on it. At first it is the machine's.

    Attributes:
        now: Returns the nanoseconds since 1970 (UTC). Each request asks for them, so where nobody has touched the clock
            it is the machine's own function.
        ahead: By how many nanoseconds the clock was moved in all.
    """

    now: Callable[[], int]

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Go by the machine's clock again."""
        self._offset = 0
        self._frozen: int | None = None
        self.ahead = 0
        self.now = time_ns

    @property
    def is_frozen(self) -> bool:
        """Whether the clock stands still."""
        return self._frozen is not None

    def _now(self) -> int:
        return time_ns() + self._offset if self._frozen is None else self._frozen

    def freeze(self) -> None:
        """Stand still; more than once is no different."""
        self._frozen = self.now()
        self.now = self._now

    def advance(self, seconds: float) -> None:
        """Move ahead, standing still or not.

        Raises:
            ValueError: The seconds are not a number, negative, or more than `MAX_SECONDS`.
        """
        check_number("seconds", seconds, minimum=0, maximum=MAX_SECONDS)
        nanoseconds = round(seconds * SECOND)
        if as_datetime(self.now() + nanoseconds).year > 2200:  # Nanoseconds since 1970 have 64 bits until 2262.
            raise ValueError("seconds: the clock cannot be moved beyond the year 2200")
        self.ahead += nanoseconds
        if self._frozen is None:
            self._offset += nanoseconds
        else:
            self._frozen += nanoseconds
        self.now = self._now

    def unfreeze(self) -> None:
        """Go on from where the clock stands."""
        if self._frozen is not None:
            self._offset = self._frozen - time_ns()
            self._frozen = None


def as_datetime(nanoseconds: int) -> datetime:
    """Return a time of the clock as a datetime in UTC."""
    return _EPOCH + timedelta(microseconds=nanoseconds // 1000)
