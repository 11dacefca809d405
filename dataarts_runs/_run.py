"""A run, for callers that block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from dataarts_client.api.instances import restart_job_instance, stop_job_instance

from . import _finding, _starting, _waiting
from ._base import BaseRun
from ._notes import noting_start, noting_wait
from ._steps import perform
from .errors import StartUnknown

if TYPE_CHECKING:
    from datetime import datetime

    from dataarts_client import Client
    from dataarts_client.models import JobInstance

__all__ = ["Run", "attach", "find", "start"]


@frozen
class Run(BaseRun):
    """A run of a job: look at it, wait for its end, stop it, write it down.

    `start`, `attach` and `find` make one. Any number of threads may share it, as they may its client.
    """

    def instance(self, timeout: float | None = None) -> JobInstance:
        """Look at the run once.

        Args:
            timeout: The seconds that the look may take; None is the client's own limit.

        Raises:
            ClientError: As the operation `show_job_instance` says.
        """
        return perform(_waiting.look(self, timeout))

    def wait(self, timeout: float | None = None, *, on_change: _waiting.OnChange | None = None) -> JobInstance:
        """Wait for the end of the run; return the instance if it succeeded.

        The first look at the run comes at once, the next ones after 1, 1.5, 2.25 seconds and so on up to 20, each a
        little more or less at random, or after the Retry-After that the service asks for (an hour at most; where that
        is longer than there is time, no look follows).

        A look that fails in passing is logged as a warning, and the wait goes on: a request that was not sent, a
        response that was lost, a status of 408, 429, 500 or above, and up to nine responses in a row that the contract
        does not describe. An instance that is not there yet is waited for during the first 30 seconds. So is, without
        a limit, a state that the contract does not know, until the instance has an end time. A run that pauses is
        waited for, too, since someone can let it go on.

        Args:
            timeout: The seconds that the wait may take in all, a look that does not end included; None is no limit. A
                last look comes shortly before they are over.
            on_change: Called with the instance after the first look, and after each one that finds another state of
                the instance or of one of its nodes. What it raises ends the wait, and says in a note which run it was,
                as does everything else that is raised here and is no `RunError`.

        Raises:
            RunFailed: The run ended, and did not succeed.
            RunTimedOut: The time is over; the run goes on.
            RunStateUnknown: The run ended in a state that the contract does not know.
            RunError: A look was refused (the cause says why), or found another instance.
            ValueError, TypeError: The timeout is no number of seconds above 0, or `on_change` no function.
            RuntimeError: The client was closed, before or meanwhile.
        """
        steps = _waiting.wait(
            self, _waiting.checked_timeout(timeout), _waiting.checked_on_change(on_change, blocking=True)
        )
        with noting_wait(self):
            return perform(steps)

    def stop(self) -> None:
        """Stop the run. It may take a moment; `wait` then raises `RunFailed`, since a run that was stopped failed.

        Raises:
            ClientError: As the operation `stop_job_instance` says; a run that has ended cannot be stopped.
        """
        stop_job_instance.sync(
            self.project_id, self.job_name, self.instance_id, client=self.client, workspace=self.workspace
        )

    def restart(self) -> None:
        """Run the instance again, once it has ended, from its first node. It keeps its instance ID.

        The service may show the old state for a moment, which a wait would take for the end.

        Raises:
            ClientError: As the operation `restart_job_instance` says.
        """
        restart_job_instance.sync(
            self.project_id, self.job_name, self.instance_id, client=self.client, workspace=self.workspace
        )


def start(
    client: Client,
    project_id: str,
    job_name: str,
    *,
    params: _starting.Params | None = None,
    workspace: str | None = None,
    timeout: float | None = None,
) -> Run:
    """Start a run of a job, once; it is never repeated where it may have been carried out.

    Args:
        client: What sends the calls of the run, now and later.
        project_id: ID of the project the job belongs to.
        job_name: Name of the job.
        params: What to run the job with: values (strings) by name, or JobParams; None is what the job was saved with.
        workspace: ID of the workspace the job is in; None is the default workspace.
        timeout: The seconds that the start may take; None is the client's own limit. It has nothing to do with how
            long the run takes.

    Raises:
        StartUnknown: The response was lost: the job may have been started.
        ClientError: The start was not sent, or was refused: nothing was started.
        ValueError, TypeError: The contract forbids an argument; nothing was sent.
    """
    query = _finding.Query(client, project_id, job_name, workspace)
    with noting_start(query):
        instance_id = perform(_starting.start(query, params, timeout, StartUnknown))
    return Run(client, project_id, job_name, workspace, instance_id)


def attach(client: Client, project_id: str, job_name: str, instance_id: int, *, workspace: str | None = None) -> Run:
    """Return the run of an instance ID; nothing is sent.

    Args:
        client: What sends the calls of the run.
        project_id: ID of the project the job belongs to.
        job_name: Name of the job.
        instance_id: ID of the job instance; a float is refused, since it does not hold IDs above 2**53.
        workspace: ID of the workspace the job is in; None is the default workspace.

    Raises:
        ValueError, TypeError: The contract forbids an argument.
    """
    return Run.of(client, project_id, job_name, workspace, instance_id)


def find(
    client: Client,
    project_id: str,
    job_name: str,
    *,
    since: datetime,
    until: datetime | None = None,
    workspace: str | None = None,
) -> list[Run]:
    """Return the runs of a job that were planned in a time, the oldest first, however they were started.

    The service lists three days at a time, so a longer time takes more requests, one for each three days at least.

    Args:
        client: What sends the calls, of the search and of the runs.
        project_id: ID of the project the job belongs to.
        job_name: Name of the job, the whole of it.
        since: The earliest planned time, with a time zone.
        until: The latest one, likewise; None is the present, by the service's clock.
        workspace: ID of the workspace the job is in; None is the default workspace.

    Raises:
        ClientError: As the operation `list_job_instances` says.
        ValueError, TypeError: A time has no time zone, or ends before it begins; or the contract forbids an argument.
    """
    query = _finding.Query(client, project_id, job_name, workspace)
    found = perform(_finding.between(query, since, until))
    return [Run(client, project_id, job_name, workspace, each.instance_id) for each in found]
