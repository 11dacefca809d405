"""Does what is started have an ID of its own, and can it be looked at, stopped and started again, as the links say?"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from tests.contract.caller import Caller
from tests.contract.cases import Case
from tests.contract.changes import nothing
from tests.contract.conftest import DOCUMENT
from tests.contract.connection import NotToBeHadError, pointed_at
from tests.contract.document import Link, Operation
from tests.contract.exchange import Exchange, Request, described
from tests.contract.server._tables import assert_fact, assert_kept, not_shown

_AT_ONCE = 8
_LOOKS = 8
_SECONDS = 60.0

# A link to an operation that changes something is followed in test_links.
LOOKING = [
    pytest.param(operation, link, followed, id=f"{operation.id} {link.name}")
    for operation in DOCUMENT.operations
    for link in operation.success.links
    if (followed := DOCUMENT.operation(link.operation)) is not None and followed.is_safe
]


def _pointer(operation: Operation) -> str | None:
    """Return where in a response the ID of what was made is."""
    expressions = (each for link in operation.success.links for each in link.parameters.values())
    found = (str(each) for each in expressions if str(each).startswith("$response.body#"))
    return next((each.partition("#")[2] for each in found), None)


@pytest.mark.parametrize("operation", [each for each in DOCUMENT.operations if not each.is_safe and _pointer(each)])
def test_ids_of_what_is_started_at_once(operation: Operation, caller: Caller) -> None:
    """What several requests start at the same time has IDs that differ."""
    pointer = str(_pointer(operation))
    case = Case(operation, f"link {pointer}", "unique", f"{_AT_ONCE} requests at once", nothing)
    try:
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            exchanges = list(pool.map(lambda _: caller.carried_out(operation), range(_AT_ONCE)))
    except NotToBeHadError as error:
        not_shown(caller, case, str(error))
    ids = [str(pointed_at(exchange.body, pointer)) for exchange in exchanges]
    fault = None if len(set(ids)) == len(ids) else f"two of them have the same {pointer[1:]}: {', '.join(ids)}"

    assert_fact(caller, case, exchanges[-1], fault)


@pytest.mark.parametrize(("operation", "link", "followed"), LOOKING)
def test_where_links_lead(operation: Operation, link: Link, followed: Operation, caller: Caller) -> None:
    """What a response links to is there, and is what it says."""
    case = Case(operation, f"link {link.name}", "leads to what is there", f"{followed.id} with what it says", nothing)
    try:
        exchange = _carried_out(caller, operation)
        request = caller.following(link, followed, exchange)
    except NotToBeHadError as error:
        not_shown(caller, case, str(error))
    shown = caller.raw(request)
    fault = None if shown.status < 300 else f"it is refused: {shown.said}"
    fault = fault or described(DOCUMENT, shown)
    properties = DOCUMENT.bundled(followed.success.schema).get("properties", {})
    for parameter in followed.parameters:
        name = _camel(parameter.name)
        if fault is None and parameter.location == "path" and name in properties:
            value = _value(shown, name)
            if str(value) != request.path[parameter.name]:
                fault = f"its {name} is {value!r}, not {request.path[parameter.name]}"
    assert_fact(caller, case, shown, fault)


def _carried_out(caller: Caller, operation: Operation) -> Exchange:
    """Return the response to a request that succeeded; an operation that changes something may need several tries."""
    if operation.is_safe or caller.source_of(operation) is None:
        return caller.carried_out(operation)
    request = caller.in_allowed_state(operation)
    exchange = caller.count_and_send(request, allowed=True)
    if exchange.status >= 300:
        raise NotToBeHadError(f"{operation.id} was refused: {exchange.said}")
    return exchange


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(each.title() for each in others)


def _value(exchange: Exchange, name: str) -> Any:
    return exchange.body.get(name) if isinstance(exchange.body, dict) else None


WITH_STATES = [operation for operation in DOCUMENT.operations if "x-allowed-states" in operation.node]


@pytest.mark.parametrize("operation", WITH_STATES, ids=lambda operation: operation.id)
def test_states_that_allow_it(operation: Operation, registry: Caller) -> None:
    """An operation is carried out in a state that allows it, and changes the state."""
    states = operation.node["x-allowed-states"]
    case = Case(operation, "x-allowed-states", ", ".join(states), "something in one of these states", nothing)
    assert_kept(registry, [case])


@pytest.mark.parametrize("operation", WITH_STATES, ids=lambda operation: operation.id)
def test_states_that_do_not(operation: Operation, registry: Caller) -> None:
    """In any other state an operation is refused, and the state stays as it is."""
    allowed = operation.node["x-allowed-states"]
    tried = "something in another state"
    case = Case(operation, "x-allowed-states", ", ".join(allowed), tried, nothing, "its state does not allow it")
    try:
        request = registry.request(operation, fresh=True)
        state = _until_other(registry, request)
        if state is None:
            not_shown(registry, case, "it does not come to a state that does not allow it")
        exchange = registry.count_and_send(request, allowed=False)
    except NotToBeHadError as error:
        not_shown(registry, case, str(error))
    fault = described(DOCUMENT, exchange)
    if exchange.status < 400:
        fault = f"accepted, though its state is {state}: {exchange.said}"
    missing = DOCUMENT.not_found(operation)
    if exchange.code in missing:
        fault = f"refused for another reason, its state being {state}: {exchange.said}"
    assert_fact(registry, case, exchange, fault)


def _until_other(caller: Caller, request: Request) -> str | None:
    """Look at what a request is about until its state is none that allows the operation, and return that."""
    end = time.monotonic() + _SECONDS
    for _ in range(_LOOKS) if caller.target.own else count():
        state = caller.state(request)
        if state is None or time.monotonic() > end:
            return None
        if state not in request.operation.node["x-allowed-states"]:
            return state
        if state in caller.final_states(request.operation):
            return None
        time.sleep(0 if caller.target.own else 0.5)
    return None
