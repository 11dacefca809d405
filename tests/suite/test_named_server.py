"""Is a server that the suite did not start asked for no more than it allows, and told no more than is so?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.mock._process import running
from tests.suite._command import ROOT, contract, records

FEW = "registry or runs or (bodies and edges and value)"
"""Checks of several kinds that take little time."""


def _started(url: str) -> int:
    """Return how many runs a mock has started, of whatever job."""
    response = httpx.get(
        f"{url}/v1/b384b9e9ab9b4ee8994c8633aabc9505/jobs/instances/detail",
        headers={"X-Auth-Token": "mock-token"},
        trust_env=False,
    )
    return int(response.json()["total"])


@pytest.mark.parametrize("options", [[], ["--any-job"]], ids=["one job", "every job"])
def test_no_run_is_started_without_leave(options: list[str], tmp_path: Path) -> None:
    """Without `--allow-runs` nothing is started; what can be shown is, and the rest is listed."""
    with running(*options) as url:
        done = contract("--base-url", url, "--token", "mock-token", "--only", FEW, folder=tmp_path / "reports")
        started = _started(url)

    assert done.returncode == 0, done.stdout
    assert started == 0
    assert "it may start a run: ALLOW_RUNS=, with JOB= (and WORKSPACE=), allows some" in done.stdout


@pytest.mark.parametrize("limit", [1, 12])
def test_no_more_runs_are_started_than_allowed(limit: int, tmp_path: Path) -> None:
    """No more requests that might start a run are sent than `--allow-runs` says; the summary counts them."""
    with running() as url:
        where = ["--base-url", url, "--token", "mock-token", "--job", "myJob"]
        done = contract(*where, "--allow-runs", str(limit), "--only", FEW, folder=tmp_path / "reports")
        started = _started(url)

    assert done.returncode == 0, done.stdout
    assert started <= limit
    assert f"Requests that might start a run: {limit} of {limit} allowed ones" in done.stdout


def test_throttled_it_goes_on(tmp_path: Path) -> None:
    """A server that throttles is waited for, and nothing is held against it."""
    with running("--rate-limit", "5") as url:
        where = ["--base-url", url, "--token", "mock-token", "--job", "myJob", "--allow-runs", "100"]
        done = contract(*where, "--only", "registry", folder=tmp_path / "reports")

    assert done.returncode == 0, done.stdout
    assert "Throttled " in done.stdout
    assert not [record for record in records(tmp_path / "reports") if "throttled" in record["reason"]]


def test_time_is_not_held_against_a_server(tmp_path: Path) -> None:
    """A check may take as long as the server has it wait, whatever limit the tests of the project have."""
    with running("--rate-limit", "2") as url:
        where = ["--base-url", url, "--token", "mock-token", "--job", "myJob", "--allow-runs", "100"]
        only = ["--only", "test_what_was_made_for_another and showJobInstance"]
        done = contract(*where, *only, folder=tmp_path / "reports", PYTEST_ADDOPTS="--timeout=1")

    assert done.returncode == 0, done.stdout
    assert "Throttled " in done.stdout


@pytest.fixture
def stricter(tmp_path: Path) -> Path:
    """The contract with another limit than the mock's: 1,023 characters where those are 1,024."""
    contract: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    contract["components"]["schemas"]["JobParam"]["properties"]["value"]["maxLength"] -= 1
    path = tmp_path / "stricter.yaml"
    path.write_text(yaml.safe_dump(contract, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def test_failures_name_the_rule_and_what_was_sent(stricter: Path, tmp_path: Path) -> None:
    """A failure's line names operation, place, rule, what was sent and what came; the status is 1."""
    with running("--any-job") as url:
        where = ["--base-url", url, "--token", "mock-token", "--job", "myJob", "--allow-runs", "300"]
        done = contract(
            *where, "--document", str(stricter), "--only", "edges and value and maxLength", folder=tmp_path / "reports"
        )

    assert done.returncode == 1, done.stdout
    line = next(line for line in done.stdout.splitlines() if "FAILED runJobImmediately" in line)
    assert 'body jobParams[].value, maxLength 1023: "a" × 1024 (1024 characters) is forbidden, but was accepted' in line
    assert "; the response was 200 " in line


def test_known_deviations_pass_until_their_date(stricter: Path, tmp_path: Path) -> None:
    """What the baseline lists does not fail the suite, until the date that it is given."""
    baseline = tmp_path / "baseline.json"
    with running("--any-job") as url:
        options = ["--base-url", url, "--token", "mock-token", "--job", "myJob", "--allow-runs", "300"]
        options += ["--document", str(stricter), "--only", "edges and value and maxLength", "--baseline", str(baseline)]
        updated = contract(*options, "--baseline-update", folder=tmp_path / "1")
        known = contract(*options, folder=tmp_path / "2")
        dated = baseline.read_text().replace('"first_seen"', '"expires": "2020-01-01", "first_seen"')
        baseline.write_text(dated)
        expired = contract(*options, folder=tmp_path / "3")

    assert (updated.returncode, known.returncode, expired.returncode) == (1, 0, 1), expired.stdout
    assert "Known deviations, by the baseline: " in known.stdout
    assert "A known deviation is known no more since 2020-01-01" in expired.stdout


def test_fails_under_what_is_asked_for(tmp_path: Path) -> None:
    """`--fail-under` fails a server of which too few rules could be shown."""
    with running() as url:
        where = ["--base-url", url, "--token", "mock-token", "--only", "runs or registry"]
        done = contract(*where, "--fail-under", "99", folder=tmp_path / "reports")

    assert done.returncode == 1, done.stdout
    assert "fewer than the 99 % of FAIL_UNDER" in done.stdout
