"""The list of job instances: its query, its filters and its pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tests.strangers import checks
from tests.strangers.messages import Doc, RefusalError, Request, Switches


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
    kind = _one_of(query, "instanceType", [str(value) for value in checks.TYPES], sw)
    booleans = ["true", "false"]
    if sw.on("list-boolean-numbers"):
        booleans += ["1", "0"]
    precise = _one_of(query, "preciseQuery", booleans, sw) in ("true", "1")
    job = query.get("jobName")
    if job is not None and not limits.filter_min <= checks.length(job, sw, "filter") <= limits.filter_max:
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
    if sw.on("list-backward-window-refused") and earliest is not None and earliest >= until:
        raise RefusalError("invalid")
    if not sw.on("list-long-window-in-full"):
        since = max(since, until - limits.window - 1)
    if sw.on("list-long-window-empty") and longer:
        since = until
    if seconds:
        since, until = since * 1000, until * 1000

    def matches(instance: Listed) -> bool:
        doc = instance.summary()
        name, planned = str(doc["jobName"]), instance.planned
        if job is not None and not ignored("jobName"):
            other = job.lower() if sw.on("list-jobName-any-case") else job
            name = name.lower() if sw.on("list-jobName-any-case") else name
            partly = name.startswith(other) if sw.on("list-jobName-prefix") else other in name
            if not (name == other if precise else partly):
                return False
        if status is not None and not ignored("status") and instance.status != status:
            return False
        if kind is not None and not ignored("instanceType") and doc["instanceType"] != int(kind):
            return False
        after = planned >= since if sw.on("list-minPlanTime-inclusive") else planned > since
        before = planned <= until if sw.on("list-maxPlanTime-inclusive") else planned < until
        return (after or ignored("minPlanTime")) and (before or ignored("maxPlanTime"))

    found = [instance for instance in instances if matches(instance)]
    found.sort(key=lambda instance: instance.identifier, reverse=not sw.on("list-oldest-first"))
    if sw.on("list-in-random-order"):
        found.sort(key=lambda instance: instance.identifier * 7919 % 1009)
    size = limit if limit is not None and not ignored("limit") else limits.limit_default
    if sw.on("list-limit-one-more"):
        size += 1
    start = offset if offset is not None else limits.offset_default
    if ignored("offset"):
        start = 0
    if sw.on("list-offset-is-page"):
        start *= size
    if sw.on("list-offset-from-one"):
        start = max(start - 1, 0)
    page = found[start : start + size]
    total = len(page) if sw.on("list-total-of-page") else len(found)
    if sw.on("list-total-unfiltered"):
        total = len(instances)
    if sw.on("list-total-after-offset"):
        total = max(len(found) - start, 0)
    if sw.on("list-pages-backwards"):
        page.reverse()
    return {"total": total, "instances": [instance.summary() for instance in page]}
