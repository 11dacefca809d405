"""Does a server say the same of an instance wherever it is asked?

The document says in words what the properties of instances are; so they are named here.
"""

from __future__ import annotations

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
