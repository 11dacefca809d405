"""Which of two patterns allows more."""

from __future__ import annotations

import re
from dataclasses import dataclass

import interegular
from interegular.fsm import FSM, anything_else
from interegular.patterns import InvalidSyntax, Unsupported

_ESCAPED_CHARACTER = re.compile(r"\\u([0-9A-Fa-f]{4})|(\\.)", re.DOTALL)
_SPECIAL = frozenset("\\^$.|?*+()[]{}-/")


@dataclass(frozen=True)
class Comparison:
    """What two patterns allow, beside each other.

    Args:
        only_old: A string that the old one alone allows, or None.
        only_new: A string that the new one alone allows, or None.
    """

    only_old: str | None
    only_new: str | None


def compare(old: str, new: str) -> Comparison | None:
    """Compare what two patterns allow; None where it cannot be computed: look-behind, back-references and the like."""
    try:
        automata = _automaton(old), _automaton(new)
    except (InvalidSyntax, Unsupported, NotImplementedError, RecursionError, ValueError):
        return None
    first, second = automata
    return Comparison(_example(first - second), _example(second - first))


def _automaton(pattern: str) -> FSM:
    """Make the automaton of the whole strings that a pattern allows.

    Raises:
        ValueError: It is anchored somewhere in its midst.
    """
    text = _ESCAPED_CHARACTER.sub(_literal, pattern)
    if _has_alternatives(text) and re.search(r"[\^$]", re.sub(r"\\.|\[\^", "", text)):
        raise ValueError(f"the anchors belong to one alternative each: {pattern}")
    start, end = text.startswith("^"), text.endswith("$") and not text.endswith(r"\$")
    text = text[start : len(text) - end]
    anything = r"[\s\S]*"
    return interegular.parse_pattern(f"{'' if start else anything}(?:{text}){'' if end else anything}").to_fsm()


def _literal(match: re.Match[str]) -> str:
    """Write an escaped character as the library reads it."""
    if match[1] is None:
        return match[2]
    character = chr(int(match[1], 16))
    return f"\\{character}" if character in _SPECIAL else character


def _has_alternatives(pattern: str) -> bool:
    """Whether there is a `|` outside all groups."""
    depth = 0
    for character in re.sub(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]", "", pattern):
        depth += (character == "(") - (character == ")")
        if character == "|" and depth == 0:
            return True
    return False


def _example(automaton: FSM) -> str | None:
    """Return one of the shortest strings of an automaton, or None if it has none."""
    found = next(iter(automaton), None)
    if found is None:
        return None
    # A character that neither pattern names, for those that neither names.
    other = next((each for each in "xX7 ~é一" if each not in automaton.alphabet), "\N{REPLACEMENT CHARACTER}")
    return "".join(other if each is anything_else else str(each) for each in found)
