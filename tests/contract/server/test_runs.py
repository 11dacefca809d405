"""Does what is started have an ID of its own, and can it be looked at, stopped and started again, as the links say?"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.contract import mock
from tests.contract.caller import Caller
from tests.contract.cases import Case
from tests.contract.changes import nothing
from tests.contract.conftest import DOCUMENT
from tests.contract.connection import NotToBeHadError, pointed_at
from tests.contract.document import Document, Link, Operation
from tests.contract.exchange import Exchange, Request, described
from tests.contract.records import Records
from tests.contract.server._tables import assert_fact, not_shown
from tests.contract.target import own_target
from tests.contract.things import PAUSES

_AT_ONCE = 8

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
        ids = [str(pointed_at(exchange.body, pointer)) for exchange in exchanges]
    except (NotToBeHadError, LookupError) as error:
        not_shown(caller, case, str(error))
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
    shown = caller.seen(request)
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
STATES = [
    pytest.param(operation, state, id=f"{operation.id} {state}")
    for operation in WITH_STATES
    for state in operation.node["x-allowed-states"]
]
RESULTING = {each.node["x-resulting-state"]: each for each in WITH_STATES if "x-resulting-state" in each.node}
"""The operations that lead to a state, by that state."""


@pytest.fixture
def coming_to(
    operation: Operation, state: str, registry: Caller, document: Document, records: Records
) -> Iterator[Caller]:
    """Give what sends requests to a server on which something comes to a state; a mock is told to let it."""
    job = next((each for each in operation.parameters if each.not_found and each.location == "path"), None)
    if not registry.target.own or job is None or state in RESULTING:
        yield registry
        return
    with mock.started("--job", f"{registry.plain(operation).path[job.name]}:{state}") as base_url:
        caller = Caller(own_target(base_url, any_job=False), document, records)
        caller.test, caller.suite = registry.test, registry.suite
        yield caller
        caller.close()


@pytest.mark.parametrize(("operation", "state"), STATES)
def test_states_that_allow_it(operation: Operation, state: str, coming_to: Caller) -> None:
    """An operation is carried out in each state that allows it, and leads to the state that is said."""
    case = Case(operation, "x-allowed-states", state, f"something in the state {state}", nothing)
    try:
        request = _in_state(coming_to, operation, state)
        if request is None:
            not_shown(coming_to, case, f"it does not come to the state {state}")
        exchange = coming_to.count_and_send(request, allowed=True)
        fault = described(DOCUMENT, exchange)
        if 400 <= exchange.status < 500:
            fault = f"refused: {exchange.said}"
            if not coming_to.was_carried_out(operation) or coming_to.state(request) != state:
                not_shown(coming_to, case, f"the server refuses {operation.id} in every state that was seen")
        elif exchange.status >= 500:
            fault = f"answered with {exchange.said}"
        if fault is None:
            fault = _moved_on(coming_to, request, state)
    except NotToBeHadError as error:
        not_shown(coming_to, case, str(error))
    assert_fact(coming_to, case, exchange, fault)


def _in_state(caller: Caller, operation: Operation, state: str) -> Request | None:
    """Return a request about something that is in a state, None if it does not come to that."""
    leading = RESULTING.get(state)
    if leading is not None and leading != operation:
        led = caller.in_allowed_state(leading)
        caller.count_and_send(led, allowed=True)
        request = caller.request(operation).having(path=led.path)
    else:
        request = caller.request(operation, fresh=True)
    return request if _until(caller, request, lambda seen: seen == state) == state else None


def _until(caller: Caller, request: Request, is_wanted: Callable[[str], bool]) -> str | None:
    """Look at what a request is about until it is in a state that is wanted, or in a final one; return the last."""
    state = None
    for pause in PAUSES:
        state = caller.state(request)
        if state is None or is_wanted(state) or state in caller.final_states(request.operation):
            break
        time.sleep(0 if caller.target.own else pause)
    return state


def _moved_on(caller: Caller, request: Request, state: str) -> str | None:
    """Return what is wrong with the state after an operation was carried out, None if nothing is."""
    operation = request.operation
    wanted = operation.node.get("x-resulting-state")
    if wanted is not None:
        seen = _until(caller, request, lambda seen: seen == wanted)
        return None if seen == wanted else f"carried out, it led to {seen}, not to {wanted}"
    if state not in RESULTING:
        return None  # Run again, it may be in the same state again.
    for pause in PAUSES:
        if caller.state(request) != state:
            return None
        time.sleep(0 if caller.target.own else pause)
    return f"carried out, it left the state at {state}"


@pytest.mark.parametrize(
    "operation", [*(each for each in DOCUMENT.operations if _pointer(each) and not each.is_safe), *RESULTING.values()]
)
def test_final_states(operation: Operation, registry: Caller) -> None:
    """In a final state nothing more happens by itself."""
    case = Case(operation, "x-final-states", "is final", "looks at what has come to its end", nothing)
    try:
        look = _look_at(registry, operation)
        states = [state for pause in PAUSES if (state := _state_after(registry, look, pause))]
    except NotToBeHadError as error:
        not_shown(registry, case, str(error))
    final = _final_of(look.operation)
    ends = [index for index, state in enumerate(states) if state in final]
    if not ends:
        not_shown(registry, case, f"it does not come to its end: {', '.join(dict.fromkeys(states))}")
    after = states[ends[0] :]
    fault = f"it went on from {after[0]}: {', '.join(after)}" if set(after) != {after[0]} else None
    assert_fact(registry, case, registry.raw(look), fault)


def _look_at(caller: Caller, operation: Operation) -> Request:
    """Have an operation carried out, and return the request that looks at what it was about.

    Raises:
        NotToBeHadError: It may not be, or the server refuses it.
    """
    exchange = _carried_out(caller, operation)
    for link in operation.success.links:
        look = DOCUMENT.operation(link.operation)
        if look is not None and look.is_safe and _final_of(look):
            return caller.following(link, look, exchange)
    raise NotToBeHadError("there is no way to look at it")


def _state_of(operation: Operation) -> tuple[str, dict[str, Any]] | None:
    """Return the property of a response that holds a state, and its schema."""
    properties = DOCUMENT.bundled(operation.success.schema).get("properties", {})
    return next((each for each in properties.items() if "x-final-states" in each[1]), None)


def _final_of(operation: Operation) -> set[str]:
    found = _state_of(operation)
    return {state for states in found[1]["x-final-states"].values() for state in states} if found else set()


def _state_after(caller: Caller, look: Request, pause: float) -> str:
    """Return the state that is seen after a pause, which is left out where none is needed."""
    time.sleep(0 if caller.target.own else min(pause, 0.2))
    found = _state_of(look.operation)
    return str(_value(caller.seen(look), found[0])) if found else ""


@pytest.mark.parametrize("operation", WITH_STATES, ids=lambda operation: operation.id)
def test_states_that_do_not(operation: Operation, registry: Caller) -> None:
    """In any other state an operation is refused, and the state stays as it is."""
    allowed = operation.node["x-allowed-states"]
    tried = "something in another state"
    case = Case(operation, "x-allowed-states", ", ".join(allowed), tried, nothing, "its state does not allow it")
    try:
        request = registry.request(operation, fresh=True)
        state = _until(registry, request, lambda seen: seen not in allowed)
        if state is None or state in allowed:
            not_shown(registry, case, "it does not come to a state that does not allow it")
        exchange = registry.count_and_send(request, allowed=False)
    except NotToBeHadError as error:
        not_shown(registry, case, str(error))
    fault = described(DOCUMENT, exchange)
    if exchange.status < 400:
        fault = f"accepted, though its state is {state}: {exchange.said}"
    elif exchange.status >= 500:
        fault = f"to be refused, its state being {state}, not answered with {exchange.said}"
    elif exchange.code in DOCUMENT.not_found(operation):
        fault = f"refused for another reason, its state being {state}: {exchange.said}"
    assert_fact(registry, case, exchange, fault)
