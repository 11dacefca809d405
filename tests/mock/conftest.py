"""Servers for the tests of the mock."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mock._process import running


@pytest.fixture(scope="session")
def mock_url() -> Iterator[str]:
    """A mock with its defaults, and one more job in a workspace."""
    with running("--job", "myJob", "--job", "作业", "--job", "other@ws1") as url:
        yield url


@pytest.fixture(scope="session")
def signed_url() -> Iterator[str]:
    """A mock with `myJob` and `other` in the workspace `ws1`."""
    with running("--job", "myJob@ws1", "--job", "myJob@ws2", "--job", "other@ws1") as url:
        yield url


@pytest.fixture
def only_plugins(monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """Load no plugin of this environment into a pytest run, for speed; and the arguments that load the mock's."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return ("-p", "dataarts_mock._pytest_plugin")
