"""Take secrets out of what is said: errors' messages, and the parts of responses that stand in them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import httpx

__all__ = ["excerpt", "has_credentials", "hidden", "one_line", "secrets_of"]

_SHORTEST = 6  # characters of a secret

# Patterns that few responses need, so not compiled when imported.
_MARKUP = r"(?is)<(script|style)\b.*?</\1\s*>|<[^>]*>"
# Controls, halves of surrogate pairs, and what turns the direction of a line.
_UNPRINTABLE = "[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ud800-\\udfff]"

# What is no secret: the client's own headers and those that services write into what they say, so that it stays
# readable.
_KNOWN = frozenset(
    b"accept accept-encoding connection content-length content-type host transfer-encoding user-agent"
    b" x-language x-project-id x-sdk-date"
    b" correlation-id request-id traceparent tracestate x-amzn-trace-id x-b3-spanid x-b3-traceid x-client-request-id"
    b" x-correlation-id x-request-id x-trace-id".split()
)


# Headers that are secret at any length; of the first three, so are the parts.
_COMPOSED = frozenset(b"authorization cookie proxy-authorization".split())
_SECRET = _COMPOSED | frozenset(b"x-auth-token x-security-token".split())


def secrets_of(requests: Sequence[httpx.Request], known: frozenset[bytes]) -> list[str]:
    """Return what the caller's headers hold, which is a secret unless they are `known`; the longest first."""
    secrets: set[str] = set()
    for request in requests:
        for raw_name, raw_value in request.headers.raw:
            name, value = raw_name.lower(), raw_value.decode("latin-1")
            if value and (name in _SECRET or (len(value) >= 8 and name not in _KNOWN and name not in known)):
                secrets.add(value)
            if name in _COMPOSED:
                secrets.update(_parts(value))
    # What is shorter is no secret, but would garble what is said.
    return sorted((secret for secret in secrets if len(secret) >= _SHORTEST), key=len, reverse=True)


def _parts(value: str) -> Iterator[str]:
    """Yield what can be secret in the value of a header such as `Bearer TOKEN`, `Access=KEY, …` or `session=ID; …`."""
    scheme, _, rest = value.partition(" ")
    if "=" not in scheme:
        value = rest
        if rest:
            yield rest
    for word in value.split():
        if not word.startswith("SignedHeaders="):
            yield from (part for part in (word, word.strip(",;").partition("=")[2]) if len(part) >= 8)


def has_credentials(request: httpx.Request) -> bool:
    """Return whether a request has a header that authenticates it."""
    return any(name.lower() in _SECRET for name, _ in request.headers.raw)


def hidden(value: Any, secrets: Sequence[str]) -> Any:
    """Return a JSON value in whose strings and names no secret is to be seen that the service echoed."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, "***")
        return value
    if isinstance(value, list):
        return [hidden(item, secrets) for item in cast("Sequence[Any]", value)]
    if isinstance(value, dict):
        members = cast("Mapping[str, Any]", value)
        return {hidden(name, secrets): hidden(item, secrets) for name, item in members.items()}
    return value


def excerpt(text: str, secrets: Sequence[str]) -> str:
    """Return the beginning of a body's text, without markup and secrets, on one line."""
    shown: str = hidden(text, secrets)[:4096]
    return one_line(" ".join(re.sub(_MARKUP, " ", shown).split()), 120)


def one_line(text: str, longest: int = 500) -> str:
    """Return a text fit for a line of a log: what cannot be printed is escaped, and what is too long cut off."""
    if len(text) > longest:
        text = f"{text[: longest - 3]}..."
    return re.sub(_UNPRINTABLE, lambda match: match[0].encode("unicode_escape").decode(), text)
