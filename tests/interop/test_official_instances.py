"""Does an official client that nobody here wrote follow its runs on the mock?"""

# The SDK has no types.
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from huaweicloudsdkcore.exceptions.exceptions import (  # type: ignore[import-untyped]  # has no types
    ClientRequestException,
)

from dataarts_mock import MockServer
from tests.credentials.official import call

KEYS = {"access_key": "mock-ak", "secret_key": "mock-sk", "project_id": "b384b9e9ab9b4ee8994c8633aabc9505"}
FIRST = 2**53 + 1
"""An ID that no floating-point number is equal to."""
WORKSPACE = "d1cd7861478748a6925bc02f47c69279"


@pytest.fixture
def mock() -> Iterator[MockServer]:
    """A mock with great instance IDs, and `nightly` in a workspace, whose runs fail."""
    with MockServer(first_instance_id=FIRST) as mock:
        mock.add_job("nightly", WORKSPACE, states=("waiting", "running", "fail"))
        yield mock


def run(mock: MockServer, job: str = "nightly", workspace: str | None = WORKSPACE) -> dict[str, Any]:
    """Run a job, and return what names its instance."""
    started = call(mock.url, "run_once", job_name=job, workspace=workspace, **KEYS)
    return {"job_name": job, "workspace": workspace, "instance_id": started["instanceId"]}


def test_run_is_shown_to_its_end(mock: MockServer) -> None:
    """It starts a run, and shows its states to the end, with the node that failed."""
    instance = run(mock)
    shown = [call(mock.url, "show_job_instance", **instance, **KEYS) for _ in range(3)]

    assert [each["status"] for each in shown] == ["waiting", "running", "fail"]
    assert {each["instanceId"] for each in shown} == {instance["instance_id"]} == {FIRST}
    assert [node["status"] for node in shown[-1]["nodes"]] == ["success", "fail"]
    assert shown[-1]["nodes"][1]["logPath"].startswith("obs://")


def test_runs_are_listed(mock: MockServer) -> None:
    """It lists runs, the newest first, with every parameter that it has."""
    first, second = run(mock), run(mock)
    query: dict[str, Any] = {
        "job_name": "night",
        "precise_query": False,
        "instance_type": "2",
        "status": "waiting",
        "limit": 10,
    }
    listed = call(
        mock.url,
        "list_job_instances",
        workspace=WORKSPACE,
        offset=0,
        min_plan_time=1,
        max_plan_time=2**60,
        **query,
        **KEYS,
    )

    assert listed["total"] == 2
    assert [each["instanceId"] for each in listed["instances"]] == [second["instance_id"], first["instance_id"]]
    assert {each["jobName"] for each in listed["instances"]} == {"nightly"}


def test_run_is_stopped_and_restarted(mock: MockServer) -> None:
    """It stops a run and, by what it calls restore, restarts it."""
    instance = run(mock)
    call(mock.url, "show_job_instance", **instance, **KEYS)
    call(mock.url, "stop_job_instance", **instance, **KEYS)
    stopped = call(mock.url, "show_job_instance", **instance, **KEYS)
    call(mock.url, "restore_job_instance", **instance, **KEYS)
    restarted = call(mock.url, "show_job_instance", **instance, **KEYS)

    assert [stopped["status"], restarted["status"]] == ["manual-stop", "waiting"]
    assert [request.operation for request in mock.requests][2::2] == ["stopJobInstance", "restartJobInstance"]


def test_refusals_are_its_own_exceptions(mock: MockServer) -> None:
    """An instance that is not there, or that cannot be restarted, is its own exception with status and code."""
    instance = run(mock)
    with pytest.raises(ClientRequestException) as unknown:
        call(mock.url, "show_job_instance", **(instance | {"instance_id": FIRST + 1}), **KEYS)
    with pytest.raises(ClientRequestException) as waiting:
        call(mock.url, "restore_job_instance", **instance, **KEYS)

    assert (unknown.value.status_code, unknown.value.error_code) == (400, "DLF.0137")
    assert (waiting.value.status_code, waiting.value.error_code) == (400, "DLF.3051")
