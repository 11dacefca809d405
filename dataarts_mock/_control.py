"""The control routes, for tests in any language: JSON, below `/__mock__/`.

| route | method | what it does |
|---|---|---|
| jobs | GET | lists the jobs: `{"jobs": [{"name", "workspace"}]}` |
| jobs | POST | registers one: `{"name", "workspace"}`; without a workspace it is in the default one |
| requests | GET | lists the last requests: `{"requests": [...]}`, the oldest first |
| requests | DELETE | forgets them |
| faults | GET | lists the faults that wait: `{"faults": [...]}` |
| faults | POST | lines one up: `{"status", "example", "retry_after", "transport", "delay", "times"}` |
| faults | DELETE | forgets them |
| reset | POST | goes back to the start: jobs, instance IDs, requests, faults |
| health | GET | says that the mock serves: `{"status": "ok"}` |

What they are sent must be `application/json`, within 64 KiB and without unknown fields. What is refused
gets `{"error": "<field>: <rule>"}`. Pages of other sites are refused, by their `Origin`, and by their `Host`
(see `_hosts`).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.types import Receive, Scope, Send

from ._document import Document, Schema, decode_json
from ._faults import Faults, read_fault
from ._journal import Journal
from ._state import State

PREFIX = "/__mock__/"
HEALTH_PATH = f"{PREFIX}health"

_MAX_BYTES = 64 * 1024
_OBJECT = Schema({"type": "object"}, {})


@dataclass(frozen=True, slots=True)
class Control:
    """What the routes control."""

    document: Document
    state: State
    faults: Faults
    journal: Journal
    reset: Callable[[], None]


class _RefusedError(Exception):
    """A control request is not as it has to be."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


def control_routes(control: Control) -> list[BaseRoute]:
    """Make the control routes."""
    job_schema = Schema(
        {
            "type": "object",
            "properties": {
                "name": control.document.parameter("job_name").schema.schema,
                "workspace": control.document.parameter("workspace").schema.schema,
            },
            "required": ["name"],
            "additionalProperties": False,
        },
        control.document.root,
    )

    async def list_jobs(request: Request) -> Any:
        return {"jobs": [{"name": name, "workspace": workspace} for name, workspace in control.state.jobs()]}

    async def add_job(request: Request) -> Any:
        job = await _payload(request, job_schema)
        name, workspace = job["name"], job.get("workspace")
        control.state.add_job(name, workspace)
        return {"name": name, "workspace": workspace}

    async def list_requests(request: Request) -> Any:
        return {"requests": [asdict(each) for each in control.journal.requests()]}

    async def forget_requests(request: Request) -> None:
        control.journal.clear()

    async def list_faults(request: Request) -> Any:
        return {"faults": [asdict(each) for each in control.faults.waiting()]}

    async def add_fault(request: Request) -> Any:
        payload = await _payload(request, _OBJECT)
        try:
            fault = read_fault(payload)
            control.faults.add(fault)
        except ValueError as error:
            raise _RefusedError(400, str(error)) from None
        return asdict(fault)

    async def forget_faults(request: Request) -> None:
        control.faults.clear()

    async def reset(request: Request) -> None:
        control.reset()

    async def health(request: Request) -> Any:
        return {"status": "ok"}

    handlers: dict[str, dict[str, _Handler]] = {
        "jobs": {"GET": list_jobs, "POST": add_job},
        "requests": {"GET": list_requests, "DELETE": forget_requests},
        "faults": {"GET": list_faults, "POST": add_fault, "DELETE": forget_faults},
        "reset": {"POST": reset},
        "health": {"GET": health},
    }

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await _respond(handlers, request)
        except _RefusedError as error:
            response = _json(error.status, {"error": str(error)}, error.headers)
        await response(scope, receive, send)

    return [Mount(PREFIX.rstrip("/"), app=respond)]


_Handler = Callable[[Request], Awaitable[Any]]
_STATUS = {"GET": 200, "POST": 201, "DELETE": 204}


async def _respond(handlers: Mapping[str, Mapping[str, _Handler]], request: Request) -> Response:
    if request.headers.get("origin", _own_origin(request)) != _own_origin(request):
        raise _RefusedError(403, "Origin: another site's page")
    methods = handlers.get(request.url.path.removeprefix(PREFIX))
    if methods is None:
        raise _RefusedError(404, f"path: no control route; there are {', '.join(handlers)}")
    handler = methods.get(request.method)
    if handler is None:
        raise _RefusedError(405, f"method: not {' or '.join(methods)}", {"Allow": ", ".join(methods)})
    content = await handler(request)
    return Response(status_code=204) if content is None else _json(_STATUS[request.method], content)


def _own_origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


async def _payload(request: Request, schema: Schema) -> dict[str, Any]:
    """Read what was sent, which keeps the schema; members that are null count as not there."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise _RefusedError(415, "Content-Type: not application/json")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BYTES:
            raise _RefusedError(413, f"body: larger than {_MAX_BYTES} bytes")
    try:
        payload = decode_json(body)
    except (ValueError, RecursionError) as error:
        raise _RefusedError(400, f"body: not JSON: {error}") from None
    if isinstance(payload, dict):
        payload = {name: value for name, value in payload.items() if value is not None}
    if violation := schema.violation(payload, "body"):
        raise _RefusedError(400, violation)
    return cast("dict[str, Any]", payload)


def _json(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Response:
    # In ASCII: what is listed may hold half a surrogate pair, which UTF-8 cannot carry.
    return Response(json.dumps(content, allow_nan=False).encode(), status, headers, "application/json")
