"""Read the body of a response: its JSON or text, and the error in it, whatever shape that has."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from encodings import normalize_encoding
from encodings.aliases import aliases
from typing import Any, Literal, NamedTuple, cast

import httpx

from ._redact import excerpt, mask_secrets

__all__ = ["ErrorDetails", "error_details", "json_of", "text_of"]

_CHARSET = r"(?i);\s*charset\s*=\s*\"?([\w.:+-]+)"  # few responses need it, so it is not compiled when imported

# The charsets that are decoded, by Python's names: UTF, and those of the WHATWG Encoding Standard but for ISO-2022-JP,
# whose bytes are ASCII too. Python has others, which HTTP has not: `punycode` takes time that is quadratic in the
# length, `unicode_escape` warns, `zip` is no charset. UTF-16 and UTF-32 without a byte order in the name are detected.
_CHARSETS = (
    r"ascii|utf_8|utf_(16|32)_[bl]e|latin_1|iso8859_\d+|tis_620|koi8_[ru]|cp(866|874|932|949|950|125\d)"
    r"|mac_(roman|cyrillic)|gb18030|big5(hkscs)?|euc_jp"
)
# As in that standard, supersets in the place of what is often declared for them; and names that Python does not know.
_CALLED = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "windows_31j": "cp932",
    "windows_874": "cp874",
    "windows_949": "cp949",
}


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the members of a JSON object as a dict; raise a ValueError for a duplicate name."""
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("a name occurs twice in an object")
    return value


class _Inexact(float):
    """A float that is a whole number only because it was rounded, or too large for one."""

    __slots__ = ()

    def is_integer(self) -> bool:
        return False


_Inexact.__name__ = float.__name__  # for messages


def _number(text: str) -> float:
    """Return a number with a fraction or an exponent.

    It is an int where it is whole and a float would be another number; infinity, as in Python, where it is too large.
    """
    value = float(text)
    if not value.is_integer():
        return value
    from decimal import Decimal  # rarely needed

    try:
        exact = Decimal(text)
    except ArithmeticError:  # its exponent has too many digits
        digits = re.split("[eE]", text)[0]
        return _Inexact(value) if re.search("[1-9]", digits) else value
    if exact == value:
        return value
    return int(exact) if exact == exact.to_integral_value() else _Inexact(value)


def _integer(text: str) -> float:
    """Return a number without fraction and exponent; infinity where Python would refuse it for its many digits."""
    try:
        return int(text)
    except ValueError:
        return _Inexact(text)


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is not in JSON")


_decode_strictly = json.JSONDecoder(
    object_pairs_hook=_object_without_duplicates, parse_float=_number, parse_int=_integer, parse_constant=_no_number
).decode
_decode_leniently = json.JSONDecoder(parse_int=_integer).decode


def json_of(content: bytes, headers: httpx.Headers) -> Any:
    """Return the JSON value of a response's body, as RFC 8259 defines JSON.

    A byte order mark is skipped, as the RFC allows. An object in which a name occurs twice is refused, since one reader
    would take the first value, and another one the last.

    Raises:
        ValueError: The body is not JSON.
    """
    if not content:
        raise ValueError("the body is empty")
    text = content.decode("ascii") if _is_plain(content) else text_of(content, headers)
    try:
        return _decode_strictly(text)
    except RecursionError:
        raise ValueError("the body is nested too deeply") from None
    except ValueError as error:
        raise ValueError(f"the body is not JSON: {error}") from None


def _is_plain(content: bytes) -> bool:
    """Return whether JSON is the same in every charset; UTF-16 and UTF-32 write its brackets with zeros."""
    return content.isascii() and b"\0" not in content


def text_of(content: bytes, headers: httpx.Headers, *, errors: Literal["strict", "replace"] = "strict") -> str:
    """Return a response's body as text.

    A byte order mark decides on the charset; where there is none, the Content-Type header does, if its charset is one
    of those that are decoded; then the zero bytes by which RFC 4627 told UTF-16 and UTF-32. Otherwise it is UTF-8.

    Args:
        content: The body.
        headers: The response's headers.
        errors: What to do with bytes that are in no such charset: raise a ValueError, or replace them with U+FFFD.

    Raises:
        ValueError: The bytes are in no such charset.
    """
    declared = None if content.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) else _declared(headers)
    if declared is not None:
        with suppress(LookupError, UnicodeError):
            return content.decode(declared)
    try:
        return content.decode(json.detect_encoding(content), errors)
    except UnicodeError:
        raise ValueError("the body is not in its charset") from None


def _declared(headers: httpx.Headers) -> str | None:
    """Return Python's name of the charset that the Content-Type header declares; None if it is none that is decoded."""
    declared = re.search(_CHARSET, headers.get("content-type", ""))
    if declared is None:
        return None
    name = normalize_encoding(declared[1]).lower().removeprefix("x_")
    name = aliases.get(name, name)
    name = _CALLED.get(name, name)
    return name if re.fullmatch(_CHARSETS, name) else None


class ErrorDetails(NamedTuple):
    """What the body of an error says; None for what it does not say."""

    code: str | None
    message: str | None
    request_id: str | None

    def normalised(self) -> dict[str, str]:
        """Return it as the JSON object that the cloud's reference documents."""
        fields = {"error_code": self.code, "error_msg": self.message, "request_id": self.request_id}
        return {name: value for name, value in fields.items() if value is not None}


def error_details(content: bytes, headers: httpx.Headers, secrets: Sequence[str]) -> ErrorDetails:
    """Return what the body of an error says, in any of the shapes that the cloud's services, gateways and proxies use.

    These name the fields in different ways, and some put them into an object called `error`. Where there is no message,
    the beginning of the body's text takes its place; where there is no request ID, the header's does.
    """
    try:
        body = _decode_leniently(
            content.decode("ascii") if _is_plain(content) else text_of(content, headers, errors="replace")
        )
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
        message = excerpt(text_of(content, headers, errors="replace"), secrets) or None
    code = _first(fields, "error_code", "errorCode", "code") or None
    request_id = _first(fields, "request_id", "requestId") or headers.get("x-request-id") or None
    return ErrorDetails(*mask_secrets([code, message, request_id], secrets))


def _first(fields: dict[str, Any], *names: str) -> str | None:
    """Return the first of these fields that is a text or an integer, as a text that UTF-8 can carry."""
    for name in names:
        value = fields.get(name)
        if isinstance(value, str):
            return value.encode(errors="backslashreplace").decode()
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return None
