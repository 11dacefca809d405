"""The calls of a client wait together when the service throttles one of them (429).

Otherwise each of many calls at once would use up its attempts on requests that cannot succeed.
"""

from __future__ import annotations

import threading
from collections import deque

__all__ = ["Throttle", "ThrottledError", "Turn"]

_WINDOW = 1.0  # seconds; the rate is the most requests that the service accepted within so many
_MARGIN = 0.95  # the part of that rate that is used
_SLOWER = 1.25  # the interval between requests is multiplied by this after each further 429
_FASTER = 0.9  # and by this after each _STEADY seconds without a 429
_STEADY = 5.0
_IDLE = 30.0  # seconds without a request, after which requests need not be apart any more


class ThrottledError(Exception):
    """A request was not sent, since its turn comes after its deadline. It is not the 429 of the service itself."""


class Turn:
    """A request's place in the queue: the moment when it may be sent, or None as long as it has no place."""

    __slots__ = ("moment",)

    def __init__(self) -> None:
        self.moment: float | None = None


class Throttle:
    """Says when the next request may be sent. Times are seconds of the monotonic clock.

    While the service refuses nothing, that is at once. After a 429, all requests wait for as long as the service asks.
    Then they are sent one by one, at a little less than the rate that the service had accepted; the rate grows slowly
    while there is no further 429. If the service had accepted none, its rate is not known: one request goes first, and
    the others follow once that one was accepted, or after a second.
    """

    def __init__(self) -> None:
        self.active = False
        """Whether requests may have to wait. While it is false, `wait` need not be called."""
        self._lock = threading.Lock()
        self._accepted: deque[float] = deque(maxlen=1000)
        self._opens = 0.0  # nothing is sent before
        self._counted_from: float | None = None  # since when to count what was accepted, once it opens
        self._first_is_out = False  # whether one request was sent to learn whether the service accepts any
        self._interval = 0.0  # seconds between two requests; 0 if they need not be apart
        self._next = 0.0  # when the next request that asks may be sent
        self._changed = 0.0  # when the rate was last changed

    def accepted(self, now: float) -> None:
        """Take note of a response other than 429."""
        self._accepted.append(now)  # a deque needs no lock for this
        if self._first_is_out:
            with self._lock:
                self._first_is_out = False
                self._opens = min(self._opens, now)

    def refused(self, now: float, pause: float) -> None:
        """Take note of a 429, after which nothing is to be sent for `pause` seconds."""
        with self._lock:
            if now >= self._opens or self._first_is_out:  # the first 429 since requests were sent again
                if self._interval:
                    self._interval *= _SLOWER
                else:
                    self._counted_from = now - _WINDOW
            self._first_is_out = False
            self._opens = max(self._opens, now + pause)
            self._next = self._opens
            self._changed = now
            self.active = True

    def wait(self, now: float, turn: Turn, ends: float) -> float:
        """Return the seconds after which a request is to ask again; it may be sent if they are 0.

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
            turn.moment = None  # a place from before the 429 is lost
            return self._opens
        if turn.moment is None:
            self._adapt(now)
            turn.moment = max(now, self._next)
            self._next = turn.moment + self._interval
        return turn.moment

    def _adapt(self, now: float) -> None:
        """Set the rate, now that requests may be sent."""
        self._first_is_out = False
        if self._counted_from is not None:
            rate = _most_within(_WINDOW, [each for each in tuple(self._accepted) if each >= self._counted_from])
            self._counted_from = None
            if rate == 0:
                self._first_is_out = True
                self._opens = now + _WINDOW
                return
            self._interval = _WINDOW / (rate * _MARGIN)
        elif now - self._next > _IDLE:
            self._interval = 0.0
        elif now - self._changed > _STEADY:
            self._interval *= _FASTER
            self._changed = now
        if not self._interval:
            self.active = False


def _most_within(seconds: float, moments: list[float]) -> int:
    """Return how many of some moments, in their order, lie within so many seconds of each other at most."""
    most = first = 0
    for index, moment in enumerate(moments):
        while moment - moments[first] >= seconds:
            first += 1
        most = max(most, index - first + 1)
    return most
