# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field

from dataarts_runtime.models import Object, OpenModel, Property, additional, model
from dataarts_runtime.schema import Array, Boolean, Integer, Member, Null, Number, String, Union

from ..types import UNSET, Unset
from .instance_type import InstanceType
from .job_instance_status import JobInstanceStatus

if TYPE_CHECKING:
    from .node_instance import NodeInstance

__all__ = ["JobInstance"]


@model
class JobInstance(OpenModel):
    """A job instance, with its nodes."""

    job_name: str = field(validator=Property("jobName", String()))
    """Name of the job; for the node of a real-time job, the job's name, an underscore and the node's."""
    instance_id: int = field(
        validator=Property("instanceId", Integer(minimum=-9223372036854775808, maximum=9223372036854775807))
    )
    """ID of a job instance, which is one run of a job. -9223372036854775808 to 9223372036854775807."""
    status: JobInstanceStatus | str = field(validator=Property("status", Member(JobInstanceStatus)))
    """State of a job instance. The last five are in official SDKs only. An instance in the state running-exception
    has a node that failed, and does nothing more until someone continues, restarts or stops it: whoever waits for the
    instance has waited to its end. An instance that pauses waits for someone and can go on. One of waiting, running,
    success, fail, running-exception, pause, manual-stop, forceSuccess, ignoreSuccess, freeze, skip-by-depend,
    waiting-confirm."""
    total: int = field(validator=Property("total", Integer(minimum=0, maximum=2147483647)))
    """How many nodes there are. 0 to 2147483647."""
    nodes: list[NodeInstance] = field(validator=Property("nodes", Array(Object("NodeInstance", __name__))))
    """The nodes of the instance."""
    plan_time: int | Unset | None = field(
        default=UNSET,
        validator=Property(
            "planTime",
            Union(Integer(minimum=-9223372036854775808, maximum=9223372036854775807), Null()),
            required=False,
        ),
    )
    """When the instance was planned to start, in milliseconds since 1970 (UTC). -9223372036854775808 to
    9223372036854775807."""
    start_time: int | Unset | None = field(
        default=UNSET,
        validator=Property(
            "startTime",
            Union(Integer(minimum=-9223372036854775808, maximum=9223372036854775807), Null()),
            required=False,
        ),
    )
    """When the instance started, in milliseconds since 1970 (UTC). Do not rely on it while the instance waits.
    -9223372036854775808 to 9223372036854775807."""
    end_time: int | Unset | None = field(
        default=UNSET,
        validator=Property(
            "endTime", Union(Integer(minimum=-9223372036854775808, maximum=9223372036854775807), Null()), required=False
        ),
    )
    """When the instance ended, in milliseconds since 1970 (UTC). -9223372036854775808 to 9223372036854775807."""
    execute_time: float | Unset | None = field(
        default=UNSET, validator=Property("executeTime", Union(Number(), Null()), required=False)
    )
    """How long the instance ran. The reference calls it a Long in milliseconds; in all its examples it is a number of
    minutes (0.3 for 18 seconds), and so it is with the mock. Compute durations from startTime and endTime."""
    force_success: bool | Unset | None = field(
        default=UNSET, validator=Property("forceSuccess", Union(Boolean(), Null()), required=False)
    )
    """Whether someone set the instance to have succeeded. Left out, it is taken for False."""
    ignore_success: bool | Unset | None = field(
        default=UNSET, validator=Property("ignoreSuccess", Union(Boolean(), Null()), required=False)
    )
    """Whether the instance counts as succeeded because its failure is ignored. Left out, it is taken for False."""
    error_message: str | Unset | None = field(
        default=UNSET, validator=Property("errorMessage", Union(String(), Null()), required=False)
    )
    """Why the instance failed. Only the official SDKs have this property."""
    instance_type: InstanceType | int | Unset | None = field(
        default=UNSET, validator=Property("instanceType", Union(Member(InstanceType), Null()), required=False)
    )
    """How the instance came to be. Older pages of the reference do not have it."""
    additional_properties: dict[str, Any] = field(kw_only=True, factory=dict[str, Any], validator=additional)
    """Further properties, by name."""
