"""The operations of the contract, and those of the contract with operations added, each with what it may be called."""

from __future__ import annotations

import asyncio
import datetime
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

import httpx

from tests.contract.document import Document, Operation
from tests.contract.samples import sample
from tests.generation.documents import ADDED, ROOT, document

BASE_URL = "http://service.example"
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


class _Written(Document):
    """A document that is in no file."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.path = ADDED
        self.root = root
        self._validators = {}


CONTRACT = Document(ROOT / "openapi.yaml")
GROWN = _Written(document(ADDED))


def operations() -> Iterator[tuple[Document, Operation]]:
    """Give each operation of the contract, and each that is added to it, with its document."""
    for operation in CONTRACT.operations:
        yield CONTRACT, operation
    for operation in GROWN.operations:
        if CONTRACT.operation(operation.id) is None:
            yield GROWN, operation


def functions(package: str, operation: Operation) -> ModuleType:
    """Return the module of an operation in a generated client."""
    name = snake(operation.id)
    api = import_module(f"{package}.api")
    for tag in iter_modules(api.__path__, f"{api.__name__}."):
        if name in {each.name for each in iter_modules(import_module(tag.name).__path__)}:
            return import_module(f"{tag.name}.{name}")
    raise LookupError(f"{package} has no {operation.id}")


def snake(name: str) -> str:
    """Return a name of the document as Python writes it."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).replace("-", "_").lower()


def allowed(document: Document, operation: Operation, *, optional: bool) -> dict[str, Any]:
    """Return a value that the document allows for each parameter, those that may be left out only if asked for."""
    return {
        each.name: sample(document.bundled(each.schema)) if each.example is None else each.example
        for each in operation.parameters
        if each.required or optional
    }


def bodies(document: Document, operation: Operation) -> list[Any]:
    """Return the bodies of the document's examples, or one that its schema allows; none where there is no body."""
    if operation.body_examples:
        return list(operation.body_examples.values())
    return [sample(document.bundled(schema)) for schema in operation.bodies.values()]


def comparable(value: Any) -> Any:
    """Return JSON with each time as an instant: `Z` is `+00:00`, and `.25` is `.250`."""
    if isinstance(value, dict):
        return {key: comparable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [comparable(each) for each in value]
    try:
        return datetime.datetime.fromisoformat(value) if isinstance(value, str) and _TIME.match(value) else value
    except ValueError:  # There is no such day, or hour.
        return value


class Call:
    """A call of an operation over a transport that keeps what arrives.

    Args:
        package: The name of the generated client.
        document: Its document.
        operation: The operation that is called.
        respond: What answers the request.
    """

    def __init__(
        self, package: str, document: Document, operation: Operation, respond: Callable[[httpx.Request], httpx.Response]
    ) -> None:
        self.requests: list[httpx.Request] = []
        self._package = package
        self._document = document
        self._operation = operation
        self._respond = respond
        self._module = functions(package, operation)

    def __call__(self, mode: str, values: Mapping[str, Any], body: Any = ...) -> Any:
        """Call the operation with values by the document's names, and a body in JSON, `...` for none."""
        formats = {each.name: each.schema.get("format") for each in self._operation.parameters}
        named = {
            snake(name): comparable(value) if formats[name] == "date-time" else value for name, value in values.items()
        }
        if body is not ...:
            named["body"] = self.body(body)
        function = getattr(self._module, mode)
        client_class = import_module(self._package).Client
        transport = httpx.MockTransport(self._receive)
        if not inspect.iscoroutinefunction(function):
            with client_class(BASE_URL, transport=transport, max_retries=0) as client:
                return function(client=client, **named)

        async def run() -> Any:
            async with client_class(BASE_URL, async_transport=transport, max_retries=0) as client:
                return await function(client=client, **named)

        return asyncio.run(run())

    def body(self, value: Any) -> Any:
        """Make the argument for a body: a model where the document names the schema, models in a list of such."""
        node = self._document.resolve(self._operation.node["requestBody"])
        schema = next(iter(node["content"].values()))["schema"]
        if isinstance(value, list):
            make = self._model(schema.get("items", {}))
            return [make(item) for item in value]
        return self._model(schema)(value)

    def _model(self, schema: Mapping[str, Any]) -> Callable[[Any], Any]:
        name = Path(schema.get("$ref", "")).name
        model = getattr(import_module(f"{self._package}.models"), name, None) if name else None
        return lambda value: model.from_dict(value) if model and isinstance(value, dict) else value

    def _receive(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._respond(request)
