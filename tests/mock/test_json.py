"""The mock reads JSON as the standard library does, and refuses what that passes over."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataarts_mock._json import MAX_DEPTH, decode_json, encode_json

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda children: st.lists(children) | st.dictionaries(TEXTS, children),
)


@given(value=VALUES, indent=st.none() | st.integers(0, 2), is_compact=st.booleans(), is_ascii=st.booleans())
def test_json_is_read_as_the_standard_library_reads_it(
    value: Any, indent: int | None, is_compact: bool, is_ascii: bool
) -> None:
    """Every way of writing a value gives that value."""
    separators = (",", ":") if is_compact else None
    text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=is_ascii)

    # The representation tells 1 from 1.0 and from True, and -0.0 from 0.0.
    assert repr(decode_json(text.encode())) == repr(json.loads(text))


@given(value=VALUES)
def test_what_was_written_is_read_again(value: Any) -> None:
    """What the mock writes is JSON, of that value."""
    assert decode_json(json.dumps(json.loads(encode_json(value))).encode()) == value


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b'{"a":1,"a":2}', id="doubled key"),
        pytest.param(b'{"a":1,"a":1}', id="doubled key, same value"),
        pytest.param(b'[{"a":1,"\\u0061":1}]', id="doubled key, escaped"),
        pytest.param(b"NaN", id="NaN"),
        pytest.param(b"[-Infinity]", id="infinite"),
        pytest.param(b"1e400", id="too great"),
        pytest.param(b'"\\ud800"', id="half a surrogate pair"),
        pytest.param(b'"\xed\xa0\x80"', id="half a surrogate pair, as bytes"),
        pytest.param(b'"\xff"', id="not UTF-8"),
        pytest.param(b'\xef\xbb\xbf"a"', id="byte order mark"),
        pytest.param(b"", id="nothing"),
        pytest.param(b"[1,]", id="comma at the end"),
        pytest.param(b"1 2", id="two values"),
        pytest.param(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), id="too deep"),
    ],
)
def test_what_is_no_strict_json_is_refused(content: bytes) -> None:
    """What another reader may let pass, or take for something else, is an error."""
    with pytest.raises(ValueError, match=r"."):
        decode_json(content)
