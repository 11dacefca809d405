# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""Stop a job instance."""

from __future__ import annotations

from typing import Any

from dataarts_runtime.models import Object
from dataarts_runtime.operation import Operation, Parameter
from dataarts_runtime.schema import Integer, String

from ...client import Client
from ...models.error_response import ErrorResponse
from ...types import Response

__all__ = ["EXTENSIONS", "OPERATION", "asyncio", "asyncio_detailed", "sync", "sync_detailed"]

EXTENSIONS: dict[str, Any] = {
    "x-allowed-states": ["running", "waiting", "running-exception"],
    "x-resulting-state": "manual-stop",
}
"""What else the contract says of the operation, in extensions of OpenAPI."""

OPERATION: Operation[None, ErrorResponse] = Operation(
    "POST",
    "/v1/{}/jobs/{}/instances/{}/stop",
    Parameter("project_id", "path", String(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+\Z")),
    Parameter(
        "job_name",
        "path",
        String(min_length=1, max_length=128, pattern=r"^[.]*[0-9A-Za-z_\-一-龥][0-9A-Za-z_.\-一-龥]*\Z"),
    ),
    Parameter("instance_id", "path", Integer(minimum=-9223372036854775808, maximum=9223372036854775807)),
    Parameter("workspace", "header", String(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+\Z"), required=False),
    responses={
        "204": None,
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
    job_name: str,
    instance_id: int,
    *,
    client: Client,
    workspace: str | None = None,
    timeout: float | None = None,
) -> None:
    """Stop a job instance.

    Stops a job instance, which then comes to the state manual-stop. The reference allows it for an instance that is
    running; its user guide also for one that waits or that is in the state running-exception. How any other is
    refused is stated nowhere: `DLF.3051` is this document's own choice. Look at the instance afterwards, since the
    answer does not hold its state.

    Manual: https://support.huaweicloud.com/intl/en-us/api-dataartsstudio/dataartsstudio_02_0066.html

    Args:
        project_id: ID of the project the job belongs to. Usually 32 hexadecimal characters; the reference states
            no rule, the one here is this document's own. 1 to 64 characters, matching `^[0-9A-Za-z_-]+$`.
        job_name: Name of the job: letters, digits, hyphens, underscores, periods and Chinese characters. That a
            name cannot be made of periods only is this document's own rule. 1 to 128 characters, matching
            `^[.]*[0-9A-Za-z_\\-一-龥][0-9A-Za-z_.\\-一-龥]*$`.
        instance_id: ID of the job instance. Newer pages call it a String; it is digits either way.
            -9223372036854775808 to 9223372036854775807.
        client: What sends the call.
        workspace: ID of the workspace the job is in. Not set, the default workspace is meant; to reach a job in
            another workspace it must be set, also where an account has several DataArts Studio instances or no
            default workspace. Usually 32 hexadecimal characters; the reference states no rule, the one here is this
            document's own. 1 to 64 characters, matching `^[0-9A-Za-z_-]+$`.
        timeout: The seconds that the call may take in all; None is the client's own limit.

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
    return OPERATION.sync(client, timeout, None, project_id, job_name, instance_id, workspace)


def sync_detailed(
    project_id: str,
    job_name: str,
    instance_id: int,
    *,
    client: Client,
    workspace: str | None = None,
    timeout: float | None = None,
) -> Response[ErrorResponse | None]:
    """Do as `sync` does, but return the whole response, also one of status 400 and above, which is no ApiError here.

    Its `parsed` is then the error that the content describes, or None if that is not in the contract.
    """
    return OPERATION.sync_detailed(client, timeout, None, project_id, job_name, instance_id, workspace)


async def asyncio(
    project_id: str,
    job_name: str,
    instance_id: int,
    *,
    client: Client,
    workspace: str | None = None,
    timeout: float | None = None,
) -> None:
    """Do as `sync` does, without blocking: the same arguments, result and exceptions."""
    return await OPERATION.asyncio(client, timeout, None, project_id, job_name, instance_id, workspace)


async def asyncio_detailed(
    project_id: str,
    job_name: str,
    instance_id: int,
    *,
    client: Client,
    workspace: str | None = None,
    timeout: float | None = None,
) -> Response[ErrorResponse | None]:
    """Do as `sync_detailed` does, without blocking: the same arguments, result and exceptions."""
    return await OPERATION.asyncio_detailed(client, timeout, None, project_id, job_name, instance_id, workspace)
