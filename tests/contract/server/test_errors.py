"""Is each documented error to be had from a server, and is it as it is documented?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.conftest import DOCUMENT
from tests.contract.document import METHODS, Document, Example, Operation
from tests.contract.exchange import Caller, Exchange, Request, described

_NO_ROUTES = ("/", "/v1", "/no-such-path", "{path}/further")


def assert_is(exchange: Exchange, example: Example, document: Document, about: str, *, words: bool = True) -> None:
    """Hold an answer to an example: its status, its code, all that is described, and its words (which may go on).

    Args:
        exchange: The answer.
        example: What it should be.
        document: The contract.
        about: What is answered so, in words.
        words: Whether it is held to the example's words, too.
    """
    rule = f"{about} should be answered with {example.name}, {example.status}"
    answers = {**document.outside, **exchange.request.operation.answers}
    assert exchange.status == example.status, exchange.breaks(f"{rule}; the answer was {exchange.said}")
    fault = described(document, exchange, answers)
    assert fault is None, exchange.breaks(f"The answer is not as documented: {fault}")
    for name, value in example.value.items():
        if name == "error_code" or (words and name != "request_id"):
            begins = isinstance(value, str) and str(exchange.body.get(name)).startswith(value)
            assert begins, exchange.breaks(
                f"{rule}, whose {name} begins with {value!r}; the answer was {exchange.said}"
            )


_FAULTS = {
    "JobNameBlank": "A job name that is empty",
    "JobNameInvalid": "A job name with a space",
    "ParameterInvalid": "A body that is a number",
    "BodyTooLarge": "A body that is too large",
    "MediaTypeUnsupported": "A body of text/plain",
    "JobNotFound": "A job that is not there",
    "WorkspaceNotFound": "A workspace that is not there",
}


def _named(name: str, caller: Caller, operation: Operation) -> Request:
    """Return a request that is to be answered with the error of this name."""
    request = caller.request(operation, allowed=False)
    makers: dict[str, Callable[[], Request]] = {
        "JobNameBlank": lambda: request.having_parameter("job_name", ""),
        "JobNameInvalid": lambda: request.having_parameter("job_name", "a b"),
        "ParameterInvalid": lambda: request.having_body(0),
        "BodyTooLarge": lambda: request.having(content=b" " * ((operation.max_body_bytes or 0) + 1)),
        "MediaTypeUnsupported": lambda: request.having(headers={**request.headers, "Content-Type": "text/plain"}),
        "JobNotFound": lambda: request.having_parameter("job_name", "no-such-job").having_parameter("workspace", None),
        "WorkspaceNotFound": lambda: request.having_parameter("workspace", "no-such-workspace"),
    }
    return makers[name]()


@pytest.mark.parametrize(
    "name", ["JobNameBlank", "JobNameInvalid", "ParameterInvalid", "BodyTooLarge", "MediaTypeUnsupported"]
)
def test_what_is_forbidden_has_its_error(name: str, caller: Caller, document: Document) -> None:
    """What the document forbids is answered with the error that the document has for it."""
    operation = document.operations[0]
    exchange = caller.send(_named(name, caller, operation), starts=False)

    assert_is(exchange, document.error(name), document, _FAULTS[name])


@pytest.mark.parametrize("name", ["JobNotFound", "WorkspaceNotFound"])
def test_what_is_missing_has_its_error(name: str, fresh: Caller, document: Document) -> None:
    """A job or workspace that is not there is answered with the error that the document has for it."""
    operation = document.operations[0]
    exchange = fresh.send(_named(name, fresh, operation), starts=False)

    assert_is(exchange, document.error(name), document, _FAULTS[name])


def test_job_of_the_default_workspace_is_in_no_other(fresh: Caller, document: Document) -> None:
    """A workspace that is not there is refused also for a job that the default workspace has."""
    request = fresh.request(document.operations[0]).having_parameter("workspace", "no-such-workspace")
    exchange = fresh.send(request, starts=False)

    assert_is(exchange, document.error("WorkspaceNotFound"), document, _FAULTS["WorkspaceNotFound"])


@pytest.mark.parametrize("path", _NO_ROUTES)
def test_unknown_path(path: str, operation: Operation, caller: Caller, document: Document) -> None:
    """A path that the document does not have is answered with 404, credentials or not."""
    request = caller.request(operation, allowed=False)
    request = request.having(target=path.format(path=request.raw_target))

    for auth in (caller.target.auth, None):
        about = f"The path {path.format(path=operation.path)}, which the document does not have,"
        assert_is(caller.send(request, starts=False, auth=auth), document.error("ApiNotFound"), document, about)


@pytest.mark.parametrize("method", [method.upper() for method in METHODS if method != "head"])
def test_wrong_method(method: str, operation: Operation, caller: Caller, document: Document) -> None:
    """A method that a path does not have is answered with 405, and `Allow` names the methods that it has.

    A server that is not ours may answer with 404 as well, as the cloud's own gateway does.
    """
    allowed = document.methods(operation.path)
    if method in allowed:
        return
    exchange = caller.send(caller.request(operation, allowed=False).having(method=method, content=b""), starts=False)

    about = f"The method {method}, which the path does not have,"
    if exchange.status == 404 and not caller.target.own:
        assert_is(exchange, document.error("ApiNotFound"), document, about)
        return
    assert_is(exchange, document.error("MethodNotAllowed"), document, about)
    named = {each.strip() for each in exchange.response.headers["allow"].split(",")}
    assert named == allowed, exchange.breaks(
        f"Allow should name {', '.join(sorted(allowed))}, not {', '.join(sorted(named))}."
    )


_FORCED = [
    pytest.param(operation, example, id=f"{operation.id}-{example.status}-{example.name}")
    for operation in DOCUMENT.operations
    for answer in operation.answers.values()
    for example in answer.examples
]


@pytest.mark.parametrize(("operation", "example"), _FORCED)
def test_each_documented_answer_can_be_had(
    operation: Operation, example: Example, caller: Caller, document: Document
) -> None:
    """A server whose answers can be forced (`Prefer: code=…, example=…`) gives each one word for word."""
    if not caller.target.own:
        pytest.skip("it forces an answer, which only mocks do")
    request = caller.request(operation)
    preference = f"code={example.status}, example={example.name}"
    exchange = caller.send(request.having(headers={**request.headers, "Prefer": preference}), starts=True)

    rule = f"Prefer: {preference} should be answered with {example.name}, {example.status}, word for word"
    assert exchange.status == example.status, exchange.breaks(f"{rule}; the answer was {exchange.said}")
    fault = described(document, exchange, operation.answers)
    assert fault is None, exchange.breaks(f"The answer is not as documented: {fault}")
    given = {key: value for key, value in exchange.body.items() if key != "request_id"}
    wanted = {key: value for key, value in example.value.items() if key != "request_id"}
    assert given == wanted, exchange.breaks(f"{rule}; the answer was {exchange.said}")


def test_request_ids(operation: Operation, caller: Caller) -> None:
    """Each refusal has an ID of its own, the same in body and header."""
    request = caller.request(operation, allowed=False).having_body(0)
    exchanges = [caller.send(request, starts=False) for _ in range(3)]

    for exchange in exchanges:
        header = exchange.response.headers.get("x-request-id")
        assert header, exchange.breaks("X-Request-Id is missing.")
        assert exchange.body.get("request_id") == header, exchange.breaks("request_id is not X-Request-Id.")
    ids = [exchange.response.headers["x-request-id"] for exchange in exchanges]
    assert len(set(ids)) == len(ids), exchanges[-1].breaks("An X-Request-Id was given twice.")


def test_detail_of_a_refusal(operation: Operation, caller: Caller) -> None:
    """A refusal of a parameter names it."""
    for parameter in operation.parameters:
        request = caller.request(operation, allowed=False)
        if parameter.location == "path":
            exchange = caller.send(request.having_parameter(parameter.name, "a b"), starts=False)
            detail = str(exchange.body.get("error_msg"))
            assert not caller.target.own or parameter.name in detail, exchange.breaks(
                f"The refusal of {parameter.name} should name it; the answer was {exchange.said}"
            )
