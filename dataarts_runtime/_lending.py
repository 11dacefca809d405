"""A transport for many asynchronous requests at once: each connection has a pool of its own.

httpcore's pool looks at every connection for every request, which takes most of the time where there are many of both.
"""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic

import httpx

__all__ = ["LendingTransport"]


class LendingTransport(httpx.AsyncBaseTransport):
    """Lends each request a transport with one connection, and takes it back when the response is closed.

    Args:
        make: Makes a transport with one connection.
        keepalive: Seconds after which a connection that nobody borrowed is closed.
    """

    def __init__(self, make: Callable[[], httpx.AsyncBaseTransport], keepalive: float) -> None:
        self._make = make
        self._keepalive = keepalive
        # The one that came back last is lent first, so that the first ones grow old and can be closed.
        self._idle: deque[tuple[httpx.AsyncBaseTransport, float]] = deque()
        self._closed = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request by a transport that is idle, or by a new one."""
        transport = self._idle.pop()[0] if self._idle else self._make()
        try:
            response = await transport.handle_async_request(request)
        except BaseException:
            await self._take_back(transport)
            raise
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _LentStream(response.stream, transport, self._take_back)
        return response

    async def _take_back(self, transport: httpx.AsyncBaseTransport) -> None:
        if self._closed:
            await transport.aclose()
            return
        now = monotonic()
        self._idle.append((transport, now))
        while self._idle and now - self._idle[0][1] > self._keepalive:
            await self._idle.popleft()[0].aclose()

    async def aclose(self) -> None:
        """Close all connections; those that are lent are closed when they come back."""
        self._closed = True
        while self._idle:
            await self._idle.pop()[0].aclose()


class _LentStream(httpx.AsyncByteStream):
    """A response body; when it is closed, its transport goes back."""

    def __init__(
        self,
        stream: httpx.AsyncByteStream,
        transport: httpx.AsyncBaseTransport,
        take_back: Callable[[httpx.AsyncBaseTransport], Awaitable[None]],
    ) -> None:
        self._stream = stream
        self._transport: httpx.AsyncBaseTransport | None = transport
        self._take_back = take_back

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for part in self._stream:
            yield part

    async def aclose(self) -> None:
        """Close the body, and give the transport back, once."""
        transport, self._transport = self._transport, None
        try:
            await self._stream.aclose()
        finally:
            if transport is not None:
                await self._take_back(transport)
