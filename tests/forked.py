"""Does things in processes of their own, forked from one in which all that they need is loaded."""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeVar

Thing = TypeVar("Thing")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Done(Generic[Thing, Result]):
    """What came of a thing that was to be done.

    Args:
        thing: What it was.
        result: What was returned; None if it broke.
        broke: Why there is no result; empty if there is one.
        seconds: How long it took.
    """

    thing: Thing
    result: Result | None
    broke: str
    seconds: float


def in_processes(
    things: Iterable[Thing], do: Callable[[Thing], Result], *, processes: int, limit: float
) -> Iterator[Done[Thing, Result]]:
    """Do things, each in a process of its own, and give what came of them as they end.

    Args:
        things: What is to be done.
        do: Does one, and returns something that can be pickled.
        processes: How many at once.
        limit: The seconds after which one is given up.
    """
    context = multiprocessing.get_context("fork")
    waiting = list(things)[::-1]
    running: list[tuple[Thing, BaseProcess, Connection[Any, Any], float]] = []
    gc.freeze()  # What is loaded here stays; to look it over in each process would copy it.
    while waiting or running:
        while waiting and len(running) < processes:
            thing = waiting.pop()
            receiver, sender = context.Pipe(duplex=False)
            process: BaseProcess = context.Process(target=_work, args=(do, thing, sender))
            process.start()
            sender.close()
            running.append((thing, process, receiver, time.monotonic()))
        wait([entry[1].sentinel for entry in running], timeout=1)
        for entry in list(running):
            thing, process, receiver, started = entry
            seconds = time.monotonic() - started
            if process.is_alive() and seconds < limit:
                continue
            running.remove(entry)
            if process.is_alive():
                process.kill()
                yield Done(thing, None, f"not done after {limit:g} s", seconds)
                continue
            process.join()
            result, broke = receiver.recv() if receiver.poll() else (None, f"the process ended with {process.exitcode}")
            yield Done(thing, result, broke, seconds)


def _work(do: Callable[[Any], Any], thing: Any, sender: Connection[Any, Any]) -> None:
    try:
        sender.send((do(thing), ""))
    except BaseException as error:  # Whatever it is, it is told.
        sender.send((None, f"{type(error).__name__}: {error}"))
    sender.close()
    os._exit(0)  # What servers and plugins have left behind need not end in order.
