"""Is an operation that is added to the contract there at once, in the client and in the mock?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import yaml

PATH = "/v1/{project_id}/jobs/{job_name}"
RUN = "runJobImmediately"
CODE = """
import sys
from typing import assert_type

from dataarts_client import Client
from dataarts_client.api.jobs import show_job
from dataarts_client.models import Job

from dataarts_auth import TokenAuth

with Client(sys.argv[1], auth=TokenAuth("mock-token")) as client:
    job = show_job.sync("p1", "myJob", client=client, limit=10)
    assert_type(job, Job)
    assert_type(job.name, str)
    print(job.to_dict())
"""


QUERIES = {
    "limit=100": None,
    "limit=%31": None,
    "other=%FF": None,
    "limit=101": "limit: greater than 100",
    "limit=0": "limit: less than 1",
    "limit=": "limit: not of type integer",
    "limit=1&limit=2": "limit: not of type integer",
    "limit=%FF": "limit: not UTF-8, percent-encoded",
}
"""Queries, and what the mock finds wrong with each."""


def _refusal(url: str) -> str | None:
    answer = httpx.get(url, headers={"X-Auth-Token": "mock-token"}, trust_env=False)
    if answer.status_code == 200:
        return None
    return str(answer.json()["error_msg"]).removeprefix("The request parameter is invalid. ")


def add_operation(document: Path) -> None:
    """Add a GET, with an example, to the contract."""
    contract = yaml.safe_load(document.read_text(encoding="utf-8"))
    run = next(item for item in contract["paths"].values() if item.get("post", {}).get("operationId") == RUN)
    contract["paths"][PATH] = {
        "get": {
            "operationId": "showJob",
            "tags": ["jobs"],
            "summary": "Show a job.",
            "security": run["post"]["security"],
            "parameters": [
                *run["post"]["parameters"],
                {
                    "name": "limit",
                    "in": "query",
                    "description": "At most so many.",
                    "schema": {"type": "integer", "minimum": 1, "maximum": 100},
                },
            ],
            "responses": {
                "200": {
                    "description": "The job.",
                    "content": {
                        "application/json": {
                            "schema": {"$ref": "#/components/schemas/Job"},
                            "example": {"name": "myJob", "nodes": 3},
                        }
                    },
                },
                "400": {"$ref": "#/components/responses/BadRequest"},
            },
        }
    }
    contract["components"]["schemas"]["Job"] = {
        "type": "object",
        "description": "A job.",
        "required": ["name"],
        "properties": {"name": {"type": "string"}, "nodes": {"type": "integer", "minimum": 0}},
    }
    document.write_text(yaml.safe_dump(contract, allow_unicode=True, sort_keys=False), encoding="utf-8")


def test_added_operation_is_generated_and_served(checkout: Path) -> None:
    """After a GET is added to the document, the client has it, typed, and the mock serves its example."""
    add_operation(checkout / "openapi.yaml")
    code = checkout / "user.py"
    code.write_text(CODE, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (checkout, checkout / "generated_client")))}

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command],
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    generated = run("scripts/generate.py")
    checked = run("-m", "mypy", "--strict", "--config-file=", "generated_client/dataarts_client", "user.py")
    command = [sys.executable, "-m", "dataarts_mock", "--port", "0"]
    with subprocess.Popen(command, cwd=checkout, env=environment, stdout=subprocess.PIPE, text=True) as mock:
        assert mock.stdout
        url = re.findall(r"http://[\w.:]+", mock.stdout.readline())[0]
        called = run("user.py", url)
        refused = {query: _refusal(f"{url}/v1/p1/jobs/myJob?{query}") for query in QUERIES}
        mock.terminate()
        lines = mock.stdout.read()

    assert generated.returncode == 0, generated.stderr
    assert checked.returncode == 0, checked.stdout
    assert json.loads(called.stdout.replace("'", '"')) == {"name": "myJob", "nodes": 3}, called.stderr
    assert "/v1/p1/jobs/myJob" in lines
    assert refused == QUERIES
