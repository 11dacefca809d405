"""Does the client send what the document says, and nothing that the document forbids?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

import httpx
import pytest
import requests
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema

from dataarts_client.errors import ClientError
from tests.contract.client.calls import (
    BASE_URL,
    Caller,
    arguments,
    as_time,
    has_times,
    is_time,
    required,
    required_body,
    with_instants,
)
from tests.contract.conftest import DOCUMENT
from tests.contract.document import CASES, Document, Operation
from tests.contract.parameters import from_texts, to_texts
from tests.contract.samples import sample
from tests.contract.values import Variant, variants
from tests.contract.words import instead, short

REFUSED = (ValueError, TypeError)
_BODIES_HAVE_TIMES = any(has_times(schema) for each in DOCUMENT.operations for schema in each.bodies.values())

steady = settings(
    max_examples=CASES,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],  # What fails is small already in test_edges; to make it smaller takes its time.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


def _succeeding(operation: Operation) -> Callable[[httpx.Request], httpx.Response]:
    """Return what answers the requests of an operation as if all were well."""
    response = operation.success
    body = json.dumps(sample(DOCUMENT.bundled(response.schema))).encode()

    def respond(request: httpx.Request) -> httpx.Response:
        if response.media_type is None:
            return httpx.Response(response.status)
        return httpx.Response(response.status, headers={"Content-Type": response.media_type}, content=body)

    return respond


def _values(operation: Operation, case: Case[Any]) -> dict[str, Any]:
    """Return the case's parameters by name; those in the path as they were before they were encoded."""
    places = {"path": case.path_parameters, "query": case.query, "header": case.headers}
    found: dict[str, Any] = {}
    for parameter in operation.parameters:
        values = places[parameter.location] or {}
        if parameter.name in values:
            value = values[parameter.name]
            if isinstance(value, str):  # Schemathesis has some of them as they go over the wire.
                text = unquote(value) if parameter.location == "path" else value
                value = from_texts(DOCUMENT, parameter, [text])
            found[parameter.name] = value
    return found


def _body(case: Case[Any]) -> Any:
    return ... if type(case.body).__name__ == "NotSet" else case.body


def _call(values: dict[str, Any], body: Any) -> str:
    """Return the arguments of a call in few words."""
    return short(str(values if body is ... else {**values, "body": body}))


def _violation(document: Document, operation: Operation, values: dict[str, Any], body: Any) -> str | None:
    """Return what the document forbids about the arguments of a call, or None."""
    for parameter in operation.parameters:
        if parameter.name not in values:
            if parameter.required:
                return f"{parameter.name}: missing"
        elif violation := document.violation(parameter.schema, values[parameter.name]):
            return f"{parameter.name}: {violation}"
        elif parameter.location == "path" and not _is_segment(str(values[parameter.name])):
            return f"{parameter.name}: no segment of a path"
        elif is_time(parameter) and as_time(values[parameter.name]) is values[parameter.name]:
            return f"{parameter.name}: no date and time with an offset"
    if body is ...:
        return "body: missing" if operation.body_required else None
    schema = next(iter(operation.bodies.values()), {})
    return document.violation(schema, body)


def _is_segment(text: str) -> bool:
    """Return whether a text can stand in a path as one segment of it, for those too who decode it before they look."""
    return text not in ("", ".", "..") and "/" not in text


def _assert_same(arrived: httpx.Request, expected: requests.PreparedRequest, operation: Operation) -> None:
    url = urlsplit(str(expected.url))
    path, _, query = arrived.url.raw_path.decode().partition("?")
    assert arrived.method == expected.method, f"the method is {arrived.method}, should be {expected.method}"
    assert path == url.path, f"the path is {instead(path, url.path)}"
    # In what order parameters stand, and which of their characters are encoded, makes no difference.
    got_query, wanted_query = (
        sorted((name, str(as_time(value))) for name, value in parse_qsl(each, keep_blank_values=True))
        for each in (query, url.query)
    )
    assert got_query == wanted_query, f"the query is {instead(str(got_query), str(wanted_query))}"
    for name in (*(each.name for each in operation.parameters if each.location == "header"), "Content-Type"):
        wanted = expected.headers.get(name)
        if name == "Content-Type" and wanted is None:
            wanted = operation.media_type  # Official clients send it without a body as well.
        got = arrived.headers.get(name)
        text = wanted.decode() if isinstance(wanted, bytes) else wanted
        assert got == text, f"the header {name} is {_header(got)}, should be {_header(text)}"
    sent, wanted_body = _body_of(arrived), json.loads(cast("bytes", expected.body)) if expected.body else ...
    assert sent == _exactly(wanted_body), f"the body is {instead(sent, _exactly(wanted_body))}"


