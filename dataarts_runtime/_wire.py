"""One request on the wire: its deadline, how far it came, what it may carry and how much of its answer is read."""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from functools import partial
from time import monotonic
from typing import Any

import httpx

__all__ = [
    "MAX_ANSWER",
    "Body",
    "Deadline",
    "Guard",
    "Progress",
    "check_header",
    "keep_location",
    "keep_location_async",
]

MAX_ANSWER = 1024 * 1024
"""The bytes that are read of an answer, at most; decompressed ones too."""

_PIECE = 65536

_NAME = r"[0-9A-Za-z!#$%&'*+.^_`|~-]+"
_PRINTABLE = bytes([9, *range(32, 127)])  # and tabs


class Deadline(float):
    """The seconds left when a request was sent, for whatever takes them as a timeout, and the moment when they are over."""

    __slots__ = ("at",)

    at: float

    def __new__(cls, at: float) -> Deadline:
        """Raise a TimeoutError if the moment has passed."""
        left = at - monotonic()
        if left <= 0:
            raise TimeoutError
        deadline = super().__new__(cls, left)
        deadline.at = at
        return deadline


def _left(timeout: float | None) -> float | None:
    if not isinstance(timeout, Deadline):
        return timeout
    left = timeout.at - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _keep_deadlines(stream: Any) -> None:
    """Have a blocking network stream take a Deadline for what is left of it now, and write a request in one piece."""
    read, write, start_tls = stream.read, stream.write, stream.start_tls
    pending = bytearray()

    def flush(timeout: float | None) -> None:
        # By itself, the stream would give each part that it can write at a time all of the time.
        try:
            while pending:
                write(bytes(pending[:_PIECE]), timeout=_left(timeout))
                del pending[:_PIECE]
        finally:
            pending.clear()  # after a failure too, for there may be an answer to read that says why

    def write_in_time(buffer: bytes, timeout: float | None = None) -> None:
        # Headers and body come one by one, and then nothing, which is the end.
        pending.extend(buffer)
        if not buffer or len(pending) > _PIECE:
            flush(timeout)

    def read_in_time(max_bytes: int, timeout: float | None = None) -> bytes:
        flush(timeout)
        received: bytes = read(max_bytes, timeout=_left(timeout))
        return received

    def start_tls_in_time(ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Any:
        flush(timeout)
        return start_tls(ssl_context, server_hostname, timeout=_left(timeout))

    stream.read, stream.write, stream.start_tls = read_in_time, write_in_time, start_tls_in_time


class Progress:
    """How far a request came, as httpx's `trace` extension tells it."""

    __slots__ = (
        "_earlier",
        "_status",
        "begun",
        "elsewhere",
        "failure",
        "handed_over",
        "on_the_wire",
        "refused",
        "requests",
        "settled",
        "stream",
    )

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []  # itself, and what its authentication sent in its place or besides
        self.elsewhere = False  # the last of these is one besides
        self.handed_over = False  # to the transport, once its authentication was done
        self.begun = False  # something of it was traced: not every transport does
        self.on_the_wire = False
        self._earlier = False  # it was so before it was sent the last time
        self._status: int | None = None  # of its last answer
        self.settled = False  # an answer other than a refusal came, and yet auth went on
        self.refused = False  # because HTTP cannot carry it
        self.stream: Any = None  # of a connection that was made for it
        self.failure: BaseException | None = None  # of the caller's own authentication

    def answered(self, status: int) -> None:
        """Note an answer to the request, or to another one that its authentication wanted sent."""
        self.settled = self.settled or self._status not in (None, 401, 429)
        if not self.elsewhere:
            self.on_the_wire = True  # which not every transport traces
            self._status = status

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Note an event of a blocking request. The streams of a new connection are made to keep to deadlines."""
        if self.note(event, info):
            _keep_deadlines(self.stream)

    async def trace_async(self, event: str, info: Mapping[str, Any]) -> None:
        """Note an event of an asynchronous request."""
        self.note(event, info)

    def note(self, event: str, info: Mapping[str, Any]) -> bool:
        """Note an event; return whether it is a connection."""
        self.begun = True
        if event.endswith(".send_request_headers.started"):
            request = info["request"]
            if request.method != b"CONNECT":  # with which a proxy is asked for a tunnel; the service does not see it
                self._earlier, self.on_the_wire = self.on_the_wire, True
                request.extensions.pop("trace", None)  # what follows takes time to trace, and no one asks for it
        elif event.endswith(".send_request_headers.failed"):
            if type(info["exception"]).__name__ == "LocalProtocolError":  # which comes before anything is written
                self.on_the_wire = self._earlier
        elif event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            self.stream = info["return_value"]
            return True
        return False


class Guard(httpx.Auth):
    """The caller's authentication, watched: what it sends keeps to the deadline, and to what HTTP can carry."""

    def __init__(self, auth: httpx.Auth) -> None:
        self._auth = auth

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Authenticate a blocking request."""
        progress: Progress = request.extensions["progress"]
        flow = self._auth.sync_auth_flow(request)
        try:
            outgoing = next(flow)
            while True:
                response = yield _watched(outgoing, request, Progress.trace)
                progress.answered(response.status_code)
                outgoing = flow.send(response)
        except StopIteration:
            return
        except UnicodeError:
            # httpx could not encode a header, and its exception holds the value.
            progress.refused = True
            raise httpx.LocalProtocolError("HTTP cannot carry the value that auth gave a header") from None
        except Exception as error:
            progress.failure = None if progress.refused else error
            raise
        finally:
            flow.close()

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Authenticate an asynchronous request."""
        progress: Progress = request.extensions["progress"]
        flow = self._auth.async_auth_flow(request)
        try:
            outgoing = await anext(flow)
            while True:
                response = yield _watched(outgoing, request, Progress.trace_async)
                progress.answered(response.status_code)
                outgoing = await flow.asend(response)
        except StopAsyncIteration:
            return
        except UnicodeError:
            # httpx could not encode a header, and its exception holds the value.
            progress.refused = True
            raise httpx.LocalProtocolError("HTTP cannot carry the value that auth gave a header") from None
        except Exception as error:
            progress.failure = None if progress.refused else error
            raise
        finally:
            await flow.aclose()


def _watched(outgoing: httpx.Request, request: httpx.Request, trace: Callable[..., Any]) -> httpx.Request:
    """Return a request that the authentication of another one, or more often the same, wants sent."""
    progress: Progress = request.extensions["progress"]
    if outgoing is not request:
        progress.requests.append(outgoing)
    for name, value in outgoing.headers.raw:
        if not _is_carried(value):
            # Further down, the value would be logged.
            progress.refused = True
            raise httpx.LocalProtocolError(f"HTTP cannot carry the value that auth gave {name.decode('latin-1')}")
    progress.elsewhere = _leads_elsewhere(outgoing, request)
    if progress.elsewhere:  # a request of its own, for a token perhaps
        progress = Progress()
    else:  # the same, or a copy of it
        progress.handed_over = True
    outgoing.extensions = {
        "timeout": request.extensions["timeout"],
        **outgoing.extensions,
        "trace": partial(trace, progress),
    }
    return outgoing


def _leads_elsewhere(outgoing: httpx.Request, request: httpx.Request) -> bool:
    if outgoing is request:
        return False
    one, other = outgoing.url, request.url
    return (outgoing.method, one.host, one.port, one.path) != (request.method, other.host, other.port, other.path)


class Body:
    """An answer's body while it is read: no more than MAX_ANSWER of it, before and after decompression."""

    __slots__ = ("_chunks", "_inflate", "_received", "_size", "fault")

    def __init__(self) -> None:
        self.fault: str | None = None
        self._inflate: Any = None
        self._chunks: list[bytes] = []
        self._size = 0
        self._received = 0

    def begin(self, response: httpx.Response) -> None:
        """Learn how the body is coded; take it all if the caller's authentication has read it."""
        if response.is_stream_consumed:
            self.feed(response.content)
            return
        # Which takes less time than to get the header by its name.
        codings = [value for name, value in response.headers.raw if name.lower() == b"content-encoding"]
        coding = b", ".join(codings).strip().lower()
        if coding in (b"gzip", b"x-gzip", b"deflate"):
            self._inflate = zlib.decompressobj(47)
        elif coding not in (b"", b"identity"):
            self.fault = "the body has a content coding that was not asked for"

    def feed(self, chunk: bytes) -> bool:
        """Take what was received; return whether more is wanted."""
        self._received += len(chunk)
        if self._inflate is not None:
            try:
                self._decompress(chunk)
            except zlib.error:
                self.fault = "the body is not compressed as it claims"
                return False
        else:
            self._chunks.append(chunk)
            self._size += len(chunk)
        if max(self._size, self._received) > MAX_ANSWER:
            self.fault = "the body is longer than 1 MiB"
            return False
        return True

    def _decompress(self, chunk: bytes) -> None:
        while chunk and self._size <= MAX_ANSWER:
            if self._inflate.eof:  # another member begins, of which gzip allows any number
                self._inflate = zlib.decompressobj(47)
            piece = self._inflate.decompress(chunk, MAX_ANSWER - self._size + 1)
            self._chunks.append(piece)
            self._size += len(piece)
            chunk = self._inflate.unused_data

    def end(self) -> None:
        """Note that nothing more is to come."""
        if self._inflate is not None and not self._inflate.eof and self._received and self.fault is None:
            self.fault = "the compressed body is not complete"

    @property
    def content(self) -> bytes:
        """What there is of the body."""
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)[:MAX_ANSWER]


