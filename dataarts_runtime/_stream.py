"""The bytes of one request and its response: the deadline they keep, and how much of a response body is read.

httpx's own timeouts are for each read, so that a server that sends a byte now and then could make a call last forever.
A call's `timeout` is in seconds; `ends` is the moment of the monotonic clock when these are over; a Deadline is that
moment in the form of a timeout, as httpx takes it.
"""

from __future__ import annotations

import zlib
from time import monotonic
from typing import Any

import httpx

__all__ = ["MAX_BODY", "BodyReader", "Deadline", "keep_deadline", "read_body", "read_body_async"]

MAX_BODY = 1024 * 1024
"""The most bytes that are read of a response body, before and after decompression."""

_MAX_MEMBERS = 1000  # of a gzip body; each costs time, even if it is empty
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS  # tells zlib to find out which of the two formats it is
_BLOCK = 65536  # bytes that are written at a time


class Deadline(float):
    """The moment when a call must be over.

    As a float it is the seconds that were left when it was made, for whatever takes a timeout.
    """

    __slots__ = ("ends",)

    ends: float

    def __new__(cls, ends: float) -> Deadline:
        """Make it for a moment of the monotonic clock; raise a TimeoutError if the moment has passed."""
        deadline = super().__new__(cls, _remaining(ends))
        deadline.ends = ends
        return deadline

    def remaining(self) -> float:
        """Return the seconds that are left now; raise a TimeoutError if there are none."""
        return _remaining(self.ends)


def _remaining(ends: float) -> float:
    left = ends - monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def keep_deadline(stream: Any, deadline: Deadline) -> None:
    """Have a blocking network stream keep the deadline of each request, and write a request in one piece.

    Args:
        stream: A stream of httpcore, which gives every read and write the timeout that it is called with.
        deadline: That of the request that the connection is made for. It holds also for what is read and written
            without a timeout, as in the handshake with a SOCKS proxy.
    """
    read, write, start_tls = stream.read, stream.write, stream.start_tls
    pending = bytearray()

    def remaining(timeout: float | None) -> float:
        nonlocal deadline
        if isinstance(timeout, Deadline):
            deadline = timeout  # a later request that uses the connection
        return deadline.remaining()

    def flush(timeout: float | None) -> None:
        # The stream by itself would give each part that it can write at a time all of the timeout.
        try:
            while pending:
                write(bytes(pending[:_BLOCK]), timeout=remaining(timeout))
                del pending[:_BLOCK]
        finally:
            pending.clear()  # after a failure too: there may be a response to read that says why

    def write_in_time(buffer: bytes, timeout: float | None = None) -> None:
        # The headers come first, then the body in parts, then nothing, which is the end.
        pending.extend(buffer)
        if not buffer or len(pending) > _BLOCK:
            flush(timeout)

    def read_in_time(max_bytes: int, timeout: float | None = None) -> bytes:
        flush(timeout)
        received: bytes = read(max_bytes, timeout=remaining(timeout))
        return received

    def start_tls_in_time(ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None) -> Any:
        flush(timeout)
        return start_tls(ssl_context, server_hostname, timeout=remaining(timeout))

    stream.read, stream.write, stream.start_tls = read_in_time, write_in_time, start_tls_in_time


class BodyReader:
    """A response body while it is read: at most MAX_BODY bytes of it, before and after decompression."""

    __slots__ = ("_decompressor", "_members", "_parts", "_received", "_size", "problem")

    def __init__(self) -> None:
        self.problem: str | None = None
        """Why the body cannot be used, if it cannot."""
        self._decompressor: Any = None
        self._members = 0
        self._parts: list[bytes] = []
        self._size = 0
        self._received = 0

    @property
    def decompressed(self) -> bool:
        """Whether the body was compressed."""
        return self._decompressor is not None

    @property
    def content(self) -> bytes:
        """What was read of the body, decompressed."""
        return (self._parts[0] if len(self._parts) == 1 else b"".join(self._parts))[:MAX_BODY]

    def start(self, response: httpx.Response) -> bool:
        """Learn the content coding; return whether there is something to read.

        There is not if the transport has read the body already.
        """
        if response.is_stream_consumed:
            self.feed(response.content)
            return False
        # Getting the header by its name would take more time.
        codings = [value for name, value in response.headers.raw if name.lower() == b"content-encoding"]
        coding = b", ".join(codings).strip().lower()
        if coding in (b"gzip", b"x-gzip", b"deflate"):
            self._decompressor = zlib.decompressobj(_GZIP_OR_ZLIB)
        elif coding not in (b"", b"identity"):
            self.problem = "the body has a content coding that was not asked for"
        return True

    def feed(self, chunk: bytes) -> bool:
        """Take received bytes; return whether more are wanted."""
        self._received += len(chunk)
        if self._decompressor is None:
            self._parts.append(chunk)
            self._size += len(chunk)
        else:
            try:
                self._decompress(chunk)
            except zlib.error:
                self.problem = "the body is not compressed as its Content-Encoding says"
                return False
        if max(self._size, self._received) > MAX_BODY:
            self.problem = f"the body is longer than {MAX_BODY // 2**20} MiB"
            return False
        if self._members > _MAX_MEMBERS:
            self.problem = f"the body has more than {_MAX_MEMBERS} gzip members"
            return False
        return True

    def _decompress(self, chunk: bytes) -> None:
        while chunk and self._size <= MAX_BODY and self._members <= _MAX_MEMBERS:
            if self._decompressor.eof:  # another member begins: gzip allows any number of them
                self._decompressor = zlib.decompressobj(_GZIP_OR_ZLIB)
                self._members += 1
            part = self._decompressor.decompress(chunk, MAX_BODY - self._size + 1)
            self._parts.append(part)
            self._size += len(part)
            chunk = self._decompressor.unused_data

    def end(self) -> None:
        """Note that the body has ended."""
        decompressor = self._decompressor if self._received > 0 else None
        if decompressor is not None and not decompressor.eof and self.problem is None:
            self.problem = "the compressed body is not complete"


def read_body(response: httpx.Response, body: BodyReader, ends: float) -> None:
    """Read a response body to its end or to its limit; raise a TimeoutError after the moment `ends`."""
    stream = response.stream
    assert isinstance(stream, httpx.SyncByteStream)  # httpx sees to it
    try:
        if body.start(response):
            for chunk in stream:
                if not body.feed(chunk):
                    break
                _remaining(ends)  # for the exception: a transport may keep no deadline of its own
            body.end()
    finally:
        stream.close()


async def read_body_async(response: httpx.Response, body: BodyReader) -> None:
    """Do as `read_body` does, without blocking, and within a timeout that the caller has set."""
    stream = response.stream
    assert isinstance(stream, httpx.AsyncByteStream)  # as above
    try:
        if body.start(response):
            async for chunk in stream:
                if not body.feed(chunk):
                    break
            body.end()
    finally:
        await stream.aclose()
