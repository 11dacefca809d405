"""The code blocks of README.md and of the guide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from tests.conftest import ROOT

_FENCE = re.compile(
    r"(?:^ *<!-- checked by (?P<elsewhere>[\w/.]+) -->\n+)?"
    r"^(?P<indent> *)```(?P<language>\S*)[^\n]*\n(?P<text>.*?)^(?P=indent)```[^\n]*$",
    re.MULTILINE | re.DOTALL,
)


@dataclass(frozen=True)
class Block:
    """A code block.

    Args:
        place: The page and the line, for messages.
        language: What the fence says.
        text: What is between the fences.
        elsewhere: The test module that checks it, where it cannot be run by itself.
    """

    place: str
    language: str
    text: str
    elsewhere: str | None = None


def pages() -> list[Path]:
    """List README.md and the pages of the guide that are written by hand."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks_of(name: str, text: str) -> list[Block]:
    """Return the code blocks of a page, in order."""
    return [
        Block(
            f"{name}:{text.count(chr(10), 0, found.start('text'))}",
            found["language"],
            dedent(found["text"]),
            found["elsewhere"],
        )
        for found in _FENCE.finditer(text)
    ]
