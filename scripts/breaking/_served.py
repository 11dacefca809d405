"""The old document as today's mock can serve it.

The mock has behaviours and errors of its own, for which it looks in the document: the states of a job instance, the
error of each kind that it finds. An old document may lack what came later. What it lacks is taken from the new one and
put where no operation of the old one uses it, so that these stay what they were.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from ._document import Document, Node

_GATEWAY = "x-gateway-responses"


def completed(old: Document, new: Document) -> Node:
    """Return the old document with components, and examples of errors, that only the new one has."""
    root = deepcopy(old.root)
    components = root.setdefault("components", {})
    for section, nodes in new.root.get("components", {}).items():
        if isinstance(nodes, dict):
            components[section] = deepcopy(nodes) | components.get(section, {})
    before, now = _error_examples(old), _error_examples(new)
    gateway = root.setdefault(_GATEWAY, {})
    for name in [each for each in now if each not in before]:
        status, schema, example = now[name]
        # A status of which the gateway has no response yet, or has one that was added here.
        response = gateway.setdefault(status, {"description": "Errors that the new document has.", "content": {}})
        if response.get("content") is not None and "$ref" not in response:
            content = response["content"].setdefault("application/json", {"schema": schema, "examples": {}})
            content.setdefault("examples", {})[name] = example
    return root


def _error_examples(document: Document) -> dict[str, tuple[str, Any, Any]]:
    """Return status, schema and value of the examples that responses of 400 and above list, by name."""
    found: dict[str, tuple[str, Any, Any]] = {}
    listed = [document.root.get(_GATEWAY, {})]
    for item in document.root["paths"].values():
        listed += [each["responses"] for each in item.values() if isinstance(each, dict) and "responses" in each]
    for responses in listed:
        for status, each in responses.items():
            if str(status)[0] in "45":
                response, _ = document.resolve(each, "")
                for content in response.get("content", {}).values():
                    for name, example in content.get("examples", {}).items():
                        found[name] = str(status), content.get("schema", {}), example
    return found
