"""Do faults for one operation meet its requests, and no others?"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dataarts_client.api.instances import list_job_instances, show_job_instance
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.errors import ServerError
from dataarts_mock import MockServer
from tests.mock._http import NO_TLS, TOKEN, post

PROJECT = "p1"
SHOW = "showJobInstance"


def test_fault_waits_for_its_operation(dataarts_mock: MockServer) -> None:
    """A response that is forced for one operation is not given to another one."""
    with dataarts_mock.client(max_retries=0) as client:
        dataarts_mock.fail_next(503, operation=SHOW)
        run = run_job_immediately.sync(PROJECT, "myJob", client=client).instance_id
        list_job_instances.sync(PROJECT, client=client)
        with pytest.raises(ServerError, match="503"):
            show_job_instance.sync(PROJECT, "myJob", run, client=client)
        shown = show_job_instance.sync(PROJECT, "myJob", run, client=client)

    assert shown.status == "waiting"
    assert [request.fault for request in dataarts_mock.requests] == [None, None, f"503 for {SHOW}", None]


def test_faults_of_each_operation_are_in_line(dataarts_mock: MockServer) -> None:
    """Faults for any operation and for one are met in the order in which they were lined up."""
    with dataarts_mock.client(max_retries=0) as client:
        dataarts_mock.fail_next(429, operation=SHOW)
        dataarts_mock.fail_next(503)
        dataarts_mock.fail_next(500, operation="runJobImmediately")
        run = [post(dataarts_mock.url).status_code for _ in range(3)]
        shown = [show_job_instance.sync_detailed(PROJECT, "myJob", 132343, client=client).status_code for _ in range(2)]

    assert (run, shown) == ([503, 500, 200], [429, 200])


@pytest.mark.parametrize(("transport", "status"), [("html-502", 502), ("malformed-json", 200)])
def test_transport_faults_wait_too(dataarts_mock: MockServer, transport: Any, status: int) -> None:
    """A fault of the transport for one operation meets its next request, valid or not, and as many as it is to."""
    dataarts_mock.fail_next(transport=transport, operation=SHOW, times=2)
    run = post(dataarts_mock.url)
    with httpx.Client(base_url=dataarts_mock.url, headers=TOKEN, verify=NO_TLS) as http:
        statuses = [http.get("/v1/p1/jobs/myJob/instances/132343").status_code for _ in range(3)]
        elsewhere = http.get("/v1/p1/nowhere").status_code

    assert run.json() == {"instanceId": 132343}
    assert statuses == [status, status, 200]
    assert elsewhere == 404
    assert [bool(request.fault) for request in dataarts_mock.requests] == [False, True, True, False, False]


def test_operation_is_named_over_the_control_route(dataarts_mock: MockServer) -> None:
    """The control route takes the operation, and lists it."""
    with httpx.Client(base_url=dataarts_mock.url, headers=TOKEN, verify=NO_TLS) as http:
        http.post("/__mock__/faults", json={"status": 500, "operation": SHOW})
        waiting = http.get("/__mock__/faults").json()["faults"]
        run = http.post("/v1/p1/jobs/myJob/run-immediate")
        shown = http.get("/v1/p1/jobs/myJob/instances/132343")

    assert [fault["operation"] for fault in waiting] == [SHOW]
    assert (run.status_code, shown.status_code) == (200, 500)


def test_runs_are_told_from_other_operations(dataarts_mock: MockServer) -> None:
    """Operations that are no runs count for none, and are shown in the message as what they are."""
    with dataarts_mock.client() as client:
        run = run_job_immediately.sync(PROJECT, "myJob", client=client).instance_id
        show_job_instance.sync(PROJECT, "myJob", run, client=client)
        list_job_instances.sync(PROJECT, client=client, limit=5)
    dataarts_mock.assert_ran("myJob")

    with pytest.raises(AssertionError) as raised:
        dataarts_mock.assert_ran("myJob", times=3)
    assert str(raised.value).splitlines()[-2:] == [
        f"  GET /v1/p1/jobs/myJob/instances/{run} 200",
        "  GET /v1/p1/jobs/instances/detail?limit=5 200",
    ]
