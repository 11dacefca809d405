"""The exceptions of a call.

    ClientError                  base of all
    ├── RequestNotSent           the service has not seen the request: it is safe to call again
    ├── OutcomeUnknown           the response was lost or late: look at the service before you call again
    ├── UnexpectedResponse       the response is below 400, but not what the contract describes
    └── ApiError                 the response has a status of 400 or above
        ├── BadRequest           400
        ├── Unauthorized         401
        ├── Forbidden            403
        ├── NotFound             404
        ├── TooManyRequests      429
        └── ServerError          500 to 599

A call raises something else in these cases only:

- a ValueError or TypeError, before anything is sent: the contract forbids an argument, or the environment names a proxy
  or certificate authorities that cannot be used;
- a RuntimeError: the client is closed;
- what the caller's own `auth` raises;
- cancellation.
"""

from __future__ import annotations

from typing import Any

from .types import Response

__all__ = [
    "ApiError",
    "BadRequest",
    "ClientError",
    "Forbidden",
    "NotFound",
    "OutcomeUnknown",
    "RequestNotSent",
    "ServerError",
    "TooManyRequests",
    "Unauthorized",
    "UnexpectedResponse",
]


class ClientError(Exception):
    """Base of all exceptions of a call. Catch it to handle every failure, and look at `outcome_unknown`."""

    outcome_unknown: bool = False
    """Whether the service may have carried out the request although the call failed.

    If it is false, calling again cannot carry out anything twice. If it is true, look at the service first.
    """

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__)


def _restore(kind: type[ClientError], arguments: tuple[Any, ...], state: dict[str, Any]) -> ClientError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class RequestNotSent(ClientError):
    """The service has not seen the request. Catch it to call again later.

    There was no connection, or none was free within the timeout, or a proxy refused to make one.
    """


class OutcomeUnknown(ClientError):
    """The request was sent, but its response was lost or did not come within the timeout.

    Catch it to find out at the service whether the request was carried out.
    """

    outcome_unknown = True


class UnexpectedResponse(ClientError):
    """The response has a status below 400 and is not what the contract describes.

    It may be a redirect, a page of HTML from a proxy, or lack a value. Catch it to look at `response`.
    """

    def __init__(self, message: str, *, response: Response[Any], outcome_unknown: bool = False) -> None:
        super().__init__(message)
        self.status_code = response.status_code
        """The HTTP status code, below 400."""
        self.response = response
        """The whole response."""
        self.outcome_unknown = outcome_unknown


class ApiError(ClientError):
    """The response has a status of 400 or above. Catch it for every refusal and failure that the service reports.

    The response may come from the service itself, or from a gateway or proxy in front of it.
    """

    def __init__(
        self,
        message: str,
        *,
        response: Response[Any],
        error_code: str | None = None,
        error_msg: str | None = None,
        request_id: str | None = None,
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(message)
        self.status_code = response.status_code
        """The HTTP status code, 400 or above."""
        self.error_code = error_code
        """The error code in the body, or None."""
        self.error_msg = error_msg
        """The error message in the body, or None."""
        self.request_id = request_id
        """The ID of the request, from body or X-Request-Id header, or None. The provider's support asks for it."""
        self.response = response
        """The whole response."""
        self.outcome_unknown = outcome_unknown


class BadRequest(ApiError):
    """400: the service refused the request. Catch it to correct what was asked for."""


class Unauthorized(ApiError):
    """401: the credentials are missing, wrong or expired. Catch it to renew them."""


class Forbidden(ApiError):
    """403: the credentials are right, but do not permit the operation. Catch it to ask for the permission."""


class NotFound(ApiError):
    """404: the address is of no operation. Catch it to check the base URL."""


class TooManyRequests(ApiError):
    """429: too many requests. Catch it to send fewer, or to call again after `retry_after`.

    The client has waited and tried again by itself, until `max_retries` or the timeout was used up; it does not wait
    where the service asks for more than 30 seconds.
    """

    retry_after: float | None = None
    """The seconds that the service asks to wait, or None."""


class ServerError(ApiError):
    """500 to 599: the service or a gateway failed. Catch it to call again later, unless `outcome_unknown`."""

    retry_after: float | None = None
    """The seconds that the service asks to wait, or None."""
