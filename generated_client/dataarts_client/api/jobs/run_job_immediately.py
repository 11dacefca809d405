# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""Execute a job immediately."""

from __future__ import annotations

from dataarts_runtime.models import Object
from dataarts_runtime.operation import Operation, Parameter, RequestBody
from dataarts_runtime.schema import String

from ...client import Client
from ...models.error_response import ErrorResponse
from ...models.run_job_request import RunJobRequest
from ...models.run_job_response import RunJobResponse
from ...types import Response

__all__ = ["OPERATION", "asyncio", "asyncio_detailed", "sync", "sync_detailed"]

OPERATION: Operation[RunJobResponse, ErrorResponse] = Operation(
    "POST",
    "/v1/{}/jobs/{}/run-immediate",
    Parameter("project_id", "path", String(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+\Z")),
    Parameter(
        "job_name",
        "path",
        String(min_length=1, max_length=128, pattern=r"^[.]*[0-9A-Za-z_\-一-龥][0-9A-Za-z_.\-一-龥]*\Z"),
    ),
    Parameter("workspace", "header", String(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z_-]+\Z"), required=False),
    body=RequestBody(Object(RunJobRequest), max_bytes=12582912),
    responses={
        "200": Object(RunJobResponse),
    },
    error_responses=dict.fromkeys(
        ["400", "401", "403", "404", "413", "415", "429", "500", "503"], Object(ErrorResponse)
    ),
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
        "500": "Look for the job's instance before you run it again.",
        "503": "Look for the job's instance before you run it again.",
    },
)


def sync(
    project_id: str,
    job_name: str,
    *,
    client: Client,
    body: RunJobRequest | None = None,
    workspace: str | None = None,
    timeout: float | None = None,
) -> RunJobResponse:
    """Execute a job immediately.

    Runs a job once, at once, to check whether it can be executed successfully. Each request that succeeds starts a
    run of its own: the operation is not idempotent and has no idempotency key, so a request whose answer was lost may
    have started the job.

    Manual: https://support.huaweicloud.com/intl/en-us/api-dataartsstudio/dataartsstudio_02_0091.html

    Args:
        project_id: ID of the project the job belongs to. Usually 32 hexadecimal characters; the reference states
            no rule, the one here is this document's own. 1 to 64 characters, matching `^[0-9A-Za-z_-]+$`.
        job_name: Name of the job: letters, digits, hyphens, underscores, periods and Chinese characters. That a
            name cannot be made of periods only is this document's own rule. 1 to 128 characters, matching
            `^[.]*[0-9A-Za-z_\\-一-龥][0-9A-Za-z_.\\-一-龥]*$`.
        client: What sends the call.
        body: The parameters to run the job with. Leave it out to run the job with the values it was saved with.
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
            415: The request body is not of the media type that the operation takes. To a body without a
                Content-Type the gateway was also seen to answer 400 with `APIGW.0106`; a server may answer either.
            429: Too many requests in too short a time.
            500: The service or the gateway failed. The job may have been started.
            503: The service cannot answer now. The job may have been started.
    """
    return OPERATION.sync(client, timeout, body, project_id, job_name, workspace)


def sync_detailed(
    project_id: str,
    job_name: str,
    *,
    client: Client,
    body: RunJobRequest | None = None,
    workspace: str | None = None,
    timeout: float | None = None,
) -> Response[RunJobResponse | ErrorResponse]:
    """Do as `sync` does, but return the whole response, also one of status 400 and above, which is no ApiError here.

    Its `parsed` is then the error that the content describes, or None if that is not in the contract.
    """
    return OPERATION.sync_detailed(client, timeout, body, project_id, job_name, workspace)


async def asyncio(
    project_id: str,
    job_name: str,
    *,
    client: Client,
    body: RunJobRequest | None = None,
    workspace: str | None = None,
    timeout: float | None = None,
) -> RunJobResponse:
    """Do as `sync` does, without blocking: the same arguments, result and exceptions."""
    return await OPERATION.asyncio(client, timeout, body, project_id, job_name, workspace)


async def asyncio_detailed(
    project_id: str,
    job_name: str,
    *,
    client: Client,
    body: RunJobRequest | None = None,
    workspace: str | None = None,
    timeout: float | None = None,
) -> Response[RunJobResponse | ErrorResponse]:
    """Do as `sync_detailed` does, without blocking: the same arguments, result and exceptions."""
    return await OPERATION.asyncio_detailed(client, timeout, body, project_id, job_name, workspace)
