"""What does a request change, and what does it leave as it is?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from tests.contract import changes
from tests.contract.caller import Caller
from tests.contract.cases import WITH_CREDENTIALS, Case
from tests.contract.changes import Change, nothing
from tests.contract.conftest import DOCUMENT
from tests.contract.connection import NotToBeHadError
from tests.contract.document import Operation, Parameter
from tests.contract.exchange import Exchange, Request
from tests.contract.server._tables import assert_fact, not_shown
from tests.contract.things import state_property

_TIMES = 3
_BITS = 2**32

WITH_STATES = [operation for operation in DOCUMENT.operations if "x-allowed-states" in operation.node]
LEADING = [operation for operation in WITH_STATES if "x-resulting-state" in operation.node]


def _forbidden(operation: Operation) -> tuple[str, Change] | None:
    """Return something that the document forbids in an operation's requests, in words, and how to send it."""
    if operation.bodies:
        return "a body that is no JSON", changes.content(b"{")
    for parameter in operation.parameters:
        if parameter.location != "path" and DOCUMENT.violation(parameter.schema, "a b"):
            return f"{parameter.name}: a b", changes.parameter(parameter, "a b")
    return None


def _refused() -> Iterator[tuple[Operation, str, Change, bool]]:
    for operation in DOCUMENT.operations:
        if not operation.is_safe:
            yield operation, "no credentials", nothing, False
            if found := _forbidden(operation):
                yield operation, *found, True


REFUSED = [pytest.param(*each, id=f"{each[0].id} {each[1]}") for each in _refused()]


@pytest.mark.parametrize(("operation", "tried", "change", "has_credentials"), REFUSED)
def test_what_is_refused_is_not_carried_out(
    operation: Operation, tried: str, change: Change, has_credentials: bool, registry: Caller
) -> None:
    """A request that is refused changes nothing."""
    case = Case(operation, "response 4XX", "changes nothing", tried, change, "it is to be refused")

    def refuse(request: Request) -> Exchange:
        auth = WITH_CREDENTIALS if has_credentials else None
        exchange = registry.count_and_send(change(request), allowed=False, auth=auth)
        if exchange.status < 400:
            raise NotToBeHadError(f"it was not refused: {exchange.said}")
        return exchange

    try:
        if operation in WITH_STATES:
            exchange, fault = _state_stays(registry, operation, refuse)
        else:
            exchange, fault = _number_stays(registry, operation, refuse)
    except NotToBeHadError as error:
        not_shown(registry, case, str(error))
    assert_fact(registry, case, exchange, fault)


def _ready(caller: Caller, operation: Operation) -> Request:
    """Return a request about something that was made for it, and is in a state that allows it.

    Raises:
        NotToBeHadError: There is no such thing, or it does not come to such a state.
    """
    request = caller.request(operation, fresh=True)
    caller.await_allowed_state(request)
    return request


def _state_stays(
    caller: Caller, operation: Operation, refuse: Callable[[Request], Exchange]
) -> tuple[Exchange, str | None]:
    """Return what is wrong with the state of something after a request about it was refused."""
    request = _ready(caller, operation)
    before = caller.state(request)
    exchange = refuse(request)
    after = [caller.state(request) for _ in range(2)][-1]
    final = caller.final_states(operation)
    has_moved = after == operation.node.get("x-resulting-state") if before not in final else True
    return exchange, f"it was refused, and led from {before} to {after}" if after != before and has_moved else None


def _number_stays(
    caller: Caller, operation: Operation, refuse: Callable[[Request], Exchange]
) -> tuple[Exchange, str | None]:
    """Return what is wrong with how many things there are after requests to make another one were refused."""
    request = caller.request(operation)
    caller.carried_out(operation)  # One at least, so that a list that shows nothing proves nothing.
    count = _counting(caller, operation)
    counts = [count()]
    for _ in range(_TIMES):
        exchange = refuse(request)
        counts.append(count())
    quiet = [count() for _ in range(_TIMES)]
    if not counts[0] or len(set(quiet)) > 1:
        raise NotToBeHadError("what is made meanwhile cannot be told apart")
    has_more = all(later > earlier for earlier, later in pairwise(counts))
    return exchange, f"it was refused, and one more was made each time: {counts}" if has_more else None


def _counting(caller: Caller, operation: Operation) -> Callable[[], int]:
    """Return what counts the things that an operation makes, by a list that says how many there are in all.

    Raises:
        NotToBeHadError: The document has no such list.
    """
    for listing in DOCUMENT.operations:
        properties = DOCUMENT.bundled(listing.success.schema).get("properties", {})
        lists = any(schema.get("type") == "array" for schema in properties.values())
        of_one = any(DOCUMENT.operation(link.operation) == listing for link in operation.success.links)
        if listing.is_safe and lists and "total" in properties and not of_one and not DOCUMENT.made(listing):
            request = caller.plain(listing)

            def count(request: Request = request) -> int:
                body = caller.raw(request).body
                total = body.get("total") if isinstance(body, dict) else None
                if not isinstance(total, int):
                    raise NotToBeHadError("the list does not say how many there are")
                return total

            return count
    raise NotToBeHadError("there is no list of it")


