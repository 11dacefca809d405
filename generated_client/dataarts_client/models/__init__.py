# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""The models that requests and answers are made of."""

from .error_response import ErrorResponse
from .job_param import JobParam
from .param_type import ParamType
from .run_job_request import RunJobRequest
from .run_job_response import RunJobResponse

__all__ = [
    "ErrorResponse",
    "JobParam",
    "ParamType",
    "RunJobRequest",
    "RunJobResponse",
]
