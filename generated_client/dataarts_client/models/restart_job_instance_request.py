# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field

from dataarts_runtime.models import OpenModel, Property, additional, model
from dataarts_runtime.schema import Boolean, Member, String

from ..types import UNSET, Unset
from .job_param_version import JobParamVersion
from .retry_location import RetryLocation

__all__ = ["RestartJobInstanceRequest"]


@model
class RestartJobInstanceRequest(OpenModel):
    """How to restart a job instance. Unlike all others, these properties are not in camel case."""

    retry_location: RetryLocation | str | Unset = field(
        default=UNSET, validator=Property("retry_location", Member(RetryLocation), required=False)
    )
    """Which node to restart at. Left out, it is first_node. One of error_node, first_node, specified_node."""
    job_param_version: JobParamVersion | str | Unset = field(
        default=UNSET, validator=Property("job_param_version", Member(JobParamVersion), required=False)
    )
    """Which version of the job's parameters to restart with. One of original_version, latest_version."""
    ignore_obs_monitor: bool | Unset = field(
        default=UNSET, validator=Property("ignore_obs_monitor", Boolean(), required=False)
    )
    """Whether not to wait for what the job monitors in OBS."""
    node_name: str | Unset = field(default=UNSET, validator=Property("node_name", String(min_length=1), required=False))
    """Name of the node to restart at, where retry_location is specified_node. That it cannot be empty is this
    document's own rule. At least 1 character."""
    additional_properties: dict[str, Any] = field(kw_only=True, factory=dict[str, Any], validator=additional)
    """Further properties, by name."""

    if TYPE_CHECKING:

        def __init__(
            self,
            retry_location: RetryLocation | str | Unset | None = UNSET,
            job_param_version: JobParamVersion | str | Unset | None = UNSET,
            ignore_obs_monitor: bool | Unset | None = UNSET,
            node_name: str | Unset | None = UNSET,
            *,
            additional_properties: dict[str, Any] = ...,
        ) -> None: ...
