"""Does a wait go on over looks that fail in passing, and end at those that will not pass?"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from dataarts_auth import TokenAuth
from dataarts_client.errors import ApiError, Forbidden, RequestNotSent, Unauthorized, UnexpectedResponse
from dataarts_client.models import JobInstance
from dataarts_mock import MockServer
from dataarts_runs import RunError, RunTimedOut

from ._caller import JOB, MODES, Caller
from ._time import VirtualTime

PASSING: dict[str, dict[str, Any]] = {
    "reset before": {"transport": "reset-before-reading"},
    "reset after": {"transport": "reset-after-reading"},
    "truncated": {"transport": "truncated-body"},
    "half a JSON text": {"transport": "malformed-json"},
    "502 page": {"transport": "html-502"},
    "429": {"status": 429, "retry_after": 0},  # The client would wait in real time, too.
    "500": {"status": 500},
    "503": {"status": 503},
}
DAY = 24 * 3600 + 1.0
"""Seconds after which no token is valid any more."""
LASTING: dict[str, tuple[dict[str, Any], type[ApiError]]] = {
    "401": ({"status": 401}, Unauthorized),
    "403": ({"status": 403}, Forbidden),
    "404": ({"status": 404}, ApiError),
    "unknown job": ({"example": "JobNotFound"}, ApiError),
    "unknown workspace": ({"example": "WorkspaceNotFound"}, ApiError),
    "413": ({"status": 413}, ApiError),
}


@pytest.fixture
def faulty(dataarts_mock: MockServer) -> Callable[..., None]:
    """Let looks fail."""

    def fail(**fault: Any) -> None:
        dataarts_mock.fail_next(operation="showJobInstance", **fault)

    return fail


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_passing_failure(
    dataarts_mock: MockServer,
    time: VirtualTime,
    caller: Caller,
    faulty: Callable[..., None],
    fault: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """A look that fails in passing, the first or three in a row later on, does not end a wait; each is logged."""
    dataarts_mock.add_job(JOB, states=("waiting", "running", "success"), seconds=3)
    run = caller.start()
    faulty(**fault)

    def fail_again(instance: JobInstance) -> None:
        if instance.status == "waiting":
            faulty(**fault, times=3)

    with caplog.at_level(logging.WARNING, "dataarts_runs"):
        instance = caller.wait(run, 600, on_change=fail_again)

    assert instance.status == "success"
    assert sum("look" in record.getMessage() for record in caplog.records) == 4


@pytest.mark.parametrize("fault", PASSING.values(), ids=PASSING)
def test_passing_failure_does_not_hurry(
    dataarts_mock: MockServer, time: VirtualTime, caller: Caller, faulty: Callable[..., None], fault: dict[str, Any]
) -> None:
    """A look that failed is followed by the pause that comes next, as every look is."""
    dataarts_mock.add_job(JOB, states=("success",))
    run = caller.start()
    faulty(**fault, times=6)
    caller.wait(run)

    for number, pause in enumerate(time.pauses):
        assert 0.9 * 1.5**number <= pause <= 1.1 * 1.5**number
    assert len(time.pauses) == 6


def test_nothing_listens(dataarts_mock: MockServer, time: VirtualTime) -> None:
    """A service that cannot be reached is waited for, as long as there is time; what was seen last is not forgotten."""
    with MockServer() as mock, Caller("sync", mock.client(max_retries=0)) as caller:
        mock.add_job(JOB, states=("running",))
        run = caller.start()
        with pytest.raises(RunTimedOut) as caught:
            caller.wait(run, 60, on_change=lambda instance: mock.stop())

    assert caught.value.instance is not None
    assert caught.value.instance.status == "running"
    assert isinstance(caught.value.__cause__, RequestNotSent)
    assert "not sent" in str(caught.value)
    assert len(time.pauses) >= 8


def test_drip(dataarts_mock: MockServer, time: VirtualTime, faulty: Callable[..., None]) -> None:
    """A look whose response drips is given up at the client's own limit, and does not end a wait."""
    for mode in MODES:
        with Caller(mode, dataarts_mock.client(max_retries=0, timeout=0.3)) as caller:
            run = caller.start(timeout=30)
            faulty(transport="drip")

            assert caller.wait(run, 60).status == "success"


