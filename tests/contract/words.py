"""Values and texts as the first line of a failure shows them: short, with what decides left in."""

from __future__ import annotations

import json
import unicodedata
from itertools import groupby, takewhile
from typing import Any

_LONG = 12


def short(text: str, most: int = 60) -> str:
    """Return a text on one line, its middle left out if it is long: what is wrong is often said at the end."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most // 2]}…{text[-most // 2 :]}"


def shown(value: Any, most: int = 160) -> str:
    """Return a JSON value as people can read it: repetitions counted, what cannot be seen escaped."""
    if isinstance(value, str):
        text = _string(value)
    elif isinstance(value, list):
        text = f"[{', '.join(_items(value))}]"
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{_string(key)}: {shown(each, most)}" for key, each in value.items()) + "}"
    else:
        text = _number(value) if isinstance(value, int | float) else json.dumps(value)
    return short(text, most) if len(text) > most else text


def shown_bytes(content: bytes, most: int = 80) -> str:
    """Return bytes as people can read them, those that are no UTF-8 as escapes."""
    text = content[: 4 * most].decode("utf-8", "backslashreplace")
    return short("".join(map(_visible, text)), most) if content else "nothing"


def instead(got: str, wanted: str, most: int = 60) -> str:
    """Return what is there and what should be, from just before they differ."""
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(got, wanted, strict=False)))
    start = max(0, alike - 10)
    return f"{_from(got, start, most)}, should be {_from(wanted, start, most)}"


def _number(value: float) -> str:
    text = json.dumps(value) if isinstance(value, bool | float) else str(value)
    return text if len(text) <= 40 else f"{text[:8]}… ({len(text)} digits)"


def _items(values: list[Any]) -> list[str]:
    """Return the items of a list; of many that are alike, the first and how many there are."""
    found: list[str] = []
    for text, group in groupby(shown(each, 60) for each in values):
        count = len(list(group))
        found.append(text if count == 1 else f"{count} × {text}")
    return found if len(found) <= 6 else [*found[:2], f"… {len(found) - 4} more …", *found[-2:]]


def _string(text: str) -> str:
    """Return a string in quotes, a character that is repeated often told once: "a" × 65."""
    parts: list[str] = []
    plain = ""
    for character, group in groupby(text):
        count = len(list(group))
        if count < _LONG:
            plain += character * count
            continue
        if plain:
            parts.append(_quoted(plain))
            plain = ""
        parts.append(f"{_quoted(character)} × {count}")
    if plain or not parts:
        parts.append(_quoted(plain))
    return " + ".join(parts)


def _quoted(text: str) -> str:
    if len(text) > 100:
        text = f"{text[:40]}…{text[-40:]}"
    return "".join(map(_visible, json.dumps(text, ensure_ascii=False)))


def _visible(character: str) -> str:
    """Return a character, or its escape if it cannot be seen or told from another."""
    if character.isascii() or (character.isprintable() and not unicodedata.combining(character)):
        return character
    return json.dumps(character)[1:-1]


def _from(text: str, start: int, most: int) -> str:
    kept = text[start:]
    return f"{'…' if start else ''}{kept[:most]}{'…' if len(kept) > most else ''}" if text else "left out"
