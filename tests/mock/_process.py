"""The mock as users start it: a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def start(*arguments: str, stdin: int | None = None) -> subprocess.Popen[str]:
    """Start the mock on a free port, with these arguments."""
    return subprocess.Popen(
        [sys.executable, "-m", "dataarts_mock", "--port", "0", *arguments],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def read_url(process: subprocess.Popen[str]) -> str:
    """Return the URL that a mock prints first."""
    assert process.stdout
    line = process.stdout.readline()
    found = re.search(r"http://\S+", line)
    assert found, line or (process.stderr and process.stderr.read())
    return found[0]


@contextmanager
def running(*arguments: str) -> Iterator[str]:
    """Run the mock while the block runs, and give its URL."""
    with start("--quiet", *arguments) as process:
        try:
            yield read_url(process)
        finally:
            process.terminate()
            process.communicate(timeout=10)
