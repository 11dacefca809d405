"""What operations with state do: one function each.

Where the contract leaves something open, the choices are the mock's: a job has two nodes, the second of which does the
work and fails where something fails; an instance starts when it was planned to, and stops and restarts at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ._clock import SECOND, as_datetime
from ._document import Operation
from ._instances import MILLISECOND, Instance
from ._state import State
from ._violations import Kind, Violation

RUN = "runJobImmediately"
"""The operation that starts an instance."""

Behaviour = Callable[[State, Operation, Mapping[str, Any], Any], Any]
"""Given the state, the operation, its parameters and the payload of the request, the payload of the response, or a
Violation."""

_DAY = 24 * 60 * 60 * 1000
_MINUTE = 60 * SECOND
_MANUAL = "MANUAL"
"""The type of an instance that was executed immediately, by the name that the contract gives it."""

_NODES = {
    "waiting": ("waiting", "waiting"),
    "running": ("success", "running"),
    "success": ("success", "success"),
    "pause": ("success", "pause"),
    "manual-stop": ("success", "manual-stop"),
    "freeze": ("waiting", "waiting"),
    "skip-by-depend": ("skip", "skip"),
    "waiting-confirm": ("waiting", "waiting"),
}
"""The states of the two nodes by that of the instance."""

_NODES_FAILED = ("success", "fail")
"""Their states in all other cases: one of them failed."""

_NOT_STARTED = ("waiting", "skip")
_UNDER_WAY = ("running", "pause")


def run_job_immediately(state: State, operation: Operation, parameters: Mapping[str, Any], payload: Any) -> Any:
    """Start an instance."""
    started = state.start(parameters["project_id"], parameters["workspace"], parameters["job_name"])
    return started if isinstance(started, Violation) else {"instanceId": started}


def show_job_instance(state: State, operation: Operation, parameters: Mapping[str, Any], payload: Any) -> Any:
    """Show an instance, which is a look at it."""
    instance = state.find(parameters)
    if isinstance(instance, Violation):
        return instance
    state.instances.look(instance)
    status, ended = state.instances.status(instance)
    nodes = _nodes(instance, status, ended)
    return {**_properties(state, instance, status, ended), "total": len(nodes), "nodes": nodes}


def list_job_instances(state: State, operation: Operation, parameters: Mapping[str, Any], payload: Any) -> Any:
    """List instances, the newest first; to list an instance is no look at it."""
    if violation := state.missing_workspace(parameters["workspace"]):
        return violation
    now = state.clock.now() // MILLISECOND
    after, before = parameters["minPlanTime"], parameters["maxPlanTime"]
    if after is None:
        after = now // _DAY * _DAY - 1
    if operation.max_window is not None:
        after = max(after, (now if before is None else min(before, now)) - operation.max_window)
    if parameters["instanceType"] not in (None, _type(state)):
        return {"total": 0, "instances": []}
    total, instances = state.instances.page(
        parameters["project_id"],
        parameters["workspace"],
        job=parameters["jobName"],
        part=not parameters["preciseQuery"],
        status=parameters["status"],
        after=after,
        before=before,
        offset=parameters["offset"],
        limit=parameters["limit"],
    )
    return {"total": total, "instances": [_summary(state, instance) for instance in instances]}


def stop_job_instance(state: State, operation: Operation, parameters: Mapping[str, Any], payload: Any) -> Any:
    """Stop an instance."""
    instance = _changeable(state, operation, parameters)
    if isinstance(instance, Violation):
        return instance
    if operation.resulting_state is not None:
        state.instances.set_status(instance, operation.resulting_state)
    return None


def restart_job_instance(state: State, operation: Operation, parameters: Mapping[str, Any], payload: Any) -> Any:
    """Restart an instance, which goes through its states again, whatever the body asks for."""
    instance = _changeable(state, operation, parameters)
    if isinstance(instance, Violation):
        return instance
    state.instances.restart(instance)
    return None


BEHAVIOURS: Mapping[str, Behaviour] = {
    RUN: run_job_immediately,
    "showJobInstance": show_job_instance,
    "listJobInstances": list_job_instances,
    "stopJobInstance": stop_job_instance,
    "restartJobInstance": restart_job_instance,
}
"""What operations do, by operationId. One that is not here is responded to with its documented example."""


def _changeable(state: State, operation: Operation, parameters: Mapping[str, Any]) -> Instance | Violation:
    """Return the instance, if it is in one of the states that allow the operation."""
    instance = state.find(parameters)
    if isinstance(instance, Violation):
        return instance
    status = instance.status(state.clock.now())
    if status not in operation.allowed_states:
        allowed = ", ".join(operation.allowed_states)
        detail = f"instance_id: the instance is in state {status}, not one of {allowed} (a rule of the mock's own)"
        return Violation(Kind.JOB_INSTANCE_STATE_WRONG, detail)
    return instance


def _properties(state: State, instance: Instance, status: str, ended: int | None) -> dict[str, Any]:
    """Return what an instance has wherever it is returned."""
    properties = {
        "jobName": instance.origin.job,
        "instanceId": instance.id,
        "status": status,
        "planTime": instance.planned // MILLISECOND,
        "startTime": instance.started // MILLISECOND,
        "forceSuccess": status == "forceSuccess",
        "ignoreSuccess": status == "ignoreSuccess",
        "instanceType": _type(state),
    }
    if ended is not None:
        properties["endTime"] = ended // MILLISECOND
        # Minutes, as in all examples of the reference.
        properties["executeTime"] = round((ended - instance.started) / _MINUTE, 1)
    return properties


def _summary(state: State, instance: Instance) -> dict[str, Any]:
    return {
        **_properties(state, instance, *state.instances.status(instance)),
        "jobInstanceName": instance.origin.job,
        "submitTime": instance.origin.script.submitted // MILLISECOND,
    }


def _nodes(instance: Instance, status: str, ended: int | None) -> list[dict[str, Any]]:
    first, second = _NODES.get(status, _NODES_FAILED)
    return [
        _node(instance, "begin", "Dummy", first, None),
        _node(instance, "work", "Shell", second, ended, logs=True),
    ]


def _node(
    instance: Instance, name: str, kind: str, status: str, ended: int | None, *, logs: bool = False
) -> dict[str, Any]:
    planned, started = instance.planned // MILLISECOND, instance.started // MILLISECOND
    node = {
        "nodeName": name,
        "status": status,
        "planTime": planned,
        "startTime": started,
        "type": kind,
        "instanceId": instance.id,
        "retryTimes": 0,
    }
    if status in _NOT_STARTED:
        return node
    if status not in _UNDER_WAY:
        node["endTime"] = started if ended is None else ended // MILLISECOND
    if logs:
        time = as_datetime(instance.started)
        folder = f"{time:%Y-%m-%d %H_%M_%S}.{time.microsecond // 1000:03}"
        node["logPath"] = f"obs://dlf-log/{instance.origin.job}/{folder}/{name}/{name}.job"
    return node


def _type(state: State) -> int:
    return state.document.instance_types[_MANUAL]
