"""What the mock remembers, and what its operations do with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from typing import Any

from ._document import Document
from ._violations import Kind, Violation


class State:
    """The jobs there are, by workspace, and the instance IDs given out.

    Args:
        document: The contract; its example of a started run has the first instance ID.
        jobs: Pairs of job name and workspace ID; None is the default workspace.
        any_job: Whether every job and workspace is taken to exist.

    Raises:
        ValueError: A job name or workspace ID breaks the contract's rule.
    """

    def __init__(self, document: Document, jobs: Iterable[tuple[str, str | None]], any_job: bool) -> None:
        self._document = document
        self._at_start = tuple(jobs)
        self.any_job = any_job
        self._workspaces: dict[str | None, set[str]]
        self._instance_ids: Iterator[int]
        self.reset()

    def reset(self) -> None:
        """Go back to the start: its jobs, and the first instance ID."""
        self._workspaces = {None: set()}
        self._instance_ids = count(self._document.component_example("JobStarted")["instanceId"])
        for name, workspace in self._at_start:
            self.add_job(name, workspace)

    def jobs(self) -> list[tuple[str, str | None]]:
        """List the jobs, as pairs of name and workspace ID."""
        return [(name, workspace) for workspace, names in self._workspaces.items() for name in sorted(names)]

    def add_job(self, name: str, workspace: str | None = None) -> None:
        """Register a job, and its workspace with it."""
        for parameter, value in (("job_name", name), ("workspace", workspace)):
            if value is not None and (detail := self._document.parameter(parameter).schema.violation(value, parameter)):
                raise ValueError(f"{detail}: {value!r}")
        self._workspaces.setdefault(workspace, set()).add(name)

    def next_instance_id(self) -> int:
        """Give out an instance ID, each one once."""
        return next(self._instance_ids)

    def missing(self, name: str, workspace: str | None) -> Violation | None:
        """Say whether a workspace, or a job in it, is not there."""
        if self.any_job:
            return None
        if (jobs := self._workspaces.get(workspace)) is None:
            return Violation(Kind.WORKSPACE_NOT_FOUND)
        return None if name in jobs else Violation(Kind.JOB_NOT_FOUND)


Behaviour = Callable[[State, Mapping[str, Any], Any], Any]
"""Given the state, the parameters and the request's payload, the payload to respond with, or a Violation."""


def run_job_immediately(state: State, parameters: Mapping[str, Any], payload: Any) -> Any:
    """Start a run, which gets the next instance ID."""
    if violation := state.missing(parameters["job_name"], parameters["workspace"]):
        return violation
    return {"instanceId": state.next_instance_id()}


BEHAVIOURS: Mapping[str, Behaviour] = {"runJobImmediately": run_job_immediately}
"""What operations do, by operationId. The response of one that is not here is its documented example."""
