"""What becomes of a run whose start or wait is cut short: by the caller's own error, by closing, by cancelling?"""

from __future__ import annotations

import asyncio
import gc
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dataarts_auth import TokenAuth
from dataarts_client import Client
from dataarts_client.models import JobInstance
from dataarts_mock import MockServer
from dataarts_runs import AsyncRun, Run, RunFailed, _clock, attach_async, start, start_async

from ._caller import JOB, PROJECT, Caller
from ._time import VirtualTime


def note(error: BaseException) -> str:
    """Return the one note on an exception."""
    (text,) = error.__notes__
    return text


def test_on_change_that_raises(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """What `on_change` raises ends the wait unchanged; a note says which run it was, and it can be waited for again."""
    raised = LookupError("of the caller's own")

    def fail(instance: JobInstance) -> None:
        raise raised

    run = caller.start()
    with pytest.raises(LookupError) as caught:
        caller.wait(run, on_change=fail)

    assert caught.value is raised
    assert note(raised) == (
        f"Run {run.instance_id} of job {JOB} (project {PROJECT}) was being waited for. "
        "It may go on: attach() and wait() wait for it again."
    )
    assert caller.wait(run).status == "success"


def test_on_change_that_raises_client_errors(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """What a call within `on_change` raises is no look that failed: it ends the wait."""
    run = caller.start()
    with pytest.raises(RunFailed) as caught:
        caller.wait(run, on_change=lambda instance: fail_of_another_run(caller, dataarts_mock))

    assert caught.value.run != run
    assert time.pauses == []


def fail_of_another_run(caller: Caller, mock: MockServer) -> None:
    """Raise what a wait for a run that failed raises."""
    mock.add_job("other", states=("fail",))
    with mock.client() as client:
        start(client, PROJECT, "other").wait()


def test_client_closed_in_a_wait(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """Where the client is closed meanwhile, the next look says so, and the note which run it was."""
    dataarts_mock.add_job(JOB, states=("running",))
    run = caller.start()
    close: Callable[[JobInstance], Any] = lambda instance: (  # noqa: E731  # One for both ways to call.
        caller.client.close() if caller.mode == "sync" else caller.client.aclose()
    )
    with pytest.raises(RuntimeError, match="closed") as caught:
        caller.wait(run, on_change=close)

    assert str(run.instance_id) in note(caught.value)
    assert len(time.pauses) == 1


def test_client_closed_by_another_thread(dataarts_mock: MockServer) -> None:
    """Where another thread closes the client while a look is under way, the look ends, and then the wait."""
    dataarts_mock.add_job(JOB, states=("running",))
    client = dataarts_mock.client()
    run = start(client, PROJECT, JOB)
    seen = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        wait = pool.submit(run.wait, on_change=lambda instance: seen.set())
        seen.wait(30)
        client.close()
        error = wait.exception(30)

    assert isinstance(error, RuntimeError)
    assert "closed" in str(error)
    assert str(run.instance_id) in note(error)


def test_run_that_outlives_its_client(dataarts_mock: MockServer) -> None:
    """A run that is used after the `with` of its client says that the client is closed; another client takes it up."""
    with dataarts_mock.client() as client:
        run = start(client, PROJECT, JOB)
    for use in (run.wait, run.instance, run.stop, run.restart):
        with pytest.raises(RuntimeError, match="The client is closed"):
            use()
    with dataarts_mock.client() as client:
        assert Run.from_dict(client, run.to_dict()).wait(60).status == "success"


def test_two_threads(dataarts_mock: MockServer, client: Client) -> None:
    """Two threads may wait for one run; both see its end."""
    dataarts_mock.add_job(JOB, states=("running",))
    run = start(client, PROJECT, JOB)
    both = threading.Barrier(2)

    def wait() -> str:
        first = threading.Event()

        def end(instance: JobInstance) -> None:
            if not first.is_set():
                first.set()
                both.wait(30)
                dataarts_mock.set_state(run.instance_id, "success")

        return run.wait(60, on_change=end).status

    with ThreadPoolExecutor(2) as pool:
        waits = [pool.submit(wait) for _ in range(2)]

        assert [each.result(60) for each in waits] == ["success"] * 2


def test_keyboard_interrupt(dataarts_mock: MockServer, monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    """Ctrl-C while a wait sleeps passes through, and its traceback says which run it was."""

    def sleep(seconds: float) -> None:
        if slept:
            pytest.fail("The wait goes on after Ctrl-C")
        slept.append(seconds)
        raise KeyboardInterrupt

    slept: list[float] = []
    monkeypatch.setattr(_clock, "sleep", sleep)
    dataarts_mock.add_job(JOB, states=("running",))
    run = start(client, PROJECT, JOB)
    with pytest.raises(KeyboardInterrupt) as caught:
        run.wait()

    assert str(run.instance_id) in note(caught.value)
    assert dataarts_mock.instances[0].status == "running"


def test_token_that_cannot_be_renewed(dataarts_mock: MockServer, time: VirtualTime) -> None:
    """What the caller's own function for tokens raises in the middle of a wait is not taken for a look that failed."""

    def token() -> str:
        if asked:
            raise LookupError("no more tokens")
        asked.append(dataarts_mock.renew_token())
        return asked[-1]

    asked: list[str] = []
    dataarts_mock.add_job(JOB, states=("running",))
    with dataarts_mock.client(auth=TokenAuth(token)) as client:
        run = start(client, PROJECT, JOB)
        with pytest.raises(LookupError) as caught:
            run.wait(on_change=lambda instance: time.pass_(86401))

    assert str(run.instance_id) in note(caught.value)


def cancel_in(mock: MockServer, scenario: Callable[[Client], Any]) -> Any:
    """Run an asynchronous scenario with a client of the mock."""

    async def main() -> Any:
        async with mock.client() as client:
            return await scenario(client)

    return asyncio.run(main())


async def cancelled(task: asyncio.Task[Any]) -> asyncio.CancelledError:
    """Cancel a task, and return what it raises."""
    task.cancel()
    await asyncio.wait({task}, timeout=15)
    assert task.done(), "a task goes on though it was cancelled"
    with pytest.raises(asyncio.CancelledError) as caught:
        await task
    return caught.value


async def until(condition: Callable[[], object]) -> None:
    """Let the event loop run until a condition holds."""
    async with asyncio.timeout(30):
        while not condition():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("asleep", [True, False])
def test_cancelled_wait(dataarts_mock: MockServer, asleep: bool) -> None:
    """A wait that is cancelled, asleep or in the middle of a look, ends at once; the run goes on, and can be found."""
    dataarts_mock.add_job(JOB, states=("running",))

    async def scenario(client: Client) -> None:
        run = await start_async(client, PROJECT, JOB)
        if not asleep:
            dataarts_mock.fail_next(delay=60, operation="showJobInstance")
        task = asyncio.create_task(run.wait())
        await until(lambda: len(dataarts_mock.requests) == 2 if asleep else not dataarts_mock.unmet_faults)
        try:
            error = await cancelled(task)
            status = (await run.instance()).status
        finally:
            dataarts_mock.set_state(run.instance_id, "success")  # So that nothing waits that cannot be cancelled.

        assert str(run.instance_id) in note(error)
        assert status == "running"

    cancel_in(dataarts_mock, scenario)
    dataarts_mock.reset()


def test_wait_within_a_timeout_of_asyncio(dataarts_mock: MockServer) -> None:
    """`asyncio.timeout` around a wait is a TimeoutError as around everything; the run goes on."""
    dataarts_mock.add_job(JOB, states=("running",))

    async def scenario(client: Client) -> None:
        run = await start_async(client, PROJECT, JOB)
        with pytest.raises(TimeoutError) as caught:
            async with asyncio.timeout(0.3):
                await run.wait()
        cause = caught.value.__cause__
        assert cause is not None
        assert str(run.instance_id) in note(cause)

    cancel_in(dataarts_mock, scenario)

    assert dataarts_mock.instances[0].status == "running"


def test_cancelled_start(dataarts_mock: MockServer) -> None:
    """A start that is cancelled may have been carried out: the note says so, and `find` finds it."""
    dataarts_mock.fail_next(delay=60)

    async def scenario(client: Client) -> str:
        task = asyncio.create_task(start_async(client, PROJECT, JOB))
        await until(lambda: dataarts_mock.instances)
        return note(await cancelled(task))

    text = cancel_in(dataarts_mock, scenario)
    dataarts_mock.reset()

    assert text.startswith(f"Job {JOB} (project {PROJECT}) was being started, which it may have been")
    assert "find()" in text


def test_cancelled_stop(dataarts_mock: MockServer) -> None:
    """A stop that is cancelled while it is under way ends at once; the run can be looked at and stopped again."""
    dataarts_mock.add_job(JOB, states=("running",))

    async def scenario(client: Client) -> str:
        run = await start_async(client, PROJECT, JOB)
        await run.instance()
        dataarts_mock.fail_next(delay=60, operation="stopJobInstance", status=503)
        task = asyncio.create_task(run.stop())
        await until(lambda: not dataarts_mock.unmet_faults)
        await cancelled(task)
        await run.stop()
        return (await run.instance()).status

    assert cancel_in(dataarts_mock, scenario) == "manual-stop"
    dataarts_mock.reset()


def test_event_loop_that_ends(dataarts_mock: MockServer) -> None:
    """A wait whose event loop ends is cancelled; the same client waits for the same run in the next one."""
    dataarts_mock.add_job(JOB, states=("running",))
    client = dataarts_mock.client()

    async def abandon() -> tuple[AsyncRun, asyncio.Task[JobInstance]]:
        run = await start_async(client, PROJECT, JOB)
        seen = asyncio.Event()
        task = asyncio.create_task(run.wait(on_change=lambda instance: seen.set()))
        await seen.wait()
        return run, task

    async def finish() -> str:
        async with client:
            return (await run.wait(60)).status

    run, task = asyncio.run(abandon())
    dataarts_mock.set_state(run.instance_id, "success")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # Nothing can close the connections of the loop that ended.
        status = asyncio.run(finish())
        gc.collect()

    assert task.cancelled()
    assert status == "success"


def test_many_waits_for_one_run(dataarts_mock: MockServer) -> None:
    """Of many tasks that wait for one run, each sees its end, and cancelling one disturbs no other."""
    dataarts_mock.add_job(JOB, states=("running",))

    async def scenario(client: Client) -> list[Any]:
        run = await start_async(client, PROJECT, JOB)
        twin = await attach_async(client, PROJECT, JOB, run.instance_id)
        seen: list[str] = []
        tasks = [
            asyncio.create_task(each.wait(60, on_change=lambda instance: seen.append(instance.status)))
            for each in (run, twin, run, twin)
        ]
        await until(lambda: len(seen) == len(tasks))
        await cancelled(tasks[0])
        dataarts_mock.set_state(run.instance_id, "success")
        return [each.status for each in await asyncio.gather(*tasks[1:])]

    assert cancel_in(dataarts_mock, scenario) == ["success"] * 3
