# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field

from dataarts_runtime.models import Object, OpenModel, Property, additional, model
from dataarts_runtime.schema import Array

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from .job_param import JobParam

__all__ = ["RunJobRequest"]


@model
class RunJobRequest(OpenModel):
    """What a job is to be run with."""

    job_params: list[JobParam] | Unset = field(
        default=UNSET, validator=Property("jobParams", Array(Object("JobParam", __name__)), required=False)
    )
    """Parameters for executing the job immediately."""
    additional_properties: dict[str, Any] = field(kw_only=True, factory=dict[str, Any], validator=additional)
    """Further properties, by name."""

    if TYPE_CHECKING:

        def __init__(
            self,
            job_params: list[JobParam] | Unset | None = UNSET,
            *,
            additional_properties: dict[str, Any] = ...,
        ) -> None: ...
