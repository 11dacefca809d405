"""The command's options, each of which can be given as a variable as well."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from typing import NamedTuple

_ABOUT = """\
Hold a server to the contract.

Without a server's address the mock is started and tested, and the client with it. A server that is named is asked to
start runs only as far as --allow-runs allows: each request that may start one counts, those that the document forbids
too, for a server at fault may carry them out.
"""
_END = """\
Each option is read from the variable of its name if it is not given, such as BASE_URL for --base-url. Credentials are
TOKEN, or OS_TOKEN, or HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK; with a token and a key pair both are tested.

Exit status: 0 if the server keeps the contract, 1 if it does not, 2 if it could not be tested.
"""


class _Option(NamedTuple):
    name: str
    metavar: str
    help: str

    @property
    def variable(self) -> str:
        """The variable of the same name."""
        return self.name.upper().replace("-", "_")


_OPTIONS = (
    _Option("base-url", "URL", "the server to test"),
    _Option("token", "TOKEN", "a token for it; the variable keeps it out of lists of processes"),
    _Option("project", "ID", "the project to send requests for (default: the document's example)"),
    _Option("job", "NAME", "a job that the server has"),
    _Option("workspace", "ID", "the workspace that the job is in (default: the default one)"),
    _Option("allow-runs", "N", "how many requests may start a run of the job (default: none)"),
    _Option("document", "FILE", "the contract (default: openapi.yaml)"),
    _Option("cases", "N", "how many cases schemathesis and hypothesis make for each property (default: 50)"),
    _Option("reports", "FOLDER", "where reports go (default: build/contract)"),
    _Option("only", "NAMES", "only the checks whose names match, as with pytest's -k; schemathesis is left out"),
    _Option(
        "fail-under", "PERCENT", "fail if less than this part of what the document states, and can be had, was covered"
    ),
    _Option(
        "baseline", "FILE", "deviations that are known, as schemathesis writes them; each may have a date, expires"
    ),
)
_FLAGS = (
    _Option("baseline-update", "", "add the failures of this run to the baseline"),
    _Option("fail-fast", "", "stop at the first check that fails"),
)


def read_options(arguments: Sequence[str]) -> None:
    """Read the command line, and put what it gives where the variables are.

    Raises:
        SystemExit: The command line is wrong (status 2), or asks for help (status 0).
    """
    parser = argparse.ArgumentParser(
        prog="python -m tests.contract",
        description=_ABOUT,
        epilog=_END,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    for option in _OPTIONS:
        parser.add_argument(f"--{option.name}", metavar=option.metavar, help=option.help)
    for flag in _FLAGS:
        parser.add_argument(f"--{flag.name}", action="store_true", help=flag.help)
    given = vars(parser.parse_args(arguments))
    for option in _OPTIONS:
        if (value := given[option.name.replace("-", "_")]) is not None:
            os.environ[option.variable] = value
    for flag in _FLAGS:
        if given[flag.name.replace("-", "_")]:
            os.environ[flag.variable] = "1"
    os.environ.setdefault("CASES", "50")
    for name in ("CASES", "FAIL_UNDER"):
        value = os.environ.get(name, "")
        if value and not (value.isascii() and value.isdecimal()):
            parser.error(f"{name}: not a number: {value}")
