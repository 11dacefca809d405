"""An OpenAPI document as it is compared: read, with its references followed."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Node = dict[str, Any]

ANNOTATIONS = frozenset(
    {"$comment", "deprecated", "description", "example", "examples", "externalDocs", "summary", "title", "xml"}
)
"""The keys that people read, and that neither client nor mock check anything by."""


_MAPS = frozenset({"$defs", "dependentSchemas", "patternProperties", "properties"})
"""The keywords whose values have names for keys."""


class UnusableError(Exception):
    """What was asked for cannot be compared; the message says why, on one line."""


@dataclass(frozen=True)
class Document:
    """An OpenAPI document.

    Args:
        root: Its content.
        name: What it is called to people.
        text: Its text as it was read.
    """

    root: Node
    name: str
    text: str

    def is_same(self, other: Document) -> bool:
        """Whether another document says the same in the same order, which is that of arguments in Python."""
        return json.dumps(self.root, default=str) == json.dumps(other.root, default=str)

    @property
    def version(self) -> str:
        """Its `info.version`."""
        return str(self.root.get("info", {}).get("version", ""))

    def resolve(self, node: Any, origin: str) -> tuple[Node, str]:
        """Follow a reference to what it names; keys beside `$ref` replace those of what it names.

        Args:
            node: An object of the document, or a boolean schema.
            origin: Where it stands, as a JSON pointer.

        Returns:
            What it means, and where that stands.

        Raises:
            UnusableError: The reference leads nowhere.
        """
        if node is True:
            return {}, origin
        if node is False:
            return {"not": {}}, origin
        beside: Node = {}
        seen: set[str] = set()
        while "$ref" in node:
            reference = str(node["$ref"])
            if reference in seen:
                raise UnusableError(f"{self.name}: {reference} refers to itself")
            seen.add(reference)
            beside = {key: value for key, value in node.items() if key != "$ref"} | beside
            node, origin = self._look_up(reference), reference
        return (node | beside if beside else node), origin

    def _look_up(self, reference: str) -> Any:
        target: Any = self.root
        if not reference.startswith("#/"):
            raise UnusableError(f"{self.name}: the reference {reference} leaves the document")
        for part in reference.removeprefix("#/").split("/"):
            key = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(target, Mapping) or key not in target:
                raise UnusableError(f"{self.name}: the reference {reference} leads nowhere")
            target = target[key]
        return target

    def used(self, node: Any = None) -> set[str]:
        """Return the references that lead from a node, or from all operations, to components."""
        found: set[str] = set()
        if node is None:
            left: list[Any] = [value for key, value in self.root.items() if key != "components"]
        else:
            left = [node]
        while left:
            each = left.pop()
            if isinstance(each, list):
                left += each
            elif isinstance(each, dict):
                left += each.values()
                reference = each.get("$ref")
                if isinstance(reference, str) and reference not in found:
                    found.add(reference)
                    left.append(self._look_up(reference))
        return found

    def meaning(self, node: Any, within: frozenset[str] = frozenset()) -> Any:
        """Return a node with its references replaced by what they name, and without what only people read."""
        if isinstance(node, list):
            return [self.meaning(each, within) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            reference = str(node["$ref"])
            if reference in within:
                return {"$ref": reference}
            return self.meaning(self.resolve(node, "")[0], within | {reference})
        return {
            key: {name: self.meaning(each, within) for name, each in value.items()}
            if key in _MAPS and isinstance(value, dict)
            else self.meaning(value, within)
            for key, value in node.items()
            if key not in ANNOTATIONS
        }


def read_file(path: Path, name: str | None = None) -> Document:
    """Read a document from a file.

    Args:
        path: The file.
        name: What it is called to people; None for its path.

    Raises:
        UnusableError: It cannot be read, or is no OpenAPI document of version 3.1 or later.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise UnusableError(f"{path}: {error}") from None
    return read_text(text, name or str(path))


def read_text(text: str, name: str) -> Document:
    """Read a document from its text.

    Raises:
        UnusableError: It is no OpenAPI document of version 3.1 or later.
    """
    try:
        root = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise UnusableError(f"{name} is not YAML: {' '.join(str(error).split())}") from None
    if not isinstance(root, dict) or not isinstance(root.get("paths"), dict):
        raise UnusableError(f"{name} is no OpenAPI document with paths")
    if not re.match(r"3\.[1-9]", str(root.get("openapi"))):
        raise UnusableError(f"{name} is not of OpenAPI 3.1 or later, but of {root.get('openapi')}")
    return Document(root, name, text)


def read_base(base: str | None, path: Path) -> Document:
    """Read the old document.

    Args:
        base: A git revision, or a file; None for the last tag, or HEAD where there is none.
        path: The new document, whose history is looked up.

    Raises:
        UnusableError: There is no such revision or file, or it holds no OpenAPI document of version 3.1 or later.
    """
    if base is None:
        last_tag = _git(path, "describe", "--tags", "--abbrev=0")
        base = last_tag.stdout.strip() if last_tag.returncode == 0 else "HEAD"
    elif Path(base).is_file():
        return read_file(Path(base))
    commit = _git(path, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}")
    if commit.returncode:
        raise UnusableError(f"{base} is neither a file nor a revision of the repository of {path}")
    shown = _git(path, "show", f"{commit.stdout.strip()}:./{path.name}")
    if shown.returncode:
        raise UnusableError(f"the revision {base} has no {path.name}")
    return read_text(shown.stdout, f"{path.name} of {base}")


def _git(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(path.resolve().parent), *arguments]
    try:
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    except FileNotFoundError:
        raise UnusableError("git is needed to find the old document; name a file instead") from None
