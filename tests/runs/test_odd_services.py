"""Does a wait end as it should where the service behaves as nobody expects?"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from copy import deepcopy

import httpx
import pytest
import yaml

from dataarts_client.errors import TooManyRequests, UnexpectedResponse
from dataarts_client.models import JobInstance
from dataarts_mock import MockServer
from dataarts_runs import RunError, RunFailed, RunStateUnknown, RunTimedOut

from ._caller import JOB, MODES, AnyRun, Caller
from ._document import CONTRACT
from ._scripted import ID, Scripted, instance, nodes
from ._time import VirtualTime

HOUR = 3600.0
Serve = Callable[..., tuple[Caller, AnyRun, Scripted]]


def throttled(retry_after: object = None) -> httpx.Response:
    """Return a response that refuses for now."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return httpx.Response(429, headers=headers, json={"error_code": "APIGW.0308", "error_msg": "too many"})


@pytest.fixture(params=MODES)
def serve(request: pytest.FixtureRequest, time: VirtualTime) -> Iterator[Serve]:
    """Give a caller, a run, and the service it is looked at, which responds as it is told."""
    callers: list[AbstractContextManager[Caller]] = []

    def served(*responses: httpx.Response) -> tuple[Caller, AnyRun, Scripted]:
        service = Scripted(*responses)
        caller = Caller(request.param, service.client())
        callers.append(caller)
        return caller, caller.attach(ID), service

    yield served
    for caller in callers:
        caller.__exit__(None, None, None)


def test_429_without_retry_after(serve: Serve, time: VirtualTime) -> None:
    """A refusal for now that does not say for how long is followed by the pause that comes next."""
    caller, run, service = serve(throttled(), throttled(), instance("success"))
    caller.wait(run)

    assert service.asked == 3
    assert 0.9 <= time.pauses[0] <= 1.1
    assert 1.35 <= time.pauses[1] <= 1.65


@pytest.mark.parametrize("value", ["soon", "-5", "1e9", "Thu, 01 Jan 1970 00:00:00 GMT", ""])
def test_retry_after_that_is_nonsense(serve: Serve, time: VirtualTime, value: str) -> None:
    """A Retry-After that is no time to come makes no look come earlier, and none an hour late."""
    caller, run, _ = serve(throttled(value), instance("success"))
    caller.wait(run)

    assert len(time.pauses) == 1
    assert 0.9 <= time.pauses[0] <= 1.1


def test_retry_after_an_hour(serve: Serve, time: VirtualTime) -> None:
    """A Retry-After of an hour is waited for where there is time."""
    caller, run, service = serve(throttled(3600), instance("success"))
    caller.wait(run)

    assert service.asked == 2
    assert HOUR <= time.passed <= 1.1 * HOUR


def test_retry_after_a_day(serve: Serve, time: VirtualTime) -> None:
    """Of a Retry-After of a day an hour is waited for, since services get it wrong too."""
    caller, run, service = serve(throttled(86400), instance("success"))
    caller.wait(run)

    assert service.asked == 2
    assert HOUR <= time.passed <= 1.1 * HOUR


def test_retry_after_longer_than_the_time(serve: Serve, time: VirtualTime, caplog: pytest.LogCaptureFixture) -> None:
    """Where there is no time for the next look the wait lasts as long as it was to, so that a loop of waits is slow."""
    caller, run, service = serve(throttled(120), instance("success"))
    with caplog.at_level(logging.WARNING, "dataarts_runs"), pytest.raises(RunTimedOut) as caught:
        caller.wait(run, 60)

    assert service.asked == 1
    assert time.passed == pytest.approx(60)
    assert "was not seen within 1 min 0 s" in str(caught.value)
    assert isinstance(caught.value.__cause__, TooManyRequests)
    assert "no time for another" in caplog.text


@pytest.mark.parametrize("status", [408, 500, 520])
def test_passing_statuses_that_are_documented_nowhere(serve: Serve, status: int) -> None:
    """A request that timed out at the service, and any failure of its own, documented or not, may pass."""
    caller, run, service = serve(httpx.Response(status, text="<h1>try later</h1>"), instance("success"))
    caller.wait(run)

    assert service.asked == 2


def test_another_instance(serve: Serve) -> None:
    """A look that shows another instance ends the wait: its state says nothing of the run."""
    caller, run, _ = serve(instance("running"), instance("success", instanceId=ID + 1, jobName="other"))
    with pytest.raises(RunError, match=f"instance {ID + 1} of job other") as caught:
        caller.wait(run)

    assert type(caught.value) is RunError
    assert caught.value.run == run
    assert caught.value.instance is not None
    assert caught.value.instance.instance_id == ID


@pytest.mark.parametrize("state", ["", "SUCCESS", "Success", "successful", "done\x1b[2J"])
def test_states_that_look_like_success(serve: Serve, state: str) -> None:
    """What only looks like a state of success is none."""
    caller, run, _ = serve(instance(state, endTime=1551425387000))
    with pytest.raises(RunError) as caught:
        caller.wait(run)

    assert not isinstance(caught.value, RunFailed)
    assert "\x1b" not in str(caught.value)


