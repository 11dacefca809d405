"""The request that is measured, from openapi.yaml: the documented example of the operation that starts a run."""

from __future__ import annotations

from typing import Any

import yaml

from .environments import ROOT

OPERATION = "runJobImmediately"
"""The operation that peers call; the official SDK and others know it by its path."""


def example() -> dict[str, Any]:
    """Return the parts of the example: its path, the values of path parameters by their names, and its body."""
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))

    def resolved(node: Any) -> Any:
        while "$ref" in node:
            found = document
            for part in node["$ref"].removeprefix("#/").split("/"):
                found = found[part]
            node = found
        return node

    path, operation = next(
        (path, operation)
        for path, item in document["paths"].items()
        for operation in item.values()
        if isinstance(operation, dict) and operation.get("operationId") == OPERATION
    )
    parameters = [resolved(parameter) for parameter in operation["parameters"]]
    values = {each["name"]: _example_of(each) for each in parameters if each["in"] == "path"}
    bodies = resolved(operation["requestBody"])["content"]["application/json"]["examples"]
    return {"path": path.format(**values), **values, "body": resolved(next(iter(bodies.values())))["value"]}


def _example_of(parameter: dict[str, Any]) -> Any:
    if "example" in parameter:
        return parameter["example"]
    if "examples" in parameter:
        return next(iter(parameter["examples"].values()))["value"]
    return parameter["schema"]["examples"][0]
