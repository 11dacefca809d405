"""What an attempt came to: a response, or an error of the tree that says why there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from time import monotonic
from typing import NamedTuple

import httpx

from . import errors
from ._redact import hidden, one_line, secrets_of
from ._throttle import ThrottledError
from ._trace import Attempt, UnsendableHeader

__all__ = ["NoResponse", "ReceivedResponse", "outcome_of_error", "received"]

_QUOTED = r"(?s)[: ]*(?:bytearray\()?\bb['\"].*"  # bytes of a response in h11's messages, which may hold a secret
# What another attempt would not change.
_LASTING = (httpx.LocalProtocolError, httpx.UnsupportedProtocol, ThrottledError)
# What there is to do, by what OpenSSL and the system say.
_HINTS = {
    "CERTIFICATE_VERIFY_FAILED": "for a certificate authority of your own, give the client verify=PATH",
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
    requests: Sequence[httpx.Request]
    """What was sent: one request, unless authentication sent others."""
    carried_out_before: bool
    """Whether an earlier request may have been carried out, whatever the status of this response."""


class NoResponse(NamedTuple):
    """No response was received; `transient` says whether another attempt could succeed."""

    error: errors.ClientError
    transient: bool


def received(attempt: Attempt) -> ReceivedResponse:
    """Return the response of an attempt's last exchange."""
    last = attempt.exchanges[-1]
    assert last.response is not None
    return ReceivedResponse(
        last.response.status_code,
        last.headers,
        last.body.content,
        last.body.problem,
        attempt.requests,
        attempt.was_carried_out_before,
    )


def outcome_of_error(
    error: Exception, attempt: Attempt, request: httpx.Request, timeout: float
) -> ReceivedResponse | NoResponse:
    """Return what an exception of the transport means.

    A status of 400 and above is a response, even if its body broke off: it says that the request failed.
    """
    last = attempt.exchanges[-1] if attempt.exchanges else None
    if last is not None:
        if last.response is not None and last.response.status_code >= 400:
            return received(attempt)
        last.failed(error)
    reason = _reason(error, attempt, timeout)
    failure: errors.ClientError
    if attempt.may_be_carried_out:
        failure = errors.OutcomeUnknown(f"The response was lost: {reason}. The request may have been carried out.")
    else:
        server = request.url.netloc.decode("ascii")
        failure = errors.RequestNotSent(f"The request to {server} was not sent: {reason}.")
    if not isinstance(error, ThrottledError | TimeoutError | httpx.LocalProtocolError | httpx.RemoteProtocolError):
        failure.__cause__ = error  # those are left out whose messages may hold a secret, or say nothing
    return NoResponse(failure, not isinstance(error, _LASTING))


def _reason(error: Exception, attempt: Attempt, timeout: float) -> str:
    """Return in words why there is no response, without a full stop."""
    if isinstance(error, ThrottledError):
        return f"the service throttles this client, and its turn comes after the timeout of {timeout:g} s"
    late = attempt.traced or monotonic() >= attempt.ends  # other transports call a reset a timeout
    if isinstance(error, TimeoutError | httpx.TimeoutException) and late:
        return f"the timeout of {timeout:g} s is over"
    if isinstance(error, httpx.LocalProtocolError) and not isinstance(error, UnsendableHeader):
        return "HTTP does not allow it"  # h11's own message may hold a header, and that a secret
    text: str = hidden(str(error), secrets_of(attempt.requests, frozenset()))
    if isinstance(error, httpx.RemoteProtocolError):
        text = re.sub(_QUOTED, "", text)
    text = one_line(text, 200).rstrip(".") or type(error).__name__
    return next((f"{text} ({hint})" for sign, hint in _HINTS.items() if sign in text), text)
