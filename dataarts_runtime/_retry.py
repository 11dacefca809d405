"""The retry policy: when a call is attempted again, and after how many seconds.

A call is attempted again only where nothing can run twice: the service has not seen the request, or has refused it for
now (429). Calls that only read are attempted again also where the response was lost or says that a gateway failed (502,
503, 504).

How long to wait is what the service asks for (Retry-After), as far as that is not too long; otherwise a back-off.
"""

from __future__ import annotations

import datetime
import random
import re
import time

import httpx

from ._outcome import NoResponse, ReceivedResponse

__all__ = [
    "LONGEST_RETRY_AFTER",
    "THROTTLED",
    "may_repeat",
    "retry_after",
    "wait_before_repeat",
]

THROTTLED = 429
"""The status by which a service refuses a request since there are too many."""

LONGEST_RETRY_AFTER = 30.0
"""The most seconds of a Retry-After that are waited for. Where the service asks for more, the call ends at once."""

_TRANSIENT_STATUSES = frozenset({502, 503, 504})  # a gateway failed; another attempt may succeed
_FIRST_BACKOFF = 0.25  # seconds, doubled with each attempt
_LONGEST_BACKOFF = 8.0


def may_repeat(outcome: ReceivedResponse | NoResponse, *, safe: bool) -> bool:
    """Return whether a call may be attempted again: another attempt could succeed, and nothing can run twice.

    Args:
        outcome: How the last attempt ended.
        safe: Whether the method only reads, so that it does not matter how often the call is carried out.
    """
    if isinstance(outcome, NoResponse):
        return outcome.transient and (safe or not outcome.error.outcome_unknown)
    if outcome.status == THROTTLED:
        return safe or not outcome.may_be_carried_out
    return safe and outcome.status in _TRANSIENT_STATUSES


def wait_before_repeat(outcome: ReceivedResponse | NoResponse, attempts: int) -> float:
    """Return the seconds to wait before the next attempt: those of a Retry-After, or else a back-off.

    Args:
        outcome: How the last attempt ended.
        attempts: How many attempts were made, 1 or more.
    """
    asked = retry_after(outcome.headers) if isinstance(outcome, ReceivedResponse) else None
    return _backoff(attempts) if asked is None else asked


def _backoff(attempts: int) -> float:
    """Return seconds that double with each attempt, times a random factor, so that many clients do not come at once."""
    return min(_LONGEST_BACKOFF, _FIRST_BACKOFF * 2.0 ** min(attempts - 1, 16)) * random.uniform(0.5, 1.0)


def retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds that a Retry-After header asks to wait; None if there is none, or it cannot be read."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+", value):
        return float(value)
    if not value:
        return None
    from email.utils import parsedate_to_datetime  # rarely needed, and slow to import

    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if date.tzinfo is None:  # one of the formats that RFC 9110 allows has no time zone; all are in UTC
        date = date.replace(tzinfo=datetime.UTC)
    return max(0.0, date.timestamp() - time.time())
