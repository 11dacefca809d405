"""The contract, as the suite reads it: every path, limit and status that a test asserts comes from here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]


class Document:
    """An OpenAPI 3.1 document."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.root: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))

    def example(self, name: str) -> Any:
        """Return the value of a named example among the components."""
        return self.root["components"]["examples"][name]["value"]

    @property
    def missing_codes(self) -> list[str]:
        """The error codes that say that what a request names is not there."""
        return [self.example(name)["error_code"] for name in ("JobNotFound", "WorkspaceNotFound")]


def find_document() -> Path:
    """Return where the contract is: the file that `DOCUMENT` names, or openapi.yaml."""
    return Path(os.environ.get("DOCUMENT") or ROOT / "openapi.yaml")
