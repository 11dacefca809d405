"""Runs the contract suite's command as a user does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
REPORTS = ROOT / "build" / "contract"
_OF_A_TARGET = ("BASE_URL", "TOKEN", "OS_TOKEN", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "JOB", "ALLOW_RUNS")


def contract(*options: str, folder: Path | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command, and return its status and what it printed.

    Args:
        options: The command line.
        folder: Where its reports go, so that two runs do not share one.
        variables: For its environment.
    """
    environment = {name: value for name, value in os.environ.items() if name not in _OF_A_TARGET}
    if folder is not None:
        variables["REPORTS"] = str(folder)
    return subprocess.run(
        [sys.executable, "-m", "tests.contract", *options],
        cwd=ROOT,
        env={**environment, **variables},
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )


def records(folder: Path) -> list[dict[str, Any]]:
    """Return what a run tried."""
    lines = (folder / "records.jsonl").read_text(encoding="utf-8").splitlines()
    return [record for line in lines if "outcome" in (record := json.loads(line))]
