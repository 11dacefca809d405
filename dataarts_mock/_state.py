"""What the mock remembers: its jobs, and their instances."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ._arguments import check_number
from ._clock import MAX_SECONDS, SECOND, Clock
from ._document import Document
from ._instances import Instance, Instances, Origin, Script
from ._violations import Kind, Violation

STATES = ("waiting", "running", "success")
"""The states that a job's instances go through unless it says otherwise."""


class State:
    """The jobs there are, by workspace, and their instances.

    Args:
        document: The contract.
        clock: Tells when instances start and change.
        jobs: Pairs of job name and workspace ID; None is the default workspace.
        any_job: Whether every job and workspace is taken to exist.
        first_instance_id: The ID of the first instance; None for the one in the contract's example.

    Attributes:
        instances: The instances.

    Raises:
        ValueError: A job name, a workspace ID or the instance ID breaks the contract's rule.
    """

    instances: Instances

    def __init__(
        self,
        document: Document,
        clock: Clock,
        jobs: Iterable[tuple[str, str | None]],
        any_job: bool,
        first_instance_id: int | None = None,
    ) -> None:
        self.document = document
        self.clock = clock
        self.any_job = any_job
        if first_instance_id is None:
            first_instance_id = document.component_example("JobStarted")["instanceId"]
        elif broken := document.parameter("instance_id").schema.violation(first_instance_id, "first_instance_id"):
            raise ValueError(f"{broken}: {first_instance_id!r}")
        self._first_instance_id: int = first_instance_id
        self._jobs: dict[str | None, dict[str, Script]] = {None: {}}
        for name, workspace in jobs:
            self.add_job(name, workspace)
        self.keep_jobs()
        self.reset()

    def keep_jobs(self) -> None:
        """Make the jobs that there are those that `reset` goes back to."""
        self._at_start = {workspace: dict(scripts) for workspace, scripts in self._jobs.items()}

    def reset(self) -> None:
        """Go back to the start: its jobs, no instances, the first instance ID, the machine's clock."""
        self.clock.reset()
        self._jobs = {workspace: dict(scripts) for workspace, scripts in self._at_start.items()}
        self._default = Script(STATES, duration=None, delay=0, submitted=self.clock.now())
        self._origins: dict[tuple[str, str | None, str], Origin] = {}
        self.instances = Instances(self.clock, self.document.final_states, self._first_instance_id)

    def jobs(self) -> list[tuple[str, str | None]]:
        """List the jobs, as pairs of name and workspace ID."""
        return [(name, workspace) for workspace, scripts in self._jobs.items() for name in sorted(scripts)]

    def add_job(
        self,
        name: str,
        workspace: str | None = None,
        *,
        states: Sequence[str] = STATES,
        seconds: float | None = None,
        appears_after: float = 0,
    ) -> None:
        """Register a job, and its workspace with it; a job that is there already goes through other states from now on.

        Raises:
            ValueError: An argument breaks a rule; the message names both.
        """
        for parameter, value in (("job_name", name), ("workspace", workspace)):
            if value is not None and (detail := self.document.parameter(parameter).schema.violation(value, parameter)):
                raise ValueError(f"{detail}: {value!r}")
        script = self._script(states, seconds, appears_after)
        self._jobs.setdefault(workspace, {})[name] = script
        self._origins = {}

    def start(self, project: str, workspace: str | None, job: str) -> int | Violation:
        """Start an instance of a job, and return its ID."""
        key = (project, workspace, job)
        if (origin := self._origins.get(key)) is None:
            if violation := self.missing(job, workspace):
                return violation
            if len(self._origins) >= _MAX_ORIGINS:
                self._origins.clear()
            script = self._jobs.get(workspace, {}).get(job, self._default)
            origin = self._origins[key] = Origin(project, workspace, job, script)
        return self.instances.start(origin)

    def find(self, parameters: Mapping[str, Any]) -> Instance | Violation:
        """Return the instance that the parameters of an operation name."""
        workspace, job = parameters["workspace"], parameters["job_name"]
        if violation := self.missing(job, workspace):
            return violation
        found = self.instances.find(parameters["project_id"], workspace, job, parameters["instance_id"])
        return found or Violation(Kind.JOB_INSTANCE_NOT_FOUND)

    def unknown(self, parameters: Mapping[str, Any]) -> Violation | None:
        """Say whether what the parameters of any operation name is not there."""
        job, workspace = parameters.get("job_name"), parameters.get("workspace")
        if job is None:
            return None if workspace is None else self.missing_workspace(workspace)
        if parameters.get("instance_id") is None or "project_id" not in parameters:
            return self.missing(job, workspace)
        found = self.find({**parameters, "workspace": workspace})
        return found if isinstance(found, Violation) else None

    def missing(self, job: str, workspace: str | None) -> Violation | None:
        """Say whether a workspace, or a job in it, is not there."""
        if violation := self.missing_workspace(workspace):
            return violation
        return None if self.any_job or job in self._jobs[workspace] else Violation(Kind.JOB_NOT_FOUND)

    def missing_workspace(self, workspace: str | None) -> Violation | None:
        """Say whether a workspace is not there."""
        return None if self.any_job or workspace in self._jobs else Violation(Kind.WORKSPACE_NOT_FOUND)

    def set_state(self, instance_id: int, state: str) -> None:
        """Let an instance go to a state and stay there, whether the service knows it yet or not.

        Raises:
            ValueError: There is no such instance, or no such state.
        """
        self._check_state("state", state)
        if isinstance(instance_id, bool) or not isinstance(instance_id, int):
            raise ValueError(f"instance_id: not an integer: {instance_id!r}")
        instance = self.instances.get(instance_id)
        if instance is None:
            raise ValueError(f"instance_id: no instance has it: {instance_id}")
        self.instances.set_status(instance, state)

    def _script(self, states: Sequence[str], seconds: float | None, appears_after: float) -> Script:
        if isinstance(states, str) or not isinstance(states, Sequence):
            raise ValueError(f"states: not a list of states: {states!r}")
        if not states:
            raise ValueError("states: empty")
        for index, state in enumerate(states):
            self._check_state(f"states[{index}]", state)
        if seconds is not None:
            check_number("seconds", seconds, minimum=0.001, maximum=MAX_SECONDS)
        check_number("appears_after", appears_after, minimum=0, maximum=MAX_SECONDS)
        return Script(
            states=tuple(states),
            duration=None if seconds is None else round(seconds * SECOND),
            delay=round(appears_after * SECOND),
            submitted=self.clock.now(),
        )

    def _check_state(self, where: str, state: Any) -> None:
        if state not in self.document.states:
            raise ValueError(f"{where}: not one of {', '.join(self.document.states)}: {state!r}")


_MAX_ORIGINS = 10_000
"""Where every job exists there is no end to them."""
