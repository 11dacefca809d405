"""Does `pytest --dataarts-coverage` show what a user's tests have met of the contract, and what not?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

OPTION = "--dataarts-coverage"
SENT = """
    import json
    import urllib.error
    import urllib.request

    import pytest

    PATH = "/v1/p1/jobs/{{job}}/run-immediate"

    def ask(mock, path, body=None, method=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {{"X-Auth-Token": mock.token, "Content-Type": "application/json"}}
        request = urllib.request.Request(mock.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                return json.loads(response.read())
        except urllib.error.HTTPError as error:
            return json.loads(error.read())

    @pytest.mark.parametrize("number", range({tests}))
    def test_limits(dataarts_mock, number):
        ask(dataarts_mock, PATH.format(job="myJob"), {{"jobParams": [{{"name": "a" * 64, "value": "v"}}]}})
        ask(dataarts_mock, PATH.format(job="myJob"), {{"jobParams": [{{"name": "a", "value": "v" * 1025}}]}})
        ask(dataarts_mock, PATH.format(job="a" * 129), {{}})
        ask(dataarts_mock, "/v1/p1/jobs/instances/detail?limit=0")

    @pytest.mark.parametrize("number", range({tests}))
    def test_states(dataarts_mock, number):
        run = ask(dataarts_mock, PATH.format(job="myJob"), {{}})
        for _ in range(2):
            ask(dataarts_mock, "/v1/p1/jobs/myJob/instances/" + str(run["instanceId"]))
        ask(dataarts_mock, "/nowhere")
"""


def _table(result: pytest.RunResult) -> list[str]:
    lines = result.outlines
    start = next(number for number, line in enumerate(lines) if " contract coverage " in line)
    end = max(number for number, line in enumerate(lines) if line.startswith("====="))  # It has the time.
    return [line for line in lines[start + 1 : end] if not line.startswith("=====")]


def _row(lines: list[str], operation: str) -> list[str]:
    """Return the cells of an operation's line."""
    line = next(line for line in lines if line.startswith(f"{operation} "))
    return re.split(r"  +", line.strip())[1:]


def _details(lines: list[str], operation: str, kind: str) -> tuple[str, str]:
    """Return what was met of an operation, and what was not, as it is listed."""
    start = lines.index(operation)
    end = next((number for number in range(start, len(lines)) if not lines[number]), len(lines))
    text = "\n".join(lines[start + 1 : end])
    found = re.search(rf"^  {kind} +(.*?)(?=^  \S|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"{kind} of {operation}:\n{text}"
    met, _, missing = " ".join(found[1].split()).partition("not met ")
    return met.removeprefix("met ").strip(), missing


def test_users_tests_end_with_a_table(pytester: pytest.Pytester, root: Path, document: dict[str, Any]) -> None:
    """The tests of the README end with a table of each operation, and of what they met and did not."""
    pytester.makepyfile(test_nightly=(root / "tests/examples/test_nightly.py").read_text(encoding="utf-8"))
    result = pytester.runpytest_subprocess(OPTION, "-Werror", "-p", "no:schemathesis")
    lines = _table(result)
    operations = [
        (node["operationId"], len(node["responses"]))
        for item in document["paths"].values()
        for node in item.values()
        if "operationId" in node
    ]

    result.assert_outcomes(passed=2)
    assert lines[0].endswith("at the mock, in 2 requests:")
    for operation, responses in operations:
        started = operation == "runJobImmediately"
        assert _row(lines, operation)[:2] == ["2" if started else "–", f"{int(started)} of {responses}"]
    assert _details(lines, "runJobImmediately", "responses")[0] == "200 (1×)"
    assert _details(lines, "runJobImmediately", "faults")[0] == "reset-after-reading (1×)"
    assert "DLF.0100 JobNotFound" in _details(lines, "runJobImmediately", "error codes")[1]
    assert any(line.startswith("Not asked for at all: showJobInstance, ") for line in lines)


def test_limits_states_and_errors_that_were_met(pytester: pytest.Pytester, only_plugins: tuple[str, ...]) -> None:
    """A limit is met just at it or beyond it, a state when a response has it, an error by its code."""
    pytester.makepyfile(SENT.format(tests=1))
    result = pytester.runpytest_subprocess(OPTION, *only_plugins)
    lines = _table(result)
    met, missing = _details(lines, "runJobImmediately", "limits")

    for limit in ("path job_name maxLength 128", "body jobParams[].name maxLength 64"):
        assert f"{limit} (1×)" in met
    assert "body jobParams[].value maxLength 1024 (1×)" in met
    assert "header workspace maxLength 64" in missing
    assert _details(lines, "listJobInstances", "limits")[0] == "query limit minimum 1 (1×)"
    assert "DLF.3018 JobNameInvalid (1×)" in _details(lines, "runJobImmediately", "error codes")[0]
    assert _details(lines, "showJobInstance", "states")[0].startswith("waiting (1×), running (1×)")
    assert _row(lines, "no operation")[:2] == ["1", "1 of 2"]


def test_workers_of_xdist_are_counted_together(pytester: pytest.Pytester, only_plugins: tuple[str, ...]) -> None:
    """With pytest-xdist the table is of all workers, and is what it would be without."""
    pytester.makepyfile(SENT.format(tests=4))
    plugins = ("-p", "xdist", *only_plugins)
    together = _table(pytester.runpytest_subprocess(OPTION, "-n", "2", *plugins))
    alone = _table(pytester.runpytest_subprocess(OPTION, *plugins))

    assert together == alone
    assert _row(alone, "runJobImmediately")[0] == "16"


def test_mocks_of_a_tests_own_are_counted(pytester: pytest.Pytester, only_plugins: tuple[str, ...]) -> None:
    """What goes to a mock that a test makes itself counts as well."""
    pytester.makepyfile("""
        import urllib.error
        import urllib.request

        import pytest

        from dataarts_mock import MockServer

        def test_own():
            with MockServer() as mock, pytest.raises(urllib.error.HTTPError):
                urllib.request.urlopen(mock.url + "/nowhere")
    """)
    lines = _table(pytester.runpytest_subprocess(OPTION, *only_plugins))

    assert _details(lines, "no operation", "error codes")[0] == "APIGW.0101 ApiNotFound (1×)"


def test_nothing_is_shown_unless_it_is_asked_for(pytester: pytest.Pytester, only_plugins: tuple[str, ...]) -> None:
    """Without the option there is no table."""
    pytester.makepyfile(SENT.format(tests=1))
    result = pytester.runpytest_subprocess(*only_plugins)

    result.assert_outcomes(passed=2)
    assert "contract coverage" not in result.stdout.str()
