"""Is the command line understood, and is what is wrong with it, or with the environment, named?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dataarts_mock import MockServer

from ._caller import JOB, PROJECT
from ._command import begin, end, run


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Usage"),
        (["run"], "JOB"),
        (["run", ".."], "JOB: does not match"),
        (["run", JOB, "-p", "day"], "-p name=value"),
        (["run", JOB, "-p", "a=1", "-p", "a=2"], "twice"),
        (["run", JOB, "-p", f"a={'x' * 1025}"], "1024"),
        (["run", JOB, "--timeout", "soon"], "'soon'"),
        (["run", JOB, "--timeout", "0"], "above 0"),
        (["run", JOB, "--workspace", "a b"], "--workspace: "),
        (["run", JOB, "--params-file", "nowhere.json"], "cannot be read"),
        (["wait", JOB, "1.5"], "1.5"),
        (["wait", JOB, "1e3"], "1e3"),
        (["wait", JOB, str(2**63)], "INSTANCE: greater than"),
        (["list", "--since", "yesterday"], "yesterday"),
        (["list", "--status", "failed"], "failed"),
        (["run", JOB, "--url", "http://127.0.0.1:1", "--cloud", "otc"], "--url and --cloud; give only one"),
        (["run", JOB, "--cloud", "nimbus"], "'huawei'"),
        (["run", JOB, "--cloud", "otc", "--region", "a/b"], "region"),
        (["run", JOB, "--url", "http://example.invalid"], "unencrypted"),
        (["run", JOB, "--token", "secret"], "--token"),
        (["run", "my job"], "without ' ' it would"),
        (["run", JOB, "--project", ""], "no project"),
        (["run", JOB, "--workspace", ""], "--workspace: shorter"),
        (["run", JOB, "--url", "127.0.0.1:1"], "--url: must begin with http"),
        (["run", JOB, "--region", "eu-de"], "--region: has no effect beside DATAARTS_URL"),
        (["run", JOB, "-p", "=1"], "name before the ="),
        (["run", JOB, "--timeout", "-5"], "'-5'"),
        (["run", JOB, "--timeout", "nan"], "'nan'"),
        (["run", JOB, "--timeout", "1e3"], "'1e3'"),
        (["rum", JOB], "'run'"),
        (["wait", JOB], "INSTANCE"),
        (["wait", JOB, "-7.0"], "-7"),
        (["list", "--since", "1h", "--until", "2h"], "--until is earlier"),
    ],
)
def test_usage(dataarts_mock: MockServer, arguments: list[str], message: str) -> None:
    """What is wrong on the command line is said, without a traceback, and is status 2; nothing is sent."""
    done = run(dataarts_mock, *arguments)

    assert done.status == 2
    assert message in done.err + done.out
    assert "Traceback" not in done.err
    assert dataarts_mock.requests == []


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"OS_TOKEN": None}, "no credentials"),
        ({"OS_TOKEN": None, "HUAWEICLOUD_SDK_AK": "ak"}, "HUAWEICLOUD_SDK_SK"),
        ({"OS_TOKEN": "wrong"}, "APIGW.0301"),
    ],
)
def test_credentials(dataarts_mock: MockServer, changes: dict[str, str | None], message: str) -> None:
    """Credentials that are missing or wrong are status 3."""
    done = end(begin(dataarts_mock, "run", JOB, **changes))

    assert done.status == 3
    assert message in done.err
    dataarts_mock.assert_ran(JOB, times=0)


@pytest.mark.parametrize(
    ("name", "value"), [("DATAARTS_URL", "nowhere"), ("DATAARTS_PROJECT", "p 1"), ("DATAARTS_WORKSPACE", "a/b")]
)
def test_wrong_environment(dataarts_mock: MockServer, name: str, value: str) -> None:
    """What is wrong in the environment is named as it is there."""
    done = end(begin(dataarts_mock, "run", JOB, **{name: value}))

    assert done.status == 2
    assert done.err.startswith(f"dataarts: error: {name}: ")


@pytest.mark.parametrize(
    ("arguments", "changes", "outcome"),
    [
        (["run", JOB], {"OS_TOKEN": None}, "credentials"),
        (["run", JOB], {"DATAARTS_PROJECT": None}, "usage"),
        (["run", "a b"], {}, "usage"),
        (["list", "--since", "yesterday"], {}, "usage"),
        (["wait", JOB], {}, "usage"),
    ],
)
def test_document_of_what_goes_no_further(
    dataarts_mock: MockServer, arguments: list[str], changes: dict[str, str | None], outcome: str
) -> None:
    """With --json there is a document in any case: of a command line that is wrong, and of missing credentials too."""
    done = end(begin(dataarts_mock, *arguments, "--json", **changes))

    assert done.document["outcome"] == outcome
    assert done.document["message"] in done.err
    assert done.document["instance_id"] is None


def test_key_pair(dataarts_mock: MockServer) -> None:
    """An access key and its secret key are credentials too; the SDK's project ID is the project."""
    changes = {"OS_TOKEN": None, "DATAARTS_PROJECT": None, "HUAWEICLOUD_SDK_PROJECT_ID": PROJECT}
    changes |= {"HUAWEICLOUD_SDK_AK": dataarts_mock.access_key, "HUAWEICLOUD_SDK_SK": dataarts_mock.secret_key}
    done = end(begin(dataarts_mock, "run", JOB, **changes))

    assert done.status == 0
    assert dataarts_mock.instances[0].project_id == PROJECT


