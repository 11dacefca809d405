"""Blocking and asynchronous callers behind one name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from inspect import isawaitable
from types import TracebackType
from typing import Any, Self

import dataarts_runs
from dataarts_client import Client
from dataarts_client.models import JobInstance
from dataarts_runs import AsyncRun, Run

MODES = ("sync", "asyncio")
PROJECT = "b384b9e9ab9b4ee8994c8633aabc9505"
JOB = "myJob"

AnyRun = Run | AsyncRun


class Caller:
    """Calls functions of dataarts_runs in one way or the other, with one client.

    Args:
        mode: `sync` or `asyncio`.
        client: The client; it is closed in the end.
    """

    def __init__(self, mode: str, client: Client) -> None:
        self.mode = mode
        self.client = client
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.call(self.client.aclose)
        self._runner.close()

    @property
    def kind(self) -> type[AnyRun]:
        """The class of its runs."""
        return Run if self.mode == "sync" else AsyncRun

    def call(self, function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Call a function, and await what it returns if that has to be."""
        result = function(*args, **kwargs)

        async def awaited() -> Any:
            return await result

        return self._runner.run(awaited()) if isawaitable(result) else result

    def start(self, job: str = JOB, **kwargs: Any) -> Any:
        """Start a run."""
        return self._of_package("start", job, **kwargs)

    def attach(self, instance_id: Any, job: str = JOB, **kwargs: Any) -> Any:
        """Return the run of an instance ID."""
        return self._of_package("attach", job, instance_id, **kwargs)

    def find(self, job: str = JOB, **kwargs: Any) -> Any:
        """Find runs."""
        return self._of_package("find", job, **kwargs)

    def wait(self, run: AnyRun, timeout: float | None = None, **kwargs: Any) -> JobInstance:
        """Wait for a run."""
        instance: JobInstance = self.call(run.wait, timeout, **kwargs)
        return instance

    def _of_package(self, name: str, *args: Any, **kwargs: Any) -> Any:
        function = getattr(dataarts_runs, name if self.mode == "sync" else f"{name}_async")
        return self.call(function, kwargs.pop("client", self.client), kwargs.pop("project", PROJECT), *args, **kwargs)
