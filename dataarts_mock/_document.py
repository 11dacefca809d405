"""The contract, read from openapi.yaml once and made ready for responding to requests."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from pathlib import Path
from typing import Any, cast
from urllib.parse import unquote_to_bytes

import jsonschema_rs
import yaml

from ._json import decode_json
from ._violations import Kind, Violation, describe

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""PyYAML's safe loader; the one in C, where it is there, is ten times as fast."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
MAX_BODY_BYTES = 64 * 1024 * 1024
"""The largest body that an operation takes for which the document states no limit."""

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_BAD_PERCENT = re.compile(rb"%(?![0-9A-Fa-f]{2})")


class DocumentError(ValueError):
    """The document cannot be served: it lacks something that the mock responds with."""


class Schema:
    """A schema of the document, compiled."""

    def __init__(self, schema: Mapping[str, Any], components: Mapping[str, Any] | None = None) -> None:
        self.schema = schema
        self.type: Any = schema.get("type")
        self._validator = jsonschema_rs.validator_for(
            {
                "$schema": _DIALECT,
                **({"components": components} if components and "$ref" in repr(schema) else {}),
                **schema,
            },
            validate_formats=True,
        )
        self._is_valid = self._validator.is_valid

    def violation(self, value: Any, field_name: str) -> str | None:
        """Return the field and the rule that `value` breaks first, or None."""
        try:
            if self._is_valid(value):
                return None
            return describe(next(self._validator.iter_errors(value)), field_name)
        except ValueError as error:  # A lone surrogate, or nesting too deep to read.
            return f"{field_name}: {error}"


@dataclass(frozen=True)
class Example:
    """A response as the document shows it: an example of one of its responses.

    Args:
        name: The name under which its response lists it.
        status: The HTTP status of that response.
        response: That response.
        value: The payload.
    """

    name: str
    status: int
    response: DocumentedResponse
    value: Any


class DocumentedResponse:
    """A response of the document: its headers, media type, schema and examples."""

    def __init__(self, node: Mapping[str, Any], document: Document) -> None:
        self.media_type: str | None = None
        self.schema: Schema | None = None
        self.payloads: dict[str, Any] = {}
        for media_type, content in node.get("content", {}).items():
            self.media_type = media_type
            if "schema" in content:
                self.schema = document.sent_schema(content["schema"])
            self.payloads = dict(document.payloads(content))
            break
        self.headers: dict[str, Schema] = {}
        self.required_headers: set[str] = set()
        self.header_examples: dict[str, str] = {}
        for name, reference in node.get("headers", {}).items():
            header = document.resolve(reference)
            self.headers[name] = document.schema(header.get("schema", {}))
            if header.get("required", False):
                self.required_headers.add(name)
            if "example" in header:
                self.header_examples[name] = str(header["example"])

    def violation(self, headers: Mapping[str, str], payload: Any) -> str | None:
        """Return the header or field, and the rule, that a response's headers or payload break, or None."""
        for name, schema in self.headers.items():
            if name in headers:
                if violation := schema.violation(_typed(headers[name], schema.type), name):
                    return f"header {violation}"
            elif name in self.required_headers:
                return f"header {name}: missing"
        return self.schema.violation(payload, "body") if self.schema else None


