"""JSON Schemas of strings whose `format` says that they stand for something that Python has a type for.

They also read what is not written as the format's standard says, as long as its meaning is clear.
"""

from __future__ import annotations

import datetime
import re
from typing import Any, ClassVar

from .schema import Schema, abridged, type_error

__all__ = ["Date", "DateTime", "Uuid"]


class _Formatted(Schema):
    """What these schemas have in common."""

    __slots__ = ()

    expected: ClassVar[str]

    def dump(self, value: Any, path: str, *, strict: bool = True) -> Any:
        self.check(value, path)
        return value.isoformat()

    def parse(self, value: str) -> Any:
        raise NotImplementedError

    def load(self, value: Any, path: str) -> Any:
        if not isinstance(value, str):
            raise type_error(path, "a string", value)
        try:
            parsed = self.parse(value)
        except ValueError:
            raise ValueError(f"{path}: must be {self.expected} ({abridged(value)})") from None
        self.check(parsed, path)
        return parsed


class Date(_Formatted):
    """A date, written as 2026-01-31."""

    __slots__ = ()

    expected = "a date"

    def check(self, value: Any, path: str) -> None:
        """Allow a datetime.date."""
        if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
            raise type_error(path, "a datetime.date", value)

    def parse(self, value: str) -> Any:
        """Return the date."""
        return datetime.datetime.strptime(value, "%Y-%m-%d").date()


class DateTime(_Formatted):
    """A point in time as RFC 3339 writes it: 2026-01-31T12:00:00+00:00."""

    __slots__ = ()

    expected = "a date and time with an offset"

    def check(self, value: Any, path: str) -> None:
        """Allow a datetime.datetime that has a time zone."""
        if not isinstance(value, datetime.datetime):
            raise type_error(path, "a datetime.datetime", value)
        if value.utcoffset() is None:
            raise ValueError(f"{path}: must have a time zone ({value.isoformat()})")

    def dump(self, value: Any, path: str, *, strict: bool = True) -> Any:
        """Return the date and time; in UTC where the offset has seconds, which RFC 3339 cannot write."""
        self.check(value, path)
        if value.utcoffset() % datetime.timedelta(minutes=1):
            value = value.astimezone(datetime.UTC)
        return value.isoformat()

    def parse(self, value: str) -> Any:
        """Return the date and time. A leap second, which Python does not know, becomes the second after it."""
        text = value.upper()  # RFC 3339 allows "t" and "z"
        leap = re.fullmatch(r"(.{10}T\d\d:\d\d:)60(.*)", text)
        if leap is None:
            return datetime.datetime.fromisoformat(text)
        return datetime.datetime.fromisoformat(f"{leap[1]}59{leap[2]}") + datetime.timedelta(seconds=1)


class Uuid(_Formatted):
    """A UUID."""

    __slots__ = ()

    expected = "a UUID"

    def check(self, value: Any, path: str) -> None:
        """Allow a uuid.UUID."""
        from uuid import UUID  # rarely needed, and slow to import

        if not isinstance(value, UUID):
            raise type_error(path, "a uuid.UUID", value)

    def dump(self, value: Any, path: str, *, strict: bool = True) -> Any:
        """Return the UUID's text."""
        self.check(value, path)
        return str(value)

    def parse(self, value: str) -> Any:
        """Return the UUID."""
        from uuid import UUID  # as above

        return UUID(value)
