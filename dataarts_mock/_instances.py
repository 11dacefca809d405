"""Job instances: the states that each goes through, and the last ones that were started."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ._clock import Clock, as_datetime
from ._listing import Listing

MAX_INSTANCES = 100_000
"""How many instances are remembered at least, the last ones."""

_FORGOTTEN_AT_ONCE = 10_000
_MAX_KEPT = MAX_INSTANCES + _FORGOTTEN_AT_ONCE
MILLISECOND = 1_000_000
"""Nanoseconds."""


@dataclass(frozen=True, slots=True)
class Script:
    """The states that each instance of a job goes through.

    Args:
        states: The states in their order; the last one stays.
        duration: Nanoseconds that each of them lasts; None where each look at the instance leads to the next.
        delay: Nanoseconds from the start until the instance is there.
        submitted: When the job was registered, in nanoseconds since 1970.
    """

    states: tuple[str, ...]
    duration: int | None
    delay: int
    submitted: int


@dataclass(frozen=True, slots=True)
class Origin:
    """What instances are started from: many share one."""

    project: str
    workspace: str | None
    job: str
    script: Script


@dataclass(frozen=True, slots=True)
class RecordedInstance:
    """A job instance of the mock, as it was when it was asked for. To ask is no look at it.

    Args:
        instance_id: Its ID.
        project_id: The project that it was started in.
        job_name: The name of its job.
        workspace: The ID of its workspace; None is the default one.
        status: Its state.
        plan_time: When it was started first.
        start_time: When it was started last: a restart keeps the plan time.
        end_time: When it came to its final state; None before that.
    """

    instance_id: int
    project_id: str
    job_name: str
    workspace: str | None
    status: str
    plan_time: datetime
    start_time: datetime
    end_time: datetime | None


class Instance:
    """A job instance. All times are in nanoseconds since 1970.

    Args:
        sequence: How many instances were started before it.
        instance_id: Its ID.
        origin: What it was started from.
        planned: When it was started.

    Attributes:
        started: When it was started last.
    """

    __slots__ = ("_changed", "_fixed", "_looks", "id", "origin", "planned", "sequence", "started")

    def __init__(self, sequence: int, instance_id: int, origin: Origin, planned: int) -> None:
        self.sequence = sequence
        self.id = instance_id
        self.origin = origin
        self.planned = planned
        self.begin(planned)

    def begin(self, now: int) -> None:
        """Begin with the first state, again perhaps."""
        self.started = now
        self._changed = now
        self._looks = 0
        self._fixed: str | None = None

    def is_there(self, now: int) -> bool:
        """Whether the service knows it yet."""
        return now >= self.planned + self.origin.script.delay

    def status(self, now: int) -> str:
        """Return its state."""
        return self._fixed or self.origin.script.states[self._position(now)]

    def since(self, now: int) -> int:
        """Return when it came to its state."""
        duration = self.origin.script.duration
        if self._fixed or duration is None:
            return self._changed
        return self.started + duration * self._position(now)

    def next_change(self, now: int) -> int | None:
        """Return when it changes next by the clock, if it does."""
        script = self.origin.script
        if not self.is_there(now):
            return self.planned + script.delay
        if self._fixed or script.duration is None or self._position(now) == len(script.states) - 1:
            return None
        return self.started + script.duration * (self._position(now) + 1)

    def look(self, now: int) -> None:
        """Go to the next state, if looks lead there; the first look leads to the first one."""
        before = self._position(now)
        self._looks += 1
        if self._fixed is None and self._position(now) != before:
            self._changed = now

    def set_status(self, status: str, now: int) -> None:
        """Go to a state, and stay there."""
        self._fixed = status
        self._changed = now

    def _position(self, now: int) -> int:
        script = self.origin.script
        passed = self._looks - 1 if script.duration is None else (now - self.started) // script.duration
        return min(max(passed, 0), len(script.states) - 1)


class Instances:
    """The last instances that were started, in their order.

    A start costs each request that runs a job, so it notes two things and makes no object; what is asked for later is
    worked out then.

    Args:
        clock: Tells when they start and change.
        final: The states that do not change by themselves.
        first_id: The ID of the first; each has the next one.
    """

    def __init__(self, clock: Clock, final: frozenset[str], first_id: int) -> None:
        self._clock = clock
        self._final = final
        self._first_id = first_id
        self._next_id = first_id - 1  # Plus how many there are.
        self._forgotten = 0
        self._in_order = 0
        self._planned = array("q")
        self._origins: list[Origin] = []
        self._changed: dict[int, Instance] = {}
        """Those that are no longer as they were started, by sequence."""
        self._listing = Listing()

    def start(self, origin: Origin) -> int:
        """Start an instance, and return its ID."""
        self._planned.append(self._clock.now())
        self._origins.append(origin)
        started = len(self._origins)
        if started > _MAX_KEPT:
            self._forget()
            started -= _FORGOTTEN_AT_ONCE
        return self._next_id + started

    def get(self, instance_id: int) -> Instance | None:
        """Return an instance by its ID, whether the service knows it yet or not."""
        sequence = instance_id - self._first_id
        if self._forgotten <= sequence < self._forgotten + len(self._planned):
            return self._instance(sequence)
        return None

    def find(self, project: str, workspace: str | None, job: str, instance_id: int) -> Instance | None:
        """Return an instance of a job by its ID, if the service knows it."""
        instance = self.get(instance_id)
        if instance is None or not instance.is_there(self._clock.now()):
            return None
        origin = instance.origin
        return instance if (origin.project, origin.workspace, origin.job) == (project, workspace, job) else None

    def look(self, instance: Instance) -> None:
        """Take note of a look at an instance, which may lead to its next state."""
        instance.look(self._clock.now())
        self._note(instance)

    def set_status(self, instance: Instance, status: str) -> None:
        """Let an instance go to a state, and stay there."""
        instance.set_status(status, self._clock.now())
        self._note(instance)

    def restart(self, instance: Instance) -> None:
        """Let an instance go through its states again."""
        instance.begin(self._clock.now())
        self._note(instance)

    def status(self, instance: Instance) -> tuple[str, int | None]:
        """Return an instance's state, and when it came to it if it is a final one."""
        now = self._clock.now()
        status = instance.status(now)
        return status, instance.since(now) if status in self._final else None

    def page(
        self,
        project: str,
        workspace: str | None,
        *,
        job: str | None,
        part: bool,
        status: str | None,
        after: int,
        before: int | None,
        offset: int,
        limit: int,
    ) -> tuple[int, list[Instance]]:
        """Return how many instances there are of what is asked for, and those of one page, the newest first.

        Args:
            project: The project that they were started in.
            workspace: The ID of their workspace; None is the default one.
            job: The name of their job; None for any.
            part: Whether a part of the name is enough.
            status: Their state; None for any.
            after: They were started after this time, in milliseconds since 1970.
            before: They were started before this time, likewise; None for any.
            offset: How many to pass over.
            limit: How many to return at most.
        """
        self._put_in_order()
        self._listing.update(self._forgotten, self._forgotten + len(self._planned), self._instance, self._clock.now())
        end = len(self._planned) if before is None else bisect_left(self._planned, before * MILLISECOND)
        begin = bisect_right(self._planned, (after + 1) * MILLISECOND - 1)
        total, sequences = self._listing.page(
            (project, workspace),
            job,
            part=part,
            status=status,
            begin=self._forgotten + begin,
            end=self._forgotten + end,
            offset=offset,
            limit=limit,
        )
        return total, [self._instance(sequence) for sequence in sequences]

    def records(self) -> Iterator[RecordedInstance]:
        """Give all instances, the oldest first."""
        for sequence in range(self._forgotten, self._forgotten + len(self._planned)):
            instance = self._instance(sequence)
            origin = instance.origin
            status, ended = self.status(instance)
            yield RecordedInstance(
                instance_id=instance.id,
                project_id=origin.project,
                job_name=origin.job,
                workspace=origin.workspace,
                status=status,
                plan_time=as_datetime(instance.planned),
                start_time=as_datetime(instance.started),
                end_time=None if ended is None else as_datetime(ended),
            )

    def _instance(self, sequence: int) -> Instance:
        index = sequence - self._forgotten
        return self._changed.get(sequence) or Instance(
            sequence, self._first_id + sequence, self._origins[index], self._planned[index]
        )

    def _note(self, instance: Instance) -> None:
        self._changed[instance.sequence] = instance
        self._listing.refile(instance, self._clock.now())

    def _forget(self) -> None:
        del self._planned[:_FORGOTTEN_AT_ONCE]
        del self._origins[:_FORGOTTEN_AT_ONCE]
        self._forgotten += _FORGOTTEN_AT_ONCE
        self._next_id += _FORGOTTEN_AT_ONCE
        self._changed = {key: instance for key, instance in self._changed.items() if key >= self._forgotten}
        self._in_order = max(0, self._in_order - _FORGOTTEN_AT_ONCE)

    def _put_in_order(self) -> None:
        """Let no instance be planned before an earlier one, in case the machine's clock was put back."""
        planned = self._planned
        for index in range(max(self._in_order, 1), len(planned)):
            if planned[index] < planned[index - 1]:
                planned[index] = planned[index - 1]
        self._in_order = len(planned)
