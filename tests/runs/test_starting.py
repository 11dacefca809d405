"""Is a run started once; and where the response is lost, is what may have been started found?"""

from __future__ import annotations

import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dataarts_client.errors import (
    BadRequest,
    OutcomeUnknown,
    RequestNotSent,
    ServerError,
    TooManyRequests,
    Unauthorized,
    UnexpectedResponse,
)
from dataarts_client.models import JobParam
from dataarts_mock import MockServer
from dataarts_runs import AsyncStartUnknown, RunError, StartUnknown, find

from ._caller import JOB, PROJECT, Caller
from ._time import VirtualTime

LOST: dict[str, tuple[dict[str, Any], type[Exception], int]] = {
    "reset": ({"transport": "reset-after-reading"}, OutcomeUnknown, 1),
    "truncated": ({"transport": "truncated-body"}, OutcomeUnknown, 1),
    "half a JSON text": ({"transport": "malformed-json"}, UnexpectedResponse, 1),
    "502 page": ({"transport": "html-502"}, ServerError, 0),
    "500": ({"status": 500}, ServerError, 0),
    "503": ({"status": 503}, ServerError, 0),
    "503, later": ({"status": 503, "delay": 0.05}, ServerError, 0),
}
"""What is lost, what the client makes of it, and how many runs were started."""

REFUSED: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "unknown job": ({"example": "JobNotFound"}, BadRequest),
    "401": ({"status": 401}, Unauthorized),
    "429": ({"status": 429, "retry_after": 0}, TooManyRequests),
}


def lost(caller: Caller, **kwargs: Any) -> StartUnknown:
    """Start a run whose response is lost, and return the error."""
    with pytest.raises(StartUnknown) as caught:
        caller.start(**kwargs)
    return caught.value


@pytest.mark.parametrize(("fault", "kind", "runs"), LOST.values(), ids=LOST)
def test_lost_response(
    dataarts_mock: MockServer, caller: Caller, fault: dict[str, Any], kind: type[Exception], runs: int
) -> None:
    """A response that is lost is StartUnknown, caused by what was lost; the candidate is the run, if it was started."""
    dataarts_mock.fail_next(**fault)
    error = lost(caller)
    candidates = caller.call(error.candidates)

    assert isinstance(error.__cause__, kind)
    assert isinstance(error, RunError)
    assert error.run is None
    assert [run.instance_id for run in candidates] == [each.instance_id for each in dataarts_mock.instances]
    assert all(type(run) is caller.kind for run in candidates)
    assert len(candidates) == runs
    dataarts_mock.assert_ran(JOB, times=runs)


def test_dripped_response(dataarts_mock: MockServer, caller: Caller) -> None:
    """A response that drips beyond the timeout is lost; the run was started, once."""
    dataarts_mock.fail_next(transport="drip")
    error = lost(caller, timeout=0.5)

    assert isinstance(error.__cause__, OutcomeUnknown)
    assert len(caller.call(error.candidates)) == 1
    dataarts_mock.assert_ran(JOB, times=1)


