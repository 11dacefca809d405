"""Hold a server to the contract: `make contract`, or `python -m tests.contract`.

Without `BASE_URL` the mock is started and tested, in three ways: with every job there is, so that every valid request
must succeed; with signed requests in the place of a token; and with the registry of its jobs, where a valid request may
be refused only because job or workspace are not there.
"""

from __future__ import annotations

import shutil
import sys

from . import mock
from .document import ROOT, Document, find_document
from .fuzz import Outcome, fuzz
from .target import own_target

REPORTS = ROOT / "build" / "contract"
EXAMPLES = 250


def main() -> int:
    """Run the suite; 0 if the server keeps the contract, 1 if not."""
    document = Document(find_document())
    shutil.rmtree(REPORTS, ignore_errors=True)
    REPORTS.mkdir(parents=True)
    outcomes: dict[str, Outcome] = {}
    for mode, arguments in (("any-job", ["--any-job"]), ("signed", ["--any-job"]), ("registry", [])):
        print(f"\n### {mode}\n", flush=True)
        with mock.started(*arguments, log=REPORTS / f"{mode}-mock.log") as base_url:
            target = own_target(base_url, any_job=bool(arguments))
            outcomes[mode] = fuzz(
                document,
                base_url,
                target.credentials["signature" if mode == "signed" else "token"],
                accepted=() if arguments else document.missing_codes,
                examples=EXAMPLES,
                reports=REPORTS / mode,
                secret=False,
            )
    print("\n### Summary\n")
    for mode, outcome in outcomes.items():
        print(f"{mode:12} {outcome.cases:5} cases  {'failed' if outcome.exit_code else 'passed'}")
    print(f"\nReports: {REPORTS.relative_to(ROOT)}/<mode>/index.html and junit.xml")
    return int(any(outcome.exit_code for outcome in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main())
