"""A run, for asyncio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from dataarts_client.api.instances import restart_job_instance, stop_job_instance

from . import _finding, _starting, _waiting
from ._base import BaseRun
from ._notes import noting_start, noting_wait
from ._steps import perform_async
from .errors import AsyncStartUnknown

if TYPE_CHECKING:
    from datetime import datetime

    from dataarts_client import Client
    from dataarts_client.models import JobInstance

__all__ = ["AsyncRun", "attach_async", "find_async", "start_async"]


@frozen
class AsyncRun(BaseRun):
    """A run of a job, as `Run` is, whose methods are awaited. Cancelling a wait leaves the run as it is."""

    async def instance(self, timeout: float | None = None) -> JobInstance:
        """Do as `Run.instance` does, without blocking."""
        return await perform_async(_waiting.look(self, timeout))

    async def wait(self, timeout: float | None = None, *, on_change: _waiting.OnChange | None = None) -> JobInstance:
        """Do as `Run.wait` does, without blocking; `on_change` may be asynchronous."""
        steps = _waiting.wait(
            self, _waiting.checked_timeout(timeout), _waiting.checked_on_change(on_change, blocking=False)
        )
        with noting_wait(self):
            return await perform_async(steps)

    async def stop(self) -> None:
        """Do as `Run.stop` does, without blocking."""
        await stop_job_instance.asyncio(
            self.project_id, self.job_name, self.instance_id, client=self.client, workspace=self.workspace
        )

    async def restart(self) -> None:
        """Do as `Run.restart` does, without blocking."""
        await restart_job_instance.asyncio(
            self.project_id, self.job_name, self.instance_id, client=self.client, workspace=self.workspace
        )


async def start_async(
    client: Client,
    project_id: str,
    job_name: str,
    *,
    params: _starting.Params | None = None,
    workspace: str | None = None,
    timeout: float | None = None,
) -> AsyncRun:
    """Do as `start` does, without blocking; a response that was lost is an `AsyncStartUnknown`."""
    query = _finding.Query(client, project_id, job_name, workspace)
    with noting_start(query):
        instance_id = await perform_async(_starting.start(query, params, timeout, AsyncStartUnknown))
    return AsyncRun(client, project_id, job_name, workspace, instance_id)


async def attach_async(
    client: Client, project_id: str, job_name: str, instance_id: int, *, workspace: str | None = None
) -> AsyncRun:
    """Do as `attach` does. There is nothing to wait for; it is awaited as the others are."""
    return AsyncRun.of(client, project_id, job_name, workspace, instance_id)


async def find_async(
    client: Client,
    project_id: str,
    job_name: str,
    *,
    since: datetime,
    until: datetime | None = None,
    workspace: str | None = None,
) -> list[AsyncRun]:
    """Do as `find` does, without blocking."""
    query = _finding.Query(client, project_id, job_name, workspace)
    found = await perform_async(_finding.between(query, since, until))
    return [AsyncRun(client, project_id, job_name, workspace, each.instance_id) for each in found]
