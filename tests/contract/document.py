"""The contract, as the suite reads it: every path, limit and status that a test asserts comes from here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote

import jsonschema_rs
import yaml

from .words import short

ROOT = Path(__file__).resolve().parents[2]
CASES = int(os.environ.get("CASES") or 25)
"""How many cases are generated for each property; `make contract` takes more."""
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
_PATTERN = re.compile(r"([1-5])XX")


@dataclass(frozen=True)
class Example:
    """A named response of the document: its status, and its body."""

    name: str
    status: int
    value: Any


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation.

    Attributes:
        errors: The names of the errors that the document has for it, by what is wrong: blank, invalid.
        not_found: The names of the errors that say that what it names is not there.
    """

    name: str
    location: str
    required: bool
    schema: dict[str, Any]
    example: Any
    explode: bool = False
    errors: Mapping[str, str] = field(default_factory=dict)
    not_found: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        """Where in the document it is, as people are told."""
        return f"{self.location} {self.name}"


@dataclass(frozen=True)
class SecurityScheme:
    """A way to say who is asking: the header that holds it, and whether that is a signature."""

    name: str
    header: str
    is_signature: bool


@dataclass(frozen=True)
class Link:
    """Where a response leads: an operation, and where its parameters' values are found, as runtime expressions."""

    name: str
    operation: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Response:
    """A response of the document.

    Attributes:
        key: A status, a range of them such as `4XX`, or `default`.
    """

    key: str
    media_type: str | None
    schema: dict[str, Any]
    headers: Mapping[str, tuple[bool, dict[str, Any]]]
    examples: tuple[Example, ...]
    links: tuple[Link, ...] = ()

    @property
    def status(self) -> int:
        """The status, or one that stands for all of the range."""
        if found := _PATTERN.fullmatch(self.key):
            return int(found[1]) * 100
        return int(self.key) if self.key.isdecimal() else 500


@dataclass(frozen=True)
class Operation:
    """An operation of the document."""

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    bodies: Mapping[str, dict[str, Any]]
    body_required: bool
    body_examples: Mapping[str, Any]
    max_body_bytes: int | None
    responses: Mapping[str, Response]
    security: tuple[Mapping[str, Any], ...]
    node: Mapping[str, Any] = field(repr=False)

    @property
    def media_type(self) -> str | None:
        """The media type of the request body."""
        return next(iter(self.bodies), None)

    @property
    def body_example(self) -> Any:
        """The first example of the request body, None if there is none."""
        return next(iter(self.body_examples.values()), None)

    @property
    def success(self) -> Response:
        """The response to a request that all is well with."""
        return next(response for response in self.responses.values() if response.status < 300)

    @property
    def is_safe(self) -> bool:
        """Whether a request changes nothing, so that it may be sent at any time."""
        return self.method in _SAFE

    def response(self, status: int) -> Response | None:
        """Return the response that the document has for a status."""
        return next(
            (self.responses[key] for key in (str(status), f"{status // 100}XX", "default") if key in self.responses),
            None,
        )

    def parameter(self, name: str) -> Parameter:
        """Return the parameter with a name.

        Raises:
            LookupError: There is none.
        """
        for each in self.parameters:
            if each.name == name:
                return each
        raise LookupError(f"{self.id} has no parameter {name}")

    def matches(self, path: str) -> bool:
        """Return whether a path, percent-encoded, is this operation's."""
        return self.values_of(path) is not None

    def values_of(self, path: str) -> dict[str, str] | None:
        """Return the path parameters of a path that is this operation's, None for any other."""
        segments, templates = path.partition("?")[0].split("/"), self.path.split("/")
        if len(segments) != len(templates):
            return None
        values: dict[str, str] = {}
        for segment, template in zip(segments, templates, strict=True):
            if template.startswith("{"):
                values[template[1:-1]] = unquote(segment)
            elif unquote(segment) != template:
                return None
        return values


