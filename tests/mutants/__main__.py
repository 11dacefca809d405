"""Prove the suite: `make mutants`, or `python -m tests.mutants`. Every mistake in the list must be caught by a test.

The exit status is 1 if a mutant survives, or breaks the suite in the place of failing a test. `ONLY=` picks mutants by
a part of their name; `PART=2/8` runs the second of eight parts, which together are all; `WITHOUT=` leaves out tests, by
the beginning of their IDs, to see what they are worth; `DOCUMENT=` names another contract than openapi.yaml.
"""

from __future__ import annotations

import os
import sys
import time
from collections import Counter

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.contract.document import ROOT, Document, find_document
from tests.mutants.behaviours import BEHAVIOURS
from tests.mutants.constraints import constraints
from tests.mutants.mutant import Mutant, of_document
from tests.mutants.runner import Verdict, verdicts, warm_up

LONG = 30.0
REPORTS = ROOT / "build" / "mutants"


def main() -> int:
    """Run all mutants; 0 if all were caught."""
    started = time.monotonic()
    try:
        mutants = chosen(all_mutants(), only=os.environ.get("ONLY", ""), part=os.environ.get("PART") or "1/1")
    except ValueError as error:
        print(f"mutants: {error}", file=sys.stderr)
        return 2
    warm_up()
    found: list[Verdict] = []
    REPORTS.mkdir(parents=True, exist_ok=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("mutants", total=len(mutants))
        for verdict in verdicts(mutants, processes=os.cpu_count() or 1):
            found.append(verdict)
            if not verdict.caught or verdict.seconds > LONG:
                progress.print(_line(verdict))
            progress.update(task, advance=1, description=f"mutants, {sum(not each.caught for each in found)} at large")
    order = {mutant.name: number for number, mutant in enumerate(mutants)}
    found.sort(key=lambda verdict: order[verdict.name])
    table = "\n".join(map(_line, found))
    (REPORTS / "table.txt").write_text(table + "\n", encoding="utf-8")
    print(table)
    by_test = Counter(verdict.test.partition("[")[0] for verdict in found if verdict.caught)
    print("\nCaught by:")
    for test, count in by_test.most_common():
        print(f"  {count:4}  {test}")
    survivors = [verdict for verdict in found if not verdict.caught]
    print(f"\n{len(found)} mutants, {len(found) - len(survivors)} caught, in {time.monotonic() - started:.0f} s")
    for verdict in survivors:
        print(f"  {'BROKE' if verdict.crash else 'SURVIVED'}  {verdict.name}  {verdict.crash}")
    return int(bool(survivors))


def all_mutants() -> list[Mutant]:
    """Return the mutants of the document, and those of the list."""
    document = Document(find_document())
    made = [mutant for constraint in constraints(document.root) for mutant in of_document(constraint, document)]
    return [*made, *BEHAVIOURS]


def chosen(mutants: list[Mutant], *, only: str, part: str) -> list[Mutant]:
    """Return the mutants with a text in their names, and of these one part.

    Args:
        mutants: All of them.
        only: The text.
        part: Which part of how many: `2/8` is every eighth, from the second on, so that all parts take about as long.

    Raises:
        ValueError: There is no such part, or nothing in it.
    """
    number, _, of = part.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        raise ValueError(f"PART={part}: must be a number, a slash, and the number of parts, such as 2/8")
    found = [mutant for mutant in mutants if only in mutant.name][int(number) - 1 :: int(of)]
    if not found:
        raise ValueError(f"no mutant has {only!r} in its name, or part {part} is empty")
    return found


def _line(verdict: Verdict) -> str:
    outcome = verdict.test or "SURVIVED"
    if verdict.crash:
        outcome = f"BROKE {verdict.crash}"
    return f"{verdict.name}\n    {outcome}, {verdict.seconds:.1f} s\n    {verdict.message[:240]}"


if __name__ == "__main__":
    sys.exit(main())
