"""The client that operations are called with: its options and their checks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from logging import Logger, getLogger
from typing import TYPE_CHECKING, Any, ClassVar, Self

import httpx

from ._connections import Connections, checked_flag, checked_proxy, checked_verify
from ._engine import Call, Engine, checked_timeout
from ._headers import CREDENTIALS, checked_header
from ._trace import traces_all
from .schema import abridged, is_mapping
from .types import Unset

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

    from ._outcome import ReceivedResponse

__all__ = ["BaseClient"]

# What the client itself says in each request, from the contract and the request body.
_RESERVED = frozenset(b"accept accept-encoding connection content-length content-type host transfer-encoding".split())


class BaseClient:
    """Sends the calls of operations; any number of threads and tasks may share it.

    It is a context manager, blocking and asynchronous, that closes its connections. Calls after that raise a
    RuntimeError; calls that are under way then end as they would have.
    """

    user_agent: ClassVar[str] = f"python-httpx/{httpx.__version__}"
    """The User-Agent of every request, unless `headers` has one."""
    logger: ClassVar[Logger] = getLogger(__name__)
    """Logs how each call ended (DEBUG), and before that why and after which pause it is repeated (WARNING).

    Never a secret.
    """

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx.Auth | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60.0,
        max_retries: int = 2,
        verify: ssl.SSLContext | str | bool = True,
        proxy: str | httpx.Proxy | None = None,
        trust_env: bool = True,
        allow_http: bool = False,
        max_connections: int = 50,
        transport: httpx.BaseTransport | None = None,
        async_transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Check the options; nothing is connected yet.

        Args:
            base_url: Where the service is, for example https://host or http://localhost:4010/path. It must not hold
                user information, a query or a fragment.
            auth: What authenticates every attempt.
            headers: Further headers of every request. Those that the client sets, such as Content-Type, are refused.
            timeout: The seconds that a call may take in all, attempts and pauses included, unless it is given its own.
                A blocking call can last longer for two reasons: looking up the host's name is left to the system; and
                where the name has several addresses that do not respond, each of them is given the time that was left
                for the first.
            max_retries: How often a call is attempted again where nothing can run twice: no connection was made, or the
                service asked to wait (429). Calls that only read are attempted again also after 502, 503, 504 and a
                lost response.
            verify: Whether to check the server's certificate; or what to check it by: the path of a file or folder of
                certificate authorities, or an SSL context.
            proxy: The URL of the proxy for all requests, for example http://user:password@host:3128 or, with the extra
                httpx[socks], socks5://host. None: the proxies that the environment names (HTTP_PROXY, HTTPS_PROXY,
                ALL_PROXY, NO_PROXY).
            trust_env: Whether to take proxies, and certificate authorities (SSL_CERT_FILE, SSL_CERT_DIR), from the
                environment.
            allow_http: Whether credentials may be sent over http:// to other machines than this one.
            max_connections: The most connections at a time, for blocking calls and for those of each event loop. A
                further call waits for one, and is RequestNotSent if none is free within its timeout.
            transport: What sends blocking requests, instead of httpx's own. If it is not one of httpx's, whatever it
                raises is OutcomeUnknown, since only they tell how far a request came.
            async_transport: The same for asynchronous requests.

        Raises:
            ValueError, TypeError: An option is not what it should be, or would have no effect. Values of headers, and
                of URLs that may hold a password, are never shown.
        """
        url = _checked_url(base_url)
        self._timeout = checked_timeout(timeout)
        checked_headers = _checked_headers(self.user_agent, headers)
        self._base_url = str(url)
        self._check_transports(transport, async_transport, verify=verify, proxy=proxy)
        checked_auth = _instance("auth", auth, httpx.Auth)
        has_credentials = checked_auth is not None or any(name.lower() in CREDENTIALS for name, _ in checked_headers)
        refusal = None if checked_flag("allow_http", allow_http) else _plain_http_refusal(url)
        if refusal and has_credentials and transport is None and async_transport is None:
            raise ValueError(refusal)
        self._refusal = None if transport else refusal
        self._refusal_async = None if async_transport else refusal
        self._engine = Engine(
            base_url=self._base_url.rstrip("/"),
            headers=[(b"Host", url.netloc), *checked_headers],
            auth=checked_auth,
            timeout=self._timeout,
            max_retries=_checked_integer("max_retries", max_retries, least=0),
            connections=Connections(
                max_connections=_checked_integer("max_connections", max_connections, least=1),
                verify=checked_verify(verify),
                proxy=checked_proxy(proxy),
                trust_env=checked_flag("trust_env", trust_env),
                transport=transport,
                async_transport=async_transport,
                refusal=refusal if has_credentials else None,
            ),
            traced=(
                traces_all(transport, "handle_request"),
                traces_all(async_transport, "handle_async_request"),
            ),
            logger=self.logger,
        )

    @staticmethod
    def _check_transports(transport: Any, async_transport: Any, *, verify: Any, proxy: Any) -> None:
        _instance("transport", transport, httpx.BaseTransport)
        _instance("async_transport", async_transport, httpx.AsyncBaseTransport)
        given = "transport" if transport is not None else "async_transport" if async_transport is not None else None
        for name, value, default in (("verify", verify, True), ("proxy", proxy, None)):
            if given and value is not default:
                raise ValueError(f"{name}: has no effect beside {given}; give it to the transport")

    @property
    def base_url(self) -> str:
        """Where the service is."""
        return self._base_url

    @property
    def timeout(self) -> float:
        """The seconds that a call may take in all, unless it is given its own."""
        return self._timeout

    def send(self, call: Call, timeout: float | Unset | None) -> ReceivedResponse:
        """Send a call that an operation has prepared.

        Raises:
            ValueError: A header of the call would send credentials unencrypted.
        """
        _check_encryption(call, self._refusal)
        return self._engine.send(call, timeout)

    async def send_async(self, call: Call, timeout: float | Unset | None) -> ReceivedResponse:
        """Do as `send` does, without blocking."""
        _check_encryption(call, self._refusal_async)
        return await self._engine.send_async(call, timeout)

    def close(self) -> None:
        """Refuse further calls; close the connections of blocking calls once those that are under way have ended."""
        self._engine.connections.close()

    async def aclose(self) -> None:
        """Do as `close` does, and the same for the calls of the running event loop.

        Connections of another event loop that is still open are closed by calling this there.
        """
        await self._engine.connections.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._base_url!r})"

    def __enter__(self) -> Self:
        self._engine.connections.check_open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        self._engine.connections.check_open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()


