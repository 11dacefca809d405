"""Take secrets out of error messages, error models and log lines, which quote what a service echoes.

A secret is a value that a header of the request held; nothing is taken out for the name of the field that it stands in.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, cast

import httpx

from ._headers import CREDENTIALS

__all__ = ["excerpt", "has_credentials", "mask_secrets", "one_line", "secrets_of"]

_MASK = "***"  # stands in the place of a secret
# Characters of a secret. What is shorter is not taken out, even if it is a credential: that would make messages
# unreadable, and protect little.
_SHORTEST = 6
_SHORTEST_PART = 8  # the same for a part of a header, and for a header that is not known to hold a secret

# Headers that hold no secret: the client's own, and IDs that services repeat in their messages to be found again.
_NO_SECRET = frozenset(
    b"accept accept-encoding connection content-length content-type host transfer-encoding user-agent"
    b" x-language x-project-id x-sdk-date"
    b" correlation-id request-id traceparent tracestate x-amzn-trace-id x-b3-spanid x-b3-traceid x-client-request-id"
    b" x-correlation-id x-request-id x-trace-id".split()
)
# Of the headers with credentials, those that are made of parts, each of which may be a secret.
_OF_PARTS = frozenset(b"authorization cookie proxy-authorization".split())

# Patterns that few responses need, so they are not compiled when the module is imported.
_MARKUP = r"(?is)<(script|style)\b.*?</\1\s*>|<[^>]*>"
# Controls, halves of surrogate pairs, and characters that are not seen or turn the direction of a line.
_UNPRINTABLE = r"[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
# One character as JSON, a URL or HTML may write it: \/ \u002f %2F &#47; &#x2f; &sol;
_ESCAPED = r"\\u[0-9a-fA-F]{4}|\\.|%[0-9a-fA-F]{2}|&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});"
_LAYERS = 5  # how many times over a secret may be escaped, as in JSON that stands in HTML that stands in JSON


def secrets_of(requests: Sequence[httpx.Request], known: frozenset[bytes]) -> list[str]:
    """Return the secrets that the headers of requests hold, the longest first.

    A header that the client does not know counts as a secret, since a caller may call a token what they like.

    Args:
        requests: The requests.
        known: The names, in lower case, of further headers that hold no secret: the contract's parameters.
    """
    secrets: set[str] = set()
    for request in requests:
        for raw_name, raw_value in request.headers.raw:
            name, value = raw_name.lower(), raw_value.decode("latin-1")
            if name in CREDENTIALS or (len(value) >= _SHORTEST_PART and name not in _NO_SECRET and name not in known):
                secrets.add(value)
            if name in _OF_PARTS:
                secrets.update(_parts(value))
    return sorted((secret for secret in secrets if len(secret) >= _SHORTEST), key=len, reverse=True)


def _parts(value: str) -> Iterator[str]:
    """Yield what may be secret in a header such as `Bearer TOKEN`, `Basic CODE`, `Access=KEY, …` or `session=ID; …`."""
    scheme, _, rest = value.partition(" ")
    if "=" not in scheme:
        value = rest
        yield rest
        if scheme.lower() == "basic":
            yield from _user_and_password(rest)
    for word in value.split():
        if not word.startswith("SignedHeaders="):
            part = word.strip(",;").partition("=")[2].strip('"')
            yield from (text for text in (word, part) if len(text) >= _SHORTEST_PART)


def _user_and_password(code: str) -> Iterator[str]:
    """Yield `user:password` and the password, as Basic authentication encodes them in Base64."""
    from base64 import b64decode  # rarely needed

    try:
        pair = b64decode(code).decode()
    except ValueError:
        return
    yield pair
    yield pair.partition(":")[2]


def has_credentials(request: httpx.Request) -> bool:
    """Return whether a request has a header that authenticates it."""
    return any(name.lower() in CREDENTIALS for name, _ in request.headers.raw)


def mask_secrets(value: Any, secrets: Sequence[str]) -> Any:
    """Return a JSON value with all secrets masked that stand in its strings and names, escaped or not."""
    return _masked(value, secrets, [])


def _masked(value: Any, secrets: Sequence[str], signs: list[str]) -> Any:
    """Do as `mask_secrets` does.

    Args:
        value: The value.
        secrets: The secrets.
        signs: The longest run of letters and digits of each secret, as soon as one was needed; empty at first.
    """
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, _MASK)
        if "\\" in value or "%" in value or "&" in value:
            # Letters and digits need no escaping. So a text without those of a secret, as nearly every text is, does
            # not hold the secret, and the search for what is escaped, which takes time, is left out.
            if not signs:
                signs += (max(re.findall("[0-9A-Za-z]+", secret), key=len, default="") for secret in secrets)
            if any(sign in value for sign in signs):
                return _without_escaped(value, secrets)
        return value
    if isinstance(value, list):
        return [_masked(item, secrets, signs) for item in cast("Sequence[Any]", value)]
    if isinstance(value, dict):
        members = cast("Mapping[str, Any]", value)
        return {_masked(name, secrets, signs): _masked(item, secrets, signs) for name, item in members.items()}
    return value


def _without_escaped(text: str, secrets: Sequence[str]) -> str:
    """Return a text with all secrets masked in which a service escaped some characters."""
    wanted = {form for secret in secrets for form in _forms(secret)}
    found: list[tuple[int, int]] = []
    layers: list[Callable[[int], int]] = []
    plain = text
    for _ in range(_LAYERS):
        shorter, origin = _unescaped(plain)
        if shorter == plain:
            break
        plain = shorter
        layers.insert(0, origin)
        for form in wanted:
            start = plain.find(form)
            while start >= 0:
                span = start, start + len(form)
                for layer in layers:
                    span = layer(span[0]), layer(span[1])
                found.append(span)
                start = plain.find(form, start + len(form))
    end = 0
    pieces: list[str] = []
    for first, last in sorted(found):
        if first >= end:
            pieces += text[end:first], _MASK
        end = max(end, last)
    return "".join([*pieces, text[end:]])


def _forms(secret: str) -> Iterator[str]:
    """Yield a secret as it is, and as it reads once what looks like an escaped character in it was unescaped."""
    yield secret
    for _ in range(_LAYERS):
        plain = _unescaped(secret)[0]
        if plain == secret or len(plain) < _SHORTEST:
            return
        yield plain
        secret = plain


def _unescaped(text: str) -> tuple[str, Callable[[int], int]]:
    """Return a text without its escapes, and a function that tells where in the text a position of the result was."""
    ends: list[int] = []  # in the result, behind each character that was escaped
    shifts = [0]  # by how much the text was longer, up to there

    def character(match: re.Match[str]) -> str:
        plain = _character(match[0])
        shift = shifts[-1] + len(match[0]) - len(plain)
        ends.append(match.end() - shift)
        shifts.append(shift)
        return plain

    return re.sub(_ESCAPED, character, text), lambda position: position + shifts[bisect_right(ends, position)]


def _character(escaped: str) -> str:
    """Return the character that an escape stands for; the escape itself where it stands for none, or for several."""
    if escaped[0] == "%":
        return chr(int(escaped[1:], 16))
    if escaped[0] == "\\":
        return chr(int(escaped[2:], 16)) if len(escaped) > 2 else escaped[1]
    from html import unescape  # rarely needed, and slow to import

    plain = unescape(escaped)
    return plain if len(plain) == 1 else escaped


def excerpt(text: str, secrets: Sequence[str]) -> str:
    """Return the beginning of a response's text on one line, without markup and secrets."""
    shown: str = mask_secrets(text, secrets)[:4096]
    # re.split returns texts and, between them, what the pattern's group found: the name of an element.
    pieces = (" ".join(piece.split()) for piece in re.split(_MARKUP, shown)[::2])
    # A page tends to say the same in its title and its heading.
    return one_line(" ".join(piece for piece, _ in groupby(filter(None, pieces))), 120)


def one_line(text: str, longest: int = 500) -> str:
    """Return a text as it may stand in a line of a log: not too long, and with unprintable characters escaped."""
    if len(text) > longest:
        text = f"{text[: longest - 3]}..."
    return re.sub(_UNPRINTABLE, lambda match: match[0].encode("unicode_escape").decode(), text)
