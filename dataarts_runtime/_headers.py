"""Which header fields HTTP can carry (RFC 9110, section 5), and which hold credentials."""

from __future__ import annotations

from typing import Any

__all__ = ["CREDENTIALS", "can_be_sent", "checked_header", "is_token"]

CREDENTIALS = frozenset(b"authorization cookie proxy-authorization x-auth-token x-security-token".split())
"""The names, in lower case, of headers that hold credentials: never shown, and sent unencrypted only if allowed."""

_TOKEN = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&'*+-.^_`|~"
_PRINTABLE = bytes([9, *range(32, 127)])  # tab and printable ASCII


def is_token(name: bytes) -> bool:
    """Return whether HTTP can carry a field name."""
    return name != b"" and not name.translate(None, _TOKEN)


def can_be_sent(value: bytes) -> bool:
    """Return whether HTTP can carry a field value: printable ASCII and tabs, without white space around it."""
    return not value.translate(None, _PRINTABLE) and value == value.strip(b"\t ")


def checked_header(name: Any, value: Any) -> tuple[bytes, bytes]:
    """Return a header field as bytes.

    Raises:
        TypeError: The name or the value is not a string.
        ValueError: HTTP cannot carry it. The message never shows the value, which may be a secret.
    """
    if not isinstance(name, str):
        raise TypeError(f"headers: names must be strings, not {type(name).__name__}")
    if not (name.isascii() and is_token(name.encode("ascii"))):
        raise ValueError(f"headers: HTTP cannot carry the name {name[:40]!r}")
    if not isinstance(value, str):
        raise TypeError(f"headers: the value of {name} must be a string, not {type(value).__name__}")
    if not (value.isascii() and can_be_sent(value.encode("ascii"))):
        raise ValueError(f"headers: HTTP cannot carry the value of {name}")
    return name.encode("ascii"), value.encode("ascii")