@pytest.mark.parametrize("end", [None, 0])
def test_unknown_state_without_an_end(serve: Serve, end: int | None) -> None:
    """An end time of null or 0 is none: a run in an unknown state goes on."""
    caller, run, service = serve(instance("thinking", endTime=end), instance("success"))
    caller.wait(run)

    assert service.asked == 2


def test_state_that_is_null(serve: Serve, time: VirtualTime) -> None:
    """An instance without a state is no end; ten in a row are given up."""
    caller, run, service = serve(instance(None))
    with pytest.raises(RunError) as caught:
        caller.wait(run)

    assert type(caught.value) is RunError
    assert isinstance(caught.value.__cause__, UnexpectedResponse)
    assert service.asked == 10


def test_end_that_comes_early(serve: Serve) -> None:
    """An end time beside a state that goes on ends nothing, nor do nodes that have all ended."""
    caller, run, service = serve(
        instance("running", endTime=1551425387000, **nodes(a="success", b="success")), instance("success")
    )
    caller.wait(run)

    assert service.asked == 2


def test_nodes_in_another_order(serve: Serve) -> None:
    """Nodes that are listed in another order are no change; a node that is new, or in another state, is one."""
    seen: list[JobInstance] = []
    caller, run, _ = serve(
        instance("running", **nodes(a="running", b="waiting")),
        instance("running", **nodes(b="waiting", a="running")),
        instance("running", **nodes(b="running", a="success")),
        instance("running", **nodes(b="running", a="success", c="waiting")),
        instance("success", **nodes(a="success", b="success", c="success")),
    )
    caller.wait(run, on_change=seen.append)

    assert [each.total for each in seen] == [2, 2, 3, 3]


def test_clock_of_this_machine_set_back(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """A wait takes as long as it is to, whoever sets this machine's clock meanwhile."""
    dataarts_mock.add_job(JOB, states=("running", "success"), seconds=40)

    for ahead in (-86400, 86400):
        run = caller.start()
        began = time.passed
        caller.wait(run, 60, on_change=lambda instance: time.set_wall(ahead))  # noqa: B023  # It is called at once.

        assert 40 <= time.passed - began <= 60


def test_final_state_that_is_left_again(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """A run that someone restarts after its end is waited for anew by a wait that begins later."""
    dataarts_mock.add_job(JOB, states=("running", "fail"))
    run = caller.start()
    with pytest.raises(RunFailed):
        caller.wait(run)
    dataarts_mock.set_state(run.instance_id, "running")
    seen: list[str] = []

    def finish(instance: JobInstance) -> None:
        seen.append(instance.status)
        if instance.status == "running":
            dataarts_mock.set_state(run.instance_id, "success")

    assert caller.wait(run, on_change=finish).status == "success"
    assert seen == ["running", "success"]


def test_waiting_again(serve: Serve, time: VirtualTime) -> None:
    """A wait for a run that has ended takes one look, and ends as the one before did."""
    for state in ("success", "fail"):
        caller, run, service = serve(instance(state))
        for number in (1, 2):
            if state == "success":
                assert caller.wait(run).status == state
            else:
                with pytest.raises(RunFailed):
                    caller.wait(run)
            assert service.asked == number

    assert time.pauses == []


@pytest.fixture(scope="module")
def newer_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockServer]:
    """A mock of a newer contract that has more states: `thinking`, which goes on, and `archived`, an end."""
    contract = deepcopy(CONTRACT)
    status = contract["components"]["schemas"]["JobInstanceStatus"]
    status["enum"] += ["thinking", "archived"]
    status["x-enum-varnames"] += ["THINKING", "ARCHIVED"]
    status["x-final-states"]["failure"].append("archived")
    path = tmp_path_factory.mktemp("newer") / "openapi.yaml"
    path.write_text(yaml.safe_dump(contract, allow_unicode=True), encoding="utf-8")
    with MockServer(document=path) as mock:
        yield mock


@pytest.fixture
def newer_mock(newer_server: MockServer, monkeypatch: pytest.MonkeyPatch) -> MockServer:
    """The same, as new, whose time passes where runs sleep."""
    newer_server.reset()
    newer_server.freeze()
    VirtualTime(newer_server.advance).install(monkeypatch)
    return newer_server


@pytest.mark.parametrize("mode", MODES)
def test_unknown_state_goes_on(newer_mock: MockServer, mode: str, caplog: pytest.LogCaptureFixture) -> None:
    """A state that the contract does not know is waited through while there is no end time, and warned of once."""
    newer_mock.add_job(JOB, states=("running", "thinking", "thinking", "thinking", "success"))
    with caplog.at_level(logging.WARNING), Caller(mode, newer_mock.client()) as caller:
        instance = caller.wait(caller.start())

    assert instance.status == "success"
    assert ["thinking" in record.getMessage() for record in caplog.records] == [True]
    assert caplog.records[0].name == "dataarts_runs"


@pytest.mark.parametrize("mode", MODES)
def test_unknown_end(newer_mock: MockServer, mode: str) -> None:
    """A run that has ended in a state that the contract does not know is neither a success nor a failure."""
    newer_mock.add_job(JOB, states=("running", "archived"))
    with Caller(mode, newer_mock.client()) as caller:
        run = caller.start()
        with pytest.raises(RunStateUnknown, match="archived") as caught:
            caller.wait(run)

    assert caught.value.run == run
    assert caught.value.instance is not None
    assert caught.value.instance.status == "archived"
