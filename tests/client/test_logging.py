"""Does the log say what the client does, and never a secret?"""

from __future__ import annotations

import logging

import pytest

from dataarts_auth import TokenAuth
from dataarts_client.api.jobs import run_job_immediately

from ._answers import STARTED, http, reset
from ._calls import attempt, make
from ._refusals import BODY
from ._server import Server

TOKEN = "a-token-that-no-log-may-hold"


def _lines(caplog: pytest.LogCaptureFixture, level: int) -> list[str]:
    return [
        record.getMessage() for record in caplog.records if record.name == "dataarts_client" and record.levelno == level
    ]


def test_repeats_are_warnings(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    """A pause before another attempt is a WARNING that says the call, the reason, the request ID and the seconds."""
    with Server(
        http(429, BODY, "Retry-After: 1", f"X-Request-Id: {TOKEN}-id", "X-Request-Id: r-1"), http(200, STARTED)
    ) as server:
        with caplog.at_level(logging.DEBUG, logger="dataarts_client"):
            outcome = attempt(mode, run_job_immediately, make(server.url, auth=TokenAuth(TOKEN)))

    assert outcome.error is None
    (warning,) = _lines(caplog, logging.WARNING)
    assert warning.startswith("POST /v1/"), warning
    assert "HTTP 429" in warning
    assert "attempt 2 of 3 follows in 1.00 s" in warning
    assert TOKEN not in caplog.text


def test_attempts_are_for_debugging(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    """Each attempt is told at DEBUG, with the status and the request ID."""
    with Server(http(200, STARTED, "X-Request-Id: r-1")) as server:
        with caplog.at_level(logging.DEBUG, logger="dataarts_client"):
            attempt(mode, run_job_immediately, make(server.url, auth=TokenAuth(TOKEN)))

    (line,) = _lines(caplog, logging.DEBUG)
    assert "HTTP 200 [request r-1]" in line
    assert TOKEN not in caplog.text


def test_lost_responses_are_told(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    """Why there is no response is told, and that nothing is repeated."""
    with Server(reset()) as server:
        with caplog.at_level(logging.DEBUG, logger="dataarts_client"):
            attempt(mode, run_job_immediately, make(server.url))

    (line,) = _lines(caplog, logging.DEBUG)
    assert "OutcomeUnknown" in line
    assert "attempt 1 was the last" in line
    assert _lines(caplog, logging.WARNING) == []


def test_silent_by_default(mode: str, caplog: pytest.LogCaptureFixture) -> None:
    """A call that succeeds logs nothing at INFO and above."""
    with Server(http(200, STARTED)) as server:
        with caplog.at_level(logging.INFO, logger="dataarts_client"):
            attempt(mode, run_job_immediately, make(server.url))

    assert [record for record in caplog.records if record.name == "dataarts_client"] == []
