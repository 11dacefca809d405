"""Does the client keep the document for every operation: those of the contract, and those that may be added to it?"""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any
from urllib.parse import parse_qsl, quote

import httpx
import jsonschema_rs
import pytest

from tests.contract.document import Document, Example, Operation, Response
from tests.contract.parameters import to_texts
from tests.contract.values import Variant, variants

from ._operations import CONTRACT, Call, allowed, bodies, comparable, operations, snake
from ._package import Package

ALL = [pytest.param(document, operation, id=operation.id) for document, operation in operations()]
EXAMPLES = [
    pytest.param(document, operation, response, example, id=f"{operation.id}-{response.status}-{example.name}")
    for document, operation in operations()
    for response in operation.responses.values()
    for example in response.examples or (Example("no-body", response.status, None),)
]
RULES = {
    "maxLength": "longer than {} ",
    "minLength": "shorter than {} ",
    "maxItems": "more than {} item",
    "minItems": "fewer than {} item",
    "minimum": "less than {} ",
    "maximum": "greater than {} ",
    "pattern": "does not match the pattern ",
    "enum": "must be one of ",
    "type": "must be ",
    "uniqueItems": "all items must differ",
    "format": "must ",
}
"""What a refusal says of each rule of JSON Schema."""


def _broken(document: Document, schema: dict[str, Any], value: Any) -> list[str]:
    """Return what a refusal may say of a value: of each rule that it breaks, in the words for that rule."""
    validator = jsonschema_rs.Draft202012Validator(document.bundled(schema), validate_formats=True)
    return [RULES[error.kind.name].format(error.kind.value) for error in validator.iter_errors(value)]


def _forbidden() -> list[Any]:
    """Give each rule of each parameter, with the values that break it."""
    found = []
    for document, operation in operations():
        for parameter in operation.parameters:
            rules: dict[str, list[Variant]] = {}
            for variant in variants(document, parameter.schema):
                if variant.value is not None and document.violation(parameter.schema, variant.value):
                    rules.setdefault(variant.rule, []).append(variant)
            for rule, broken in rules.items():
                name = f"{operation.id}-{parameter.name}-{rule}"
                found.append(pytest.param(document, operation, parameter.name, broken, id=name))
    return found


def _name(document: Document, package: Package) -> str:
    """Return the name of the client that is generated from a document."""
    return "dataarts_client" if document is CONTRACT else package.name


def _respond(response: Response) -> httpx.Response:
    """Return a success of an operation, with the document's example."""
    if response.media_type is None:
        return httpx.Response(response.status)
    return httpx.Response(response.status, json=response.examples[0].value)


@pytest.mark.parametrize("mode", ["sync", "asyncio"])
@pytest.mark.parametrize("optional", [False, True], ids=["required", "all"])
@pytest.mark.parametrize(("document", "operation"), ALL)
def test_call_arrives_as_the_document_says(
    document: Document, operation: Operation, optional: bool, mode: str, package: Package
) -> None:
    """Method, path, query, headers and body of a request are those that the document states for its arguments."""
    call = Call(_name(document, package), document, operation, lambda request: _respond(operation.success))
    values = allowed(document, operation, optional=optional)
    given = bodies(document, operation) if optional or operation.body_required else []
    for body in given or [...]:
        call(mode, values, body)
        request = call.requests[-1]
        path, _, query = request.url.raw_path.decode().partition("?")
        expected_path = operation.path
        expected_query: list[list[str]] = []
        headers: dict[str, str | None] = {}
        for parameter in operation.parameters:
            texts = to_texts(parameter, values[parameter.name]) if parameter.name in values else []
            if parameter.location == "path":
                expected_path = expected_path.replace(f"{{{parameter.name}}}", quote(texts[0], safe=""))
            elif parameter.location == "query":
                expected_query += [[parameter.name, text] for text in texts]
            else:
                headers[parameter.name] = texts[0] if texts else None

        arrived_query = sorted(map(list, parse_qsl(query, keep_blank_values=True)))

        assert (request.method, path) == (operation.method, expected_path)
        assert comparable(arrived_query) == comparable(sorted(expected_query))
        assert {name: request.headers.get(name) for name in headers} == headers
        assert request.headers.get("Content-Type") == operation.media_type
        assert comparable(json.loads(request.content) if request.content else ...) == comparable(body)


@pytest.mark.parametrize("mode", ["sync_detailed", "asyncio_detailed"])
@pytest.mark.parametrize(("document", "operation", "response", "example"), EXAMPLES)
def test_documented_response_comes_back(
    document: Document, operation: Operation, response: Response, example: Example, mode: str, package: Package
) -> None:
    """Each response that the document shows as an example is the same data in Python; one without a body is None."""
    content = b"" if response.media_type is None else json.dumps(example.value).encode()
    headers = {"Content-Type": response.media_type} if response.media_type else {}
    answer = httpx.Response(example.status, headers=headers, content=content)
    call = Call(_name(document, package), document, operation, lambda request: answer)
    needed = allowed(document, operation, optional=False)
    body = bodies(document, operation)[0] if operation.body_required else ...

    received = call(mode, needed, body)

    assert received.status_code == example.status
    if response.media_type is None:
        assert received.parsed is None
    else:
        assert comparable(received.parsed.to_dict()) == comparable(example.value)


@pytest.mark.parametrize(("document", "operation", "response", "example"), EXAMPLES)
def test_documented_error_is_raised(
    document: Document, operation: Operation, response: Response, example: Example, package: Package
) -> None:
    """Each error that the document shows is raised with its status, code, message and request ID."""
    name = _name(document, package)
    answer = httpx.Response(example.status, json=example.value) if response.media_type else None
    call = Call(name, document, operation, lambda request: answer or httpx.Response(example.status))
    needed = allowed(document, operation, optional=False)
    body = bodies(document, operation)[0] if operation.body_required else ...
    if example.status < 400:
        call("sync", needed, body)  # Is not raised.
        return
    with pytest.raises(import_module(f"{name}.errors").ApiError) as caught:
        call("sync", needed, body)

    error: Any = caught.value
    assert error.status_code == example.status
    for field in ("error_code", "error_msg", "request_id"):
        if field in example.value:
            assert getattr(error, field) == example.value[field]


@pytest.mark.parametrize(("document", "operation", "name", "broken"), _forbidden())
def test_constraint_is_refused_before_sending(
    document: Document, operation: Operation, name: str, broken: list[Variant], package: Package
) -> None:
    """A value that breaks a parameter's rule is refused by the parameter's name and the rule, before it is sent."""
    call = Call(_name(document, package), document, operation, lambda request: _respond(operation.success))
    needed = allowed(document, operation, optional=False)
    body = bodies(document, operation)[0] if operation.body_required else ...
    schema = next(each.schema for each in operation.parameters if each.name == name)
    for variant in broken:
        with pytest.raises((ValueError, TypeError)) as caught:
            call("sync", needed | {name: variant.value}, body)
        message = str(caught.value)

        assert call.requests == [], f"{variant.shown} was sent"
        assert message.startswith((name, snake(name))), message
        assert any(rule in message for rule in _broken(document, schema, variant.value)), message