class Parameter:
    """A path, query or header parameter of an operation."""

    def __init__(self, node: Mapping[str, Any], document: Document) -> None:
        self.name: str = node["name"]
        self.location: str = node["in"]
        self.required: bool = node.get("required", False)
        self.schema = document.schema(node.get("schema", {}))
        self.field = self.name.lower().encode()
        schema = document.resolve(node.get("schema", {}))
        self._default = schema.get("default")
        self._type = schema.get("type")
        self._item_type = document.resolve(schema.get("items", {})).get("type")
        # In a query each item is a value of its own unless the document says otherwise; elsewhere commas separate them.
        self._is_exploded: bool = node.get("explode", True)
        examples = node.get("x-error-examples", {})
        self.has_own_errors = bool(examples)
        self._blank: str = examples.get("blank", examples.get("invalid", Kind.PARAMETER_INVALID))
        self._invalid: str = examples.get("invalid", Kind.PARAMETER_INVALID)
        self.read = lru_cache(maxsize=64)(self._read)  # Most requests name what others named before.

    def _read(self, *raw: bytes) -> tuple[Any, Violation | None]:
        """Return the parameter's value as the schema types it, and what is wrong with it.

        Args:
            raw: The values as they arrived.
        """
        if not raw:
            if self.required:
                return None, Violation(self._blank, f"{self.name}: missing")
            return self._default, None
        try:
            value = self.value(*raw)
        except ValueError:
            return None, Violation(self._invalid, f"{self.name}: not UTF-8, percent-encoded")
        if detail := self.schema.violation(value, self.name):
            if detail.startswith("["):  # It is about an item, which has no name of its own.
                detail = self.name + detail
            return None, Violation(self._blank if value == "" else self._invalid, detail)
        return value, None

    def value(self, *raw: bytes) -> Any:
        """Return the value as the schema types it, whether the schema allows it or not.

        Args:
            raw: The values as they arrived, at least one.

        Raises:
            ValueError: They are not UTF-8, percent-encoded.
        """
        texts = [self._decode(each) for each in raw]
        if self._type != "array":
            # More than one value where the document has one is no value of its type.
            return _typed(texts[0] if len(texts) == 1 else ", ".join(texts), self._type)
        if self.location == "query":
            items = texts if self._is_exploded else [item for text in texts for item in text.split(",")]
        else:
            items = [item.strip() for text in texts for item in text.split(",")]
        return [_typed(item, self._item_type) for item in items]

    def _decode(self, raw: bytes) -> str:
        if self.location == "header":
            return raw.decode("latin-1")
        return percent_decode(raw.replace(b"+", b" ") if self.location == "query" else raw)


class Body:
    """The request body of an operation."""

    def __init__(self, node: Mapping[str, Any], document: Document) -> None:
        self.required: bool = node.get("required", False)
        self.schemas = {
            media_type.lower(): document.schema(content.get("schema", {}))
            for media_type, content in node["content"].items()
        }

    def read(self, media_type: str | None, body: bytes) -> tuple[Any, Violation | None]:
        """Return the payload, and what is wrong with it; the media type has been checked before."""
        if not body:
            return None, Violation(Kind.PARAMETER_INVALID, "body: missing") if self.required else None
        try:
            payload = decode_json(body)
        except (ValueError, RecursionError) as error:
            return None, Violation(Kind.PARAMETER_INVALID, f"body: not JSON: {error}")
        schema = self.schemas[media_type or next(iter(self.schemas))]
        if detail := schema.violation(payload, "body"):
            return None, Violation(Kind.PARAMETER_INVALID, detail)
        return payload, None


@dataclass(frozen=True)
class SecurityScheme:
    """One way to say who is asking: a header.

    Args:
        name: Its name in the document.
        field: The header, in small letters.
        is_signature: Whether the header holds a signature, rather than a token.
        max_age: How many seconds a token is valid; None for ever.
    """

    name: str
    field: bytes
    is_signature: bool
    max_age: int | None = None


