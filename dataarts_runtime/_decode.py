"""Read what a response says: its JSON or text, the error in it, whatever shape that has, and how long to wait."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, cast

import httpx

from ._redact import excerpt, hidden

__all__ = ["ErrorDetails", "error_details", "json_of", "retry_after", "text_of"]

# A pattern that few responses need, so not compiled when imported.
_CHARSET = r"(?i);\s*charset\s*=\s*\"?([\w.:+-]+)"


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

    A byte order mark is skipped, as RFC 8259 allows. A name that an object has twice makes it no JSON, since no two
    readers need agree on what it says.
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


def text_of(content: bytes, headers: httpx.Headers, *, errors: Literal["strict", "replace"] = "strict") -> str:
    """Return a body as text; if `errors` is "strict", raise a ValueError if it is none."""
    try:
        return _text(content, headers, errors=errors)
    except UnicodeError:
        raise ValueError("the body is not in its charset") from None


def _text(content: bytes, headers: httpx.Headers, *, errors: str) -> str:
    declared = re.search(_CHARSET, headers.get("content-type", ""))
    for charset in (declared and declared[1], json.detect_encoding(content)):
        try:
            # A byte order mark settles what UTF-16 without one leaves open; so, detected, it goes before the
            # declaration.
            if charset and not content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
                return content.decode(charset)
        except (LookupError, ValueError):
            pass
    return content.decode(json.detect_encoding(content), errors)


class ErrorDetails(NamedTuple):
    """What an error's body says, or as much as there is of it."""

    code: str | None
    message: str | None
    request_id: str | None

    def normalised(self) -> dict[str, str]:
        """Return it in the shape that the cloud's reference documents."""
        fields = {"error_code": self.code, "error_msg": self.message, "request_id": self.request_id}
        return {name: value for name, value in fields.items() if value is not None}


def error_details(content: bytes, headers: httpx.Headers, secrets: Sequence[str]) -> ErrorDetails:
    """Return what an error's body says, in any of the shapes that the cloud's services, gateways and proxies use."""
    text = _text(content, headers, errors="replace")
    try:
        body = _decode_leniently(text)
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
        message = excerpt(text, secrets) or None
    code = _first(fields, "error_code", "errorCode", "code") or None
    request_id = _first(fields, "request_id", "requestId") or headers.get("x-request-id") or None
    return ErrorDetails(hidden(code, secrets), hidden(message, secrets), hidden(request_id, secrets))


def _first(fields: dict[str, Any], *names: str) -> str | None:
    for name in names:
        value = fields.get(name)
        if isinstance(value, str):
            return value.encode(errors="backslashreplace").decode()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return None


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
