"""A clock for the tests, on which hours pass in no time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from dataarts_runs import _clock
from dataarts_runtime._throttle import Throttle

MONTH = 30 * 86400.0
"""Seconds of sleep after which no wait of the tests goes on rightly."""


class EndlessWaitError(Exception):
    """A wait does not end."""


class VirtualTime:
    """Stands in for `dataarts_runs._clock`: time passes only by sleeping, and by `pass_`.

    It passes for what throttles a client, too, which would else have calls wait in real time.

    Args:
        elsewhere: Called with the seconds that pass, so that they pass there too.

    Attributes:
        pauses: How many seconds were slept, each time.
    """

    def __init__(self, elsewhere: Callable[[float], None]) -> None:
        self._elsewhere = elsewhere
        self._passed = 0.0
        self._began = time.time()
        self.pauses: list[float] = []

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have runs go by this time."""
        for name in ("monotonic", "wall", "sleep", "sleep_async"):
            monkeypatch.setattr(_clock, name, getattr(self, name))
        refused, accepted, wait = Throttle.refused, Throttle.accepted, Throttle.wait

        def refused_later(throttle: Throttle, now: float, *rest: Any) -> Any:
            return refused(throttle, now + self._passed, *rest)

        def accepted_later(throttle: Throttle, now: float, *rest: Any) -> Any:
            return accepted(throttle, now + self._passed, *rest)

        def wait_later(throttle: Throttle, now: float, turn: Any, ends: float) -> Any:
            return wait(throttle, now + self._passed, turn, ends + self._passed)

        monkeypatch.setattr(Throttle, "refused", refused_later)
        monkeypatch.setattr(Throttle, "accepted", accepted_later)
        monkeypatch.setattr(Throttle, "wait", wait_later)

    @property
    def passed(self) -> float:
        """How many seconds have passed."""
        return self._passed

    def pass_(self, seconds: float) -> None:
        """Let time pass."""
        self._passed += seconds
        self._elsewhere(seconds)

    def set_wall(self, ahead: float) -> None:
        """Set this machine's clock so many seconds ahead, or back."""
        self._began += ahead

    def monotonic(self) -> float:
        """Return the seconds of a clock that began somewhere."""
        return 1000 + self._passed

    def wall(self) -> float:
        """Return the seconds since 1970."""
        return self._began + self._passed

    def sleep(self, seconds: float) -> None:
        """Let time pass as by sleeping."""
        self.pauses.append(seconds)
        if sum(self.pauses) > MONTH or len(self.pauses) > 1_000:
            raise EndlessWaitError(f"it has slept {len(self.pauses)} times, {sum(self.pauses):.0f} s in all")
        self.pass_(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Do as `sleep` does; other tasks have their turn."""
        self.sleep(seconds)
        await asyncio.sleep(0)
