# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field

from dataarts_runtime.models import OpenModel, Property, additional, model
from dataarts_runtime.schema import Member, String

from ..types import UNSET, Unset
from .param_type import ParamType

__all__ = ["JobParam"]


@model
class JobParam(OpenModel):
    """A parameter of a job. Further properties pass through as they are, so that the dialect of Huawei Cloud's
    current page (`type` in the place of `paramType`) can be spoken too."""

    name: str = field(validator=Property("name", String(min_length=1, max_length=64)))
    """Name of the parameter. That it cannot be empty is this document's own rule. 1 to 64 characters."""
    value: str = field(validator=Property("value", String(max_length=1024)))
    """Value of the parameter. Up to 1024 characters."""
    param_type: ParamType | str | Unset = field(
        default=UNSET, validator=Property("paramType", Member(ParamType), required=False)
    )
    """Kind of a parameter. One of variable, constants."""
    additional_properties: dict[str, Any] = field(kw_only=True, factory=dict[str, Any], validator=additional)
    """Further properties, by name."""

    if TYPE_CHECKING:

        def __init__(
            self,
            name: str,
            value: str,
            param_type: ParamType | str | Unset | None = UNSET,
            *,
            additional_properties: dict[str, Any] = ...,
        ) -> None: ...
