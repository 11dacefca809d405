"""The contract with operations added to it, and the client generated from that."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
NAME = "dataarts_client_with_more"
OPERATION = "runJobImmediately"
JOB_PATH = "/v1/{project_id}/jobs/{job_name}"


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

    def operation(self, name: str) -> ModuleType:
        """Import the module of an operation."""
        return self.module(f"api.jobs.{name}")


def document() -> dict[str, Any]:
    """Write the contract with three more operations: one that reads, one that lists, one that deletes."""
    contract: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    post = next(item["post"] for item in contract["paths"].values() if item["post"]["operationId"] == OPERATION)
    query = [
        {"name": "page_size", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
        {"name": "orderBy", "schema": {"type": "string", "minLength": 2, "maxLength": 4, "pattern": "^[a-z]+$"}},
    ]
    described = [{"in": "query", "required": False, "description": "How to list.", **one} for one in query]
    failures = {status: response for status, response in post["responses"].items() if status != "200"}
    contract["components"]["schemas"]["JobSettings"] = {
        "type": "object",
        "description": "What a job is set to.",
        "required": ["params", "kind"],
        "properties": {
            "params": {
                "type": "array",
                "description": "Its parameters.",
                "maxItems": 2,
                "items": {"$ref": "#/components/schemas/JobParam"},
            },
            "kind": {"$ref": "#/components/schemas/ParamType"},
        },
        "additionalProperties": True,
    }
    settings = {"application/json": {"schema": {"$ref": "#/components/schemas/JobSettings"}}}
    common = {"tags": ["jobs"], "security": post["security"]}
    contract["paths"][f"{JOB_PATH}/last-run"] = {
        "get": common
        | {
            "operationId": "showLastRun",
            "summary": "Show the last run.",
            "description": "Shows the run of a job that was started last.",
            "parameters": [*post["parameters"], *described],
            "responses": post["responses"],
        }
    }
    contract["paths"][JOB_PATH] = {
        "get": common
        | {
            "operationId": "showJob",
            "summary": "Show a job.",
            "description": "Shows what a job is set to.",
            "parameters": post["parameters"],
            "responses": {"200": {"description": "The job.", "content": settings}, **failures},
        },
        "delete": common
        | {
            "operationId": "deleteJob",
            "summary": "Delete a job.",
            "description": "Deletes a job.",
            "parameters": post["parameters"],
            "responses": {"204": {"description": "The job is gone."}, **failures},
        },
    }
    return contract


def generate(folder: Path) -> Path:
    """Generate the client in the folder, under its name."""
    source = folder / "openapi.yaml"
    source.write_text(yaml.safe_dump(document(), allow_unicode=True, sort_keys=False), encoding="utf-8")
    command = [sys.executable, str(ROOT / "scripts" / "generate.py"), "--document", str(source)]
    subprocess.run([*command, "--output", str(folder / NAME)], check=True)
    return folder / NAME
