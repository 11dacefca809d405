"""Verification of signed requests, as the gateway does it."""

import hmac
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from ._canonical import CONTENT_SHA256, DATE, DATE_FORMAT, HOST, body_hash, canonical_request, keyed, sign
from ._secrets import hide_locals

_MAX_SKEW = timedelta(minutes=15)
_UNSIGNED_PAYLOAD = b"UNSIGNED-PAYLOAD"

# Compiled when first used, so that the import takes no time for it.
_AUTHORIZATION = (
    rb"SDK-HMAC-SHA256 +Access=([^,\s]+), ?SignedHeaders=([-!#$%&'*+.^_`|~0-9A-Za-z;]+), ?Signature=([0-9a-f]{64})"
)
_DATE = r"[0-9]{8}T[0-9]{6}Z"

_INCORRECT = "Incorrect IAM authentication information: "
_NOT_CALCULATED = _INCORRECT + "calc aksk signature fail:"


def access_key_of(authorization: str | bytes) -> str | None:
    """Return the access key that an `Authorization` header contains.

    Returns:
        The access key; None if the value is not of the scheme SDK-HMAC-SHA256, with its three parts.
    """
    match = re.fullmatch(_AUTHORIZATION, _octets(authorization).strip(b" \t"))
    return match[1].decode("latin-1") if match else None


@hide_locals
def verify_signature(
    method: str,
    raw_path: str | bytes,
    query: str | bytes,
    headers: Iterable[tuple[str | bytes, str | bytes]],
    body: bytes,
    *,
    secret_key: str,
    now: datetime,
) -> str | None:
    """Check the signature of a request that a server has received.

    The checks, in their order:

    1. There is an `Authorization` header. If not, the message is the one for any request without credentials,
       `x-auth-token not found`.
    2. There is only one, of the scheme SDK-HMAC-SHA256, with its three parts.
    3. Its list of signed headers contains `host` and `x-sdk-date`, and every listed header has been received.
    4. `X-Sdk-Date` is a date (`20260101T000000Z`) at most 15 minutes before or after `now`. If not, the message is
       `calc aksk signature fail:signature expired, signature time:…,server time:…`.
    5. The signature is that of the request. If not, the message is `verify aksk signature fail,canonicalRequest:…`,
       with the canonical request that was computed here, its line breaks replaced by vertical bars. It shows all
       signed headers, `X-Security-Token` too.

    The rules are those of the API signing guide (devg-apisign), and so are the messages of the first and the last
    check. The message for an old date is the one that the gateway was seen to send; the others are our own. The body
    may be left unsigned if there is a signed header `X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD`, as in the official SDK.

    Text arguments, headers included, are read as Latin-1, one character for each byte, which is how `http.server` and
    WSGI provide them. No request makes this function raise.

    Args:
        method: The request method.
        raw_path: The path as it was received, percent-encoded, without the query.
        query: The query as it was received, without the question mark; empty if there is none.
        headers: The name and value of every header line as it was received, names in any case.
        body: The body as it was received.
        secret_key: The secret key that belongs to the access key, which `access_key_of` finds.
        now: The server's time, with its time zone.

    Returns:
        None if the signature is valid; otherwise the message of the first check that failed. All messages begin with
        `Incorrect IAM authentication information: `.

    Raises:
        ValueError: `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now has no time zone")
    received: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        received.setdefault(_octets(name).lower(), []).append(_octets(value).strip(b" \t"))

    if b"authorization" not in received:
        return _INCORRECT + "x-auth-token not found"
    match = re.fullmatch(_AUTHORIZATION, b"\n".join(received[b"authorization"]))
    if match is None:
        return _NOT_CALCULATED + "Authorization is not SDK-HMAC-SHA256 with Access, SignedHeaders and Signature"
    names = sorted(match[2].lower().split(b";"))
    refusal = _check_signed_headers(names, received) or _check_date(received[DATE], now)
    if refusal is not None:
        return refusal

    signed = [(name, value) for name in names for value in received[name]]
    payloads = [body_hash(body)]
    if (CONTENT_SHA256, _UNSIGNED_PAYLOAD) in signed:
        payloads.append(_UNSIGNED_PAYLOAD)
    key = keyed(secret_key.encode())
    canonical = b""
    for payload in payloads:
        canonical = canonical_request(method, _octets(raw_path), _octets(query), signed, b";".join(names), payload)
        if hmac.compare_digest(sign(key, received[DATE][0], canonical), match[3]):
            return None
    shown = canonical.decode("utf-8", "replace").replace("\n", "|")
    return _INCORRECT + "verify aksk signature fail,canonicalRequest:" + shown


def _check_signed_headers(names: list[bytes], received: dict[bytes, list[bytes]]) -> str | None:
    for name in (HOST, DATE):
        if name not in names:
            return _NOT_CALCULATED + f"{name.decode()} is not among the signed headers"
    for name in names:
        if name not in received:
            return _NOT_CALCULATED + f"signed header {name.decode()} not found"
    return None


def _check_date(values: list[bytes], now: datetime) -> str | None:
    date = b"\n".join(values).decode("latin-1")
    signed_at = None
    if re.fullmatch(_DATE, date):
        with suppress(ValueError):
            signed_at = datetime.fromisoformat(date)
    if signed_at is None:
        return _NOT_CALCULATED + "X-Sdk-Date is not a date like 20260101T000000Z"
    if abs(now - signed_at) > _MAX_SKEW:
        server_time = now.astimezone(UTC).strftime(DATE_FORMAT)
        return _NOT_CALCULATED + f"signature expired, signature time:{date},server time:{server_time}"
    return None


def _octets(text: str | bytes) -> bytes:
    """Return the bytes that were received."""
    return text if isinstance(text, bytes) else text.encode("latin-1", "replace")
