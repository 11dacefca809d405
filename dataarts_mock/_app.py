"""The ASGI application: a thin adapter between the transport and the service."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request as StarletteRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ._document import Document, find_document
from ._service import Answer, Request, Service
from ._state import State

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_BODY_SECONDS = 10.0
"""How long a body may take to arrive; then the request is refused and the connection closed."""


def create_app(
    *,
    jobs: Iterable[tuple[str, str | None]] = (("myJob", None),),
    any_job: bool = False,
    token: str = "mock-token",
    access_key: str = "mock-ak",
    secret_key: str = "mock-sk",
    rate_limit: int | None = None,
) -> App:
    """Make the mock as an ASGI application, for any ASGI server or `httpx.ASGITransport`.

    Args:
        jobs: The jobs there are, as pairs of name and workspace ID; None is the default workspace.
        any_job: Take every job and workspace to exist.
        token: The one token that is known.
        access_key: The one access key that is known.
        secret_key: The secret key to it.
        rate_limit: Requests a second and project, at least 1; None for no limit.

    Raises:
        DocumentError: openapi.yaml is missing, or lacks something that the mock answers from.
        ValueError: An argument breaks a rule; the message names it.
    """
    for name, value in (("token", token), ("access_key", access_key), ("secret_key", secret_key)):
        if not value or not value.isascii() or not value.isprintable() or value != value.strip():
            raise ValueError(f"{name}: must be printable ASCII, without spaces around it")
    if rate_limit is not None and rate_limit < 1:
        raise ValueError(f"rate_limit: less than 1: {rate_limit}")
    document = Document(find_document())
    state = State(document, jobs, any_job)
    service = Service(document, state, token=token, access_key=access_key, secret_key=secret_key, rate_limit=rate_limit)
    return App(service)


class App:
    """The ASGI application: the service's own routes, and in Starlette what stands beside them.

    Args:
        service: What answers the requests.
    """

    def __init__(self, service: Service) -> None:
        self.service = service
        self.listeners: list[Callable[[Request, Answer], None]] = []
        self._limit = service.document.max_body_bytes
        self._beside = Starlette(routes=[Route("/openapi.yaml", self._document)])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] == "/openapi.yaml":
            await self._beside(scope, receive, send)
            return
        request = Request(scope["method"], scope["raw_path"], scope["query_string"], scope["headers"])
        complete = await self._read_body(request, receive)
        answer = self.service.answer(request)
        for listener in self.listeners:
            listener(request, answer)
        headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers.items()]
        headers.append((b"content-length", b"%d" % len(answer.body)))
        if not complete:
            headers.append((b"connection", b"close"))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _read_body(self, request: Request, receive: Receive) -> bool:
        """Read the body to its end, keeping no more than operations take; whether all of it arrived."""
        chunks: list[bytes] = []
        size = 0
        try:
            async with asyncio.timeout(_BODY_SECONDS):
                while True:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        request.incomplete = True
                        return False
                    chunk = message.get("body", b"")
                    size += len(chunk)
                    if self._limit is not None and size > self._limit:
                        request.too_large = True
                        chunks.clear()
                    else:
                        chunks.append(chunk)
                    if not message.get("more_body"):
                        request.body = b"".join(chunks)
                        return True
        except TimeoutError:
            request.incomplete = True
            return False

    async def _document(self, request: StarletteRequest) -> Response:
        return PlainTextResponse(self.service.document.text, media_type="application/yaml")
