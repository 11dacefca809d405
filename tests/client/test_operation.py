"""Can what stands on the client read an operation's rules, and call the operation by them?"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from dataarts_client import Client, errors
from dataarts_client.api.instances import list_job_instances, show_job_instance
from dataarts_client.models import JobInstanceList
from tests.document import look

from ._answers import http
from ._calls import JOB, PROJECT, make
from ._server import Server

DATE = "Sat, 31 Jan 2026 06:00:00 GMT"
LISTED = http(200, '{"total": 0, "instances": []}', f"Date: {DATE}")


def respond(mode: str, client: Client, **values: Any) -> Any:
    """Call the operation that lists, and return the whole response."""
    operation = list_job_instances.OPERATION
    if mode == "sync":
        with client:
            return operation.sync_response(client, **values)

    async def run() -> Any:
        async with client:
            return await operation.asyncio_response(client, **values)

    return asyncio.run(run())


def test_parameters(document: dict[str, Any]) -> None:
    """An operation's parameters are there by the names of their arguments, with the contract's limits."""
    limit = look(document, "components", "parameters", "Limit", "schema")
    parameters = list_job_instances.OPERATION.parameters

    assert parameters["limit"].schema.maximum == limit["maximum"]  # type: ignore[attr-defined]
    assert parameters["min_plan_time"].wire_name == "minPlanTime"


def test_not_found_codes(document: dict[str, Any]) -> None:
    """The codes of an instance that is not there are those of the examples that are named so."""
    examples = document["components"]["examples"]
    named = [node["value"]["error_code"] for name, node in examples.items() if name.startswith("JobInstanceNotFound")]

    assert show_job_instance.EXTENSIONS["x-not-found-codes"] == named


def test_whole_response(mode: str) -> None:
    """A response below 400 is returned whole, its content parsed; arguments are given by name."""
    with Server(LISTED) as server:
        response = respond(mode, make(server.url), project_id=PROJECT, limit=5, workspace=None)

    assert response.headers["date"] == DATE
    assert isinstance(response.parsed, JobInstanceList)
    assert server.requests[0].path.endswith("?limit=5")


def test_refusal(mode: str) -> None:
    """A response of 400 or above is raised, as the error that it says."""
    with (
        Server(http(403, '{"error_code": "APIGW.0302", "error_msg": "no"}')) as server,
        pytest.raises(errors.Forbidden, match=r"APIGW\.0302"),
    ):
        respond(mode, make(server.url), project_id=PROJECT)


def test_unknown_argument(mode: str) -> None:
    """An argument that is no parameter is a TypeError, and nothing is sent."""
    with Server(LISTED) as server:
        with pytest.raises(TypeError, match="page"):
            respond(mode, make(server.url), project_id=PROJECT, page=1)

        assert server.requests == []


def test_check() -> None:
    """Arguments can be checked alone, those that are given: as a call with them would."""
    operation = show_job_instance.OPERATION
    operation.check(project_id=PROJECT, job_name=JOB, instance_id=2**63 - 1, workspace=None)
    operation.check(workspace="w1")
    for name, value in (("project_id", ""), ("job_name", ".."), ("instance_id", 2**63), ("workspace", "a b")):
        with pytest.raises(ValueError, match=name):
            operation.check(**{name: value})
    for name, other in (("project_id", None), ("instance_id", 1.0), ("instance_id", True), ("page", 1)):
        with pytest.raises(TypeError, match=name):
            operation.check(**{name: other})


def test_retry_after_of_a_failure(mode: str) -> None:
    """The Retry-After of a 503 is told, as that of a 429 is."""
    with Server(http(503, "", "Retry-After: 40")) as server, pytest.raises(errors.ServerError) as caught:
        respond(mode, make(server.url, max_retries=0), project_id=PROJECT)

    assert caught.value.retry_after == 40


def test_timeout_of_the_client() -> None:
    """A client tells its timeout."""
    assert make("https://host", timeout=7).timeout == 7
