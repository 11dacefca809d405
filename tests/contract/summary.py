"""What a person at the terminal, or the log of a CI, is to know of a run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from .coverage import Covered, State
from .records import Outcome, Record
from .report import Run

NO_OPERATION = "no operation"
"""What reaches none is listed as."""

_MOST_GROUPS = 40
_MOST_PLACES = 4


def print_summary(run: Run, page: Path) -> None:
    """Print what came of a run: the parts, what was covered, what failed and what could not be shown."""
    print(f"\nContract: {run.server}\n")
    for part in run.parts:
        outcomes = f"{part.count(Outcome.FAILED):4} failed {part.count(Outcome.NOT_SHOWN):5} not shown"
        print(
            f"  {part.name:40} {part.cases:6} cases {outcomes if part.records else '':28} {part.seconds:4.0f} s   "
            f"{'passed' if part.passed else 'FAILED'}"
        )
    print(f"  {'in all':40} {sum(part.cases for part in run.parts):6} cases in {run.seconds:.0f} s")
    by_operation = Counter(record.operation for record in run.records.cases)
    print("\n  Cases by operation:", ", ".join(f"{name} {count}" for name, count in sorted(by_operation.items())))
    _print_runs(run)
    _print_coverage(run)
    _print_failures(run)
    _print_hidden(run)
    print(f"\nReports: {page} (JUnit: junit.xml in the folder of each part; every case: records.jsonl)")


def percent(value: float) -> str:
    """Return a part of a hundred as people write it, rounded down, so that 100 means all."""
    return f"{int(value * 10) / 10:g} %"


def _print_runs(run: Run) -> None:
    if run.target is None:
        return
    runs = run.target.runs
    if runs.limit:
        print(
            f"  Requests that might start a run: {runs.taken} of {runs.limit} allowed ones, "
            f"{runs.sent['allowed']} valid and {runs.sent['forbidden']} forbidden; {runs.started} were carried out"
        )
    if run.records.throttled:
        print(f"  Throttled {run.records.throttled} times, waited {run.records.waited:.0f} s")


def _print_coverage(run: Run) -> None:
    coverage = run.coverage
    tried, of = coverage.tried()
    few = f", fewer than the {run.least:g} % of FAIL_UNDER" if coverage.percent < run.least else ""
    impossible = coverage.count(State.IMPOSSIBLE)
    print(
        f"\n  Covered of the contract: {percent(coverage.percent)}{few} "
        f"({tried} of {of} things that it states; {impossible} more cannot be had)\n"
    )
    groups = [group for group in coverage.groups if coverage.tried(group=group)[1]]
    widths = {group: max(len(group), 7) for group in groups}
    first = max(len(name) for name in (*coverage.operations, NO_OPERATION))
    print(f"    {'':{first}}  {'  '.join(f'{group:>{widths[group]}}' for group in groups)}")
    for operation in coverage.operations:
        cells = []
        for group in groups:
            tried, of = coverage.tried(operation, group)
            cells.append(f"{f'{tried}/{of}' if of else '–':>{widths[group]}}")
        print(f"    {operation or NO_OPERATION:{first}}  {'  '.join(cells)}")
    for state, title in ((State.NOT_COVERED, "Not covered"), (State.IMPOSSIBLE, "Cannot be had")):
        if found := coverage.by_reason(state):
            print(f"\n  {title}:")
            for reason, items in found.items():
                print(f"    {len(items):5} × {reason} ({_first([named(each) for each in items])})")


def named(each: Covered) -> str:
    """Return what was covered, or was not, in words: place, rule and side."""
    item = each.item
    place = "" if item.rule.startswith(item.status) and item.status else f"{item.place} "
    return f"{place}{item.rule}{'' if item.side == 'seen' else f' {item.side}'}"


def _first(texts: list[str]) -> str:
    different = list(dict.fromkeys(texts))
    more = len(different) - _MOST_PLACES
    return ", ".join(different[:_MOST_PLACES]) + (f" and {more} more" if more > 0 else "")


def _print_failures(run: Run) -> None:
    groups = run.groups
    for group in groups[:_MOST_GROUPS]:
        print(f"\n  FAILED {group.first.title}")
        others = list(dict.fromkeys(f"{each.operation}: {each.tried}" for each in group.records[1:]))
        if others:
            shown = "; ".join(others[:2]) + ("; …" if len(others) > 2 else "")
            print(f"    and {len(group.records) - 1} more like it: {shown}")
    if len(groups) > _MOST_GROUPS:
        print(f"\n  and {len(groups) - _MOST_GROUPS} more kinds of failures")
    for (test, message), cases in run.alike.items():
        shown = "; ".join(cases[:3]) + (f"; and {len(cases) - 3} more" if len(cases) > 3 else "")
        print(f"\n  FAILED {test}: {message}\n    {shown}")
    known = sum(run.known.has(record) for record in run.records.of(Outcome.FAILED))
    if known:
        print(f"\n  Known deviations, by the baseline: {known}")
    for entry in run.known.expired():
        print(f"\n  A known deviation is known no more since {entry.expires}: {entry.operation}, {entry.failure}")


def _print_hidden(run: Run) -> None:
    hidden: dict[str, list[Record]] = {}
    for record in run.records.of(Outcome.NOT_SHOWN):
        hidden.setdefault(record.reason, []).append(record)
    if hidden:
        print("\n  Not shown:")
    for reason, records in sorted(hidden.items(), key=lambda each: -len(each[1])):
        print(f"    {len(records):5} × {reason} ({_first([record.place for record in records])})")
