"""Which runs a test asked about, and how those that there were differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ._behaviours import RUN
from ._journal import RecordedRequest

_SHOWN = 10
"""How many requests a difference shows."""


def is_run(request: RecordedRequest, job: str, params: Mapping[str, str] | None, workspace: str | None) -> bool:
    """Say whether a request ran the job, in the workspace, with the parameters (None: any)."""
    return (
        _is_any_run(request)
        and request.parameters["job_name"] == job
        and request.parameters["workspace"] == workspace
        and (params is None or _params(request) == sorted(params.items()))
    )


def _is_any_run(request: RecordedRequest) -> bool:
    return request.operation == RUN and request.carried_out


def difference(
    requests: Sequence[RecordedRequest],
    job: str,
    params: Mapping[str, str] | None,
    workspace: str | None,
    *,
    times: int,
    found: int,
) -> str:
    """Say in some lines what was expected, and what there was instead."""
    with_params = "" if params is None else f" with params {dict(params)}"
    lines = [f"{job} in {_place(workspace)} ran {_times(found)}{with_params}; expected {_times(times)}"]
    lines += _nearest(requests, job, params, workspace)
    return "\n".join([*lines, *received(requests, _SHOWN)])


def received(requests: Sequence[RecordedRequest], shown: int) -> list[str]:
    """Say in some lines what was received: at most so many requests, the last ones."""
    lines = [f"requests received: {len(requests) or 'none'}"]
    if len(requests) > shown:
        lines[-1] += f", the last {shown}:"
    return lines + [f"  {_line(request)}" for request in requests[-shown:]]


def _nearest(
    requests: Sequence[RecordedRequest], job: str, params: Mapping[str, str] | None, workspace: str | None
) -> Iterator[str]:
    """Say how the last run of the job that was not meant differs from what was."""
    others = [
        request
        for request in requests
        if _is_any_run(request)
        and request.parameters["job_name"] == job
        and not is_run(request, job, params, workspace)
    ]
    if not others:
        return
    yield f"the last other run of {job}:"
    found = others[-1].parameters["workspace"]
    if found != workspace:
        yield f"  workspace: expected {_place(workspace)}, found {_place(found)}"
    if params is not None:
        given = _params(others[-1])
        for name, value in sorted(params.items()):
            values = [repr(each) for key, each in given if key == name]
            if values != [repr(value)]:
                yield f"  {name}: expected {value!r}, found {' and '.join(values) or 'none'}"
        for name, value in given:
            if name not in params:
                yield f"  {name}: expected none, found {value!r}"


def _params(request: RecordedRequest) -> list[tuple[str, str]]:
    params = (request.body or {}).get("jobParams", [])
    return sorted((param["name"], param["value"]) for param in params)


def _line(request: RecordedRequest) -> str:
    status: Any = request.status or "---"
    notes = [request.violation, f"fault: {request.fault}" if request.fault else None]
    if _is_any_run(request):
        notes.append(f"ran in {_place(request.parameters['workspace'])} with params {dict(_params(request))}")
    query = f"?{request.query}" if request.query else ""
    return f"{request.method} {request.path}{query} {status}  {'; '.join(filter(None, notes))}".rstrip()


def _place(workspace: str | None) -> str:
    return "the default workspace" if workspace is None else f"workspace {workspace}"


def _times(number: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(number, f"{number} times")
