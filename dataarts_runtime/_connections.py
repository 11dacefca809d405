"""The connections of a client: an httpx client for blocking calls, and one for each event loop."""

from __future__ import annotations

import logging
import os
import re
import threading
from typing import TYPE_CHECKING, Any, TypeVar

import httpx

from ._lending import LendingTransport
from .schema import abridged

if TYPE_CHECKING:
    import asyncio

__all__ = ["KEEPALIVE", "Connections", "PerLoop", "checked_flag", "checked_proxy", "checked_verify", "ssl_context"]

C = TypeVar("C", httpx.Client, httpx.AsyncClient)

# Seconds that an idle connection is kept: fewer than the 5 s after which common servers hang up, so that few calls meet
# a connection that is just being closed.
KEEPALIVE = 4.0


class _NoCookies(httpx.Cookies):
    """Keeps no cookies of responses. None would be sent: the engine makes the requests, not httpx's client."""

    def extract_cookies(self, response: httpx.Response) -> None:
        pass


class _BlockingClient(httpx.Client):
    cookies: Any = _NoCookies()


class _AsyncClient(httpx.AsyncClient):
    cookies: Any = _NoCookies()


class PerLoop:
    """The httpx client of one event loop, and the slots for its requests: as many as there may be connections."""

    __slots__ = ("calls", "client", "slots")

    def __init__(self, client: httpx.AsyncClient, slots: asyncio.Semaphore) -> None:
        self.client = client
        self.slots = slots
        self.calls = 0


class Connections:
    """Makes httpx clients when they are first needed, and closes them after the last call.

    Whoever takes a client gives it back. After `close`, none is given out; calls under way end as they would have, and
    the last of them closes the connections.

    Args:
        max_connections: The most connections for blocking calls, and for the calls of each event loop.
        verify: As httpx takes it.
        proxy: The proxy of all requests; None for those of the environment.
        trust_env: Whether to take proxies and certificate authorities from the environment.
        transport: What sends blocking requests instead of httpx's own transport.
        async_transport: The same for asynchronous requests.
        refusal: Why httpx's own transports must not be used, if so.
    """

    def __init__(
        self,
        *,
        max_connections: int,
        verify: Any,
        proxy: httpx.Proxy | None,
        trust_env: bool,
        transport: httpx.BaseTransport | None,
        async_transport: httpx.AsyncBaseTransport | None,
        refusal: str | None,
    ) -> None:
        self._max_connections = max_connections
        self._verify = verify
        self._proxy = proxy
        self._trust_env = trust_env
        self._transport = transport
        self._async_transport = async_transport
        self._refusal = refusal
        self._lock = threading.Lock()
        self._closed = False
        self._blocking: httpx.Client | None = None
        self._blocking_calls = 0
        self._loops: dict[asyncio.AbstractEventLoop, PerLoop] = {}

    def check_open(self) -> None:
        """Raise a RuntimeError after `close`."""
        if self._closed:
            raise RuntimeError("The client is closed.")

    def take(self) -> httpx.Client:
        """Return the client for a blocking call."""
        with self._lock:
            self.check_open()
            if self._blocking is None:
                self._blocking = self._make(_BlockingClient, self._transport, _hide_location)
            self._blocking_calls += 1
            return self._blocking

    def give_back(self) -> None:
        """End a blocking call."""
        with self._lock:
            self._blocking_calls -= 1
            client = self._idle_after_close()
        if client is not None:
            client.close()

    def _idle_after_close(self) -> httpx.Client | None:
        """Return the client for blocking calls if it is to be closed now."""
        if not self._closed or self._blocking_calls:
            return None
        client, self._blocking = self._blocking, None
        return client

    def take_async(self) -> PerLoop:
        """Return what an asynchronous call needs in the running event loop."""
        from asyncio import Semaphore, get_running_loop  # slow to import; whoever gets here has done it

        loop = get_running_loop()
        with self._lock:
            self.check_open()
            found = self._loops.get(loop)
            if found is None:
                self._forget_closed_loops()
                client = self._make(_AsyncClient, self._async_transport, _hide_location_async)
                # Queueing at the semaphore costs less than in httpx's pool.
                found = self._loops[loop] = PerLoop(client, Semaphore(self._max_connections))
            found.calls += 1
            return found

    async def give_back_async(self, taken: PerLoop) -> None:
        """End an asynchronous call."""
        taken.calls -= 1
        if self._closed:
            await self._close_loop()

    def close(self) -> None:
        """Give out no more clients; close the connections of blocking calls once there are no calls."""
        with self._lock:
            self._closed = True
            self._transport = self._async_transport = None  # which may hold what belongs to closed event loops
            client = self._idle_after_close()
            self._forget_closed_loops()
        if client is not None:
            client.close()

    async def aclose(self) -> None:
        """Do as `close` does, and close the connections of the running event loop once there are no calls."""
        self.close()
        await self._close_loop()

    async def _close_loop(self) -> None:
        from asyncio import get_running_loop  # as above

        loop = get_running_loop()
        with self._lock:
            found = self._loops.get(loop)
            if found is None or found.calls:
                return
            del self._loops[loop]
        await found.client.aclose()

    def _forget_closed_loops(self) -> None:
        """Forget the clients of closed event loops, which nothing can close any more: their sockets go with them."""
        for loop in [loop for loop in self._loops if loop.is_closed()]:
            del self._loops[loop]

    def _make(self, kind: type[C], transport: Any, hook: Any) -> C:
        """Return a client of httpx. What httpx says of a proxy may hold its password, and is not shown.

        Raises:
            ValueError: A proxy cannot be used, certificate authorities cannot be read, or http must not be used.
        """
        if transport is None and self._refusal is not None:
            raise ValueError(self._refusal)
        if transport is None and isinstance(self._verify, bool):
            self._verify = ssl_context(verify=self._verify, trust_env=self._trust_env)  # one for all
        logging.getLogger("httpcore.socks").addFilter(_hide_socks_password)  # once, however often it is called
        options: dict[str, Any] = {"trust_env": self._trust_env, "event_hooks": {"response": [hook]}}
        if transport is not None:
            return kind(transport=transport, **options)
        try:
            if kind is _AsyncClient and (self._proxy or not (self._trust_env and _environment_has_proxies())):
                self._lent_transport()  # so that what is wrong with a proxy shows now
                options["transport"] = LendingTransport(self._lent_transport, KEEPALIVE)
                return kind(**options)
            limits = _limits(self._max_connections)
            return kind(limits=limits, verify=self._verify, proxy=self._proxy, **options)
        except ImportError as error:
            if "socksio" not in str(error):
                raise
            raise ValueError(f"{self._proxy_names()}: a SOCKS proxy needs the extra httpx[socks]") from None
        except (httpx.InvalidURL, ValueError):
            if not self._proxy_names():
                raise
            raise ValueError(f"{self._proxy_names()}: not the URL of a proxy that httpx can use") from None

    def _lent_transport(self) -> httpx.AsyncHTTPTransport:
        return httpx.AsyncHTTPTransport(verify=self._verify, proxy=self._proxy, limits=_limits(1))

    def _proxy_names(self) -> str:
        """Return what names the proxies: the option or variables of the environment; nothing if there are none."""
        if self._proxy is not None:
            return "proxy"
        if not self._trust_env:
            return ""
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
        found = [name for name in names if os.environ.get(name) or os.environ.get(name.lower())]
        return ", ".join(found) or ("the system's proxies" if _environment_has_proxies() else "")


