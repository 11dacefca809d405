"""The control routes, for tests in any language: JSON, below `/__mock__/`.

| route | method | what it does |
|---|---|---|
| jobs | GET | lists the jobs: `{"jobs": [{"name", "workspace"}]}` |
| jobs | POST | registers one: `{"name", "workspace", "states", "seconds", "appears_after"}`; the name suffices |
| instances | GET | lists the last instances: `{"instances": [...]}`, the oldest first |
| states | POST | lets an instance go to a state, and stay there: `{"instance_id", "state"}` |
| requests | GET | lists the last requests: `{"requests": [...]}`, the oldest first |
| requests | DELETE | forgets them |
| faults | GET | lists the faults that wait: `{"faults": [...]}` |
| faults | POST | lines one up: `{"status", "example", "retry_after", "transport", "delay", "times", "operation"}` |
| faults | DELETE | forgets them |
| clock | GET | tells the time: `{"now", "frozen"}` |
| clock/freeze | POST | stops the clock |
| clock/advance | POST | moves the clock ahead, stopped or not: `{"seconds"}` |
| clock/unfreeze | POST | lets the clock go on |
| tokens | POST | issues another token: `{"token"}` |
| reset | POST | goes back to the start: jobs, instances, clock, token, requests, faults |
| health | GET | says that the mock serves: `{"status": "ok"}` |

What they are sent must be `application/json`, within 64 KiB and without unknown fields. What is refused
gets `{"error": "<field>: <rule>"}`. Pages of other sites are refused, by their `Origin`, and by their `Host`
(see `_hosts`).
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Mount
from starlette.types import Receive, Scope, Send

from ._clock import as_datetime
from ._document import Schema
from ._faults import read_fault
from ._journal import Journal
from ._json import decode_json
from ._service import Service

PREFIX = "/__mock__/"
HEALTH_PATH = f"{PREFIX}health"

_MAX_BYTES = 64 * 1024
_OBJECT = Schema({"type": "object"})


class _RefusedError(Exception):
    """A control request is not as it has to be."""

    def __init__(self, status: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


class Control:
    """What the routes control.

    Args:
        service: The service.
        journal: What it remembers of requests.
        reset: Goes back to the start.
    """

    def __init__(self, service: Service, journal: Journal, reset: Callable[[], None]) -> None:
        self._service = service
        self._state = service.state
        self._faults = service.faults
        self._clock = service.clock
        self._journal = journal
        self._reset = reset
        document = service.document
        self._job = document.schema(
            _object(
                {
                    "name": document.parameter("job_name").schema.schema,
                    "workspace": document.parameter("workspace").schema.schema,
                    "states": {"type": "array", "items": {"type": "string"}},
                    "seconds": {"type": "number"},
                    "appears_after": {"type": "number"},
                },
                required=["name"],
            )
        )
        self._instance_state = document.schema(
            _object(
                {"instance_id": {"type": "integer"}, "state": {"type": "string"}}, required=["instance_id", "state"]
            )
        )
        self._seconds = document.schema(_object({"seconds": {"type": "number"}}, required=["seconds"]))

    @property
    def handlers(self) -> dict[str, dict[str, _Handler]]:
        """What there is, by route and method."""
        return {
            "jobs": {"GET": self._list_jobs, "POST": self._add_job},
            "instances": {"GET": self._list_instances},
            "states": {"POST": self._set_state},
            "requests": {"GET": self._list_requests, "DELETE": self._forget_requests},
            "faults": {"GET": self._list_faults, "POST": self._add_fault, "DELETE": self._forget_faults},
            "clock": {"GET": self._read_clock},
            "clock/freeze": {"POST": self._freeze},
            "clock/advance": {"POST": self._advance},
            "clock/unfreeze": {"POST": self._unfreeze},
            "tokens": {"POST": self._renew_token},
            "reset": {"POST": self._go_back},
            "health": {"GET": self._health},
        }

    async def _list_jobs(self, request: Request) -> Any:
        return {"jobs": [{"name": name, "workspace": workspace} for name, workspace in self._state.jobs()]}

    async def _add_job(self, request: Request) -> Any:
        job = await _payload(request, self._job)
        self._state.add_job(**job)
        return {"name": job["name"], "workspace": job.get("workspace")}

    async def _list_instances(self, request: Request) -> Any:
        return {"instances": [asdict(each) for each in self._state.instances.records()]}

    async def _set_state(self, request: Request) -> Any:
        wanted = await _payload(request, self._instance_state)
        self._state.set_state(**wanted)
        return wanted

    async def _list_requests(self, request: Request) -> Any:
        return {"requests": [asdict(each) for each in self._journal.requests()]}

    async def _forget_requests(self, request: Request) -> None:
        self._journal.clear()

    async def _list_faults(self, request: Request) -> Any:
        return {"faults": [asdict(each) for each in self._faults.waiting]}

    async def _add_fault(self, request: Request) -> Any:
        fault = read_fault(await _payload(request, _OBJECT))
        self._faults.add(fault)
        return asdict(fault)

    async def _forget_faults(self, request: Request) -> None:
        self._faults.clear()

    async def _read_clock(self, request: Request) -> Any:
        return {"now": as_datetime(self._clock.now()), "frozen": self._clock.is_frozen}

    async def _freeze(self, request: Request) -> Any:
        self._clock.freeze()
        return await self._read_clock(request)

    async def _advance(self, request: Request) -> Any:
        self._clock.advance(**await _payload(request, self._seconds))
        return await self._read_clock(request)

    async def _unfreeze(self, request: Request) -> Any:
        self._clock.unfreeze()
        return await self._read_clock(request)

    async def _renew_token(self, request: Request) -> Any:
        return {"token": self._service.renew_token()}

    async def _go_back(self, request: Request) -> None:
        self._reset()

    async def _health(self, request: Request) -> Any:
        return {"status": "ok"}


def control_routes(control: Control) -> list[BaseRoute]:
    """Make the control routes."""
    handlers = control.handlers

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
    try:
        content = await handler(request)
    except ValueError as error:
        raise _RefusedError(400, str(error)) from None
    return Response(status_code=204) if content is None else _json(_STATUS[request.method], content)


def _object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


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
    return Response(
        json.dumps(content, allow_nan=False, default=datetime.isoformat).encode(), status, headers, "application/json"
    )
