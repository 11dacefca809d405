"""How the command ends: its exit status, and the document that `--json` prints."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from dataarts_client.errors import ClientError, Unauthorized

from ..errors import RunError, RunFailed, RunStateUnknown, RunTimedOut, StartUnknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from dataarts_client.models import JobInstance, JobInstanceSummary

__all__ = ["Status", "document", "status_of"]


class Status(IntEnum):
    """The exit status."""

    SUCCEEDED = 0
    FAILED = 1
    USAGE = 2
    CREDENTIALS = 3
    REFUSED = 4
    UNKNOWN = 5
    TIMED_OUT = 6
    INTERRUPTED = 130


def status_of(error: RunError | ClientError, *, started: bool = False, changes: bool = False) -> Status:
    """Return the exit status for an error.

    Args:
        error: The error.
        started: Whether this command has started a run. Then it cannot be said that nothing was started, and where the
            run can no longer be looked at, it goes on, as it does where the time is over.
        changes: Whether what was asked for changes anything, so that it matters whether it was carried out.
    """
    if isinstance(error, RunFailed | RunStateUnknown):
        return Status.FAILED
    if isinstance(error, RunTimedOut):
        return Status.TIMED_OUT
    if isinstance(error, StartUnknown):
        return Status.UNKNOWN
    cause = error.__cause__ if isinstance(error, RunError) else error
    if isinstance(cause, Unauthorized):
        return Status.CREDENTIALS
    if started:
        return Status.TIMED_OUT
    if changes and isinstance(cause, ClientError) and cause.outcome_unknown:
        return Status.UNKNOWN
    return Status.REFUSED


def document(
    status: Status,
    run: Mapping[str, Any],
    *,
    instance: JobInstance | JobInstanceSummary | None = None,
    message: str | None = None,
    outcome: str | None = None,
) -> dict[str, Any]:
    """Return what `--json` prints of a run: `Run.from_dict` takes it, and passes over what it does not know.

    Args:
        status: The exit status.
        run: The run's IDs, as `Run.to_dict` has them.
        instance: The instance, as it was seen last; in the document it is as the service sends it.
        message: What an error says.
        outcome: What became of the run, where the name of the status says something else.
    """
    return {
        "outcome": outcome or status.name.lower(),
        **run,
        "state": None if instance is None else str(instance.status),
        "message": message,
        "instance": None if instance is None else instance.to_dict(),
    }
