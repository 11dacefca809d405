"""Measure the client and the mock beside their peers: `make bench`, or `python -m benchmarks`.

Peers are measured in the same run, round by round, in an order that changes, each after a few calls that do not count.
What is reported is the median of the ratios within rounds: what else the machine does then slows all that is compared.
Calls are measured in several runs, with fresh processes, and the median of these counts.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from .environments import (
    BUILD,
    ROOT,
    client_environment,
    done,
    environment,
    openapi_generator_environment,
)
from .processes import CALLER, Peer, requests_a_second, reset, seconds_to_import, serving
from .report import Table, header, printed, save

HERE = Path(__file__).parent
PACKAGES = (
    "httpx",
    "aiohttp",
    "requests",
    "urllib3",
    "huaweicloudsdkdgc",
    "openapi-python-client",
    "uvicorn",
    "uvloop",
)
README = (
    "from dataarts_auth import TokenAuth; from dataarts_client import Client; "
    "from dataarts_client.api.jobs import run_job_immediately; "
    "from dataarts_client.models import JobParam, RunJobRequest"
)


OPTIONS = "--loop uvloop --http httptools --ws none --lifespan off --no-access-log --no-server-header"
SERVER = [
    *(sys.executable, "-m", "uvicorn", "benchmarks.server:app"),
    *(*OPTIONS.split(), "--log-level", "warning", "--timeout-keep-alive", "600"),
]
MANY = "this client, five times as many"
INSTANCES = 100_000
MANY_INSTANCES = f"this mock, quiet, {INSTANCES:,} instances"


@dataclass
class Effort:
    """How much is measured."""

    runs: int = 3
    rounds: int = 30
    calls: int = 200
    warming: int = 20
    storms: int = 4
    storm: int = 1000
    waits: int = 10_000
    imports: int = 25
    loads: int = 8
    seconds: float = 2.0
    warming_seconds: float = 10.0
    generations: int = 5
    contract: bool = True


QUICK = Effort(1, 3, 20, 5, 2, 100, 200, 3, 2, 1.0, 1.0, 1, False)


class Bench:
    """The measurements.

    Args:
        effort: How much is measured.
        advance: Called whenever there is something to tell: what is being done.
    """

    def __init__(self, effort: Effort, advance: Callable[[str], None]) -> None:
        self.effort = effort
        self.advance = advance
        advance("environments")
        self.client = client_environment()
        self.httpx = environment("httpx")
        self.official = environment("official")
        self.requests = environment("requests")
        self.httpx2 = environment("httpx2")
        self.aiohttp = environment("aiohttp")
        self.httpx_aiohttp = environment("httpx-aiohttp")
        self.openapi_generator = openapi_generator_environment()

    def calls(self) -> Table:
        """Measure blocking calls."""
        table = Table("calls", "A call with two parameters", "µs", "httpx", 1e6)
        peers = {
            "http.client": (self.requests, "http_client"),
            "urllib3": (self.requests, "urllib3"),
            "this client": (self.client, "client"),
            "httpx": (self.httpx, "httpx"),
            "httpx2": (self.httpx2, "httpx2"),
            "OpenAPI Generator's client": (self.openapi_generator, "openapi_generator"),
            "this client, signing": (self.client, "client_signing"),
            "stock generated client": (self.client, "stock"),
            "requests": (self.requests, "requests"),
            "official SDK": (self.official, "official"),
            "official SDK, signing": (self.official, "official_signing"),
        }
        self._peers(table, peers, self.effort.runs, self.effort.rounds, self.effort.calls)
        return table

    def at_once(self) -> Table:
        """Measure asynchronous calls."""
        table = Table("at_once", f"{self.effort.storm:,} calls at once over 50 connections", "ms", "httpx", 1e3)
        peers = {
            "this client": (self.client, "client_async"),
            "this client over aiohttp": (self.client, "client_aiohttp"),
            "httpx, behind a semaphore": (self.httpx, "httpx_semaphore"),
            "httpx": (self.httpx, "httpx_async"),
            "httpx over aiohttp": (self.httpx_aiohttp, "httpx_aiohttp"),
            "httpx2": (self.httpx2, "httpx2_async"),
            "aiohttp": (self.aiohttp, "aiohttp"),
            MANY: (self.client, "client_async"),
        }
        effort = self.effort
        self._peers(table, peers, effort.runs, effort.storms, effort.storm, per_call=False, times={MANY: 5})
        return table

    def waits(self) -> dict[str, Any]:
        """Measure waits for runs, all at once: the seconds, and the bytes that each takes at most."""
        count = self.effort.waits
        measured = {}
        for name in ("waits", "waits_memory"):
            self.advance(f"{count:,} waits")
            with serving(*SERVER) as url, Peer(self.client, name, url) as peer:
                measured[name] = peer.run(count)
        return {"count": count, "seconds": round(measured["waits"], 2), "bytes": round(measured["waits_memory"])}

    def _peers(
        self,
        table: Table,
        peers: Mapping[str, tuple[Path, str]],
        runs: int,
        rounds: int,
        calls: int,
        *,
        per_call: bool = True,
        times: Mapping[str, int] | None = None,
    ) -> None:
        for run in range(runs):
            with ExitStack() as stack:
                url = stack.enter_context(serving(*SERVER))
                running = {label: stack.enter_context(Peer(*peer, url)) for label, peer in peers.items()}
                for peer in running.values():
                    peer.run(calls)
                for _ in range(rounds):
                    self.advance(f"{table.title}, run {run + 1}")
                    for label in shuffled(running):
                        running[label].run(self.effort.warming)
                        count = calls * (times or {}).get(label, 1)
                        table.add(label, run, running[label].run(count) / (calls if per_call else 1))

    def imports(self) -> Table:
        """Measure imports in fresh interpreters."""
        table = Table("imports", "Import", "ms", "httpx", 1e3)
        stock = README.partition("; ")[2].replace("dataarts_client", "stock_client")
        stock = stock.replace("import Client", "import AuthenticatedClient")
        model = "from huaweicloudsdk{0}.v1 import {1}Client, JobParam, RunOnceRequest, StartJobReq"
        credentials = "from huaweicloudsdkcore.auth.credentials import BasicCredentials; "
        peers = {
            "httpx": (self.httpx, "import httpx"),
            "this client": (self.client, README),
            "stock generated client": (self.client, stock),
            "official SDK": (self.official, credentials + model.format("dgc", "Dgc")),
            "official SDK (dlf)": (self.official, credentials + model.format("dlf", "Dlf")),
        }
        for peer in peers.values():
            seconds_to_import(*peer)
        for _ in range(self.effort.imports):
            self.advance(table.title)
            for label in shuffled(peers):
                table.add(label, 0, seconds_to_import(*peers[label]))
        return table

    def mock(self) -> Table:
        """Measure the rate at which servers answer."""
        table = Table("mock", "Requests a second to a mock", "", "bare ASGI", 1, rates=True)
        python = [sys.executable, "-m"]
        servers: dict[str, list[str | Path]] = {
            "bare ASGI": [*python, "uvicorn", "benchmarks.server:app", "--log-level", "warning", *OPTIONS.split()],
            "this mock": [*python, "dataarts_mock"],
            "this mock, quiet": [*python, "dataarts_mock", "--quiet"],
            MANY_INSTANCES: [*python, "dataarts_mock", "--quiet"],
        }
        if prism := os.environ.get("PRISM") or shutil.which("prism"):
            servers["Prism"] = [prism, "mock", ROOT / "openapi.yaml"]
            servers["Prism, silent"] = [*servers["Prism"], "--verboseLevel", "silent"]
        with ExitStack() as stack:
            urls = {label: stack.enter_context(serving(*command)) for label, command in servers.items()}
            for label in urls:
                self.advance(f"warming {label}")
                requests_a_second(urls[label], self.effort.warming_seconds)
            missing = float(INSTANCES)
            while missing > 0:  # Each request starts one.
                missing -= self.effort.seconds * requests_a_second(urls[MANY_INSTANCES], self.effort.seconds)
            for _ in range(self.effort.loads):
                self.advance(table.title)
                for label in shuffled(urls):
                    if label in ("this mock", "this mock, quiet"):
                        reset(urls[label])
                    table.add(label, 0, requests_a_second(urls[label], self.effort.seconds))
        return table

    def generate(self) -> float:
        """Measure the seconds that `make generate` takes."""
        with tempfile.TemporaryDirectory() as folder:
            output = Path(folder) / "dataarts_client"
            times = []
            for _ in range(self.effort.generations):
                self.advance("make generate")
                start = time.perf_counter()
                done([sys.executable, ROOT / "scripts" / "generate.py", "--output", output])
                times.append(time.perf_counter() - start)
        return sorted(times)[len(times) // 2]

    def contract(self) -> float | None:
        """Measure the cases a second of `make contract`; None if it is not there."""
        if not self.effort.contract or not (ROOT / "tests" / "contract" / "__main__.py").exists():
            return None
        self.advance("make contract")
        start = time.perf_counter()
        cases = re.findall(r"\b(\d+) cases\b", done([sys.executable, "-m", "tests.contract"]))
        return sum(map(int, cases)) / (time.perf_counter() - start) if cases else None


def shuffled(labels: Mapping[str, object]) -> list[str]:
    """Return labels in some order."""
    return random.sample(list(labels), len(labels))


def machine() -> dict[str, Any]:
    """Return what the figures depend on."""
    processor = platform.processor() or platform.machine()
    with_name = Path("/proc/cpuinfo")
    if with_name.exists():
        processor = next(iter(re.findall(r"model name\s*: (.*)", with_name.read_text())), processor)
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "pinned": CALLER is not None,
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
        "load": "wrk" if shutil.which("wrk") else "benchmarks.load",
        "versions": {name: version(name) for name in PACKAGES},
    }


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="see whether it works; results go to build/bench/")
    parser.add_argument("--only", choices=["calls", "at_once", "imports", "mock"], help="measure one table only")
    arguments = parser.parse_args()
    effort = QUICK if arguments.quick else Effort()
    BUILD.mkdir(parents=True, exist_ok=True)
    console = Console()
    names = [arguments.only] if arguments.only else ["calls", "at_once", "imports", "mock"]
    steps = {
        "calls": effort.runs * effort.rounds,
        "at_once": effort.runs * effort.storms,
        "imports": effort.imports,
        "mock": effort.loads + 6,
    }
    total = 1 + sum(steps[name] for name in names) + (0 if arguments.only else 2 + effort.generations + effort.contract)
    results: dict[str, Any] = {"machine": machine(), "tables": {}}
    console.print(header(results["machine"]))
    # Refreshed between measurements only.
    columns = (TextColumn("{task.description:45}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, auto_refresh=False, transient=True) as progress:
        task = progress.add_task("", total=total)

        def advance(description: str) -> None:
            progress.update(task, description=description, advance=1, refresh=True)

        bench = Bench(effort, advance)
        for name in names:
            table: Table = getattr(bench, name)()
            results["tables"][name] = table.results()
        if not arguments.only:
            results["waits"] = bench.waits()
            results["generate"] = bench.generate()
            results["contract"] = bench.contract()
    for renderable in printed(results):
        console.print(renderable)
    if not arguments.only:
        save(results, BUILD if arguments.quick else HERE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
