"""What the exceptions of a wait say: which run, what became of it, and what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._contract import NOT_FOUND, RESTARTABLE, STOPPABLE
from ._text import duration, failed_nodes, given, one_line, sentences

if TYPE_CHECKING:
    from dataarts_client.errors import ClientError
    from dataarts_client.models import JobInstance

    from ._base import BaseRun

__all__ = [
    "another",
    "broken",
    "capital",
    "ended_unknown",
    "failed",
    "not_ended",
    "not_succeeded",
    "refused",
    "timed_out",
]


def not_succeeded(run: BaseRun | str, instance: JobInstance) -> str:
    """Return what became of a run, or of what it is called, that did not succeed."""
    reason = given(instance.error_message)
    return sentences(
        f"{capital(run)} did not succeed: its state is {instance.status}",
        one_line(reason) if reason else None,
        failed_nodes(instance) or "None of its nodes is in a failed state",
    )


def failed(run: BaseRun, instance: JobInstance) -> str:
    """Return the same, and what there is to do."""
    onward = [
        what
        for states, what in ((STOPPABLE, "run.stop() stops it"), (RESTARTABLE, "run.restart() runs it again"))
        if instance.status in states
    ]
    return sentences(not_succeeded(run, instance), " and ".join(onward))


def ended_unknown(run: BaseRun, instance: JobInstance) -> str:
    """Return what to say of a run that ended in a state that the contract does not know."""
    return sentences(
        f"{capital(run)} has ended in state {one_line(instance.status)}, which the contract does not know",
        failed_nodes(instance),
        "Look yourself whether it succeeded: in DataArts Studio under Monitor Instance",
    )


def refused(run: BaseRun | str, error: BaseException) -> str:
    """Return what to say where a look is refused, at a run or at what it is called."""
    absent = getattr(error, "error_code", None) in NOT_FOUND
    onward = None if absent else "The run itself may go on"
    return sentences(f"{capital(run)} cannot be waited for, since a look at it was refused: {error}", onward)


def broken(run: BaseRun, error: ClientError, looks: int) -> str:
    """Return what to say where no response is what the contract describes."""
    return sentences(
        f"{looks} looks in a row at {run} got a response that the contract does not describe: {error}",
        "The run itself may go on",
    )


def another(run: BaseRun, instance: JobInstance) -> str:
    """Return what to say where the service shows another instance than was asked for."""
    return sentences(
        f"A look at {run} was answered with instance {instance.instance_id} of job {one_line(instance.job_name)}",
        "What became of the run is not known; look yourself in DataArts Studio under Monitor Instance",
    )


def not_ended(run: BaseRun | str, passed: float, instance: JobInstance | None, failure: BaseException | None) -> str:
    """Return what to say of a run, or of what it is called, that has not ended in time."""
    if instance is None:
        start = f"{capital(run)} was not seen within {duration(passed)}"
    else:
        start = f"{capital(run)} is in state {one_line(instance.status)} after {duration(passed)}"
    return sentences(start, f"The last look failed: {failure}" if failure else None)


def timed_out(run: BaseRun, passed: float, instance: JobInstance | None, failure: ClientError | None) -> str:
    """Return the same, and what there is to do."""
    onward = "It goes on: run.wait() waits for it again, run.stop() stops it"
    return sentences(not_ended(run, passed, instance, failure), onward)


def capital(run: BaseRun | str) -> str:
    """Return a run's description as a sentence begins."""
    text = str(run)
    return text[0].upper() + text[1:]
