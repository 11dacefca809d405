"""Does a server say the same of an instance wherever it is asked?

The document says in words what the properties of instances are; so they are named here.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.contract.caller import Caller
from tests.contract.cases import Case
from tests.contract.changes import nothing
from tests.contract.conftest import DOCUMENT
from tests.contract.connection import NotToBeHadError
from tests.contract.document import Operation
from tests.contract.exchange import Exchange
from tests.contract.server._tables import assert_fact, not_shown
from tests.contract.things import PAUSES

SHOW = DOCUMENT.operation("showJobInstance")
LIST = DOCUMENT.operation("listJobInstances")
pytestmark = pytest.mark.skipif(SHOW is None or LIST is None, reason="the document has no job instances")


def _shown(caller: Caller, case: Case) -> tuple[Exchange, dict[str, Any]]:
    """Return an instance, at its end if it comes to that."""
    assert SHOW is not None
    final = _final_states(SHOW)
    try:
        for _ in PAUSES:
            exchange = caller.carried_out(SHOW)
            if not isinstance(exchange.body, dict):
                raise NotToBeHadError(f"it is not as documented: {exchange.said}")
            if exchange.body.get("status") in final:
                break
    except NotToBeHadError as error:
        not_shown(caller, case, str(error))
    return exchange, exchange.body


def _final_states(operation: Operation) -> set[str]:
    schema = DOCUMENT.bundled(operation.success.schema)["properties"]["status"]
    return {state for states in schema.get("x-final-states", {}).values() for state in states}


def test_number_of_nodes(registry: Caller) -> None:
    """There are as many nodes as `total` says."""
    assert SHOW is not None
    case = Case(SHOW, "response total", "how many nodes there are", "an instance", nothing)
    exchange, shown = _shown(registry, case)
    total, count = shown.get("total"), len(shown.get("nodes") or ())
    fault = None if total == count else f"total is {total}, and there are {count} nodes: {exchange.said}"

    assert_fact(registry, case, exchange, fault)


def test_shown_as_listed(registry: Caller) -> None:
    """An instance that has come to its end is listed as it is shown, in all that both say of it."""
    assert SHOW is not None
    assert LIST is not None
    case = Case(LIST, "response instances", "what is shown", "an instance that has come to its end", nothing)
    _, shown = _shown(registry, case)
    if shown.get("status") not in _final_states(SHOW):
        not_shown(registry, case, f"it does not come to its end: {shown.get('status')}")
    request = registry.plain(LIST)
    for name, value in {"jobName": shown.get("jobName"), "limit": LIST.parameter("limit").schema["maximum"]}.items():
        request = request.having_parameter(LIST.parameter(name), value)
    try:
        exchange = registry.raw(request)
    except NotToBeHadError as error:
        not_shown(registry, case, str(error))
    instances = exchange.body.get("instances") if isinstance(exchange.body, dict) else None
    listed = next((each for each in instances or () if each.get("instanceId") == shown.get("instanceId")), None)
    if listed is None:
        not_shown(registry, case, "it is not on the page")
    differing = [
        f"its {name} is {listed[name]!r} on the list, but {value!r} where it is shown"
        for name, value in shown.items()
        if name in DOCUMENT.bundled(SHOW.success.schema)["properties"]
        and None not in (value, listed.get(name))
        and listed[name] != value
    ]
    assert_fact(registry, case, exchange, differing[0] if differing else None)


_MILLISECONDS = 978_307_200_000
"""The beginning of 2001: the time of a run in seconds, taken for milliseconds, is before it by decades."""

_AHEAD = 15 * 60 * 1000
"""Milliseconds by which a time may be ahead, as a clock may be."""


def _now(caller: Caller) -> float:
    """Return the time by the server's clock or this machine's, whichever is later, in milliseconds since 1970."""
    return max(time.time(), caller.server_time()) * 1000


def _wrong_time(of: str, thing: dict[str, Any], now: float) -> str | None:
    """Return what is wrong with the times of what has been planned, submitted or ended by now, None if nothing is."""
    for name in ("planTime", "submitTime", "endTime"):
        value = thing.get(name)
        if not isinstance(value, int):
            continue
        # What an end is that has not come yet is stated nowhere.
        if name != "endTime" and value < _MILLISECONDS:
            return f"the {name} of {of} is {value}: in milliseconds since 1970, that is before 2001"
        if value > now + _AHEAD:
            return f"the {name} of {of} is {value}: that is to come, for now it is {int(now)}"
    return None


def _nodes(shown: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the nodes of an instance that are as documented at least in that they have properties."""
    nodes = shown.get("nodes")
    return [each for each in nodes if isinstance(each, dict)] if isinstance(nodes, list) else []


