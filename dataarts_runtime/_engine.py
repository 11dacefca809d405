"""The engine of a client: it holds the connections, and sends a call until there is an answer, or none to be had."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import httpx

from . import errors
from ._decode import retry_after
from ._redact import hidden, one_line, secrets_of
from ._wire import Body, Deadline, Guard, Progress, keep_location, keep_location_async
from .schema import abridged
from .types import Unset

if TYPE_CHECKING:
    import asyncio

__all__ = ["Answer", "Call", "Failure", "Sender", "seconds"]

C = TypeVar("C", httpx.Client, httpx.AsyncClient)

CONNECTIONS = 50
# Seconds that an idle connection is kept: fewer than the 5 after which common servers hang up, so that few calls meet one
# that is just being closed.
KEEPALIVE = 4.0
LONGEST_WAIT = 30.0  # seconds that a Retry-After may ask for

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PASSING = frozenset({502, 503, 504})
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.LocalProtocolError,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_LIMITS = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=KEEPALIVE)
_QUOTED = r"(?s)[: ]*(?:bytearray\()?\bb['\"].*"  # bytes of an answer in one of h11's messages; those can hold a secret


class _NoCookies(httpx.Cookies):
    """Takes no cookies: none would be sent, since httpx's client does not build the requests, and to look for them costs."""

    def extract_cookies(self, response: httpx.Response) -> None:
        pass


class _Blocking(httpx.Client):
    cookies: Any = _NoCookies()


class _Asynchronous(httpx.AsyncClient):
    cookies: Any = _NoCookies()


class Call(NamedTuple):
    """A call whose arguments are checked, ready to be sent as often as need be."""

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes
    named: frozenset[bytes]  # the headers that the caller gave a value for

    @property
    def safe(self) -> bool:
        """Whether the call changes nothing, so that it can be repeated."""
        return self.method in SAFE


class Answer(NamedTuple):
    """An answer, as far as it was read."""

    status: int
    headers: httpx.Headers
    content: bytes
    fault: str | None
    requests: Sequence[httpx.Request]  # one, unless auth sent others
    settled: bool  # it may have been carried out, whatever the status


class Failure(NamedTuple):
    """The want of an answer, and whether it may be different next time."""

    error: errors.ClientError
    passing: bool


