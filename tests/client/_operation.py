"""An operation of the tests' own: what becomes of a response is tested with any schema, and without a contract."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dataarts_runtime.client import BaseClient
from dataarts_runtime.errors import ApiError, ClientError
from dataarts_runtime.operation import Operation, Parameter
from dataarts_runtime.schema import Anything, Schema

from ._calls import TLS


def read_things(*parameters: Parameter, path: str = "/things", schema: Schema | None = None) -> Operation[Any, Any]:
    """Make an operation that reads something, whose result has this schema."""
    return Operation(
        "GET",
        path,
        *parameters,
        responses={"200": schema or Anything()},
        error_responses={"default": Anything()},
        hints={},
    )


def call_repeatedly(
    mode: str,
    base_url: str,
    operation: Operation[Any, Any],
    *calls: tuple[Any, ...],
    between: Callable[[], object] = lambda: None,
    **options: Any,
) -> list[Any]:
    """Call an operation with each of these arguments, over one client, with something done after each call."""
    if "transport" not in options:
        options["verify"] = TLS
    client = BaseClient(base_url, **options)
    results: list[Any] = []

    async def run() -> None:
        async with client:
            for values in calls:
                results.append(await operation.asyncio(client, None, None, *values))
                between()

    if mode == "asyncio":
        asyncio.run(run())
        return results
    with client:
        for values in calls:
            results.append(operation.sync(client, None, None, *values))
            between()
    return results


def receive(response: httpx.Response, schema: Schema | None = None, *, detailed: bool = False, **options: Any) -> Any:
    """Call an operation that is answered with this response, and whose result has this schema; return the result."""
    operation = read_things(schema=schema)
    transport = httpx.MockTransport(lambda request: response)
    with BaseClient("http://service.example", transport=transport, max_retries=0, **options) as client:
        return (operation.sync_detailed if detailed else operation.sync)(client, None, None)


def receive_error(response: httpx.Response, schema: Schema | None = None, **options: Any) -> ClientError:
    """Do the same, and return the error that the call raises."""
    with pytest.raises(ClientError) as caught:
        receive(response, schema, **options)
    return caught.value


def receive_refusal(status: int, content: bytes, content_type: str | None = None, **options: Any) -> ApiError:
    """Call an operation that is refused with this status and body; return the error that the call raises."""
    headers = {} if content_type is None else {"Content-Type": content_type}
    error = receive_error(httpx.Response(status, headers=headers, content=content), **options)
    assert isinstance(error, ApiError), f"a response of {status} should be raised as an ApiError, but became {error!r}"
    return error
