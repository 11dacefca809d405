"""What the tests of the mock's own behaviour share: mocks that were just started."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import mock
from tests.contract.caller import Caller
from tests.contract.document import Document
from tests.contract.records import Records
from tests.contract.target import own_target


@pytest.fixture
def fresh(document: Document, records: Records, request: pytest.FixtureRequest) -> Iterator[Caller]:
    """Give what sends requests to a mock that was just started, with the one job that is there to begin with."""
    with mock.started() as base_url:
        caller = Caller(own_target(base_url, any_job=False), document, records)
        caller.test, caller.suite = request.node.nodeid, "mock"
        yield caller
        caller.close()
