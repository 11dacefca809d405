"""Authentication by token."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from typing import TYPE_CHECKING

import httpx

from ._request import with_headers
from ._secrets import SecretHolder, check_credential, hide_locals

if TYPE_CHECKING:
    from ._renewal import RenewableToken


class Token:
    """A token that has been checked. Its repr hides it, so that it may stand in a local variable."""

    __slots__ = ("_value",)

    @hide_locals
    def __init__(self, name: str, value: object, expected: str = "a str") -> None:
        self._value = check_credential(name, value, expected)

    def __repr__(self) -> str:
        return "Token('***')"

    def equals(self, other: "Token") -> bool:
        """Return whether both are the same string."""
        return self._value == other._value

    @hide_locals
    def add_to(self, request: httpx.Request) -> httpx.Request:
        """Return a copy of the request that carries the token."""
        copy = with_headers(request, request.headers)
        copy.headers["X-Auth-Token"] = self._value
        return copy


class TokenAuth(SecretHolder, httpx.Auth):
    """Sends a token of the identity service in the header `X-Auth-Token` (document dataartsstudio_02_0010).

    A token is valid for 24 hours; after that, the gateway answers 401. A program that runs longer, or waits for long
    runs, gives a callable that fetches a token::

        def fetch_token() -> str:
            response = httpx.post(f"{identity_service}/v3/auth/tokens", json=login, timeout=10)
            return response.raise_for_status().headers["X-Subject-Token"]

        auth = TokenAuth(fetch_token)

    The callable is called without arguments before the first request, and the token that it returns is kept. When the
    answer to a request is 401, the callable is called again. If it returns another token, the request is sent once
    more; if it returns the same token, or the answer is 401 again, that answer is the result. No job runs twice by
    this, since the gateway refuses a request before the service sees it. Two requests are not sent again, though the
    next one has the new token: one whose body is a stream, which can be read only once, and one that httpx redirected
    before the 401.

    Any number of clients, threads and tasks may share one object. While one of them asks the callable, the others wait
    for the same token, or the same exception. What the callable raises passes through unchanged, save StopIteration,
    which becomes a RuntimeError. Give the callable a time limit of its own: a blocking client cannot interrupt it.

    Asynchronous clients also take an asynchronous callable; they call any other one in a thread, so that it does not
    block the event loop, which must be asyncio's. If the task that asks is cancelled, the next one asks.

    Objects are immutable. An `X-Auth-Token` that the request already carries is replaced; the caller's request object
    is left as it is.

    Follow redirects (httpx does not, by default) only where every host may see the token: httpx removes `Authorization`
    from a request that is redirected to another host, but not this header.

    Args:
        token: The token, or a callable that returns it.

    Raises:
        TypeError: The token is neither a str nor callable. While sending: the callable returned something else than a
            str, or is asynchronous and the client is not.
        ValueError: The token is empty, or no HTTP header can carry it: white space around it, line breaks, characters
            outside ASCII. While sending: the callable returned such a token. No message ever shows the token.
        RuntimeError: While sending: the callable sends a request with these very credentials.
    """

    __slots__ = ("_source",)

    _instead = "for a token that changes, create it with a callable, TokenAuth(fetch_token)"

    @hide_locals
    def __init__(self, token: str | Callable[[], str] | Callable[[], Awaitable[str]]) -> None:
        self._source: Token | RenewableToken
        if callable(token):
            from . import _renewal  # Here, so that a program that has a string does not wait for it.

            self._source = _renewal.RenewableToken(token)
        else:
            self._source = Token("token", token, "a str or a callable that returns one")

    def __repr__(self) -> str:
        shown = "'***'" if isinstance(self._source, Token) else "<callable>"
        return f"TokenAuth(token={shown})"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with the token; after a 401, send it once more with another token, if there is one."""
        if isinstance(self._source, Token):
            yield self._source.add_to(request)
            return
        token = self._source.get()
        response = yield token.add_to(request)
        if _is_refused(response):
            renewed = self._source.get(refused=token)
            if _can_be_repeated(request) and not renewed.equals(token):
                yield renewed.add_to(request)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do as `auth_flow` does, without blocking."""
        if isinstance(self._source, Token):
            yield self._source.add_to(request)
            return
        token = await self._source.get_async()
        response = yield token.add_to(request)
        if _is_refused(response):
            renewed = await self._source.get_async(refused=token)
            if _can_be_repeated(request) and not renewed.equals(token):
                yield renewed.add_to(request)


def _is_refused(response: httpx.Response) -> bool:
    """Return whether the gateway refused this request's token; after redirects, others may have been involved."""
    return response.status_code == 401 and not response.history


def _can_be_repeated(request: httpx.Request) -> bool:
    """Return whether the body can be sent again: a stream can be read only once."""
    return isinstance(request.stream, httpx.ByteStream)
