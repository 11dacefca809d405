"""What came of a run, as data: for the terminal and for the page."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

import pytest

from .baseline import Known
from .coverage import Coverage, covered
from .document import Document
from .records import RECORD_OF_ALL, Outcome, Record, Records
from .target import Target


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
    date: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def server(self) -> str:
        """What was tested."""
        return self.target.base_url if self.target else "The mock"

    @property
    def passed(self) -> bool:
        """Whether all was as it should be, and enough of the document was covered."""
        return all(part.passed for part in self.parts) and self.coverage.percent >= self.least

    @cached_property
    def coverage(self) -> Coverage:
        """What became of all that the document states; asked for once the run is over."""
        given = {"credentials": tuple(self.target.credentials)} if self.target else {}
        return covered(self.document, self.records, partly=bool(os.environ.get("ONLY")), **given)

    @property
    def least(self) -> float:
        """How much of a hundred must be covered."""
        return float(os.environ.get("FAIL_UNDER") or 0)

    @property
    def seconds(self) -> float:
        """How long the run has taken."""
        return time.monotonic() - self.started

    @property
    def groups(self) -> list[Group]:
        """The failures that are new, those that are alike together."""
        groups: dict[tuple[str, ...], Group] = {}
        for record in self.records.of(Outcome.FAILED):
            if not self.known.has(record):
                groups.setdefault(_kind(record), Group(record, [])).records.append(record)
        return list(groups.values())

    @property
    def alike(self) -> dict[tuple[str, str], list[str]]:
        """The failures without a record, those of one test that say the same together: its cases."""
        found: dict[tuple[str, str], list[str]] = {}
        for name, _, message in self.failures:
            test, _, case = name.removesuffix("]").partition("[")
            found.setdefault((test, message.partition("\n")[0]), []).append(case)
        return found


def _kind(record: Record) -> tuple[str, ...]:
    """Return what failures that are alike have in common."""
    test = record.test.partition("[")[0]
    if record.reason.startswith(("the response", "no response")) or record.test == "schemathesis":
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
