"""How the tests of the document look into it."""

from __future__ import annotations

from typing import Any


def look(document: dict[str, Any], *steps: Any) -> Any:
    """Follow `steps` from the document's root, through references; None where a member is not there.

    A step is a member's name, a dict that picks the list item having its members, or a function of what was found.
    """
    node: Any = document
    for step in steps:
        if isinstance(step, dict):
            node = next(item for item in (resolve(document, each) for each in node) if step.items() <= item.items())
        elif callable(step):
            node = step(node)
        else:
            node = node.get(step)
        node = resolve(document, node)
    return node


def resolve(document: dict[str, Any], node: Any) -> Any:
    """Follow a local reference to what it names."""
    if isinstance(node, dict) and "$ref" in node:
        return look(document, *node["$ref"].removeprefix("#/").split("/"))
    return node
