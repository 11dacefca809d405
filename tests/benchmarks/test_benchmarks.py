"""Do the benchmarks measure what they say, and does the guide say what they measured?"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.__main__ import SERVER
from benchmarks.peer import PEERS
from benchmarks.processes import Peer, serving
from benchmarks.report import MARKS, Table, chart, markdown
from tests.mock._process import running

NOT_HERE = {"stock", "httpx2", "httpx2_async", "openapi_generator"}
"""Peers whose packages are generated or installed only when the benchmarks run."""
WAITS = {"waits", "waits_memory"}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A mock, which refuses what the contract forbids."""
    with running() as url:
        yield url


@pytest.mark.parametrize("name", sorted(PEERS.keys() - NOT_HERE - WAITS))
def test_peer_starts_runs(url: str, name: str) -> None:
    """Each peer sends requests that the contract allows, and understands their answers."""
    with Peer(Path(sys.executable), name, url) as peer:
        seconds = peer.run(2)

    assert seconds > 0


@pytest.mark.parametrize("name", sorted(WAITS))
def test_peer_waits_for_runs(name: str) -> None:
    """The peers that wait do so for as many runs as they are told to, and say what it took."""
    with serving(*SERVER) as url, Peer(Path(sys.executable), name, url) as peer:
        took = peer.run(3)

    assert took > 0


def test_load_is_generated_without_wrk(url: str, root: Path) -> None:
    """The load generator says how many requests a second were answered."""
    command = [sys.executable, "-m", "benchmarks.load", url, "0.2", "2"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)

    assert float(done.stdout) > 0


def test_only_ratios_within_a_round_count() -> None:
    """A machine that becomes slower from round to round changes no ratio."""
    table = Table("", "", "", "base", 1)
    for slowness in (1.0, 2.0, 8.0):
        table.add("base", 0, slowness)
        table.add("peer", 0, slowness * 0.9)

    assert table.ratio("peer", "base") == [0.9, 0.9, 0.9]


def test_every_run_counts_the_same() -> None:
    """The median is that of the runs' medians."""
    table = Table("", "", "", "base", 1)
    for run, ratios in enumerate([[1.0, 1.0, 1.0], [2.0, 2.0, 9.0], [3.0, 3.0, 3.0]]):
        for ratio in ratios:
            table.add("base", run, 1)
            table.add("peer", run, ratio)

    assert table.ratio("peer", "base")[1] == 2


def test_guide_and_chart_are_what_was_measured(root: Path) -> None:
    """The guide's table and the chart are those of results.json."""
    results = json.loads((root / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    page = (root / "docs" / "speed.md").read_text(encoding="utf-8")

    assert markdown(results).join(MARKS) in page
    assert chart(results) == (root / "docs" / "assets" / "chart.svg").read_text(encoding="utf-8")