def test_retry_after(dataarts_mock: MockServer, time: VirtualTime, caller: Caller, faulty: Callable[..., None]) -> None:
    """A Retry-After that is longer than the pause is waited for, and hardly longer."""
    run = caller.start()
    faulty(status=429, retry_after=45)
    caller.wait(run)

    assert 45 <= time.pauses[0] <= 50
    assert 1 <= time.pauses[1] <= 2


def test_short_retry_after(
    dataarts_mock: MockServer, time: VirtualTime, caller: Caller, faulty: Callable[..., None]
) -> None:
    """A Retry-After that is shorter than the pause makes no look come earlier."""
    run = caller.start()
    faulty(status=429, retry_after=0, times=4)
    caller.wait(run)

    assert 3 <= time.pauses[3] <= 4


def test_the_clients_retries_are_its_own(
    dataarts_mock: MockServer, time: VirtualTime, faulty: Callable[..., None]
) -> None:
    """What the client attempts again within a look is one look: the wait neither sees nor counts it."""
    for mode in MODES:
        time.pauses.clear()
        dataarts_mock.add_job(JOB, states=("running", "success"))
        with Caller(mode, dataarts_mock.client(max_retries=2)) as caller:
            run = caller.start()
            faulty(transport="reset-before-reading", times=2)
            caller.wait(run)

        assert len(time.pauses) == 1


@pytest.mark.parametrize(("fault", "kind"), LASTING.values(), ids=LASTING)
def test_refusal(
    dataarts_mock: MockServer,
    time: VirtualTime,
    caller: Caller,
    faulty: Callable[..., None],
    fault: dict[str, Any],
    kind: type[ApiError],
) -> None:
    """A refusal that will not pass ends a wait at once, as a RunError with run and last look, whose cause it is."""
    dataarts_mock.add_job(JOB, states=("running", "success"))
    run = caller.start()
    with pytest.raises(RunError) as caught:
        caller.wait(run, on_change=lambda instance: faulty(**fault))

    assert type(caught.value) is RunError
    assert isinstance(caught.value.__cause__, kind)
    assert caught.value.run == run
    assert caught.value.instance is not None
    assert caught.value.instance.status == "running"
    assert len(time.pauses) == 1


def test_broken_responses(
    dataarts_mock: MockServer, time: VirtualTime, caller: Caller, faulty: Callable[..., None]
) -> None:
    """Responses that the contract does not describe end a wait only if ten come in a row."""
    run = caller.start()
    faulty(transport="malformed-json", times=9)
    assert caller.wait(run).status == "success"
    run = caller.start()
    faulty(transport="malformed-json", times=10)
    with pytest.raises(RunError) as caught:
        caller.wait(run)

    assert type(caught.value) is RunError
    assert isinstance(caught.value.__cause__, UnexpectedResponse)


def test_token_that_expires(dataarts_mock: MockServer, time: VirtualTime) -> None:
    """In a wait that outlasts the token, a callable is asked once for another one, and the wait goes on."""
    for mode in MODES:
        dataarts_mock.add_job(JOB, states=("waiting", "running", "success"))
        asked: list[str] = []

        def token() -> str:
            asked.append(dataarts_mock.renew_token())  # noqa: B023  # It is called within the loop.
            return asked[-1]  # noqa: B023

        with Caller(mode, dataarts_mock.client(auth=TokenAuth(token))) as caller:
            run = caller.start()
            instance = caller.wait(
                run, on_change=lambda instance: time.pass_(DAY if instance.status == "running" else 0)
            )

        assert instance.status == "success"
        assert len(asked) == 2


def test_token_that_does_not_change(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """In a wait that outlasts a token without a callable, the 401 ends it."""
    dataarts_mock.add_job(JOB, states=("running", "success"))
    run = caller.start()
    with pytest.raises(RunError) as caught:
        caller.wait(run, on_change=lambda instance: time.pass_(DAY))

    assert isinstance(caught.value.__cause__, Unauthorized)
    assert caught.value.instance is not None
    assert caught.value.instance.status == "running"