class Operation:
    """One operation of the document."""

    def __init__(self, path: str, method: str, item: Mapping[str, Any], document: Document) -> None:
        node = item[method]
        self.method = method.upper()
        self.id: str = node.get("operationId", f"{self.method} {path}")
        self.segments = path.encode().split(b"/")
        nodes = [
            document.resolve(parameter) for parameter in [*item.get("parameters", []), *node.get("parameters", [])]
        ]
        # The operation's own come last, and win.
        by_name = {(each["in"], each["name"]): Parameter(each, document) for each in nodes}
        # First those that are refused as any parameter is, then those with errors of their own.
        self.parameters = sorted(by_name.values(), key=lambda parameter: parameter.has_own_errors)
        self.body = Body(document.resolve(node["requestBody"]), document) if "requestBody" in node else None
        self.max_body_bytes: int = node.get("x-max-body-bytes", MAX_BODY_BYTES)
        self.allowed_states: list[str] = node.get("x-allowed-states", [])
        self.resulting_state: str | None = node.get("x-resulting-state")
        self.max_window: int | None = node.get("x-max-window-milliseconds")
        alternatives: list[dict[str, list[str]]] = node.get("security", document.root.get("security", []))
        self.security = [[document.security_scheme(name) for name in alternative] for alternative in alternatives]
        self.responses = {
            int(status): document.response(response)
            for status, response in node["responses"].items()
            if status.isdecimal()
        }
        self.success = next((status for status in self.responses if 200 <= status < 300), None)
        self._names = [
            (index, segment[1:-1].decode())
            for index, segment in enumerate(self.segments)
            if segment.startswith(b"{") and segment.endswith(b"}")
        ]
        self._fixed = [
            (index, segment) for index, segment in enumerate(self.segments) if index not in dict(self._names)
        ]

    @cached_property
    def example(self) -> Example:
        """The documented response, for an operation without behaviour of its own."""
        if self.success is None:
            raise DocumentError(f"{self.id}: no response below 300 to respond with")
        response = self.responses[self.success]
        if response.media_type is None:
            return Example("", self.success, response, None)
        if not response.payloads:
            raise DocumentError(f"{self.id}: response {self.success} has no example to respond with")
        name, value = next(iter(response.payloads.items()))
        return Example(name, self.success, response, value)

    def documented(self, status: int | None, name: str | None) -> Example | str:
        """Return the documented response of this status, or of this example, or of both; or what is wrong with asking.

        Args:
            status: An HTTP status; None for that of the example.
            name: The name of an example; None for the first one of the status.
        """
        if status is not None and status not in self.responses:
            return f"code {status} is not documented for {self.id}; it has {_listing(self.responses)}"
        responses = self.responses if status is None else {status: self.responses[status]}
        examples = [
            Example(example, each, response, value)
            for each, response in responses.items()
            for example, value in (response.payloads or {"": None}).items()
        ]
        found = next((each for each in examples if name in (None, each.name)), None)
        if found is None:
            where = self.id if status is None else f"{status} of {self.id}"
            return f"example {name!r} is not documented for {where}; it has {_listing(each.name for each in examples)}"
        return found

    def match(self, segments: list[bytes]) -> dict[str, bytes] | None:
        """Return the raw path parameters if the path is this operation's, or None."""
        if len(segments) != len(self.segments):
            return None
        for index, segment in self._fixed:
            if segments[index] != segment and unquote_to_bytes(segments[index]) != segment:
                return None
        return {name: segments[index] for index, name in self._names}


