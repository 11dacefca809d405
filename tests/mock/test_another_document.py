"""Does the mock answer from another document where it is given one?"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from dataarts_mock import MockServer
from tests.generation.documents import ADDED, write
from tests.generation.documents import document as document_with
from tests.mock._http import exchange
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
    added = {
        "operationId": "another",
        "security": [{name: []} for name in document["components"]["securitySchemes"]],
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


def test_response_that_breaks_the_contract_is_not_sent(another: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A response that the document itself does not allow becomes a 500, after which the connection is closed."""
    document = yaml.safe_load(another.read_text())
    responses = document["paths"][PATH]["put"]["responses"]
    responses["200"] = {
        "description": "Done.",
        "content": {"application/json": {"schema": {"type": "object"}, "example": "no object"}},
    }
    del responses["204"]
    another.write_text(yaml.safe_dump(document))
    with MockServer(document=another) as mock:
        request = f"PUT {PATH.format(project_id='p')} HTTP/1.1\r\nHost: mock\r\nX-Auth-Token: {mock.token}\r\n\r\n"
        received, error = exchange(mock.url, request.encode())

    assert received.startswith(b"HTTP/1.1 500 ")
    assert received.endswith(b"\r\n\r\nInternal Server Error")
    assert error is None
    assert [record.exc_info[0].__name__ for record in caplog.records if record.exc_info and record.exc_info[0]] == [
        "InvalidResponseError"
    ]


LISTS = {
    "separated by commas": ("sizes=1,2", None),
    "percent-encoded commas": ("sizes=1%2C2", None),
    "one item": ("sizes=99", None),
    "an item that is too large": ("sizes=1,100", "sizes[1]: greater than 99"),
    "an item that is no number": ("sizes=a,1", "sizes[0]: not of type integer"),
    "no item between commas": ("sizes=1,,2", "sizes[1]: not of type integer"),
    "empty": ("sizes=", "sizes[0]: not of type integer"),
    "one value for each item": ("tag=a&tag=b", None),
    "too many items": ("tag=a&tag=b&tag=c&tag=d", "tag: more than 3 items"),
    "a comma within an item": ("tag=a,b", None),
    "an item that is too long": ("tag=a&tag=abcdef", "tag[1]: longer than 5 characters"),
}
"""Arrays in the query of listThings: what is sent, and what is wrong with it."""


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A mock of the contract with operations added, by its URL."""
    with MockServer(document=write(tmp_path_factory.mktemp("grown"), document_with(ADDED))) as mock:
        yield mock.url


@pytest.mark.parametrize(("query", "violation"), LISTS.values(), ids=LISTS)
def test_arrays_in_the_query_are_read_as_the_document_writes_them(
    query: str, violation: str | None, grown: str
) -> None:
    """An array is split at commas only where `explode` is false; a refusal names parameter, item and rule."""
    headers = {"X-Auth-Token": "mock-token"}
    response = httpx.get(f"{grown}/v1/p/things?{query}", headers=headers, trust_env=False)

    assert response.status_code == (400 if violation else 200), response.text
    if violation:
        assert response.json()["error_msg"].rstrip(".").endswith(violation), response.json()["error_msg"]


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