def _is_carried(value: bytes) -> bool:
    """Return whether HTTP can carry a header's value: printable ASCII and tabs, without white space around it."""
    return not value.translate(None, _PRINTABLE) and value == value.strip(b"\t ")


def check_header(name: Any, value: Any) -> tuple[bytes, bytes]:
    """Return a header as HTTP carries it. A value that cannot be is never shown: it may be a secret."""
    if not isinstance(name, str):
        raise TypeError(f"headers: names must be strings, not {type(name).__name__}")
    if not re.fullmatch(_NAME, name):
        raise ValueError(f"headers: HTTP cannot carry the name {name[:40]!r}")
    if not isinstance(value, str):
        raise TypeError(f"headers: the value of {name} must be a string, not {type(value).__name__}")
    if not (value.isascii() and _is_carried(value.encode("ascii"))):
        raise ValueError(f"headers: HTTP cannot carry the value of {name}")
    return name.encode("ascii"), value.encode("ascii")


def keep_location(response: httpx.Response) -> None:
    """Keep httpx from parsing where a redirect leads to, which can fail: it is not followed anyway. An event hook."""
    if response.is_redirect and "location" in response.headers:
        response.extensions["headers"] = response.headers.copy()
        del response.headers["location"]


async def keep_location_async(response: httpx.Response) -> None:
    """Do as `keep_location` does."""
    keep_location(response)
