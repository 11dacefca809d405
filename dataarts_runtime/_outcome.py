"""What an attempt came to: a response, or the ClientError that says why there is none.

Here it is decided whether the outcome of a call is unknown, on one principle: the service may have carried out the
operation, unless it is proven that it has not. There are two proofs:

- the request was not handed to a connection, as `_trace` tells;
- its response is a refusal: the status is 400 to 499, but for 408, which a gateway may send while the service goes on.

`may_be_carried_out` holds the principle; `outcome_unknown` applies it to a response.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from time import monotonic
from typing import NamedTuple

import httpx

from . import errors
from ._redact import mask_secrets, one_line, secrets_of
from ._throttle import ThrottledError
from ._trace import Attempt, Exchange, Phase, UnsendableHeader

__all__ = [
    "MAY_BE_CARRIED_OUT",
    "SAFE_METHODS",
    "NoResponse",
    "ReceivedResponse",
    "outcome_of_error",
    "outcome_of_response",
    "outcome_unknown",
]

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
"""The methods that change nothing (RFC 9110, section 9.2.1), as far as APIs of this kind use them."""

MAY_BE_CARRIED_OUT = "The request may have been carried out."
"""The sentence in the message of each error whose `outcome_unknown` is true."""

_QUOTED = r"(?s)[: ]*(?:bytearray\()?\bb['\"].*"  # bytes of a response in h11's messages, which may hold a secret
# What another attempt would not change.
_LASTING = (
    *(httpx.LocalProtocolError, httpx.UnsupportedProtocol, ThrottledError),
    # A mistake in a program: the transport's, the client's or one of Python's modules.
    *(ArithmeticError, AssertionError, AttributeError, ImportError, LookupError, NameError, TypeError),
    *(NotImplementedError, RecursionError),
)
# What there is to do, by what OpenSSL and the system say.
_TRANSPORT_HINTS = {
    "CERTIFICATE_VERIFY_FAILED": "for an authority of your own, give the client verify=PATH or set SSL_CERT_FILE",
    "WRONG_VERSION_NUMBER": "the server does not speak TLS at this port: is it http://?",
    "RECORD_LAYER_FAILURE": "the server does not speak TLS at this port: is it http://?",
}


class ReceivedResponse(NamedTuple):
    """A response, as far as its body was read."""

    status: int
    headers: httpx.Headers
    content: bytes
    problem: str | None
    """Why the body cannot be used, if it cannot."""
    attempt: Attempt

    @property
    def requests(self) -> Sequence[httpx.Request]:
        """What was sent: one request, unless authentication sent others."""
        return self.attempt.requests

    @property
    def may_be_carried_out(self) -> bool:
        """Whether the service may have carried out the operation, by this request or an earlier one of the attempt."""
        return may_be_carried_out(self.attempt)


class NoResponse(NamedTuple):
    """No response was received; `transient` says whether another attempt could succeed."""

    error: errors.ClientError
    transient: bool


def may_be_carried_out(attempt: Attempt) -> bool:
    """Return whether the service may have carried out the operation, so that repeating it could run it twice."""
    return any(exchange.is_operation and not _proves_otherwise(exchange) for exchange in attempt.exchanges)


def _proves_otherwise(exchange: Exchange) -> bool:
    """Return whether it is proven that the service has not carried out what a request asked for."""
    if exchange.response is None:
        return exchange.phase is Phase.CONNECTING
    return 400 <= exchange.response.status_code < 500 and exchange.response.status_code != 408


def outcome_unknown(response: ReceivedResponse, method: str) -> bool:
    """Return the `outcome_unknown` of an error that a response becomes; what only reads leaves nothing unknown."""
    return method not in SAFE_METHODS and response.may_be_carried_out


def outcome_of_response(attempt: Attempt) -> ReceivedResponse:
    """Return the response of an attempt's last exchange."""
    last = attempt.exchanges[-1]
    assert last.response is not None
    return ReceivedResponse(last.response.status_code, last.headers, last.body.content, last.body.problem, attempt)


def outcome_of_error(
    error: Exception, attempt: Attempt, request: httpx.Request, timeout: float
) -> ReceivedResponse | NoResponse:
    """Return what an exception of the transport means.

    A status of 400 and above is a response, even if its body broke off: it says that the request failed.
    """
    if attempt.exchanges:
        last = attempt.exchanges[-1]
        if last.response is not None and last.response.status_code >= 400:
            return outcome_of_response(attempt)
        last.note_failure(error)  # which may prove that the request was not sent
    reason = _reason(error, attempt, timeout)
    if attempt.exchanges and (proxy := attempt.exchanges[-1].missing_proxy):
        reason = f"no connection to the proxy {proxy}: {reason}"
    failure: errors.ClientError
    if may_be_carried_out(attempt):
        failure = errors.OutcomeUnknown(f"The response was lost: {reason}. {MAY_BE_CARRIED_OUT}")
    else:
        server = request.url.netloc.decode("ascii")
        failure = errors.RequestNotSent(f"The request to {server} was not sent: {reason}.")
    if not isinstance(error, ThrottledError | TimeoutError | httpx.LocalProtocolError | httpx.RemoteProtocolError):
        failure.__cause__ = error  # those are left out whose messages may hold a secret, or say nothing
    return NoResponse(failure, transient=not isinstance(error, _LASTING))


def _reason(error: Exception, attempt: Attempt, timeout: float) -> str:
    """Return in words why there is no response, without a full stop."""
    if isinstance(error, ThrottledError):
        return f"the service throttles this client, and its turn comes after the timeout of {timeout:g} s"
    if isinstance(error, TimeoutError | httpx.TimeoutException) and (
        attempt.traced or monotonic() >= attempt.ends  # a transport of another make may call a reset a timeout
    ):
        return f"the timeout of {timeout:g} s is over"
    if isinstance(error, httpx.LocalProtocolError) and not isinstance(error, UnsendableHeader):
        return "HTTP does not allow it"  # h11's own message may hold a header, and that a secret
    text: str = mask_secrets(str(error), secrets_of(attempt.requests, frozenset()))
    if isinstance(error, httpx.RemoteProtocolError):
        text = re.sub(_QUOTED, "", text)
    text = one_line(text, 200).rstrip(".") or type(error).__name__
    return next((f"{text} ({hint})" for sign, hint in _TRANSPORT_HINTS.items() if sign in text), text)
