# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""Operations, and what becomes of a call of one: arguments, request, attempts, answer, result."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeVar, cast
from urllib.parse import quote

import httpx

from . import _answers, errors
from ._schema import Schema, abridged, is_list
from ._wire import Body, Deadline, Guard, Progress, keep_location, keep_location_async, secrets_of
from .types import UNSET, Response, Unset

if TYPE_CHECKING:
    import asyncio

__all__ = ["Answer", "Argument", "Call", "Content", "Failure", "Operation", "Raw", "Sender", "Text", "seconds"]

R = TypeVar("R")
E = TypeVar("E")
C = TypeVar("C", httpx.Client, httpx.AsyncClient)

CONNECTIONS = 50
# Seconds that an idle connection is kept: fewer than the 5 after which common servers hang up, so that few calls meet one
# that is just being closed.
KEEPALIVE = 4.0
LONGEST_WAIT = 30.0  # seconds that a Retry-After may ask for

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
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
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class _NoCookies(httpx.Cookies):
    """Takes no cookies: none would be sent, since httpx's client does not build the requests, and to look for them costs."""

    def extract_cookies(self, response: httpx.Response) -> None:
        pass


class _Blocking(httpx.Client):
    cookies: Any = _NoCookies()


class _Asynchronous(httpx.AsyncClient):
    cookies: Any = _NoCookies()


class Argument:
    """A parameter of an operation: where it goes, under which name, and what it may be."""

    __slots__ = ("exploded", "location", "name", "raw_name", "required", "schema", "wire_name")

    def __init__(
        self,
        name: str,
        location: Literal["path", "query", "header"],
        schema: Schema,
        *,
        wire_name: str | None = None,
        required: bool = True,
        exploded: bool = True,
    ) -> None:
        self.name = name
        self.location = location
        self.wire_name = wire_name or name
        self.raw_name = self.wire_name.encode()
        self.schema = schema
        self.required = required
        self.exploded = exploded

    def texts(self, value: Any) -> list[str]:
        """Return the value, checked, as it is written in a request."""
        dumped = self.schema.dump(value, self.name)
        if isinstance(dumped, str):
            return [dumped]
        if is_list(dumped):
            return [_plain(item) for item in dumped]
        return [_plain(dumped)]

    def segment(self, value: Any) -> str:
        """Return the value as a segment of the path, which it can neither leave out, nor shorten, nor lengthen."""
        text = ",".join(self.texts(value))
        if text in ("", ".", "..") or "/" in text:
            raise ValueError(f"{self.name}: cannot be a segment of a path ({abridged(text)})")
        return text if text.isascii() and text.isalnum() else quote(text, safe=",")

    def pairs(self, value: Any) -> list[str]:
        """Return the value as parts of the query."""
        texts = [quote(text, safe="") for text in self.texts(value)]
        if not self.exploded:
            texts = [",".join(texts)]
        return [f"{quote(self.wire_name, safe='')}={text}" for text in texts]

    def header(self, value: Any) -> tuple[bytes, bytes]:
        """Return the value as a header."""
        text = ",".join(self.texts(value))
        if not (text.isascii() and (text.isprintable() or not text) and text == text.strip()):
            raise ValueError(f"{self.name}: no value that an HTTP header can carry ({abridged(text)})")
        return self.raw_name, text.encode("ascii")


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else _encode(value)


class Content:
    """The request body of an operation."""

    __slots__ = ("max_bytes", "media_type", "required", "schema")

    def __init__(
        self,
        schema: Schema,
        *,
        media_type: str = "application/json",
        required: bool = False,
        max_bytes: int | None = None,
    ) -> None:
        self.schema = schema
        self.media_type = media_type
        self.required = required
        self.max_bytes = max_bytes

    def encode(self, value: Any) -> bytes:
        """Return the value, checked in all its depth, as it goes over the wire."""
        try:
            dumped = self.schema.dump(value, "body")
            try:
                content = _encode(dumped).encode()
            except UnicodeEncodeError:
                raise ValueError("body: half a surrogate pair is no character") from None
            except (ValueError, TypeError) as error:
                raise type(error)(f"body: {error}") from None
        except RecursionError:
            raise ValueError("body: nested too deeply") from None
        if self.max_bytes is not None and len(content) > self.max_bytes:
            raise ValueError(f"body: larger than {self.max_bytes} bytes ({len(content)})")
        return content


