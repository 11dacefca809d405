# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import field

from dataarts_runtime.models import OpenModel, Property, additional, model
from dataarts_runtime.schema import Integer, Member, Null, Number, String, Union

from ..types import UNSET, Unset
from .node_status import NodeStatus

__all__ = ["NodeInstance"]


@model
class NodeInstance(OpenModel):
    """A node of a job instance."""

    node_name: str = field(validator=Property("nodeName", String()))
    """Name of the node."""
    status: NodeStatus | str = field(validator=Property("status", Member(NodeStatus)))
    """State of a node of a job instance. A node that was skipped is no failure. One of waiting, running, success,
    fail, skip, pause, manual-stop."""
    plan_time: int | Unset | None = field(
        default=UNSET,
        validator=Property(
            "planTime",
            Union(Integer(minimum=-9223372036854775808, maximum=9223372036854775807), Null()),
            required=False,
        ),
    )
    """When the job instance was planned to start, in milliseconds since 1970 (UTC). -9223372036854775808 to
    9223372036854775807."""
    start_time: int | Unset | None = field(
        default=UNSET,
        validator=Property(
            "startTime",
            Union(Integer(minimum=-9223372036854775808, maximum=9223372036854775807), Null()),
            required=False,
        ),
    )
    """When the node started, in milliseconds since 1970 (UTC). Do not rely on it while the node waits.
    -9223372036854775808 to 9223372036854775807."""
    end_time: int | Unset | None = field(
        default=UNSET,
        validator=Property(
            "endTime", Union(Integer(minimum=-9223372036854775808, maximum=9223372036854775807), Null()), required=False
        ),
    )
    """When the node ended, in milliseconds since 1970 (UTC). -9223372036854775808 to 9223372036854775807."""
    type_: str | Unset | None = field(
        default=UNSET, validator=Property("type", Union(String(), Null()), required=False)
    )
    """Kind of the node, for example Dummy or DWS SQL."""
    instance_id: int | Unset | None = field(
        default=UNSET,
        validator=Property(
            "instanceId",
            Union(Integer(minimum=-9223372036854775808, maximum=9223372036854775807), Null()),
            required=False,
        ),
    )
    """ID of the job instance."""
    retry_times: int | Unset | None = field(
        default=UNSET,
        validator=Property("retryTimes", Union(Integer(minimum=0, maximum=2147483647), Null()), required=False),
    )
    """How often the node was retried. 0 to 2147483647."""
    input_row_count: int | Unset | None = field(
        default=UNSET,
        validator=Property(
            "inputRowCount",
            Union(Integer(minimum=-9223372036854775808, maximum=9223372036854775807), Null()),
            required=False,
        ),
    )
    """How many rows the node read. -9223372036854775808 to 9223372036854775807."""
    speed: float | Unset | None = field(
        default=UNSET, validator=Property("speed", Union(Number(), Null()), required=False)
    )
    """How many rows a second the node wrote."""
    log_path: str | Unset | None = field(
        default=UNSET, validator=Property("logPath", Union(String(), Null()), required=False)
    )
    """Where the node's log is in the object storage service (OBS)."""
    queue: str | Unset | None = field(
        default=UNSET, validator=Property("queue", Union(String(), Null()), required=False)
    )
    """The queue of a DLI node. Only newer pages of the reference and the official SDKs have this property."""
    additional_properties: dict[str, Any] = field(kw_only=True, factory=dict[str, Any], validator=additional)
    """Further properties, by name."""
