"""Do the generated client and the mock understand each other?"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from dataarts_auth import SignatureAuth, TokenAuth
from dataarts_client import Client
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.errors import BadRequest, NotFound, Unauthorized
from dataarts_client.models import JobParam, ParamType, RunJobRequest, RunJobResponse
from dataarts_client.types import UNSET
from tests.interop.conftest import WORKSPACE

PROJECT = "b384b9e9ab9b4ee8994c8633aabc9505"
PARAMS = [JobParam(name="aaa", value="111"), JobParam(name="bbb", value="222", param_type=ParamType.CONSTANTS)]
CREDENTIALS = {"token": TokenAuth("mock-token"), "signature": SignatureAuth("mock-ak", "mock-sk", project_id=PROJECT)}

Run = Callable[..., RunJobResponse]


@pytest.fixture(params=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Run:
    """Run a job through the client's synchronous, or asynchronous, half."""
    if request.param == "sync":

        def run_sync(url: str, job: str, *, auth: Any = CREDENTIALS["token"], **options: Any) -> RunJobResponse:
            with Client(url, auth=auth) as client:
                return run_job_immediately.sync(PROJECT, job, client=client, **options)

        return run_sync

    def run_async(url: str, job: str, *, auth: Any = CREDENTIALS["token"], **options: Any) -> RunJobResponse:
        async def call() -> RunJobResponse:
            async with Client(url, auth=auth) as client:
                return await run_job_immediately.asyncio(PROJECT, job, client=client, **options)

        return asyncio.run(call())

    return run_async


@pytest.mark.parametrize("auth", CREDENTIALS.values(), ids=CREDENTIALS)
@pytest.mark.parametrize(
    ("job", "workspace", "body"),
    [
        pytest.param("myJob", UNSET, UNSET, id="no body"),
        pytest.param("myJob", UNSET, RunJobRequest(), id="empty body"),
        pytest.param("myJob", UNSET, RunJobRequest(job_params=PARAMS), id="parameters"),
        pytest.param("作业", UNSET, RunJobRequest(job_params=PARAMS), id="Chinese job name"),
        pytest.param("other", WORKSPACE, RunJobRequest(job_params=PARAMS), id="workspace"),
    ],
)
def test_job_is_started(url: str, run: Run, auth: Any, job: str, workspace: Any, body: Any) -> None:
    """With a token or signed, each call starts a run of its own."""
    first, second = (run(url, job, auth=auth, workspace=workspace, body=body) for _ in range(2))

    assert first.instance_id < second.instance_id


@pytest.mark.parametrize(
    ("job", "workspace", "code"),
    [("noSuchJob", UNSET, "DLF.0100"), ("myJob", "ws9", "DLF.0819"), ("myJob", WORKSPACE, "DLF.0100")],
)
def test_refusal_is_told(url: str, run: Run, job: str, workspace: Any, code: str) -> None:
    """A job or workspace that is not there is a BadRequest with the service's code, and the mock's request ID."""
    with pytest.raises(BadRequest) as raised:
        run(url, job, workspace=workspace)

    assert (raised.value.error_code, raised.value.outcome_unknown) == (code, False)
    assert raised.value.request_id == raised.value.response.headers["X-Request-Id"]


@pytest.mark.parametrize(
    "auth",
    [None, TokenAuth("another"), SignatureAuth("another", "mock-sk"), SignatureAuth("mock-ak", "another")],
    ids=["none", "wrong token", "wrong access key", "wrong secret key"],
)
def test_wrong_credentials_are_told(url: str, run: Run, auth: Any) -> None:
    """Credentials that are missing or wrong are Unauthorized."""
    with pytest.raises(Unauthorized) as raised:
        run(url, "myJob", auth=auth)

    assert raised.value.error_code == "APIGW.0301"


def test_wrong_address_is_told(url: str, run: Run) -> None:
    """A base URL that leads elsewhere is NotFound, with the hint to check the host."""
    with pytest.raises(NotFound, match="Check the host") as raised:
        run(url + "/elsewhere", "myJob")

    assert raised.value.error_code == "APIGW.0101"
