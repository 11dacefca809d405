"""The clocks and the sleep that runs go by.

Everything in this package asks this module, and asks it by name (`_clock.sleep`), so that tests can let hours pass in
no time by replacing its functions. It is the only seam of that kind.
"""

from __future__ import annotations

import random
import time

__all__ = ["jittered", "monotonic", "sleep", "sleep_async", "wall"]


def monotonic() -> float:
    """Return seconds of a clock that nobody sets: what waits are measured by."""
    return time.monotonic()


def wall() -> float:
    """Return the seconds since 1970 (UTC), as far as this machine knows."""
    return time.time()


def sleep(seconds: float) -> None:
    """Sleep; Ctrl-C and every signal handler that raises end it at once."""
    time.sleep(seconds)


async def sleep_async(seconds: float) -> None:
    """Sleep without blocking; cancelling the task ends it at once."""
    from asyncio import sleep  # Slow to import for programs that block.

    await sleep(seconds)


def jittered(seconds: float, low: float, high: float) -> float:
    """Return the seconds times a random factor, so that many waits do not look at the same moment."""
    return seconds * random.uniform(low, high)
