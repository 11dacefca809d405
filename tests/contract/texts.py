"""Texts and JSON as servers, gateways and firewalls get them wrong: what is tried, as data."""

from __future__ import annotations

import json
from typing import Any

# Strings that are as good as any other to the document. Firewalls refuse the first, validators of their own the next
# (blank is empty to them, a letter is ASCII to them), storage the last.
STRINGS: dict[str, str] = {
    "HTML": "<script>alert(1)</script>",
    "SQL": "' OR 1=1; DROP TABLE jobs; --",
    "a blank": " ",
    "a combining character": "e\u0301",
    "a character outside the BMP": "😀",
    "a path": "../../../etc/passwd",
    "a lookup": "${jndi:ldap://localhost/a}",
    "a template": "{{7*7}} #{7*7} <%= 7*7 %>",
    "a shell command": "; cat /etc/passwd | id && $(id) `id`",
    "a format": "%s%n%d %00 %0a",
    "a line break": "a\r\nb\nc",
    "a tab": "\t",
    "blanks around it": "  a  ",
    "a no-break space": "\u00a0",
    "Chinese": "中文参数",
    "Arabic": "مرحبا",
    "a byte order mark": "\ufeffa",
    "a line separator": "a\u2028b",
    "a zero-width space": "a\u200bb",
    "a control character": "a\u0001b",
    "a NUL": "a\u0000b",
    "quotes": "\"'`\\/",
    "a JSON text": '{"a": [null]}',
    "a number": "111",
    "true": "true",
    "null": "null",
    "a date": "2026-01-31T00:00:00Z",
    "a URL": "https://elsewhere.example/?a=1&b=2#c",
    "an XML entity": "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>",
}

# Names of further properties that languages and frameworks take for their own.
PROPERTIES = ("__proto__", "constructor", "type", "$ref", "@type", "class", "a b", "汉", "")


def not_json(valid: bytes) -> dict[str, bytes]:
    """Return bodies that are no JSON text in UTF-8, by what is wrong with them.

    Args:
        valid: A body that is right: an object or an array with something in it.
    """
    end = valid[-1:]
    return {
        "cut short": valid[:-1],
        "words": b"nonsense",
        "a bracket alone": valid[:1],
        "a comma at the end": valid[:-1] + b"," + end,
        "two texts": valid + b" " + valid,
        "single quotes": valid.replace(b'"', b"'"),
        "a comment": valid[:-1] + b"/* a comment */" + end,
        "NaN": _with(valid, b"NaN"),
        "Infinity": _with(valid, b"-Infinity"),
        "a leading zero": _with(valid, b"01"),
        "a name without quotes": _with(valid, b"word"),
        "a line break in a string": _with(valid, b'"a\nb"'),
        "a form": b"further=1",
        "XML": b"<further>1</further>",
    }


def not_utf8(valid: bytes) -> dict[str, bytes]:
    """Return bodies that are JSON but for their encoding, by what that is."""
    text = valid.decode()
    return {
        "bytes that are no UTF-8": b"\xff\xfe",
        "a string with a byte that is no UTF-8": _with(valid, b'"\xff"'),
        "a string in Latin-1": _with(valid, '"é"'.encode("latin-1")),
        "a string with a surrogate in UTF-8": _with(valid, b'"\xed\xa0\x80"'),
        "a string with an overlong character": _with(valid, b'"\xc0\xaf"'),
        "UTF-16": text.encode("utf-16"),
        "UTF-16, without a byte order mark": text.encode("utf-16-le"),
        "UTF-32": text.encode("utf-32-be"),
    }


def heavy(valid: bytes) -> dict[str, bytes]:
    """Return bodies that are hard to read, by why: a server may refuse them, but not fail."""
    many = json.dumps({f"further{number}": 1 for number in range(100_000)}).encode()
    return {
        "arrays in arrays, 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
        "arrays in arrays, 100,000 deep, not closed": b"[" * 100_000,
        "objects in objects, 20,000 deep": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        "a further property of arrays, 1,000 deep": _with(valid, b"[" * 1000 + b"]" * 1000),
        "a number of 10,000 digits": _with(valid, b"9" * 10_000),
        "a number with a large exponent": _with(valid, b"1e400"),
        "half of a surrogate pair": _with(valid, b'"\\ud800"'),
        "a key given twice": _with(valid[:-1] + b', "further": 1}' if valid[:1] == b"{" else valid, b"2"),
        "100,000 further properties": many,
    }


def same_json(value: Any) -> dict[str, bytes]:
    """Return other spellings of a JSON value, by what is other about them: to a parser they are the same."""
    plain = json.dumps(value)
    found = {
        "no blanks": json.dumps(value, separators=(",", ":")).encode(),
        "blanks and line breaks": f"\r\n\t {json.dumps(value, indent=4)} \n".encode(),
    }
    if isinstance(value, dict):
        found["keys in another order"] = json.dumps(dict(reversed(value.items()))).encode()
        key = next((key for key in value if key.isalpha()), None)
        if key is not None:
            escaped = "".join(f"\\u{ord(character):04x}" for character in key)
            found["a key that is escaped"] = plain.replace(f'"{key}"', f'"{escaped}"', 1).encode()
    return found


def _with(valid: bytes, value: bytes) -> bytes:
    """Return a body with one more member: a further property of an object, or a further item of an array."""
    name = b'"further": ' if valid[:1] == b"{" else b""
    comma = b", " if len(valid) > 2 else b""
    return valid[:-1] + comma + name + value + valid[-1:]
