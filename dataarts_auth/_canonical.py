"""What a signature is made of: the scheme SDK-HMAC-SHA256 of the API signing guide (devg-apisign).

Everything here is in bytes, as it stands on the wire, so that both sides of a connection work out the same.
"""

import hashlib
import hmac
from urllib.parse import quote, unquote_to_bytes

ALGORITHM = "SDK-HMAC-SHA256"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"

DATE = b"x-sdk-date"
HOST = b"host"
CONTENT_SHA256 = b"x-sdk-content-sha256"


def canonical_request(
    method: str, path: bytes, query: bytes, headers: list[tuple[bytes, bytes]], names: bytes, payload: bytes
) -> bytes:
    """Return the canonical request.

    `headers` are the signed ones, in lower case, sorted and stripped; `names` are theirs, joined by semicolons;
    `payload` is what stands for the body.
    """
    uri = quote(unquote_to_bytes(path), safe="/")
    if not uri.endswith("/"):
        uri += "/"
    lines = b"".join([b"%b:%b\n" % header for header in headers])
    start = f"{method.upper()}\n{uri}\n{_canonical_query(query)}\n"
    return b"%b%b\n%b\n%b" % (start.encode("utf-8", "replace"), lines, names, payload)


def _canonical_query(query: bytes) -> str:
    """Return the parameters sorted as decoded, and encoded in one way only; a plus sign on the wire is a space."""
    if not query:
        return ""
    fields = [field.partition(b"=") for field in query.replace(b"+", b" ").split(b"&") if field]
    pairs = sorted((unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in fields)
    return "&".join([f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs])


def body_hash(body: bytes) -> bytes:
    """Return what stands for a body in the canonical request."""
    return hashlib.sha256(body).hexdigest().encode()


def sign(secret_key: bytes, date: bytes, canonical: bytes) -> bytes:
    """Return the signature of a canonical request, in hexadecimal digits."""
    string_to_sign = b"%b\n%b\n%b" % (ALGORITHM.encode(), date, body_hash(canonical))
    return hmac.digest(secret_key, string_to_sign, "sha256").hex().encode()
