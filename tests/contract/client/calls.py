"""Calls of the generated client as a user makes them, from the parts of a request as the document names them."""

from __future__ import annotations

import asyncio
import datetime
import re
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import httpx

import dataarts_client
from dataarts_client import Client
from tests.contract.conftest import DOCUMENT
from tests.contract.document import Operation, Parameter
from tests.contract.samples import sample

BASE_URL = "http://recorder.example"
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

Answering = Callable[[httpx.Request], httpx.Response]


class Recorder(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Takes the place of the network: keeps what arrives, and gives the answer that it is told to."""

    def __init__(self, answer: Answering) -> None:
        self.arrived: list[httpx.Request] = []
        self._answer = answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of the blocking client."""
        request.read()
        self.arrived.append(request)
        return self._answer(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer a request of the asynchronous client."""
        await request.aread()
        self.arrived.append(request)
        return self._answer(request)


def snake(name: str) -> str:
    """Return a name as Python writes it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()


def functions(operation: Operation) -> Any:
    """Return the client's module for an operation."""
    name = snake(operation.id)
    if name not in _modules():
        raise LookupError(f"the client has no {operation.id}")
    return import_module(_modules()[name])


@cache
def _modules() -> dict[str, str]:
    """Return the full names of the client's modules for operations, by their last part."""
    package = import_module("dataarts_client.api")
    return {
        module.name.rpartition(".")[2]: module.name
        for tag in iter_modules(package.__path__, "dataarts_client.api.")
        for module in iter_modules(import_module(tag.name).__path__, f"{tag.name}.")
    }


def model(schema_name: str) -> Any:
    """Return the client's class for a schema of the document, None if it has none."""
    return getattr(dataarts_client.models, schema_name, None)


def arguments(operation: Operation, parameters: Mapping[str, Any], body: Any, body_model: Any) -> dict[str, Any]:
    """Return the arguments of a call; making the model may raise already.

    Args:
        operation: What is called.
        parameters: Their values, by name; what is not there is left out.
        body: The JSON value of the body; `...` leaves it out.
        body_model: The class of the body, if it has one.
    """
    times = {each.name for each in operation.parameters if is_time(each)}
    named = {snake(name): as_time(value) if name in times else value for name, value in parameters.items()}
    if body is not ...:
        if isinstance(body, list):
            item_model = _model_of_items(operation)
            named["body"] = [
                item_model.from_dict(each) if item_model and isinstance(each, dict) else each for each in body
            ]
        else:
            named["body"] = body_model.from_dict(body) if body_model and isinstance(body, dict) else body
    return named


def _model_of_items(operation: Operation) -> Any:
    """Return the client's class for the items of a body that is an array, if they have one."""
    content: dict[str, Any] = DOCUMENT.resolve(operation.node.get("requestBody", {})).get("content", {})
    first: dict[str, Any] = next(iter(content.values()), {})
    items = first.get("schema", {}).get("items", {})
    return model(items["$ref"].rpartition("/")[2]) if "$ref" in items else None


def is_time(parameter: Parameter) -> bool:
    """Return whether a parameter is a point in time, for which Python has a type of its own."""
    return DOCUMENT.bundled(parameter.schema).get("format") == "date-time"


def as_time(value: Any) -> Any:
    """Return the point in time that a text of the format date-time names; anything else as it is."""
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return value
    try:
        return datetime.datetime.fromisoformat(value.upper())
    except ValueError:
        return value


def has_times(schema: Mapping[str, Any]) -> bool:
    """Return whether some text that a schema of the document allows is a point in time."""
    return "'format': 'date-time'" in repr(DOCUMENT.bundled(dict(schema)))


def with_instants(value: Any) -> Any:
    """Return a JSON value with the points in time in it in one spelling, as a client may write them in another."""
    if isinstance(value, dict):
        return {name: with_instants(each) for name, each in value.items()}
    if isinstance(value, list):
        return [with_instants(each) for each in value]
    time = as_time(value)
    return value if time is value else f"the time {time}"


def required(operation: Operation) -> dict[str, Any]:
    """Return the values of the parameters that a call must have."""
    return {
        each.name: sample(DOCUMENT.bundled(each.schema)) if each.example is None else each.example
        for each in operation.parameters
        if each.required
    }


def required_body(operation: Operation) -> Any:
    """Return the JSON value of the body, `...` if a call need not have one."""
    if not operation.body_required:
        return ...
    return operation.body_example or sample(DOCUMENT.bundled(next(iter(operation.bodies.values()))))


class Caller:
    """Calls operations through one client, whose network is a recorder.

    Args:
        answer: What the recorder answers.
        options: Further arguments of the client.
    """

    def __init__(self, answer: Answering, **options: Any) -> None:
        self.recorder = Recorder(answer)
        options = {"max_retries": 0, "transport": self.recorder, "async_transport": self.recorder, **options}
        self.client = Client(BASE_URL, **options)
        self._runner = asyncio.Runner()

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *raised: object) -> None:
        self._runner.run(self.client.aclose())
        self._runner.close()

    def blocking(self, operation: Operation, named: Mapping[str, Any], *, detailed: bool = False) -> Any:
        """Call an operation, blocking."""
        module = functions(operation)
        return (module.sync_detailed if detailed else module.sync)(client=self.client, **named)

    def asynchronous(self, operation: Operation, named: Mapping[str, Any], *, detailed: bool = False) -> Any:
        """Call an operation, asynchronously."""
        module = functions(operation)
        return self._runner.run((module.asyncio_detailed if detailed else module.asyncio)(client=self.client, **named))

    def both(self, operation: Operation, named: Mapping[str, Any]) -> list[httpx.Request]:
        """Call an operation in both ways, and return the requests that arrived."""
        self.recorder.arrived.clear()
        self.blocking(operation, named)
        self.asynchronous(operation, named)
        return list(self.recorder.arrived)
