"""Does a schema allow what JSON Schema 2020-12 allows, refuse the rest, and say where and why?"""

from __future__ import annotations

import json
import math
import time
from enum import Enum
from typing import Any

import httpx
import pytest

from dataarts_runtime.schema import (
    Anything,
    Array,
    Boolean,
    Const,
    Integer,
    Member,
    Null,
    Number,
    Schema,
    String,
    Union,
)

from ._operation import receive, receive_error

HUGE = 10**5000
"""An integer that Python would not write, since it has more than 4,300 digits."""


class Size(Enum):
    """An enum of integers."""

    SMALL = 1
    BIG = 2


class Kind(Enum):
    """An enum of strings."""

    RED = "red"
    GREEN = "green"


def loaded(schema: Schema, text: str) -> Any:
    """Receive this JSON text in a response, and return what the schema makes of it."""
    return receive(httpx.Response(200, content=text.encode()), schema)


# A schema, a JSON text that it allows, and the Python value.
ALLOWED: dict[str, tuple[Schema, str, Any]] = {
    "null": (Null(), "null", None),
    "true": (Boolean(), "true", True),
    "false": (Boolean(), "false", False),
    "string": (String(), '"a\\u00fc\\ud83d\\ude80"', "aü🚀"),
    "empty-string": (String(), '""', ""),
    "length-in-characters": (String(min_length=2, max_length=2), '"🚀🚀"', "🚀🚀"),
    "pattern-anywhere": (String(pattern="b+"), '"abc"', "abc"),
    "pattern-of-ascii": (String(pattern=r"^\w$"), '"a"', "a"),
    "pattern-over-lines": (String(pattern="a.?c"), '"a\\nbac"', "a\nbac"),
    "minimum": (Integer(minimum=3), "3", 3),
    "maximum": (Integer(maximum=3), "3", 3),
    "exclusive-minimum": (Number(exclusive_minimum=3), "3.1", 3.1),
    "exclusive-maximum": (Number(exclusive_maximum=3), "2.9", 2.9),
    "integer-with-fraction-zero": (Integer(), "1.0", 1),
    "integer-with-exponent": (Integer(), "12e2", 1200),
    "integer-with-fraction-and-exponent": (Integer(), "1.25e2", 125),
    "negative-zero": (Integer(), "-0", 0),
    "integer-beyond-floats": (Integer(), "9007199254740993.0", 9007199254740993),
    "zero-with-any-exponent": (Integer(), "0e99999999999999999999", 0),
    "number-that-is-whole": (Number(), "7", 7),
    "multiple-in-decimals": (Number(multiple_of=0.1), "0.3", 0.3),
    "multiple-of-integers": (Integer(multiple_of=3), "9", 9),
    "zero-is-a-multiple": (Integer(multiple_of=3), "0", 0),
    "multiple-below-zero": (Number(multiple_of=0.01), "-19.99", -19.99),
    "multiple-of-a-great-number": (Number(multiple_of=0.1), "1e300", 10**300),
    "const": (Const("a"), '"a"', "a"),
    "const-integer-as-float": (Const(1), "1.0", 1),
    "const-float-as-integer": (Const(1.0), "1", 1.0),
    "const-null": (Const(None), "null", None),
    "const-object-in-any-order": (Const({"a": [1], "b": True}), '{"b": true, "a": [1.0]}', {"a": [1], "b": True}),
    "enum": (Member(Kind), '"red"', Kind.RED),
    "enum-unknown": (Member(Kind), '"blue"', "blue"),
    "enum-in-other-case": (Member(Kind), '"RED"', "RED"),
    "enum-of-integers": (Member(Size), "2", Size.BIG),
    "enum-of-integers-as-float": (Member(Size), "2.0", Size.BIG),
    "enum-of-integers-unknown": (Member(Size), "7.0", 7),
    "list": (Array(Integer()), "[1, 2.0]", [1, 2]),
    "empty-list": (Array(Integer(), unique_items=True), "[]", []),
    "list-at-its-limits": (Array(Integer(), min_items=2, max_items=2), "[1, 1]", [1, 1]),
    "one-and-true-differ": (Array(Anything(), unique_items=True), '[1, true, 0, false, null, "1", ""]', None),
    "one-and-true-differ-in-depth": (
        Array(Anything(), unique_items=True),
        '[[1], [true], {"a": 0}, {"a": false}]',
        None,
    ),
    "list-and-object-differ": (Array(Anything(), unique_items=True), "[[], {}]", None),
    "order-in-lists-matters": (Array(Anything(), unique_items=True), "[[1, 2], [2, 1]]", None),
    "integers-that-floats-confuse": (Array(Integer(), unique_items=True), "[9007199254740993, 9007199254740992]", None),
    "first-option": (Union(String(), Null()), '"a"', "a"),
    "last-option": (Union(String(), Null()), "null", None),
    "whole-number-of-either": (Union(Integer(), Number()), "2.5", 2.5),
    "anything": (
        Anything(),
        '{"a": [null, true, 1.5, 1e2, "x", {"": []}]}',
        {"a": [None, True, 1.5, 100.0, "x", {"": []}]},
    ),
}


