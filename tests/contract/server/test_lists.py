"""Does a list hold what it is asked for: one page, of what matches every parameter?

The document says in words what the parameters of listJobInstances do; so they are named here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.caller import Caller
from tests.contract.cases import Case
from tests.contract.changes import nothing
from tests.contract.conftest import DOCUMENT
from tests.contract.connection import NotToBeHadError
from tests.contract.document import Operation
from tests.contract.exchange import Exchange, described
from tests.contract.server._tables import assert_fact, not_shown

LIST = DOCUMENT.operation("listJobInstances")
START = DOCUMENT.operation("runJobImmediately")
pytestmark = pytest.mark.skipif(LIST is None or START is None, reason="the document has no list of job instances")

_STARTED = 12
"""More than a page has if nothing is said."""
_DAY = 24 * 60 * 60 * 1000


def _list() -> Operation:
    assert LIST is not None
    return LIST


class Lists:
    """Asks for lists of the instances of one job."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        plain = caller.plain(START or _list())
        self.job = plain.path["job_name"]

    def page(self, **query: Any) -> tuple[Exchange, dict[str, Any]]:
        """Return a page and its JSON; `jobName` and `preciseQuery` name the job unless they are given."""
        request = self.caller.plain(_list())
        for name, value in {"jobName": self.job, "preciseQuery": True, **query}.items():
            parameter = next(each for each in _list().parameters if each.name == name)
            request = request.having_parameter(parameter, value)
        exchange = self.caller.raw(request)
        body = exchange.body
        if exchange.status != 200 or not isinstance(body, dict) or described(DOCUMENT, exchange):
            raise NotToBeHadError(f"the list is not as documented: {exchange.said}")
        return exchange, body


@pytest.fixture
def lists(registry: Caller) -> Lists:
    """Give what asks for lists, on a server that has some instances if it may be asked to start them."""
    assert START is not None
    made = Lists(registry)
    if registry.target.own or registry.target.runs.left > 100:
        try:
            for _ in range(max(0, _STARTED - made.page()[1]["total"])):
                registry.carried_out(START)
        except NotToBeHadError:
            pass  # What there is has to do.
    return made


def _case(place: str, rule: str, tried: str) -> Case:
    return Case(_list(), place, rule, tried, nothing)


def _default(name: str) -> Any:
    return next(each.schema.get("default") for each in _list().parameters if each.name == name)


@pytest.mark.parametrize("limit", [1, 2, 5, None])
def test_limit(limit: int | None, lists: Lists) -> None:
    """A page holds no more than `limit`, or its default, and all that it can."""
    most = _default("limit") if limit is None else limit
    case = _case("query limit", "the most on a page", f"limit = {limit}" if limit else "no limit")
    try:
        exchange, body = lists.page(limit=limit)
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    count, wanted = len(body["instances"]), min(most, body["total"])
    fault = None if count == wanted else f"{count} on the page, not {wanted}, of {body['total']} in all"

    assert_fact(lists.caller, case, exchange, fault)


def test_pages(lists: Lists) -> None:
    """Pages that follow each other hold everything once, and agree on how much there is."""
    case = _case("query offset", "the first on a page", "pages of 5")
    try:
        exchange, first = lists.page(limit=5)
        pages = [first] + [lists.page(limit=5, offset=offset)[1] for offset in (5, 10, 15)]
        again = lists.page(limit=5)[1]
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    if again["total"] != first["total"]:
        not_shown(lists.caller, case, "instances came while it was looked at")
    ids = [instance["instanceId"] for page in pages for instance in page["instances"]]
    wanted = min(20, first["total"])
    fault = None
    if len(set(ids)) != len(ids):
        fault = "an instance is on two pages"
    elif len(ids) != wanted:
        fault = f"{len(ids)} on four pages, not {wanted}, of {first['total']} in all"
    elif {page["total"] for page in pages} != {first["total"]}:
        fault = f"total is {', '.join(str(page['total']) for page in pages)} on pages of the same list"

    assert_fact(lists.caller, case, exchange, fault)


