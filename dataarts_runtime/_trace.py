"""How far a request came, so that after a failure it is known whether the service may have seen it.

What proves that it has not is httpx's `trace` extension, by which httpcore tells each step. The class of an exception
proves nothing: a transport of another make may call a lost response a failed connection.

What belongs to a request travels in its `extensions`:

- `attempt`: the Attempt, for TracedAuth;
- `trace`: what httpcore calls with each step, a method of the Exchange;
- `timeout`: for blocking requests, the Deadline for each kind of step; none for asynchronous ones, which are cancelled.

And in those of a response: `headers`, as they were before `_connections` took the Location out.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Iterator, Mapping
from enum import IntEnum
from functools import partial
from typing import Any, Literal, cast

import httpx

from ._headers import can_be_sent
from ._stream import BodyReader, Deadline, keep_deadline, read_body, read_body_async

__all__ = ["Attempt", "Exchange", "Phase", "TracedAuth", "UnsendableHeader", "traces_all"]


class Phase(IntEnum):
    """How far a request came that was given to a transport. While it is CONNECTING, the service cannot have seen it."""

    CONNECTING = 1
    """The transport traces all that it writes, and has written nothing of it yet."""
    IN_TRANSPORT = 2
    """The transport need not trace what it writes: it may have been sent."""
    SENT = 3
    """At least a part of it may have been written to a connection."""


class UnsendableHeader(httpx.LocalProtocolError):
    """The caller's authentication gave a header a value that HTTP cannot carry. The message does not show it."""


class Exchange:
    """A request that was given to the transport, and its response.

    Args:
        request: The request.
        is_operation: Whether it is the request of the operation; otherwise it is one that authentication wants sent
            besides, to get a token for example.
        phase: CONNECTING if the transport traces all that it writes, IN_TRANSPORT if it need not.
        ends: The moment when the call must be over.
    """

    __slots__ = (
        "_connect_error",
        "_connects_to",
        "_ends",
        "_phase_before",
        "body",
        "headers",
        "is_operation",
        "phase",
        "request",
        "response",
        "stream",
    )

    def __init__(self, request: httpx.Request, *, is_operation: bool, phase: Phase, ends: float) -> None:
        self.request = request
        self.is_operation = is_operation
        self.phase = phase
        self.response: httpx.Response | None = None
        self.headers: httpx.Headers  # set with the response
        self.body = BodyReader()
        self.stream: Any = None
        """The connection that was made for it, if one was."""
        self._ends = ends
        self._phase_before = phase
        self._connect_error: BaseException | None = None
        self._connects_to: tuple[str, int] | None = None

    @property
    def missing_proxy(self) -> str | None:
        """The proxy, as `host:port`, that no connection could be made to, if that is why there is none."""
        if self.stream is not None or self._connects_to is None or self._connects_to[0] == self.request.url.host:
            return None
        return "{}:{}".format(*self._connects_to)

    def note_failure(self, error: BaseException) -> None:
        """Take an exception that ended the exchange.

        If it comes from a connection that was traced as failed, nothing was sent, whatever the transport around.
        """
        cause: BaseException | None = error
        while cause is not None and self.phase is Phase.IN_TRANSPORT:
            if cause is self._connect_error:
                self.phase = Phase.CONNECTING
            cause = cause.__cause__

    def receive(self, response: httpx.Response) -> None:
        """Take the response, whose body is still to be read."""
        self.headers = response.extensions.pop("headers", response.headers)
        self.response = response

    def show_response(self) -> None:
        """Let authentication read the response: all its headers, and the body as far as it was read."""
        assert self.response is not None
        self.response.headers = self.headers
        if self.body.decompressed:
            self.response.headers = self.headers.copy()
            del self.response.headers["content-encoding"]
        self.response.stream = httpx.ByteStream(self.body.content)

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take an event of a blocking request, as httpx's `trace` extension calls it."""
        if self._note(event, info):
            keep_deadline(self.stream, Deadline(self._ends))

    async def trace_async(self, event: str, info: Mapping[str, Any]) -> None:
        """Take an event of an asynchronous request."""
        self._note(event, info)

    def _note(self, event: str, info: Mapping[str, Any]) -> bool:
        """Take an event; return whether it tells a new stream."""
        step, _, end = event.rpartition(".")
        name = step.rpartition(".")[2]
        if name == "send_request_headers":
            if end == "started" and info["request"].method != b"CONNECT":  # which asks a proxy for a tunnel
                self._phase_before, self.phase = self.phase, Phase.SENT
                info["request"].extensions.pop("trace", None)  # tracing what follows would take time, for nothing
            elif end == "failed" and type(info["exception"]).__name__ == "LocalProtocolError":
                self.phase = self._phase_before  # it comes before anything is written
        elif name in ("connect_tcp", "connect_unix_socket", "start_tls"):
            if name == "connect_tcp" and end == "started":
                self._connects_to = info["host"], info["port"]
            elif end == "complete":
                self.stream = info["return_value"]
                return True
            elif end == "failed":
                self._connect_error = info["exception"]
        return False


