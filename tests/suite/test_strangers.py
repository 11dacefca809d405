"""Does the contract suite accept a server that others wrote from the document, and find what is wrong with it?

`make strangers` asks this of all forms of that server.
"""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.suite._command import ROOT

FEW = "registry or (runs and not states) or what_is_no_token"
"""Checks that differ most from mode to mode, and take little time."""


def _strangers(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tests.strangers", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_each_mode_is_accepted() -> None:
    """The server is accepted with one job and with every one, with a token, with keys and where it throttles."""
    done = _strangers("modes", "--checks", FEW, "--processes", "1")

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" accepted") == 5


@pytest.mark.parametrize("kind", ["variants", "faults"])
def test_a_few_of_all(kind: str) -> None:
    """Variants are accepted, and faults caught, each by a line that names operation, place and rule."""
    options = {
        "variants": ["--part", "3/15", "--checks", "registry or (bodies and left_out)"],
        "faults": ["--part", "6/100"],
    }[kind]
    done = _strangers(kind, *options, "--processes", "1")

    assert done.returncode == 0, done.stdout + done.stderr
    caught = re.findall(r" caught +(.*)", done.stdout)
    assert all(re.match(r"\w+, [^:]+: ", line) for line in caught), caught
    assert bool(caught) == (kind == "faults")
