"""Can one process wait for a thousand runs at once?"""

from __future__ import annotations

import json
import subprocess
import sys

from dataarts_mock import MockServer
from tests.conftest import ROOT

from ._caller import JOB

RUNS = 1000
PAUSES = (1.0, 1.5, 2.25)
"""The first seconds between looks, without the part that is random."""


def test_a_thousand_waits(dataarts_mock: MockServer) -> None:
    """A thousand waits at once end in success, after as many looks as the schedule says, in less than 50 KB each.

    Each look finds the next state. So success after these pauses is neither a look too many nor one too few.
    """
    dataarts_mock.add_job(JOB, states=("waiting", *["running"] * (len(PAUSES) - 1), "success"))
    done = subprocess.run(
        [sys.executable, "-m", "tests.runs._many", dataarts_mock.url, dataarts_mock.token, str(RUNS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)
    print(f"{found['bytes'] / RUNS / 1000:.1f} KB for each wait")
    last = dataarts_mock.requests[-RUNS:]

    assert found["states"] == ["success"] * RUNS
    assert found["most_asleep"] == RUNS
    assert found["seconds"] == sum(PAUSES)
    assert len(dataarts_mock.instances) == RUNS
    assert {request.operation for request in last} == {"showJobInstance"}
    assert len({request.path for request in last}) == RUNS
    assert found["bytes"] < RUNS * 50_000
