"""Asynchronous calls over aiohttp: where there are many at once, they take a fraction of the time.

It needs aiohttp, which comes with the extra `[aiohttp]`.
"""

from __future__ import annotations

import asyncio
import io
import socket
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies, proxy_bypass
from weakref import WeakSet

import httpx

from ._connections import KEEPALIVE, checked_flag, checked_proxy, checked_verify, ssl_context
from ._headers import can_be_sent, is_token

try:
    import aiohttp
    from yarl import URL
except ImportError as error:
    raise ImportError("AiohttpTransport needs aiohttp, which the extra [aiohttp] installs") from error

if TYPE_CHECKING:
    import ssl
    from types import SimpleNamespace

__all__ = ["AiohttpTransport"]

_MAX_HEADERS = 65536  # bytes of a header field of a response; httpx allows about as many
_LARGE = 1024 * 1024  # bytes of a request body from which aiohttp wants it as a file
_FAREWELL = 0.25  # seconds in which connections end
_AUTOMATIC_HEADERS = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")  # of aiohttp; the client sets its own


class AiohttpTransport(httpx.AsyncBaseTransport):
    """Sends the asynchronous requests of a client by aiohttp: `Client(base_url, async_transport=AiohttpTransport())`.

    It tells the client how far each request came, so that errors and repetitions are the same as without it. The client
    may be used in several event loops; its `max_connections` holds for each of them. SOCKS proxies are not supported.

    Args:
        verify: Whether to check the server's certificate, or what to check it by, as for the client.
        proxy: The URL of the proxy for all requests, as for the client: http:// or https://.
        trust_env: Whether to take proxies and certificate authorities from the environment, as for the client.

    Raises:
        ValueError, TypeError: An option is not what it should be.
    """

    traces_requests = True

    def __init__(
        self,
        *,
        verify: ssl.SSLContext | str | bool = True,
        proxy: str | httpx.Proxy | None = None,
        trust_env: bool = True,
    ) -> None:
        self._sessions: dict[asyncio.AbstractEventLoop, aiohttp.ClientSession] = {}
        self._sockets: dict[asyncio.AbstractEventLoop, WeakSet[socket.socket]] = {}
        self._verify = checked_verify(verify)
        checked_flag("trust_env", trust_env)
        if isinstance(self._verify, bool):
            self._verify = ssl_context(verify=self._verify, trust_env=trust_env)
        self._proxy_for = _proxies(checked_proxy(proxy), trust_env=trust_env)

    def __del__(self) -> None:
        self._forget_closed_loops()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the response body is still to be read."""
        headers = [(_text(name, is_token), _text(value, can_be_sent)) for name, value in request.headers.raw]
        body: Any = await request.aread()
        options: dict[str, Any] = {}
        proxy = self._proxy_for(request.url)
        if proxy is not None:
            options["proxy"] = URL(str(proxy.url), encoded=True)
            if request.url.scheme == "https":
                options["proxy_headers"] = _proxy_headers(proxy)
            else:
                headers += _proxy_headers(proxy)
        sending = _Sending(request)
        try:
            response = await self._session().request(
                request.method,
                URL(str(request.url), encoded=True),
                headers=headers,
                data=(io.BytesIO(body) if len(body) > _LARGE else body) or None,
                allow_redirects=False,
                trace_request_ctx=sending,
                middlewares=(sending.once,),
                **options,
            )
        except Exception as error:
            failure = _failure(error, connected=sending.connected)
            if isinstance(error, aiohttp.ClientProxyConnectionError):
                await sending.trace("connection.connect_tcp.started", {"host": error.host, "port": error.port})
            if not sending.connected:
                await sending.trace("connection.connect_tcp.failed", {"exception": failure})
            raise failure from getattr(error, "os_error", None)
        if response.status < 200:  # no final response, and none that was asked for
            response.close()
            raise httpx.RemoteProtocolError("the server's response is not HTTP")
        reason = (response.reason or "").encode("utf-8", "surrogateescape")
        return httpx.Response(
            response.status,
            headers=response.raw_headers,
            stream=_Body(response),
            extensions={"http_version": b"HTTP/1.1", "reason_phrase": reason},
        )

    async def aclose(self) -> None:
        """Close the connections of the running event loop."""
        loop = asyncio.get_running_loop()
        session = self._sessions.pop(loop, None)
        if session is None:
            return
        await session.close()
        # Connections with TLS that were closed before are still saying so; the event loop may end after this.
        ends = loop.time() + _FAREWELL
        sockets = self._sockets.pop(loop)
        while (still := [sock for sock in sockets if sock.fileno() >= 0]) and loop.time() < ends:
            await asyncio.sleep(0.001)
        for sock in still:  # What was to be sent waits for a server that does not read.
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
        if still:
            await asyncio.sleep(0.01)

    def _session(self) -> aiohttp.ClientSession:
        """Return the session of the running event loop."""
        loop = asyncio.get_running_loop()
        found = self._sessions.get(loop)
        if found is None:
            self._forget_closed_loops()
            sockets = self._sockets[loop] = WeakSet()
            found = self._sessions[loop] = self._make_session(sockets)
        return found

    def _make_session(self, sockets: WeakSet[socket.socket]) -> aiohttp.ClientSession:
        def make_socket(address: tuple[Any, ...]) -> socket.socket:
            made = socket.socket(*address[:3])
            sockets.add(made)
            return made

        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # the client sees to it
                ssl=self._verify,
                keepalive_timeout=KEEPALIVE,
                socket_factory=make_socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # the client keeps the deadline
            skip_auto_headers=_AUTOMATIC_HEADERS,
            auto_decompress=False,
            max_line_size=_MAX_HEADERS,
            max_field_size=_MAX_HEADERS,
            trace_configs=[_trace_config()],
        )

    def _forget_closed_loops(self) -> None:
        """Forget the sessions of closed event loops, which nothing can close any more: their sockets go with them."""
        for loop in [loop for loop in list(self._sessions) if loop.is_closed()]:
            del self._sockets[loop]
            closing = self._sessions.pop(loop).close()
            with suppress(StopIteration):
                closing.send(None)  # it awaits nothing, since its loop is closed


class _Sending:
    """A request on its way: it tells httpx's `trace` extension once there is a connection, before anything is sent."""

    __slots__ = ("_attempted", "_request", "connected")

    def __init__(self, request: httpx.Request) -> None:
        self._request = request
        self._attempted = False
        self.connected = False
        """Whether there was a connection, so that the request may have been sent."""

    async def once(
        self,
        request: aiohttp.ClientRequest,
        send: Callable[[aiohttp.ClientRequest], Awaitable[aiohttp.ClientResponse]],
    ) -> aiohttp.ClientResponse:
        """Keep aiohttp from sending a request again, as it does with some methods; a middleware of it."""
        if self._attempted:
            raise aiohttp.ServerDisconnectedError
        self._attempted = True
        return await send(request)

    async def connect(self) -> None:
        """Note that there is a connection."""
        self.connected = True
        await self.trace("http11.send_request_headers.started", {"request": self._request})

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Call the request's `trace` extension, if it has one."""
        trace = self._request.extensions.get("trace")
        if trace is not None:
            await trace(event, info)


