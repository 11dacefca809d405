"""Does the mock give the documented responses, word for word, where it is asked to, and IDs that can be foreseen?"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.contract import mock
from tests.contract.caller import Caller
from tests.contract.cases import Case
from tests.contract.changes import nothing
from tests.contract.conftest import DOCUMENT
from tests.contract.document import Document, Example, Operation
from tests.contract.exchange import Exchange, Request, described
from tests.contract.records import Records
from tests.contract.server._tables import assert_fact
from tests.contract.target import own_target
from tests.contract.things import nowhere

# The example of both reference pages, word for word: the one thing here that does not come from the document.
SEED_TARGET = "/v1/b384b9e9ab9b4ee8994c8633aabc9505/jobs/myJob/run-immediate"
SEED_REQUEST = b"""\
{
    "jobParams":[
        {
            "name":"aaa",
            "value":"111"
        },
        {
            "name":"bbb",
            "value":"222"
        }
    ]
}
"""
SEED_RESPONSE = {"instanceId": 132343}
START = "runJobImmediately"


def _case(operation: Operation, place: str, rule: str, tried: str) -> Case:
    return Case(operation, place, rule, tried, nothing)


_WITH_OBJECTS = [each for each in DOCUMENT.operations if each.success.schema.get("type") == "object"]
starting = pytest.mark.parametrize("operation", [each for each in DOCUMENT.operations if each.id == START])
"""What marks tests of the operation that the reference has an example of."""


@starting
def test_example_of_the_reference(operation: Operation, fresh: Caller) -> None:
    """The reference's example request has the reference's example response."""
    exchange = fresh.raw(fresh.request(operation).having(target=SEED_TARGET, content=SEED_REQUEST))
    fault = described(DOCUMENT, exchange)
    if exchange.body != SEED_RESPONSE:
        fault = f"the response of the reference is {json.dumps(SEED_RESPONSE)}; this was {exchange.said}"

    assert_fact(fresh, _case(operation, "response 200", "example of the reference", "the reference's"), exchange, fault)


@pytest.mark.parametrize("operation", _WITH_OBJECTS, ids=lambda operation: operation.id)
def test_success_has_nothing_more(operation: Operation, caller: Caller) -> None:
    """A response has what is documented, and nothing else."""
    exchange = caller.carried_out(operation) if operation.is_safe else caller.raw(caller.request(operation))
    case = _case(operation, f"response {operation.success.key}", "properties", "a valid request")
    assert isinstance(exchange.body, dict), exchange.told(f"the response should be an object; it was {exchange.said}")
    documented = set(DOCUMENT.bundled(operation.success.schema).get("properties", {}))
    documented |= {name for example in operation.success.examples for name in example.value}
    extra = set(exchange.body) - documented
    fault = f"it has {', '.join(sorted(extra))} besides what is documented" if extra else None

    assert_fact(caller, case, exchange, fault)


def _instance_id(exchange: Exchange) -> Any:
    assert exchange.status < 300, exchange.told(f"a valid request was refused: {exchange.said}")
    return exchange.body.get("instanceId")


@starting
def test_refused_requests_take_no_id(operation: Operation, fresh: Caller) -> None:
    """A request that is refused starts no run, and so takes no instance ID: they count up one by one."""
    request = fresh.request(operation)
    named = next(each for each in operation.parameters if each.not_found and each.location == "path")
    first = _instance_id(fresh.raw(request))
    refused: dict[str, Callable[[], Exchange]] = {
        "a body that is a number": lambda: fresh.raw(request.having_body(0)),
        "a job that is not there": lambda: fresh.raw(request.having_parameter(named, nowhere(named))),
        "no credentials": lambda: fresh.raw(request, None),
    }
    for about, send in refused.items():
        assert send().status >= 400, f"{about} should be refused"
    second = fresh.raw(request)
    case = _case(operation, "response 200 instanceId", "counts up", f"a run after {', '.join(refused)}")
    fault = None if _instance_id(second) == first + 1 else f"after {first} it is {_instance_id(second)}"

    assert_fact(fresh, case, second, fault)


_FORCED = [
    pytest.param(operation, example, id=f"{operation.id}-{example.status}-{example.name}")
    for operation in DOCUMENT.operations
    for key, response in operation.responses.items()
    if key.isdecimal()
    for example in response.examples
]


@pytest.mark.parametrize(("operation", "example"), _FORCED)
def test_each_documented_response_can_be_had(operation: Operation, example: Example, caller: Caller) -> None:
    """`Prefer: code=…, example=…` is answered with the documented response, word for word."""
    preference = f"code={example.status}, example={example.name}"
    exchange = caller.once(caller.request(operation).having_header("Prefer", preference))
    fault = described(DOCUMENT, exchange)
    given, wanted = (
        {key: each for key, each in value.items() if key != "request_id"} if isinstance(value, dict) else value
        for value in (exchange.body, example.value)
    )
    if exchange.status != example.status or given != wanted:
        fault = f"should be answered with {example.name}, word for word; the response was {exchange.said}"

    case = _case(operation, f"response {example.status}", f"example {example.name}", f"Prefer: {preference}")
    assert_fact(caller, case, exchange, fault)


def test_throttling(operation: Operation, document: Document, records: Records, request: Any) -> None:
    """A request above the limit is answered with 429, and Retry-After is the second that is left."""
    with mock.started("--any-job", "--rate-limit", "1") as base_url:
        caller = Caller(own_target(base_url, any_job=True), document, records)
        caller.test, caller.suite = request.node.nodeid, "mock"
        sent = _at_nowhere(caller, operation)
        exchanges = [caller.once(sent) for _ in range(3)]
        project = next(each for each in operation.parameters if each.location == "path")
        elsewhere = caller.once(sent.having_parameter(project, "another"))
        caller.close()
    throttled = [exchange for exchange in exchanges if exchange.status == 429]
    fault = None
    if not throttled or len(throttled) == 3:
        fault = f"of three requests at once {len(throttled)} were throttled, where one is the limit"
    elif fault := described(document, throttled[-1]):
        pass
    elif throttled[-1].response.headers["retry-after"] != "1":
        fault = "Retry-After should be the second that is left"
    elif throttled[-1].code != document.error("Throttled").value["error_code"]:
        fault = f"the code of a throttled request is another; the response was {throttled[-1].said}"
    elif elsewhere.status == 429:
        fault = "one project's requests were counted for another"
    case = _case(operation, "response 429", "--rate-limit 1", "three requests at once")

    assert_fact(caller, case, (throttled or exchanges)[-1], fault)


def _at_nowhere(caller: Caller, operation: Operation) -> Request:
    request = caller.plain(operation)
    for parameter in operation.parameters:
        if parameter.name in caller.document.made(operation):
            request = request.having_parameter(parameter, nowhere(parameter))
    return request
