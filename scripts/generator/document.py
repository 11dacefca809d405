"""The OpenAPI document that a client is generated from."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self, TypeGuard

import yaml

from .errors import GenerationError

Node = dict[str, Any]
"""A JSON object of the document."""

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
POINTER = "x-json-pointer"
"""The extension that `Document.prepared` gives schemas."""
ANNOTATIONS = frozenset(
    {
        *("$comment", "default", "deprecated", "description", "discriminator", "example", "examples"),
        *("externalDocs", "format", "readOnly", "title", "writeOnly", "xml"),
    }
)
"""The keywords of a schema that forbid no value; the formats that the client checks are types of their own."""

# The objects of OpenAPI whose keys are names that an author chose, and not keywords.
_NAMED = frozenset(
    {
        *("callbacks", "content", "encoding", "headers", "links", "parameters", "pathItems", "paths"),
        *("requestBodies", "responses", "securitySchemes", "variables", "webhooks"),
    }
)


@dataclass(frozen=True)
class OperationObject:
    """An operation as the document has it, the references of its own level followed."""

    method: str
    path: str
    node: Node
    """The Operation Object itself."""
    parameters: list[Node]
    """Its parameters and its path's, the operation's own first in case of doubt."""
    body: Node | None
    """Its request body."""
    responses: dict[str, Node]
    """Its responses, by status, status range or `default`."""

    def __str__(self) -> str:
        return f"{self.method.upper()} {self.path}"


class Document:
    """An OpenAPI document, its schemas indexed by JSON pointer.

    Args:
        content: The document, as YAML gives it. It is not changed.
    """

    def __init__(self, content: Node) -> None:
        self.content = content
        self.schemas: Mapping[str, Node] = dict(_schemas(content))
        """Every schema of the document, those within others included, by JSON pointer."""

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a document in YAML or JSON.

        Raises:
            GenerationError: The file is not such a document, or has a key twice.
        """
        try:
            content = yaml.load(path.read_text(encoding="utf-8"), _Loader)
        except yaml.YAMLError as error:
            raise GenerationError(f"{path.name} cannot be read: {error}") from error
        if not is_object(content):
            raise GenerationError(f"{path.name} is not an OpenAPI document")
        return cls(content)

    def prepared(self) -> Node:
        """Return a copy for openapi-python-client, which keeps extensions: schemas say in one where they are.

        Of an enum with null it makes the right union only where its type is not a list.
        """
        content = copy.deepcopy(self.content)
        for pointer, schema in _schemas(content):
            if "$ref" in schema:
                continue
            schema[POINTER] = pointer
            if None in schema.get("enum", []) and is_array(schema.get("type")):
                kinds = [kind for kind in schema["type"] if kind != "null"]
                schema["type"] = kinds[0] if len(kinds) == 1 else kinds
        return content

    def resolve(self, node: Node) -> Node:
        """Return what a node means: references followed, and a schema that only wraps others merged with them."""
        node = self._target(node)
        parts = [*node.get("allOf", []), *node.get("anyOf", []), *node.get("oneOf", [])]
        if not parts or (len(parts) > 1 and parts != node.get("allOf")):
            return node
        merged = {key: value for key, value in node.items() if key not in ("allOf", "anyOf", "oneOf")}
        for part in map(self.resolve, parts):
            _merge(merged, part)
        return merged

    @cached_property
    def operations(self) -> list[OperationObject]:
        """The operations, in the order of the document."""
        found: list[OperationObject] = []
        for path, reference in self.content.get("paths", {}).items():
            item = self._target(reference)
            found += [self._operation(method, path, item) for method in METHODS if method in item]
        return found

    def operation(self, method: str, path: str) -> OperationObject:
        """Return the operation of a method and a path, whose parameters may have other names than in the document."""
        return self._operations[method, erased(path)]

    @cached_property
    def _operations(self) -> dict[tuple[str, str], OperationObject]:
        return {(operation.method, erased(operation.path)): operation for operation in self.operations}

    def _operation(self, method: str, path: str, item: Node) -> OperationObject:
        node = item[method]
        parameters: dict[tuple[str, str], Node] = {}
        for parameter in map(self._target, [*item.get("parameters", []), *node.get("parameters", [])]):
            parameters[parameter["in"], parameter["name"]] = parameter
        body = self._target(node["requestBody"]) if "requestBody" in node else None
        responses = {str(status): self._target(response) for status, response in node["responses"].items()}
        return OperationObject(method, path, node, list(parameters.values()), body, responses)

    def _target(self, node: Node) -> Node:
        """Return what a reference leads to, through any number of references; any other node as it is."""
        seen: list[str] = []
        while "$ref" in node:
            reference = str(node["$ref"])
            if reference in seen:
                raise GenerationError(f"the reference {reference} leads back to itself")
            seen.append(reference)
            target: Any = self.content
            try:
                for part in reference.removeprefix("#/").split("/"):
                    target = target[part.replace("~1", "/").replace("~0", "~")]
            except (KeyError, TypeError):
                raise GenerationError(f"the reference {reference} leads nowhere") from None
            node = target
        return node