def _header(value: str | None) -> str:
    return "left out" if value is None else short(repr(value))


def _body_of(request: httpx.Request) -> str:
    """Return the body of a request as `_exactly` does; what is not JSON in UTF-8 is like no JSON at all."""
    try:
        return _exactly(json.loads(request.content.decode()) if request.content else ...)
    except UnicodeDecodeError:
        return f"not UTF-8 ({short(repr(request.content))})"
    except ValueError:
        return f"not JSON ({short(repr(request.content))})"


@contextmanager
def _allowed(what: str) -> Iterator[None]:
    """Name the rule that is broken where the client raises something for a call that the document allows."""
    try:
        yield
    except REFUSED as error:
        raise AssertionError(f"{what} is allowed, but was refused: {error}") from error
    except ClientError as error:
        raise AssertionError(f"the answer to {what} is allowed, but was not understood: {error}") from error


def _exactly(value: Any) -> str:
    """Return a JSON value as text in which true is not 1, and 1.0 not 1; where bodies have times, as instants."""
    return "" if value is ... else json.dumps(with_instants(value) if _BODIES_HAVE_TIMES else value, sort_keys=True)


def test_arrives_as_schemathesis_would_send_it(operation: Operation, schema: BaseSchema, body_model: Any) -> None:
    """What the client sends, blocking and asynchronous, is what schemathesis sends for the same case."""
    sent = 0
    with Caller(_succeeding(operation)) as caller:

        @steady
        @given(case=schema[operation.path][operation.method].as_strategy(generation_mode=GenerationMode.POSITIVE))
        def hold(case: Case[Any]) -> None:
            nonlocal sent
            values, body = _values(operation, case), _body(case)
            with _allowed(_call(values, body)):
                named = arguments(operation, values, body, body_model)
            expected = requests.Request(**case.as_transport_kwargs(BASE_URL)).prepare()
            with _allowed(_call(values, body)):
                arrived = caller.both(operation, named)

            assert len(arrived) == 2, f"a call should send one request; two calls sent {len(arrived)}"
            for request in arrived:
                _assert_same(request, expected, operation)
            sent += 1

        hold()
    assert sent >= CASES


def test_refuses_what_is_forbidden(
    operation: Operation, schema: BaseSchema, body_model: Any, document: Document
) -> None:
    """Whatever schemathesis makes that the document forbids, the client refuses before it sends anything."""
    refused = 0
    with Caller(_succeeding(operation)) as caller:

        @steady
        @given(case=schema[operation.path][operation.method].as_strategy(generation_mode=GenerationMode.NEGATIVE))
        def hold(case: Case[Any]) -> None:
            nonlocal refused
            values, body = _values(operation, case), _body(case)
            if body is None or not all(each.name in values for each in operation.parameters if each.required):
                return  # None and a missing argument do not say that to Python.
            violation = _violation(document, operation, values, body)
            if violation is None:
                return  # The fault is in something that a call has no argument for.
            caller.recorder.arrived.clear()
            for call in (caller.blocking, caller.asynchronous):
                about = f"{_call(values, body)} is forbidden ({violation})"
                try:
                    call(operation, arguments(operation, values, body, body_model))
                except REFUSED:
                    assert not caller.recorder.arrived, f"{about}, but was sent"
                except ClientError as error:
                    raise AssertionError(f"{about}, but led to {error!r}") from error
                else:
                    raise AssertionError(f"{about}, but was not refused")
            refused += 1

        hold()
    assert refused >= CASES // 10


def _by_rule(place: str, found: list[Variant]) -> dict[str, list[Variant]]:
    rules: dict[str, list[Variant]] = {}
    for variant in found:
        rules.setdefault(f"{place} {variant.rule}".strip(), []).append(variant)
    return rules


_EDGES = [
    pytest.param(operation, None if name == "body" else name, kept, id=f"{operation.id}-{rule}")
    for operation in DOCUMENT.operations
    for name, schema in (
        *((parameter.name, parameter.schema) for parameter in operation.parameters),
        *(("body", schema) for schema in operation.bodies.values()),
    )
    for rule, kept in _by_rule(name, variants(DOCUMENT, schema)).items()
]


