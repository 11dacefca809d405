# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from typing import Any

from attrs import field

from dataarts_runtime.models import OpenModel, Property, additional, model
from dataarts_runtime.schema import Integer

__all__ = ["RunJobResponse"]


@model
class RunJobResponse(OpenModel):
    """The run that was started."""

    instance_id: int = field(
        validator=Property("instanceId", Integer(minimum=-9223372036854775808, maximum=9223372036854775807))
    )
    """ID of the job instance, which is the run that was started. -9223372036854775808 to 9223372036854775807."""
    additional_properties: dict[str, Any] = field(kw_only=True, factory=dict[str, Any], validator=additional)
    """Further properties, by name."""