def seconds(value: Any) -> float:
    """Return a timeout, checked."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"timeout: must be a number of seconds, not {type(value).__name__}")
    if not 0 < value <= threading.TIMEOUT_MAX:
        raise ValueError(f"timeout: must be a finite number of seconds above 0 ({abridged(value)})")
    return float(value)


class Sender:
    """What a client does: it holds connections, and sends calls over them until there is an answer, or none to be had."""

    def __init__(
        self,
        base_url: str,
        headers: Sequence[tuple[bytes, bytes]],
        auth: httpx.Auth | None,
        timeout: float,
        max_retries: int,
        verify: Any,
        transport: httpx.BaseTransport | None,
        async_transport: httpx.AsyncBaseTransport | None,
    ) -> None:
        self._auth = None if auth is None else Guard(auth)
        self._timeout = timeout
        self._max_retries = max_retries
        self._verify = verify
        self._transport = transport
        self._async_transport = async_transport
        self._lock = threading.Lock()
        self._closed = False
        self._blocking: httpx.Client | None = None
        # One for each event loop: neither connections nor locks outlive theirs.
        self._async: dict[asyncio.AbstractEventLoop, tuple[httpx.AsyncClient, asyncio.Semaphore]] = {}

        @lru_cache(maxsize=256)  # most calls go where others went, and parsing takes time
        def url(target: str) -> httpx.URL:
            return httpx.URL(f"{base_url}{target}")

        @lru_cache(maxsize=256)  # as above: httpx writes each name in three ways
        def merged(
            of_call: tuple[tuple[bytes, bytes], ...], named: frozenset[bytes], length: int | None
        ) -> httpx.Headers:
            merged = [header for header in headers if header[0].lower() not in named]
            merged += of_call
            if length is not None:
                merged.append((b"Content-Length", b"%d" % length))
            return httpx.Headers(merged)

        self._url = url
        self._merged = merged

    def send(self, call: Call, timeout: float | Unset | None) -> Answer:
        """Send a call, more often if need be and nothing can run twice; return the answer, or raise why there is none."""
        at = time.monotonic() + (limit := self._limit(timeout))
        attempt = 0
        while True:
            outcome = self._attempt(call, at, limit)
            pause = self._pause(call, outcome, attempt, at)
            if pause is None:
                return _answered(outcome)
            time.sleep(pause)
            attempt += 1

    async def send_async(self, call: Call, timeout: float | Unset | None) -> Answer:
        """Do as `send` does, without blocking."""
        from asyncio import sleep  # whoever gets here has imported it

        at = time.monotonic() + (limit := self._limit(timeout))
        attempt = 0
        while True:
            outcome = await self._attempt_async(call, at, limit)
            pause = self._pause(call, outcome, attempt, at)
            if pause is None:
                return _answered(outcome)
            await sleep(pause)
            attempt += 1

    def _limit(self, timeout: float | Unset | None) -> float:
        return self._timeout if timeout is None or isinstance(timeout, Unset) else seconds(timeout)

    def _attempt(self, call: Call, at: float, limit: float) -> Answer | Failure:
        client = self._client()
        progress = Progress()
        request = self._request(call, progress)
        response: httpx.Response | None = None
        body = Body()
        try:
            deadline = Deadline(at)
            request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), deadline)
            request.extensions["trace"] = progress.trace
            progress.handed_over = self._auth is None
            response = client.send(request, auth=self._auth, stream=True, follow_redirects=False)
            body.begin(response)
            try:
                if isinstance(response.stream, httpx.SyncByteStream) and not response.is_stream_consumed:
                    for chunk in response.stream:
                        if not body.feed(chunk):
                            break
                        if time.monotonic() > at:
                            raise TimeoutError
                    body.end()
            finally:
                response.close()
        except (httpx.HTTPError, TimeoutError) as error:
            if error is progress.failure:
                raise
            return _outcome(error, progress, request, response, body, limit)
        return _answer(response, body, progress)

    async def _attempt_async(self, call: Call, at: float, limit: float) -> Answer | Failure:
        from asyncio import timeout  # as above

        client, turn = self._async_client()
        progress = Progress()
        request = self._request(call, progress)
        response: httpx.Response | None = None
        body = Body()
        try:
            async with timeout(at - time.monotonic()), turn:
                request.extensions["timeout"] = {}
                request.extensions["trace"] = progress.trace_async
                progress.handed_over = self._auth is None
                response = await client.send(request, auth=self._auth, stream=True, follow_redirects=False)
                body.begin(response)
                try:
                    if isinstance(response.stream, httpx.AsyncByteStream) and not response.is_stream_consumed:
                        async for chunk in response.stream:
                            if not body.feed(chunk):
                                break
                        body.end()
                finally:
                    await response.aclose()
        except (httpx.HTTPError, TimeoutError) as error:
            if error is progress.failure:
                raise
            return _outcome(error, progress, request, response, body, limit)
        finally:
            if progress.stream is not None and not progress.on_the_wire:
                await progress.stream.aclose()  # given up in the middle of a handshake, which leaves it open
        return _answer(response, body, progress)

    def _request(self, call: Call, progress: Progress) -> httpx.Request:
        length = len(call.content) if call.content or call.method in ("POST", "PUT", "PATCH") else None
        try:
            url = self._url(call.target)
        except httpx.InvalidURL:
            raise ValueError("the arguments make a URL that is too long") from None
        request = httpx.Request(
            call.method,
            url,
            headers=self._merged(call.headers, call.named, length),
            stream=httpx.ByteStream(call.content),
            extensions={"progress": progress},
        )
        progress.requests.append(request)
        if self._auth is not None:
            request.read()
        return request

    def _pause(self, call: Call, outcome: Answer | Failure, attempt: int, at: float) -> float | None:
        """Return the seconds until the next attempt, or None if there must be none."""
        if attempt >= self._max_retries:
            return None
        pause: float | None = None
        if isinstance(outcome, Answer):
            if (outcome.status != 429 or outcome.settled) and not (call.safe and outcome.status in _PASSING):
                return None
            pause = retry_after(outcome.headers)
        elif not outcome.passing or (outcome.error.outcome_unknown and not call.safe):
            return None
        if pause is None:
            pause = min(8.0, 0.25 * 2**attempt) * random.uniform(0.5, 1.0)  # no secret, only jitter
        return pause if pause <= LONGEST_WAIT and time.monotonic() + pause < at else None

    def _client(self) -> httpx.Client:
        self._open()
        if self._blocking is None:
            with self._lock:
                if self._blocking is None:
                    self._blocking = _made(
                        _Blocking,
                        verify=self._verify,
                        transport=self._transport,
                        event_hooks={"response": [keep_location]},
                    )
        return self._blocking

    def _async_client(self) -> tuple[httpx.AsyncClient, asyncio.Semaphore]:
        from asyncio import Semaphore, get_running_loop  # as above

        self._open()
        loop = get_running_loop()
        with self._lock:
            found = self._async.get(loop)
            if found is None:
                self._discard()
                client = _made(
                    _Asynchronous,
                    verify=self._verify,
                    transport=self._async_transport,
                    event_hooks={"response": [keep_location_async]},
                )
                # To queue here is cheaper than in httpx's pool.
                found = self._async[loop] = client, Semaphore(CONNECTIONS)
        return found

    def close(self) -> None:
        """Close the connections of blocking calls; the client cannot be used any more."""
        self._closed = True
        with self._lock:
            client, self._blocking = self._blocking, None
            self._discard()
        if client is not None:
            client.close()

    async def aclose(self) -> None:
        """Close the connections of blocking calls and of the running event loop; the client cannot be used any more.

        Those of another event loop that is still open are closed by calling this there.
        """
        from asyncio import get_running_loop  # as above

        self.close()
        with self._lock:
            found = self._async.pop(get_running_loop(), None)
        if found is not None:
            await found[0].aclose()

    def _discard(self) -> None:
        """Forget the clients of closed event loops, which nothing can close any more: their sockets go with them."""
        for loop in [loop for loop in self._async if loop.is_closed()]:
            del self._async[loop]

    def _open(self) -> None:
        """Raise a RuntimeError if the client is not open any more."""
        if self._closed:
            raise RuntimeError("The client is closed.")


def _made(kind: type[C], **options: Any) -> C:
    """Return a client of httpx; what it says about the proxies in the environment may hold a password, and is not shown."""
    with suppress(httpx.InvalidURL, ImportError, ValueError):
        return kind(limits=_LIMITS, **options)
    raise ValueError("The proxies that the environment names (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY) cannot be used.")


def _answered(outcome: Answer | Failure) -> Answer:
    if isinstance(outcome, Failure):
        raise outcome.error
    return outcome


def _answer(response: httpx.Response, body: Body, progress: Progress) -> Answer:
    headers = response.extensions.get("headers", response.headers)
    return Answer(response.status_code, headers, body.content, body.fault, progress.requests, progress.settled)


def _outcome(
    error: Exception,
    progress: Progress,
    request: httpx.Request,
    response: httpx.Response | None,
    body: Body,
    limit: float,
) -> Answer | Failure:
    """Return what an exception of the transport means. A status that says no is an answer, even if its body broke off."""
    if response is not None and response.status_code >= 400:
        return _answer(response, body, progress)
    if isinstance(error, TimeoutError | httpx.TimeoutException):
        reason = f"the time allowed, {limit:g} s, is over"
    elif isinstance(error, httpx.LocalProtocolError) and not progress.refused:
        reason = "it is not what HTTP allows"  # h11's own message may hold a header, and that a secret
    else:
        said: str = hidden(str(error), secrets_of(progress.requests, frozenset()))
        if isinstance(error, httpx.RemoteProtocolError):
            said = re.sub(_QUOTED, "", said)
        reason = one_line(said, 200) or type(error).__name__
    failure: errors.ClientError
    untraced = progress.handed_over and not progress.begun
    # A kind of exception tells nothing of what was sent before: it can come from what auth sends after the request.
    if progress.on_the_wire or (untraced and not isinstance(error, _NOT_SENT)):
        failure = errors.OutcomeUnknown(f"The answer was lost: {reason}. The request may have been carried out.")
    else:
        server = request.url.netloc.decode("ascii")
        failure = errors.RequestNotSent(f"The request to {server} was not sent: {reason}.")
    if isinstance(error, httpx.NetworkError | httpx.ProxyError | httpx.TimeoutException):
        failure.__cause__ = error
    return Failure(failure, not isinstance(error, httpx.LocalProtocolError | httpx.UnsupportedProtocol))
