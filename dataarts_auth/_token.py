"""Authentication by token."""

from collections.abc import Generator

import httpx

from ._request import with_headers
from ._secrets import SecretHolder, check_credential


class TokenAuth(SecretHolder, httpx.Auth):
    """Sends a token of the identity service in the header `X-Auth-Token` (document dataartsstudio_02_0010).

    A token is valid for 24 hours and is not renewed here: after that the gateway answers 401. An `X-Auth-Token` that
    the request already carries is replaced; the caller's request object is left as it is.

    Follow redirects (httpx does not, by default) only where every host may see the token: httpx takes `Authorization`
    off a request that leaves for another host, but not this header.

    Raises:
        TypeError: The token is not a str.
        ValueError: The token is empty, or no HTTP header can carry it: white space around it, line breaks, characters
            outside ASCII. The message never shows the token.
    """

    __slots__ = ("_token",)

    def __init__(self, token: str) -> None:
        self._token = check_credential("token", token)

    def __repr__(self) -> str:
        return "TokenAuth(token='***')"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with the token."""
        copy = with_headers(request, request.headers)
        copy.headers["X-Auth-Token"] = self._token
        yield copy
