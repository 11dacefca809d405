# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import field

from dataarts_runtime.models import OpenModel, Property, additional, model
from dataarts_runtime.schema import String

from ..types import UNSET, Unset

__all__ = ["ErrorResponse"]


@model
class ErrorResponse(OpenModel):
    """Why a request was refused, by the service or by the gateway in front of it."""

    error_code: str = field(validator=Property("error_code", String(min_length=1)))
    """Code of the error: `DLF.` and four or five digits from the service, `APIGW.` and four digits from the gateway.
    At least 1 character."""
    error_msg: str = field(validator=Property("error_msg", String()))
    """What went wrong, in words. Rely on error_code; the words are the server's own."""
    request_id: str | Unset = field(default=UNSET, validator=Property("request_id", String(), required=False))
    """ID of the request, to quote to the provider's support."""
    additional_properties: dict[str, Any] = field(kw_only=True, factory=dict[str, Any], validator=additional)
    """Further properties, by name."""

    if TYPE_CHECKING:

        def __init__(
            self,
            error_code: str,
            error_msg: str,
            request_id: str | Unset | None = UNSET,
            *,
            additional_properties: dict[str, Any] = ...,
        ) -> None: ...
