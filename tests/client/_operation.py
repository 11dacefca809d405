"""An operation of the tests' own: what becomes of a response is tested with any schema, and without a contract."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dataarts_runtime.client import BaseClient
from dataarts_runtime.errors import ApiError, ClientError
from dataarts_runtime.operation import Operation
from dataarts_runtime.schema import Anything, Schema


def receive(response: httpx.Response, schema: Schema | None = None, *, detailed: bool = False, **options: Any) -> Any:
    """Call an operation that is answered with this response, and whose result has this schema; return the result."""
    operation: Operation[Any, Any] = Operation(
        "GET",
        "/things",
        responses={"200": schema or Anything()},
        error_responses={"default": Anything()},
        hints={},
    )
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
