"""Checks SDK-HMAC-SHA256 signatures."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import UTC, datetime
from urllib.parse import quote, unquote, unquote_to_bytes

from tests.strangers.messages import RefusalError, Request, Switches

ACCESS_KEY, SECRET_KEY = "stranger-ak", "stranger-sk"
_HEADER = re.compile(r"SDK-HMAC-SHA256 Access=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})")
_MAX_SKEW_SECONDS = 900


def sign(request: Request, names: list[str], date: str, secret_key: str, sw: Switches | None = None) -> str:
    """Computes the signature of a request.

    Args:
        request: The request, with all headers that are signed.
        names: The signed headers in lower case, in order.
        date: The value of X-Sdk-Date.
        secret_key: The secret key.
        sw: The faults.

    Returns:
        The signature in hexadecimal digits.
    """
    sw = sw or Switches()
    path = quote(unquote_to_bytes(request.path), safe="/~")
    pairs = sorted(
        (quote(unquote(name), safe="~"), quote(unquote(value), safe="~"))
        for name, _, value in (part.partition("=") for part in request.query.split("&") if part)
    )
    body = request.body
    digest = hashlib.sha256(b"" if sw.on("signature-body-unchecked") else body).hexdigest()
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    claimed = request.header("x-sdk-content-sha256")
    if claimed == "UNSIGNED-PAYLOAD" and "x-sdk-content-sha256" in names and media_type != "application/json":
        digest = claimed
    canonical = "\n".join(
        [
            request.method,
            path if path.endswith("/") or sw.on("signature-no-final-slash") else f"{path}/",
            "" if sw.on("signature-query-unchecked") else "&".join(f"{name}={value}" for name, value in pairs),
            "".join(f"{name}:{(request.header(name) or '').strip()}\n" for name in names),
            ";".join(names),
            digest,
        ]
    )
    text = f"SDK-HMAC-SHA256\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


def check_signature(request: Request, now: float, sw: Switches) -> None:
    """Checks the Authorization header of a request.

    Args:
        request: The request.
        now: The current time, in seconds since 1970.
        sw: The faults.

    Raises:
        RefusalError: The signature does not match, or is older than 15 minutes.
    """
    value = request.header("authorization") or ""
    match = _HEADER.fullmatch(value)
    if not match:
        raise RefusalError("bad-signature")
    access_key, listed, signature = match.groups()
    names = listed.split(";")
    if access_key != ACCESS_KEY and not sw.on("access-key-any"):
        raise RefusalError("bad-signature")
    date = request.header("x-sdk-date") or ""
    try:
        sent = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise RefusalError("bad-signature") from None
    if abs(now - sent) > _MAX_SKEW_SECONDS and not sw.on("signature-date-unchecked"):
        raise RefusalError("bad-signature")
    if not {"host", "x-sdk-date"} <= set(names) and not sw.on("signature-date-unsigned"):
        raise RefusalError("bad-signature")
    if any(request.header(name) is None for name in names):
        raise RefusalError("bad-signature")
    wanted = sign(request, names, date, SECRET_KEY, sw)
    length = 8 if sw.on("signature-first-digits") else 64
    if wanted[:length] != signature[:length] and not sw.on("signature-any"):
        raise RefusalError("bad-signature")
