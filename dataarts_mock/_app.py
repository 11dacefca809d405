"""The ASGI application: a thin adapter between the transport and the service.

For each request:

1. A fault of the transport that comes before reading the request resets the connection, whatever the request holds.
2. The service gives the response.
3. The journal records the request, so that it is there before the client can see the response.
4. The response is sent: late, in part or not at all where a fault says so.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.responses import Response as StarletteResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from ._arguments import check_credential, check_integer, check_jobs
from ._clock import Clock
from ._control import HEALTH_PATH, Control, control_routes
from ._control import PREFIX as CONTROL_PREFIX
from ._docs import PATH as DOCS_PATH
from ._docs import docs_routes
from ._document import Document, find_document
from ._faults import NOT_DELIVERED, Fault, Faults, Transport
from ._hosts import AllowedHosts
from ._journal import Journal
from ._sending import head_event, send_response
from ._service import Request, Response, Service
from ._state import State

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Listener = Callable[[Request, Response], None]

WATCHERS: list[Callable[[Service], Listener]] = []
"""Asked for a listener for each mock that is made in this process: pytest's plugin counts by it what tests have met."""

MESSAGE = "dataarts_mock.message"
"""The extension of the ASGI scope in which the mock's own server passes what it knows of the request."""

_BODY_SECONDS = 10.0
"""How long a body may take to arrive; then the request is refused and the connection closed."""

_DRIP_SECONDS = 0.1
"""The pause before each byte of a response that drips."""

_PROXY_ERROR = (
    b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n"
    b"<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>\r\n"
)


class Message(Protocol):
    """What the mock's own server knows of a request, and how to end its connection."""

    arrived: bool
    """Whether the request has arrived to its end."""

    malformed: str
    """Which rule of HTTP it breaks; empty if none."""

    def reset(self) -> None:
        """Reset the connection; what has not been sent is lost."""

    def finish(self) -> None:
        """Close the connection once all that was written has been sent."""


def create_app(
    *,
    jobs: Iterable[tuple[str, str | None]] = (("myJob", None),),
    any_job: bool = False,
    token: str = "mock-token",
    access_key: str = "mock-ak",
    secret_key: str = "mock-sk",
    rate_limit: int | None = None,
    control: bool = True,
    allowed_hosts: Iterable[str] = (),
    document: Path | None = None,
    first_instance_id: int | None = None,
) -> App:
    """Make the mock as an ASGI application, for any ASGI server or `httpx.ASGITransport`.

    Faults that cut a connection (`reset-…`, `truncated-body`) need the mock's own server; elsewhere they end in a
    ConnectionError out of the application.

    Args:
        jobs: The jobs there are, as pairs of name and workspace ID; None is the default workspace.
        any_job: Take every job and workspace to exist.
        token: The one token that is known.
        access_key: The one access key that is known.
        secret_key: The secret key to it.
        rate_limit: Requests a second and project, at least 1; None for no limit.
        control: Serve the control routes, which are below `/__mock__/`.
        allowed_hosts: Host names and addresses by which the control routes and `/docs` may be asked for, besides those
            of the loopback interface and the address that a request arrives at; `*` allows any. Web pages elsewhere are
            kept out by this (DNS rebinding).
        document: The OpenAPI document to serve; None for the openapi.yaml that comes with the mock.
        first_instance_id: The ID of the first instance, each has the next one; None for that of the contract's example.
            Above 2**53 it finds clients that read IDs as floating-point numbers.

    Raises:
        DocumentError: The document is missing, or lacks something that the mock responds with.
        ValueError: An argument breaks a rule; the message names it.
    """
    for name, value in (("token", token), ("access_key", access_key), ("secret_key", secret_key)):
        check_credential(name, value)
    if rate_limit is not None:
        check_integer("rate_limit", rate_limit, minimum=1)
    pairs = check_jobs(jobs)
    contract = Document(find_document() if document is None else document)
    state = State(contract, Clock(), pairs, any_job, first_instance_id)
    faults = Faults(contract)
    service = Service(
        contract,
        state,
        faults,
        token=token,
        access_key=access_key,
        secret_key=secret_key,
        rate_limit=rate_limit,
    )
    return App(service, AllowedHosts(allowed_hosts), control=control)


