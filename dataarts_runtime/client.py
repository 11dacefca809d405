"""The client: where to send calls, and on whose behalf."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self

import httpx

from ._engine import Sender, seconds
from ._wire import check_header
from .schema import abridged, is_mapping

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

__all__ = ["BaseClient"]

_OWN = frozenset(b"accept accept-encoding connection content-length content-type host transfer-encoding".split())


class BaseClient(Sender):
    """A client of the service, which holds the connections to it; for any number of threads and tasks.

    It is a context manager, blocking and asynchronous, that closes them. Once it is closed, calls raise a RuntimeError.

    Args:
        base_url: Where the service is, for example https://host or http://localhost:4010/path; no user information.
        auth: What authenticates every attempt.
        headers: Further headers of every request. What the contract settles, such as Content-Type, stays as it is.
        timeout: The seconds that a call may take in all, attempts and pauses included, unless it is given its own. Two things
            can make a blocking call outlast it: looking up the host's name is left to the system, and where the name has
            several addresses that do not answer, each of them is given the time that was left for the first.
        max_retries: How often a call is tried again where nothing can run twice: the connection was not made, or the service
            asked to wait (429). Calls that only read are also tried again after 502, 503, 504 and a lost connection.
        verify: Whether to check the server's certificate; or what to check it by: the path of a file or folder of
            certificate authorities, or an SSL context.
        transport: What sends blocking requests, in the place of httpx's own; a proxy from the environment is then not used.
        async_transport: The same for asynchronous requests.

    Raises:
        ValueError, TypeError: An argument is not what it should be. Values of headers are never shown.
    """

    user_agent: ClassVar[str] = f"python-httpx/{httpx.__version__}"
    """The User-Agent of every request, unless `headers` has one."""

    def __init__(
        self,
        base_url: str,
        *,
        auth: httpx.Auth | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float = 60.0,
        max_retries: int = 2,
        verify: ssl.SSLContext | str | bool = True,
        transport: httpx.BaseTransport | None = None,
        async_transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        url = _checked_url(base_url)
        super().__init__(
            base_url=str(url).rstrip("/"),
            headers=[(b"Host", url.netloc), *_checked_headers(self.user_agent, headers)],
            auth=_instance("auth", auth, httpx.Auth),
            timeout=seconds(timeout),
            max_retries=_checked_retries(max_retries),
            verify=_checked_verify(verify),
            transport=_instance("transport", transport, httpx.BaseTransport),
            async_transport=_instance("async_transport", async_transport, httpx.AsyncBaseTransport),
        )
        self._base_url = str(url)

    @property
    def base_url(self) -> str:
        """Where the service is."""
        return self._base_url

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._base_url!r})"

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        self._open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()


def _instance(name: str, value: Any, kind: type) -> Any:
    if value is not None and not isinstance(value, kind):
        raise TypeError(f"{name}: must be an httpx.{kind.__name__}, not {type(value).__name__}")
    return value


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
        name, value = check_header(*header)
        if name.lower() in given:
            raise ValueError(f"headers: {name.decode('ascii')} is there twice")
        given.add(name.lower())
        if name.lower() not in _OWN:
            checked[name.lower()] = (name, value)
    return list(checked.values())


def _checked_retries(max_retries: Any) -> int:
    if isinstance(max_retries, bool) or not isinstance(max_retries, int):
        raise TypeError(f"max_retries: must be an integer, not {type(max_retries).__name__}")
    if max_retries < 0:
        raise ValueError(f"max_retries: less than 0 ({abridged(max_retries)})")
    return max_retries


def _checked_verify(verify: Any) -> Any:
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