def _instance(name: str, value: Any, kind: type) -> Any:
    if value is not None and not isinstance(value, kind):
        example = ' such as TokenAuth("…")' if kind is httpx.Auth else ""
        raise TypeError(f"{name}: must be an httpx.{kind.__name__}{example}, not {type(value).__name__}")
    return value


def _checked_integer(name: str, value: Any, *, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name}: must be an integer, not {type(value).__name__}")
    if value < least:
        raise ValueError(f"{name}: less than {least} ({abridged(value)})")
    return value


def _check_encryption(call: Call, refusal: str | None) -> None:
    if refusal is not None and not CREDENTIALS.isdisjoint(call.named):
        raise ValueError(refusal)


def _plain_http_refusal(url: httpx.URL) -> str | None:
    """Return why credentials must not be sent to a URL: plain http to another machine; None if they may."""
    if url.scheme == "https" or _is_loopback(url.host):
        return None
    return "base_url: http:// would send the credentials unencrypted; use https://, or allow_http=True"


def _is_loopback(host: str) -> bool:
    """Return whether a host is this machine, so that nobody else can listen (RFC 6761 for the name)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    from ipaddress import ip_address  # httpx has imported it

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _checked_url(base_url: Any) -> httpx.URL:
    """Return the base URL; the messages do not show it, since it may hold a password."""
    if not isinstance(base_url, str):
        raise TypeError(f"base_url: must be a string, not {type(base_url).__name__}")
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, ValueError):
        url = None
    if url is None or re.search(r"[\x00-\x20\x7f]", base_url):
        raise ValueError("base_url: is no URL")
    if url.userinfo or "@" in base_url:
        raise ValueError("base_url: must not hold user information; use auth")
    if url.scheme not in ("http", "https") or not url.host:
        raise ValueError("base_url: must begin with http:// or https:// and a host")
    if max(map(len, url.raw_host.split(b"."))) > 63 or not 0 < (url.port or 1) < 65536:
        raise ValueError("base_url: has a host or port that cannot be")
    if "?" in base_url or "#" in base_url:
        raise ValueError("base_url: must end with the path, without a query or fragment")
    return url


def _checked_headers(user_agent: str, headers: Any) -> list[tuple[bytes, bytes]]:
    if headers is None:
        headers = {}
    if not is_mapping(headers):
        raise TypeError(f"headers: must be a mapping, not {type(headers).__name__}")
    checked = {
        b"user-agent": (b"User-Agent", user_agent.encode("ascii")),
        b"accept-encoding": (b"Accept-Encoding", b"gzip"),
    }
    given: set[bytes] = set()
    for header in headers.items():
        name, value = checked_header(*header)
        key = name.lower()
        if key in _RESERVED:
            raise ValueError(f"headers: {name.decode('ascii')} cannot be set, since the client sets it")
        if key in given:
            raise ValueError(f"headers: {name.decode('ascii')} is there twice")
        given.add(key)
        checked[key] = (name, value)
    return list(checked.values())
