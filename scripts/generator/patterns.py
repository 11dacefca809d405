"""Regular expressions: JSON Schema means those of ECMA 262, the generated client has Python's `re`."""

from __future__ import annotations

import re

from .errors import GenerationError

# ECMA 262 counts these as white space (\s); Python's ASCII flag leaves only the first few of them.
WHITE_SPACE = r"\s\ufeff\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
NOT_A_LINE_BREAK = r"[^\n\r\u2028\u2029]"

_PIECE = re.compile(r"\\u\{?[0-9A-Fa-f]+\}?|\\.|\(\?(?!:|<?[=!])|\{\d*,?\d*\}|.", re.DOTALL)
_ONE_MEANING = re.compile(r"\\(u[0-9A-Fa-f]{4}|x)")
_TWO_MEANINGS = re.compile(r"\\[AEPQZckpuxz]")


def python_pattern(pattern: str) -> str:
    """Return the pattern that matches the same strings in Python, with `re.search` and the ASCII flag.

    Args:
        pattern: A regular expression as JSON Schema has it.

    Raises:
        GenerationError: The pattern uses what the two dialects do not share.
    """
    translated = ""
    in_class = quantified = False
    for piece in _PIECE.findall(pattern):
        if _TWO_MEANINGS.match(piece) and not _ONE_MEANING.fullmatch(piece):
            raise GenerationError(f"the pattern {pattern} has {piece}")
        if not in_class:
            if piece == "(?":
                raise GenerationError(f"the pattern {pattern} has a group that not both ECMA 262 and Python know")
            if piece.startswith("{,") or (piece == "+" and quantified):
                raise GenerationError(f"the pattern {pattern} has a quantifier that only Python knows")
            quantified = piece in ("*", "+", "?") or re.fullmatch(r"\{\d.*\}", piece) is not None
        elif piece == r"\S":
            raise GenerationError(f"the pattern {pattern} has \\S in a class")
        translated += _in_class(piece, translated) if in_class else _outside(piece)
        if piece == "[":
            in_class = True
        elif piece == "]":
            in_class = False
    try:
        re.compile(translated, re.ASCII)
    except re.error as error:
        raise GenerationError(f"the pattern {pattern} is none for Python: {error}") from None
    return translated


def _outside(piece: str) -> str:
    """Return a piece of a pattern that stands outside of square brackets, for Python."""
    return {
        r"\s": f"[{WHITE_SPACE}]",
        r"\S": f"[^{WHITE_SPACE}]",
        "$": r"\Z",  # Python's $ also matches before a line break at the end.
        ".": NOT_A_LINE_BREAK,
    }.get(piece, piece)


def _in_class(piece: str, before: str) -> str:
    """Return a piece of a pattern that stands within square brackets, for Python."""
    if piece == r"\s":
        return WHITE_SPACE
    # Python keeps [[ and &&, ||, ~~ for set operations to come.
    if piece == "[" or (piece in "&|~" and before.endswith(piece)):
        return f"\\{piece}"
    return piece
