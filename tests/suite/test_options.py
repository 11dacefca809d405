"""Does the contract suite's command say what it takes, and refuse what makes no sense?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.suite._command import contract

URL = "http://127.0.0.1:9"


def test_help_names_every_option_and_status() -> None:
    """`--help` names the options, where credentials come from, and the exit statuses."""
    done = contract("--help")

    assert done.returncode == 0
    for word in ("--base-url", "--allow-runs", "--baseline", "--fail-under", "OS_TOKEN", "Exit status: 0"):
        assert word in done.stdout, word


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--no-such-option"], "unrecognized arguments: --no-such-option"),
        (["--cases", "many"], "CASES: not a number: many"),
        (["--base-url", "ftp://127.0.0.1", "--token", "t"], "BASE_URL: not of the form"),
        (["--base-url", URL], "TOKEN: not set"),
        (["--base-url", URL, "--token", "t", "--allow-runs", "some"], "ALLOW_RUNS: not a number: some"),
        (["--base-url", URL, "--token", "t", "--allow-runs", "1"], "ALLOW_RUNS: needs JOB="),
        (["--baseline", "/nonexistent.json"], "BASELINE: /nonexistent.json is not there"),
        (["--baseline-update"], "BASELINE_UPDATE: needs BASELINE="),
        (["--document", "/nonexistent.yaml"], "/nonexistent.yaml"),
        (["--base-url", URL, "--token", "t"], f"{URL} cannot be reached"),
    ],
)
def test_what_makes_no_sense_is_status_2(options: list[str], said: str) -> None:
    """What cannot be tested is exit status 2, and a line that says why."""
    done = contract(*options)

    assert done.returncode == 2, done.stderr
    assert said in done.stderr.splitlines()[-1]
    assert not done.stdout


def test_reports_replace_nothing_else(tmp_path: Path) -> None:
    """A folder that holds something else than reports is left as it is."""
    kept = tmp_path / "kept.txt"
    kept.write_text("kept")
    done = contract("--reports", str(tmp_path), "--only", "nothing")

    assert (done.returncode, kept.read_text()) == (2, "kept")
    assert f"REPORTS: {tmp_path} is neither empty nor of an earlier run" in done.stderr