@pytest.mark.parametrize(("schema", "text", "value"), ALLOWED.values(), ids=ALLOWED)
def test_allowed(schema: Schema, text: str, value: Any) -> None:
    """A JSON value that the schema allows becomes the Python value, of the right type."""
    result = loaded(schema, text)
    expected = json.loads(text) if isinstance(schema, Array) and value is None else value

    assert repr(result) == repr(expected), f"{text} should be {expected!r}, not {result!r}"


# A schema, a JSON text that it refuses, and what is said.
REFUSED: dict[str, tuple[Schema, str, str]] = {
    "null": (Null(), "false", "body: must be None, not bool"),
    "zero-is-not-null": (Null(), "0", "body: must be None"),
    "empty-is-not-null": (Null(), '""', "body: must be None"),
    "one-is-not-true": (Boolean(), "1", "body: must be a boolean, not int (1)"),
    "null-is-not-false": (Boolean(), "null", "body: must be a boolean, not NoneType"),
    "text-is-not-true": (Boolean(), '"true"', "body: must be a boolean, not str ('true')"),
    "number-is-no-string": (String(), "1", "body: must be a string, not int (1)"),
    "too-short": (String(min_length=2), '"🚀"', "body: shorter than 2 characters (1)"),
    "too-long": (String(max_length=1), '"ab"', "body: longer than 1 character (2)"),
    "pattern": (String(pattern="^b+$"), '"abc"', "body: does not match the pattern ^b+$ ('abc')"),
    "pattern-in-words": (
        String(pattern=r"^[a-z][0-9A-Za-z_\-.]*\Z"),
        '"my job"',
        (
            r"body: does not match the pattern ^[a-z][0-9A-Za-z_\-.]*\Z ('my job'; without ' ' it would; "
            "it takes letters, digits, underscores, hyphens and periods)"
        ),
    ),
    "pattern-in-words-twice": (
        String(pattern="^[0-9]+$"),
        '"a b"',
        "body: does not match the pattern ^[0-9]+$ ('a b'; it takes digits)",
    ),
    "pattern-broken-by-place": (
        String(pattern="^[a-z]+[0-9]+$"),
        '"1a"',
        "body: does not match the pattern ^[a-z]+[0-9]+$ ('1a')",
    ),
    "pattern-without-words": (String(pattern=r"^[\d]+$"), '" -"', r"body: does not match the pattern ^[\d]+$ (' -')"),
    "pattern-of-ascii": (String(pattern=r"^\d$"), '"٣"', "body: does not match the pattern"),
    "pattern-in-other-case": (String(pattern="^b+$"), '"B"', "body: does not match the pattern"),
    "pattern-of-one-line": (String(pattern="^b$"), '"a\\nb\\nc"', "body: does not match the pattern"),
    "pattern-without-line-breaks": (String(pattern="^a.c$"), '"a\\nc"', "body: does not match the pattern"),
    "length-0": (String(max_length=0), '"a"', "body: longer than 0 characters (1)"),
    "half-a-pair": (String(), '"a\\ud800"', "body: half a surrogate pair is no character"),
    "true-is-no-number": (Number(), "true", "body: must be a number, not bool"),
    "text-is-no-number": (Number(), '"1"', "body: must be a number, not str ('1')"),
    "true-is-no-integer": (Integer(), "true", "body: must be an integer, not bool"),
    "fraction": (Integer(), "1.5", "body: must be an integer, not float (1.5)"),
    "fraction-that-floats-lose": (Integer(), "1.00000000000000000001", "body: must be an integer, not float"),
    "all-but-zero": (Integer(), "1e-400", "body: must be an integer, not float"),
    "all-but-zero-at-any-precision": (Integer(), "1e-99999999999999999999", "body: must be an integer, not float"),
    "less": (Integer(minimum=3), "2", "body: less than 3 (2)"),
    "greater": (Number(maximum=3), "3.0000000001", "body: greater than 3 (3.0000000001)"),
    "not-greater": (Number(exclusive_minimum=3), "3", "body: not greater than 3 (3)"),
    "not-less": (Number(exclusive_maximum=3), "3.0", "body: not less than 3 (3.0)"),
    "less-than-0": (Number(minimum=0), "-1", "body: less than 0 (-1)"),
    "greater-than-0": (Number(maximum=0), "1", "body: greater than 0 (1)"),
    "not-greater-than-0": (Number(exclusive_minimum=0), "0", "body: not greater than 0 (0)"),
    "not-less-than-0": (Number(exclusive_maximum=0), "0", "body: not less than 0 (0)"),
    "no-multiple": (Number(multiple_of=0.1), "0.35", "body: not a multiple of 0.1 (0.35)"),
    "no-multiple-of-integers": (Integer(multiple_of=3), "10", "body: not a multiple of 3 (10)"),
    "too-great-for-floats": (Number(), "1e400", "body: must be finite (inf)"),
    "too-great-below-zero": (Number(), "-1e400", "body: must be finite (-inf)"),
    "too-many-digits": (Number(), "9" * 5000, "body: must be finite (inf)"),
    "too-many-digits-below-zero": (Number(), "-" + "9" * 5000, "body: must be finite (-inf)"),
    "too-many-digits-in-depth": (Array(Number()), f"[1, {'9' * 5000}]", "body[1]: must be finite (inf)"),
    "greater-than-int64": (Integer(maximum=2**63 - 1), "9223372036854775808", "body: greater than 9223372036854775807"),
    "const": (Const("a"), '"b"', "body: must be 'a' ('b')"),
    "const-one-is-not-true": (Const(1), "true", "body: must be 1 (True)"),
    "const-true-is-not-one": (Const(True), "1", "body: must be True (1)"),
    "const-true-is-not-one-in-depth": (Const([True]), "[1]", "body: must be [True] ([1])"),
    "const-zero-is-not-null": (Const(None), "0", "body: must be None (0)"),
    "const-member-more": (Const({"a": 1}), '{"a": 1, "b": 1}', "body: must be {'a': 1}"),
    "enum-of-strings": (Member(Kind), "1", "body: must be of type str, not int (1)"),
    "enum-of-integers": (Member(Size), '"1"', "body: must be of type int, not str ('1')"),
    "enum-of-integers-true": (Member(Size), "true", "body: must be of type int, not bool"),
    "enum-of-integers-fraction": (Member(Size), "1.5", "body: must be of type int, not float (1.5)"),
    "object-is-no-list": (Array(Integer()), '{"0": 1}', "body: must be a list, not dict"),
    "text-is-no-list": (Array(String()), '"abc"', "body: must be a list, not str"),
    "item": (Array(Array(Integer())), "[[1], [1, null]]", "body[1][1]: must be an integer, not NoneType"),
    "item-twice-wrong": (Array(Integer()), '["a", "b"]', "body[0]: must be an integer"),
    "no-items": (Array(Integer(), max_items=0), "[1]", "body: more than 0 items (1)"),
    "too-few": (Array(Integer(), min_items=2), "[1]", "body: fewer than 2 items (1)"),
    "too-many": (Array(Integer(), max_items=1), "[1, 2]", "body: more than 1 item (2)"),
    "twice": (
        Array(Integer(), unique_items=True),
        "[1, 2, 3, 2]",
        "body[3]: is the same as body[1], but all items must differ",
    ),
    "twice-as-float": (Array(Number(), unique_items=True), "[1, 1.0]", "body[1]: is the same as body[0]"),
    "twice-as-great-float": (
        Array(Number(), unique_items=True),
        "[10000000000000000000000, 1e22]",
        "body[1]: is the same",
    ),
    "twice-in-other-order": (
        Array(Anything(), unique_items=True),
        '[{"a": 1, "b": [2]}, {"b": [2.0], "a": 1}]',
        "body[1]: is the same as body[0]",
    ),
    "twice-null": (Array(Anything(), unique_items=True), "[null, null]", "body[1]: is the same as body[0]"),
    "twice-escaped": (Array(String(), unique_items=True), '["a", "\\u0061"]', "body[1]: is the same as body[0]"),
    "no-option-by-type": (
        Union(String(), Null()),
        "1",
        "body: must be a string, not int (1) or must be None, not int (1)",
    ),
    "no-option-by-value": (Union(String(max_length=1), Null()), '"ab"', "body: longer than 1 character (2)"),
    "no-option-of-two": (
        Union(Integer(maximum=1), Integer(minimum=3)),
        "2",
        "body: greater than 1 (2) or less than 3 (2)",
    ),
    "no-option-in-depth": (Union(Array(Integer(minimum=1)), Null()), "[0]", "body[0]: less than 1 (0)"),
}