class Text(Schema):
    """Marks an answer that is plain text."""

    __slots__ = ()


class Raw(Schema):
    """Marks an answer that is taken as the bytes it is."""

    __slots__ = ()


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
        return self.method in _SAFE


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


class Operation(Generic[R, E]):
    """An operation of the contract, which returns R or fails with E."""

    def __init__(
        self,
        method: str,
        path: str,
        *arguments: Argument,
        content: Content | None = None,
        accept: str = "application/json",
        successes: Mapping[str, Schema | None],
        failures: Mapping[str, Schema],
        hints: Mapping[str, str | Mapping[str, str]],
    ) -> None:
        self._method = method
        self._path = path
        self._arguments = arguments
        self._content = content
        self._successes = successes
        self._failures = failures
        self._hints = hints
        self._headers = [(b"Accept", accept.encode("ascii"))]
        if content is not None:
            self._headers.append((b"Content-Type", content.media_type.encode("ascii")))
        self._known = frozenset(argument.raw_name.lower() for argument in arguments if argument.location == "header")

    def sync(self, client: Sender, timeout: float | Unset | None, body: Any, *values: Any) -> R:
        """Call the operation, and return its result or raise what the service answered."""
        return self._result(_sender(client).send(self._call(body, values), timeout))

    def sync_detailed(self, client: Sender, timeout: float | Unset | None, body: Any, *values: Any) -> Response[R | E]:
        """Call the operation, and return the answer."""
        return self._response(_sender(client).send(self._call(body, values), timeout))

    async def asyncio(self, client: Sender, timeout: float | Unset | None, body: Any, *values: Any) -> R:
        """Do as `sync` does, without blocking."""
        return self._result(await _sender(client).send_async(self._call(body, values), timeout))

    async def asyncio_detailed(
        self, client: Sender, timeout: float | Unset | None, body: Any, *values: Any
    ) -> Response[R | E]:
        """Do as `sync_detailed` does, without blocking."""
        return self._response(await _sender(client).send_async(self._call(body, values), timeout))

    def _call(self, body: Any, values: Sequence[Any]) -> Call:
        headers = self._headers.copy()
        segments: list[str] = []
        query: list[str] = []
        for argument, value in zip(self._arguments, values, strict=True):
            if not argument.required and (value is None or value is UNSET):
                continue
            if argument.location == "path":
                segments.append(argument.segment(value))
            elif argument.location == "query":
                query += argument.pairs(value)
            else:
                headers.append(argument.header(value))
        target = self._path.format(*segments)
        if query:
            target = f"{target}?{'&'.join(query)}"
        content = b""
        if self._content is not None and (self._content.required or not (body is None or body is UNSET)):
            content = self._content.encode(body)
        named = frozenset([name.lower() for name, _ in headers[len(self._headers) :]])
        return Call(self._method, target, tuple(headers), content, named)

    def _result(self, answer: Answer) -> R:
        if answer.status >= 400:
            raise self._error(answer)
        return cast("R", self._parsed(answer))

    def _response(self, answer: Answer) -> Response[R | E]:
        parsed = self._parsed(answer) if answer.status < 400 else self._refusal(answer, self._secrets(answer))
        return Response(status_code=answer.status, headers=answer.headers, content=answer.content, parsed=parsed)

    def _parsed(self, answer: Answer) -> Any:
        """Return what an answer of success says, or raise an UnexpectedResponse."""
        key = _documented(self._successes, answer.status)
        if key is None:
            raise self._unexpected(answer, "the contract describes no such answer")
        if answer.fault is not None:
            raise self._unexpected(answer, answer.fault)
        try:
            return _read(self._successes[key], answer, [])
        except (ValueError, TypeError, RecursionError):
            secrets = self._secrets(answer)
        try:  # once more, since the message is to hold no secret that the service echoed
            _read(self._successes[key], answer, secrets)
        except (ValueError, TypeError) as error:
            fault = str(error)
        except RecursionError:
            fault = "the body is nested too deeply"
        else:
            fault = "the body is not what the contract describes"
        raise self._unexpected(answer, fault)

    def _refusal(self, answer: Answer, secrets: list[str]) -> Any:
        """Return what a refusal says, or None if it says nothing that the contract describes."""
        key = _documented(self._failures, answer.status) or next(iter(self._failures), None)
        if key is None:
            return None
        with suppress(ValueError, TypeError, RecursionError):
            return _read(self._failures[key], answer, secrets)
        with suppress(ValueError, TypeError):
            understood = _answers.understand(answer.content, answer.headers, secrets)
            return self._failures[key].load(understood.normalised(), "body")
        return None

    def _secrets(self, answer: Answer) -> list[str]:
        return secrets_of(answer.requests, self._known)

    def _unexpected(self, answer: Answer, fault: str) -> errors.UnexpectedResponse:
        secrets = self._secrets(answer)
        unknown = self._method not in _SAFE
        text = f"HTTP {answer.status}: {fault}"
        location = answer.headers.get("location")
        if location:
            text += f"; it leads to {_answers.hidden(location, secrets)}, where the client does not follow"
        elif shown := _answers.excerpt(answer.content, answer.headers, secrets):
            text += f": {shown}"
        if unknown:
            text += ". The request may have been carried out"
        response: Response[Any] = Response(
            status_code=answer.status, headers=answer.headers, content=answer.content, parsed=None
        )
        return errors.UnexpectedResponse(_answers.one_line(text), response=response, outcome_unknown=unknown)

    def _error(self, answer: Answer) -> errors.ApiError:
        status = answer.status
        secrets = self._secrets(answer)
        fault = _answers.understand(answer.content, answer.headers, secrets)
        text = f"HTTP {status} {fault.code}" if fault.code else f"HTTP {status}"
        text = _answers.one_line(f"{text}: {fault.message or 'the answer says no more'}")
        if fault.request_id:
            text += f" [request {_answers.one_line(fault.request_id, 80)}]"
        unknown = self._method not in _SAFE and (status == 408 or status >= 500 or answer.settled)
        if unknown:
            text = f"{text.removesuffix('.')}. The request may have been carried out."
        key = _documented(self._hints, status)
        hint = None if key is None else self._hints[key]
        if hint is not None and not isinstance(hint, str):
            hint = hint.get(fault.code or "")
        if hint:
            text += f" {hint}"
        kind = _KINDS.get(status) or (errors.ServerError if 500 <= status < 600 else errors.ApiError)
        parsed = self._refusal(answer, secrets)
        response: Response[Any] = Response(
            status_code=status, headers=answer.headers, content=answer.content, parsed=parsed
        )
        error = kind(
            text,
            response=response,
            error_code=fault.code,
            error_msg=fault.message,
            request_id=fault.request_id,
            outcome_unknown=unknown,
        )
        if isinstance(error, errors.TooManyRequests):
            error.retry_after = _answers.retry_after(answer.headers)
        return error


def _read(schema: Schema | None, answer: Answer, secrets: list[str]) -> Any:
    if schema is None:
        return None
    if isinstance(schema, Raw):
        return answer.content
    if isinstance(schema, Text):
        return _answers.text_of(answer.content, answer.headers)
    value = _answers.json_of(answer.content, answer.headers)
    return schema.load(_answers.hidden(value, secrets) if secrets else value, "body")


_KINDS: dict[int, type[errors.ApiError]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    429: errors.TooManyRequests,
}


def _documented(described: Mapping[str, Any], status: int) -> str | None:
    """Return the key under which a document describes a status: itself, its range or the default."""
    for key in (f"{status}", f"{status // 100}XX", "default"):
        if key in described:
            return key
    return None


def _sender(client: Any) -> Sender:
    if not isinstance(client, Sender):
        raise TypeError(f"client: must be a Client, not {type(client).__name__}")
    return client


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
            pause = _answers.retry_after(outcome.headers)
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
        said: str = _answers.hidden(str(error), secrets_of(progress.requests, frozenset()))
        if isinstance(error, httpx.RemoteProtocolError):
            said = re.sub(_QUOTED, "", said)
        reason = _answers.one_line(said, 200) or type(error).__name__
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
