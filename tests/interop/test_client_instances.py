"""Does the generated client follow its runs on the mock, synchronously and asynchronously?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from dataarts_client.api.instances import (
    list_job_instances,
    restart_job_instance,
    show_job_instance,
    stop_job_instance,
)
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.errors import BadRequest
from dataarts_client.models import InstanceType, JobInstanceStatus, RestartJobInstanceRequest, RetryLocation
from dataarts_mock import MockServer

PROJECT = "b384b9e9ab9b4ee8994c8633aabc9505"
JOB = "作业"
FIRST = 2**62 + 1
Call = Callable[..., Any]


@pytest.fixture
def mock() -> Iterator[MockServer]:
    """A mock with great instance IDs, and a job in a workspace, whose runs fail."""
    with MockServer(first_instance_id=FIRST) as mock:
        mock.add_job(JOB, "ws1", states=("waiting", "running", "fail"))
        yield mock


@pytest.fixture(params=["sync", "async"])
def call(request: pytest.FixtureRequest, mock: MockServer) -> Call:
    """Call an operation in the workspace, by the client's synchronous or asynchronous half."""

    def call_sync(operation: ModuleType, *arguments: Any, **options: Any) -> Any:
        with mock.client() as client:
            return operation.sync(PROJECT, *arguments, client=client, workspace="ws1", **options)

    def call_async(operation: ModuleType, *arguments: Any, **options: Any) -> Any:
        async def run() -> Any:
            async with mock.client() as client:
                return await operation.asyncio(PROJECT, *arguments, client=client, workspace="ws1", **options)

        return asyncio.run(run())

    return call_sync if request.param == "sync" else call_async


def test_run_lives_through_all_operations(call: Call) -> None:
    """A run is started, shown to its end, restarted, shown, stopped, listed; its ID is exact all the way."""
    run = call(run_job_immediately, JOB).instance_id
    shown = [call(show_job_instance, JOB, run) for _ in range(3)]
    body = RestartJobInstanceRequest(retry_location=RetryLocation.ERROR_NODE, ignore_obs_monitor=True)
    restarted = call(restart_job_instance, JOB, run, body=body)
    again = call(show_job_instance, JOB, run)
    stopped = call(stop_job_instance, JOB, run)
    listed = call(
        list_job_instances,
        job_name=JOB,
        precise_query=True,
        status=JobInstanceStatus.MANUAL_STOP,
        instance_type=InstanceType.MANUAL,
        limit=1,
    )

    assert run == FIRST
    assert [each.status for each in shown] == ["waiting", "running", "fail"]
    assert {each.instance_id for each in shown} == {run}
    assert [node.node_name for node in shown[-1].nodes if node.status == "fail"] == ["work"]
    assert (restarted, again.status, stopped) == (None, "waiting", None)
    assert (listed.total, [each.instance_id for each in listed.instances]) == (1, [run])


def test_refusals_are_told(call: Call) -> None:
    """An instance that is not there, and one whose state does not allow it, are BadRequests with codes of their own."""
    run = call(run_job_immediately, JOB).instance_id
    with pytest.raises(BadRequest) as unknown:
        call(show_job_instance, JOB, run + 1)
    with pytest.raises(BadRequest) as waiting:
        call(restart_job_instance, JOB, run)

    assert (unknown.value.error_code, waiting.value.error_code) == ("DLF.0137", "DLF.3051")
