"""Transports of another make: they trace nothing, and name what goes wrong as they like."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import httpx_aiohttp

from ._calls import TLS


class OddError(Exception):
    """An exception that no one has heard of."""


WRONG_NAMES: dict[str, type[Exception]] = {
    "ConnectTimeout": httpx.ConnectTimeout,
    "ConnectError": httpx.ConnectError,
    "PoolTimeout": httpx.PoolTimeout,
    "ProxyError": httpx.ProxyError,
    "LocalProtocolError": httpx.LocalProtocolError,
    "UnsupportedProtocol": httpx.UnsupportedProtocol,
    "OSError": OSError,
    "OddError": OddError,
}


class _Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A response body whose failures are renamed."""

    def __init__(self, stream: Any, wrong: type[Exception]) -> None:
        """Wrap the body."""
        self.stream = stream
        self.wrong = wrong

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self.stream
        except Exception as error:
            raise self.wrong(str(error)) from None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self.stream:
                yield chunk
        except Exception as error:
            raise self.wrong(str(error)) from None

    def close(self) -> None:
        """Close the body."""
        self.stream.close()

    async def aclose(self) -> None:
        """Close the body."""
        await self.stream.aclose()


def _untraced(request: httpx.Request) -> httpx.Request:
    extensions = {name: value for name, value in request.extensions.items() if name != "trace"}
    return httpx.Request(
        request.method, request.url, headers=request.headers, stream=request.stream, extensions=extensions
    )


class Misnaming(httpx.BaseTransport):
    """Sends as httpx does, traces nothing, and gives every failure the same wrong name."""

    def __init__(self, wrong: type[Exception]) -> None:
        """Keep the name."""
        self.wrong = wrong
        self.inner = httpx.HTTPTransport(verify=TLS)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request."""
        try:
            response = self.inner.handle_request(_untraced(request))
        except Exception as error:
            raise self.wrong(str(error)) from None
        response.stream = _Stream(response.stream, self.wrong)
        return response

    def close(self) -> None:
        """Close the connections."""
        self.inner.close()


class AsyncMisnaming(httpx.AsyncBaseTransport):
    """Does the same for asynchronous requests."""

    def __init__(self, wrong: type[Exception]) -> None:
        """Keep the name."""
        self.wrong = wrong
        self.inner = httpx.AsyncHTTPTransport(verify=TLS)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request."""
        try:
            response = await self.inner.handle_async_request(_untraced(request))
        except Exception as error:
            raise self.wrong(str(error)) from None
        response.stream = _Stream(response.stream, self.wrong)
        return response

    async def aclose(self) -> None:
        """Close the connections."""
        await self.inner.aclose()


class Wrapping(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Hands requests on to httpx's own transport, trace and all, as a transport that logs or counts does."""

    def __init__(self, mode: str) -> None:
        """Make the transport inside."""
        self.inner: Any = httpx.HTTPTransport(verify=TLS) if mode == "sync" else httpx.AsyncHTTPTransport(verify=TLS)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request."""
        response: httpx.Response = self.inner.handle_request(request)
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request."""
        response: httpx.Response = await self.inner.handle_async_request(request)
        return response

    def close(self) -> None:
        """Close the connections."""
        self.inner.close()

    async def aclose(self) -> None:
        """Close the connections."""
        await self.inner.aclose()


def misnaming(mode: str, wrong: type[Exception]) -> dict[str, Any]:
    """Return the client's option for a transport that misnames failures."""
    return {"transport": Misnaming(wrong)} if mode == "sync" else {"async_transport": AsyncMisnaming(wrong)}


def wrapping(mode: str) -> dict[str, Any]:
    """Return the client's option for a transport around httpx's own."""
    return {"transport" if mode == "sync" else "async_transport": Wrapping(mode)}


def aiohttp() -> dict[str, Any]:
    """Return the client's option for a transport of aiohttp's, which misnames failures as it is published."""
    return {"async_transport": httpx_aiohttp.AiohttpTransport()}
