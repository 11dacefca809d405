"""What a call can raise.

    ClientError                  everything the client raises once a request has been built
    ├── RequestNotSent           nothing reached the service: safe to try again
    ├── OutcomeUnknown           the request may have been carried out: look before you try again
    ├── UnexpectedResponse       a status below 400, or its body, is not what the contract describes
    └── ApiError                 any status of 400 and above
        ├── BadRequest           400
        ├── Unauthorized         401
        ├── Forbidden            403
        ├── NotFound             404
        ├── TooManyRequests      429
        └── ServerError          500 to 599

Arguments that the contract forbids are a ValueError or a TypeError, before anything is sent; using a client after it
was closed is a RuntimeError.
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
    """Catch it for whatever can go wrong once a request has been built; ask `outcome_unknown` before you try again."""

    outcome_unknown: bool = False
    """Whether the service may have carried out the request all the same."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__)


def _restore(kind: type[ClientError], arguments: tuple[Any, ...], state: dict[str, Any]) -> ClientError:
    error = kind.__new__(kind, *arguments)
    error.__dict__.update(state)
    return error


class RequestNotSent(ClientError):
    """Catch it to try again, now or elsewhere: no connection, no free one in time, a proxy in the way."""


class OutcomeUnknown(ClientError):
    """Catch it to look what became of the request: it was sent, but the answer was lost or did not come in time."""

    outcome_unknown = True


class UnexpectedResponse(ClientError):
    """Catch it to look at an answer that is not in the contract: a redirect, a page of HTML, a missing value."""

    def __init__(self, message: str, *, response: Response[Any], outcome_unknown: bool = False) -> None:
        super().__init__(message)
        self.status_code = response.status_code
        """The HTTP status code, below 400."""
        self.response = response
        """The whole answer."""
        self.outcome_unknown = outcome_unknown


class ApiError(ClientError):
    """Catch it for every refusal and failure that the service, or what stands before it, answered with."""

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
        """The error's code, if the body has one."""
        self.error_msg = error_msg
        """The error's message, if the body has one."""
        self.request_id = request_id
        """The request's ID, from the body or the X-Request-Id header, to quote to support."""
        self.response = response
        """The whole answer."""
        self.outcome_unknown = outcome_unknown


class BadRequest(ApiError):
    """400. Catch it to correct what was asked for: the service understood the request, and refused it."""


class Unauthorized(ApiError):
    """401. Catch it to renew the credentials: they are missing, wrong or expired."""


class Forbidden(ApiError):
    """403. Catch it to ask for permission: the credentials are right, but not enough."""


class NotFound(ApiError):
    """404. Catch it to check base URL and names: there is nothing at the address."""


class TooManyRequests(ApiError):
    """429. Catch it to slow down: the client's own attempts are used up, or the wait asked for is too long for it."""

    retry_after: float | None = None
    """The seconds to wait that the service asked for, if it did."""


class ServerError(ApiError):
    """500 to 599. Catch it to wait for the service, and to look what became of the request if it was not a safe one."""
