"""What came of a run: for the terminal, and as the page from which a reader starts."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import pytest

from .baseline import Known
from .document import Document
from .records import RECORD_OF_ALL, Outcome, Record, Records
from .target import Target

_MOST_GROUPS = 40
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Contract: {verdict}</title>
<style>
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto; padding: 0 1rem }}
table {{ border-collapse: collapse }} td, th {{ text-align: left; padding: .2rem 1.5rem .2rem 0 }}
pre {{ background: #f3f3f3; padding: 1rem; overflow-x: auto; white-space: pre-wrap }}
.passed {{ color: #17692b }} .failed {{ color: #b3131b }} h3 {{ margin-bottom: 0 }}
</style>
<h1 class="{verdict}">{server} {verdict}</h1>
<table><tr><th>Part<th>Cases<th>Verdict<th>Details</tr>{parts}</table>
{failures}{left_out}
</html>
"""


@dataclass
class Part:
    """One part of a run, and where its details are."""

    name: str
    cases: int = 0
    passed: bool = False
    page: str = ""
    seconds: float = 0.0
    records: list[Record] = field(default_factory=list)

    def count(self, outcome: Outcome) -> int:
        """Return how many of its cases came out so."""
        return sum(record.outcome == outcome for record in self.records)


@dataclass
class Group:
    """Failures that are alike: the same rule, and the same thing wrong."""

    first: Record
    records: list[Record]


@dataclass
class Run:
    """A run of the suite.

    Attributes:
        target: The server; None for the mock.
        failures: Tests that failed without a record of a case: by name, what they test, and what they said.
    """

    target: Target | None
    document: Document
    records: Records
    known: Known
    parts: list[Part] = field(default_factory=list)
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    started: float = field(default_factory=time.monotonic)

    @property
    def server(self) -> str:
        """What was tested."""
        return self.target.base_url if self.target else "The mock"

    @property
    def passed(self) -> bool:
        """Whether all was as it should be, and enough of it was shown."""
        return all(part.passed for part in self.parts) and self.shown >= float(os.environ.get("FAIL_UNDER") or 0)

    @property
    def shown(self) -> float:
        """How many of a hundred rules were tried with a response that says something about them."""
        rules: dict[tuple[str, str, str], bool] = {}
        for record in self.records.cases:
            if record.test != "schemathesis" and record.suite == "contract":
                rule = record.operation, record.place, record.rule
                rules[rule] = rules.get(rule, False) or record.outcome != Outcome.NOT_SHOWN
        return 100 * sum(rules.values()) / len(rules) if rules else 100.0

    @property
    def groups(self) -> list[Group]:
        """The failures that are new, those that are alike together."""
        groups: dict[tuple[str, ...], Group] = {}
        for record in self.records.of(Outcome.FAILED):
            if not self.known.has(record):
                groups.setdefault(_kind(record), Group(record, [])).records.append(record)
        return list(groups.values())


def _kind(record: Record) -> tuple[str, ...]:
    """Return what failures that are alike have in common."""
    test = record.test.partition("[")[0]
    if record.reason.startswith("the response") or record.test == "schemathesis":
        return (record.reason,)
    edge = (record.place, record.rule) if test.endswith("test_edges") else ()
    return (test, record.reason, *edge)


