"""The calls of a client wait together when the service throttles one of them (429).

Otherwise each of many calls at once would use up its attempts on requests that cannot succeed.
"""

from __future__ import annotations

import threading
from collections import deque

__all__ = ["Throttle", "ThrottledError", "Turn"]

_WINDOW = 1.0  # seconds over which the rate that the service lets through is counted
_MARGIN = 0.95  # of that rate is used
_SLOWER = 1.25  # times as long between requests, after each further refusal
_FASTER = 0.9  # times as long, after each _PROBE seconds without a refusal
_PROBE = 5.0
_IDLE = 30.0  # seconds without a request, after which the service is taken to let all through again


class ThrottledError(Exception):
    """The turn of a request comes after its deadline."""


class Turn:
    """The moment when one request may be sent, once it has one."""

    __slots__ = ("moment",)

    def __init__(self) -> None:
        self.moment: float | None = None


class Throttle:
    """Says when the next request may be sent. Times are seconds of the monotonic clock.

    While the service refuses nothing, that is at once. After a refusal, all requests wait for as long as the service
    asks; then they are sent one by one, at a little less than the rate that it had let through. The rate grows slowly
    while nothing is refused.
    """

    def __init__(self) -> None:
        self.active = False
        """Whether requests may have to wait."""
        self._lock = threading.Lock()
        self._accepted: deque[float] = deque(maxlen=1000)
        self._opens = 0.0  # nothing is sent before
        self._counted_from: float | None = None  # since when to count what is let through, until it opens again
        self._interval = 0.0  # seconds between two requests; 0 if they need not be apart
        self._next = 0.0  # when the next request that asks may be sent
        self._changed = 0.0  # when the rate was last changed

    def accepted(self, now: float) -> None:
        """Take a response that is not a refusal."""
        self._accepted.append(now)

    def refused(self, now: float, pause: float) -> None:
        """Take a refusal, after which nothing is to be sent for `pause` seconds."""
        with self._lock:
            if now >= self._opens:  # the first one since it was open
                if self._interval:
                    self._interval *= _SLOWER
                else:
                    self._counted_from = now - _WINDOW
            self._opens = max(self._opens, now + pause)
            self._next = self._opens
            self._changed = now
            self.active = True

    def wait(self, now: float, turn: Turn, ends: float) -> float:
        """Return the seconds until a request is to ask again; it may be sent if there are none.

        Raises:
            ThrottledError: It may not be sent before the moment `ends`.
        """
        with self._lock:
            moment = self._moment(now, turn)
        if moment >= ends:
            raise ThrottledError
        return max(0.0, moment - now)

    def _moment(self, now: float, turn: Turn) -> float:
        if now < self._opens:
            turn.moment = None  # what it had is not to be kept
            return self._opens
        if turn.moment is None:
            self._adapt(now)
            turn.moment = max(now, self._next)
            self._next = turn.moment + self._interval
        return turn.moment

    def _adapt(self, now: float) -> None:
        """Set the rate, now that requests may be sent."""
        if self._counted_from is not None:
            count = sum(moment >= self._counted_from for moment in tuple(self._accepted))
            self._counted_from = None
            self._interval = _WINDOW / (count * _MARGIN) if count > 1 else 0.0
        elif now - self._next > _IDLE:
            self._interval = 0.0
        elif now - self._changed > _PROBE:
            self._interval *= _FASTER
            self._changed = now
        if not self._interval:
            self.active = False
