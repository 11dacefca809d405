"""The table that `pytest --dataarts-coverage` ends with: a line for each operation, then what was met of each."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from ._coverage import CODE, FAULT, LIMIT, REQUEST, RESPONSE, STATE, Key, Stated

_KINDS = {RESPONSE: "responses", CODE: "error codes", STATE: "states", LIMIT: "limits"}
_NO_OPERATION = "no operation"
_WIDTH = 100


class Line(NamedTuple):
    """A line, and how it is marked on a terminal that has colours: "green", "yellow", "bold" or not at all."""

    text: str
    mark: str = ""


def table(stated: Stated, counts: Counter[Key]) -> Iterator[Line]:
    """Give the lines of the table.

    Args:
        stated: What there is to meet.
        counts: How often each of it was met.
    """
    requests = sum(count for (_, kind, _), count in counts.items() if kind == REQUEST)
    yield Line(f"What the tests met of {stated.title} at the mock, in {requests} request{'s' * (requests != 1)}:")
    yield Line("")
    first = max(len(operation or _NO_OPERATION) for operation in stated.operations)
    head = "".join(f"{title:>14}" for title in ("requests", *_KINDS.values()))
    yield Line(f"{'operation':{first}}{head}", "bold")
    for operation in stated.operations:
        met = [_met(stated, counts, operation, kind) for kind in _KINDS]
        cells = "".join(f"{f'{some} of {of}' if of else '–':>14}" for some, of in met)
        asked = counts[operation, REQUEST, ""]
        everything = all(some == of for some, of in met)
        mark = "green" if everything else "yellow" if asked else ""
        yield Line(f"{operation or _NO_OPERATION:{first}}{asked or '–':>14}{cells}", mark)
    for operation in stated.operations:
        if counts[operation, REQUEST, ""]:
            yield Line("")
            yield Line(operation or _NO_OPERATION, "bold")
            for kind, title in _KINDS.items():
                yield from _details(stated, counts, operation, kind, title)
            faults = {
                name: count for (where, kind, name), count in counts.items() if (where, kind) == (operation, FAULT)
            }
            if faults:
                yield from _listed(f"  {'faults':13}met      ", [_times(*each) for each in faults.items()], "green")
    if never := [operation for operation in stated.operations if operation and not counts[operation, REQUEST, ""]]:
        yield Line("")
        yield from _listed("Not asked for at all: ", never)


def _met(stated: Stated, counts: Counter[Key], operation: str, kind: str) -> tuple[int, int]:
    names = stated.names.get((operation, kind), {})
    return sum((operation, kind, name) in counts for name in names), len(names)


def _details(stated: Stated, counts: Counter[Key], operation: str, kind: str, title: str) -> Iterator[Line]:
    names = stated.names.get((operation, kind), {})
    shown = {name: f"{name.partition(' ')[2]} {words}" if words else name for name, words in names.items()}
    met = [_times(shown[name], counts[operation, kind, name]) for name in names if (operation, kind, name) in counts]
    missing = [shown[name] for name in names if (operation, kind, name) not in counts]
    start = f"  {title:13}"
    if met:
        yield from _listed(f"{start}met      ", met, "green")
        start = " " * len(start)
    if missing:
        yield from _listed(f"{start}not met  ", missing)


def _times(name: str, count: int) -> str:
    return f"{name} ({count}×)"


def _listed(start: str, names: list[str], mark: str = "") -> Iterator[Line]:
    # What is listed stays in one piece.
    text = ", ".join(name.replace(" ", "\0") for name in names)
    lines = textwrap.wrap(
        text,
        width=_WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )
    yield from (Line(line.replace("\0", " "), mark) for line in lines)