class Attempt:
    """One attempt at a call: the request of the operation, and what authentication sends in its place or besides.

    Args:
        traced: Whether the transport is known to trace all that it writes.
        ends: The moment when it must be over.
    """

    __slots__ = ("auth_error", "ends", "exchanges", "traced")

    def __init__(self, *, traced: bool, ends: float) -> None:
        self.traced = traced
        self.ends = ends
        self.exchanges: list[Exchange] = []
        self.auth_error: Exception | None = None
        """What the caller's authentication raised."""

    def start(self, request: httpx.Request, *, is_operation: bool, blocking: bool) -> Exchange:
        """Note that a request is given to the transport."""
        phase = Phase.CONNECTING if self.traced else Phase.IN_TRANSPORT
        exchange = Exchange(request, is_operation=is_operation, phase=phase, ends=self.ends)
        self.exchanges.append(exchange)
        request.extensions["trace"] = exchange.trace if blocking else exchange.trace_async
        return exchange

    @property
    def requests(self) -> list[httpx.Request]:
        """The requests that were given to the transport."""
        return [exchange.request for exchange in self.exchanges]

    def half_open(self) -> Iterator[Any]:
        """Yield the streams of connections that were given up before a request was sent, as in a TLS handshake."""
        for exchange in self.exchanges:
            if exchange.stream is not None and exchange.phase < Phase.SENT:
                yield exchange.stream


class TracedAuth(httpx.Auth):
    """The caller's authentication, whose requests are traced, keep the deadline and have their responses read.

    What it gives a header is checked before httpx could log it.
    """

    def __init__(self, auth: httpx.Auth) -> None:
        self._auth = auth

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Authenticate a blocking request."""
        attempt: Attempt = request.extensions["attempt"]
        flow = self._auth.sync_auth_flow(request)
        advance: Callable[[], httpx.Request] = partial(next, flow)
        try:
            while True:
                try:
                    outgoing = advance()
                except StopIteration:
                    return
                except UnicodeEncodeError:  # httpx could not encode a header, and its exception holds the value
                    raise _unsendable("a header") from None
                except Exception as error:
                    attempt.auth_error = error
                    raise
                exchange = _start(outgoing, request, attempt, blocking=True)
                response = yield outgoing
                exchange.receive(response)
                read_body(response, exchange.body, attempt.ends)
                exchange.show_response()
                advance = partial(flow.send, response)
        finally:
            flow.close()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Authenticate an asynchronous request."""
        attempt: Attempt = request.extensions["attempt"]
        flow = self._auth.async_auth_flow(request)
        advance: Callable[[], Awaitable[httpx.Request]] = flow.__anext__
        try:
            while True:
                try:
                    outgoing = await advance()
                except StopAsyncIteration:
                    return
                except UnicodeEncodeError:  # as above
                    raise _unsendable("a header") from None
                except Exception as error:
                    attempt.auth_error = error
                    raise
                exchange = _start(outgoing, request, attempt, blocking=False)
                response = yield outgoing
                exchange.receive(response)
                await read_body_async(response, exchange.body)
                exchange.show_response()
                advance = partial(flow.asend, response)
        finally:
            await flow.aclose()


def _start(outgoing: httpx.Request, request: httpx.Request, attempt: Attempt, *, blocking: bool) -> Exchange:
    """Note a request that authentication of `request` wants sent: the same, a copy, or another one."""
    for name, value in outgoing.headers.raw:
        if not can_be_sent(value):
            raise _unsendable(name.decode("latin-1"))
    if outgoing is not request:
        outgoing.extensions = {"timeout": request.extensions["timeout"], **outgoing.extensions}
    return attempt.start(outgoing, is_operation=_is_copy(outgoing, request), blocking=blocking)


def _unsendable(header: str) -> UnsendableHeader:
    return UnsendableHeader(f"HTTP cannot carry the value that auth gave {header}")


def _is_copy(outgoing: httpx.Request, request: httpx.Request) -> bool:
    """Return whether a request asks for the same as another. In doubt it does, so that nothing is carried out twice."""
    if outgoing is request:
        return True
    if outgoing.method != request.method:
        return False
    if outgoing.url.raw_path == request.url.raw_path or outgoing.url.path.endswith(request.url.path):
        return True
    streams = outgoing.stream, request.stream
    if not all(isinstance(stream, httpx.ByteStream) for stream in streams):
        return True
    contents = [b"".join(cast("httpx.ByteStream", stream)) for stream in streams]
    return contents[0] == contents[1] != b""


def traces_all(transport: Any, sends: Literal["handle_request", "handle_async_request"]) -> bool:
    """Return whether the method by which a transport sends is known to trace all that it writes.

    That of httpx's own transports is, for which None stands, and that of a class with `traces_requests = True`; one by
    which a derived class replaces it is not.
    """
    if transport is None:
        return True
    kind = next(each for each in type(transport).__mro__ if sends in vars(each))
    return kind in (httpx.HTTPTransport, httpx.AsyncHTTPTransport) or vars(kind).get("traces_requests") is True
