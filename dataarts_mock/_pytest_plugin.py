"""The pytest plugin: the fixture `dataarts_mock`.

pytest loads this module in every environment it is installed in, so it imports nothing but pytest and what comes with
Python; what the mock stands on is imported when a test asks for the fixture.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ._mock_server import MockServer


@pytest.fixture(scope="session")
def _dataarts_mock_server() -> Iterator[MockServer]:
    missing = None
    try:
        from ._mock_server import MockServer
    except ModuleNotFoundError as error:
        missing = error.name
    if missing is not None:
        pytest.fail(
            f"The fixture dataarts_mock needs {missing.partition('.')[0]}, which comes with an extra: "
            "pip install 'dataarts-client[mock]'",
            pytrace=False,
        )
    with MockServer() as server:
        yield server


@pytest.fixture
def dataarts_mock(_dataarts_mock_server: MockServer) -> MockServer:
    """The mock of the service, on a free port of this machine; each test finds it as new.

    There is one server for the session (with pytest-xdist, for each worker). It knows the job `myJob` in the default
    workspace. `dataarts_mock.MockServer` is what it is, and says what it can do.
    """
    _dataarts_mock_server.reset()
    return _dataarts_mock_server