def test_times_of_nodes(registry: Caller) -> None:
    """The nodes of an instance that has ended were planned, and have ended, at times that have been."""
    assert SHOW is not None
    case = Case(SHOW, "response nodes", "times in milliseconds", "an instance that has come to its end", nothing)
    exchange, shown = _shown(registry, case)
    if not _nodes(shown):
        not_shown(registry, case, "it has no nodes")
    now = _now(registry)
    found = (_wrong_time(f"the node {node.get('nodeName')}", node, now) for node in _nodes(shown))

    assert_fact(registry, case, exchange, next(filter(None, found), None))


_EXACT = 2**53
"""Up to here floating point has every integer; beyond, it rounds each second one at least."""

_OF_LARGE_IDS = 3
"""How many instances are looked at if their IDs are beyond that."""


def test_instance_of_nodes(registry: Caller) -> None:
    """The instance ID of a node is that of the instance that it is shown with."""
    assert SHOW is not None
    case = Case(SHOW, "response nodes", "the ID of their instance", "an instance", nothing)
    fault: str | None = None
    exchange, shown = _shown(registry, case)
    if not _nodes(shown):
        not_shown(registry, case, "it has no nodes")
    try:
        for _ in range(_OF_LARGE_IDS):
            own = shown.get("instanceId")
            others = [each["instanceId"] for each in _nodes(shown) if each.get("instanceId") not in (None, own)]
            if others:
                fault = f"a node of the instance {own} has the instanceId {others[0]}"
            if fault or not isinstance(own, int) or abs(own) <= _EXACT:
                break
            exchange = registry.carried_out(SHOW, fresh=True)
            shown = exchange.body if isinstance(exchange.body, dict) else {}
    except NotToBeHadError as error:
        not_shown(registry, case, str(error))
    assert_fact(registry, case, exchange, fault)


def _page(caller: Caller, case: Case) -> tuple[Exchange, list[dict[str, Any]]]:
    """Return the largest page of the instances of the job."""
    assert LIST is not None
    request = caller.plain(LIST).having_parameter(LIST.parameter("limit"), LIST.parameter("limit").schema["maximum"])
    try:
        if SHOW is not None:
            job = caller.plain(SHOW).path["job_name"]
            request = request.having_parameter(LIST.parameter("jobName"), job)
        exchange = caller.raw(request)
    except NotToBeHadError as error:
        not_shown(caller, case, str(error))
    instances = exchange.body.get("instances") if isinstance(exchange.body, dict) else None
    if not isinstance(instances, list):
        not_shown(caller, case, f"the list is not as documented: {exchange.said}")
    return exchange, [each for each in instances if isinstance(each, dict)]


def test_times_on_the_list(registry: Caller) -> None:
    """The times on a list are in milliseconds, and have been."""
    assert LIST is not None
    case = Case(LIST, "response instances", "times in milliseconds", "the instances that are there", nothing)
    exchange, instances = _page(registry, case)
    if not instances:
        not_shown(registry, case, "there is no instance to look at")
    now = _now(registry)
    found = (_wrong_time(f"the instance {each.get('instanceId')}", each, now) for each in instances)

    assert_fact(registry, case, exchange, next(filter(None, found), None))