@pytest.mark.parametrize(("schema", "text", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(schema: Schema, text: str, said: str) -> None:
    """A JSON value that the schema does not allow is refused, with its path and the rule in the message."""
    error = receive_error(httpx.Response(200, content=text.encode()), schema)

    assert str(error).startswith(f"HTTP 200: {said}"), f"{text[:60]} should be refused as {said!r}: {error}"


# A schema, a Python value that it allows, and the JSON text.
WRITTEN: dict[str, tuple[Schema, Any, str]] = {
    "member": (Member(Kind), Kind.GREEN, '"green"'),
    "value-of-a-member": (Member(Kind), "green", '"green"'),
    "member-of-integers": (Member(Size), Size.BIG, "2"),
    "const": (Const(1), 1, "1"),
    "list": (Array(Member(Size)), [1, Size.BIG], "[1, 2]"),
    "option": (Union(Member(Kind), Member(Size)), Size.BIG, "2"),
    "anything": (Anything(), {"a": (1, [None, True, 1.5, "é", {}])}, '{"a": [1, [null, true, 1.5, "\\u00e9", {}]]}'),
    "many-digits": (Anything(), 10**4000, str(10**4000)),
}


@pytest.mark.parametrize(("schema", "value", "text"), WRITTEN.values(), ids=WRITTEN)
def test_written(schema: Schema, value: Any, text: str) -> None:
    """A Python value that the schema allows becomes the JSON value."""
    schema.check(value, "here")

    assert json.dumps(schema.dump(value, "here")) == text


LOOP: list[Any] = []
LOOP.append(LOOP)

# A schema, a Python value that it does not allow, and what is said.
UNWRITABLE: dict[str, tuple[Schema, Any, str]] = {
    "float-for-an-integer": (Integer(), 1.0, "here: must be an integer, not float (1.0)"),
    "number-nan": (Number(), math.nan, "here: must be finite (nan)"),
    "integer-out-of-range": (Integer(maximum=9), HUGE, f"here: greater than 9 (int of {HUGE.bit_length()} bits)"),
    "integer-below-the-range": (Integer(minimum=9), -HUGE, f"here: less than 9 (int of {HUGE.bit_length()} bits)"),
    "integer-of-too-many-digits": (Integer(), HUGE, f"here: has too many digits (int of {HUGE.bit_length()} bits)"),
    "multiple-of-too-many-digits": (Number(multiple_of=2), HUGE, "here: has too many digits"),
    "integer-for-a-string": (String(), HUGE, f"here: must be a string, not int (int of {HUGE.bit_length()} bits)"),
    "float-for-a-const": (Const(1), 1.0, "here: must be 1 (1.0)"),
    "true-for-a-const": (Const(1), True, "here: must be 1 (True)"),
    "list-for-a-const": (Const("a"), [HUGE], "here: must be 'a' (list)"),
    "member-in-other-case": (Member(Kind), "RED", "here: must be one of 'red', 'green' ('RED')"),
    "no-member": (Member(Kind), "blue", "here: must be one of 'red', 'green' ('blue')"),
    "member-of-another-enum": (Member(Kind), Size.BIG, "here: must be a Kind or its value, not Size"),
    "float-for-a-member": (Member(Size), 1.0, "here: must be a Size or its value, not float (1.0)"),
    "true-for-a-member": (Member(Size), True, "here: must be a Size or its value, not bool"),
    "tuple": (Array(Integer()), (1,), "here: must be a list, not tuple"),
    "item": (Array(Integer()), [1, "2"], "here[1]: must be an integer, not str ('2')"),
    "item-twice": (Array(Integer(), unique_items=True), [1, 1], "here[1]: is the same as here[0]"),
    "member-and-its-value": (Array(Member(Kind), unique_items=True), ["red", Kind.RED], "here[1]: is the same"),
}


@pytest.mark.parametrize(("schema", "value", "said"), UNWRITABLE.values(), ids=UNWRITABLE)
def test_unwritable(schema: Schema, value: Any, said: str) -> None:
    """A Python value that the schema does not allow is refused as soon as it is set, by its path and the rule."""
    for method in (schema.check, schema.dump):
        with pytest.raises((ValueError, TypeError)) as caught:
            method(value, "here")

        assert str(caught.value).startswith(said), f"the message should begin with {said!r}: {caught.value}"


# A value that JSON cannot carry, and what is said.
NO_JSON: dict[str, tuple[Any, str]] = {
    "nan": ({"a": [math.nan]}, "here['a'][0]: must be finite (nan)"),
    "infinity": ([-math.inf], "here[0]: must be finite (-inf)"),
    "half-a-pair": (["\ud800"], "here[0]: half a surrogate pair is no character"),
    "half-a-pair-in-a-name": ({"\ud800": 1}, "here: half a surrogate pair is no character"),
    "name-of-a-number": ({"a": {1: 2}}, "here['a']: must be a dict whose keys are strings, not int (1)"),
    "name-none": ([{None: 2}], "here[0]: must be a dict whose keys are strings, not NoneType"),
    "set": ({"a": {1}}, "here['a']: must be a value that JSON can carry, not set"),
    "bytes": ([b"x"], "here[0]: must be a value that JSON can carry, not bytes"),
    "object": (object(), "here: must be a value that JSON can carry, not object"),
    "enum": ([Kind.RED], "here[0]: must be a value that JSON can carry, not Kind"),
    "too-many-digits": ([1, HUGE], f"here[1]: has too many digits (int of {HUGE.bit_length()} bits)"),
    "loop": (LOOP, "here: nested too deeply"),
    "long-name": ({"n" * 1000: b""}, f"here['{'n' * 36}...]: must be"),
}


@pytest.mark.parametrize(("value", "said"), NO_JSON.values(), ids=NO_JSON)
def test_no_json(value: Any, said: str) -> None:
    """A value that JSON cannot carry is refused by the path of what is wrong in it, however deep."""
    with pytest.raises((ValueError, TypeError)) as caught:
        Anything().dump(value, "here")

    assert str(caught.value).startswith(said), f"the message should begin with {said!r}: {caught.value}"


def test_unknown_members_are_kept_only_from_responses() -> None:
    """A value that an enum does not know is written if it came from a response, and refused from a caller."""
    schema = Array(Union(Member(Kind), Member(Size)))

    assert schema.dump(["blue", 7, Kind.RED], "here", strict=False) == ["blue", 7, "red"]
    with pytest.raises(ValueError, match=r"here\[0\]: must be one of"):
        schema.dump(["blue", 7, Kind.RED], "here")


@pytest.mark.parametrize("text", ["1e400", '"a\\ud800"', '{"\\ud800": 1}'])
def test_what_responses_can_hold_is_written(text: str) -> None:
    """What a response can hold, though a request cannot, is no error when the response is written as a dict."""
    value = loaded(Anything(), text)

    assert Anything().dump(value, "here", strict=False) == value
    with pytest.raises(ValueError, match="here"):
        Anything().dump(value, "here")


HASHES = {
    "numbers": list(range(100_000)),
    "numbers-of-one-hash": [number * (2**61 - 1) for number in range(30_000)],
    "fractions": [number / 3 for number in range(50_000)],
    "lists": [[number] for number in range(50_000)],
    "objects": [{"a": number * (2**61 - 1)} for number in range(30_000)],
}


@pytest.mark.parametrize("values", HASHES.values(), ids=HASHES)
def test_time_of_unique_items(values: list[Any]) -> None:
    """To find out that many items differ takes time in proportion to their number, even if someone chose them badly."""
    started = time.process_time()
    Array(Anything(), unique_items=True).load(values, "here")
    seconds = time.process_time() - started

    assert seconds < 2, f"{len(values)} items took {seconds:.1f} s"