def is_object(value: Any) -> TypeGuard[Node]:
    """Return whether a value of the document is an object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Return whether a value of the document is an array."""
    return isinstance(value, list)


def erased(path: str) -> str:
    """Return a path without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON."""
    return re.fullmatch(r"application/([\w.-]+\+)?json", media_type.split(";")[0].strip()) is not None


def readable(pointer: str) -> str:
    """Return a JSON pointer as people read it."""
    return pointer.replace("~1", "/").replace("~0", "~")


def _merge(merged: Node, part: Node) -> None:
    """Add to a schema what a part of its allOf says."""
    for key, value in part.items():
        if key == "properties":
            merged[key] = {**value, **merged.get(key, {})}
        elif key == "required":
            merged[key] = [*merged.get(key, []), *value]
        elif key not in merged:
            merged[key] = value
        elif merged[key] != value and key not in ANNOTATIONS and not key.startswith("x-"):
            raise GenerationError(f"{key} is {value!r} in one part of an allOf, {merged[key]!r} in another")


def _schemas(node: Any, pointer: str = "", *, named: bool = False) -> Iterator[tuple[str, Node]]:
    """Yield every schema of the document with its JSON pointer.

    Args:
        node: The document, or a part of it.
        pointer: Where the part is.
        named: Whether its keys are names, and not keywords.
    """
    if is_array(node):
        for index, item in enumerate(node):
            yield from _schemas(item, f"{pointer}/{index}")
    elif is_object(node):
        for key, value in node.items():
            here = _below(pointer, key)
            if named:
                yield from _schemas(value, here)
            elif key == "schema":
                yield from _subschemas(value, here)
            elif here == "/components/schemas":
                for name, schema in value.items():
                    yield from _subschemas(schema, _below(here, name))
            elif key not in ("example", "examples") and not str(key).startswith("x-"):
                yield from _schemas(value, here, named=key in _NAMED)


def _subschemas(schema: Any, pointer: str) -> Iterator[tuple[str, Node]]:
    """Yield a schema and those within it, with their JSON pointers."""
    if not is_object(schema):
        return
    yield pointer, schema
    for key in ("items", "additionalProperties"):
        yield from _subschemas(schema.get(key), f"{pointer}/{key}")
    for key in ("allOf", "anyOf", "oneOf"):
        for index, part in enumerate(schema.get(key, [])):
            yield from _subschemas(part, f"{pointer}/{key}/{index}")
    for name, part in schema.get("properties", {}).items():
        yield from _subschemas(part, _below(f"{pointer}/properties", name))


def _below(pointer: str, key: object) -> str:
    """Return the JSON pointer of what has the key in the object at another."""
    return f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}"


class _Loader(yaml.CSafeLoader):
    """Reads YAML, but refuses a key that is there twice: only the last would count, silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key: Any = self.construct_object(key_node, deep=True)  # pyright: ignore[reportUnknownMemberType]
            if key in seen:
                raise yaml.MarkedYAMLError(problem=f"{key} is there twice", problem_mark=key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)