class App:
    """The ASGI application: the routes of the service, and the mock's own routes, which are a Starlette application.

    Args:
        service: What responds to the requests.
        allowed_hosts: By which host names the control routes and the reference page may be asked for.
        control: Whether to serve the control routes.

    Attributes:
        journal: The last requests.
        listeners: Called with each request and its response before that goes out.
    """

    def __init__(self, service: Service, allowed_hosts: AllowedHosts, *, control: bool = True) -> None:
        self.service = service
        self.journal = Journal(service.clock)
        self.listeners: list[Listener] = [watch(service) for watch in WATCHERS]
        self._limit = service.document.max_body_bytes
        self._held: set[asyncio.Future[None]] = set()
        routes: list[BaseRoute] = [
            Route("/", _go_to_docs),
            Route("/openapi.yaml", self._document),
            *docs_routes(service),
        ]
        if control:
            routes += control_routes(Control(service, self.journal, self.reset))
        self._is_own_raw = lru_cache(maxsize=64)(self._find_own_raw)  # Most requests go where others went before.
        self._starlette = Starlette(routes=routes)
        self._allowed_hosts = allowed_hosts
        self._open_paths = frozenset({"/openapi.yaml", HEALTH_PATH} if control else {"/openapi.yaml"})
        self._protected_prefixes = (f"{DOCS_PATH}/", CONTROL_PREFIX) if control else (f"{DOCS_PATH}/",)

    def reset(self) -> None:
        """Go back to the start: jobs, instances, clock, token, journal, faults. Held responses go out at once."""
        self.service.reset()
        self.journal.clear()
        self.release_held_responses()

    def release_held_responses(self) -> None:
        """Let the responses that are held back go out at once."""
        for held in tuple(self._held):
            with suppress(RuntimeError):  # Its event loop is closed, and nobody waits any more.
                held.get_loop().call_soon_threadsafe(_finish, held)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Respond to one request."""
        if scope["type"] != "http":
            await self._starlette(scope, receive, send)
            return
        message: Message | None = scope.get("extensions", _NONE).get(MESSAGE)
        if (message is None or not message.malformed) and (own_route := self._own_route(scope)):
            await own_route(scope, receive, send)
            return
        raw_path = scope.get("raw_path") or quote(scope["path"]).encode()  # Not every server hands over the raw one.
        request = Request(scope["method"], raw_path, scope["query_string"], scope["headers"])
        if message is None:  # Only the mock's own server is known to let nothing else than HTTP through.
            _refuse_line_breaks(request)
        else:
            request.malformed = message.malformed
        faults = self.service.faults
        fault = faults.take_on_arrival(self.service.find_operation(request)) if faults.waiting else None
        if fault is not None and fault.transport is Transport.RESET_BEFORE_READING:
            self._record(request, _no_response(fault))
            await _disconnect(message, receive)
            return
        if message is None or not message.arrived:
            if fault is None and (refusal := self._refuse_before_body(request)):
                self._record(request, refusal)
                await send_response(refusal, send, close=True)
                return
            complete = await self._read_slow_body(request, message, receive)
        else:
            complete = await self._read_body(request, message, receive)
        if fault is not None:
            await self._fail(request, fault, message, receive, send)
            return
        response = self.service.respond(request)
        self._record(request, response)
        if response.delay:
            await self._pause(response.delay)
        await send_response(response, send, close=not complete)

    def respond_at_once(
        self, method: str, target: bytes, headers: list[tuple[bytes, bytes]], body: bytes
    ) -> Response | None:
        """Respond to a request that has arrived to its end, as `__call__` does, without the events and tasks of ASGI.

        Args:
            method: In capitals.
            target: The path and the query.
            headers: Pairs of name, in small letters, and value.
            body: The body.

        Returns:
            None, and nothing was done, if `__call__` is needed: a fault waits, the body is larger than operations take,
            or the request is for one of the mock's own routes.
        """
        raw_path, _, query = target.partition(b"?")
        if self.service.faults.waiting or len(body) > self._limit or self._is_own_raw(method, raw_path):
            return None
        request = Request(method, raw_path, query, headers)
        request.body = body
        response = self.service.respond(request)
        self._record(request, response)
        return response

    def _find_own_raw(self, method: str, raw_path: bytes) -> bool:
        return self._is_own(method, unquote(raw_path.decode("ascii")))

    def _own_route(self, scope: Scope) -> ASGIApp | None:
        """Return what responds to a request for one of the mock's own routes; None for a request to the service."""
        path = scope["path"]
        if not self._is_own(scope["method"], path):
            return None
        if path != "/" and path not in self._open_paths and (violation := self._allowed_hosts.violation(scope)):
            return JSONResponse({"error": violation}, 403)
        return self._starlette

    def _is_own(self, method: str, path: str) -> bool:
        """Return whether a request is for one of the mock's own routes, rather than for the service."""
        if path == "/":
            return method in ("GET", "HEAD")
        return path in self._open_paths or path == DOCS_PATH or path.startswith(self._protected_prefixes)

    def _refuse_before_body(self, request: Request) -> Response | None:
        """Return the refusal of a request that expects 100-continue; None if its body is to be read."""
        if request.fields.get(b"expect", b"").lower() != b"100-continue":
            return None
        return self.service.refuse_before_body(request)

    def _record(self, request: Request, response: Response) -> None:
        self.journal.add(request, response)
        for listener in self.listeners:
            listener(request, response)

    async def _read_slow_body(self, request: Request, message: Message | None, receive: Receive) -> bool:
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                return await self._read_body(request, message, receive)
        except TimeoutError:
            request.incomplete = True
            return False

    async def _read_body(self, request: Request, message: Message | None, receive: Receive) -> bool:
        """Read the body, and keep it unless it is larger than operations allow; return whether all of it arrived."""
        chunks: list[bytes] = []
        size = 0
        while True:
            event = await receive()
            if event["type"] == "http.disconnect":
                request.incomplete = True
                return False
            if message is not None and message.malformed and not message.arrived:
                request.malformed = message.malformed
                return False
            chunk = event.get("body", b"")
            size += len(chunk)
            if size > self._limit:
                request.too_large = True
                chunks.clear()
            else:
                chunks.append(chunk)
            if not event.get("more_body"):
                request.body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
                return True

    async def _fail(
        self, request: Request, fault: Fault, message: Message | None, receive: Receive, send: Send
    ) -> None:
        """Respond to a request, and apply a fault of the transport to the response."""
        if fault.transport in NOT_DELIVERED:
            response = Response(502, {"Content-Type": "text/html"}, _PROXY_ERROR)
        else:
            response = self.service.respond(request)
        response.fault = str(fault)
        if fault.transport is Transport.RESET_AFTER_READING:
            response.status = 0
        self._record(request, response)
        if fault.delay:
            await self._pause(fault.delay)
        match fault.transport:
            case Transport.RESET_AFTER_READING:
                await _disconnect(message, receive)
            case Transport.TRUNCATED_BODY:
                await send(head_event(response))
                await send({"type": "http.response.body", "body": _half(response.body), "more_body": True})
                await _disconnect(message, receive, flush=True)
            case Transport.MALFORMED_JSON:
                response.body = _half(response.body)
                await send_response(response, send)
            case Transport.DRIP:
                await send(head_event(response))
                rest = response.body
                while rest and not await self._pause(_DRIP_SECONDS):
                    await send({"type": "http.response.body", "body": rest[:1], "more_body": True})
                    rest = rest[1:]
                await send({"type": "http.response.body", "body": rest})
            case _:
                await send_response(response, send)

    async def _pause(self, seconds: float) -> bool:
        """Hold the response back; return whether it was released before its time."""
        held = asyncio.get_running_loop().create_future()
        self._held.add(held)
        try:
            await asyncio.wait((held,), timeout=seconds)
            return held.done()
        finally:
            self._held.discard(held)

    async def _document(self, request: StarletteRequest) -> StarletteResponse:
        return PlainTextResponse(self.service.document.text, media_type="application/yaml")