class Document:
    """An OpenAPI 3.1 document."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
        self._validators: dict[int, tuple[Any, Any]] = {}

    def __repr__(self) -> str:
        return f"Document({self.path.name})"

    @cached_property
    def operations(self) -> list[Operation]:
        """All operations."""
        return [
            self._operation(path, method, item)
            for path, item in self.root["paths"].items()
            for method in METHODS
            if method in item
        ]

    @cached_property
    def outside(self) -> dict[int, Response]:
        """The responses to a request that reaches no operation."""
        nodes = self.root.get("x-gateway-responses", {})
        return {int(status): self._response(status, node) for status, node in nodes.items()}

    def operation(self, operation_id: str) -> Operation | None:
        """Return the operation of an ID, None if there is none."""
        return next((each for each in self.operations if each.id == operation_id), None)

    @cached_property
    def security_schemes(self) -> list[SecurityScheme]:
        """The API keys in headers that operations may ask for, by their order in the document."""
        nodes = self.root.get("components", {}).get("securitySchemes", {})
        return [
            SecurityScheme(name, node["name"], "x-signing-algorithm" in node)
            for name, node in nodes.items()
            if node.get("type") == "apiKey" and node.get("in") == "header"
        ]

    def methods(self, path: str) -> set[str]:
        """Return the methods that a path has."""
        return {method.upper() for method in METHODS if method in self.root["paths"][path]}

    def error(self, name: str) -> Example:
        """Return an error by the name of its example."""
        found = self.find_error(name)
        if found is None:
            raise LookupError(f"the document has no error {name}")
        return found

    def find_error(self, name: str, operation: Operation | None = None) -> Example | None:
        """Return an error by the name of its example: of an operation, or of all; None if there is none."""
        responses = [*self.outside.values()]
        for each in self.operations if operation is None else [operation]:
            responses += each.responses.values()
        examples = (example for response in responses for example in response.examples)
        return next((example for example in examples if example.name == name), None)

    @cached_property
    def statuses(self) -> dict[str, set[int]]:
        """The statuses with which each error code comes, by the examples of errors."""
        responses = [*self.outside.values(), *(each for one in self.operations for each in one.responses.values())]
        found: dict[str, set[int]] = {}
        for example in (example for response in responses for example in response.examples):
            if isinstance(example.value, dict) and "error_code" in example.value:
                found.setdefault(example.value["error_code"], set()).add(example.status)
        return found

    def refusals(self, mistake: str) -> tuple[str, ...]:
        """Return the names of the errors that may answer a mistake; empty where the document does not say."""
        return tuple(self.root.get("x-refusals", {}).get(mistake, ()))

    def not_found(self, operation: Operation) -> dict[str, Parameter]:
        """Return the error codes that say that what a parameter names is not there, each with the parameter."""
        return {
            example.value["error_code"]: parameter
            for parameter in operation.parameters
            for name in parameter.not_found
            if (example := self.find_error(name, operation))
        }

    def made(self, operation: Operation) -> set[str]:
        """Return the names of the parameters whose values other operations' responses hold, as links say."""
        return {
            name
            for source in self.operations
            for link in source.success.links
            if link.operation == operation.id and source.id != operation.id
            for name, expression in link.parameters.items()
            if is_of_response(expression)
        }

    def source(self, operation: Operation) -> tuple[Operation, Link] | None:
        """Return the operation, and the link of its response, from which such values come first of all."""
        found = [
            (source, link)
            for source in self.operations
            for link in source.success.links
            if link.operation == operation.id and any(is_of_response(each) for each in link.parameters.values())
        ]
        free = [each for each in found if not self.made(each[0])]
        return next(iter(free or found), None)

    def resolve(self, node: Any) -> Any:
        """Follow a local reference to what it names."""
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self.root
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def violation(self, schema: dict[str, Any], value: Any) -> str | None:
        """Return what a schema forbids about a value, or None."""
        kept = self._validators.get(id(schema))
        if kept is None:
            whole = {"components": self.root.get("components", {}), **schema}
            validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
            kept = self._validators[id(schema)] = validator, schema
        try:
            error = next(kept[0].iter_errors(value), None)
        except ValueError as unreadable:
            return str(unreadable)
        return error and f"{'/'.join(map(str, error.instance_path))} {short(error.message, 90)}".strip()

    def bundled(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return a schema with the references in it replaced by what they name.

        A reference that leads back to where it is found becomes `{"x-recursive": True}`, which allows anything.
        """

        def expand(node: Any, above: tuple[str, ...]) -> Any:
            if isinstance(node, dict) and "$ref" in node:
                if node["$ref"] in above:
                    return {"x-recursive": True}
                siblings = {key: value for key, value in node.items() if key != "$ref"}
                return expand({**self.resolve(node), **siblings}, (*above, node["$ref"]))
            if isinstance(node, dict):
                return {key: expand(value, above) for key, value in node.items()}
            return [expand(item, above) for item in node] if isinstance(node, list) else node

        return cast("dict[str, Any]", expand(schema, ()))

    def _operation(self, path: str, method: str, item: Mapping[str, Any]) -> Operation:
        node = item[method]
        nodes = [self.resolve(each) for each in (*item.get("parameters", []), *node.get("parameters", []))]
        by_name = {(each["in"], each["name"]): self._parameter(each) for each in nodes}
        body = self.resolve(node.get("requestBody", {}))
        contents = body.get("content", {})
        first: Mapping[str, Any] = next(iter(contents.values()), {})
        return Operation(
            id=node.get("operationId", f"{method} {path}"),
            method=method.upper(),
            path=path,
            parameters=tuple(by_name.values()),
            bodies={name: self.resolve(content.get("schema", {})) for name, content in contents.items()},
            body_required=body.get("required", False),
            body_examples={example.name: example.value for example in self._examples(0, first)},
            max_body_bytes=node.get("x-max-body-bytes"),
            responses={
                str(status): self._response(str(status), response) for status, response in node["responses"].items()
            },
            security=tuple(node.get("security", self.root.get("security", ()))),
            node=node,
        )

    def _parameter(self, node: Mapping[str, Any]) -> Parameter:
        schema = self.resolve(node.get("schema", {}))
        example = node.get("example", next((each.value for each in self._examples(0, node)), None))
        return Parameter(
            name=node["name"],
            location=node["in"],
            required=node.get("required", False),
            schema=schema,
            example=example,
            explode=node.get("explode", node["in"] == "query"),
            errors=node.get("x-error-examples", {}),
            not_found=tuple(node.get("x-not-found-examples", ())),
        )

    def _response(self, key: str, node: Any) -> Response:
        node = self.resolve(node)
        nothing: tuple[str | None, dict[str, Any]] = (None, {})
        media_type, content = next(iter(node.get("content", {}).items()), nothing)
        headers = {name: self.resolve(header) for name, header in node.get("headers", {}).items()}
        response = Response(
            key=str(key),
            media_type=media_type,
            schema=self.resolve(content.get("schema", {})),
            headers={name: (header.get("required", False), header["schema"]) for name, header in headers.items()},
            examples=(),
            links=tuple(self._links(node)),
        )
        examples = tuple(self._examples(response.status, content))
        return Response(**{**response.__dict__, "examples": examples})

    def _links(self, node: Mapping[str, Any]) -> Iterator[Link]:
        for name, reference in node.get("links", {}).items():
            link = self.resolve(reference)
            if "operationId" in link:
                values = {key.rpartition(".")[2]: value for key, value in link.get("parameters", {}).items()}
                yield Link(name, link["operationId"], values)

    def _examples(self, status: int, content: Mapping[str, Any]) -> Iterator[Example]:
        for name, node in content.get("examples", {}).items():
            yield Example(name, status, self.resolve(node)["value"])
        if "example" in content:
            yield Example("example", status, content["example"])


def is_of_response(expression: Any) -> bool:
    """Return whether a runtime expression of a link takes its value from the response."""
    return isinstance(expression, str) and expression.startswith("$response.")


def find_document() -> Path:
    """Return where the contract is: the file that `DOCUMENT` names, or openapi.yaml."""
    return Path(os.environ.get("DOCUMENT") or ROOT / "openapi.yaml")
