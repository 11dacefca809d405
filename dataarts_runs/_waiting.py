"""A wait: when to look, what a look says, and when to give up."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from inspect import iscoroutinefunction
from logging import INFO, WARNING, getLogger
from threading import TIMEOUT_MAX
from typing import TYPE_CHECKING, Any

from dataarts_client.api.instances import show_job_instance
from dataarts_client.errors import ApiError, ClientError, UnexpectedResponse
from dataarts_client.models import JobInstance, JobInstanceStatus

from . import _clock, _messages
from ._contract import FAILURE, NOT_FOUND, SUCCESS
from ._steps import ASYNCHRONOUS_ON_CHANGE, Call, Notify, Sleep, Step
from ._text import given, one_line
from .errors import RunError, RunFailed, RunStateUnknown, RunTimedOut

if TYPE_CHECKING:
    from ._async_run import AsyncRun
    from ._run import Run

__all__ = ["OnChange", "checked_on_change", "checked_timeout", "look", "pauses", "wait"]

OnChange = Callable[[JobInstance], object]

FIRST_PAUSE = 1.0
"""Seconds from the first look to the second."""
GROWTH = 1.5
"""How many times longer each pause is than the one before."""
LONGEST_PAUSE = 20.0
"""Seconds between two looks at most, unless the service asks for more."""
JITTER = (0.9, 1.1)
"""What a pause is multiplied by, at random."""
LONGEST_RETRY_AFTER = 3600.0
"""The most seconds of a Retry-After that are waited for."""
APPEARING = 30.0
"""Seconds from the first look in which an instance may be not there yet."""
MAX_UNEXPECTED = 10
"""How many responses in a row may break the contract: after these it is no passing failure."""

_logger = getLogger("dataarts_runs")


def pauses() -> Iterator[float]:
    """Give the seconds between looks: 1, 1.5, 2.25 and so on up to 20, each a little longer or shorter at random."""
    pause = FIRST_PAUSE
    while True:
        yield min(LONGEST_PAUSE, _clock.jittered(pause, *JITTER))
        pause = min(LONGEST_PAUSE, pause * GROWTH)


def checked_timeout(timeout: Any) -> float | None:
    """Return the seconds that a wait may take, checked; None is no limit."""
    if timeout is None:
        return None
    if isinstance(timeout, bool) or not isinstance(timeout, int | float):
        raise TypeError(f"timeout: must be a number of seconds, not {type(timeout).__name__}")
    if not 0 < timeout <= TIMEOUT_MAX:  # NaN is not above 0 either.
        most = f"a number of seconds above 0, and at most {TIMEOUT_MAX:.0f}"
        raise ValueError(f"timeout: must be {most} ({one_line(repr(timeout)):.40}); None is no limit")
    return float(timeout)


def checked_on_change(on_change: Any, *, blocking: bool) -> OnChange | None:
    """Return the function that is told of changes, checked; None is none.

    A function that turns out to be asynchronous only when it is called is refused then.
    """
    if on_change is not None and not callable(on_change):
        raise TypeError(f"on_change: must be a function, not {type(on_change).__name__}")
    if blocking and iscoroutinefunction(on_change):
        raise TypeError(ASYNCHRONOUS_ON_CHANGE)
    checked: OnChange | None = on_change
    return checked


class _Timer:
    """The time that a wait has.

    Some of it is kept for a last look, so that a run which ends shortly before the time is over counts as ended.
    """

    def __init__(self, timeout: float | None) -> None:
        self._begin = _clock.monotonic()
        self._timeout = timeout
        self._for_last_look = 0.0 if timeout is None else min(1.0, timeout / 10)
        self._is_last = False

    @property
    def passed(self) -> float:
        """Seconds since the beginning."""
        return _clock.monotonic() - self._begin

    def for_look(self, most: float) -> float:
        """Return the seconds that a look may take; some, even if the time is over."""
        return most if self._timeout is None else max(min(most, self._timeout - self.passed), 0.001)

    def pause(self, wanted: float) -> float | None:
        """Return the seconds until the next look; None if there is to be none."""
        if self._timeout is None:
            return wanted
        if self._is_last:
            return None
        left = self._timeout - self.passed - self._for_last_look
        if wanted < left:
            return wanted
        self._is_last = True
        return left if left > 0 else None

    @property
    def left(self) -> float:
        """Seconds until the time is over; 0 if it is, or if there is no limit."""
        return 0.0 if self._timeout is None else max(0.0, self._timeout - self.passed)


def look(run: Run | AsyncRun, timeout: float | None) -> Generator[Step, Any, JobInstance]:
    """Look at a run once."""
    arguments = {
        "project_id": run.project_id,
        "job_name": run.job_name,
        "instance_id": run.instance_id,
        "client": run.client,
        "workspace": run.workspace,
        "timeout": timeout,
    }
    instance: JobInstance = yield Call(show_job_instance.sync, show_job_instance.asyncio, arguments)
    return instance


class _Looks:
    """What the looks of a wait have found so far."""

    def __init__(self, run: Run | AsyncRun, timer: _Timer) -> None:
        self._run = run
        self._timer = timer
        self.instance: JobInstance | None = None
        self.failure: ClientError | None = None
        """Why the last look failed, if it did."""
        self._unexpected = 0
        self._warned_of: str | None = None

    def found(self, instance: JobInstance) -> bool:
        """Take note of what a look has found; return whether it is a change."""
        before, self.instance = self.instance, instance
        self.failure = None
        self._unexpected = 0
        return before is None or _states(before) != _states(instance)

    def outcome(self) -> bool:
        """Return whether the run has succeeded; raise the error of one that has ended otherwise."""
        instance = self.instance
        if instance is None:
            return False
        if instance.status in SUCCESS:
            return True
        if instance.status in FAILURE:
            raise RunFailed(_messages.failed(self._run, instance), run=self._run, instance=instance)
        if isinstance(instance.status, JobInstanceStatus):
            return False
        if (given(instance.end_time) or 0) > 0:
            raise RunStateUnknown(_messages.ended_unknown(self._run, instance), run=self._run, instance=instance)
        if self._warned_of != instance.status:
            self._warned_of = instance.status
            state = one_line(instance.status)
            _logger.warning("%s is in state %s, which the contract does not know; waiting on", self._run, state)
        return False

    def failed(self, error: ClientError) -> float:
        """Take note of a look that failed in passing; return the seconds that the service asks to wait.

        Raises:
            RunError: It will not pass.
        """
        self.failure = error
        self._unexpected = self._unexpected + 1 if isinstance(error, UnexpectedResponse) else 0
        if self.is_absent(error):
            return 0.0
        if isinstance(error, ApiError) and not _passes(error):
            raise RunError(_messages.refused(self._run, error), run=self._run, instance=self.instance) from error
        if self._unexpected >= MAX_UNEXPECTED:
            raise RunError(
                _messages.broken(self._run, error, MAX_UNEXPECTED), run=self._run, instance=self.instance
            ) from error
        return min(getattr(error, "retry_after", None) or 0.0, LONGEST_RETRY_AFTER)

    def is_absent(self, error: ClientError) -> bool:
        """Return whether the instance may be not there yet, since it was just started."""
        unseen = self.instance is None and self._timer.passed < APPEARING
        return unseen and isinstance(error, ApiError) and error.error_code in NOT_FOUND


def wait(run: Run | AsyncRun, timeout: float | None, on_change: OnChange | None) -> Generator[Step, Any, JobInstance]:
    """Look at a run from often to seldom until it has ended; return the instance if it succeeded.

    Raises:
        RunError: As `Run.wait` says.
    """
    timer = _Timer(timeout)
    looks = _Looks(run, timer)
    schedule = pauses()
    while True:
        retry_after = 0.0
        try:
            instance = yield from look(run, timer.for_look(run.client.timeout))
        except ClientError as error:
            retry_after = looks.failed(error)
        else:
            if instance.instance_id != run.instance_id:
                raise RunError(_messages.another(run, instance), run=run, instance=looks.instance)
            if looks.found(instance) and on_change is not None:
                yield Notify(on_change, instance)
            if looks.outcome():
                return instance
        wanted = next(schedule)
        if retry_after > wanted:
            wanted = _clock.jittered(retry_after, 1.0, JITTER[1])  # Never earlier than asked.
        pause = timer.pause(wanted)
        if pause is None or pause < retry_after:
            if retry_after > timer.left > 0:
                # No look is left. Whoever waits again right away would ask right away, so the rest of the time passes.
                _logger.warning("a look at %s failed (%s); there is no time for another", run, looks.failure)
                yield Sleep(timer.left)
            message = _messages.timed_out(run, timer.passed, looks.instance, looks.failure)
            raise RunTimedOut(message, run=run, instance=looks.instance) from looks.failure
        if looks.failure is not None:
            level = INFO if looks.is_absent(looks.failure) else WARNING
            _logger.log(level, "a look at %s failed (%s); the next follows in %.1f s", run, looks.failure, pause)
        yield Sleep(pause)


def _passes(error: ApiError) -> bool:
    """Return whether a refusal may be over by itself: throttling, and failures of the service or of a gateway."""
    return error.status_code in (408, 429) or error.status_code >= 500


def _states(instance: JobInstance) -> tuple[object, ...]:
    """Return what counts as a change where it differs; services need not list nodes in the same order each time."""
    return instance.status, sorted((node.node_name, str(node.status)) for node in instance.nodes)