_NONE: Mapping[str, Any] = {}


async def _go_to_docs(request: StarletteRequest) -> StarletteResponse:
    return RedirectResponse(DOCS_PATH)


def _no_response(fault: Fault) -> Response:
    response = Response(0, {}, b"")
    response.fault = str(fault)
    return response


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _refuse_line_breaks(request: Request) -> None:
    """Mark a request as malformed if a header has a line break or a NUL; replace these by spaces (RFC 9110, 5.5)."""
    for index, (name, value) in enumerate(request.headers):
        if _LINE_BREAK.search(name) or _LINE_BREAK.search(value):
            clean = _LINE_BREAK.sub(b" ", name), _LINE_BREAK.sub(b" ", value)
            request.malformed = f"header {clean[0].decode('latin-1')}: has a line break or a NUL"
            request.headers = [*request.headers[:index], clean, *request.headers[index + 1 :]]


_LINE_BREAK = re.compile(rb"[\r\n\0]")


def _half(body: bytes) -> bytes:
    return body[: len(body) // 2]


async def _disconnect(message: Message | None, receive: Receive, *, flush: bool = False) -> None:
    """End the connection, and wait until the client is disconnected."""
    if message is None:
        raise ConnectionResetError("this fault cuts the connection, which needs the mock's own server")
    if flush:
        message.finish()
    else:
        message.reset()
    while (await receive())["type"] != "http.disconnect":
        pass
