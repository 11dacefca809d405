"""Does the command find the old document, judge the version, and say when it cannot tell?"""

from __future__ import annotations

import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from breaking import _rules
from breaking._context import Context
from breaking.command_line import main
from tests.breaking.conftest import Check
from tests.breaking.edits import JSON, RESPONSES, SCHEMAS, Edit, both, move, put, ref, remove, route, step, within

NAME = (*SCHEMAS, "JobParam", "properties", "name")
NARROWER, WIDER = step(-1, *NAME, "maxLength"), step(1, *NAME, "maxLength")
RUN = "runJobImmediately"

VERSIONS = [
    ("1.4.2", "1.4.2", 1, "info.version is 1.4.2, as before: too low for what breaks users."),
    ("1.4.2", "1.5.0", 1, "info.version is 1.5.0, before 1.4.2: too low for what breaks users."),
    ("1.4.2", "2.0.0", 0, "info.version is 2.0.0, before 1.4.2: high enough for what breaks users."),
    ("1.4.2", "2.0.0-rc.1", 0, "info.version is 2.0.0-rc.1, before 1.4.2: high enough for what breaks users."),
    ("0.4.2", "0.4.3", 1, "Undo what breaks, or raise it to 0.5.0."),
    ("0.4.2", "0.5.0", 0, "info.version is 0.5.0, before 0.4.2: high enough for what breaks users."),
    ("2.0.0", "1.0.0", 1, "Undo what breaks, or raise it to 3.0.0."),
    ("May", "June", 1, "info.version is June, before May: May is no semantic version"),
]
"""Versions before and after an edit that breaks users: exit status, and what is said."""

UNUSABLE = {
    "missing": (None, "No such file"),
    "not YAML": ("paths: {", "is not YAML"),
    "a list": ("- paths", "is no OpenAPI document with paths"),
    "an older OpenAPI": ("openapi: 3.0.3\npaths: {}", "is not of OpenAPI 3.1 or later, but of 3.0.3"),
    "a reference astray": (
        "openapi: 3.1.0\npaths: {/a: {get: {parameters: [{$ref: '#/components/parameters/A'}], responses: {}}}}",
        "the reference #/components/parameters/A leads nowhere",
    ),
}
"""Documents that cannot be compared, and what is said of each."""


def write(path: Path, contract: dict[str, Any]) -> None:
    """Write a document to a file."""
    path.write_text(yaml.safe_dump(contract, sort_keys=False, allow_unicode=True), encoding="utf-8")


def git(folder: Path, *arguments: str) -> None:
    """Run git as somebody."""
    options = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *options, *arguments], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("before", "now", "status", "said"), VERSIONS, ids=[f"{row[0]} to {row[1]}" for row in VERSIONS]
)
def test_version_must_be_raised(check: Check, before: str, now: str, status: int, said: str) -> None:
    """What breaks users asks for a new major version, before 1.0.0 for a new minor one; else the exit status is 1."""
    found, output = check(both(NARROWER, put("info", "version", now)), before=put("info", "version", before))

    assert found == status
    assert said in output.splitlines()[-1]


def test_version_that_was_not_raised_for_what_is_new(check: Check) -> None:
    """What is new asks for a higher version too, and the exit status is 0 all the same."""
    status, output = check(WIDER, before=put("info", "version", "1.0.0"))

    assert status == 0
    assert output.splitlines()[-1] == (
        "info.version is 1.0.0, as before: too low for what is new. Raise it to 1.1.0 with the next release."
    )


def test_nothing_changed(check: Check) -> None:
    """Where nothing changed, that is all that is said."""
    status, output = check(lambda document: None)

    assert status == 0
    assert output.splitlines()[-1] == "No differences."


def test_same_change_in_many_places_is_said_once(check: Check) -> None:
    """A schema that many operations use is named once, with the number of places."""
    status, output = check(put(*SCHEMAS, "ErrorResponse", "properties", "error_code", "minLength", 4))

    assert status == 1
    assert output.count("minLength: at least 4 characters, before at least 1 character") == 1
    assert "\n1 breaking, 0 widening, 0 harmless" in output


def test_base_is_the_last_tag_else_head(document: dict[str, Any], tmp_path: Path, cache: Path) -> None:
    """Without --base the old document is that of the last tag, where there is none that of HEAD."""
    path = tmp_path / "openapi.yaml"
    arguments = ["--document", str(path), "--cache", str(cache)]
    narrower = deepcopy(document)
    NARROWER(narrower)
    git(tmp_path, "init", "--quiet")
    write(path, document)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "The old document")
    write(path, narrower)
    not_committed = main(arguments)
    git(tmp_path, "commit", "--quiet", "--all", "--message", "The new document")
    committed = main(arguments)
    by_revision = main([*arguments, "--base", "HEAD~1"])
    git(tmp_path, "tag", "v1", "HEAD~1")
    tagged = main(arguments)

    assert (not_committed, committed, by_revision, tagged) == (1, 0, 1, 1)


