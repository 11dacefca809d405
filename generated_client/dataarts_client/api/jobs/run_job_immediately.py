# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error_response import ErrorResponse
from ...models.run_job_request import RunJobRequest
from ...models.run_job_response import RunJobResponse
from ...types import UNSET, Response, Unset


def _get_kwargs(
    project_id: str,
    job_name: str,
    *,
    body: RunJobRequest | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(workspace, Unset):
        headers["workspace"] = workspace

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/{project_id}/jobs/{job_name}/run-immediate".format(
            project_id=quote(str(project_id), safe=""),
            job_name=quote(str(job_name), safe=""),
        ),
    }

    if not isinstance(body, Unset):
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ErrorResponse | RunJobResponse | None:
    if response.status_code == 200:
        response_200 = RunJobResponse.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = ErrorResponse.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = ErrorResponse.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = ErrorResponse.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = ErrorResponse.from_dict(response.json())

        return response_404

    if response.status_code == 413:
        response_413 = ErrorResponse.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = ErrorResponse.from_dict(response.json())

        return response_415

    if response.status_code == 429:
        response_429 = ErrorResponse.from_dict(response.json())

        return response_429

    if response.status_code == 500:
        response_500 = ErrorResponse.from_dict(response.json())

        return response_500

    if response.status_code == 503:
        response_503 = ErrorResponse.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ErrorResponse | RunJobResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    project_id: str,
    job_name: str,
    *,
    client: AuthenticatedClient,
    body: RunJobRequest | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> Response[ErrorResponse | RunJobResponse]:
    """Execute a job immediately.

     Runs a job once, at once, to check whether it can be executed successfully. Each request that
    succeeds starts a run of its own: the operation is not idempotent and has no idempotency key, so a
    request whose answer was lost may have started the job.

    Args:
        project_id (str):
        job_name (str):
        workspace (str | Unset):
        body (RunJobRequest | Unset): What a job is to be run with.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | RunJobResponse]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_name=job_name,
        body=body,
        workspace=workspace,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    project_id: str,
    job_name: str,
    *,
    client: AuthenticatedClient,
    body: RunJobRequest | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> ErrorResponse | RunJobResponse | None:
    """Execute a job immediately.

     Runs a job once, at once, to check whether it can be executed successfully. Each request that
    succeeds starts a run of its own: the operation is not idempotent and has no idempotency key, so a
    request whose answer was lost may have started the job.

    Args:
        project_id (str):
        job_name (str):
        workspace (str | Unset):
        body (RunJobRequest | Unset): What a job is to be run with.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | RunJobResponse
    """

    return sync_detailed(
        project_id=project_id,
        job_name=job_name,
        client=client,
        body=body,
        workspace=workspace,
    ).parsed


async def asyncio_detailed(
    project_id: str,
    job_name: str,
    *,
    client: AuthenticatedClient,
    body: RunJobRequest | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> Response[ErrorResponse | RunJobResponse]:
    """Execute a job immediately.

     Runs a job once, at once, to check whether it can be executed successfully. Each request that
    succeeds starts a run of its own: the operation is not idempotent and has no idempotency key, so a
    request whose answer was lost may have started the job.

    Args:
        project_id (str):
        job_name (str):
        workspace (str | Unset):
        body (RunJobRequest | Unset): What a job is to be run with.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ErrorResponse | RunJobResponse]
    """

    kwargs = _get_kwargs(
        project_id=project_id,
        job_name=job_name,
        body=body,
        workspace=workspace,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    project_id: str,
    job_name: str,
    *,
    client: AuthenticatedClient,
    body: RunJobRequest | Unset = UNSET,
    workspace: str | Unset = UNSET,
) -> ErrorResponse | RunJobResponse | None:
    """Execute a job immediately.

     Runs a job once, at once, to check whether it can be executed successfully. Each request that
    succeeds starts a run of its own: the operation is not idempotent and has no idempotency key, so a
    request whose answer was lost may have started the job.

    Args:
        project_id (str):
        job_name (str):
        workspace (str | Unset):
        body (RunJobRequest | Unset): What a job is to be run with.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ErrorResponse | RunJobResponse
    """

    return (
        await asyncio_detailed(
            project_id=project_id,
            job_name=job_name,
            client=client,
            body=body,
            workspace=workspace,
        )
    ).parsed
