"""The pytest plugin: the fixture `dataarts_mock`, and the option `--dataarts-coverage`.

A test that fails has a section in its report with what the mock was asked.

`pytest --dataarts-coverage` ends with a table of what the tests have met of the contract, and what not: operations,
statuses and error codes of their responses, states of instances, and limits, each of which is met by a value just at
it or beyond it. It counts what goes to any mock in the process of the tests, those of the fixture and others; with
pytest-xdist, of all workers together. It changes no test's outcome, nor the exit status.

pytest loads this module in every environment it is installed in, so it imports nothing but pytest and what comes with
Python; what the mock stands on is imported when a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from ._extra import explain_missing

if TYPE_CHECKING:
    from ._coverage import Met
    from ._mock_server import MockServer

_MOCK = pytest.StashKey["MockServer"]()
_FAILED = pytest.StashKey[bool]()
_MET: pytest.StashKey[Met] = pytest.StashKey()
_OPTION = "--dataarts-coverage"
_OUTPUT = "dataarts_coverage"
"""Under which name a worker of pytest-xdist sends what it has counted."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option."""
    group = parser.getgroup("dataarts_mock", "the mock of DataArts Studio")
    group.addoption(
        _OPTION,
        action="store_true",
        help="show at the end what the tests have met of the contract at the mock, and what not",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to count, if that is asked for."""
    if not config.getoption(_OPTION):
        return
    try:
        from . import _coverage
    except ModuleNotFoundError as error:
        raise pytest.UsageError(explain_missing(_OPTION, error)) from None
    config.stash[_MET] = met = _coverage.Met()
    met.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop to count."""
    if met := config.stash.get(_MET, None):
        met.stop()


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Send what a worker of pytest-xdist has counted to the process that reports."""
    met = session.config.stash.get(_MET, None)
    output = getattr(session.config, "workeroutput", None)
    if met and output is not None:
        output[_OUTPUT] = met.to_list()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Add what a worker of pytest-xdist has counted."""
    if met := node.config.stash.get(_MET, None):
        met.add(getattr(node, "workeroutput", {}).get(_OUTPUT, ()))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Show what the tests have met of the contract."""
    met = config.stash.get(_MET, None)
    if met is None:
        return
    from ._coverage import read_stated
    from ._coverage_table import table

    terminalreporter.write_sep("=", "contract coverage")
    for line in table(read_stated(), met.counts):
        terminalreporter.write_line(line.text, **({line.mark: True} if line.mark else {}))


@pytest.fixture(scope="session")
def _dataarts_mock_server() -> Iterator[MockServer]:
    missing = None
    try:
        from ._mock_server import MockServer
    except ModuleNotFoundError as error:
        missing = explain_missing("The fixture dataarts_mock", error)
    if missing is not None:
        pytest.fail(missing, pytrace=False)
    with MockServer() as server:
        yield server


@pytest.fixture
def dataarts_mock(_dataarts_mock_server: MockServer, request: pytest.FixtureRequest) -> Iterator[MockServer]:
    """The mock of the service, on a free port of this machine; each test finds it as new.

    There is one server for the session (with pytest-xdist, for each worker). It knows the job `myJob` in the default
    workspace. `dataarts_mock.MockServer` is what it is, and says what it can do.

    A test that passes although a fault of `fail_next` has met no request fails in the end, unless it sets
    `dataarts_mock.allow_unmet_faults`.
    """
    mock = _dataarts_mock_server
    mock.reset()
    mock.allow_unmet_faults = False
    request.node.stash[_MOCK] = mock
    yield mock
    if request.node.stash.get(_FAILED, False) or mock.allow_unmet_faults:
        return
    with suppress(RuntimeError):  # A test has stopped it.
        if unmet := mock.unmet_faults:
            pytest.fail(
                f"fail_next: no request has met {', nor '.join(unmet)}; "
                "dataarts_mock.allow_unmet_faults = True lets that pass",
                pytrace=False,
            )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what the mock was asked to the report of a test that failed."""
    report = yield
    if report.failed:
        item.stash[_FAILED] = True
        if mock := item.stash.get(_MOCK, None):
            with suppress(RuntimeError):
                report.sections.append(("dataarts_mock", mock.describe()))
    return report