@pytest.mark.parametrize(("operation", "name", "kept"), _EDGES)
def test_edges(
    operation: Operation, name: str | None, kept: list[Variant], body_model: Any, document: Document
) -> None:
    """An argument at the edge of a rule is sent as it is if the document allows it, and refused if not."""
    needed = required(operation)
    wrong: list[str] = []
    with Caller(_succeeding(operation)) as caller:
        for variant in kept:
            if variant.value is None:
                continue  # It says "not given" to Python.
            values = needed if name is None else {**needed, name: variant.value}
            body = variant.value if name is None else required_body(operation)
            violation = _violation(document, operation, values, body)
            caller.recorder.arrived.clear()
            refusal = misunderstood = None
            try:
                caller.blocking(operation, arguments(operation, values, body, body_model))
            except REFUSED as error:
                refusal = str(error)
            except ClientError as error:
                misunderstood = str(error)
            shown = short(repr(variant.value))
            if violation is None and refusal is not None:
                wrong.append(f"{shown} is allowed, but was refused: {refusal}")
            elif violation is not None and caller.recorder.arrived:
                wrong.append(f"{shown} is forbidden ({violation}), but was sent")
            elif violation is not None and refusal is None:
                wrong.append(f"{shown} is forbidden ({violation}), but nothing was raised")
            elif misunderstood is not None:
                wrong.append(f"the answer to {shown} is allowed, but was not understood: {misunderstood}")
            elif violation is None and not _carries(caller.recorder.arrived[-1], operation, values, body):
                wrong.append(f"{shown} is allowed, but did not arrive as it is: {_shown(caller.recorder.arrived[-1])}")

    assert not wrong, "\n".join(wrong[:5])


def _shown(request: httpx.Request) -> str:
    """Return a request in a few words."""
    return short(f"{request.method} {request.url.raw_path.decode()} {_body_of(request)}")


def _carries(request: httpx.Request, operation: Operation, values: dict[str, Any], body: Any) -> bool:
    """Return whether a request carries these values."""
    segments, templates = request.url.raw_path.decode().partition("?")[0].split("/"), operation.path.split("/")
    if len(segments) != len(templates):
        return False
    for segment, template in zip(segments, templates, strict=True):
        wanted = str(values[template[1:-1]]) if template.startswith("{") else template
        if unquote(segment) != wanted:
            return False
    query = parse_qsl(request.url.query.decode(), keep_blank_values=True)
    for parameter in operation.parameters:
        texts = to_texts(parameter, values[parameter.name]) if parameter.name in values else []
        header = request.headers.get(parameter.name)
        got = {
            "query": [value for name, value in query if name == parameter.name],
            "header": [header] * (header is not None),
        }
        if list(map(as_time, got.get(parameter.location, texts))) != list(map(as_time, texts)):
            return False
    return _body_of(request) == _exactly(body)


def _with_filler(operation: Operation, length: int) -> Any:
    """Return a body with a further property of a length, in it or in its first item; None if none can have it."""
    body = sample(DOCUMENT.bundled(next(iter(operation.bodies.values()))))
    holder = body[0] if isinstance(body, list) and body else body
    if not isinstance(holder, dict):
        return None
    holder["further"] = "a" * length
    return None if _violation(DOCUMENT, operation, required(operation), body) else body


@pytest.mark.parametrize(
    "operation",
    [each for each in DOCUMENT.operations if each.max_body_bytes and each.bodies and _with_filler(each, 0)],
    ids=lambda each: each.id,
)
def test_edge_of_the_largest_body(operation: Operation, body_model: Any) -> None:
    """A body of just the size that the document allows is sent, one byte more is refused."""
    limit = operation.max_body_bytes
    assert limit is not None
    needed = required(operation)
    with Caller(_succeeding(operation)) as caller:

        def call(length: int) -> None:
            caller.blocking(operation, arguments(operation, needed, _with_filler(operation, length), body_model))

        with _allowed("a body with a further property"):
            call(0)
        room = limit - len(caller.recorder.arrived[-1].content)
        with _allowed(f"a body of {limit} bytes"):
            call(room)

        size = len(caller.recorder.arrived[-1].content)
        assert size == limit, f"a body of {limit} bytes arrived as one of {size}"
        with suppress(*REFUSED):
            call(room + 1)
        assert len(caller.recorder.arrived) == 2, f"a body of {limit + 1} bytes is forbidden, but was sent"


def test_nothing_but_what_is_required(operation: Operation) -> None:
    """A call with the required arguments alone sends no optional part, and no body."""
    needed, body = required(operation), required_body(operation)
    with Caller(_succeeding(operation)) as caller:
        with _allowed("a call with the required arguments alone"):
            arrived = caller.both(operation, arguments(operation, needed, body, None))

    for request in arrived:
        assert request.content or body is ..., "the body was not sent"
        assert body is not ... or not request.content, f"a body was sent where none was given: {_body_of(request)}"
        carried = _carries(request, operation, needed, body)
        assert carried, f"a call with the required arguments alone arrived as another: {_shown(request)}"
