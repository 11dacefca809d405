"""Tests as a user of the fixture writes them: the README's example, as it stands there."""

import pytest

from dataarts_client import Client
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.errors import OutcomeUnknown
from dataarts_client.models import JobParam, RunJobRequest
from dataarts_mock import MockServer


def run_nightly(client: Client, day: str) -> int:
    """The code under test: run the nightly job for a day."""
    body = RunJobRequest(job_params=[JobParam(name="day", value=day)])
    return run_job_immediately.sync("my_project", "nightly", client=client, body=body).instance_id


def test_job_runs(dataarts_mock: MockServer) -> None:
    """The job is run, once, for the day."""
    dataarts_mock.add_job("nightly")
    with dataarts_mock.client() as client:
        run_nightly(client, "2026-01-31")

    dataarts_mock.assert_ran("nightly", params={"day": "2026-01-31"})


def test_lost_answer_is_no_reason_to_run_twice(dataarts_mock: MockServer) -> None:
    """When the answer is lost, the job is not run a second time."""
    dataarts_mock.add_job("nightly")
    dataarts_mock.fail_next(transport="reset-after-reading")
    with dataarts_mock.client() as client, pytest.raises(OutcomeUnknown):
        run_nightly(client, "2026-01-31")

    dataarts_mock.assert_ran("nightly", times=1)
