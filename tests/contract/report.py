"""What came of a run: for the terminal, and as the page from which a reader starts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import pytest

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
    cases: int
    passed: bool
    page: str


@dataclass
class Checks:
    """Gathers the outcome of tests while pytest runs them; a plugin of it."""

    run: int = 0
    failures: list[tuple[str, str, str]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    _doc: dict[str, str] = field(default_factory=dict)

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Keep what a test says that it tests."""
        self._doc[item.nodeid] = (getattr(getattr(item, "obj", None), "__doc__", None) or "").strip()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test that ended."""
        if report.skipped and isinstance(report.longrepr, tuple):
            self.left_out[report.longrepr[2].removeprefix("Skipped: ")] += 1
        elif report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            message = crash.message if crash else str(report.longrepr)
            message = message.removeprefix("AssertionError: ").partition("\nassert ")[0]
            path, _, test = report.nodeid.partition("::")
            name = f"{path.rpartition('/')[2]}::{test}"
            self.failures.append((name, self._doc.get(report.nodeid, ""), message))
        if report.when == "call" and not report.skipped:
            self.run += 1


def write_page(path: Path, server: str, parts: list[Part], checks: Checks) -> None:
    """Write the page from which a reader starts."""
    verdict = _word(all(part.passed for part in parts))
    rows = [
        f"<tr><td>{escape(part.name)}<td>{part.cases}"
        f"<td class={_word(part.passed)}>{_word(part.passed)}<td><a href='{part.page}'>{part.page}</a></tr>"
        for part in parts
    ]
    left_out = [f"<li>{count} × {escape(reason)}" for reason, count in checks.left_out.items()]
    failures = [
        f"<h3>{escape(name)}</h3><p>{escape(truth)}</p><pre>{escape(message)}</pre>"
        for name, truth, message in checks.failures
    ]
    path.write_text(
        _PAGE.format(
            verdict=verdict,
            server=escape(server),
            parts="".join(rows),
            left_out=f"<h2>Left out</h2><ul>{''.join(left_out)}</ul>" if left_out else "",
            failures=f"<h2 id='checks'>Checks that failed</h2>{''.join(failures)}" if failures else "",
        ),
        encoding="utf-8",
    )


def print_summary(server: str, parts: list[Part], checks: Checks, page: Path, seconds: float) -> None:
    """Print what a person at the terminal, or the log of a CI, is to know."""
    print(f"\nContract: {server}\n")
    for part in parts:
        print(f"  {part.name:34} {part.cases:5} cases   {'passed' if part.passed else 'FAILED'}")
    print(f"  {'in all':34} {sum(part.cases for part in parts):5} cases   in {seconds:.0f} s")
    alike: dict[tuple[str, str], list[str]] = {}
    for name, _, message in checks.failures:
        test, _, case = name.removesuffix("]").partition("[")
        alike.setdefault((test, message.partition("\n")[0]), []).append(case)
    for (test, message), cases in alike.items():
        shown = "; ".join(cases[:3]) + (f"; and {len(cases) - 3} more" if len(cases) > 3 else "")
        print(f"\n  FAILED {test}: {message}\n    {shown}")
    if checks.left_out:
        print("\n  Left out:")
    for reason, count in checks.left_out.items():
        print(f"    {count:5} × {reason}")
    print(f"\nReports: {page} (JUnit: junit.xml beside each page)")


def _word(passed: bool) -> str:
    return "passed" if passed else "failed"