def _trace_config() -> aiohttp.TraceConfig:
    async def connected(session: aiohttp.ClientSession, context: SimpleNamespace, params: object) -> None:
        sending: _Sending = context.trace_request_ctx
        await sending.connect()

    config = aiohttp.TraceConfig()
    config.on_connection_create_end.append(connected)
    config.on_connection_reuseconn.append(connected)
    return config


class _Body(httpx.AsyncByteStream):
    """The body of a response of aiohttp."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            part = await self._response.content.readany()
        except Exception as error:
            raise _failure(error, connected=True) from None
        if not part:
            raise StopAsyncIteration
        return part

    async def aclose(self) -> None:
        """Give the connection back; close it if there is more to read."""
        if self._response.content.at_eof():
            self._response.release()
        else:
            self._response.close()


def _failure(error: Exception, *, connected: bool) -> Exception:
    """Return the exception of httpx that means the same; its message holds nothing of a response."""
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return httpx.ProxyError(f"the proxy answered {error.status}")
    if not connected:
        reason = getattr(error, "os_error", None) or getattr(error, "certificate_error", None) or error
        kind = httpx.ProxyError if isinstance(error, aiohttp.ClientProxyConnectionError) else httpx.ConnectError
        return kind(str(reason) or "the connection failed")
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return httpx.RemoteProtocolError("the server closed the connection without a response")
    if isinstance(error, aiohttp.ClientPayloadError):
        return httpx.RemoteProtocolError("the response body is not complete")
    if isinstance(error, OSError):
        return httpx.ReadError(str(error))
    if isinstance(error, aiohttp.ClientError):
        return httpx.RemoteProtocolError("the server's response is not HTTP")
    return error


def _text(part: bytes, allowed: Callable[[bytes], Any]) -> str:
    """Return the name or value of a header field; aiohttp itself would write anything."""
    if not allowed(part):
        raise httpx.LocalProtocolError("HTTP cannot carry a header field")
    return part.decode("ascii")


def _proxy_headers(proxy: httpx.Proxy) -> list[tuple[str, str]]:
    headers = list(proxy.headers.items())
    if proxy.auth is not None:
        credentials = b64encode(":".join(proxy.auth).encode()).decode("ascii")
        headers.append(("Proxy-Authorization", f"Basic {credentials}"))
    return headers


def _proxies(proxy: httpx.Proxy | None, *, trust_env: bool) -> Callable[[httpx.URL], httpx.Proxy | None]:
    """Return what finds the proxy for a URL: the one that was given, else that of the environment, if there is one.

    Raises:
        ValueError: What was given, or a variable, is not the URL of a proxy for aiohttp. The message does not show it.
    """
    if proxy is not None:
        _check_usable(proxy, "proxy")
        return lambda url: proxy
    found: dict[str, httpx.Proxy] = {}
    environment = getproxies() if trust_env else {}
    for scheme in ("http", "https"):
        name = scheme if environment.get(scheme) else "all"
        setting = environment.get(name)
        if setting:
            found[scheme] = _environment_proxy(setting, f"{name}_proxy".upper())
    if not found:
        return lambda url: None

    @lru_cache(maxsize=256)  # it reads all of the environment
    def bypassed(netloc: bytes) -> bool:
        return bool(proxy_bypass(netloc.decode("ascii")))

    def proxy_for(url: httpx.URL) -> httpx.Proxy | None:
        of_scheme = found.get(url.scheme)
        return None if of_scheme is None or bypassed(url.netloc) else of_scheme

    return proxy_for


def _environment_proxy(setting: str, name: str) -> httpx.Proxy:
    try:
        proxy = httpx.Proxy(setting if "://" in setting else f"http://{setting}")
    except (httpx.InvalidURL, ValueError):
        raise ValueError(f"{name}: not the URL of a proxy that aiohttp can use") from None
    _check_usable(proxy, name)
    return proxy


def _check_usable(proxy: httpx.Proxy, name: str) -> None:
    if proxy.url.scheme not in ("http", "https"):
        raise ValueError(f"{name}: aiohttp has no SOCKS proxies")
    if proxy.ssl_context is not None:
        raise ValueError(f"{name}: aiohttp uses the SSL context of the server for the proxy, too")
