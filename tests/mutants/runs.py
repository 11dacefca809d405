"""What others get wrong who start runs and wait for them, and what is easily got wrong besides."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import Any

from tests.mutants.mutant import Mutant, mistakes, replaced

RUNS: list[Mutant] = []
mistake = mistakes("runs", RUNS)

Steps = Generator[Any, Any, Any]


def _around(name: str, change: Callable[..., Steps]) -> None:
    """Put a function that is given the real steps in the place of those of a wait, a look, a start or a page."""
    from dataarts_runs import _finding, _starting, _waiting

    owner: Any = {"start": _starting, "_pages": _finding}.get(name, _waiting)
    replaced(owner, name, lambda real: lambda *arguments: change(real, *arguments))


def _set(module: str, name: str, value: Any) -> None:
    from importlib import import_module

    replaced(import_module(f"dataarts_runs.{module}"), name, lambda real: value)


@mistake("a wait does not know that manual-stop is an end", "test_waiting")
def _() -> None:
    from dataarts_runs import _waiting

    replaced(_waiting, "FAILURE", lambda real: real - {"manual-stop"})


@mistake("a wait takes a pause for an end", "test_waiting")
def _() -> None:
    from dataarts_runs import _waiting

    replaced(_waiting, "FAILURE", lambda real: real | {"pause"})


@mistake("a run that failed is a success", "test_waiting")
def _() -> None:
    from dataarts_runs import _contract, _waiting

    replaced(_waiting, "SUCCESS", lambda real: real | _contract.FAILURE)


@mistake("a run that was forced to succeed is no success", "test_waiting")
def _() -> None:
    from dataarts_runs import _waiting

    replaced(_waiting, "SUCCESS", lambda real: frozenset({"success"}))


@mistake("an end that the contract does not know is a success", "test_odd_services")
def _() -> None:
    from dataarts_runs import RunStateUnknown, _waiting

    def changed(real: Any) -> Any:
        def outcome(self: Any) -> Any:
            try:
                return real(self)
            except RunStateUnknown:
                return True

        return outcome

    replaced(_waiting._Looks, "outcome", changed)


@mistake("the run is lost with the time", "test_waiting")
def _() -> None:
    from dataarts_runs import RunTimedOut

    _set("_waiting", "RunTimedOut", lambda message, **others: RunTimedOut(message))


@mistake("the time of a wait begins anew with each look", "test_waiting")
def _() -> None:
    from dataarts_runs import _waiting

    replaced(_waiting._Timer, "passed", lambda real: 0.0)


@mistake("no last look is kept for the end of the time", "test_waiting")
def _() -> None:
    from dataarts_runs import _waiting

    def changed(real: Any) -> Any:
        def init(self: Any, timeout: float | None) -> None:
            real(self, timeout)
            self._for_last_look = 0.0

        return init

    replaced(_waiting._Timer, "__init__", changed)


@mistake("instance IDs go through a float", "test_run")
def _() -> None:
    from dataarts_runs._base import BaseRun

    replaced(
        BaseRun,
        "to_dict",
        lambda real: lambda self: {**real(self), "instance_id": int(float(self.instance_id))},
    )


@mistake("the first look comes after the first pause", "test_waiting")
def _() -> None:
    def wait(real: Any, *arguments: Any) -> Steps:
        from dataarts_runs._steps import Sleep

        yield Sleep(1.0)
        return (yield from real(*arguments))

    _around("wait", wait)


@mistake("looks come every second, for hours too", "test_waiting")
def _() -> None:
    _set("_waiting", "GROWTH", 1.0)


@mistake("all waits look at the same moment", "test_waiting")
def _() -> None:
    _set("_clock", "jittered", lambda seconds, low, high: seconds)


@mistake("Ctrl-C is not heard while asleep", "test_cut_short")
def _() -> None:
    from dataarts_runs import _steps

    def changed(real: Any) -> Any:
        def do(step: Any) -> Any:
            try:
                return real(step)
            except KeyboardInterrupt:
                return None

        return do

    replaced(_steps, "_do", changed)


@mistake("cancelling is not heard while asleep", "test_cut_short")
def _() -> None:
    from asyncio import CancelledError

    from dataarts_runs import _steps

    def changed(real: Any) -> Any:
        async def do(step: Any) -> Any:
            try:
                return await real(step)
            except CancelledError:
                if isinstance(step, _steps.Sleep):
                    return None
                raise

        return do

    replaced(_steps, "_do_async", changed)


@mistake("a look that fails in passing ends the wait", "test_failing_looks")
def _() -> None:
    _set("_waiting", "_passes", lambda error: False)


@mistake("a refusal is waited through, as if it would pass", "test_failing_looks")
def _() -> None:
    _set("_waiting", "_passes", lambda error: True)


@mistake("responses that break the contract are waited through for ever", "test_odd_services")
def _() -> None:
    _set("_waiting", "MAX_UNEXPECTED", 10**9)


@mistake("a Retry-After is not waited for", "test_failing_looks")
def _() -> None:
    _set("_waiting", "LONGEST_RETRY_AFTER", 0.0)


@mistake("an instance that appears late is taken for one that is not there", "test_waiting")
def _() -> None:
    _set("_waiting", "APPEARING", 0.0)


@mistake("an instance that is not there is waited for in all eternity", "test_waiting")
def _() -> None:
    _set("_waiting", "APPEARING", 1e9)


@mistake("the state of another instance is taken for the run's", "test_odd_services")
def _() -> None:
    def look(real: Any, run: Any, timeout: Any) -> Steps:
        instance = yield from real(run, timeout)
        instance.instance_id = run.instance_id
        return instance

    _around("look", look)


@mistake("looks go to the default workspace", "test_starting")
def _() -> None:
    def look(real: Any, run: Any, timeout: Any) -> Steps:
        return (yield from real(type(run)(run.client, run.project_id, run.job_name, None, run.instance_id), timeout))

    _around("look", look)


@mistake("on_change is called after each look", "test_waiting")
def _() -> None:
    from dataarts_runs import _waiting

    def changed(real: Any) -> Any:
        def found(self: Any, instance: Any) -> bool:
            real(self, instance)
            return True

        return found

    replaced(_waiting._Looks, "found", changed)


@mistake("a start whose response was lost is repeated", "test_starting")
def _() -> None:
    def start(real: Any, *arguments: Any) -> Steps:
        from dataarts_runs import StartUnknown

        try:
            return (yield from real(*arguments))
        except StartUnknown:
            return (yield from real(*arguments))

    _around("start", start)


@mistake("a start whose response was lost counts as one that was refused", "test_starting")
def _() -> None:
    def start(real: Any, *arguments: Any) -> Steps:
        from dataarts_runs import StartUnknown

        try:
            return (yield from real(*arguments))
        except StartUnknown as error:
            raise error.__cause__ or error from None

    _around("start", start)


@mistake("runs from before the start are candidates", "test_starting")
def _() -> None:
    _set("_starting", "_MARGIN", 2 * 3600.0)


@mistake("candidates are looked for by this machine's clock", "test_starting")
def _() -> None:
    from dataarts_runs._finding import ServiceClock

    replaced(ServiceClock, "observe", lambda real: lambda self, headers: None)


@mistake("only the first page of a list is read", "test_finding")
def _() -> None:
    def pages(real: Any, query: Any, bounds: Any, found: Any, clock: Any) -> Steps:
        from dataarts_runs import _finding

        page = yield from _finding._page(query, bounds, 0, clock)
        found.update({each.instance_id: each for each in page.instances})

    _around("_pages", pages)


@mistake("a list is asked for in one window, however long", "test_finding")
def _() -> None:
    _set("_finding", "LONGEST_WINDOW", 10**15)
