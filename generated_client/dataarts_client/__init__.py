# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""DataArts Studio run-immediate API.

Each operation is a module in `api`, below the name of its tag (instances, jobs). What operations take and return is
in `models`, what a call can raise in `errors`.

    from dataarts_client import Client, api

    with Client(base_url, auth=auth) as client:
        result = api.TAG.OPERATION.sync(..., client=client)
"""

from typing import TYPE_CHECKING

from dataarts_runtime.lazy import lazy_names

from . import api, errors, models, types
from .client import Client, server_url
from .errors import (
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
from .types import UNSET, Response, Unset

if TYPE_CHECKING:
    from .models import (
        ErrorResponse,
        InstanceType,
        JobInstance,
        JobInstanceList,
        JobInstanceStatus,
        JobInstanceSummary,
        JobParam,
        JobParamVersion,
        NodeInstance,
        NodeStatus,
        ParamType,
        RestartJobInstanceRequest,
        RetryLocation,
        RunJobRequest,
        RunJobResponse,
    )
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        "models:ErrorResponse models:InstanceType models:JobInstance models:JobInstanceList models:JobInstanceStatus models:JobInstanceSummary models:JobParam models:JobParamVersion models:NodeInstance models:NodeStatus models:ParamType models:RestartJobInstanceRequest models:RetryLocation models:RunJobRequest models:RunJobResponse",
    )

__version__ = "0.2.0"
"""The version of this package."""
__contract_version__ = "1.1.0"
"""The version of the contract that the package was generated from."""

__all__ = [
    "ApiError",
    "BadRequest",
    "Client",
    "ClientError",
    "ErrorResponse",
    "Forbidden",
    "InstanceType",
    "JobInstance",
    "JobInstanceList",
    "JobInstanceStatus",
    "JobInstanceSummary",
    "JobParam",
    "JobParamVersion",
    "NodeInstance",
    "NodeStatus",
    "NotFound",
    "OutcomeUnknown",
    "ParamType",
    "RequestNotSent",
    "Response",
    "RestartJobInstanceRequest",
    "RetryLocation",
    "RunJobRequest",
    "RunJobResponse",
    "ServerError",
    "TooManyRequests",
    "UNSET",
    "Unauthorized",
    "UnexpectedResponse",
    "Unset",
    "__contract_version__",
    "__version__",
    "api",
    "errors",
    "models",
    "server_url",
    "types",
]
