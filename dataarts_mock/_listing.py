"""Where to find instances by job, state and time, however many there are.

Instances are filed by their sequence, how many were started before: in one list for each job and state, each list in
order. It happens when someone lists instances, and not when they are started or change by the clock; so whoever never
lists, never pays.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator
from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ._instances import Instance

Place = tuple[str, str | None]
"""Project, and workspace."""

_TIDY_AFTER = 10_000
"""How many instances are forgotten before the lists are rid of them."""


class Listing:
    """The lists."""

    def __init__(self) -> None:
        self._files: dict[tuple[Place, str | None, str | None], list[int]] = {}
        """Sequences by place, job (None: all), and state (None: all)."""
        self._jobs: dict[Place, dict[str, None]] = {}
        self._first = 0
        """The sequence of the first instance whose state is noted."""
        self._filed: list[str | None] = []
        """The state that each instance is filed under; None of one that is not there yet."""
        self._due: dict[int, int] = {}
        self._changes: list[tuple[int, int]] = []
        """A heap of when instances change by the clock, and their sequences."""

    def update(self, begin: int, end: int, get: Callable[[int], Instance], now: int) -> None:
        """File what is new, and what has changed by the clock.

        Args:
            begin: The sequence of the first instance that is remembered.
            end: That of the next one to be started.
            get: Returns an instance by its sequence.
            now: The time.
        """
        if begin > self._first + min(_TIDY_AFTER, len(self._filed)):
            self._tidy(begin)
        for sequence in range(max(self._first + len(self._filed), begin), end):
            self._filed.append(None)
            self.refile(get(sequence), now)
        while self._changes and self._changes[0][0] <= now:
            due, sequence = heappop(self._changes)
            if sequence >= begin and self._due.get(sequence) == due:
                self.refile(get(sequence), now)

    def refile(self, instance: Instance, now: int) -> None:
        """File an instance under its state now, unless it was not filed at all."""
        sequence = instance.sequence
        index = sequence - self._first
        if not 0 <= index < len(self._filed):
            return
        before = self._filed[index]
        status = instance.status(now) if instance.is_there(now) else None
        if status != before:
            origin = instance.origin
            place = origin.project, origin.workspace
            for job in (None, origin.job):
                if before is not None:
                    _remove(self._files[place, job, before], sequence)
                else:
                    _add(self._files.setdefault((place, job, None), []), sequence)
                if status is not None:
                    _add(self._files.setdefault((place, job, status), []), sequence)
            self._jobs.setdefault(place, {})[origin.job] = None
            self._filed[index] = status
        due = instance.next_change(now)
        if due is None:
            self._due.pop(sequence, None)
        elif self._due.get(sequence) != due:
            self._due[sequence] = due
            heappush(self._changes, (due, sequence))

    def page(
        self,
        place: Place,
        job: str | None,
        *,
        part: bool,
        status: str | None,
        begin: int,
        end: int,
        offset: int,
        limit: int,
    ) -> tuple[int, list[int]]:
        """Return how many sequences there are from `begin` to `end`, and those of a page, the greatest first."""
        jobs: Iterable[str | None] = (job,)
        if job is not None and part:
            jobs = [name for name in self._jobs.get(place, ()) if job in name]
        files = [self._files.get((place, name, status), _NOTHING) for name in jobs]
        ranges = [(file, bisect_left(file, begin), bisect_left(file, end)) for file in files]
        ranges = [(file, low, high) for file, low, high in ranges if low < high]
        total = sum(high - low for _, low, high in ranges)
        if offset >= total:
            return total, []
        if len(ranges) > 1:
            # The sequence above which lie as many as are to be passed over.
            above = bisect_left(range(begin, end), -offset, key=lambda sequence: -_count(ranges, sequence)) + begin
            ranges = [(file, low, bisect_left(file, above, low, high)) for file, low, high in ranges]
            offset = 0
        found = [sequence for file, low, high in ranges for sequence in _last(file, low, high - offset, limit)]
        return total, sorted(found, reverse=True)[:limit]

    def _tidy(self, begin: int) -> None:
        """Get rid of what lies before the sequence `begin`."""
        for key, file in list(self._files.items()):
            del file[: bisect_left(file, begin)]
            if not file:
                del self._files[key]
        del self._filed[: begin - self._first]
        self._first = begin
        self._due = {sequence: due for sequence, due in self._due.items() if sequence >= begin}


_NOTHING: list[int] = []


def _add(file: list[int], sequence: int) -> None:
    if not file or file[-1] < sequence:
        file.append(sequence)
    else:
        insort(file, sequence)


def _remove(file: list[int], sequence: int) -> None:
    del file[bisect_left(file, sequence)]


def _count(ranges: list[tuple[list[int], int, int]], sequence: int) -> int:
    """Return how many sequences are not less than this one."""
    return sum(high - bisect_left(file, sequence, low, high) for file, low, high in ranges)


def _last(file: list[int], low: int, high: int, limit: int) -> Iterator[int]:
    """Give the last items of a range, at most `limit`."""
    return iter(file[max(low, high - limit) : max(low, high)])
