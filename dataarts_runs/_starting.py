"""Start a run; and where the response is lost, look for what may have been started."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.errors import ClientError
from dataarts_client.models import JobParam, RunJobRequest, RunJobResponse

from . import _clock
from ._finding import CLOCK_MARGIN, Query, ServiceClock, find
from ._guards import is_mapping
from ._steps import Call, Step, perform, perform_async
from ._text import given, of_job, sentences
from .errors import StartUnknown

if TYPE_CHECKING:
    from dataarts_client.models import JobInstanceSummary

    from ._async_run import AsyncRun
    from ._run import Run

__all__ = ["Attempt", "Params", "start"]

Params = Mapping[str, str] | Iterable[JobParam]
"""What a job is run with: values by the names of its parameters, or parameters."""

_MARGIN = 60.0
"""Seconds that clocks within the service may differ by: that of the gateway, which dates responses, and that of the
scheduler, which plans instances."""


class Attempt:
    """A start whose response may be lost: when it was, and of what.

    A copy that is pickled has no client, and cannot look for anything.
    """

    def __init__(self, query: Query) -> None:
        self._query: Query | None = query
        self._began = _clock.monotonic()
        self._began_wall = _clock.wall()
        self._clock = ServiceClock()

    @property
    def attempted_at(self) -> datetime:
        """When the start was sent, by this machine's clock (UTC)."""
        return datetime.fromtimestamp(self._began_wall, UTC)

    def lost(self, error: ClientError) -> None:
        """Take note of what came in place of the response: it may say what time it was for the service."""
        response = getattr(error, "response", None)
        if response is not None:
            self._clock.observe(response.headers)

    def candidates(self) -> list[Run]:
        """Return the runs that may have been started, the oldest first."""
        from ._run import Run

        query = self._checked()
        return [_run(Run, query, each) for each in perform(self._look(query))]

    async def candidates_async(self) -> list[AsyncRun]:
        """Do as `candidates` does, without blocking."""
        from ._async_run import AsyncRun

        query = self._checked()
        return [_run(AsyncRun, query, each) for each in await perform_async(self._look(query))]

    def _look(self, query: Query) -> Generator[Step, Any, list[JobInstanceSummary]]:
        since = self._since()
        found = yield from find(query, since, None, self._clock)
        if self._since() < since:  # The service's clock is further behind than was thought.
            found = yield from find(query, self._since(), None, self._clock)
        earliest = self._since() * 1000
        return [each for each in found if (given(each.plan_time) or earliest) >= earliest]

    def _since(self) -> float:
        """Return the earliest time, by the service's clock, that the run can be planned for."""
        began = self._clock.at(self._began)
        return self._began_wall - CLOCK_MARGIN if began is None else began - _MARGIN

    def _checked(self) -> Query:
        if self._query is None:
            raise RuntimeError("the error has no client, since it was pickled: use find(client, …, since=…)")
        return self._query

    def __copy__(self) -> Attempt:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Attempt:
        return self

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_query": None}


def _run(kind: Any, query: Query, found: JobInstanceSummary) -> Any:
    return kind(query.client, query.project_id, query.job_name, query.workspace, found.instance_id)


def start(
    query: Query, params: Params | None, timeout: float | None, unknown: type[StartUnknown]
) -> Generator[Step, Any, int]:
    """Start a run once, and return its instance ID.

    Raises:
        StartUnknown: As `start` says; of the kind `unknown`.
    """
    attempt = Attempt(query)
    arguments = {
        "project_id": query.project_id,
        "job_name": query.job_name,
        "client": query.client,
        "body": _body(params),
        "workspace": query.workspace,
        "timeout": timeout,
    }
    try:
        started: RunJobResponse = yield Call(run_job_immediately.sync, run_job_immediately.asyncio, arguments)
    except ClientError as error:
        if not error.outcome_unknown:
            raise
        attempt.lost(error)
        raise unknown(_lost(query, error), attempt=attempt) from error
    return started.instance_id


def _lost(query: Query, error: ClientError) -> str:
    job = of_job(query.job_name, query.project_id, query.workspace)
    return sentences(
        f"Whether {job} was started is unknown: {error}",
        "Look before you start it again, since it may run: candidates() lists what may have been started",
    )


def _body(params: Any) -> RunJobRequest | None:
    if params is None:
        return None
    if is_mapping(params):
        return RunJobRequest(job_params=[_param(name, value) for name, value in params.items()])
    if isinstance(params, str | bytes) or not isinstance(params, Iterable):
        raise TypeError(f"params: must be a mapping, or JobParams, not {type(params).__name__}")
    return RunJobRequest(job_params=list(cast("Iterable[JobParam]", params)))


def _param(name: Any, value: Any) -> JobParam:
    try:
        return JobParam(name=name, value=value)
    except (ValueError, TypeError) as error:
        raise type(error)(f"params[{name!r:.80}]: {error}") from None
