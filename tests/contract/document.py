"""The contract, as the suite reads it: every path, limit and status that a test asserts comes from here."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
import yaml

from .words import short

ROOT = Path(__file__).resolve().parents[2]
CASES = int(os.environ.get("CASES") or 25)
"""How many cases are generated for each property; `make contract` takes more."""
_NO_CONTENT: tuple[str | None, dict[str, Any]] = (None, {})
COVERED = "runJobImmediately"
"""The operation that the suite covers as yet; the others are left out."""
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Parameter:
    """A parameter of an operation."""

    name: str
    location: str
    required: bool
    schema: dict[str, Any]
    example: Any


@dataclass(frozen=True)
class Example:
    """An answer of the document, by name."""

    name: str
    status: int
    value: Any


@dataclass(frozen=True)
class Answer:
    """A response of the document."""

    status: int
    media_type: str | None
    schema: dict[str, Any]
    headers: Mapping[str, tuple[bool, dict[str, Any]]]
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Operation:
    """An operation of the document."""

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    bodies: Mapping[str, dict[str, Any]]
    body_required: bool
    body_example: Any
    max_body_bytes: int | None
    answers: Mapping[int, Answer]
    security: tuple[Mapping[str, Any], ...]

    @property
    def media_type(self) -> str | None:
        """The media type of the request body."""
        return next(iter(self.bodies), None)

    @property
    def success(self) -> Answer:
        """The answer to a request that all is well with."""
        return next(answer for status, answer in self.answers.items() if status < 300)


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
            if method in item and item[method].get("operationId") == COVERED
        ]

    @cached_property
    def outside(self) -> dict[int, Answer]:
        """What is answered to a request that reaches no operation."""
        nodes = self.root.get("x-gateway-responses", {})
        return {int(status): self._answer(int(status), node) for status, node in nodes.items()}

    def methods(self, path: str) -> set[str]:
        """Return the methods that a path has."""
        return {method.upper() for method in METHODS if method in self.root["paths"][path]}

    def error(self, name: str) -> Example:
        """Return an error by the name of its example."""
        answers = [*self.outside.values(), *(answer for each in self.operations for answer in each.answers.values())]
        return next(example for answer in answers for example in answer.examples if example.name == name)

    @property
    def missing_codes(self) -> list[str]:
        """The error codes that say that what a request names is not there."""
        return [self.error(name).value["error_code"] for name in ("JobNotFound", "WorkspaceNotFound")]

    def resolve(self, node: Any) -> Any:
        """Follow a local reference to what it names."""
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self.root
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part.replace("~1", "/").replace("~0", "~")]
            node = target
        return node

    def breach(self, schema: dict[str, Any], value: Any) -> str | None:
        """Return what a schema forbids about a value, or None."""
        kept = self._validators.get(id(schema))
        if kept is None:
            whole = {"components": self.root.get("components", {}), **schema}
            validator = jsonschema_rs.Draft202012Validator(whole)
            kept = self._validators[id(schema)] = validator, schema
        try:
            error = next(kept[0].iter_errors(value), None)
        except ValueError as unreadable:
            return str(unreadable)
        return error and f"{'/'.join(map(str, error.instance_path))} {short(error.message, 90)}".strip()

    def bundled(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return a schema with all references in it replaced by what they name."""

        def expand(node: Any) -> Any:
            node = self.resolve(node)
            if isinstance(node, dict):
                return {key: expand(value) for key, value in node.items()}
            return [expand(item) for item in node] if isinstance(node, list) else node

        return cast("dict[str, Any]", expand(schema))

    def _operation(self, path: str, method: str, item: Mapping[str, Any]) -> Operation:
        node = item[method]
        nodes = [self.resolve(each) for each in (*item.get("parameters", []), *node.get("parameters", []))]
        by_name = {(each["in"], each["name"]): self._parameter(each) for each in nodes}
        body = self.resolve(node.get("requestBody", {}))
        contents = body.get("content", {})
        first: Mapping[str, Any] = next(iter(contents.values()), {})
        examples = [example.value for example in self._examples(0, first)]
        return Operation(
            id=node.get("operationId", f"{method} {path}"),
            method=method.upper(),
            path=path,
            parameters=tuple(by_name.values()),
            bodies={name: self.resolve(content.get("schema", {})) for name, content in contents.items()},
            body_required=body.get("required", False),
            body_example=examples[0] if examples else None,
            max_body_bytes=node.get("x-max-body-bytes"),
            answers={
                int(status): self._answer(int(status), answer)
                for status, answer in node["responses"].items()
                if status.isdecimal()
            },
            security=tuple(node.get("security", self.root.get("security", ()))),
        )

    def _parameter(self, node: Mapping[str, Any]) -> Parameter:
        schema = self.resolve(node.get("schema", {}))
        example = node.get("example", next((each.value for each in self._examples(0, node)), None))
        return Parameter(node["name"], node["in"], node.get("required", False), schema, example)

    def _answer(self, status: int, node: Any) -> Answer:
        node = self.resolve(node)
        media_type, content = next(iter(node.get("content", {}).items()), _NO_CONTENT)
        headers = {name: self.resolve(header) for name, header in node.get("headers", {}).items()}
        return Answer(
            status=status,
            media_type=media_type,
            schema=self.resolve(content.get("schema", {})),
            headers={name: (header.get("required", False), header["schema"]) for name, header in headers.items()},
            examples=tuple(self._examples(status, content)),
        )

    def _examples(self, status: int, content: Mapping[str, Any]) -> Iterator[Example]:
        for name, node in content.get("examples", {}).items():
            yield Example(name, status, self.resolve(node)["value"])
        if "example" in content:
            yield Example("example", status, content["example"])


def find_document() -> Path:
    """Return where the contract is: the file that `DOCUMENT` names, or openapi.yaml."""
    return Path(os.environ.get("DOCUMENT") or ROOT / "openapi.yaml")
