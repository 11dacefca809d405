# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field

from dataarts_runtime.models import Object, OpenModel, Property, additional, model
from dataarts_runtime.schema import Array, Integer

if TYPE_CHECKING:
    from .job_instance_summary import JobInstanceSummary

__all__ = ["JobInstanceList"]


@model
class JobInstanceList(OpenModel):
    """A page of a list of job instances."""

    total: int = field(validator=Property("total", Integer(minimum=0, maximum=2147483647)))
    """How many instances there are on all pages. 0 to 2147483647."""
    instances: list[JobInstanceSummary] = field(
        validator=Property("instances", Array(Object("JobInstanceSummary", __name__)))
    )
    """The instances on this page."""
    additional_properties: dict[str, Any] = field(kw_only=True, factory=dict[str, Any], validator=additional)
    """Further properties, by name."""
