"""Does a wait end where the run ends, and only there, as it should, and after as many looks as it should?"""

from __future__ import annotations

import asyncio
from itertools import pairwise
from time import monotonic
from typing import Any

import pytest

from dataarts_client import Client
from dataarts_client.errors import ApiError, BadRequest, OutcomeUnknown
from dataarts_client.models import JobInstance, JobInstanceStatus
from dataarts_mock import MockServer
from dataarts_runs import RunError, RunFailed, RunTimedOut, attach, attach_async, start

from ._caller import JOB, PROJECT, Caller
from ._document import FAILURE, GOING, SUCCESS, error_code
from ._time import VirtualTime


def looks(mock: MockServer) -> list[float]:
    """Return the seconds from the first look to each look, by the mock's clock."""
    times = [request.time for request in mock.requests if request.operation == "showJobInstance"]
    return [(time - times[0]).total_seconds() for time in times]


@pytest.mark.parametrize("state", SUCCESS)
def test_success(dataarts_mock: MockServer, time: VirtualTime, caller: Caller, state: str) -> None:
    """A run that ends in a state of success is returned, in that state, after the look that finds it."""
    dataarts_mock.add_job(JOB, states=("waiting", "running", state))
    instance = caller.wait(caller.start())

    assert instance.status == state
    assert instance.job_name == JOB
    assert len(looks(dataarts_mock)) == 3


@pytest.mark.parametrize("state", FAILURE)
def test_failure(dataarts_mock: MockServer, time: VirtualTime, caller: Caller, state: str) -> None:
    """A run that ends in any other final state raises RunFailed, with run and instance, at the look that finds it."""
    dataarts_mock.add_job(JOB, states=("waiting", "running", state))
    run = caller.start()
    with pytest.raises(RunFailed) as caught:
        caller.wait(run)

    assert caught.value.run == run
    assert caught.value.instance is not None
    assert caught.value.instance.status == state
    assert len(looks(dataarts_mock)) == 3


@pytest.mark.parametrize("state", GOING)
def test_going_on(dataarts_mock: MockServer, time: VirtualTime, caller: Caller, state: str) -> None:
    """No other state that the contract knows ends a wait, however long it lasts; a pause may be over one day."""
    dataarts_mock.add_job(JOB, states=("running", *[state] * 20, "running", "success"))
    instance = caller.wait(caller.start())

    assert instance.status == "success"
    assert len(looks(dataarts_mock)) == 23


def test_every_state_is_tested() -> None:
    """The states of the contract are final or not, each tested above."""
    assert sorted(SUCCESS + FAILURE + GOING) == sorted(JobInstanceStatus)
    assert len(SUCCESS) >= 3
    assert len(FAILURE) >= 4
    assert len(GOING) >= 5


