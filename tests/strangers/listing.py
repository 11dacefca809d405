"""The list of job instances: its query, its filters and its pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from tests.strangers import checks
from tests.strangers.messages import Doc, RefusalError, Request, Switches

_PATTERNS = {
    "list-jobName-underscore": ("_", "."),
    "list-jobName-percent": ("%", ".*"),
    "list-jobName-star": ("*", ".*"),
    "list-jobName-period": (".", "."),
}


class Listed(Protocol):
    """What an instance must have to be listed."""

    identifier: int
    planned: int
    status: str

    def summary(self) -> Doc:
        """Returns the instance as it is listed."""


_PARAMETERS = {
    "jobName",
    "minPlanTime",
    "maxPlanTime",
    "limit",
    "offset",
    "status",
    "instanceType",
    "preciseQuery",
}


def _one_of(query: dict[str, str], name: str, allowed: Sequence[str], sw: Switches) -> str | None:
    value = query.get(name)
    if value is not None and sw.on(f"list-{name}-any-case"):
        value = value.lower()
    if value == "" and sw.on(f"list-{name}-empty-ignored"):
        return None
    if value is not None and value not in allowed:
        if sw.on(f"list-{name}-unknown-ignored"):
            return None
        raise RefusalError("invalid")
    return value


def list_instances(instances: Sequence[Listed], request: Request, now: float, sw: Switches) -> Doc:
    """Returns the page of instances that a request asks for, the newest first.

    Args:
        instances: The instances of the project and the workspace.
        request: The request; its query holds the filters.
        now: The current time, in seconds since 1970.
        sw: The faults and variants.

    Raises:
        RefusalError: A parameter breaks its rule.
    """
    query = checks.parse_query(request, sw)
    if sw.on("list-unknown-query-refused") and "unknown" in query:
        raise RefusalError("invalid")
    if sw.on("unknown-query-refused-everywhere") and set(query) - _PARAMETERS:
        raise RefusalError("invalid")
    limits = sw.limits
    if sw.on("list-jobName-nul-500") and "\0" in query.get("jobName", ""):
        raise RefusalError("internal")
    if sw.on("list-precise-alone-refused") and "preciseQuery" in query and "jobName" not in query:
        raise RefusalError("invalid")
    if sw.on("list-one-time-refused") and ("minPlanTime" in query) != ("maxPlanTime" in query):
        raise RefusalError("invalid")

    def number(name: str, low: int, high: int) -> int | None:
        if sw.on(f"list-{name}-unchecked") and not query.get(name, "0").isdecimal():
            return None
        if sw.on("list-empty-numbers-ignored") and query.get(name) == "":
            return None
        return checks.integer(query[name], low, high, sw, "query") if name in query else None

    limit = number("limit", limits.limit_min, limits.limit_max)
    offset = number("offset", limits.offset_min, limits.offset_max)
    earliest = number("minPlanTime", limits.time_min, limits.time_max)
    latest = number("maxPlanTime", limits.time_min, limits.time_max)
    status = _one_of(query, "status", checks.STATES, sw)
    types = range(8) if sw.on("list-types-to-7") else checks.TYPES
    kind = _one_of(query, "instanceType", [str(value) for value in types], sw)
    if sw.on("list-type-0-ignored") and kind == "0":
        kind = None
    if sw.on("list-type-ignored-with-status") and status is not None:
        kind = None
    if sw.on("list-status-ignored-with-jobName") and "jobName" in query:
        status = None
    booleans = ["true", "false"]
    if sw.on("list-boolean-numbers"):
        booleans += ["1", "0"]
    precise = _one_of(query, "preciseQuery", booleans, sw) in ("true", "1")
    job = query.get("jobName")
    if job is not None and not limits.filter_min <= checks.length(job, sw, "filter") <= limits.filter_max:
        raise RefusalError("invalid")

    if job is not None and sw.on("list-jobName-as-a-name"):
        checks.check_job(job, sw)
    if job is not None and sw.on("list-jobName-trimmed"):
        job = job.strip()
    if sw.on("list-max-0-ignored") and latest == 0:
        latest = None
    if sw.on("list-future-refused") and latest is not None and latest > now * 1000:
        raise RefusalError("invalid")

    def ignored(name: str) -> bool:
        return sw.on(f"list-{name}-ignored")

    if ignored("preciseQuery"):
        precise = False
    if sw.on("list-always-precise"):
        precise = True
    seconds = sw.on("list-times-in-seconds")
    day = int(now // 86400) * 86400000
    until = latest if latest is not None else int(now * 1000) + 1
    since = earliest if earliest is not None else day - 1
    longer = until - since - 1 > limits.window
    if sw.on("list-long-window-refused") and longer:
        raise RefusalError("invalid")
    if not sw.on("list-long-window-in-full"):
        since = max(since, until - limits.window - 1)
    if sw.on("list-long-window-empty") and longer:
        since = until
    if sw.on("list-three-days-refused") and earliest is not None and until - since >= limits.window:
        raise RefusalError("invalid")
    if sw.on("list-one-day"):
        since = max(since, until - 86400000)
    if seconds:
        since, until = since * 1000, until * 1000

    def matches(instance: Listed) -> bool:
        doc = instance.summary()
        name, planned = str(doc["jobName"]), instance.planned
        if job is not None and not ignored("jobName"):
            other = job.lower() if sw.on("list-jobName-any-case") else job
            name = name.lower() if sw.on("list-jobName-any-case") else name
            partly = name.startswith(other) if sw.on("list-jobName-prefix") else other in name
            if sw.on("list-jobName-end"):
                partly = name.endswith(other)
            for fault, (sign, pattern) in _PATTERNS.items():
                if sw.on(fault):
                    partly = bool(re.search(re.escape(other).replace(re.escape(sign), pattern), name))
            same = name == other
            if sw.on("list-precise-any-case"):
                same = name.lower() == other.lower()
            if sw.on("list-precise-beginning"):
                same = name.startswith(other)
            if sw.on("list-precise-trimmed"):
                same = name == other.rstrip()
            if not (same if precise else partly) and not (sw.on("list-any-filter") and status == instance.status):
                return False
            if sw.on("list-any-filter"):
                return True
        if status is not None and not ignored("status") and instance.status != status:
            return False
        if kind is not None and not ignored("instanceType") and doc["instanceType"] != int(kind):
            return False
        if sw.on("list-times-cut"):
            return since // 1000 < planned // 1000 and planned < until
        if sw.on("list-stopped-missing") and instance.status == "manual-stop":
            return False
        if sw.on("list-ended-only") and instance.status in ("waiting", "running"):
            return False
        after = planned >= since if sw.on("list-minPlanTime-inclusive") else planned > since
        before = planned <= until if sw.on("list-maxPlanTime-inclusive") else planned < until
        return (after or ignored("minPlanTime")) and (before or ignored("maxPlanTime"))

    found = [instance for instance in instances if matches(instance)]
    found.sort(key=lambda instance: instance.identifier, reverse=not sw.on("list-oldest-first"))
    if sw.on("list-in-random-order"):
        found.sort(key=lambda instance: instance.identifier * 7919 % 1009)
    size = limit if limit is not None and not ignored("limit") else limits.limit_default
    if sw.on("list-all-with-jobName") and job is not None and limit is None:
        size = len(found)
    if sw.on("list-at-most-20"):
        size = min(size, 20)
    if sw.on("list-at-most-100"):
        size = min(size, 100)
    if sw.on("list-limit-one-more"):
        size += 1
    start = offset if offset is not None else limits.offset_default
    if ignored("offset"):
        start = 0
    if sw.on("list-offset-is-page"):
        start *= size
    if sw.on("list-offset-from-one"):
        start = max(start - 1, 0)
    if sw.on("list-beyond-refused") and start and start >= len(found):
        raise RefusalError("invalid")
    if sw.on("list-overflow-500") and start + size > 2**31 - 1:
        raise RefusalError("internal")
    if sw.on("list-beyond-is-last-page") and start >= len(found):
        start = max(len(found) - size, 0)
    if sw.on("list-pages-overlap") and start >= size:
        start -= 1
    page = found[start : start + size]
    if sw.on("list-last-page-short") and start and start + size >= len(found):
        page = page[:-1]
    if sw.on("list-partial-page-empty") and len(page) < size and start:
        page = []
    if sw.on("list-filter-after-page") and status is not None:
        of_all = sorted(instances, key=lambda each: each.identifier, reverse=True)[start : start + size]
        page = [each for each in of_all if each in found]
    total = len(page) if sw.on("list-total-of-page") else len(found)
    if sw.on("list-total-0-beyond") and not page:
        total = 0
    if sw.on("list-total-at-most-10"):
        total = min(total, 10)
    if sw.on("list-total-at-most-100"):
        total = min(total, 100)
    if sw.on("list-total-pages"):
        total = -(-len(found) // size)
    if sw.on("list-total-without-status"):
        status = None
        total = sum(matches(instance) for instance in instances)
    if sw.on("list-total-unfiltered"):
        total = len(instances)
    if sw.on("list-total-after-offset"):
        total = max(len(found) - start, 0)
    if sw.on("list-pages-backwards"):
        page.reverse()
    return {"total": total, "instances": [instance.summary() for instance in page]}
