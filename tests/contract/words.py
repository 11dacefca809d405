"""Values and texts as the first line of a failure shows them: short, and cut where it does not matter."""

from __future__ import annotations

from itertools import takewhile


def short(text: str, most: int = 60) -> str:
    """Return a text on one line, its middle left out if it is long: what is wrong is often said at the end."""
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most // 2]}…{text[-most // 2 :]}"


def instead(got: str, wanted: str, most: int = 60) -> str:
    """Return what is there and what should be, from just before they differ."""
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(got, wanted, strict=False)))
    start = max(0, alike - 10)
    return f"{_from(got, start, most)}, should be {_from(wanted, start, most)}"


def _from(text: str, start: int, most: int) -> str:
    shown = text[start:]
    return f"{'…' if start else ''}{shown[:most]}{'…' if len(shown) > most else ''}" if text else "left out"
