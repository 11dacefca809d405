"""Hold the stranger's server to the contract: `make strangers`, or `python -m tests.strangers`.

The contract suite must accept it in each of its modes and with each of its variants, and catch each of its faults by a
line that names a rule, but for the few that unstated.py lists. `--only` picks some by a part of their names, `--part
2/8` runs the second of eight parts. The exit status is 0 if all came out as they should.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence

from tests.strangers.faults import FAULTS
from tests.strangers.runner import Trial, Verdict, hold, trials, warm_up
from tests.strangers.unstated import UNSTATED

_KINDS = ("modes", "variants", "faults")


def main(arguments: Sequence[str]) -> int:
    """Hold the server to the contract in all its forms; 0 if all came out as they should."""
    parser = argparse.ArgumentParser(prog="python -m tests.strangers", description=__doc__)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=f"{', '.join(_KINDS)} (default: all)")
    parser.add_argument(
        "--only", default=os.environ.get("ONLY", ""), metavar="TEXT", help="parts of names, separated by commas"
    )
    parser.add_argument("--part", default=os.environ.get("PART") or "1/1", metavar="N/M", help="one part of several")
    parser.add_argument("--processes", type=int, default=2, metavar="N", help="how many at once (default: 2)")
    parser.add_argument("--fuzz", action="store_true", help="have schemathesis look at variants and faults, too")
    parser.add_argument("--checks", default="", metavar="NAMES", help="only these checks, as of the suite's --only")
    given = parser.parse_args(arguments)
    number, _, of = given.part.partition("/")
    if not (number.isdecimal() and of.isdecimal() and 1 <= int(number) <= int(of)):
        parser.error(f"--part {given.part}: must be a number, a slash, and the number of parts, such as 2/8")
    if unknown := set(given.kinds) - set(_KINDS):
        parser.error(f"no such kind: {', '.join(unknown)}")
    texts = given.only.split(",")
    forms = trials(given.kinds or _KINDS, fuzz=given.fuzz, checks=given.checks)
    chosen = [each for each in forms if any(text in each.name for text in texts)]
    chosen = chosen[int(number) - 1 :: int(of)]
    if not chosen:
        parser.error("there is nothing of this name in this part")
    return _run(chosen, given.processes)


def _run(chosen: list[Trial], processes: int) -> int:
    started = time.monotonic()
    warm_up()
    verdicts: list[Verdict] = []
    for verdict in hold(chosen, processes):
        verdicts.append(verdict)
        print(_line(verdict), flush=True)
    wrong = [each for each in verdicts if not _is_right(each)]
    faults = [each for each in verdicts if each.trial.fault]
    caught = sum(each.caught for each in faults)
    print(f"\n{len(verdicts)} forms of the server in {time.monotonic() - started:.0f} s", end="")
    if faults:
        print(f"; {caught} of {len(faults)} faults caught, {100 * caught / len(faults):.1f} %", end="")
    others = len(verdicts) - len(faults)
    if others:
        print(f"; {sum(each.caught or bool(each.broke) for each in verdicts if not each.trial.fault)} of", end=" ")
        print(f"{others} modes and variants accused", end="")
    print()
    for verdict in wrong:
        print(f"  NOT AS IT SHOULD BE  {_line(verdict)}")
    return int(bool(wrong))


def _is_right(verdict: Verdict) -> bool:
    trial = verdict.trial
    return not verdict.broke and verdict.caught == (bool(trial.fault) and trial.fault not in UNSTATED)


def _line(verdict: Verdict) -> str:
    trial = verdict.trial
    if verdict.broke:
        what = f"BROKE {verdict.broke}"
    elif not trial.fault:
        what = f"ACCUSED {verdict.line}" if verdict.caught else "accepted"
    elif verdict.caught:
        what = f"caught  {verdict.line}"
    else:
        what = f"MISSED  {UNSTATED.get(trial.fault) or FAULTS[trial.fault].text}"
    return f"{trial.name:42} {verdict.seconds:5.1f} s  {what[:300]}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
