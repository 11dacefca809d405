"""Servers: the URLs that `server_url` of a generated client knows, and the arguments that it takes."""

from __future__ import annotations

from dataclasses import dataclass

from openapi_python_client.strings import PythonIdentifier

from .document import Document, Node
from .errors import GenerationError
from .prose import sentence


@dataclass(frozen=True)
class Variable:
    """A variable in the URL of a server."""

    name: str
    default: str
    choices: list[str] | None
    """The values that it can have, if the document lists them."""


@dataclass(frozen=True)
class Server:
    """A server of the document."""

    name: str
    url: str
    variables: list[Variable]
    text: str


@dataclass(frozen=True)
class VariableArgument:
    """The argument for a variable, which some or all servers have."""

    name: str
    text: str


@dataclass(frozen=True)
class Servers:
    """The servers of a document.

    Where an extension of each server holds a string, every one another, it tells them apart, and `server_url` has an
    argument of its name. Where there is none, `server_url` is not generated.
    """

    argument: str | None
    all: list[Server]
    variables: list[VariableArgument]


def servers(document: Document) -> Servers:
    """Return the servers of a document."""
    nodes: list[Node] = document.content.get("servers", [])
    extension = _telling_apart(nodes)
    if extension is None:
        return Servers(None, [], [])
    found = [
        Server(node[extension], node["url"], _variables(node), sentence(node.get("description") or node["url"]))
        for node in nodes
    ]
    names = dict.fromkeys(variable.name for server in found for variable in server.variables)
    for name in names:
        if not name.isidentifier() or name == "url":
            raise GenerationError(f"the variable {name} of a server cannot be the name of an argument")
    arguments = [VariableArgument(name, _text(name, nodes, found)) for name in names]
    return Servers(PythonIdentifier(extension.removeprefix("x-"), prefix="field_"), found, arguments)


def _telling_apart(nodes: list[Node]) -> str | None:
    for extension in nodes[0] if nodes else ():
        names = [node.get(extension) for node in nodes]
        if extension.startswith("x-") and all(isinstance(name, str) for name in names) and len({*names}) == len(names):
            return extension
    return None


def _variables(node: Node) -> list[Variable]:
    return [
        Variable(name, str(variable["default"]), variable.get("enum"))
        for name, variable in node.get("variables", {}).items()
    ]


def _text(name: str, nodes: list[Node], found: list[Server]) -> str:
    """Return what a variable is: how the first server that has it describes it, and what it is by default."""
    descriptions = [
        node["variables"][name].get("description", "") for node in nodes if name in node.get("variables", {})
    ]
    defaults = [
        f"{variable.default} ({server.name})"
        for server in found
        for variable in server.variables
        if variable.name == name
    ]
    return f"{sentence(descriptions[0])} Not given: {', '.join(defaults)}.".strip()
