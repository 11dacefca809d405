# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""The models that request and response bodies are made of."""

from typing import TYPE_CHECKING

from dataarts_runtime.lazy import lazy_names

if TYPE_CHECKING:
    from .error_response import ErrorResponse
    from .instance_type import InstanceType
    from .job_instance import JobInstance
    from .job_instance_list import JobInstanceList
    from .job_instance_status import JobInstanceStatus
    from .job_instance_summary import JobInstanceSummary
    from .job_param import JobParam
    from .job_param_version import JobParamVersion
    from .node_instance import NodeInstance
    from .node_status import NodeStatus
    from .param_type import ParamType
    from .restart_job_instance_request import RestartJobInstanceRequest
    from .retry_location import RetryLocation
    from .run_job_request import RunJobRequest
    from .run_job_response import RunJobResponse
else:
    __getattr__, __dir__ = lazy_names(
        __name__,
        "error_response:ErrorResponse instance_type:InstanceType job_instance:JobInstance job_instance_list:JobInstanceList job_instance_status:JobInstanceStatus job_instance_summary:JobInstanceSummary job_param:JobParam job_param_version:JobParamVersion node_instance:NodeInstance node_status:NodeStatus param_type:ParamType restart_job_instance_request:RestartJobInstanceRequest retry_location:RetryLocation run_job_request:RunJobRequest run_job_response:RunJobResponse",
    )

__all__ = [
    "ErrorResponse",
    "InstanceType",
    "JobInstance",
    "JobInstanceList",
    "JobInstanceStatus",
    "JobInstanceSummary",
    "JobParam",
    "JobParamVersion",
    "NodeInstance",
    "NodeStatus",
    "ParamType",
    "RestartJobInstanceRequest",
    "RetryLocation",
    "RunJobRequest",
    "RunJobResponse",
]
