"""Do links of responses lead to operations that can be carried out on what the response is about?"""

from __future__ import annotations

import pytest

from tests.contract.caller import Caller
from tests.contract.cases import Case
from tests.contract.changes import nothing
from tests.contract.conftest import DOCUMENT
from tests.contract.connection import NotToBeHadError
from tests.contract.document import Link, Operation
from tests.contract.exchange import Exchange, described
from tests.contract.server._tables import assert_fact, not_shown

# A link to an operation that changes nothing is followed in test_runs.
CHANGING = [
    pytest.param(operation, link, followed, id=f"{operation.id} {link.name}")
    for operation in DOCUMENT.operations
    for link in operation.success.links
    if (followed := DOCUMENT.operation(link.operation)) is not None and not followed.is_safe
]


@pytest.mark.further
@pytest.mark.parametrize(("operation", "link", "followed"), CHANGING)
def test_links_that_change_something(operation: Operation, link: Link, followed: Operation, registry: Caller) -> None:
    """What a response links to can be changed as the link says, once its state allows that."""
    case = Case(operation, f"link {link.name}", "leads to what can be changed", followed.id, nothing)
    try:
        request = registry.following(link, followed, _carried_out(registry, operation))
        if "x-allowed-states" in followed.node:
            registry.await_allowed_state(request)
        exchange = registry.count_and_send(request, allowed=True)
    except NotToBeHadError as error:
        not_shown(registry, case, str(error))
    fault = described(DOCUMENT, exchange)
    if missing := DOCUMENT.not_found(followed).get(exchange.code):
        fault = f"it leads to a {missing.name} that is not there: {exchange.said}"
    elif fault is None and exchange.status >= 300:
        if not registry.target.own:
            not_shown(registry, case, f"the server refuses {followed.id} in the state that was seen: {exchange.said}")
        fault = f"it is refused: {exchange.said}"
    assert_fact(registry, case, exchange, fault)


def _carried_out(caller: Caller, operation: Operation) -> Exchange:
    """Return the response to a request about something that was made just now, so that its state is the first one."""
    request = caller.request(operation, fresh=True)
    exchange = caller.seen(request) if operation.is_safe else caller.count_and_send(request, allowed=True)
    if exchange.status >= 300:
        raise NotToBeHadError(f"{operation.id} was refused: {exchange.said}")
    return exchange
