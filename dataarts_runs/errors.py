"""What can become of a run besides success.

    RunError                     something ended a wait, or a start, that is not the run's success
    ├── RunFailed                the run ended, and did not succeed
    ├── RunTimedOut              the time is over and the run goes on; also a TimeoutError
    ├── RunStateUnknown          the run ended, in a state that the contract does not know
    └── StartUnknown             the response to the start was lost: the job may have been started
        └── AsyncStartUnknown    the same, from `start_async`

What the client raises (`dataarts_client.errors`) passes through unchanged, where it is not the cause of one of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from datetime import datetime

    from dataarts_client.models import JobInstance

    from ._async_run import AsyncRun
    from ._run import Run
    from ._starting import Attempt

__all__ = ["AsyncStartUnknown", "RunError", "RunFailed", "RunStateUnknown", "RunTimedOut", "StartUnknown"]

E = TypeVar("E", bound="RunError")


class RunError(Exception):
    """A wait or a start ended without success. Catch it for all that can become of a run but success.

    Raised as it is, it says that a look at the run was refused; its cause is the `ApiError` that says why.
    """

    def __init__(self, message: str, *, run: Run | AsyncRun | None = None, instance: JobInstance | None = None) -> None:
        super().__init__(message)
        self.run = run
        """The run, to look at it or wait for it again; None of a `StartUnknown`."""
        self.instance = instance
        """What the last look that succeeded has found; None if there was none."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__, self.__cause__)


def _restore(kind: type[E], arguments: tuple[Any, ...], state: dict[str, Any], cause: BaseException | None) -> E:
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(state)
    error.__cause__ = cause
    return error


class RunFailed(RunError):
    """The run ended, and did not succeed. Catch it to see what failed: `instance` has the nodes and their logs."""


class RunTimedOut(RunError, TimeoutError):
    """The time is over, and the run goes on. Catch it to wait again, later or elsewhere, or to stop the run."""


class RunStateUnknown(RunError):
    """The run ended in a state that the contract does not know. Catch it to look yourself whether it succeeded."""


class StartUnknown(RunError):
    """The response to the start was lost (`__cause__` says how). Catch it to look whether the job was started."""

    def __init__(self, message: str, *, attempt: Attempt) -> None:
        super().__init__(message)
        self._attempt = attempt
        self.attempted_at: datetime = attempt.attempted_at
        """When the start was sent, by this machine's clock (UTC); for `find(…, since=…)` in another process."""

    def candidates(self) -> list[Run]:
        """Look for the run that may have been started; return what may be it, the oldest first.

        These are the instances of the job that were planned since the attempt. The time of the attempt is that of the
        service's clock, where a response said it (the header Date), with a minute's margin; otherwise this machine's,
        with a quarter of an hour's.

        None, one or several: no answer is a yes. The list shows no parameters, so it cannot tell this run from one that
        someone else, or a schedule, started in the same time. Instances may appear late, so none now is no proof that
        none will be; look again after a minute or two. One that ended and was removed is not shown at all.

        Raises:
            ClientError: The list could not be had.
            RuntimeError: The error was pickled, and so has no client; use `find` with `since=error.attempted_at`, less
                a margin for clocks.
        """
        return self._attempt.candidates()


class AsyncStartUnknown(StartUnknown):
    """The same, from `start_async`. Catch it, or `StartUnknown`, where `candidates` is to be awaited."""

    # As everything else that is asynchronous, it is called as the other is.
    async def candidates(self) -> list[AsyncRun]:  # type: ignore[override]  # pyright: ignore[reportIncompatibleMethodOverride]
        """Do as `StartUnknown.candidates` does, without blocking."""
        return await self._attempt.candidates_async()
