"""A program that waits for many runs at once, on a clock of its own, and prints what it took.

    python -m tests.runs._many URL TOKEN RUNS

Time passes only when all waits that are left are asleep: then it is the moment at which the first of them wakes. So
nothing depends on how fast this machine is.
"""

from __future__ import annotations

import asyncio
import json
import logging
import resource
import sys
from collections.abc import Awaitable
from pathlib import Path

from dataarts_auth import TokenAuth
from dataarts_client import Client
from dataarts_runs import AsyncRun, _clock, start_async

from ._caller import JOB, PROJECT


class Time:
    """Stands in for `dataarts_runs._clock`."""

    def __init__(self, waits: int) -> None:
        self._awake = waits
        self._sleeping: list[tuple[float, asyncio.Future[None]]] = []
        self.now = 0.0
        self.most_asleep = 0

    def install(self) -> None:
        """Have runs go by this time, without jitter."""
        _clock.monotonic = lambda: self.now
        _clock.sleep_async = self.sleep
        _clock.jittered = lambda seconds, low, high: seconds

    async def sleep(self, seconds: float) -> None:
        """Sleep until it is so many seconds later."""
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleeping.append((self.now + seconds, woken))
        self.most_asleep = max(self.most_asleep, len(self._sleeping))
        self._less_awake()
        await woken

    async def over(self, wait: Awaitable[str]) -> str:
        """Await a wait; once it is over it does not hold up the time."""
        try:
            return await wait
        finally:
            self._less_awake()

    def _less_awake(self) -> None:
        self._awake -= 1
        if self._awake or not self._sleeping:
            return
        then = min(moment for moment, _ in self._sleeping)
        self.now = then
        waking = [each for each in self._sleeping if each[0] <= then]
        self._sleeping = [each for each in self._sleeping if each[0] > then]
        self._awake = len(waking)
        for _, woken in waking:
            woken.set_result(None)


async def wait_for(run: AsyncRun) -> str:
    """Wait for a run; return its state."""
    return (await run.wait()).status


async def main(url: str, token: str, count: int) -> None:
    """Start the runs, then wait for all of them, and print as JSON what came of it."""
    async with Client(url, auth=TokenAuth(token), timeout=100) as client:
        runs = await asyncio.gather(*(start_async(client, PROJECT, JOB) for _ in range(count)))
        before = memory()
        time = Time(count)
        time.install()
        states = await asyncio.gather(*(time.over(wait_for(run)) for run in runs))
    found = {"states": states, "seconds": time.now, "most_asleep": time.most_asleep, "bytes": memory() - before}
    print(json.dumps(found))


def memory() -> int:
    """Return the bytes of memory that this process has taken at most, so far."""
    status = Path("/proc/self/status")
    if status.exists():  # Elsewhere than ru_maxrss this is none of the parent's, which it was forked from.
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)  # so that a request that is sent again says why
    asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
