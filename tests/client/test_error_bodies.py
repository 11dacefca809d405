"""Is the error in a body found, whichever of the shapes of services, gateways and proxies it has?"""

from __future__ import annotations

import itertools
import json
from typing import Any

import httpx
import pytest

from ._operation import receive_error, receive_refusal

CODES = ("error_code", "errorCode", "code")
MESSAGES = ("error_msg", "errorMsg", "message")
IDS = ("request_id", "requestId")


def found(body: Any, **headers: str) -> tuple[str | None, str | None, str | None]:
    """Return what is understood of an error with this body: code, message and request ID."""
    error: Any = receive_error(httpx.Response(400, headers=headers, content=json.dumps(body).encode()))
    return error.error_code, error.error_msg, error.request_id


@pytest.mark.parametrize("names", list(itertools.product(CODES, MESSAGES, IDS)), ids="-".join)
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_names(depth: int, names: tuple[str, str, str]) -> None:
    """Code, message and request ID are found under all the names that they go by, within `error` or not."""
    body: Any = dict(zip(names, ("DLF.1", "It failed.", "r1"), strict=True))
    for _ in range(depth):
        body = {"error": body}

    assert found(body) == ("DLF.1", "It failed.", "r1"), f"the names {names} should be understood"


BODIES: dict[str, tuple[Any, tuple[str | None, str | None, str | None]]] = {
    "id-beside-the-error": (
        {"error": {"code": "c", "message": "m"}, "requestId": "r"},
        ("c", "m", "r"),
    ),
    "inner-beats-outer": ({"error": {"code": "in", "message": "m"}, "code": "out"}, ("in", "m", None)),
    "documented-beats-camel-case": (
        {"errorCode": "x", "error_code": "c", "errorMsg": "y", "error_msg": "m"},
        ("c", "m", None),
    ),
    "camel-case-beats-plain": ({"code": "x", "errorCode": "c", "message": "y", "errorMsg": "m"}, ("c", "m", None)),
    "error-is-a-text": ({"error": "It failed."}, (None, "It failed.", None)),
    "error-is-a-text-beside-a-message": ({"error": "Bad Request", "message": "It failed."}, (None, "It failed.", None)),
    "text": ("It failed.", (None, "It failed.", None)),
    "numbers": ({"error_code": 100, "error_msg": 7, "request_id": 5}, ("100", "7", "5")),
    "zero": ({"error_code": 0, "error_msg": "m"}, ("0", "m", None)),
    "neither-text-nor-number": (
        {"error_code": [1], "code": "c", "error_msg": None, "message": "m", "request_id": {}, "requestId": "r"},
        ("c", "m", "r"),
    ),
    "no-numbers": ({"error_code": True, "code": 1.5, "error_msg": "m"}, (None, "m", None)),
    "empty-code-and-id": ({"error_code": "", "error_msg": "m", "request_id": ""}, (None, "m", None)),
    "empty-message": ({"error_code": "c", "error_msg": ""}, ("c", "", None)),
    "no-message": ({"error_code": "c"}, ("c", '{"error_code": "c"}', None)),
    "no-fields": ({"a": [1]}, (None, '{"a": [1]}', None)),
    "list": (["It failed."], (None, '["It failed."]', None)),
    "null": (None, (None, "null", None)),
}


@pytest.mark.parametrize(("body", "expected"), BODIES.values(), ids=BODIES)
def test_body(body: Any, expected: tuple[str | None, str | None, str | None]) -> None:
    """The documented names win, then the inner ones; what is neither a text nor an integer is passed over."""
    assert found(body) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"request_id": "r1"}, "r1"),
        ({"requestId": "r1"}, "r1"),
        ({"request_id": None}, "r2"),
        ({"request_id": ""}, "r2"),
    ],
    ids=str,
)
def test_request_id_of_the_header(body: Any, expected: str) -> None:
    """The request ID of the header counts where the body has none."""
    assert found(body, **{"X-Request-Id": "r2"})[2] == expected


LENIENT: dict[str, bytes] = {
    "name-twice": b'{"error_code": "x", "error_code": "c", "error_msg": "m"}',
    "nan": b'{"error_code": "c", "error_msg": "m", "a": NaN, "b": -Infinity, "c": 1e400}',
    "many-digits": b'{"error_code": "c", "error_msg": "m", "a": ' + b"9" * 5000 + b"}",
    "bom": b'\xef\xbb\xbf{"error_code": "c", "error_msg": "m"}',
    "bytes-that-are-no-utf-8": b'{"error_code": "c", "error_msg": "m", "a": "\xff"}',
    "spaces": b' \r\n\t{"error_code": "c", "error_msg": "m"}\r\n ',
}


@pytest.mark.parametrize("content", LENIENT.values(), ids=LENIENT)
def test_lenient(content: bytes) -> None:
    """An error is understood although its body is not quite JSON: who gets one wants to know what it says."""
    error = receive_refusal(400, content)

    assert (error.error_code, error.error_msg) == ("c", "m")
