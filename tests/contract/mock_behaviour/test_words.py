"""Does the mock answer each mistake with the error that it says, in the words of the example?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.caller import Caller
from tests.contract.cases import Case
from tests.contract.changes import Change, body, content, header, nothing
from tests.contract.conftest import DOCUMENT
from tests.contract.document import METHODS, Operation, Parameter
from tests.contract.exchange import Exchange, described
from tests.contract.server._tables import assert_fact
from tests.contract.server.test_credentials import TOKEN, needing_credentials
from tests.contract.things import nowhere


def assert_is(caller: Caller, exchange: Exchange, name: str, about: str, *, words: bool = True) -> None:
    """Hold a response to an example: its status, its code, all that is described, and its words, which may go on.

    Args:
        caller: Keeps what came of it.
        exchange: The response.
        name: The name of the example.
        about: What is answered so, in words.
        words: Whether it is held to the example's words, too.
    """
    operation = exchange.request.operation
    example = DOCUMENT.find_error(name, operation) or DOCUMENT.error(name)
    case = Case(operation, f"response {example.status}", f"example {name}", about, nothing)
    fault = described(DOCUMENT, exchange, DOCUMENT.outside)
    for key, value in example.value.items():
        if key == "error_code" or (words and key == "error_msg"):
            got = exchange.body.get(key) if isinstance(exchange.body, dict) else None
            if not (isinstance(got, str) and got.startswith(value)):
                fault = f"its {key} should begin with {value!r}; the response was {exchange.said}"
    if exchange.status != example.status:
        fault = f"should be answered with {example.status}; the response was {exchange.said}"
    assert_fact(caller, case, exchange, fault)


MISTAKES: dict[str, tuple[str, Change]] = {
    "a body that is a number": ("ParameterInvalid", body(0)),
    "a body that is no JSON": ("ParameterInvalid", content(b"!")),
    "a body that is too large": (
        "BodyTooLarge",
        lambda request: request.having(content=b" " * ((request.operation.max_body_bytes or 0) + 1)),
    ),
    "a body of text/plain": ("MediaTypeUnsupported", header("Content-Type", "text/plain")),
    "a body in another charset": (
        "MediaTypeUnsupported",
        lambda request: request.having_header("Content-Type", f"{request.operation.media_type}; charset=latin-1"),
    ),
    "a body without Content-Type": (
        "MediaTypeUnsupported",
        header("Content-Type", None),
    ),
}
WITH_BODY = [operation for operation in DOCUMENT.operations if operation.bodies]


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda operation: operation.id)
@pytest.mark.parametrize("about", MISTAKES)
def test_mistakes_in_bodies(about: str, operation: Operation, caller: Caller) -> None:
    """A mistake in the body is answered with the error that the mock has for it."""
    name, change = MISTAKES[about]
    assert_is(caller, caller.raw(change(caller.request(operation))), name, about)


def _parameters(chosen: Callable[[Parameter], object]) -> list[Any]:
    return [
        pytest.param(operation, parameter, id=f"{operation.id}-{parameter.place}")
        for operation in DOCUMENT.operations
        for parameter in operation.parameters
        if chosen(parameter)
    ]


def _has_rule(parameter: Parameter) -> bool:
    return parameter.location != "query" and bool(DOCUMENT.violation(parameter.schema, "a b"))


@pytest.mark.parametrize(("operation", "parameter"), _parameters(_has_rule))
def test_mistakes_in_parameters(operation: Operation, parameter: Parameter, caller: Caller) -> None:
    """A parameter that breaks its rule is answered with its own error, which names it."""
    exchange = caller.raw(caller.request(operation).having_parameter(parameter, "a b"))
    about = f"{parameter.name} = a b"

    assert_is(caller, exchange, parameter.errors.get("invalid", "ParameterInvalid"), about)
    detail = str(exchange.body.get("error_msg"))
    case = Case(operation, parameter.place, "error_msg", about, nothing)
    fault = None if parameter.name in detail else f"the refusal should name it; the response was {exchange.said}"
    assert_fact(caller, case, exchange, fault)


@pytest.mark.parametrize(("operation", "parameter"), _parameters(lambda each: "blank" in each.errors))
def test_blank_parameters(operation: Operation, parameter: Parameter, caller: Caller) -> None:
    """A parameter that is blank is answered with the error for that."""
    exchange = caller.raw(caller.request(operation).having_parameter(parameter, ""))

    assert_is(caller, exchange, parameter.errors["blank"], f"{parameter.name} = nothing")


@pytest.mark.parametrize(("operation", "parameter"), _parameters(lambda each: each.not_found))
def test_what_is_missing(operation: Operation, parameter: Parameter, registry: Caller) -> None:
    """What is not there is answered with the first error that the document has for it, the outer thing first."""
    exchange = registry.raw(registry.request(operation).having_parameter(parameter, nowhere(parameter)))

    assert_is(registry, exchange, parameter.not_found[0], f"{parameter.name} = {nowhere(parameter)}")


def _unknown(path: str, operation: Operation) -> bool:
    target = path.format(path=operation.path)
    return not any(each.matches(target) for each in DOCUMENT.operations)


@pytest.mark.parametrize(
    ("operation", "path"),
    [
        pytest.param(operation, path, id=f"{operation.id}-{path}")
        for operation in DOCUMENT.operations
        for path in ("/v1", "/no-such-path", "{path}/further")
        if _unknown(path, operation)
    ],
)
def test_unknown_path(path: str, operation: Operation, caller: Caller) -> None:
    """A path that the document does not have is answered with 404, credentials or not."""
    request = caller.request(operation)
    target = path.format(path=request.raw_target.partition("?")[0])
    for auth in (caller.target.auth, None):
        assert_is(caller, caller.raw(request.having(target=target), auth), "ApiNotFound", f"the path {target}")


@pytest.mark.parametrize(
    ("operation", "method"),
    [
        pytest.param(operation, method.upper(), id=f"{operation.id}-{method.upper()}")
        for operation in DOCUMENT.operations
        for method in METHODS
        if method != "head" and method.upper() not in DOCUMENT.methods(operation.path)
    ],
)
def test_wrong_method(method: str, operation: Operation, caller: Caller) -> None:
    """A method that a path does not have is answered with 405."""
    exchange = caller.raw(caller.request(operation).having(method=method, content=b""))

    assert_is(caller, exchange, "MethodNotAllowed", f"the method {method}")


_CREDENTIALS: dict[str, tuple[str, Change]] = {
    "no credentials": ("TokenMissing", nothing),
    "an empty token": ("TokenInvalid", header(TOKEN, "")),
    "another token": ("TokenInvalid", header(TOKEN, "another")),
    "another scheme": ("SignatureInvalid", header("Authorization", "Bearer mock-token")),
    "another access key": (
        "AccessKeyUnknown",
        header("Authorization", "SDK-HMAC-SHA256 Access=another, SignedHeaders=host, Signature=0"),
    ),
    "another signature": (
        "SignatureInvalid",
        header("Authorization", "SDK-HMAC-SHA256 Access=mock-ak, SignedHeaders=host, Signature=0"),
    ),
}


@needing_credentials
@pytest.mark.parametrize("about", _CREDENTIALS)
def test_wrong_credentials(about: str, operation: Operation, caller: Caller) -> None:
    """The refusal of credentials says what is wrong with them."""
    name, change = _CREDENTIALS[about]
    assert_is(caller, caller.raw(change(caller.request(operation)), None), name, about, words="Token" in name)


def test_request_ids(operation: Operation, caller: Caller) -> None:
    """A refusal has its ID in the body and in the header."""
    exchange = caller.raw(caller.request(operation), None)
    header = exchange.response.headers.get("x-request-id")
    body = exchange.body.get("request_id") if isinstance(exchange.body, dict) else None
    case = Case(operation, "header X-Request-Id", "the same in the body", "no credentials", nothing)
    fault = None if header and header == body else f"request_id is {body!r}, X-Request-Id {header!r}"

    assert_fact(caller, case, exchange, fault)
