"""Are dates, times and UUIDs read and written as their standards have them?"""

from __future__ import annotations

import datetime
import json
import uuid
from typing import Any

import httpx
import pytest

from dataarts_runtime.formats import Date, DateTime, Uuid
from dataarts_runtime.schema import Schema

from ._operation import receive, receive_error


def at(*numbers: int, hours: int = 0) -> datetime.datetime:
    """Make a date and time of year, month, day and so on, with an offset of so many hours."""
    zone = datetime.timezone(datetime.timedelta(hours=hours)) if hours else datetime.UTC
    year, month, day, hour, minute, second, microsecond = (*numbers, 0, 0, 0, 0)[:7]
    return datetime.datetime(year, month, day, hour, minute, second, microsecond, zone)


READ: dict[str, tuple[Schema, str, Any]] = {
    "date": (Date(), "2026-01-31", datetime.date(2026, 1, 31)),
    "leap-day": (Date(), "2024-02-29", datetime.date(2024, 2, 29)),
    "time": (DateTime(), "2026-01-31T12:00:00Z", at(2026, 1, 31, 12)),
    "time-in-lower-case": (DateTime(), "2026-01-31t12:00:00z", at(2026, 1, 31, 12)),
    "time-with-a-space": (DateTime(), "2026-01-31 12:00:00Z", at(2026, 1, 31, 12)),
    "offset": (DateTime(), "2026-01-31T12:00:00+08:00", at(2026, 1, 31, 12, hours=8)),
    "offset-west": (DateTime(), "2026-01-31T12:00:00-08:00", at(2026, 1, 31, 12, hours=-8)),
    "offset-unknown": (DateTime(), "2026-01-31T12:00:00-00:00", at(2026, 1, 31, 12)),
    "offset-without-colon": (DateTime(), "2026-01-31T12:00:00+0000", at(2026, 1, 31, 12)),
    "fraction": (DateTime(), "2026-01-31T12:00:00.25Z", at(2026, 1, 31, 12, 0, 0, 250_000)),
    "nanoseconds": (DateTime(), "2026-01-31T12:00:00.123456789Z", at(2026, 1, 31, 12, 0, 0, 123_456)),
    "leap-second": (DateTime(), "1990-12-31T23:59:60Z", at(1991, 1, 1)),
    "leap-second-west": (DateTime(), "1990-12-31T15:59:60.5-08:00", at(1990, 12, 31, 16, 0, 0, 500_000, hours=-8)),
    "uuid": (Uuid(), "12345678-1234-5678-1234-567812345678", uuid.UUID("12345678123456781234567812345678")),
    "uuid-in-capitals": (Uuid(), "ABCDEF01-1234-5678-1234-567812345678", uuid.UUID("abcdef01123456781234567812345678")),
}


@pytest.mark.parametrize(("schema", "text", "value"), READ.values(), ids=READ)
def test_read(schema: Schema, text: str, value: Any) -> None:
    """A text in the format becomes the Python value, offset and fraction included."""
    result = receive(httpx.Response(200, json=text), schema)

    assert repr(result) == repr(value), f"{text} should be {value!r}, not {result!r}"


REFUSED: dict[str, tuple[Schema, Any, str]] = {
    "no-such-day": (Date(), "2026-02-30", "body: must be a date ('2026-02-30')"),
    "no-leap-day": (Date(), "2026-02-29", "body: must be a date"),
    "day-first": (Date(), "31-01-2026", "body: must be a date"),
    "date-with-time": (Date(), "2026-01-31T12:00:00Z", "body: must be a date"),
    "date-and-space": (Date(), "2026-01-31 ", "body: must be a date"),
    "date-as-number": (Date(), 20260131, "body: must be a string, not int (20260131)"),
    "date-null": (Date(), None, "body: must be a string, not NoneType"),
    "no-offset": (DateTime(), "2026-01-31T12:00:00", "body: must have a time zone (2026-01-31T12:00:00)"),
    "no-time": (DateTime(), "2026-01-31", "body: must have a time zone"),
    "hour-25": (DateTime(), "2026-01-31T25:00:00Z", "body: must be a date and time with an offset"),
    "minute-60": (DateTime(), "2026-01-31T12:60:00Z", "body: must be a date and time with an offset"),
    "second-61": (DateTime(), "2026-01-31T12:00:61Z", "body: must be a date and time with an offset"),
    "words": (DateTime(), "yesterday", "body: must be a date and time with an offset ('yesterday')"),
    "time-as-number": (DateTime(), 1769860800, "body: must be a string, not int"),
    "uuid-too-short": (Uuid(), "12345678", "body: must be a UUID ('12345678')"),
    "uuid-of-other-digits": (Uuid(), "1234567g-1234-5678-1234-567812345678", "body: must be a UUID"),
    "uuid-as-number": (Uuid(), 12345678, "body: must be a string, not int"),
}


