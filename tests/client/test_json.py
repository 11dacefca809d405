"""Is a body read as RFC 8259 defines JSON, and nothing else taken for JSON?"""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from dataarts_runtime.errors import UnexpectedResponse

from ._operation import receive, receive_error

JSON: dict[str, tuple[bytes, Any]] = {
    "null": (b"null", None),
    "true": (b"true", True),
    "false": (b"false", False),
    "number": (b"-12.5E-1", -1.25),
    "exponent-with-plus": (b"1e+2", 100.0),
    "zero-below-zero": (b"-0", 0),
    "zero-below-zero-with-fraction": (b"-0.0", -0.0),
    "integer-beyond-64-bits": (b"123456789012345678901234567890", 123456789012345678901234567890),
    "float-beyond-64-bits": (b"123456789012345678901234567890.0", 123456789012345678901234567890),
    "float": (b"0.1", 0.1),
    "integer-as-float": (b"9007199254740992.0", 9007199254740992.0),
    "string": (b'"abc"', "abc"),
    "escapes": (rb'"\"\\\/\b\f\n\r\t\u0041\u00e9\ud83d\ude80"', '"\\/\b\f\n\r\tAé🚀'),
    "escaped-controls": (rb'"\u0000\u001f"', "\x00\x1f"),
    "unescaped-characters": ('"/\x7f\x80\u2028\ufeff🚀"'.encode(), "/\x7f\x80\u2028\ufeff🚀"),
    "half-a-pair": (rb'["\ud800"]', ["\ud800"]),
    "empty-list": (b"[]", []),
    "empty-object": (b"{}", {}),
    "empty-name": (b'{"": 0}', {"": 0}),
    "names-in-other-case": (b'{"a": 1, "A": 2}', {"a": 1, "A": 2}),
    "names-in-other-objects": (
        b'{"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]}',
        {"a": {"a": 1}, "b": [{"a": 1}, {"a": 2}]},
    ),
    "white-space": (b' \t\r\n{ "a"\n:\t[\r1 , 2 ] } \n', {"a": [1, 2]}),
    "depth": (b"[" * 300 + b"]" * 300, None),
    "byte-order-mark": (b"\xef\xbb\xbf[1]", [1]),
}


@pytest.mark.parametrize(("content", "value"), JSON.values(), ids=JSON)
def test_json(content: bytes, value: Any) -> None:
    """What is JSON is read, and each value is of its type."""
    result = receive(httpx.Response(200, content=content))

    assert value is None or repr(result) == repr(value), f"{content!r} should be {value!r}, not {result!r}"


NO_JSON: dict[str, bytes] = {
    "nothing": b"",
    "white-space": b" \n",
    "byte-order-mark": b"\xef\xbb\xbf",
    "leading-zero": b"[01]",
    "leading-zero-below-zero": b"[-01]",
    "plus": b"[+1]",
    "no-digit-before-the-point": b"[.5]",
    "no-digit-behind-the-point": b"[1.]",
    "no-digit-in-the-exponent": b"[1e]",
    "hexadecimal": b"[0x1]",
    "underscore": b"[1_000]",
    "other-digits": "[１]".encode(),
    "nan": b"[NaN]",
    "infinity": b"[Infinity]",
    "infinity-below-zero": b"[-Infinity]",
    "python-true": b"[True]",
    "python-none": b"None",
    "undefined": b"undefined",
    "single-quotes": b"['a']",
    "no-quotes": b"{a: 1}",
    "comma-at-the-end-of-a-list": b"[1,]",
    "comma-at-the-end-of-an-object": b'{"a": 1,}',
    "comma-missing": b"[1 2]",
    "colon-missing": b'{"a" 1}',
    "value-missing": b'{"a":}',
    "name-of-a-number": b"{1: 2}",
    "comment": b"[1] // one",
    "comment-inside": b"[1 /* one */]",
    "two-values": b"[1][2]",
    "two-values-in-lines": b"[1]\n[2]\n",
    "garbage-behind": b"[1]x",
    "zero-byte-behind": b"[1]\0",
    "not-closed": b'{"a": [1',
    "string-not-closed": b'["a',
    "closed-otherwise": b"[1}",
    "tab-in-a-string": b'["a\tb"]',
    "line-break-in-a-string": b'["a\nb"]',
    "zero-byte-in-a-string": b'["a\0b"]',
    "unknown-escape": rb'["\x41"]',
    "escaped-quote": rb"""["\'"]""",
    "short-escape": rb'["\u00e"]',
    "escape-of-no-digits": rb'["\u00zz"]',
    "other-white-space": "[1,\u00a02]".encode(),
    "form-feed": b"[1,\f2]",
    "name-twice": b'{"a": 1, "a": 1}',
    "name-twice-in-depth": b'[{"b": {"a": 1, "c": 2, "a": 3}}]',
    "name-twice-escaped": b'{"a": 1, "\\u0061": 2}',
    "name-twice-empty": b'{"": 1, "": 2}',
    "depth": b"[" * 100_000 + b"]" * 100_000,
    "depth-of-objects": b'{"a":' * 100_000,
    "utf-8-cut": b'["\xe4\xbd"]',
    "utf-8-too-long": b'["\xc0\xaf"]',
    "utf-8-of-half-a-pair": b'["\xed\xa0\x80"]',
    "utf-8-beyond-unicode": b'["\xf4\x90\x80\x80"]',
    "latin-1": b'["\xfc"]',
    "html": b"<html></html>",
    "jsonp": b"callback([1])",
}


@pytest.mark.parametrize("content", NO_JSON.values(), ids=NO_JSON)
def test_no_json(content: bytes) -> None:
    """What is not JSON is an UnexpectedResponse that says so, whatever other readers would make of it."""
    error = receive_error(httpx.Response(200, content=content))

    assert isinstance(error, UnexpectedResponse)
    told = (
        "the body is empty",
        "the body is not JSON",
        "the body is not in its charset",
        "the body is nested too deeply",
    )
    assert str(error).removeprefix("HTTP 200: ").startswith(told), f"it should be said what is wrong: {error}"


NUMBERS = {
    "integer": "9" * 2**19,
    "integers": "[" + ",".join(["9" * 4000] * 120) + "]",
    "digits": "1" * 2**19 + ".0",
    "fraction": "0." + "1" * 2**19,
    "zeros": "1." + "0" * 2**19,
    "small": "0." + "0" * 2**19 + "1e524289",
    "exponent": "1e" + "9" * 2**19,
    "negative-exponent": "1e-" + "9" * 2**19,
    "zero": "0e" + "9" * 2**19,
}


@pytest.mark.parametrize("text", NUMBERS.values(), ids=NUMBERS)
def test_time_of_numbers(text: str) -> None:
    """To read a number takes no time that anyone would notice, however many digits it has."""
    started = time.process_time()
    receive(httpx.Response(200, content=text.encode()))
    seconds = time.process_time() - started

    assert seconds < 2, f"the number took {seconds:.1f} s"
