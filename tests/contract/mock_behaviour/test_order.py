"""Which of several mistakes in one request does the mock name? The document does not state it."""

from __future__ import annotations

from itertools import combinations

import httpx
import pytest

from tests.contract.caller import Caller
from tests.contract.changes import Change, header, method, nothing
from tests.contract.changes import parameter as change_parameter
from tests.contract.conftest import DOCUMENT
from tests.contract.document import Operation
from tests.contract.exchange import Request
from tests.contract.mock_behaviour.test_words import assert_is
from tests.contract.things import nowhere


def _too_large(request: Request) -> Request:
    return request.having(content=request.content.ljust((request.operation.max_body_bytes or 0) + 1))


def _no_such_path(request: Request) -> Request:
    return request.having(target=f"/v0{request.raw_target[3:]}")


def _mistakes(operation: Operation) -> dict[str, tuple[str, Change]]:
    """Return, from the first that is looked for to the last: the error that names it, and how to make it."""
    found: dict[str, tuple[str, Change]] = {
        "path": ("ApiNotFound", _no_such_path),
        "method": ("MethodNotAllowed", method("PATCH")),
        "credentials": ("TokenMissing", nothing),
        "size": ("BodyTooLarge", _too_large),
    }
    if operation.bodies:
        found["media type"] = (
            "MediaTypeUnsupported",
            header("Content-Type", "text/plain"),
        )
    own = [parameter for parameter in operation.parameters if parameter.errors]
    others = [parameter for parameter in operation.parameters if not parameter.errors]
    for parameter in (*others, *own):
        if parameter.location != "query" and DOCUMENT.violation(parameter.schema, "a b"):
            name = parameter.errors.get("invalid", "ParameterInvalid")
            found[parameter.name] = name, change_parameter(parameter, "a b")
    if operation.bodies:
        found["body"] = ("ParameterInvalid", lambda request: request.having(content=request.content[1:] + b"!"))
    named = [parameter for parameter in operation.parameters if parameter.not_found]
    for parameter in sorted(named, key=lambda each: (each.location == "path", each.name == "instance_id")):
        found[f"unknown {parameter.name}"] = parameter.not_found[0], change_parameter(parameter, nowhere(parameter))
    return found


def _excluded(first: str, second: str) -> bool:
    """Return whether two mistakes cannot be made at once, since the later change would undo the earlier one."""
    return {first, second} == {"size", "body"} or second == f"unknown {first}"


PAIRS = [
    pytest.param(operation, first, second, id=f"{operation.id}-{first} before {second}")
    for operation in DOCUMENT.operations
    for first, second in combinations(_mistakes(operation), 2)
    if not _excluded(first, second)
]


@pytest.mark.parametrize(("operation", "first", "second"), PAIRS)
def test_first_mistake_is_named(operation: Operation, first: str, second: str, registry: Caller) -> None:
    """Of two mistakes in one request, the response names the one that is looked for first."""
    request = registry.request(operation)
    mistakes = _mistakes(operation)
    # The path is changed last, since it holds the parameters.
    for mistake in sorted((first, second), key=lambda name: (name == "path", name == "size")):
        request = mistakes[mistake][1](request)
    auth: httpx.Auth | None = None if "credentials" in (first, second) else registry.target.auth
    exchange = registry.raw(request, auth)

    about = f"a request with mistakes in {first} and in {second}"
    assert_is(registry, exchange, mistakes[first][0], about)
    if mistakes[first][0] == mistakes[second][0]:
        assert first in exchange.body["error_msg"], exchange.told(
            f"{operation.id}: {about} should be answered with an error that names {first}; it was {exchange.said}"
        )
