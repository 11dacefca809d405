"""JSON, read strictly and written quickly."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

import msgspec

MAX_DEPTH = 100
"""Levels that JSON may be nested."""


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key is given twice")
    return members


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")


def _finite(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError(f"{text} is too great a number")
    return number


def _is_deeper(value: Any, depth: int) -> bool:
    level = [value]
    for _ in range(depth):
        level = [
            child
            for node in level
            if isinstance(node, dict | list)
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return False
    return any(isinstance(node, dict | list) for node in level)


encode_json = msgspec.json.Encoder().encode
"""Write JSON, in UTF-8 and without spaces."""

_quick_decode = msgspec.json.Decoder().decode
_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant, parse_float=_finite)


def decode_json(content: bytes) -> Any:
    """Read JSON strictly: UTF-8, no key twice in an object, nothing infinite, no half of a surrogate pair, 100 levels.

    Raises:
        ValueError: It is not JSON.
        RecursionError: It is nested too deep.
    """
    is_shallow = content.count(b"[") + content.count(b"{") <= MAX_DEPTH
    if is_shallow:
        try:
            payload: Any = _quick_decode(content)
            # What is written again byte for byte was read rightly: no key was given twice, nothing got lost.
            if encode_json(payload) == content:
                return payload
        except ValueError:
            pass  # What is wrong is found out below.
    payload = _DECODER.decode(content.decode())
    if b"\\u" in content:  # An escape is the one way to a lone surrogate, which is no character.
        json.dumps(payload, ensure_ascii=False).encode()
    if not is_shallow and _is_deeper(payload, MAX_DEPTH):
        raise ValueError(f"nested deeper than {MAX_DEPTH} levels")
    return payload