class Document:
    """An OpenAPI 3.1 document, ready for responding to requests."""

    def __init__(self, path: Path) -> None:
        self.text, self.root = read_document(path)
        self._components: dict[str, Any] = self.root.get("components", {})
        self._sent_components = _as_sent(self._components)
        self._responses: dict[int, DocumentedResponse] = {}
        schemas = self._components.get("schemas", {})
        status = schemas.get("JobInstanceStatus", {})
        self.states: list[str] = status.get("enum", [])
        self.final_states = frozenset(chain.from_iterable(status.get("x-final-states", {}).values()))
        types = schemas.get("InstanceType", {})
        names, values = types.get("x-enum-varnames", []), types.get("enum", [])
        self.instance_types: dict[str, int] = dict(zip(names, values, strict=True))
        if not self.states:
            raise DocumentError("no schema JobInstanceStatus lists the states of a job instance")
        self.operations = [
            Operation(route, method, item, self)
            for route, item in self.root["paths"].items()
            for method in _METHODS
            if method in item
        ]
        # Fixed paths before templated ones, as OpenAPI says.
        self.routes = sorted(self.operations, key=lambda operation: len(operation._names))
        self.outside = {
            int(status): self.response(response)
            for status, response in self.root.get("x-gateway-responses", {}).items()
        }
        self.examples = dict(self._errors())
        if missing := sorted(set(Kind) - set(self.examples)):
            raise DocumentError(f"no response lists the examples {', '.join(missing)}")
        for operation in self.operations:
            assert operation.example  # So that a document without one is refused now, not when it is needed.
        self.max_body_bytes = max((operation.max_body_bytes for operation in self.operations), default=MAX_BODY_BYTES)

    def resolve(self, node: Mapping[str, Any]) -> dict[str, Any]:
        """Follow a local reference to what it names."""
        while "$ref" in node:
            target: Any = self.root
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return cast("dict[str, Any]", node)

    def schema(self, node: Mapping[str, Any]) -> Schema:
        """Compile a schema of the document."""
        return Schema(node, self._components)

    def sent_schema(self, node: Mapping[str, Any]) -> Schema:
        """Compile a schema of what the mock sends: with all that the reference calls mandatory."""
        return Schema(_as_sent(node), self._sent_components)

    def response(self, node: Mapping[str, Any]) -> DocumentedResponse:
        """Read a response of the document, each one once."""
        node = self.resolve(node)
        if (response := self._responses.get(id(node))) is None:
            response = self._responses[id(node)] = DocumentedResponse(node, self)
        return response

    def payloads(self, content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """Give the examples of a media type, by name."""
        for name, node in content.get("examples", {}).items():
            yield name, self.resolve(node)["value"]
        if "example" in content:
            yield "example", content["example"]
        if "schema" in content:
            for number, value in enumerate(self.resolve(content["schema"]).get("examples", []), 1):
                yield f"example {number}", value

    def component_example(self, name: str) -> Any:
        """Return the value of a named example among the components."""
        return self.resolve({"$ref": f"#/components/examples/{name}"})["value"]

    def security_scheme(self, name: str) -> SecurityScheme:
        """Read a security scheme of the document.

        Raises:
            DocumentError: It is none that the mock can check.
        """
        node = self.resolve(self.root["components"]["securitySchemes"][name])
        if node["type"] != "apiKey" or node["in"] != "header":
            raise DocumentError(f"security scheme {name}: not an API key in a header")
        is_signature = "x-signing-algorithm" in node
        return SecurityScheme(name, node["name"].lower().encode(), is_signature, node.get("x-max-age-seconds"))

    def parameter(self, name: str) -> Parameter:
        """Return the parameter that some operation has under this name."""
        return next(
            parameter for operation in self.operations for parameter in operation.parameters if parameter.name == name
        )

    def _errors(self) -> Iterator[tuple[str, Example]]:
        responses = [*self.outside.items(), *(pair for each in self.operations for pair in each.responses.items())]
        for status, response in responses:
            if status >= 400:
                for name, value in response.payloads.items():
                    yield name, Example(name, status, response, value)


def read_document(path: Path) -> tuple[str, dict[str, Any]]:
    """Return the document's text, and what it holds.

    Raises:
        DocumentError: The file cannot be read, or holds no OpenAPI document.
    """
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.load(text, Loader=_LOADER)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise DocumentError(f"{path}: {error}") from None
    if not isinstance(root, dict) or not isinstance(root.get("paths"), dict):
        raise DocumentError(f"{path}: no OpenAPI document with paths")
    return text, root


def _as_sent(node: Any) -> Any:
    """Return a part of the document in which what `x-reference-required` lists is required, and not null."""
    if isinstance(node, list):
        return [_as_sent(each) for each in node]
    if not isinstance(node, dict):
        return node
    sent = {key: _as_sent(value) for key, value in node.items()}
    if isinstance(names := node.get("x-reference-required"), list):
        sent["required"] = [*node.get("required", []), *names]
        sent["properties"] |= {name: {"not": {"type": "null"}, "allOf": [sent["properties"][name]]} for name in names}
    return sent


def find_document() -> Path:
    """Return where openapi.yaml is: within the installed package, or at the root of a checkout."""
    here = Path(__file__).resolve().parent
    for folder in (here, here.parent):
        if (path := folder / "openapi.yaml").exists():
            return path
    raise DocumentError(f"openapi.yaml is neither in {here} nor beside it")


def percent_decode(raw: bytes) -> str:
    """Decode percent-encoded UTF-8 strictly.

    Raises:
        ValueError: It is not percent-encoded, or not UTF-8.
    """
    if _BAD_PERCENT.search(raw):
        raise ValueError("a percent sign without two hexadecimal digits after it")
    return unquote_to_bytes(raw).decode()


def _listing(items: Iterable[object]) -> str:
    return ", ".join(str(item) for item in items if item != "") or "none"


def query_values(query: bytes) -> dict[str, list[bytes]]:
    """Give the query's values by parameter name, percent-encoded as they are."""
    values: dict[str, list[bytes]] = {}
    for pair in filter(None, query.split(b"&")):
        name, _, value = pair.partition(b"=")
        values.setdefault(unquote_to_bytes(name.replace(b"+", b" ")).decode("utf-8", "replace"), []).append(value)
    return values


def _typed(text: str, types: Any) -> Any:
    """Give a parameter's text the type that its schema names, where it is one."""
    if types is None or types == "string":
        return text
    if types == "boolean" and text in ("true", "false"):
        return text == "true"
    if types == "integer" and re.fullmatch(r"-?(0|[1-9][0-9]{0,99})", text):
        return int(text)
    if types == "number" and re.fullmatch(r"-?(0|[1-9][0-9]{0,99})(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?", text):
        return float(text)
    return text