@pytest.mark.parametrize(("schema", "value", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(schema: Schema, value: Any, said: str) -> None:
    """A text that is not in the format is refused by path and rule."""
    error = receive_error(httpx.Response(200, content=json.dumps(value).encode()), schema)

    assert str(error).startswith(f"HTTP 200: {said}"), f"{value!r} should be refused as {said!r}: {error}"


WRITTEN: dict[str, tuple[Schema, Any, str]] = {
    "date": (Date(), datetime.date(26, 1, 3), "0026-01-03"),
    "time": (DateTime(), at(2026, 1, 31), "2026-01-31T00:00:00+00:00"),
    "time-of-year-26": (DateTime(), at(26, 1, 31), "0026-01-31T00:00:00+00:00"),
    "offset": (DateTime(), at(2026, 1, 31, hours=-8), "2026-01-31T00:00:00-08:00"),
    "fraction": (DateTime(), at(2026, 1, 31, 0, 0, 0, 250_000), "2026-01-31T00:00:00.250000+00:00"),
    "offset-of-seconds": (
        DateTime(),
        datetime.datetime(1890, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=8, minutes=5, seconds=43))),
        "1889-12-31T15:54:17+00:00",
    ),
    "uuid": (Uuid(), uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
}


@pytest.mark.parametrize(("schema", "value", "text"), WRITTEN.values(), ids=WRITTEN)
def test_written(schema: Schema, value: Any, text: str) -> None:
    """A Python value is written in the format, offset and fraction included."""
    schema.check(value, "here")

    assert json.dumps(schema.dump(value, "here")) == json.dumps(text)


class NoZone(datetime.tzinfo):
    """A time zone that knows nothing."""

    def utcoffset(self, when: datetime.datetime | None) -> None:
        """Return no offset."""

    dst = tzname = utcoffset


WRONG: dict[str, tuple[Schema, Any, str]] = {
    "date-with-time": (Date(), at(2026, 1, 31), "here: must be a datetime.date, not datetime"),
    "date-as-text": (Date(), "2026-01-31", "here: must be a datetime.date, not str ('2026-01-31')"),
    "date-for-a-time": (DateTime(), datetime.date(2026, 1, 31), "here: must be a datetime.datetime, not date"),
    "no-time-zone": (DateTime(), datetime.datetime(2026, 1, 31), "here: must have a time zone (2026-01-31T00:00:00)"),
    "no-offset": (DateTime(), datetime.datetime(2026, 1, 31, tzinfo=NoZone()), "here: must have a time zone"),
    "uuid-as-text": (Uuid(), str(uuid.UUID(int=1)), "here: must be a uuid.UUID, not str"),
}


@pytest.mark.parametrize(("schema", "value", "said"), WRONG.values(), ids=WRONG)
def test_wrong(schema: Schema, value: Any, said: str) -> None:
    """A Python value of another type is refused, and so is a time without an offset, which could be any time."""
    for method in (schema.check, schema.dump):
        with pytest.raises((ValueError, TypeError)) as caught:
            method(value, "here")

        assert str(caught.value).startswith(said), f"the message should begin with {said!r}: {caught.value}"
