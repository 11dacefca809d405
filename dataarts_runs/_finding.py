"""Find job instances by job and time: in windows no longer than the service takes, page by page."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from logging import getLogger
from typing import TYPE_CHECKING, Any

from attrs import frozen

from dataarts_client.api.instances import list_job_instances
from dataarts_client.models import JobInstanceList, JobInstanceStatus, JobInstanceSummary

from . import _clock
from ._contract import LONGEST_WINDOW, MOST_LISTED, check_job
from ._steps import Call, Step
from ._text import given

if TYPE_CHECKING:
    from dataarts_client import Client
    from dataarts_client.types import Response

__all__ = ["CLOCK_MARGIN", "Query", "ServiceClock", "between", "find"]

CLOCK_MARGIN = 15 * 60.0
"""Seconds that this machine's clock and the service's may differ by; the gateway allows no more to signed requests."""

_SECOND = 1000
"""Milliseconds, which the service counts in."""

_logger = getLogger("dataarts_runs")


@frozen
class Query:
    """Which instances to find."""

    client: Client
    project_id: str
    job_name: str | None
    """Name of the job, the whole of it; None for all jobs."""
    workspace: str | None
    status: JobInstanceStatus | None = None


class ServiceClock:
    """What time it is for the service, as far as its responses say (the header Date)."""

    def __init__(self) -> None:
        self._latest: float | None = None
        self._least: float | None = None

    def observe(self, headers: Mapping[str, str]) -> None:
        """Take note of a response that has just been received."""
        try:
            date = parsedate_to_datetime(headers["date"]).timestamp()
        except (KeyError, ValueError, OverflowError):
            return
        self._latest = date - _clock.monotonic()
        self._least = self._latest if self._least is None else min(self._least, self._latest)

    def now(self) -> float:
        """Return the seconds since 1970; by this machine's clock if no response said."""
        return _clock.wall() if self._latest is None else _clock.monotonic() + self._latest

    def at(self, moment: float) -> float | None:
        """Return the seconds since 1970 of a moment of `_clock.monotonic`, none too many; None if no response said."""
        return None if self._least is None else moment + self._least


def between(query: Query, since: Any, until: Any) -> Generator[Step, Any, list[JobInstanceSummary]]:
    """Return the instances of a job that were planned from one datetime to another, the arguments checked."""
    check_job(query.project_id, query.job_name, query.workspace)
    begin = _seconds("since", since)
    end = None if until is None else _seconds("until", until)
    if end is not None and end < begin:
        raise ValueError(f"until: earlier than since ({until})")
    return (yield from find(query, begin, end, ServiceClock()))


def _seconds(name: str, value: Any) -> float:
    """Return the seconds since 1970 of a datetime."""
    if not isinstance(value, datetime):
        raise TypeError(f"{name}: must be a datetime, not {type(value).__name__}")
    if value.tzinfo is None:
        raise ValueError(f"{name}: must have a time zone, as datetime.now(UTC) has ({value.isoformat()})")
    return value.timestamp()


def find(
    query: Query, since: float, until: float | None, clock: ServiceClock
) -> Generator[Step, Any, list[JobInstanceSummary]]:
    """Return the instances planned from one time to another, both included, the oldest first.

    Without an end it is the present, by the service's clock as soon as a response says what time that is.
    """
    found: dict[int, JobInstanceSummary] = {}
    begin = max(int(since * _SECOND), 1)
    while True:
        end = clock.now() + CLOCK_MARGIN if until is None else until
        # The service's bounds are not included, and LONGEST_WINDOW is how far apart they may be.
        bounds = begin - 1, min(begin - 1 + LONGEST_WINDOW, max(begin, int(end * _SECOND)) + 1)
        yield from _pages(query, bounds, found, clock)
        begin = bounds[1]
        # By now the service may have said what time it is. The margin is left out here, so as not to run after it.
        if begin > int((clock.now() if until is None else until) * _SECOND):
            break
    return sorted(found.values(), key=lambda each: (given(each.plan_time) or 0, each.instance_id))


def _pages(
    query: Query, bounds: tuple[int, int], found: dict[int, JobInstanceSummary], clock: ServiceClock
) -> Generator[Step, Any, None]:
    """Add all instances of a window to those that were found.

    The offset counts instances, by the contract. The reference calls it a page; so where a page is missing, it is asked
    for as one.
    """
    seen: set[int] = set()
    offset, total = 0, 0
    by_page = False
    while True:
        page = yield from _page(query, bounds, offset, clock)
        new = {each.instance_id: each for each in page.instances if each.instance_id not in seen}
        seen.update(new)
        found.update({key: each for key, each in new.items() if query.job_name in (None, each.job_name)})
        total = max(total, page.total)
        if len(seen) >= total:
            return
        if new:
            offset += 1 if by_page else len(page.instances)
        elif not by_page and offset > 0:
            by_page, offset = True, 1
        else:
            break
    _logger.warning("of %d instances that the service has, it listed %d", total, len(seen))


def _page(
    query: Query, bounds: tuple[int, int], offset: int, clock: ServiceClock
) -> Generator[Step, Any, JobInstanceList]:
    operation = list_job_instances.OPERATION
    arguments = {
        "client": query.client,
        "project_id": query.project_id,
        "job_name": query.job_name,
        "min_plan_time": bounds[0],
        "max_plan_time": bounds[1],
        "limit": MOST_LISTED,
        "offset": offset,
        "status": query.status,
        "precise_query": None if query.job_name is None else True,
        "workspace": query.workspace,
    }
    response: Response[JobInstanceList] = yield Call(operation.sync_response, operation.asyncio_response, arguments)
    clock.observe(response.headers)
    page = response.parsed
    assert page is not None
    return page