def checked_flag(name: str, value: Any) -> bool:
    """Return an option that is a boolean; raise a TypeError if it is none."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}: must be a boolean, not {type(value).__name__}")
    return value


def checked_verify(verify: Any) -> Any:
    """Return what httpx takes without a warning: a context in the place of a path."""
    if isinstance(verify, bool):
        return verify
    import ssl  # slow to import, if nothing else has

    if isinstance(verify, ssl.SSLContext):
        return verify
    if not isinstance(verify, str):
        raise TypeError(f"verify: must be a boolean, a path or an SSL context, not {type(verify).__name__}")
    from os.path import isdir

    try:
        if isdir(verify):
            return ssl.create_default_context(capath=verify)
        return ssl.create_default_context(cafile=verify)
    except (OSError, ValueError) as error:
        raise ValueError(f"verify: no certificate authorities in {abridged(verify)}: {error}") from error


def checked_proxy(proxy: Any) -> httpx.Proxy | None:
    """Return the proxy; the messages do not show its URL, which may hold a password."""
    if proxy is None or isinstance(proxy, httpx.Proxy):
        return proxy
    if not isinstance(proxy, str):
        raise TypeError(f"proxy: must be a URL or an httpx.Proxy, not {type(proxy).__name__}")
    try:
        return httpx.Proxy(proxy)
    except (httpx.InvalidURL, ValueError):
        pass
    raise ValueError("proxy: must be a URL that begins with http://, https:// or socks5://")


def _limits(max_connections: int) -> httpx.Limits:
    return httpx.Limits(
        max_connections=max_connections, max_keepalive_connections=max_connections, keepalive_expiry=KEEPALIVE
    )


def _environment_has_proxies() -> bool:
    """Return whether httpx would find proxies: it asks the same function."""
    from urllib.request import getproxies  # httpx has imported it

    return any(getproxies().get(name) for name in ("http", "https", "all"))


def ssl_context(*, verify: bool, trust_env: bool) -> Any:
    """Return the context that checks servers' certificates, or that checks none."""
    try:
        return httpx.create_ssl_context(verify=verify, trust_env=trust_env)
    except OSError as error:
        names = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if trust_env and os.environ.get(name)]
        raise ValueError(
            f"{' or '.join(names) or 'verify'}: no certificate authorities can be read: {error}"
        ) from error


def _hide_socks_password(record: logging.LogRecord) -> bool:
    """Keep the user name and password of a SOCKS proxy out of httpcore's log; a filter of it."""
    record.msg = re.sub(r"auth=\(.*\)", "auth=***", str(record.msg))
    return True


def _hide_location(response: httpx.Response) -> None:
    """Keep httpx from parsing where a redirect leads to, which can fail; an event hook. The client follows none."""
    if response.is_redirect and "location" in response.headers:
        response.extensions["headers"] = response.headers.copy()
        del response.headers["location"]


async def _hide_location_async(response: httpx.Response) -> None:
    """Do as `_hide_location` does."""
    _hide_location(response)