@pytest.mark.parametrize(("text", "said"), UNUSABLE.values(), ids=UNUSABLE)
def test_unusable_document(
    text: str | None, said: str, root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A document that cannot be compared ends the command with status 2 and one line that says why."""
    path = tmp_path / "new.yaml"
    if text is not None:
        path.write_text(text)
    status = main(["--base", str(root / "openapi.yaml"), "--document", str(path)])
    lines = capsys.readouterr().err.splitlines()

    assert status == 2
    assert len(lines) == 1
    assert lines[0].startswith("check-breaking: error: ")
    assert said in lines[0]


def test_unknown_base(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A base that is neither a file nor a revision ends the command with status 2, even if it looks like an option."""
    statuses = [main([f"--base={base}", "--document", str(tmp_path / "new.yaml")]) for base in ("no-such", "--all")]
    lines = capsys.readouterr().err.splitlines()

    assert statuses == [2, 2]
    assert [line.split(": ")[2].split(" is neither")[0] for line in lines] == ["no-such", "--all"]


def test_command(document: dict[str, Any], root: Path, tmp_path: Path, cache: Path) -> None:
    """The script that make runs prints what was found, and exits with its status; nothing goes to stderr."""
    narrower = deepcopy(document)
    NARROWER(narrower)
    write(tmp_path / "new.yaml", narrower)
    command = [sys.executable, "scripts/check_breaking.py", "--base", "openapi.yaml"]
    command += ["--document", str(tmp_path / "new.yaml"), "--cache", str(cache)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=100, check=False)

    assert (done.returncode, done.stderr) == (1, "")
    assert "request body jobParams[].name\n    maxLength: at most " in done.stdout


def test_client_that_cannot_be_generated(check: Check) -> None:
    """Where a client cannot be generated, it is said what is not checked; what the rules found is told all the same."""

    def xml(document: dict[str, Any]) -> None:
        path, method = next((path, next(iter(item))) for path, item in document["paths"].items())
        body = {"content": {"application/xml": {"schema": {"type": "object"}}}}
        added = document["paths"][path][method] | {"operationId": "runByXml", "requestBody": body}
        document["paths"][f"{path}-xml"] = {method: added}

    status, output = check(xml)
    broken, told = check(both(xml, NARROWER))

    assert (status, broken) == (2, 1)
    said = "Neither names nor calls are checked: the client of the new document cannot be generated."
    assert f"\n{said}" in output
    assert f"\n{said}" in told
    assert "maxLength: at most " in told


def test_document_that_the_mock_cannot_serve(check: Check) -> None:
    """Where the mock cannot serve the new document, that is said, and the exit status is 2 if nothing breaks."""
    edit = remove(*RESPONSES, "TooManyRequests", *JSON, "examples", "Throttled")
    status, output = check(both(edit, put("info", "version", "9.0.0")))

    assert status == 2
    assert "response 429\n    also: " in output
    assert "\nCalls are not checked: the mock cannot serve the new document. " in output


def test_old_document_that_lacks_what_the_mock_needs(check: Check, document: dict[str, Any]) -> None:
    """An old document without states of instances, and without their errors, is served all the same, and called."""

    def before(contract: dict[str, Any]) -> None:
        path, _ = route(contract, RUN)
        for each in [each for each in contract["paths"] if each != path]:
            del contract["paths"][each]
        for name in ("JobInstanceStatus", "InstanceType", "JobInstance", "JobInstanceSummary", "JobInstanceList"):
            del contract["components"]["schemas"][name]
        for name in ("JobInstanceShown", "JobInstancesListed"):
            del contract["components"]["responses"][name]
        for name in ("StatusFilter", "InstanceTypeFilter"):
            del contract["components"]["parameters"][name]
        del contract["components"]["responses"]["BadRequest"]["content"]["application/json"]["examples"][
            "JobInstanceStateWrong"
        ]

    def edit(contract: dict[str, Any]) -> None:
        contract.clear()
        contract.update(deepcopy(document))

    status, output = check(edit, before=before)

    assert status == 0, output
    assert "Calls are not checked" not in output
    assert re.search(r"\n0 breaking, .* and [1-9]\d* calls\)", output), output


def test_schema_that_contains_itself(check: Check) -> None:
    """A schema that contains itself, and narrows itself there, is compared to its end; no client can be generated."""
    node = (*SCHEMAS, "NodeInstance", "properties")
    before = put(*node, "next", {"allOf": [ref("NodeInstance"), {"type": "object", "required": ["type"]}]})
    status, output = check(put(*node, "speed", "description", "Rows a second."), before=before)

    assert status == 2, output
    assert "\n0 breaking, 0 widening, 1 harmless" in output


SECOND_OPINIONS: dict[str, tuple[Edit, str]] = {
    "of samples, on requests": (NARROWER, r"request body jobParams\[\].name\n    sample: "),
    "of samples, on new responses": (
        remove(*SCHEMAS, "JobInstance", "required", "nodes"),
        "response 200\n    sample: ",
    ),
    "of samples, on old responses": (
        put(*SCHEMAS, "JobInstance", "properties", "jobName", "maxLength", 3),
        "response 200 jobName\n    sample: ",
    ),
    "of calls by the old client": (move(RUN, method="put"), "call: called with what it requires: ApiError: HTTP 405"),
    "of calls by the new client": (
        within(RUN, put("operationId", "startJob")),
        r"name: gone(\n    .*)+Seen: The new client against the old mock, called with RunMyJob",
    ),
    "of old responses": (
        put(*SCHEMAS, "JobInstanceList", "properties", "total", "maximum", 0),
        r"Seen: The new client.* old mock.*UnexpectedResponse",
    ),
    "of new responses": (
        within(RUN, put("responses", "202", {"$ref": "#/components/responses/JobStarted"})),
        r"the old client, given response 202 \(JobStarted\) by the new mock",
    ),
}
"""Edits, and how each is found where no rule names it."""


@pytest.mark.parametrize(("edit", "found"), SECOND_OPINIONS.values(), ids=SECOND_OPINIONS)
def test_second_opinions(check: Check, monkeypatch: pytest.MonkeyPatch, edit: Edit, found: str) -> None:
    """What no rule names is found by samples and calls, as a difference of its own."""
    compare = _rules.compare

    def blind(*arguments: Any) -> Context:
        context = compare(*arguments)
        context.found.clear()
        return context

    monkeypatch.setattr(_rules, "compare", blind)
    status, output = check(edit)

    assert status == 1
    assert re.search(found, output), output
