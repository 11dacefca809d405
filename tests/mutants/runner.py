"""Runs the tests against mutants, each in a process of its own that is forked from one where all is loaded."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.document import ROOT, find_document
from tests.forked import in_processes
from tests.mutants.mutant import Mutant, serve_in_process

SECONDS = 120.0
_ENDS = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)

# What takes long is asked only about the mutants that have got so far.
EDGES = {
    "server": ["tests/contract/server/test_parameters.py", "tests/contract/server/test_bodies.py"],
    "client": ["tests/contract/client/test_requests.py", "tests/contract/client/test_responses.py"],
}
OTHERS = {
    "server": ["tests/contract/server", "tests/contract/mock_behaviour"],
    "client": ["tests/contract/client"],
}
# The command is another process, which a mutant does not reach.
RUNS = ["tests/runs", "--ignore=tests/runs/test_command.py", "--ignore=tests/runs/test_many.py"]
LAST = {"server": "tests/contract/server/test_schemathesis.py", "client": "tests/client"}


def stages(mutant: Mutant) -> list[list[str]]:
    """Return the arguments of pytest for a mutant, in the order in which it is most likely to be caught."""
    side = mutant.side
    first = [[*mutant.look_first]] if mutant.look_first else []
    if side == "runs":
        return [*first, [*RUNS, *(f"--deselect={module}" for module in mutant.look_first)]]
    edges = [*EDGES[side], "-k=edges"]
    others = [*OTHERS[side], "-k=not edges", f"--deselect={LAST[side]}"]
    return [*first, *([edges, others] if mutant.at_an_edge else [others, edges]), [LAST[side]]]


@dataclass(frozen=True)
class Verdict:
    """What the tests made of a mutant.

    Args:
        name: The mutant's name.
        test: The test that caught it; empty if none did.
        message: What that test said.
        crash: What broke instead, the suite or the mutant itself.
        seconds: How long it took.
    """

    name: str
    test: str = ""
    message: str = ""
    crash: str = ""
    seconds: float = 0.0

    @property
    def caught(self) -> bool:
        """Whether a test failed as tests do."""
        return bool(self.test) and not self.crash


class _Watch:
    """Notes the first failure; a plugin of pytest."""

    def __init__(self) -> None:
        self.test = self.message = self.crash = ""

    def pytest_exception_interact(self, node: object, call: pytest.CallInfo[object], report: object) -> None:
        if self.test or self.crash or not call.excinfo:
            return
        value = call.excinfo.value
        own = "tests/mutants" in str(call.excinfo.traceback[-1].path)
        # What a mutant puts its own in the place of may be called otherwise by now.
        stale = isinstance(value, TypeError) and "<locals>" in str(value)
        if isinstance(report, pytest.TestReport) and report.when == "call" and not own and not stale:
            self.test = report.nodeid
            crash = getattr(report.longrepr, "reprcrash", None)  # What tests/conftest.py has begin with the rule.
            self.message = (crash.message if crash else str(value)).removeprefix("Failed: ").partition("\n")[0]
        else:
            where = getattr(report, "nodeid", "")
            self.crash = f"{where}: {call.excinfo.typename}: {str(value)[:300]}"


class _MockWatch(logging.Handler):
    """Notes an exception that the mock does not answer: such a mutant breaks the mock, rather than make its mistake."""

    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self._watch = watch

    def emit(self, record: logging.LogRecord) -> None:
        """Take what uvicorn logs of an application that fails."""
        error = record.exc_info[1] if record.exc_info else None
        # To refuse an answer that the contract does not allow is what a mock does.
        if error is not None and type(error).__name__ != "InvalidResponseError" and not self._watch.test:
            self._watch.crash = f"the mock: {type(error).__name__}: {str(error)[:300]}"


def verdicts(mutants: Iterable[Mutant], processes: int) -> Iterator[Verdict]:
    """Run the tests against mutants, so many at once, and give the verdicts as they come."""
    for done in in_processes(mutants, _hold, processes=processes, limit=SECONDS):
        yield done.result or Verdict(done.thing.name, crash=done.broke, seconds=done.seconds)


def _hold(mutant: Mutant) -> Verdict:
    started = time.monotonic()
    watch = _Watch()
    logging.getLogger("uvicorn.error").addHandler(_MockWatch(watch))
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder, (Path(folder) / "output").open("w") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
        with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output):
            try:
                serve_in_process(find_document())
                mutant.apply(Path(folder))
                for stage in stages(mutant):
                    if not (watch.test or watch.crash):
                        _test(stage, watch)
            except SystemExit as ended:
                watch.test, watch.message = "make generate", " ".join(str(ended.code).splitlines())
            except Exception as error:
                if not watch.test:
                    watch.crash = f"{type(error).__name__}: {error}"
    return Verdict(mutant.name, watch.test, watch.message, watch.crash, time.monotonic() - started)


def _test(stage: list[str], watch: _Watch) -> None:
    arguments = ["-x", "-q", "--tb=no", "-p", "no:cacheprovider", f"--rootdir={ROOT}"]
    arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    arguments += ["-W", "ignore::hypothesis.errors.HypothesisSideeffectWarning"]
    arguments += [f"--deselect={each}" for each in os.environ.get("WITHOUT", "").split()]
    status = pytest.main([*stage, *arguments], plugins=[watch])
    if status not in _ENDS and not watch.crash:
        watch.crash = f"pytest ended with {status!r}"


def warm_up() -> None:
    """Load what every process needs, so that none has to."""
    import hypothesis
    import openapi_python_client.cli  # noqa: F401
    import schemathesis.cli
    import schemathesis.pytest.plugin  # noqa: F401
    import uvicorn.protocols.http.httptools_impl  # noqa: F401

    import dataarts_auth  # noqa: F401
    import dataarts_mock._app
    import dataarts_mock._mock_server  # noqa: F401

    # To make a failing case small takes long, and only says again that there is one.
    hypothesis.settings.register_profile("mutants", phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate])
    hypothesis.settings.load_profile("mutants")
    assert "dataarts_client" not in sys.modules, "a mutant would not take its place"