def test_first_look_comes_at_once(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """A run that has ended is found by the first look, without a pause."""
    dataarts_mock.add_job(JOB, states=("success",))
    caller.wait(caller.start())

    assert time.pauses == []


def test_distances_of_looks(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """Looks come after 1, 1.5, 2.25 seconds and so on up to 20, each up to a tenth more or less, and not above 20."""
    dataarts_mock.add_job(JOB, states=("running", "success"), seconds=300)
    caller.wait(caller.start())
    times = looks(dataarts_mock)
    distances = [after - before for before, after in pairwise(times)]
    expected = [min(20.0, 1.5**number) for number in range(len(distances))]

    assert distances == pytest.approx(time.pauses, abs=1e-5)
    for distance, each in zip(time.pauses, expected, strict=True):
        assert 0.9 * each <= distance <= min(20.0, 1.1 * each)
    assert sum(distances) >= 300
    assert len(distances) in (20, 21, 22, 23)


def test_pauses_differ(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """Two waits do not pause equally long, so that many do not look at the same moment."""
    dataarts_mock.add_job(JOB, states=("running", "success"), seconds=60)
    run = caller.start()
    caller.wait(run)
    first = time.pauses.copy()
    time.pauses.clear()
    caller.wait(caller.start())

    assert len({*first, *time.pauses}) > len(first)


def test_on_change(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """`on_change` is called after the first look and after each one that finds another state, the last included."""
    dataarts_mock.add_job(JOB, states=("waiting", "waiting", "running", "running", "pause", "running", "success"))
    seen: list[JobInstance] = []
    instance = caller.wait(caller.start(), on_change=seen.append)

    assert [each.status for each in seen] == ["waiting", "running", "pause", "running", "success"]
    assert seen[-1] is instance


def test_asynchronous_on_change(dataarts_mock: MockServer, time: VirtualTime) -> None:
    """An asynchronous `on_change` is awaited."""
    seen: list[str] = []

    async def note(instance: JobInstance) -> None:
        await asyncio.sleep(0)
        seen.append(instance.status)

    with Caller("asyncio", dataarts_mock.client()) as caller:
        caller.wait(caller.start(), on_change=note)

    assert seen == ["waiting", "running", "success"]


def test_late_instance(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """An instance that is not there yet is waited for."""
    dataarts_mock.add_job(JOB, appears_after=20)
    instance = caller.wait(caller.start())

    assert instance.status == "success"


@pytest.mark.parametrize("example", ["JobInstanceNotFound", "JobInstanceNotFoundNewer"])
def test_both_codes_of_a_late_instance(
    dataarts_mock: MockServer, time: VirtualTime, caller: Caller, example: str
) -> None:
    """Either code of an instance that is not there is waited through."""
    dataarts_mock.fail_next(example=example, operation="showJobInstance")
    instance = caller.wait(caller.start())

    assert instance.status == "success"


def test_missing_instance(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """An instance that is not there after 30 seconds is a RunError, whose cause is the refusal."""
    with pytest.raises(RunError) as caught:
        caller.wait(caller.attach(7))

    assert type(caught.value) is RunError
    assert isinstance(caught.value.__cause__, ApiError)
    assert caught.value.__cause__.error_code == error_code("JobInstanceNotFound")
    assert 30 <= time.passed <= 60
    assert caught.value.instance is None


def test_instance_that_vanishes(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """An instance that was there, and is no longer, ends the wait at once: it is not late."""
    dataarts_mock.add_job(JOB, states=("running", "running", "success"))
    run = caller.start()

    def vanish(instance: JobInstance) -> None:
        dataarts_mock.fail_next(example="JobInstanceNotFound")

    with pytest.raises(RunError) as caught:
        caller.wait(run, on_change=vanish)

    assert type(caught.value) is RunError
    assert caught.value.instance is not None
    assert len(time.pauses) == 1


def test_timeout(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """When the time is over, the wait ends with the run and what was seen last, and the run can be waited for again."""
    dataarts_mock.add_job(JOB, states=("running", "success"), seconds=100)
    run = caller.start()
    with pytest.raises(RunTimedOut) as caught:
        caller.wait(run, 60)

    assert isinstance(caught.value, TimeoutError)
    assert caught.value.run == run
    assert caught.value.instance is not None
    assert caught.value.instance.status == "running"
    assert 54 <= time.passed <= 60
    assert caller.wait(run).status == "success"


def test_last_look(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """A run that ends shortly before the time is over has ended: the last look comes a second before."""
    dataarts_mock.add_job(JOB, states=("running", "success"), seconds=58)
    instance = caller.wait(caller.start(), 60)

    assert instance.status == "success"
    assert looks(dataarts_mock)[-1] == pytest.approx(59)


def test_last_look_is_the_last(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """After the last look there is no other one, and no useless pause."""
    dataarts_mock.add_job(JOB, states=("running",))
    with pytest.raises(RunTimedOut):
        caller.wait(caller.start(), 10)

    assert looks(dataarts_mock)[-1] == pytest.approx(9)
    assert len(looks(dataarts_mock)) in (6, 7)


@pytest.mark.parametrize("wrong", [5, "print", [print]])
def test_on_change_that_is_no_function(dataarts_mock: MockServer, caller: Caller, wrong: Any) -> None:
    """What cannot be called is refused before anything is sent, not after the first look."""
    with pytest.raises(TypeError, match="on_change: must be a function"):
        caller.wait(caller.attach(7), on_change=wrong)

    assert dataarts_mock.requests == []


def test_asynchronous_on_change_of_a_blocking_wait(dataarts_mock: MockServer, client: Client) -> None:
    """An asynchronous `on_change`, which a blocking wait cannot await, is refused, whether it looks like one or not."""

    async def tell(instance: JobInstance) -> None:
        """Do nothing."""

    with pytest.raises(TypeError, match=r"use an AsyncRun"):
        attach(client, PROJECT, JOB, 7).wait(on_change=tell)
    assert dataarts_mock.requests == []
    run = start(client, PROJECT, JOB)
    with pytest.raises(TypeError, match=r"use an AsyncRun"):
        run.wait(on_change=lambda instance: tell(instance))


@pytest.mark.parametrize("timeout", [True, "60", b"60", [60]])
def test_timeout_of_another_type(dataarts_mock: MockServer, caller: Caller, timeout: Any) -> None:
    """A timeout that is no number is a TypeError that names it, and nothing is sent; True is no second."""
    with pytest.raises(TypeError, match=f"timeout: .*{type(timeout).__name__}"):
        caller.wait(caller.attach(7), timeout)

    assert dataarts_mock.requests == []


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), 10**400, 1e300])
def test_timeout_out_of_range(dataarts_mock: MockServer, caller: Caller, timeout: float) -> None:
    """A timeout that no clock can count is a ValueError that says how to have none."""
    with pytest.raises(ValueError, match=r"timeout: .*above 0.*None is no limit") as caught:
        caller.wait(caller.attach(7), timeout)

    assert len(str(caught.value)) < 150
    assert dataarts_mock.requests == []


def test_look_that_hangs(dataarts_mock: MockServer, caller: Caller) -> None:
    """A look that hangs is given up when the time is over, and says so."""
    run = caller.start()
    dataarts_mock.fail_next(delay=60)
    began = monotonic()
    with pytest.raises(RunTimedOut) as caught:
        caller.wait(run, 0.5)
    dataarts_mock.reset()

    assert monotonic() - began < 2
    assert caught.value.instance is None
    assert isinstance(caught.value.__cause__, OutcomeUnknown)


def test_look_that_hangs_has_the_clients_limit(dataarts_mock: MockServer, time: VirtualTime) -> None:
    """A look that hangs is given up after the client's own timeout, and the wait goes on."""
    with Caller("sync", dataarts_mock.client(timeout=0.3, max_retries=0)) as caller:
        run = caller.start(timeout=30)
        dataarts_mock.fail_next(delay=60)
        instance = caller.wait(run, 3600)
    dataarts_mock.reset()

    assert instance.status == "success"


def test_one_look(dataarts_mock: MockServer, caller: Caller) -> None:
    """`instance` is one look, whatever state the run is in."""
    dataarts_mock.add_job(JOB, states=("waiting", "fail"))
    run = caller.start()

    assert [caller.call(run.instance).status for _ in range(2)] == ["waiting", "fail"]
    assert len(looks(dataarts_mock)) == 2


def test_stop(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """A run that is stopped ends, and a wait for it raises RunFailed; one that has ended cannot be stopped."""
    dataarts_mock.add_job(JOB, states=("running",))
    other, run = caller.start(), caller.start()
    caller.call(run.instance)
    caller.call(run.stop)
    with pytest.raises(RunFailed, match="manual-stop") as caught:
        caller.wait(run)
    with pytest.raises(BadRequest):
        caller.call(run.stop)

    assert caught.value.run == run
    assert caller.call(other.instance).status == "running"


def test_restart(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """A run that failed is restarted, keeps its ID, and is waited for to its other end; no other run is started."""
    dataarts_mock.add_job(JOB, states=("waiting", "running", "success"))
    run = caller.start()
    dataarts_mock.set_state(run.instance_id, "fail")
    with pytest.raises(RunFailed):
        caller.wait(run)
    caller.call(run.restart)
    seen: list[str] = []
    instance = caller.wait(run, on_change=lambda instance: seen.append(instance.status))

    assert seen == ["waiting", "running", "success"]
    assert instance.instance_id == run.instance_id
    assert [each.instance_id for each in dataarts_mock.instances] == [run.instance_id]


def test_restart_of_a_run_that_has_not_ended(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """A run that has not ended cannot be restarted, and goes on."""
    dataarts_mock.add_job(JOB, states=("running", "running", "success"))
    run = caller.start()
    caller.call(run.instance)
    with pytest.raises(BadRequest):
        caller.call(run.restart)

    assert caller.wait(run).status == "success"


def test_going_back(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """A state that goes back, as after a restart by someone else, is a change like any other."""
    dataarts_mock.add_job(JOB, states=("running", "waiting", "running", "success"))
    seen: list[str] = []
    caller.wait(caller.start(), on_change=lambda instance: seen.append(instance.status))

    assert seen == ["running", "waiting", "running", "success"]


def test_cancelling(dataarts_mock: MockServer) -> None:
    """Cancelling a task that waits ends it at once, with CancelledError, and leaves the run as it is."""

    async def cancel() -> None:
        async with dataarts_mock.client() as client:
            run = await attach_async(client, PROJECT, JOB, instance_id)
            seen = asyncio.Event()
            task = asyncio.create_task(run.wait(on_change=lambda instance: seen.set()))
            await seen.wait()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await run.instance()).status == "running"

    dataarts_mock.add_job(JOB, states=("running",))
    with Caller("sync", dataarts_mock.client()) as caller:
        instance_id = caller.start().instance_id
    began = monotonic()
    asyncio.run(cancel())

    assert monotonic() - began < 1
