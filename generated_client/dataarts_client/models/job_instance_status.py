# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from enum import StrEnum

__all__ = ["JobInstanceStatus"]


class JobInstanceStatus(StrEnum):
    """State of a job instance. The last five are in official SDKs only. An instance in the state running-exception
    has a node that failed, and does nothing more until someone continues, restarts or stops it: whoever waits for the
    instance has waited to its end. An instance that pauses waits for someone and can go on."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCESS = "success"
    FAIL = "fail"
    RUNNING_EXCEPTION = "running-exception"
    PAUSE = "pause"
    MANUAL_STOP = "manual-stop"
    FORCE_SUCCESS = "forceSuccess"
    IGNORE_SUCCESS = "ignoreSuccess"
    FREEZE = "freeze"
    SKIP_BY_DEPEND = "skip-by-depend"
    WAITING_CONFIRM = "waiting-confirm"

    @classmethod
    def final_states(cls) -> dict[str, frozenset[JobInstanceStatus]]:
        """Return the members that the contract lists in x-final-states, by the names that it gives them there."""
        return {
            "success": frozenset({cls.SUCCESS, cls.FORCE_SUCCESS, cls.IGNORE_SUCCESS}),
            "failure": frozenset({cls.FAIL, cls.RUNNING_EXCEPTION, cls.MANUAL_STOP, cls.SKIP_BY_DEPEND}),
        }
