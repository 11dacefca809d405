"""Both ways to make a call, behind one name."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import httpx
import pytest

from dataarts_client import Client

MODES = ("sync", "asyncio")
PROJECT = "b384b9e9ab9b4ee8994c8633aabc9505"
JOB = "myJob"

LIMIT = 30.0
"""Seconds after which an asynchronous call that keeps no timeout is ended, so that its test fails by itself."""

TLS = httpx.create_ssl_context()
"""Making one costs more than a call; tests without TLS share it."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to."""

    value: Any
    error: Exception | None
    seconds: float

    @property
    def end(self) -> str:
        """How the call ended, in words."""
        return f"{type(self.error).__name__} ({self.error})" if self.error else f"the value {self.value}"


def call(mode: str, operation: ModuleType, client: Client, *args: Any, **kwargs: Any) -> Any:
    """Call the operation's function of this name (`sync_detailed`, say), and close the client."""
    function = getattr(operation, mode)
    if mode.startswith("sync"):
        with client:
            return function(*args, client=client, **kwargs)

    async def run() -> Any:
        async with client, asyncio.timeout(LIMIT):
            return await function(*args, client=client, **kwargs)

    return asyncio.run(run())


def attempt(
    mode: str,
    operation: ModuleType,
    client: Client,
    project_id: Any = PROJECT,
    job_name: Any = JOB,
    **kwargs: Any,
) -> Outcome:
    """Call an operation on a job and tell how it ended, and how long it took."""
    return attempt_with(mode, operation, client, project_id, job_name, **kwargs)


def attempt_with(mode: str, operation: ModuleType, client: Client, *args: Any, **kwargs: Any) -> Outcome:
    """Call any operation with these arguments alone, and tell how it ended, and how long it took."""
    started = time.monotonic()
    try:
        value = call(mode, operation, client, *args, **kwargs)
    except Exception as error:
        return Outcome(None, error, time.monotonic() - started)
    return Outcome(value, None, time.monotonic() - started)


@contextmanager
def refusing(
    rule: str, kinds: type[Exception] | tuple[type[Exception], ...], match: str | None = None
) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """Expect one of these exceptions, as `pytest.raises` does; if there is none, fail with the rule that it breaks."""
    expected = pytest.raises(kinds, match=match)
    with expected as caught:
        yield caught
        pytest.fail(rule)


def make(base_url: str, *, client_class: Any = Client, **kwargs: Any) -> Any:
    """Make a client quickly."""
    if not {"verify", "transport", "async_transport"} & kwargs.keys():
        kwargs["verify"] = TLS
    return client_class(base_url, **kwargs)
