"""Is a Retry-After header read in all the forms that RFC 9110 allows, and in no other?"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import time_machine

from ._operation import receive_error

NOW = datetime(1994, 11, 6, 8, 49, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _away_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Live eight hours before UTC."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", "XXX-8")
        time.tzset()
        yield
    time.tzset()


HEADERS: dict[str, tuple[str | None, float | None]] = {
    "seconds": ("120", 120),
    "no-seconds": ("0", 0),
    "seconds-with-zeros": ("007", 7),
    "imf-fixdate": ("Sun, 06 Nov 1994 08:49:37 GMT", 37),
    "rfc-850-date": ("Sunday, 06-Nov-94 08:49:37 GMT", 37),
    "asctime-date": ("Sun Nov  6 08:49:37 1994", 37),
    "date-with-offset": ("Sun, 06 Nov 1994 09:49:37 +0100", 37),
    "date-without-zone": ("Sun, 06 Nov 1994 08:49:37 -0000", 37),
    "date-now": ("Sun, 06 Nov 1994 08:49:00 GMT", 0),
    "date-gone": ("Sun, 06 Nov 1994 08:48:00 GMT", 0),
    "date-tomorrow": ("Mon, 07 Nov 1994 08:49:00 GMT", 86400),
    "missing": (None, None),
    "empty": ("", None),
    "fraction": ("1.5", None),
    "below-zero": ("-1", None),
    "plus": ("+1", None),
    "exponent": ("1e3", None),
    "hexadecimal": ("0x10", None),
    "other-digits": ("\xb2", None),
    "twice": ("5, 5", None),
    "unit": ("5s", None),
    "word": ("soon", None),
    "infinite": ("inf", None),
    "iso-date": ("1994-11-06T08:49:37Z", None),
    "no-such-day": ("Sun, 31 Nov 1994 08:49:37 GMT", None),
}


@pytest.mark.parametrize(("header", "seconds"), HEADERS.values(), ids=HEADERS)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after(status: int, header: str | None, seconds: float | None) -> None:
    """The exception tells the seconds of a Retry-After: a number, or a date, which is in UTC wherever the client is."""
    headers = [] if header is None else [(b"Retry-After", header.encode("latin-1"))]
    with time_machine.travel(NOW, tick=False):
        error: Any = receive_error(httpx.Response(status, headers=headers))

    assert error.retry_after == seconds, f"Retry-After: {header} should be {seconds} s, not {error.retry_after}"
