"""Checks SDK-HMAC-SHA256 signatures."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from contextlib import suppress
from datetime import UTC, datetime
from urllib.parse import quote, unquote, unquote_to_bytes

from tests.strangers.messages import RefusalError, Request, Switches

ACCESS_KEY, SECRET_KEY = "stranger-ak", "stranger-sk"
_HEADER = re.compile(r"SDK-HMAC-SHA256 Access=([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})")
_MAX_SKEW_SECONDS = 900
_FAR = 10.0**9
_SKEWS = {
    "signature-five-minutes": (-600.0, -600.0),
    "signature-hour": (2700.0, 2700.0),
    "signature-any-past": (_FAR, 0.0),
    "signature-any-future": (0.0, _FAR),
    "signature-future-refused": (0.0, -895.0),
    "signature-eight-hours-off": (-28800.0, 28800.0),
}


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
    if sw.on("signature-path-unencoded"):
        path = unquote(request.path)
    if sw.on("signature-path-twice-encoded"):
        path = quote(path, safe="/~")
    if sw.on("signature-path-unchecked"):
        path = "/"
    safe = "~ " if sw.on("signature-query-plus") else "~"
    pairs = [
        (quote(unquote(name), safe="~"), quote(unquote(value), safe=safe).replace(" ", "+"))
        for name, _, value in (part.partition("=") for part in request.query.split("&") if part)
    ]
    if not sw.on("signature-query-unsorted"):
        pairs.sort()
    if sw.on("signature-query-values-unchecked"):
        pairs = [(name, "") for name, _ in pairs]
    if sw.on("signature-query-unencoded"):
        pairs = [(unquote(name), unquote(value)) for name, value in pairs]
    body = request.body
    if sw.on("signature-long-body-cut"):
        body = body[:4096]
    if sw.on("signature-body-rewritten"):
        with suppress(ValueError):
            body = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False).encode()
    digest = hashlib.sha256(b"" if sw.on("signature-body-unchecked") else body).hexdigest()
    media_type = (request.header("content-type") or "").partition(";")[0].strip().lower()
    claimed = request.header("x-sdk-content-sha256")
    if claimed == "UNSIGNED-PAYLOAD" and "x-sdk-content-sha256" in names and media_type != "application/json":
        digest = claimed
    if claimed and sw.on("signature-claimed-hash-trusted"):
        digest = claimed
    unchecked = sw.on("signature-headers-unchecked")
    canonical = "\n".join(
        [
            "" if sw.on("signature-method-unchecked") else request.method,
            path if path.endswith("/") or sw.on("signature-no-final-slash") else f"{path}/",
            "" if sw.on("signature-query-unchecked") else "&".join(f"{name}={value}" for name, value in pairs),
            "".join(f"{name}:{'' if unchecked else (request.header(name) or '').strip()}\n" for name in names),
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
    if sw.on("signature-any-algorithm"):
        value = re.sub("^SDK-HMAC-SHA[0-9]+", "SDK-HMAC-SHA256", value)
    match = _HEADER.fullmatch(value)
    if not match:
        raise RefusalError("bad-signature")
    access_key, listed, signature = match.groups()
    names = listed.split(";")
    if sw.on("access-key-any-case"):
        access_key = access_key.lower()
    secret_key = SECRET_KEY
    if sw.on("access-key-unknown-without-secret") and access_key != ACCESS_KEY:
        access_key, secret_key = ACCESS_KEY, ""
    if access_key != ACCESS_KEY and not sw.on("access-key-any"):
        raise RefusalError("bad-signature")
    date = request.header("x-sdk-date") or ""
    try:
        sent = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise RefusalError("bad-signature") from None
    earlier, later = now - sent, sent - now
    for fault, (past, future) in _SKEWS.items():
        if sw.on(fault):
            earlier, later = (earlier - past, later - future)
    if max(earlier, later) > _MAX_SKEW_SECONDS and not sw.on("signature-date-unchecked"):
        raise RefusalError("bad-signature")
    if sw.on("signature-host-unsigned") and "host" not in names:
        listed = f"host;{listed}"
    if not {"host", "x-sdk-date"} <= set(listed.split(";")) and not sw.on("signature-date-unsigned"):
        raise RefusalError("bad-signature")
    if any(request.header(name) is None for name in names):
        raise RefusalError("bad-signature")
    wanted = sign(request, names, date, secret_key, sw)
    length = 8 if sw.on("signature-first-digits") else 64
    if wanted[:length] != signature[:length] and not sw.on("signature-any"):
        raise RefusalError("bad-signature")
