"""The server that is tested where no other is named: a mock, started as a process of its own, known by its URL.

Tests call it as `mock.started`, so that tests/mutants can put another way to start one in its place.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .document import find_document

_URL = re.compile(r"https?://\S+")


@contextmanager
def started(*arguments: str, log: Path | None = None) -> Iterator[str]:
    """Start a mock on a free port, give its URL, and stop it.

    Args:
        arguments: For its command line.
        log: Where its warnings go; None for nowhere.
    """
    # The pipe ends with this process, however that ends: so the mock does not stay behind.
    command = [sys.executable, "-m", "dataarts_mock", "--port", "0", "--quiet", "--stop-with-stdin"]
    command += ["--document", str(find_document()), *arguments]
    with (
        Path(log or os.devnull).open("wb") as errors,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            match = _URL.search(line)
            if match is None:
                raise RuntimeError(f"the mock did not start: {line or 'it printed nothing'}")
            yield match[0]
        finally:
            process.terminate()
