"""What was found, as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from . import _version
from ._difference import Difference, Verdict
from ._document import Document
from ._words import counted

_TITLES = {
    Verdict.BREAKING: "Breaking: users of the old client meet this",
    Verdict.WIDENING: "Widening: there is more than before, and what was there still works",
    Verdict.HARMLESS: "Harmless: no user of the old client notices",
}
_MOST_PLACES = 3
_MOST_EVIDENCE = 3


def lines(found: Iterable[Difference]) -> Iterator[str]:
    """Yield the differences, by verdict: what breaks in detail, the others on a line each."""
    found = list(found)
    for verdict, title in _TITLES.items():
        groups = _grouped(each for each in found if each.verdict is verdict)
        if not groups:
            continue
        yield title
        for group in groups:
            yield from _breaking(group) if verdict is Verdict.BREAKING else _other(group)
        yield ""


def summary(found: list[Difference], old: Document, new: Document, samples: int, calls: int) -> list[str]:
    """Return how many differences there are, and what they ask of `info.version`.

    Args:
        found: The differences.
        old: The old document.
        new: The new document.
        samples: How many samples were validated.
        calls: How many calls were compared.
    """
    numbers = [f"{len(_grouped(each for each in found if each.verdict is verdict))} {verdict}" for verdict in Verdict]
    checked = f"{counted(samples, 'sample')} and {counted(calls, 'call')}"
    return [f"{', '.join(numbers)} (checked with {checked}).", _version_line(found, old.version, new.version)]


def passes(found: Iterable[Difference], old: Document, new: Document) -> bool:
    """Whether nothing breaks, or `info.version` was raised as that asks for."""
    return not any(each.breaks for each in found) or _version.suffices(old.version, new.version, breaking=True)


def _version_line(found: list[Difference], old: str, new: str) -> str:
    now = f"info.version is {new}, as before" if old == new else f"info.version is {new}, before {old}"
    for number in (old, new):
        if _version.read(number) is None:
            return f"{now}: {number or 'nothing'} is no semantic version, so it cannot be told whether it was raised."
    breaking = any(each.breaks for each in found)
    if not breaking and not any(each.verdict is Verdict.WIDENING for each in found):
        return f"{now}."
    lowest = _version.needed(old, breaking=breaking)
    what = "what breaks users" if breaking else "what is new"
    if _version.suffices(old, new, breaking=breaking):
        return f"{now}: high enough for {what}."
    cure = f"Undo what breaks, or raise it to {lowest}." if breaking else f"Raise it to {lowest} with the next release."
    return f"{now}: too low for {what}. {cure}"


def _grouped(found: Iterable[Difference]) -> list[list[Difference]]:
    """Put differences together that come from the same place, or are the same in many places."""
    groups: dict[tuple[str, ...], list[Difference]] = {}
    for each in found:
        key = (each.rule, each.change, each.effect, each.origin or str(each.place))
        groups.setdefault(key, []).append(each)
    return list(groups.values())


def _breaking(group: list[Difference]) -> Iterator[str]:
    first = group[0]
    yield f"  {first.place}"
    if len(group) > 1:
        others = [str(each.place) for each in group[1:]]
        more = f" and {counted(len(others) - _MOST_PLACES, 'more place')}" if len(others) > _MOST_PLACES else ""
        yield f"    also: {'; '.join(others[:_MOST_PLACES])}{more}"
    yield f"    {first.rule}: {first.change}"
    yield f"    {first.effect}"
    if first.remedy:
        yield f"    To do: {first.remedy}"
    evidence = list(dict.fromkeys(text for each in group for text in each.evidence))
    for text in evidence[:_MOST_EVIDENCE]:
        yield f"    Seen: {text}"
    if len(evidence) > _MOST_EVIDENCE:
        yield f"    Seen: {counted(len(evidence) - _MOST_EVIDENCE, 'more case')} of this kind"


def _other(group: list[Difference]) -> Iterator[str]:
    first = group[0]
    also = f" (also in {counted(len(group) - 1, 'other place')})" if len(group) > 1 else ""
    yield f"  {first.place}: {first.rule}: {first.change}{also}"
