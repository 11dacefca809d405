"""Operations: what their modules declare and document, as Python code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.responses import Response as ParsedResponse

from .document import Document, Node, OperationObject, erased, is_json, is_object
from .errors import GenerationError
from .models import Models, annotation, types, union
from .prose import described, sentence

MAX_BYTES = "x-max-body-bytes"
"""The extension of an operation that limits its request body."""
ARGUMENTS = frozenset({"body", "client", "timeout"})
"""The names of the arguments that every operation may have; a parameter of the same name gets another."""
NOT_DESCRIBED = "Not described in the contract."


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation, and the argument that a call takes for it."""

    name: str
    location: str
    wire_name: str
    required: bool
    exploded: bool
    annotation: str
    """The type of the argument; None is among them if it may be left out."""
    schema: str
    text: str


@dataclass(frozen=True)
class Body:
    """The request body of an operation, and the argument that a call takes for it."""

    annotation: str
    """The type of the argument; None is among them if it may be left out."""
    schema: str
    media_type: str
    required: bool
    max_bytes: int | None
    text: str


@dataclass(frozen=True)
class Response:
    """A response of an operation."""

    types: list[str]
    """The Python types that its content can have."""
    schema: str


@dataclass(frozen=True)
class Operation:
    """An operation, in the parts that its module is made of. Responses are by status, status range or `default`."""

    path: str
    """The path, with `{}` for each parameter."""
    parameters: list[Parameter]
    body: Body | None
    responses: dict[str, Response]
    """Those of success."""
    error_responses: dict[str, Response]
    """Those of failure whose content is JSON."""
    errors: dict[str, str]
    """What the failures mean, in words."""
    hints: dict[str, str | dict[str, str]]
    """What a failure gives occasion to check: a text, or one for each of some error codes."""
    accept: str
    """The media types of all responses."""
    result: str
    """The type of what a successful call returns."""
    error: str
    """The type of what the content of a failure is parsed to."""
    parsed: str
    """The type of either."""
    summary: str
    description: str
    deprecated: bool
    manual: str | None
    """The address of the operation's page in the reference."""
    extensions: dict[str, Any]
    """What extensions say of the operation, but for those that are in `body` and `hints`."""


class Operations:
    """The operations of a document, as the template asks for them."""

    def __init__(self, document: Document, models: Models) -> None:
        self._document = document
        self._models = models

    def operation(self, endpoint: Endpoint) -> Operation:
        """Return an endpoint's operation."""
        found = self._document.operation(endpoint.method, endpoint.path.get_untrusted_value())
        node = found.node
        responses = {status: value for status, value in found.responses.items() if status.startswith("2")}
        failures = {
            status: value for status, value in found.responses.items() if status[0] in "45" or status == "default"
        }
        parsed = {
            ("default" if response.is_default() else response.status_code.pattern): response
            for response in endpoint.responses
        }
        of_success = {status: self._response(parsed[status], value) for status, value in responses.items()}
        of_failure = {
            status: self._response(parsed[status], value)
            for status, value in failures.items()
            if any(map(is_json, value.get("content", {})))
        }
        results = [name for response in of_success.values() for name in response.types]
        errors = [name for response in of_failure.values() for name in response.types]
        contents = [value.get("content", {}) for value in (*responses.values(), *failures.values())]
        media_types = dict.fromkeys(media_type for content in contents for media_type in content)
        return Operation(
            path=erased(found.path),
            parameters=self._parameters(endpoint, found),
            body=self._body(endpoint, found),
            responses=of_success,
            error_responses=of_failure,
            errors={status: sentence(value["description"]) for status, value in failures.items()},
            hints={status: _hint(status, value["x-hint"]) for status, value in failures.items() if "x-hint" in value},
            accept=", ".join(media_types) or "*/*",
            result=union(results),
            error=union(errors),
            parsed=union([*results, *(errors or ["None"])]),
            summary=sentence(node.get("summary") or found),
            description=sentence(node.get("description", "")),
            deprecated=node.get("deprecated", False),
            manual=node.get("externalDocs", {}).get("url"),
            extensions={key: value for key, value in node.items() if key.startswith("x-") and key != MAX_BYTES},
        )

    def _parameters(self, endpoint: Endpoint, found: OperationObject) -> list[Parameter]:
        nodes = {(node["in"], node["name"]): node for node in found.parameters}
        locations = {
            "path": endpoint.path_parameters,
            "query": endpoint.query_parameters,
            "header": endpoint.header_parameters,
        }
        parameters = [
            self._parameter(prop, nodes[location, prop.name.get_untrusted_value()])
            for location, props in locations.items()
            for prop in props
        ]
        for name, count in Counter(parameter.name for parameter in parameters).items():
            if count > 1:
                raise GenerationError(f"{found} has two parameters that would be called {name}")
        return parameters

    def _parameter(self, prop: PropertyProtocol, node: Node) -> Parameter:
        schema = self._document.resolve(node["schema"])
        if isinstance(prop, ModelProperty) or "object" in str(schema.get("items", {}).get("type", "")):
            raise GenerationError(f"parameter {node['name']} is an object")
        text = described(node.get("description") or schema.get("description", ""), schema)
        return Parameter(
            name=f"{prop.python_name}_{node['in']}" if prop.python_name in ARGUMENTS else prop.python_name,
            location=node["in"],
            wire_name=node["name"],
            required=prop.required,
            exploded=node.get("explode", node["in"] == "query"),
            annotation=annotation(prop) if prop.required else annotation(prop, "None"),
            schema=self._models.schema(prop, schema),
            text=text or NOT_DESCRIBED,
        )

    def _body(self, endpoint: Endpoint, found: OperationObject) -> Body | None:
        if not found.body:
            return None
        ((media_type, content),) = found.body["content"].items()
        prop = endpoint.bodies[0].prop
        schema = self._document.resolve(content["schema"])
        required = found.body.get("required", False)
        return Body(
            annotation=annotation(prop) if required else annotation(prop, "None"),
            schema=self._models.schema(prop, content["schema"]),
            media_type=media_type,
            required=required,
            max_bytes=found.node.get(MAX_BYTES),
            text=sentence(found.body.get("description") or schema.get("description") or NOT_DESCRIBED),
        )

    def _response(self, parsed: ParsedResponse, node: Node) -> Response:
        content: Node = node.get("content", {})
        for media_type, value in content.items():
            if "schema" not in value:
                break
            if is_json(media_type):
                return Response(types(parsed.prop), self._models.schema(parsed.prop, value["schema"]))
            if media_type.startswith("text/"):
                return Response(["str"], "Text()")
            return Response(["bytes"], "Binary()")
        return Response(["None"], "None")


def _hint(status: str, value: Any) -> str | dict[str, str]:
    """Return what the response of a status gives occasion to check: a text, or one for each of some error codes."""
    if isinstance(value, str):
        return value.strip()
    if not is_object(value) or not all(isinstance(text, str) for pair in value.items() for text in pair):
        raise GenerationError(f"x-hint of {status} is neither a text nor a mapping from error codes to texts")
    return {code: text.strip() for code, text in value.items()}
