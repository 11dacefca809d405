"""Which of several faults in one request does the mock name? The order is DESIGN's; the document does not state it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import httpx
import pytest

from tests.contract.document import Document, Operation
from tests.contract.exchange import Caller, Request
from tests.contract.server.test_errors import assert_is

Change = Callable[[Request, Operation], Request]


def _with_header(name: str, value: str) -> Change:
    return lambda request, operation: request.having(headers={**request.headers, name: value})


def _with_parameter(name: str, value: str) -> Change:
    return lambda request, operation: request.having_parameter(name, value)


def _too_large(request: Request, operation: Operation) -> Request:
    return request.having(content=request.content.ljust((operation.max_body_bytes or 0) + 1))


def _same(request: Request, operation: Operation) -> Request:
    return request


# From the first that is looked for to the last: what is wrong, the error that names it, and how to make it so.
ORDER: dict[str, tuple[str, Change]] = {
    "path": ("ApiNotFound", lambda request, operation: request.having(target="/v2" + request.raw_target[3:])),
    "method": ("MethodNotAllowed", lambda request, operation: request.having(method="PATCH")),
    "credentials": ("TokenMissing", _same),
    "size": ("BodyTooLarge", _too_large),
    "media type": ("MediaTypeUnsupported", _with_header("Content-Type", "text/plain")),
    "project": ("ParameterInvalid", _with_parameter("project_id", "a b")),
    "workspace": ("ParameterInvalid", _with_parameter("workspace", "a b")),
    "job name": ("JobNameInvalid", _with_parameter("job_name", "a b")),
    "body": ("ParameterInvalid", lambda request, operation: request.having(content=request.content[1:] + b"!")),
    "unknown workspace": ("WorkspaceNotFound", _with_parameter("workspace", "no-such-workspace")),
    "unknown job": ("JobNotFound", _with_parameter("job_name", "no-such-job")),
}
# What cannot be wrong at once: the later change would undo the earlier one.
_EXCLUDE = {
    frozenset(("size", "body")),
    frozenset(("workspace", "unknown workspace")),
    frozenset(("job name", "unknown job")),
}
PAIRS = [
    pytest.param(first, second, id=f"{first} before {second}")
    for first, second in combinations(ORDER, 2)
    if frozenset((first, second)) not in _EXCLUDE
]


@pytest.fixture(scope="module")
def registry(target: object, document: Document) -> object:
    """Give what sends requests to a mock that has its registry of jobs."""
    from tests.contract import mock
    from tests.contract.target import own_target

    if not getattr(target, "own", False):
        pytest.skip("the document states no order")
    with mock.started() as base_url:
        caller = Caller(own_target(base_url, any_job=False), document)
        yield caller
        caller.close()


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_first_fault_is_named(first: str, second: str, registry: Caller, document: Document) -> None:
    """Of two faults in one request, the answer names the one that is looked for first."""
    operation = document.operations[0]
    request = registry.request(operation)
    # The path is changed last, since it holds the parameters.
    for fault in sorted((first, second), key=lambda name: (name == "path", name == "size")):
        request = ORDER[fault][1](request, operation)
    auth: httpx.Auth | None = None if "credentials" in (first, second) else registry.target.auth
    exchange = registry.send(request, starts=False, auth=auth)

    about = f"A request at fault in both {first} and {second}"
    assert_is(exchange, document.error(ORDER[first][0]), document, about)
    if ORDER[first][0] == ORDER[second][0]:
        named = {"project": "project_id", "workspace": "workspace", "body": "body"}[first]
        assert named in exchange.body["error_msg"], exchange.breaks(
            f"{about} should be answered with an error that names {named}; the answer was {exchange.said}"
        )
