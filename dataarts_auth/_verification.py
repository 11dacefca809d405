"""The gateway's side of a signed request."""

import hmac
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from ._canonical import CONTENT_SHA256, DATE, DATE_FORMAT, HOST, body_hash, canonical_request, sign

_MAX_SKEW = timedelta(minutes=15)
_UNSIGNED_PAYLOAD = b"UNSIGNED-PAYLOAD"

_AUTHORIZATION = re.compile(
    rb"SDK-HMAC-SHA256 +Access=([^,\s]+), ?SignedHeaders=([-!#$%&'*+.^_`|~0-9A-Za-z;]+), ?Signature=([0-9a-f]{64})"
)
_DATE = re.compile(r"[0-9]{8}T[0-9]{6}Z")

_INCORRECT = "Incorrect IAM authentication information: "
_NOT_CALCULATED = _INCORRECT + "calc aksk signature fail:"


def access_key_of(authorization: str | bytes) -> str | None:
    """Return the access key that the value of an `Authorization` header names.

    None if the value is not one of the scheme SDK-HMAC-SHA256, with its three parts.
    """
    match = _AUTHORIZATION.fullmatch(_octets(authorization).strip(b" \t"))
    return match[1].decode("latin-1") if match else None


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
    """Check the signature of a request that has arrived: None if it is valid, else what the gateway answers.

    The checks, in their order; the first that fails gives the message, which always starts with `Incorrect IAM
    authentication information: `:

    1. There is an `Authorization` header: `x-auth-token not found`, as for any request without credentials.
    2. There is only one, of the scheme SDK-HMAC-SHA256, with its three parts.
    3. It lists `host` and `x-sdk-date` among the signed headers, and every header that it lists has arrived.
    4. `X-Sdk-Date` is a date (`20260101T000000Z`) within 15 minutes of `now`, before or after: `calc aksk signature
       fail:signature expired, signature time:…,server time:…`.
    5. The signature is that of the request: `verify aksk signature fail,canonicalRequest:…`, with the canonical
       request worked out here, and a bar for each line break. It shows all signed headers, `X-Security-Token` too.

    The rules are those of the API signing guide (devg-apisign). So are the messages of the first and the last; that of
    an old date is as the gateway was seen to answer; those in between are ours. A body may go unsigned where a signed
    header `X-Sdk-Content-Sha256: UNSIGNED-PAYLOAD` says so, as in the official SDK. Nothing that arrives raises.

    Args:
        method: The request method.
        raw_path: The path as it stood on the wire, percent-encoded, without the query.
        query: The query as it stood on the wire, without the question mark; empty if there is none.
        headers: All headers as they arrived, a pair for each line, names in any case. In text, here and above, each
            character stands for a byte (Latin-1), as `http.server` and WSGI hand it over.
        body: The body as it arrived.
        secret_key: The secret key that belongs to the access key; `access_key_of` finds that.
        now: The time at the server, with its time zone.

    Raises:
        ValueError: `now` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("now has no time zone")
    arrived: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        arrived.setdefault(_octets(name).lower(), []).append(_octets(value).strip(b" \t"))

    if b"authorization" not in arrived:
        return _INCORRECT + "x-auth-token not found"
    match = _AUTHORIZATION.fullmatch(b"\n".join(arrived[b"authorization"]))
    if match is None:
        return _NOT_CALCULATED + "Authorization is not SDK-HMAC-SHA256 with Access, SignedHeaders and Signature"
    names = sorted(match[2].lower().split(b";"))
    refusal = _check_signed_headers(names, arrived) or _check_date(arrived[DATE], now)
    if refusal is not None:
        return refusal

    signed = [(name, value) for name in names for value in arrived[name]]
    payloads = [body_hash(body)]
    if (CONTENT_SHA256, _UNSIGNED_PAYLOAD) in signed:
        payloads.append(_UNSIGNED_PAYLOAD)
    canonical = b""
    for payload in payloads:
        canonical = canonical_request(method, _octets(raw_path), _octets(query), signed, b";".join(names), payload)
        if hmac.compare_digest(sign(secret_key.encode(), arrived[DATE][0], canonical), match[3]):
            return None
    shown = canonical.decode("utf-8", "replace").replace("\n", "|")
    return _INCORRECT + "verify aksk signature fail,canonicalRequest:" + shown


def _check_signed_headers(names: list[bytes], arrived: dict[bytes, list[bytes]]) -> str | None:
    for name in (HOST, DATE):
        if name not in names:
            return _NOT_CALCULATED + f"{name.decode()} is not among the signed headers"
    for name in names:
        if name not in arrived:
            return _NOT_CALCULATED + f"signed header {name.decode()} not found"
    return None


def _check_date(values: list[bytes], now: datetime) -> str | None:
    date = b"\n".join(values).decode("latin-1")
    signed_at = None
    if _DATE.fullmatch(date):
        with suppress(ValueError):
            signed_at = datetime.fromisoformat(date)
    if signed_at is None:
        return _NOT_CALCULATED + "X-Sdk-Date is not a date like 20260101T000000Z"
    if abs(now - signed_at) > _MAX_SKEW:
        server_time = now.astimezone(UTC).strftime(DATE_FORMAT)
        return _NOT_CALCULATED + f"signature expired, signature time:{date},server time:{server_time}"
    return None


def _octets(text: str | bytes) -> bytes:
    """Return what stood on the wire."""
    return text if isinstance(text, bytes) else text.encode("latin-1", "replace")
