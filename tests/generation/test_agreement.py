"""Do the commands that write the client agree with those that check it, whatever the contract?"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.generation.documents import ADDED, UNUSUAL, document, write


def make(checkout: Path, *targets: str) -> str:
    """Make targets in a checkout, without making its virtual environment anew; return what they said if they failed."""
    done = subprocess.run(
        ["make", "--old-file=.venv/.ready", *targets],
        cwd=checkout,
        env=os.environ | {"MYPYPATH": "", "RUFF_NO_CACHE": "true"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return f"make {' '.join(targets)}: {done.stdout}" if done.returncode else ""


def contents(checkout: Path) -> dict[Path, bytes]:
    """Return the files of the client and the runtime."""
    folders = (checkout / "generated_client", checkout / "dataarts_runtime")
    return {path: path.read_bytes() for folder in folders for path in folder.rglob("*.py")}


@pytest.mark.timeout(400)
def test_generate_format_check_and_lint_agree(whole_checkout: Path) -> None:
    """With nullable properties, a 204 and much else in the contract, nothing mends or refuses what is generated."""
    write(whole_checkout, document(ADDED, UNUSUAL))
    failed = make(whole_checkout, "generate")
    generated = contents(whole_checkout)
    for target in ("format", "check-generated", "lint"):
        failed = failed or make(whole_checkout, target)

    assert not failed
    assert contents(whole_checkout) == generated
