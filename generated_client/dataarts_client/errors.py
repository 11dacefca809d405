# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""What a call of dataarts_client can raise; dataarts_runtime.errors draws the tree."""

from dataarts_runtime.errors import (
    ApiError,
    BadRequest,
    ClientError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RequestNotSent,
    ServerError,
    TooManyRequests,
    Unauthorized,
    UnexpectedResponse,
)

__all__ = [
    "ApiError",
    "BadRequest",
    "ClientError",
    "Forbidden",
    "NotFound",
    "OutcomeUnknown",
    "RequestNotSent",
    "ServerError",
    "TooManyRequests",
    "Unauthorized",
    "UnexpectedResponse",
]