def test_the_candidate_can_be_waited_for(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """A candidate is a run like any other."""
    dataarts_mock.fail_next(transport="reset-after-reading")
    (run,) = caller.call(lost(caller).candidates)

    assert caller.wait(run).status == "success"


def test_someone_else_ran_it_too(dataarts_mock: MockServer, caller: Caller) -> None:
    """Two candidates are two: which of them it is cannot be told. The oldest comes first."""
    dataarts_mock.fail_next(transport="reset-after-reading")
    error = lost(caller)
    other = caller.start()
    candidates = caller.call(error.candidates)

    assert len(candidates) == 2
    assert candidates[1] == other


def test_earlier_runs_are_no_candidates(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """A run that was planned well before the attempt is no candidate, nor is one of another job or workspace."""
    dataarts_mock.add_job("other")
    dataarts_mock.add_job(f"{JOB}2")
    dataarts_mock.add_job(JOB, "ws2")
    caller.start()
    time.pass_(3600)
    caller.start("other")
    caller.start(f"{JOB}2")
    caller.start(workspace="ws2")
    dataarts_mock.fail_next(status=503)
    none = caller.call(lost(caller).candidates)
    dataarts_mock.fail_next(transport="reset-after-reading")
    (one,) = caller.call(lost(caller).candidates)

    assert none == []
    assert one.instance_id == dataarts_mock.instances[-1].instance_id


def test_late_candidate(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """A run that appears late is none, then one: no candidate is no proof."""
    dataarts_mock.add_job(JOB, appears_after=90)
    dataarts_mock.fail_next(transport="reset-after-reading")
    error = lost(caller)
    before = caller.call(error.candidates)
    time.pass_(120)
    after = caller.call(error.candidates)

    assert (len(before), len(after)) == (0, 1)


@pytest.mark.parametrize("ahead", [-3600, -240, 240, 3600])
def test_clocks_that_differ(dataarts_mock: MockServer, time: VirtualTime, caller: Caller, ahead: float) -> None:
    """Whatever this machine's clock says, the candidate is found, and earlier runs are none."""
    caller.start()
    time.pass_(600)
    time.set_wall(ahead)
    dataarts_mock.fail_next(transport="reset-after-reading")
    candidates = caller.call(lost(caller).candidates)

    assert [run.instance_id for run in candidates] == [dataarts_mock.instances[-1].instance_id]


@pytest.mark.parametrize(("fault", "kind"), REFUSED.values(), ids=REFUSED)
def test_refusal(dataarts_mock: MockServer, caller: Caller, fault: dict[str, Any], kind: type[Exception]) -> None:
    """A start that is refused raises what the client raises: nothing was started, and nothing has to be looked for."""
    dataarts_mock.fail_next(**fault)
    with pytest.raises(kind):
        caller.start()

    dataarts_mock.assert_ran(JOB, times=0)


def test_not_sent(caller: Caller, dataarts_mock: MockServer) -> None:
    """A start that is not sent is RequestNotSent."""
    with MockServer() as gone:
        client = gone.client(max_retries=0)
    with pytest.raises(RequestNotSent):
        caller.start(client=client)


@pytest.mark.parametrize(
    "params", [{"day": "2026-01-31", "empty": ""}, [JobParam("day", "2026-01-31"), JobParam("empty", "", "constants")]]
)
def test_params(dataarts_mock: MockServer, caller: Caller, params: Any) -> None:
    """Parameters are a mapping, or JobParams."""
    caller.start(params=params)

    dataarts_mock.assert_ran(JOB, {"day": "2026-01-31", "empty": ""})


def test_no_params(dataarts_mock: MockServer, caller: Caller) -> None:
    """Without parameters there is no body, and an empty mapping says that there are none."""
    caller.start()
    caller.start(params={})

    assert [request.body for request in dataarts_mock.requests] == [None, {"jobParams": []}]


@pytest.mark.parametrize(
    ("params", "kind", "message"),
    [
        ({"n": 5}, TypeError, "'n'"),
        ({"": "x"}, ValueError, "''"),
        ({"n": "x" * 1025}, ValueError, "'n'"),
        ("day=1", TypeError, "params"),
        (5, TypeError, "params"),
        (["day"], TypeError, "JobParam"),
    ],
)
def test_wrong_params(
    dataarts_mock: MockServer, caller: Caller, params: Any, kind: type[Exception], message: str
) -> None:
    """Parameters that the contract forbids are refused by name, before anything is sent."""
    with pytest.raises(kind, match=message):
        caller.start(params=params)

    assert dataarts_mock.requests == []


def test_workspace(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """The workspace of a run is that of the start, of every look, of the stop and of the search."""
    dataarts_mock.add_job(JOB, "ws1", states=("running",))
    run = caller.start(workspace="ws1")
    caller.call(run.instance)
    caller.call(run.stop)
    caller.call(run.restart)
    found = caller.find(since=datetime.now(UTC) - timedelta(hours=1), workspace="ws1")

    assert found == [run]
    assert [request.headers.get("workspace") for request in dataarts_mock.requests] == ["ws1"] * 5


def test_message(dataarts_mock: MockServer, caller: Caller) -> None:
    """The message says what is unknown, of which job, why, and what to do before the job is started again."""
    dataarts_mock.add_job(JOB, "ws1")
    dataarts_mock.fail_next(transport="reset-after-reading")
    message = str(lost(caller, workspace="ws1"))

    assert message.startswith(f"Whether job {JOB} (project {PROJECT}, workspace ws1) was started is unknown: ")
    assert "candidates()" in message
    assert "before you start it again" in message


def test_kinds(dataarts_mock: MockServer, caller: Caller) -> None:
    """A blocking start raises StartUnknown, an asynchronous one AsyncStartUnknown, which is one too."""
    dataarts_mock.fail_next(transport="reset-after-reading")
    error = lost(caller)

    assert type(error) is (StartUnknown if caller.mode == "sync" else AsyncStartUnknown)


def test_pickled(dataarts_mock: MockServer, caller: Caller) -> None:
    """A pickled StartUnknown keeps message, cause and time, by which the run can be found with another client."""
    dataarts_mock.fail_next(transport="reset-after-reading")
    error = lost(caller)
    copy = pickle.loads(pickle.dumps(error))
    with dataarts_mock.client() as client:
        found = find(client, PROJECT, JOB, since=copy.attempted_at - timedelta(minutes=1))

    assert str(copy) == str(error)
    assert repr(copy.__cause__) == repr(error.__cause__)
    assert len(found) == 1
    with pytest.raises(RuntimeError, match="pickled"):
        caller.call(copy.candidates)


def test_list_that_fails(dataarts_mock: MockServer, caller: Caller) -> None:
    """Where candidates cannot be looked for, the client's error says why, and they can be looked for again."""
    dataarts_mock.fail_next(transport="reset-after-reading")
    error = lost(caller)
    dataarts_mock.fail_next(status=503)
    with pytest.raises(ServerError):
        caller.call(error.candidates)

    assert len(caller.call(error.candidates)) == 1