@pytest.mark.parametrize(
    ("leading", "operation"),
    [
        pytest.param(leading, operation, id=f"{leading.id} {operation.id}")
        for leading in LEADING
        for operation in WITH_STATES
        if leading.node["x-resulting-state"] not in operation.node["x-allowed-states"]
    ],
)
def test_state_that_was_led_to(leading: Operation, operation: Operation, registry: Caller) -> None:
    """In the state that an operation leads to, only what that state allows is carried out."""
    allowed = operation.node["x-allowed-states"]
    state = leading.node["x-resulting-state"]
    tried = f"something that {leading.id} led to the state {state}"
    case = Case(operation, "x-allowed-states", ", ".join(allowed), tried, nothing, "its state does not allow it")
    try:
        led = _ready(registry, leading)
        registry.count_and_send(led, allowed=True)
        if (seen := registry.state(led)) != state:
            not_shown(registry, case, f"it is in the state {seen}, not in {state}")
        exchange = registry.count_and_send(registry.plain(operation).having(path=led.path), allowed=False)
    except NotToBeHadError as error:
        not_shown(registry, case, str(error))
    fault = f"accepted, though its state is {state}: {exchange.said}" if exchange.status < 400 else None
    assert_fact(registry, case, exchange, fault)


@pytest.mark.parametrize("operation", WITH_STATES, ids=lambda operation: operation.id)
def test_first_state(operation: Operation, registry: Caller) -> None:
    """In the first state that is seen, an operation is carried out if that allows it, and refused otherwise."""
    allowed = operation.node["x-allowed-states"]
    case = Case(operation, "x-allowed-states", ", ".join(allowed), "something in its first state", nothing)
    for look in DOCUMENT.operations:
        link = next((each for each in look.success.links if each.operation == operation.id), None)
        name = state_property(registry, look)
        if not (look.is_safe and link and name):
            continue
        try:
            shown = registry.carried_out(look, fresh=True)
            state = shown.body.get(name) if isinstance(shown.body, dict) else None
            is_allowed = state in allowed
            exchange = registry.count_and_send(registry.following(link, operation, shown), allowed=is_allowed)
        except NotToBeHadError as error:
            not_shown(registry, case, str(error))
        is_refused = exchange.status >= 400
        if is_allowed and is_refused and not registry.target.own:
            not_shown(registry, case, f"its first state is {state}, and may have been another by then")
        fault = f"{'refused' if is_refused else 'accepted'}, though its state is {state}: {exchange.said}"
        assert_fact(registry, case, exchange, fault if is_allowed == is_refused else None)
        return
    not_shown(registry, case, "there is no way to look at it")


@pytest.mark.parametrize(
    ("leading", "operation"),
    [
        pytest.param(leading, operation, id=f"{leading.id} {operation.id}")
        for leading in WITH_STATES
        if leading not in LEADING
        for operation in LEADING
    ],
)
def test_after_it_went_on(leading: Operation, operation: Operation, registry: Caller) -> None:
    """What was made to go on can be led to its end again."""
    allowed = operation.node["x-allowed-states"]
    tried = f"something that {leading.id} made go on"
    case = Case(operation, "x-allowed-states", ", ".join(allowed), tried, nothing)
    try:
        led = _ready(registry, leading)
        exchange = registry.count_and_send(led, allowed=True)
        before = registry.state(led)
        if exchange.status >= 300 or before not in allowed:
            not_shown(registry, case, f"its state is {before}")
        exchange = registry.count_and_send(registry.plain(operation).having(path=led.path), allowed=True)
        after = registry.state(led)
    except NotToBeHadError as error:
        not_shown(registry, case, str(error))
    if exchange.status >= 400 and (after not in allowed or not registry.was_carried_out(operation)):
        not_shown(registry, case, f"the server refuses {operation.id} in every state that was seen")
    fault = f"refused, though its state is {after}: {exchange.said}" if exchange.status >= 400 else None
    assert_fact(registry, case, exchange, fault)


@pytest.mark.parametrize("operation", WITH_STATES, ids=lambda operation: operation.id)
def test_what_it_is_not_about(operation: Operation, registry: Caller) -> None:
    """What is carried out is carried out for what the request names, and for nothing else."""
    case = Case(operation, "path", "for what is named", "one of two", nothing)
    try:
        other = _ready(registry, operation)
        request = _ready(registry, operation)
        before = registry.state(other)
        exchange = registry.count_and_send(request, allowed=True)
        after = registry.state(other)
    except NotToBeHadError as error:
        not_shown(registry, case, str(error))
    if request.path == other.path:
        not_shown(registry, case, "there is only one")
    stays = before in registry.final_states(operation)
    has_moved = after != before if stays else after == operation.node.get("x-resulting-state")
    fault = f"another one went from {before} to {after}, too: {exchange.said}" if has_moved else None
    assert_fact(registry, case, exchange, fault)


NUMBERS = [
    pytest.param(operation, parameter, id=f"{operation.id} {parameter.name}")
    for operation in DOCUMENT.operations
    for parameter in operation.parameters
    if parameter.name in DOCUMENT.made(operation) and parameter.schema.get("type") == "integer"
]


@pytest.mark.parametrize(("operation", "parameter"), NUMBERS)
def test_numbers_of_more_than_32_bits(operation: Operation, parameter: Parameter, registry: Caller) -> None:
    """A number is taken as it is, and not cut to 32 bits."""
    case = Case(operation, parameter.place, "format int64", "2 to the 32 more than what is there", nothing, "no such")
    try:
        in_state = operation in WITH_STATES
        request = _ready(registry, operation) if in_state else registry.request(operation, fresh=True)
        there = int(request.path[parameter.name])
        value = there + _BITS if DOCUMENT.violation(parameter.schema, there + _BITS) is None else there - _BITS
        exchange = registry.count_and_send(request.having_parameter(parameter, value), allowed=False)
    except NotToBeHadError as error:
        not_shown(registry, case, str(error))
    fault = f"{value} is taken for {there}: {exchange.said}" if exchange.status < 400 else None
    assert_fact(registry, case, exchange, fault)