class Checks:
    """Gathers the outcome of tests while pytest runs them; a plugin of it.

    Args:
        known: The deviations that are known.
        records: What was tried.

    Attributes:
        run: How many tests ran.
        failed: How many failed for something that is not known.
        failures: Those that failed without a record of a case.
    """

    def __init__(self, known: Known, records: Records) -> None:
        self.run = 0
        self.failed = 0
        self.failures: list[tuple[str, str, str]] = []
        self._known = known
        self._records = records
        self._doc: dict[str, str] = {}

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Keep what a test says that it tests."""
        self._doc[item.nodeid] = (getattr(getattr(item, "obj", None), "__doc__", None) or "").strip()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test that ended."""
        if report.when == "call" and not report.skipped:
            self.run += 1
        if not report.failed:
            return
        of_all = report.nodeid.endswith("::test_every_response")
        cases = [
            record
            for record in self._records.of(Outcome.FAILED)
            if record.test == report.nodeid or (of_all and record.rule == RECORD_OF_ALL)
        ]
        if not cases:
            crash = getattr(report.longrepr, "reprcrash", None)
            message = crash.message if crash else str(report.longrepr)
            message = message.removeprefix("AssertionError: ").removeprefix("Failed: ").partition("\nassert ")[0]
            path, _, test = report.nodeid.partition("::")
            name = f"{path.rpartition('/')[2]}::{test}"
            self.failures.append((name, self._doc.get(report.nodeid, ""), message))
        if not cases or not all(self._known.has(record) for record in cases):
            self.failed += 1


def write_page(path: Path, run: Run) -> None:
    """Write the page from which a reader starts."""
    verdict = _word(run.passed)
    rows = [
        f"<tr><td>{escape(part.name)}<td>{part.cases}"
        f"<td class={_word(part.passed)}>{_word(part.passed)}<td><a href='{part.page}'>{part.page}</a></tr>"
        for part in run.parts
    ]
    hidden = Counter(record.reason for record in run.records.of(Outcome.NOT_SHOWN))
    left_out = [f"<li>{count} × {escape(reason)}" for reason, count in hidden.most_common()]
    failures = [
        f"<h3>{escape(group.first.title)}</h3><p>{len(group.records)} cases</p><pre>{escape(group.first.message)}</pre>"
        for group in run.groups
    ]
    failures += [
        f"<h3>{escape(name)}</h3><p>{escape(truth)}</p><pre>{escape(message)}</pre>"
        for name, truth, message in run.failures
    ]
    path.write_text(
        _PAGE.format(
            verdict=verdict,
            server=escape(run.server),
            parts="".join(rows),
            left_out=f"<h2>Not shown</h2><ul>{''.join(left_out)}</ul>" if left_out else "",
            failures=f"<h2>What failed</h2>{''.join(failures)}" if failures else "",
        ),
        encoding="utf-8",
    )


def print_summary(run: Run, page: Path) -> None:
    """Print what a person at the terminal, or the log of a CI, is to know."""
    print(f"\nContract: {run.server}\n")
    for part in run.parts:
        outcomes = f"{part.count(Outcome.FAILED):4} failed {part.count(Outcome.NOT_SHOWN):5} not shown"
        print(
            f"  {part.name:40} {part.cases:6} cases {outcomes if part.records else '':28} {part.seconds:4.0f} s   "
            f"{'passed' if part.passed else 'FAILED'}"
        )
    print(f"  {'in all':40} {sum(part.cases for part in run.parts):6} cases in {time.monotonic() - run.started:.0f} s")
    by_operation = Counter(record.operation for record in run.records.cases)
    print("\n  Cases by operation:", ", ".join(f"{name} {count}" for name, count in sorted(by_operation.items())))
    print(f"  Rules shown: {run.shown:.0f} %", end="")
    least = float(os.environ.get("FAIL_UNDER") or 0)
    print(f", fewer than the {least:g} % of FAIL_UNDER" if run.shown < least else "")
    _print_runs(run)
    _print_failures(run)
    _print_hidden(run)
    print(f"\nReports: {page} (JUnit: junit.xml beside each page; every case: records.jsonl)")


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
    alike: dict[tuple[str, str], list[str]] = {}
    for name, _, message in run.failures:
        test, _, case = name.removesuffix("]").partition("[")
        alike.setdefault((test, message.partition("\n")[0]), []).append(case)
    for (test, message), cases in alike.items():
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
        places = list(dict.fromkeys(record.place for record in records))
        shown = ", ".join(places[:4]) + (f" and {len(places) - 4} more" if len(places) > 4 else "")
        print(f"    {len(records):5} × {reason} ({shown})")


def _word(passed: bool) -> str:
    return "passed" if passed else "failed"
