"""What the contract says, read from openapi.yaml itself."""

from __future__ import annotations

from typing import Any

import yaml

from tests.conftest import ROOT

CONTRACT: dict[str, Any] = yaml.load(
    (ROOT / "openapi.yaml").read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)
)
"""The document."""

_STATUS = CONTRACT["components"]["schemas"]["JobInstanceStatus"]

SUCCESS: list[str] = _STATUS["x-final-states"]["success"]
"""The states in which a run has succeeded."""
FAILURE: list[str] = _STATUS["x-final-states"]["failure"]
"""Those in which it has ended otherwise."""
GOING = [state for state in _STATUS["enum"] if state not in SUCCESS + FAILURE]
"""All others."""


def operation(operation_id: str) -> dict[str, Any]:
    """Return an operation."""
    operations = (item for path in CONTRACT["paths"].values() for item in path.values())
    found: dict[str, Any] = next(each for each in operations if each["operationId"] == operation_id)
    return found


def error_code(example: str) -> str:
    """Return the error code of a named example."""
    code: str = CONTRACT["components"]["examples"][example]["value"]["error_code"]
    return code
