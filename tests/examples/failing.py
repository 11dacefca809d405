"""Tests of a user's that fail, to see what the fixture says; `tests/mock/test_fixture.py` runs them."""

from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.models import JobParam, RunJobRequest
from dataarts_mock import MockServer


def test_other_value(dataarts_mock: MockServer) -> None:
    """The job is run with another value than expected, and one parameter more."""
    params = [JobParam(name="day", value="2026-01-30"), JobParam(name="dry", value="1")]
    with dataarts_mock.client() as client:
        run_job_immediately.sync("my_project", "myJob", client=client, body=RunJobRequest(job_params=params))

    dataarts_mock.assert_ran("myJob", params={"day": "2026-01-31", "region": "eu"})


def test_other_workspace(dataarts_mock: MockServer) -> None:
    """The job is run in the default workspace, where another one is expected."""
    with dataarts_mock.client() as client:
        run_job_immediately.sync("my_project", "myJob", client=client)

    dataarts_mock.assert_ran("myJob", workspace="ws1")


def test_never(dataarts_mock: MockServer) -> None:
    """Nothing was sent at all."""
    dataarts_mock.assert_ran("myJob")


def test_refused_and_twice(dataarts_mock: MockServer) -> None:
    """The job is run twice where once is expected."""
    with dataarts_mock.client() as client:
        run_job_immediately.sync_detailed("my_project", "noSuchJob", client=client)
        run_job_immediately.sync("my_project", "myJob", client=client)
        run_job_immediately.sync("my_project", "myJob", client=client)

    dataarts_mock.assert_ran("myJob", times=1)
