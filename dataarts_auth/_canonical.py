"""The signing algorithm SDK-HMAC-SHA256, as the API signing guide (devg-apisign) describes it.

It works on bytes, as they are sent, so that client and server compute the same signature.
"""

import hashlib
import hmac
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

ALGORITHM = "SDK-HMAC-SHA256"
DATE_FORMAT = "%Y%m%dT%H%M%SZ"

DATE = b"x-sdk-date"
HOST = b"host"
CONTENT_SHA256 = b"x-sdk-content-sha256"


def canonical_request(
    method: str, path: bytes, query: bytes, headers: Iterable[tuple[bytes, bytes]], names: bytes, payload: bytes
) -> bytes:
    """Return the canonical request.

    Args:
        method: The request method.
        path: The path as it is sent, percent-encoded.
        query: The query as it is sent, percent-encoded, without the question mark.
        headers: The signed headers: names in lower case, values without white space around them, sorted.
        names: The names of these headers, joined by semicolons.
        payload: The hash of the body, or the word that stands in for it.
    """
    lines = b"".join([b"%b:%b\n" % header for header in headers])
    start = f"{method.upper()}\n{_canonical_uri(path)}\n{_canonical_query(query)}\n"
    return b"%b%b\n%b\n%b" % (start.encode("utf-8", "replace"), lines, names, payload)


@lru_cache(maxsize=256)  # most requests go where others went
def _canonical_uri(path: bytes) -> str:
    """Return the path decoded and encoded again, with a slash at its end."""
    uri = quote(unquote_to_bytes(path), safe="/")
    return uri if uri.endswith("/") else f"{uri}/"


def _canonical_query(query: bytes) -> str:
    """Return the query with its parameters decoded, sorted and encoded again. A plus sign stands for a space."""
    if not query:
        return ""
    fields = [field.partition(b"=") for field in query.replace(b"+", b" ").split(b"&") if field]
    pairs = sorted((unquote_to_bytes(name), unquote_to_bytes(value)) for name, _, value in fields)
    return "&".join([f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs])


def body_hash(body: bytes) -> bytes:
    """Return the SHA-256 hash of a body, in hexadecimal digits."""
    return hashlib.sha256(body).hexdigest().encode()


def keyed(secret_key: bytes) -> hmac.HMAC:
    """Return the HMAC of a secret key, with no message yet: preparing the key takes as long as a message does."""
    return hmac.new(secret_key, digestmod="sha256")


def sign(key: hmac.HMAC, date: bytes, canonical: bytes) -> bytes:
    """Return the signature of a canonical request made at `date`, in hexadecimal digits.

    Args:
        key: What `keyed` returns for the secret key.
        date: The date as the request carries it.
        canonical: The canonical request.
    """
    signature = key.copy()
    signature.update(b"%b\n%b\n%b" % (ALGORITHM.encode(), date, body_hash(canonical)))
    return signature.hexdigest().encode()
