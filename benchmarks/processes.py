"""Processes that are measured, callers and servers on cores of their own where the system allows it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

from .environments import BUILD, ROOT
from .example import example
from .peer import HEADERS

CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
CALLER, SERVER = (CORES[0], CORES[-1]) if len(CORES) > 1 else (None, None)

LOAD_CONNECTIONS = 16
LOAD = """\
wrk.method = "POST"
wrk.path = "{path}"
wrk.body = {body}
wrk.headers["Content-Type"] = "application/json"
wrk.headers["X-Auth-Token"] = "{token}"
"""

# Nothing of the caller's own settings (proxies above all) is to change what is measured. Without HOME, the official SDK
# cannot leave a file below it.
ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath)}


def started(command: Sequence[str | Path], core: int | None, *, quiet: bool = False) -> subprocess.Popen[str]:
    """Start a process on a core."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=ENVIRONMENT,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL if quiet else subprocess.PIPE,
        text=True,
    )
    if core is not None:
        with suppress(ProcessLookupError):
            os.sched_setaffinity(process.pid, {core})
    return process


@contextmanager
def serving(*command: str | Path) -> Iterator[str]:
    """Run a server, which is told its port by `--port`, while the block runs; give its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with started([*command, "--port", str(port)], SERVER, quiet=True) as process:
        try:
            _wait_for(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _wait_for(port: int, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    sys.exit(f"bench: {process.args!r} did not start.")


class Peer:
    """A peer that makes calls when it is told to.

    Args:
        python: The interpreter of its environment.
        name: Its name in peer.py.
        url: The server's.
    """

    def __init__(self, python: Path, name: str, url: str) -> None:
        command: list[str | Path] = [python, Path(__file__).with_name("peer.py"), name, url, json.dumps(example())]
        self._process = started(command, CALLER)

    def run(self, calls: int) -> float:
        """Make calls, and return the seconds they took."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{calls}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            sys.exit(f"bench: {self._process.args!r} failed.")
        return float(line)

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()  # which ends its standard input, and so the process


def seconds_to_import(python: Path, statements: str) -> float:
    """Return the seconds that imports take in a fresh interpreter."""
    code = f"from time import perf_counter as now; start = now(); {statements}; print(now() - start)"
    return float(_output([python, "-I", "-c", code]))


def requests_a_second(url: str, seconds: float) -> float:
    """Load a server, and return the rate at which it answers; every answer must be 200."""
    if wrk := shutil.which("wrk"):
        script = BUILD / "load.lua"
        request = example()
        body = json.dumps(json.dumps(request["body"], separators=(",", ":")))
        script.write_text(LOAD.format(path=request["path"], body=body, token=HEADERS["X-Auth-Token"]))
        command: list[str | Path] = [wrk, "--threads", "1", "--connections", str(LOAD_CONNECTIONS)]
        text = _output([*command, "--duration", f"{max(1, round(seconds))}s", "--script", script, url])
        if "Non-2xx" in text or "Socket errors" in text:
            sys.exit(f"bench: not every answer was 200.\n{text}")
        return float(re.findall(r"Requests/sec: +([\d.]+)", text)[0])
    return float(_output([sys.executable, "-m", "benchmarks.load", url, str(seconds), str(LOAD_CONNECTIONS)]))


def reset(url: str) -> None:
    """Let a mock of this project go back to its start, without instances."""
    connection = HTTPConnection(url.removeprefix("http://"))
    connection.request("POST", "/__mock__/reset")
    connection.getresponse().read()
    connection.close()


def _output(command: Sequence[str | Path]) -> str:
    with started(command, CALLER) as process:
        text, _ = process.communicate()
    if process.returncode:
        sys.exit(f"bench: {process.args!r} failed.")
    return text
