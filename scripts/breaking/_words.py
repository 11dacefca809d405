"""How values are written to people."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

_LONGEST = 100


def joined(words: Iterable[str]) -> str:
    """Join words as a sentence does: a, b or c."""
    *first, last = words
    return f"{', '.join(first)} or {last}" if first else last


def quoted(value: Any) -> str:
    """Write a value as JSON, cut where it is long."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in text)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 3 :]}"


def counted(number: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def turned(before: bool, now: bool) -> str:
    """Say what became of something that is different."""
    return "changed" if before and now else "added" if now else "removed"


def in_python(name: str) -> str:
    """Write a name of the document as the generator does, nearly; where it does otherwise, `_python` notices."""
    return re.sub(r"\W+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)).lower()


def by_media_type(content: dict[str, Any]) -> dict[str, Any]:
    """Return what there is of each media type, without its parameters, which no client looks at."""
    return {name.partition(";")[0].strip().lower(): each for name, each in content.items()}
