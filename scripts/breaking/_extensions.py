"""What changes of the extensions (`x-…`) mean that the document has beside OpenAPI's own keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ._difference import Verdict
from ._words import quoted, turned


@dataclass(frozen=True)
class ExtensionChange:
    """A difference in an extension.

    Args:
        verdict: What it does to users of the old client.
        words: What is different.
        effect: What they meet.
    """

    verdict: Verdict
    words: str
    effect: str


def of_extension(name: str, old: Any, new: Any) -> list[ExtensionChange]:
    """Return what differs in an extension.

    Args:
        name: Its name.
        old: Its value in the old document, None if it is not there.
        new: Its value in the new document, None if it is not there.
    """
    if old == new:
        return []
    return list(_RULES.get(name, _unknown)(old, new))


def _limit(old: Any, new: Any) -> Iterator[ExtensionChange]:
    """A number up to which something is accepted; without it, all is."""
    words = f"{'no limit' if new is None else new}, before {'no limit' if old is None else old}"
    if new is None or (old is not None and new > old):
        yield ExtensionChange(Verdict.WIDENING, words, "What was accepted still is.")
    else:
        yield ExtensionChange(Verdict.BREAKING, words, "What was accepted is refused.")


def _duration(old: Any, new: Any) -> Iterator[ExtensionChange]:
    """How long something is valid, where to say so first changes nothing."""
    if old is None:
        yield ExtensionChange(Verdict.HARMLESS, f"{new}, before not stated", "It was so before, if it is so now.")
    else:
        yield from _limit(old, new)


def _list(old: Any, new: Any) -> Iterator[ExtensionChange]:
    """What is accepted, one by one; without it, all is."""
    if old is None or new is None:
        verdict = Verdict.WIDENING if new is None else Verdict.BREAKING
        words = "what is accepted was not limited before" if old is None else "no limit any more"
        yield ExtensionChange(verdict, words, f"What was accepted {'still is' if new is None else 'may be refused'}.")
        return
    for value in old:
        if value not in new:
            yield ExtensionChange(Verdict.BREAKING, f"{quoted(value)} removed", "What was accepted is refused.")
    for value in new:
        if value not in old:
            yield ExtensionChange(Verdict.WIDENING, f"{quoted(value)} added", "What was accepted still is.")


def _states(old: Any, new: Any) -> Iterator[ExtensionChange]:
    """The final states, in groups by what they mean for who waits."""
    before, now = dict(_groups(old)), dict(_groups(new))
    for state in before.keys() | now.keys():
        was, is_now = before.get(state, "not final"), now.get(state, "not final")
        if was == is_now:
            continue
        words = f"{quoted(state)} is {is_now}, before {was}"
        if state not in before:
            yield ExtensionChange(
                Verdict.WIDENING, words, "Who waits, waits less long; old clients look at the end time."
            )
        else:
            yield ExtensionChange(
                Verdict.BREAKING, words, "Code that waits for an end goes on, or takes it for another."
            )


def _groups(value: Any) -> Iterator[tuple[Any, str]]:
    if isinstance(value, dict):
        for group, states in value.items():
            for state in states if isinstance(states, list) else [states]:
                yield state, f"final ({group})"
    elif isinstance(value, list):
        for state in value:
            yield state, "final"


def _name(old: Any, new: Any) -> Iterator[ExtensionChange]:
    """A name by which users ask for something."""
    if old is None:
        yield ExtensionChange(Verdict.WIDENING, f"{quoted(new)}, before no name", "Nobody asked for it by a name.")
    else:
        words = f"{'no name' if new is None else quoted(new)}, before {quoted(old)}"
        yield ExtensionChange(Verdict.BREAKING, words, "Code that asks for it by the old name gets a ValueError.")


def _fixed(old: Any, new: Any) -> Iterator[ExtensionChange]:
    """What may not change, or old clients do it wrong."""
    words = f"{'none' if new is None else quoted(new)}, before {'none' if old is None else quoted(old)}"
    yield ExtensionChange(Verdict.BREAKING, words, "Old clients go on as before, and are refused.")


def _words(old: Any, new: Any) -> Iterator[ExtensionChange]:
    """What only people read, or only this project's own tools."""
    yield ExtensionChange(
        Verdict.HARMLESS, turned(old is not None, new is not None), "No client checks anything by it."
    )


def _errors(old: Any, new: Any) -> Iterator[ExtensionChange]:
    """Which errors answer which mistake."""
    effect = "Old clients raise an ApiError for any error."
    yield ExtensionChange(Verdict.HARMLESS, turned(old is not None, new is not None), effect)


def _codes(old: Any, new: Any) -> Iterator[ExtensionChange]:
    """Codes that clients tell from others."""
    for code in old or []:
        if code not in (new or []):
            effect = "Code that tells it from other codes does so no more."
            yield ExtensionChange(Verdict.BREAKING, f"{quoted(code)} removed", effect)
    for code in new or []:
        if code not in (old or []):
            yield ExtensionChange(Verdict.WIDENING, f"{quoted(code)} added", "Old clients take it for any other code.")


def _unknown(old: Any, new: Any) -> Iterator[ExtensionChange]:
    if old is None:
        yield ExtensionChange(Verdict.HARMLESS, "added", "Old clients do not know it.")
    else:
        effect = "This check has no rule for it; if no user notices, add one to scripts/breaking/_extensions.py."
        yield ExtensionChange(Verdict.BREAKING, turned(True, new is not None), effect)


_RULES: dict[str, Callable[[Any, Any], Iterator[ExtensionChange]]] = {
    "x-allowed-states": _list,
    "x-cloud": _name,
    "x-enum-varnames": _words,  # The names in Python are compared as such.
    "x-error-examples": _errors,
    "x-final-states": _states,
    "x-hint": _words,
    "x-max-age-seconds": _duration,
    "x-max-body-bytes": _limit,
    "x-max-window-milliseconds": _limit,
    "x-not-found-codes": _codes,
    "x-not-found-examples": _errors,
    "x-reference-required": _words,
    "x-refusals": _errors,
    "x-resulting-state": _words,
    "x-signing-algorithm": _fixed,
}
