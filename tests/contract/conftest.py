"""What the suite's tests share: the contract, and the server that is held to it."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from . import mock
from .caller import Caller
from .document import Document, Operation, find_document
from .records import Records, in_passing
from .target import Target, named_target, own_target

DOCUMENT = Document(find_document())
RECORDS = Records()
"""What was tried in this process."""


# Where runs are few, what needs few of them comes first.
_ORDER = ("registry", "runs", "credentials", "paths", "bodies", "encodings", "parameters", "headers", "lists")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put last what is one of many alike, so that where runs are few each rule is tried once before any is tried twice.

    What has to see all responses comes after that.
    """
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> tuple[bool, bool, int]:
    question = item.path.stem.removeprefix("test_")
    order = _ORDER.index(question) if question in _ORDER else len(_ORDER)
    return item.get_closest_marker("last") is not None, item.get_closest_marker("further") is not None, order


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Stop where the first failure is enough, also at what was wrong with a response in passing."""
    if os.environ.get("FAIL_FAST") and (wrong := in_passing(RECORDS)):
        item.session.shouldfail = wrong[0].title


@pytest.fixture(scope="session")
def document() -> Document:
    """Return the contract."""
    return DOCUMENT


@pytest.fixture(scope="session")
def records() -> Records:
    """Return where what was tried is kept."""
    return RECORDS


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """Give the server that `BASE_URL` names, or a mock on which every job exists."""
    if named := named_target():
        yield named
        return
    with mock.started("--any-job") as base_url:
        yield own_target(base_url, any_job=True)


@pytest.fixture(scope="session")
def _caller(target: Target, document: Document, records: Records) -> Iterator[Caller]:
    caller = Caller(target, document, records)
    yield caller
    caller.close()


@pytest.fixture(scope="session")
def _registry(_caller: Caller, document: Document, records: Records) -> Iterator[Caller]:
    if not _caller.target.own:
        yield _caller
        return
    with mock.started() as base_url:
        caller = Caller(own_target(base_url, any_job=False), document, records)
        yield caller
        caller.close()


def _named(caller: Caller, request: pytest.FixtureRequest) -> Caller:
    caller.test = request.node.nodeid
    caller.suite = "mock" if "mock_behaviour" in request.node.nodeid else "contract"
    return caller


@pytest.fixture
def caller(_caller: Caller, request: pytest.FixtureRequest) -> Caller:
    """Return what sends requests to the server."""
    return _named(_caller, request)


@pytest.fixture
def registry(_registry: Caller, request: pytest.FixtureRequest) -> Caller:
    """Return what sends requests to a server that does not have every job: the one that is named, or another mock."""
    return _named(_registry, request)


@pytest.fixture(params=DOCUMENT.operations, ids=lambda operation: operation.id)
def operation(request: pytest.FixtureRequest) -> Operation:
    """Return an operation of the contract."""
    chosen: Operation = request.param
    return chosen
