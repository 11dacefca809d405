"""What runs take from the contract: which states are final, what codes mean, how far a list reaches."""

from __future__ import annotations

from typing import Any

from dataarts_client.api.instances import (
    list_job_instances,
    restart_job_instance,
    show_job_instance,
    stop_job_instance,
)
from dataarts_client.models import JobInstanceStatus, NodeStatus

__all__ = [
    "FAILURE",
    "LONGEST_WINDOW",
    "MOST_LISTED",
    "NODE_FAILURE",
    "NOT_FOUND",
    "RESTARTABLE",
    "STOPPABLE",
    "SUCCESS",
    "check_job",
    "check_run",
]


def _greatest(schema: object) -> int:
    maximum = getattr(schema, "maximum", None)
    assert isinstance(maximum, int)
    return maximum


SUCCESS = JobInstanceStatus.final_states()["success"]
"""The states in which a run has succeeded."""
FAILURE = JobInstanceStatus.final_states()["failure"]
"""The states in which it has ended otherwise, or goes on by no means of its own."""
NODE_FAILURE = NodeStatus.final_states()["failure"]
"""The states in which a node has failed."""

STOPPABLE = frozenset(stop_job_instance.EXTENSIONS["x-allowed-states"])
"""The states in which a run can be stopped."""
RESTARTABLE = frozenset(restart_job_instance.EXTENSIONS["x-allowed-states"])
"""The states in which it can be restarted."""

NOT_FOUND = frozenset(show_job_instance.EXTENSIONS["x-not-found-codes"])
"""The error codes of an instance that is not there, or not there yet."""

LONGEST_WINDOW: int = list_job_instances.EXTENSIONS["x-max-window-milliseconds"]
"""How many milliseconds the bounds of a list may be apart."""
MOST_LISTED = _greatest(list_job_instances.OPERATION.parameters["limit"].schema)
"""How many instances a page of a list may have."""


def check_run(project_id: Any, job_name: Any, instance_id: Any, workspace: Any) -> None:
    """Raise the ValueError or TypeError that a call with these IDs would raise, if it would."""
    show_job_instance.OPERATION.check(
        project_id=project_id, job_name=job_name, instance_id=instance_id, workspace=workspace
    )


def check_job(project_id: Any, job_name: Any, workspace: Any) -> None:
    """Do as `check_run` does, for a job."""
    show_job_instance.OPERATION.check(project_id=project_id, job_name=job_name, workspace=workspace)
