"""The pytest plugin: the fixture `dataarts_mock`.

A test that fails has a section in its report with what the mock was asked.

pytest loads this module in every environment it is installed in, so it imports nothing but pytest and what comes with
Python; what the mock stands on is imported when a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from ._extra import explain_missing

if TYPE_CHECKING:
    from ._mock_server import MockServer

_MOCK = pytest.StashKey["MockServer"]()
_FAILED = pytest.StashKey[bool]()


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