def test_beyond_the_end(lists: Lists) -> None:
    """Behind the last instance a page is empty, and still says how many there are."""
    case = _case("query offset", "the first on a page", "an offset behind the last")
    try:
        total = lists.page()[1]["total"]
        exchange, body = lists.page(offset=total + 1000)
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    fault = None
    if body["instances"] or body["total"] < total:
        fault = f"{len(body['instances'])} on the page, {body['total']} in all, of which there were {total}"

    assert_fact(lists.caller, case, exchange, fault)


Instance = dict[str, Any]
_FILTERS: dict[str, tuple[Callable[[Instance], Any], Callable[[Instance, Any], bool]]] = {
    "status": (lambda each: each["status"], lambda each, value: each["status"] == value),
    "instanceType": (lambda each: each.get("instanceType"), lambda each, value: each.get("instanceType") == value),
    "minPlanTime": (lambda each: each.get("planTime"), lambda each, value: each["planTime"] > value),
    "maxPlanTime": (lambda each: each.get("planTime"), lambda each, value: each["planTime"] < value),
}


@pytest.mark.parametrize("name", _FILTERS)
def test_filters(name: str, lists: Lists) -> None:
    """A list holds what matches, and nothing else; what does not match is not counted either."""
    read, matches = _FILTERS[name]
    case = _case(f"query {name}", "what matches", f"{name} of an instance that is there")
    try:
        everything = lists.page(limit=1000)[1]
        values = [value for each in everything["instances"] if (value := read(each)) is not None]
        if not values:
            not_shown(lists.caller, case, "there is no instance to ask for")
        value = sorted(values, key=str)[len(values) // 2]
        others = {} if not name.endswith("Time") else _window(name, value)
        exchange, body = lists.page(**{**others, name: value, "limit": 1000})
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    wrong = [each for each in body["instances"] if read(each) is not None and not matches(each, value)]
    fault = f"{name} = {value} also brings one with {read(wrong[0])}" if wrong else None
    if fault is None and not name.endswith("Time") and value not in map(read, body["instances"]):
        fault = f"{name} = {value} does not bring the instance that has it"
    assert_fact(lists.caller, case, exchange, fault)


def _window(name: str, value: int) -> dict[str, int]:
    """Return the other end of a window of planned times, which is no longer than a day."""
    return {"maxPlanTime": value + _DAY} if name == "minPlanTime" else {"minPlanTime": max(0, value - _DAY)}


@pytest.mark.parametrize("precise", [True, False, None])
def test_job_name(precise: bool | None, lists: Lists) -> None:
    """The job's name is the whole name if `preciseQuery` says so; otherwise it may be a part of it."""
    name = lists.job[:-1] or lists.job
    case = _case("query jobName", "what matches", f"a part of a name, preciseQuery = {precise}")
    try:
        if not lists.page()[1]["total"]:
            not_shown(lists.caller, case, "there is no instance to ask for")
        exchange, body = lists.page(jobName=name, preciseQuery=precise, limit=1000)
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    names = {each["jobName"] for each in body["instances"]}
    fault = None
    if wrong := {each for each in names if (each != name if precise else name not in each)}:
        fault = f"jobName = {name} also brings {wrong.pop()}"
    elif not precise and not names:
        fault = f"jobName = {name} does not bring {lists.job}"

    assert_fact(lists.caller, case, exchange, fault)


def test_job_that_is_not_there(lists: Lists) -> None:
    """The list for a job that is not there is empty."""
    case = _case("query jobName", "what matches", "a job that is not there")
    try:
        exchange, body = lists.page(jobName="no-such-job-of-any-case")
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    fault = f"it holds {body['total']}" if body["total"] or body["instances"] else None

    assert_fact(lists.caller, case, exchange, fault)


def test_what_was_started_is_listed(lists: Lists) -> None:
    """An instance that was just started is on the list of its job."""
    assert START is not None
    case = _case("response instances", "holds what was started", "an instance that was just started")
    try:
        started = lists.caller.carried_out(START)
        exchange, body = lists.page(limit=1000)
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    instance_id = started.body["instanceId"]
    listed = [each["instanceId"] for each in body["instances"]]
    if instance_id not in listed and not lists.caller.target.own:
        not_shown(lists.caller, case, "an instance may take a moment to appear, and more are there than a page holds")
    fault = None if instance_id in listed else f"{instance_id} is not on it"

    assert_fact(lists.caller, case, exchange, fault)