@pytest.mark.parametrize(
    ("content", "params"),
    [
        ({"day": "1", "b": "2"}, {"day": "3", "b": "2"}),
        ([{"name": "day", "value": "1", "paramType": "constants"}], {"day": "3"}),
    ],
)
def test_params_file(dataarts_mock: MockServer, tmp_path: Path, content: Any, params: dict[str, str]) -> None:
    """Parameters come from a JSON file, an object or a list, or from standard input; -p replaces one."""
    file = tmp_path / "params.json"
    file.write_text(json.dumps(content), encoding="utf-8")
    from_file = run(dataarts_mock, "run", JOB, "--params-file", str(file), "-p", "day=3")
    from_input = run(dataarts_mock, "run", JOB, "--params-file", "-", "-p", "day=3", given=json.dumps(content))

    assert (from_file.status, from_input.status) == (0, 0)
    dataarts_mock.assert_ran(JOB, params, times=2)


@pytest.mark.parametrize("text", ['{"a": 1}', '{"a": "1", "a": "2"}', "5", '["a"]', '[{"name": "a"}]', "{", "\udcff"])
def test_wrong_params_file(dataarts_mock: MockServer, tmp_path: Path, text: str) -> None:
    """A file that holds no parameters is status 2, and nothing is sent."""
    file = tmp_path / "params.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    done = run(dataarts_mock, "run", JOB, "--params-file", str(file))

    assert done.status == 2
    assert dataarts_mock.requests == []


def test_options_in_front(dataarts_mock: MockServer) -> None:
    """Where and who may stand before the subcommand; behind it counts more, and both more than the environment."""
    dataarts_mock.add_job(JOB, "ws2")
    front = ["--url", dataarts_mock.url, "--project", "p7", "--workspace", "ws1"]
    done = run(dataarts_mock, *front, "run", JOB, "--workspace", "ws2", DATAARTS_URL="http://127.0.0.1:1")

    assert done.status == 0
    assert dataarts_mock.instances[0].project_id == "p7"
    assert dataarts_mock.instances[0].workspace == "ws2"


def test_completion(dataarts_mock: MockServer) -> None:
    """Shells complete subcommands and options."""
    words = {"_DATAARTS_COMPLETE": "complete_bash", "COMP_WORDS": "dataarts ", "COMP_CWORD": "1"}
    done = run(dataarts_mock, **words)

    assert {"run", "wait", "status", "stop", "list"} <= set(done.out.split())


def test_completion_of_states(dataarts_mock: MockServer) -> None:
    """Shells complete the states to list."""
    words = {"_DATAARTS_COMPLETE": "complete_bash", "COMP_WORDS": "dataarts list --status ma", "COMP_CWORD": "3"}

    assert run(dataarts_mock, **words).out.split() == ["manual-stop"]


def test_help_names_the_statuses(dataarts_mock: MockServer) -> None:
    """The help says what each exit status means."""
    text = " ".join(run(dataarts_mock, "run", "--help").out.split())

    for status in ("0 succeeded", "1 failed", "2 usage", "3 credentials", "4 refused", "5 whether", "6 ", "130 "):
        assert status in text
