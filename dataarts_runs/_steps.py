"""What a run does, step by step, for blocking and asynchronous callers alike.

All decisions are made in generators, once: a generator yields what is to be done next, is sent the result or thrown the
exception, and returns its own result. `perform` does the steps by blocking, `perform_async` by awaiting; neither
decides anything.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from attrs import frozen

from . import _clock

if TYPE_CHECKING:
    from dataarts_client.models import JobInstance

__all__ = ["ASYNCHRONOUS_ON_CHANGE", "Call", "Notify", "Sleep", "Steps", "perform", "perform_async"]

T = TypeVar("T")

ASYNCHRONOUS_ON_CHANGE = "on_change: must not be asynchronous where the wait blocks; use an AsyncRun"
"""What the TypeError says."""


@frozen
class Call:
    """Call a function of an operation, and send back what it returns."""

    sync: Callable[..., Any]
    asyncio: Callable[..., Any]
    arguments: dict[str, Any]


@frozen
class Sleep:
    """Sleep for so many seconds."""

    seconds: float


@frozen
class Notify:
    """Call the caller's function with an instance."""

    function: Callable[[JobInstance], object]
    instance: JobInstance


Step: TypeAlias = Call | Sleep | Notify
Steps: TypeAlias = Generator[Step, Any, T]


def perform(steps: Steps[T]) -> T:
    """Do the steps by blocking, and return their result."""
    try:
        step = next(steps)
        while True:
            try:
                result = _do(step)
            except Exception as error:
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as end:
        value: T = end.value
    return value


async def perform_async(steps: Steps[T]) -> T:
    """Do as `perform` does, without blocking."""
    try:
        step = next(steps)
        while True:
            try:
                result = await _do_async(step)
            except Exception as error:
                step = steps.throw(error)
            else:
                step = steps.send(result)
    except StopIteration as end:
        value: T = end.value
    return value


def _do(step: Step) -> Any:
    if isinstance(step, Call):
        return step.sync(**step.arguments)
    if isinstance(step, Sleep):
        return _clock.sleep(step.seconds)
    returned = step.function(step.instance)
    if isawaitable(returned):
        getattr(returned, "close", lambda: None)()
        raise TypeError(ASYNCHRONOUS_ON_CHANGE)
    return None


async def _do_async(step: Step) -> Any:
    if isinstance(step, Call):
        return await step.asyncio(**step.arguments)
    if isinstance(step, Sleep):
        return await _clock.sleep_async(step.seconds)
    returned = step.function(step.instance)
    if isawaitable(returned):
        await returned
    return None
