"""A mock for clients to meet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.mock._process import running

WORKSPACE = "d1cd7861478748a6925bc02f47c69279"


@pytest.fixture(scope="session")
def url() -> Iterator[str]:
    """A mock with `myJob` and `作业` in the default workspace, and `other` in another one."""
    with running("--job", "myJob", "--job", "作业", "--job", f"other@{WORKSPACE}") as url:
        yield url
