# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from enum import StrEnum

__all__ = ["NodeStatus"]


class NodeStatus(StrEnum):
    """State of a node of a job instance. A node that was skipped is no failure."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCESS = "success"
    FAIL = "fail"
    SKIP = "skip"
    PAUSE = "pause"
    MANUAL_STOP = "manual-stop"

    @classmethod
    def final_states(cls) -> dict[str, frozenset[NodeStatus]]:
        """Return the members that the contract lists in x-final-states, by the names that it gives them there."""
        return {"success": frozenset({cls.SUCCESS, cls.SKIP}), "failure": frozenset({cls.FAIL, cls.MANUAL_STOP})}
