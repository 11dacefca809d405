"""What the suite's tests share: the contract, and the server that is held to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from . import mock
from .document import Document, Operation, find_document
from .exchange import Caller
from .target import Target, named_target, own_target

DOCUMENT = Document(find_document())


@pytest.fixture(scope="session")
def document() -> Document:
    """Return the contract."""
    return DOCUMENT


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """Give the server that `BASE_URL` names, or a mock on which every job exists."""
    if named := named_target():
        yield named
        return
    with mock.started("--any-job") as base_url:
        yield own_target(base_url, any_job=True)


@pytest.fixture(scope="session")
def caller(target: Target, document: Document) -> Iterator[Caller]:
    """Give what sends requests to the server."""
    caller = Caller(target, document)
    yield caller
    caller.close()


@pytest.fixture
def fresh(target: Target, document: Document) -> Iterator[Caller]:
    """Give what sends requests to a mock that was just started, with the one job that is there to begin with."""
    if not target.own:
        pytest.skip("it needs a server that was just started")
    with mock.started() as base_url:
        caller = Caller(own_target(base_url, any_job=False), document)
        yield caller
        caller.close()


@pytest.fixture(params=DOCUMENT.operations, ids=lambda operation: operation.id)
def operation(request: pytest.FixtureRequest) -> Operation:
    """Return an operation of the contract."""
    chosen: Operation = request.param
    return chosen
