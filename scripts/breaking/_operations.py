"""The operations of a document, and which of two documents' are the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ._document import Document, Node

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
OUTSIDE = "any other path"
"""What the gateway's responses belong to, in the place of an operation."""


@dataclass(frozen=True)
class Operation:
    """An operation of a document.

    Args:
        method: In small letters.
        path: As it stands in the document.
        node: What stands below it.
        origin: Where that is, as a JSON pointer.
        parameters: Its parameters and those of its path, with where each stands, by `in` and name.
        security: What credentials it takes: alternatives of schemes with their scopes.
        servers: The servers that it has of its own, or its path has.
    """

    method: str
    path: str
    node: Node
    origin: str
    parameters: dict[tuple[str, str], tuple[Node, str]]
    security: list[dict[str, list[str]]]
    servers: list[Node]

    @property
    def name(self) -> str:
        """Method and path."""
        return f"{self.method.upper()} {self.path}"

    @property
    def id(self) -> str:
        """Its operationId, or what the generator makes up where there is none."""
        return str(self.node.get("operationId") or f"{self.method}_{self.path}")

    @property
    def tag(self) -> str:
        """The module that it is generated to."""
        tags = self.node.get("tags") or ["default"]
        return str(tags[0])

    @property
    def route(self) -> tuple[str, str]:
        """Method and path, whatever the names of the path's parameters."""
        return self.method, re.sub(r"\{[^}]*\}", "{}", self.path)


@dataclass(frozen=True)
class Pairs:
    """The operations of two documents.

    Args:
        same: Those that both have.
        removed: Those that only the old one has.
        added: Those that only the new one has.
    """

    same: list[tuple[Operation, Operation]]
    removed: list[Operation]
    added: list[Operation]


def operations(document: Document) -> Iterator[Operation]:
    """Yield the operations of a document."""
    for path, reference in document.root["paths"].items():
        item, origin = document.resolve(reference, f"#/paths/{path.replace('~', '~0').replace('/', '~1')}")
        for method in METHODS:
            if method not in item:
                continue
            node = item[method]
            parameters: dict[tuple[str, str], tuple[Node, str]] = {}
            for where, listed in ((origin, item), (f"{origin}/{method}", node)):
                for index, each in enumerate(listed.get("parameters", [])):
                    parameter, place = document.resolve(each, f"{where}/parameters/{index}")
                    parameters[_key(parameter)] = parameter, place
            security = node.get("security", document.root.get("security", []))
            servers = node.get("servers", item.get("servers", []))
            yield Operation(method, path, node, f"{origin}/{method}", parameters, security, servers)


def pairs(old: Document, new: Document) -> Pairs:
    """Pair the operations of two documents: by method and path, else by operationId."""
    left, right = list(operations(old)), list(operations(new))
    same: list[tuple[Operation, Operation]] = []
    keys: tuple[Callable[[Operation], object], ...] = (lambda each: each.route, lambda each: each.id)
    for key in keys:
        for operation in list(left):
            if (other := next((each for each in right if key(each) == key(operation)), None)) is not None:
                same.append((operation, other))
                left.remove(operation)
                right.remove(other)
    return Pairs(same, left, right)


def _key(parameter: Node) -> tuple[str, str]:
    name, location = str(parameter.get("name")), str(parameter.get("in"))
    return location, name.lower() if location == "header" else name


def path_names(operation: Operation) -> list[str]:
    """Return the names of a path's parameters, in their order."""
    return re.findall(r"\{([^}]*)\}", operation.path)


def is_anonymous(alternatives: list[dict[str, Any]]) -> bool:
    """Whether an operation can be called without credentials."""
    return not alternatives or {} in alternatives
