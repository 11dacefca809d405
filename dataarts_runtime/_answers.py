"""What an answer says: its JSON, or the error in it, whatever shape that has."""

from __future__ import annotations

import json
import re
import time
from typing import Any, NamedTuple, cast

import httpx

from .schema import abridged, is_list, is_mapping

__all__ = ["Fault", "excerpt", "hidden", "json_of", "one_line", "retry_after", "text_of", "understand"]

# Patterns that few answers need, so not compiled when imported.
_CHARSET = r"(?i);\s*charset\s*=\s*\"?([\w.:+-]+)"
_MARKUP = r"(?is)<(script|style)\b.*?</\1\s*>|<[^>]*>"
# Controls, halves of surrogate pairs, and what turns the direction of a line.
_UNPRINTABLE = "[\\x00-\\x1f\\x7f-\\x9f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff\\ud800-\\udfff]"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a name is there twice in one object")
    return value


class _Rounded(float):
    """A float that is a whole number only because it is rounded: no integer."""

    __slots__ = ()

    def is_integer(self) -> bool:
        return False


_Rounded.__name__ = float.__name__  # for messages


def _real(text: str) -> float:
    """Return the number: an int where it is one that a float would round, infinity where it is too large for both."""
    value = float(text)
    if not value.is_integer():
        return value
    from decimal import Decimal  # rarely needed

    try:
        exact = Decimal(text)
    except ArithmeticError:  # its exponent has too many digits
        return _Rounded(value)
    if exact == value:
        return value
    return int(exact) if exact == exact.to_integral_value() else _Rounded(value)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not in JSON")


_decode = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_real, parse_constant=_no_number).decode
_decode_leniently = json.JSONDecoder().decode


def json_of(content: bytes, headers: httpx.Headers) -> Any:
    """Return the JSON value of a body; raise a ValueError if it is none.

    A byte order mark is skipped, as RFC 8259 allows. A name that an object has twice makes it no JSON, since no two readers
    need agree on what it says.
    """
    if not content:
        raise ValueError("the body is empty")
    try:
        plain = content.isascii() and b"\0" not in content  # as nearly always, whatever the charset
        return _decode(content.decode("ascii") if plain else _text(content, headers, errors="strict"))
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None
    except UnicodeError:
        raise ValueError("the body is not in its charset") from None
    except ValueError as error:
        raise ValueError(f"the body is not JSON: {error}") from None


def text_of(content: bytes, headers: httpx.Headers) -> str:
    """Return a body as text; raise a ValueError if it is none."""
    try:
        return _text(content, headers, errors="strict")
    except UnicodeError:
        raise ValueError("the body is not in its charset") from None


def _text(content: bytes, headers: httpx.Headers, *, errors: str) -> str:
    declared = re.search(_CHARSET, headers.get("content-type", ""))
    for charset in (declared and declared[1], json.detect_encoding(content)):
        try:
            # A byte order mark settles what UTF-16 without one leaves open; so, detected, it goes before the declaration.
            if charset and not content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
                return content.decode(charset)
        except (LookupError, ValueError):
            pass
    return content.decode(json.detect_encoding(content), errors)


class Fault(NamedTuple):
    """What an error's body says, or as much as there is of it."""

    code: str | None
    message: str | None
    request_id: str | None

    def normalised(self) -> dict[str, str]:
        """Return it in the shape that the cloud's reference documents."""
        fields = {"error_code": self.code, "error_msg": self.message, "request_id": self.request_id}
        return {name: value for name, value in fields.items() if value is not None}


def hidden(value: Any, secrets: list[str]) -> Any:
    """Return a JSON value in whose strings and names no secret is to be seen that the service echoed."""
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, "***")
        return value
    if is_list(value):
        return [hidden(item, secrets) for item in value]
    if is_mapping(value):
        return {hidden(name, secrets): hidden(item, secrets) for name, item in value.items()}
    return value


def understand(content: bytes, headers: httpx.Headers, secrets: list[str]) -> Fault:
    """Return what an error's body says, in any of the shapes that the cloud's services, gateways and proxies use."""
    try:
        body = _decode_leniently(_text(content, headers, errors="replace"))
    except (ValueError, RecursionError):
        body = None
    fields: dict[str, Any] = {}
    while isinstance(body, dict):
        fields |= cast("dict[str, Any]", body)
        body = fields.pop("error", None)
    if isinstance(body, str):
        fields.setdefault("message", body)
    message = _first(fields, "error_msg", "errorMsg", "message")
    if message is None:
        message = excerpt(content, headers, secrets) or None
    code = _first(fields, "error_code", "errorCode", "code") or None
    request_id = _first(fields, "request_id", "requestId") or headers.get("x-request-id") or None
    return Fault(hidden(code, secrets), hidden(message, secrets), hidden(request_id, secrets))


def _first(fields: dict[str, Any], *names: str) -> str | None:
    for name in names:
        value = fields.get(name)
        if isinstance(value, str):
            return value.encode(errors="backslashreplace").decode()
        if isinstance(value, int) and not isinstance(value, bool):
            return abridged(value)
    return None


def excerpt(content: bytes, headers: httpx.Headers, secrets: list[str]) -> str:
    """Return the beginning of a body's text, without markup."""
    text: str = hidden(_text(content, headers, errors="replace"), secrets)[:4096]
    return one_line(" ".join(re.sub(_MARKUP, " ", text).split()), 120)


def one_line(text: str, longest: int = 500) -> str:
    """Return a text fit for a line of a log: what cannot be printed is escaped, and what is too long cut off."""
    if len(text) > longest:
        text = f"{text[: longest - 3]}..."
    return re.sub(_UNPRINTABLE, lambda match: match[0].encode("unicode_escape").decode(), text)


def retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds that a Retry-After header asks to wait for, if there is one that can be read."""
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]+", value):
        return float(value)
    if not value:
        return None
    from email.utils import parsedate_to_datetime  # rarely needed, and slow to import

    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, OverflowError):
        return None
