"""Does the command end at once when it is interrupted, and leave the run as it was asked to?"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

import pytest

from dataarts_mock import MockServer

from ._caller import JOB
from ._command import Done, begin, end

PROMISE = 0.5
"""Seconds in which an interrupted command ends."""
ATTEMPTS = 5
"""How often it may be tried, since a machine that is busy takes its time."""
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


def interrupted(mock: MockServer, number: signal.Signals, *options: str) -> tuple[Done, int, float]:
    """Interrupt a wait while it sleeps; return what the command came to, the instance ID, and the seconds it took."""
    process = begin(mock, "run", JOB, *options)
    assert process.stdout is not None
    assert process.stderr is not None
    instance_id = int(process.stdout.readline())
    while "running:" not in process.stderr.readline():
        pass
    process.send_signal(number)
    began = time.monotonic()
    process.wait(60)
    seconds = time.monotonic() - began
    return end(process), instance_id, seconds


def at_best(attempt: Callable[[], float]) -> float:
    """Return the fewest seconds of some attempts; one within the promise is enough."""
    fewest = attempt()
    for _ in range(ATTEMPTS - 1):
        if fewest > PROMISE:
            fewest = min(fewest, attempt())
    return fewest


@pytest.mark.parametrize("number", SIGNALS)
def test_interruption(dataarts_mock: MockServer, number: signal.Signals) -> None:
    """A signal ends a wait that sleeps, with status 130; the line says that the run goes on and how to wait for it."""
    dataarts_mock.add_job(JOB, states=("running",), seconds=3600)
    done, instance_id, _ = interrupted(dataarts_mock, number)

    assert done.status == 130
    assert done.out.split() == ["running"]
    assert dataarts_mock.instances[0].status == "running"
    assert done.err.splitlines()[-1] == (
        f"Interrupted. The run goes on; to wait for it again: dataarts wait {JOB} {instance_id}"
    )


@pytest.mark.parametrize("number", SIGNALS)
def test_interruption_that_stops(dataarts_mock: MockServer, number: signal.Signals) -> None:
    """With --stop-on-interrupt a signal stops the run first."""
    dataarts_mock.add_job(JOB, states=("running",), seconds=3600)
    done, instance_id, _ = interrupted(dataarts_mock, number, "--stop-on-interrupt")

    assert done.status == 130
    assert dataarts_mock.instances[0].status == "manual-stop"
    assert done.err.splitlines()[-1] == f"Interrupted. Run {instance_id} of job {JOB} is being stopped."


@pytest.mark.parametrize("options", [[], ["--stop-on-interrupt"]], ids=" ".join)
def test_half_a_second(dataarts_mock: MockServer, options: list[str]) -> None:
    """An interrupted command ends within half a second, the interpreter's own end included."""
    dataarts_mock.add_job(JOB, states=("running",), seconds=3600)

    assert at_best(lambda: interrupted(dataarts_mock, signal.SIGINT, *options)[2]) <= PROMISE


def test_a_stop_that_hangs(dataarts_mock: MockServer) -> None:
    """A second signal ends a command that stops its run in vain; that the run may go on is said."""
    dataarts_mock.add_job(JOB, states=("running",), seconds=3600)
    process = begin(dataarts_mock, "run", JOB, "--stop-on-interrupt")
    assert process.stderr is not None
    while "running:" not in process.stderr.readline():
        pass
    dataarts_mock.fail_next(operation="stopJobInstance", delay=60)
    process.send_signal(signal.SIGINT)
    while dataarts_mock.unmet_faults:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    done = end(process)
    dataarts_mock.reset()

    assert done.status == 130
    assert "Interrupted twice: whether the run was stopped is unknown." in done.err


def test_a_stop_that_is_refused(dataarts_mock: MockServer) -> None:
    """A run that could not be stopped goes on, and why is said."""
    dataarts_mock.add_job(JOB, states=("running",), seconds=3600)
    dataarts_mock.fail_next(operation="stopJobInstance", status=403)
    done, instance_id, _ = interrupted(dataarts_mock, signal.SIGINT, "--stop-on-interrupt")

    assert done.status == 130
    assert "could not be stopped: HTTP 403" in done.err
    assert f"dataarts wait {JOB} {instance_id}" in done.err


def test_interruption_of_a_start(dataarts_mock: MockServer) -> None:
    """A signal while the start is under way is status 130, and the line says that the job may have been started."""
    dataarts_mock.fail_next(delay=60)
    process = begin(dataarts_mock, "run", JOB)
    while not dataarts_mock.instances:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    done = end(process)
    dataarts_mock.reset()

    assert done.status == 130
    assert "may have been" in done.err
    assert f"dataarts list {JOB}" in done.err
