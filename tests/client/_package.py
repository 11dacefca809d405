"""The client of the contract with operations added to it, as tests/generation adds them."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.generation import documents

NAME = "dataarts_client_with_more"
OPERATION = "runJobImmediately"


class Package:
    """A generated client, by its parts."""

    def __init__(self, name: str) -> None:
        """Import it."""
        self.name = name
        self.errors = self.module("errors")
        self.models = self.module("models")
        self.client_class: Any = importlib.import_module(name).Client

    def module(self, path: str) -> ModuleType:
        """Import one of its modules."""
        return importlib.import_module(f"{self.name}.{path}")

    def operation(self, name: str, tag: str = "things") -> ModuleType:
        """Import the module of an operation."""
        return self.module(f"api.{tag}.{name}")


def document() -> dict[str, Any]:
    """Return the grown contract, with a GET that has the responses of the operation that starts runs.

    So what is tested of the responses to a POST can be tested of those to a GET.
    """
    contract = documents.document(documents.ADDED)
    path, post = documents.operation(contract, OPERATION)
    query = [
        {"name": "page_size", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
        {"name": "orderBy", "schema": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"}},
    ]
    described = [{"in": "query", "required": False, "description": "How to list.", **one} for one in query]
    contract["paths"][f"{path.rpartition('/')[0]}/last-run"] = {
        "get": {
            "operationId": "showLastRun",
            "tags": ["things"],
            "summary": "Show the last run.",
            "description": "Shows the run of a job that was started last.",
            "security": post["security"],
            "parameters": [*post["parameters"], *described],
            "responses": post["responses"],
        }
    }
    return contract


def generate(folder: Path) -> Path:
    """Generate the client in the folder, under its name."""
    done = documents.generate(documents.write(folder, document()), folder / NAME)
    assert done.returncode == 0, done.stderr
    return folder / NAME
