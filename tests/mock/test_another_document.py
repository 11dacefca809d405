"""Does the mock answer from another document where it is given one?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from dataarts_mock import MockServer
from tests.mock._process import running

PATH = "/another/{project_id}"
UNUSABLE = {
    "missing": None,
    "empty": "",
    "a list": "- paths",
    "not YAML": "paths: {",
    "without paths": "openapi: 3.1.0",
}
"""Documents that cannot be served, by what is wrong with them."""


@pytest.fixture
def another(document: dict[str, Any], tmp_path: Path) -> Path:
    """The contract with one operation more."""
    operation = next(iter(next(iter(document["paths"].values())).values()))
    added = {
        "operationId": "another",
        "security": operation["security"],
        "parameters": [{"$ref": "#/components/parameters/ProjectId"}],
        "responses": {"204": {"description": "Done."}},
    }
    path = tmp_path / "another.yaml"
    path.write_text(yaml.safe_dump({**document, "paths": {**document["paths"], PATH: {"put": added}}}))
    return path


def put(url: str) -> int:
    """Call the operation that only the other document has, and return the status."""
    headers = {"X-Auth-Token": "mock-token"}
    return httpx.put(url + PATH.format(project_id="p"), headers=headers, trust_env=False).status_code


def test_mock_server_answers_from_another_document(another: Path) -> None:
    """MockServer answers from the document that it is given, and shows that one."""
    with MockServer(document=another) as mock:
        status = put(mock.url)
        shown = httpx.get(f"{mock.url}/openapi.yaml", trust_env=False).text

    assert status == 204
    assert shown == another.read_text()


def test_command_line_answers_from_another_document(another: Path) -> None:
    """The command line's --document does the same."""
    with running("--document", str(another)) as url:
        status = put(url)

    assert status == 204


@pytest.mark.parametrize("text", UNUSABLE.values(), ids=UNUSABLE)
def test_unusable_document_gets_one_clear_line(text: str | None, tmp_path: Path) -> None:
    """A document that cannot be read ends the mock with status 2 and one line that names the file."""
    path = tmp_path / "unusable.yaml"
    if text is not None:
        path.write_text(text)
    command = [sys.executable, "-m", "dataarts_mock", "--port", "0", "--document", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert f"dataarts-mock: error: {path}: " in done.stderr
    assert "Traceback" not in done.stderr
