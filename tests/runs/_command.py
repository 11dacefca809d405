"""The command as users run it: a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dataarts_mock import MockServer

from ._caller import PROJECT

COMMAND = Path(sys.executable).with_name("dataarts")
_VARIABLES = ("DATAARTS_", "HUAWEICLOUD_SDK_", "OS_")


@dataclass(frozen=True, slots=True)
class Done:
    """What a command came to."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The JSON document on standard output, which holds nothing else."""
        document: dict[str, Any] = json.loads(self.out)
        return document


def environment(mock: MockServer, **changes: str | None) -> dict[str, str]:
    """Return an environment in which the command uses the mock; None leaves a variable out."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(_VARIABLES)}
    given = {"DATAARTS_URL": mock.url, "DATAARTS_PROJECT": PROJECT, "OS_TOKEN": mock.token, **changes}
    return {name: value for name, value in {**mine, **given}.items() if value is not None}


def begin(mock: MockServer, *arguments: str, **changes: str | None) -> subprocess.Popen[str]:
    """Start the command."""
    return subprocess.Popen(
        [str(COMMAND), *arguments],
        env=environment(mock, **changes),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process: subprocess.Popen[str], given: str = "") -> Done:
    """Wait for the end of the command."""
    with process:
        out, err = process.communicate(given, timeout=60)
    return Done(process.returncode, out, err)


def run(mock: MockServer, *arguments: str, given: str = "", **changes: str | None) -> Done:
    """Run the command to its end."""
    return end(begin(mock, *arguments, **changes), given)
