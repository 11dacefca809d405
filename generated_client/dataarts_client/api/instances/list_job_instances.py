# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""List job instances."""

from __future__ import annotations

from typing import Any

from dataarts_runtime.models import Object
from dataarts_runtime.operation import Operation, Parameter
from dataarts_runtime.schema import Boolean, Integer, Member, String

from ...client import Client
from ...models.error_response import ErrorResponse
from ...models.instance_type import InstanceType
from ...models.job_instance_list import JobInstanceList
from ...models.job_instance_status import JobInstanceStatus
from ...types import Response

__all__ = ["EXTENSIONS", "OPERATION", "asyncio", "asyncio_detailed", "sync", "sync_detailed"]

EXTENSIONS: dict[str, Any] = {"x-max-window-milliseconds": 259200000}
"""What else the contract says of the operation, in extensions of OpenAPI."""

OPERATION: Operation[JobInstanceList, ErrorResponse] = Operation(
    "GET",
    "/v1/{}/jobs/instances/detail",
    Parameter("project_id", "path", String(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+\Z")),
    Parameter("job_name", "query", String(min_length=1, max_length=257), wire_name="jobName", required=False),
    Parameter(
        "min_plan_time",
        "query",
        Integer(minimum=0, maximum=9223372036854775807),
        wire_name="minPlanTime",
        required=False,
    ),
    Parameter(
        "max_plan_time",
        "query",
        Integer(minimum=0, maximum=9223372036854775807),
        wire_name="maxPlanTime",
        required=False,
    ),
    Parameter("limit", "query", Integer(minimum=1, maximum=1000), required=False),
    Parameter("offset", "query", Integer(minimum=0, maximum=2147483647), required=False),
    Parameter("status", "query", Member(JobInstanceStatus), required=False),
    Parameter("instance_type", "query", Member(InstanceType), wire_name="instanceType", required=False),
    Parameter("precise_query", "query", Boolean(), wire_name="preciseQuery", required=False),
    Parameter("workspace", "header", String(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+\Z"), required=False),
    responses={
        "200": Object(JobInstanceList),
    },
    error_responses=dict.fromkeys(["400", "401", "403", "404", "413", "429", "500", "503"], Object(ErrorResponse)),
    hints={
        "400": {
            "DLF.0100": "Check the job's name and the workspace ID; a job outside the default workspace needs one.",
            "DLF.0137": "Check the instance ID, the job's name and the workspace ID. An instance that was just started may take a moment to appear.",
            "DLF.0802": "Give every parameter that the job needs a value.",
            "DLF.0819": "Check the workspace ID.",
            "DLF.30137": "Check the instance ID, the job's name and the workspace ID. An instance that was just started may take a moment to appear.",
        },
        "401": "Check the token (valid for 24 hours) or the key pair, and that this machine's clock is within 15 minutes of the service's.",
        "403": "Check the user's permissions in DataArts Studio, and that the project ID belongs to the credentials.",
        "404": {
            "APIGW.0101": "Check the host: this API is served by dayu-dlf.<region>, while a dayu.<region> host serves another one."
        },
        "429": "Wait for the time that Retry-After names, and send fewer requests a second.",
        "500": "Look at the job instance before you stop or restart it again.",
        "503": "Look at the job instance before you stop or restart it again.",
    },
)


def sync(
    project_id: str,
    *,
    client: Client,
    job_name: str | None = None,
    min_plan_time: int | None = None,
    max_plan_time: int | None = None,
    limit: int | None = None,
    offset: int | None = None,
    status: JobInstanceStatus | str | None = None,
    instance_type: InstanceType | int | None = None,
    precise_query: bool | None = None,
    workspace: str | None = None,
    timeout: float | None = None,
) -> JobInstanceList:
    """List job instances.

    Returns the job instances that match every given parameter, without their nodes. Newer pages of the reference
    limit what is returned to a window of planned times: without minPlanTime and maxPlanTime the current day, and
    three days at most. So give both, no more than three days apart. What a server does with a longer window is stated
    nowhere; the mock returns the instances of its last three days up to now. The order is stated nowhere either; the
    mock returns the newest first, as the reference's example does.

    Manual: https://support.huaweicloud.com/intl/en-us/api-dataartsstudio/dataartsstudio_02_0094.html

    Args:
        project_id: ID of the project the job belongs to. Usually 32 hexadecimal characters; the reference states
            no rule, the one here is this document's own. 1 to 64 characters, matching `^[0-9A-Za-z_-]+$`.
        client: What sends the call.
        job_name: Name of the job, or a part of it unless preciseQuery is true; for the instances of a real-time
            job's node, the job's name and the node's, with an underscore between them. The reference states no limit;
            this document allows the length of the longest job name, an underscore and a node's name as long. 1 to 257
            characters.
        min_plan_time: Only instances planned after this time, in milliseconds since 1970 (UTC). That it is
            compared with the start time, as newer pages say, makes no difference to an instance that was executed
            immediately. Left out, it is the beginning of the current day. That it cannot be negative is this
            document's own rule. 0 to 9223372036854775807.
        max_plan_time: Only instances planned before this time, in milliseconds since 1970 (UTC). Left out, it is
            the current time. That it cannot be negative is this document's own rule. 0 to 9223372036854775807.
        limit: How many instances to return at most. 1 to 1000. Left out, it is taken for 10.
        offset: How many instances to pass over before the first that is returned. The reference calls it the
            start page of the list; clients that were seen to work count instances, and so does this document. 0 to
            2147483647. Left out, it is taken for 0.
        status: Only instances in this state. One of waiting, running, success, fail, running-exception, pause,
            manual-stop, forceSuccess, ignoreSuccess, freeze, skip-by-depend, waiting-confirm.
        instance_type: Only instances of this type. One of 0, 2, 5, 6, 7.
        precise_query: Whether jobName is the whole name; otherwise it is a part of the name. The reference states
            no default. Left out, it is taken for False.
        workspace: ID of the workspace the job is in. Not set, the default workspace is meant; to reach a job in
            another workspace it must be set, also where an account has several DataArts Studio instances or no
            default workspace. Usually 32 hexadecimal characters; the reference states no rule, the one here is this
            document's own. 1 to 64 characters, matching `^[0-9A-Za-z_-]+$`.
        timeout: The seconds that the call may take in all; None is the client's own limit.

    Returns:
        The content of the response.

    Raises:
        ValueError, TypeError: The contract forbids an argument; nothing was sent.
        RequestNotSent: Nothing reached the service, so the call can be repeated.
        OutcomeUnknown: The response was lost or late; the request may have been carried out.
        UnexpectedResponse: The response is not what the contract describes.
        ApiError: The status is 400 or above; the service, or what stands before it, refused the request or failed:
            400: The service refused the request.
            401: The credentials are missing or wrong.
            403: The credentials are right, but do not permit the operation.
            404: The gateway knows no such API.
            413: The request body is larger than the gateway takes.
            429: Too many requests in too short a time.
            500: The service or the gateway failed. A stop or a restart may have been carried out.
            503: The service cannot answer now. A stop or a restart may have been carried out.
    """
    return OPERATION.sync(
        client,
        timeout,
        None,
        project_id,
        job_name,
        min_plan_time,
        max_plan_time,
        limit,
        offset,
        status,
        instance_type,
        precise_query,
        workspace,
    )


def sync_detailed(
    project_id: str,
    *,
    client: Client,
    job_name: str | None = None,
    min_plan_time: int | None = None,
    max_plan_time: int | None = None,
    limit: int | None = None,
    offset: int | None = None,
    status: JobInstanceStatus | str | None = None,
    instance_type: InstanceType | int | None = None,
    precise_query: bool | None = None,
    workspace: str | None = None,
    timeout: float | None = None,
) -> Response[JobInstanceList | ErrorResponse]:
    """Do as `sync` does, but return the whole response, also one of status 400 and above, which is no ApiError here.

    Its `parsed` is then the error that the content describes, or None if that is not in the contract.
    """
    return OPERATION.sync_detailed(
        client,
        timeout,
        None,
        project_id,
        job_name,
        min_plan_time,
        max_plan_time,
        limit,
        offset,
        status,
        instance_type,
        precise_query,
        workspace,
    )


async def asyncio(
    project_id: str,
    *,
    client: Client,
    job_name: str | None = None,
    min_plan_time: int | None = None,
    max_plan_time: int | None = None,
    limit: int | None = None,
    offset: int | None = None,
    status: JobInstanceStatus | str | None = None,
    instance_type: InstanceType | int | None = None,
    precise_query: bool | None = None,
    workspace: str | None = None,
    timeout: float | None = None,
) -> JobInstanceList:
    """Do as `sync` does, without blocking: the same arguments, result and exceptions."""
    return await OPERATION.asyncio(
        client,
        timeout,
        None,
        project_id,
        job_name,
        min_plan_time,
        max_plan_time,
        limit,
        offset,
        status,
        instance_type,
        precise_query,
        workspace,
    )


async def asyncio_detailed(
    project_id: str,
    *,
    client: Client,
    job_name: str | None = None,
    min_plan_time: int | None = None,
    max_plan_time: int | None = None,
    limit: int | None = None,
    offset: int | None = None,
    status: JobInstanceStatus | str | None = None,
    instance_type: InstanceType | int | None = None,
    precise_query: bool | None = None,
    workspace: str | None = None,
    timeout: float | None = None,
) -> Response[JobInstanceList | ErrorResponse]:
    """Do as `sync_detailed` does, without blocking: the same arguments, result and exceptions."""
    return await OPERATION.asyncio_detailed(
        client,
        timeout,
        None,
        project_id,
        job_name,
        min_plan_time,
        max_plan_time,
        limit,
        offset,
        status,
        instance_type,
        precise_query,
        workspace,
    )
