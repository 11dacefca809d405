# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""DataArts Studio run-immediate API.

    from dataarts_client import Client
    from dataarts_client.api.jobs import run_job_immediately

What a call can raise is in `errors`, what it takes and returns in `models`.
"""

from . import api, errors, models, types
from .client import Client
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
from .types import UNSET, Response, Unset

__version__ = "0.1.0"
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
    "types",
]
