"""Does a list hold what it is asked for: one page, of what matches every parameter?

The document says in words what the parameters of listJobInstances do; so they are named here.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from tests.contract.caller import Caller
from tests.contract.cases import Case
from tests.contract.changes import nothing
from tests.contract.conftest import DOCUMENT
from tests.contract.connection import NotToBeHadError
from tests.contract.document import Operation, Parameter
from tests.contract.exchange import Exchange, Request, described
from tests.contract.server._tables import assert_fact, not_shown
from tests.contract.things import PAUSES, nowhere

LIST = DOCUMENT.operation("listJobInstances")
START = DOCUMENT.operation("runJobImmediately")
pytestmark = pytest.mark.skipif(LIST is None or START is None, reason="the document has no list of job instances")

_DAY = 24 * 60 * 60 * 1000


def _list() -> Operation:
    assert LIST is not None
    return LIST


def largest_page() -> int:
    """Return how many instances a page may hold."""
    return int(_list().parameter("limit").schema["maximum"])


class Lists:
    """Asks for lists of the instances of one job."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        plain = caller.plain(START or _list())
        self.job = plain.path["job_name"]
        self.project = plain.path["project_id"]

    def page(self, **query: Any) -> tuple[Exchange, dict[str, Any]]:
        """Return a page and its JSON; `jobName` and `preciseQuery` name the job unless they are given."""
        request = self.caller.plain(_list())
        for name, value in {"jobName": self.job, "preciseQuery": True, **query}.items():
            request = request.having_parameter(_list().parameter(name), value)
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
            more_than_a_page = _default("limit") + 2
            for _ in range(max(0, more_than_a_page - made.page()[1]["total"])):
                registry.carried_out(START)
        except NotToBeHadError:
            pass  # What there is has to do.
    return made


def _case(place: str, rule: str, tried: str) -> Case:
    return Case(_list(), place, rule, tried, nothing)


def _default(name: str) -> Any:
    return _list().parameter(name).schema.get("default")


def test_total(lists: Lists) -> None:
    """There are as many instances as `total` says, whatever the limit."""
    case = _case("response total", "how many there are", "the largest page, and the smallest")
    smallest = int(_list().parameter("limit").schema["minimum"])
    try:
        before = lists.page(limit=largest_page())[1]
        exchange, body = lists.page(limit=smallest)
        after = lists.page(limit=largest_page())[1]
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    if len(before["instances"]) <= smallest:
        not_shown(lists.caller, case, "there are not enough instances")
    low, high = sorted((before["total"], after["total"]))  # Others may start some meanwhile.
    fault = None
    if not low <= body["total"] <= high:
        fault = f"total is {body['total']} with a limit of {smallest}, and {high} with one of {largest_page()}"
    elif len(after["instances"]) < largest_page() and len(after["instances"]) != after["total"]:
        fault = f"total is {after['total']}, and {len(after['instances'])} are on a page that would hold more"

    assert_fact(lists.caller, case, exchange, fault)


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


def test_last_page(lists: Lists) -> None:
    """An offset counts instances: one less than there are leaves the last one."""
    case = _case("query offset", "the first on a page", "an offset of one less than there are")
    try:
        total = lists.page()[1]["total"]
        exchange, body = lists.page(offset=max(0, total - 1), limit=5)
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    if body["total"] != total:
        not_shown(lists.caller, case, "instances came while it was looked at")
    count = len(body["instances"])
    fault = None if count == min(1, total) else f"{count} on the page behind {max(0, total - 1)} of {total}"

    assert_fact(lists.caller, case, exchange, fault)


def test_beyond_the_end(lists: Lists) -> None:
    """Behind the last instance a page is empty, and still says how many there are."""
    case = _case("query offset", "the first on a page", "an offset behind the last")
    try:
        total = lists.page()[1]["total"]
        exchange, body = lists.page(offset=total + largest_page())
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    fault = None
    if body["instances"] or body["total"] < total:
        fault = f"{len(body['instances'])} on the page, {body['total']} in all, of which there were {total}"

    assert_fact(lists.caller, case, exchange, fault)


Instance = dict[str, Any]


def _property(name: str) -> str:
    """Return the property of an instance that a parameter is about."""
    return "planTime" if name.endswith("PlanTime") else name


def _matches(name: str, instance: Instance, value: Any) -> bool | None:
    """Return whether an instance is what a parameter asks for; None if it does not say."""
    has = instance.get(_property(name))
    if has is None:
        return None
    return {"minPlanTime": has > value, "maxPlanTime": has < value}.get(name, has == value) if value != "" else None


def _values(name: str, everything: list[Instance]) -> list[Any]:
    """Return what to ask for: each value that there may be, or one that some instances have."""
    schema = next(each.schema for each in _list().parameters if each.name == name)
    if "enum" in schema:
        return list(schema["enum"])
    found = sorted({each["planTime"] for each in everything if each.get("planTime") is not None})
    return found[len(found) // 2 :][:1]


@pytest.mark.parametrize("name", ["status", "instanceType", "minPlanTime", "maxPlanTime"])
def test_filters(name: str, lists: Lists) -> None:
    """A list holds what matches, all of it, and nothing else; what does not match is not counted either."""
    case = _case(f"query {name}", "what matches", f"{name} of an instance that is there, and others")
    fault, exchange, values = None, None, []
    try:
        for value in (values := _values(name, lists.page(limit=largest_page())[1]["instances"])):
            others = {} if _property(name) == name else _window(name, value)
            before = lists.page(limit=largest_page())[1]
            exchange, body = lists.page(**{**others, name: value, "limit": largest_page()})
            fault = _fault(name, value, before, body)
            if fault is not None:
                break
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    if not values:
        not_shown(lists.caller, case, "there is no instance to ask for")
    assert_fact(lists.caller, case, exchange, fault)


def _fault(name: str, value: Any, before: dict[str, Any], body: dict[str, Any]) -> str | None:
    """Return what is wrong with a list of what matches, given the list of everything just before."""
    for each in body["instances"]:
        if _matches(name, each, value) is False:
            return f"{name} = {value} also brings one with {each[_property(name)]}"
    if body["total"] > len(body["instances"]) and len(body["instances"]) < largest_page():
        return f"{name} = {value} brings {len(body['instances'])}, and says that there are {body['total']}"
    listed = {each["instanceId"] for each in body["instances"]}
    is_all = before["total"] == len(before["instances"])
    for each in before["instances"] if is_all else []:
        # A state may be another one by now, but for those that are final.
        moves = name == "status" and value not in _final_states()
        if not moves and _matches(name, each, value) and each["instanceId"] not in listed:
            return f"{name} = {value} does not bring the instance with {each[_property(name)]}"
    return None


def _final_states() -> set[str]:
    """Return the states in which an instance stays."""
    schema = next(each.schema for each in _list().parameters if each.name == "status")
    return {state for states in schema.get("x-final-states", {}).values() for state in states}


def _window(name: str, value: int) -> dict[str, int]:
    """Return the other end of a window of planned times, which is no longer than a day."""
    return {"maxPlanTime": value + _DAY} if name == "minPlanTime" else {"minPlanTime": max(0, value - _DAY)}


def _masked(sign: str, name: str) -> str:
    """Return a name with a sign in the place of another character, which is as near to the middle as can be."""
    middle = len(name) // 2
    others = [index for index, each in enumerate(name) if each != sign]
    index = min(others, key=lambda index: abs(index - middle), default=middle)
    return name[:index] + sign + name[index + 1 :]


_PARTS: dict[str, Callable[[str], str]] = {
    "the name": lambda name: name,
    "the beginning of the name": lambda name: name[:-1] or name,
    "the end of the name": lambda name: name[1:] or name,
    "the name in other capitals": str.swapcase,
    "the name behind a space": lambda name: f" {name}",
    "the name before a space": lambda name: f"{name} ",
    **{f"the name with {sign} for a character": partial(_masked, sign) for sign in "_%*.?"},
}


@pytest.mark.parametrize("precise", [True, False, None])
@pytest.mark.parametrize("about", _PARTS)
def test_job_name(about: str, precise: bool | None, lists: Lists) -> None:
    """The job's name is the whole name if `preciseQuery` says so; otherwise it may be a part of it, but no pattern."""
    name = _PARTS[about](lists.job)
    case = _case("query jobName", "what matches", f"{about}, preciseQuery = {precise}")
    try:
        if not lists.page()[1]["total"]:
            not_shown(lists.caller, case, "there is no instance to ask for")
        exchange, body = lists.page(jobName=name, preciseQuery=precise, limit=largest_page())
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    names = {each["jobName"] for each in body["instances"]}
    fault = None
    if wrong := {each for each in names if (each != name if precise else name not in each)}:
        fault = f"jobName = {name} also brings {wrong.pop()}"
    elif (name == lists.job if precise else name in lists.job) and lists.job not in names and not _is_full(body):
        fault = f"jobName = {name} does not bring {lists.job}"

    assert_fact(lists.caller, case, exchange, fault)


def _is_full(body: dict[str, Any]) -> bool:
    """Return whether there is more than a page has."""
    return bool(body["total"] > len(body["instances"]))


_FILTERS = ("jobName", "status", "instanceType", "minPlanTime", "maxPlanTime")


def _with_zero() -> Iterator[str]:
    """Give the filters that may be 0."""
    for parameter in LIST.parameters if LIST else ():
        if parameter.name in _FILTERS and DOCUMENT.violation(parameter.schema, 0) is None:
            yield parameter.name


@pytest.mark.parametrize("name", list(_with_zero()))
def test_zero(name: str, lists: Lists) -> None:
    """A filter that is 0 is not left out: what does not match it is not listed."""
    case = _case(f"query {name}", "what matches", f"{name} = 0")
    query: dict[str, Any] = {name: 0}
    if name == "maxPlanTime":
        query["minPlanTime"] = 0
    elif name == "minPlanTime":
        query["maxPlanTime"] = _longest_window()
    try:
        if not lists.page()[1]["total"]:
            not_shown(lists.caller, case, "there is no instance to ask for")
        exchange, body = lists.page(**query)
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))

    assert_fact(lists.caller, case, exchange, _mismatch(query, body["instances"]))


def _mismatch(query: dict[str, Any], instances: list[Instance]) -> str | None:
    """Return what is wrong with instances that are listed, but do not match all of a query."""
    asked = {name: value for name, value in query.items() if name in _FILTERS and value is not None}
    words = ", ".join(f"{name} = {value}" for name, value in asked.items())
    for each in instances:
        for name, value in asked.items():
            if _matches(name, each, value) is False:
                return f"{words} brings one with the {_property(name)} {each[_property(name)]}"
    return None


def _longest_window() -> int:
    """Return how far apart two times of a query may be."""
    return int(_list().node.get("x-max-window-milliseconds", _DAY))


def _one_to_ask_for(lists: Lists) -> Instance:
    """Return an instance of which the list says what filters ask for, one that stays as it is if there is one.

    Raises:
        NotToBeHadError: There is none.
    """
    everything: list[Instance] = lists.page(limit=largest_page())[1]["instances"]
    known = [each for each in everything if None not in (each.get("planTime"), each.get("instanceType"))]
    if not known:
        raise NotToBeHadError("there is no instance of which the list says when it was planned and how it came to be")
    return next((each for each in known if each["status"] in _final_states()), known[0])


def _around(instance: Instance) -> dict[str, int]:
    """Return the shortest window of planned times that holds an instance."""
    return {"minPlanTime": max(0, instance["planTime"] - 1), "maxPlanTime": instance["planTime"] + 1}


def _is_on(instance: Instance, body: dict[str, Any]) -> bool:
    return any(each["instanceId"] == instance["instanceId"] for each in body["instances"])


_HOUR = 60 * 60 * 1000


@pytest.mark.parametrize("end", ["begins", "ends"])
def test_longest_window(end: str, lists: Lists) -> None:
    """A window of planned times may be as long as is said, and brings what is at either end of it."""
    about = (
        f"the longest window, which {end} an hour {'before' if end == 'begins' else 'after'} an instance was planned"
    )
    case = _case("query minPlanTime", "the longest window", about)
    try:
        instance = _one_to_ask_for(lists)
        planned, longest = instance["planTime"], _longest_window()
        first = planned - _HOUR if end == "begins" else max(0, planned + _HOUR - longest)
        exchange, body = lists.page(minPlanTime=first, maxPlanTime=first + longest, limit=largest_page())
        if not _is_on(instance, lists.page(**_around(instance), limit=largest_page())[1]):
            not_shown(lists.caller, case, "the instance is not listed by itself, either")
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    if not _is_on(instance, body) and _is_full(body):
        not_shown(lists.caller, case, "more are there than a page holds")
    fault = None if _is_on(instance, body) else f"it does not bring the instance that was planned at {planned}"

    assert_fact(lists.caller, case, exchange, fault)


def _others(name: str, instance: Instance) -> Any:
    """Return a value of a filter that an instance does not match, although it is as near as can be."""
    if name == "jobName":
        return f"{instance['jobName']}0"
    if _property(name) == "planTime":
        return instance["planTime"]
    schema = next(each.schema for each in _list().parameters if each.name == name)
    return next(each for each in schema["enum"] if each != instance[name])


@pytest.mark.parametrize("wrong", _FILTERS)
def test_several_filters(wrong: str, lists: Lists) -> None:
    """An instance is listed only if it matches every filter: of each two, one that it does not match is enough."""
    case = _case("query", "what matches every parameter", f"{wrong} of no such instance, beside another filter")
    fault, exchange, shown = None, None, 0
    try:
        instance = _one_to_ask_for(lists)
        around = _around(instance)
        for right in (name for name in _FILTERS if name != wrong):
            # The name is given only where it is asked for; so is preciseQuery, which is about it.
            query = {"jobName": None, "preciseQuery": None, **around, "limit": largest_page()}
            query |= {} if right in around else {right: instance[right]}
            query |= {"preciseQuery": True} if "jobName" in (right, wrong) else {}
            body = lists.page(**query)[1]
            if _is_full(body) or not _is_on(instance, body):
                continue  # Where it is not listed anyway, nothing is shown.
            shown += 1
            query[wrong] = _others(wrong, instance)
            exchange, body = lists.page(**query)
            fault = fault or _mismatch(query, body["instances"])
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    if not shown:
        not_shown(lists.caller, case, "the instance is not listed by itself, or more are there than a page holds")
    assert_fact(lists.caller, case, exchange, fault)


def _have_one_ended(caller: Caller, everything: list[Instance]) -> None:
    """Look at an instance until it has ended, if there is none that has."""
    show = DOCUMENT.operation("showJobInstance")
    for pause in PAUSES if show else ():
        if any(each.get("status") in _final_states() for each in everything):
            break
        assert show is not None
        shown = caller.carried_out(show).body
        everything = [shown] if isinstance(shown, dict) else []
        time.sleep(0 if caller.target.own else pause)


@pytest.mark.parametrize("name", ["status", "instanceType"])
def test_filters_come_before_pages(name: str, lists: Lists) -> None:
    """A page is one of what matches: what matches is on the smallest page, even if something else is newer."""
    case = _case(f"query {name}", "what matches is what is on the pages", f"each {name} that is there, and limit = 1")
    fault, exchange = None, None
    try:
        everything = lists.page(limit=largest_page())[1]["instances"]
        if name == "status":
            assert START is not None
            _have_one_ended(lists.caller, everything)
            everything = lists.page(limit=largest_page())[1]["instances"]
            if len({each["status"] for each in everything}) == 1:
                lists.caller.carried_out(START)  # Something newer, which has not ended yet.
        values = {each[name] for each in everything if each.get(name) is not None}
        for value in sorted(values & _final_states() if name == "status" else values):
            before = lists.page(**{name: value, "limit": largest_page()})[1]
            exchange, body = lists.page(**{name: value, "limit": 1})
            after = lists.page(**{name: value, "limit": largest_page()})[1]
            stayed = any(_is_on(each, after) for each in before["instances"])
            if stayed and not body["instances"]:
                fault = fault or f"{name} = {value} brings none with limit = 1, and {len(after['instances'])} without"
            fault = fault or _mismatch({name: value}, body["instances"])
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    if exchange is None:
        not_shown(lists.caller, case, "there is no instance to ask for")
    assert_fact(lists.caller, case, exchange, fault)


def test_names_of_parameters(lists: Lists) -> None:
    """A parameter is not found under its name in other capitals: what is sent so is ignored, or refused."""
    case = _case("query", "name", "parameters in other capitals, with what would leave the list empty")
    try:
        total = lists.page()[1]["total"]
        if not total:
            not_shown(lists.caller, case, "there is no instance to ask for")
        fault, exchange = None, None
        for name, value in {"limit": 1, "offset": total, "jobName": "no-such-job", "maxPlanTime": 1}.items():
            for other in {name.lower(), name.upper()} - {name}:
                request = lists.caller.plain(_list()).having(query=((other, str(value)),))
                exchange = lists.caller.raw(request)
                body = exchange.body if isinstance(exchange.body, dict) else {}
                plain = lists.caller.raw(lists.caller.plain(_list())).body or {}
                if exchange.status == 200 and len(body["instances"]) < len(plain["instances"]):
                    fault = fault or f"{other} = {value} is taken for {name}"
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    assert_fact(lists.caller, case, exchange, fault)


_SHARED = [each for each in LIST.parameters if each in START.parameters] if LIST and START else []
"""What both say that start instances and list them: where they are."""


@pytest.mark.parametrize("parameter", _SHARED, ids=lambda parameter: parameter.name)
def test_elsewhere(parameter: Parameter, lists: Lists) -> None:
    """What was started in one project or workspace is not on the list of another one, asked for right afterwards."""
    case = _case(parameter.place, "what matches", f"a {parameter.name} of nobody")
    try:
        here, body = lists.page(limit=largest_page())
        exchange = lists.caller.raw(here.request.having_parameter(parameter, nowhere(parameter)))
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    missing = DOCUMENT.not_found(exchange.request.operation).get(exchange.code)
    if exchange.status >= 400 and missing != parameter:
        not_shown(lists.caller, case, f"it is refused: {exchange.said}")
    there = exchange.body if isinstance(exchange.body, dict) else {}
    both = {each["instanceId"] for each in body["instances"]}
    both &= {each.get("instanceId") for each in there.get("instances", ())}
    fault = f"it holds {both.pop()}, which was started with another {parameter.name}" if both else None

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
    """An instance that is shown is on the list of its job."""
    show = DOCUMENT.operation("showJobInstance")
    case = _case("response instances", "holds what was started", "an instance that was just started")
    if show is None:
        not_shown(lists.caller, case, "the document has no way to show it")
    listed: list[int] = []
    try:
        shown = lists.caller.carried_out(show, fresh=True).body
        planned = shown.get("planTime")
        window = {} if planned is None else {"minPlanTime": max(0, planned - 1), "maxPlanTime": planned + 1}
        for pause in PAUSES:
            exchange, body = lists.page(**window, limit=largest_page())
            listed = [each["instanceId"] for each in body["instances"]]
            if shown["instanceId"] in listed:
                break
            time.sleep(0 if lists.caller.target.own else pause)
    except NotToBeHadError as error:
        not_shown(lists.caller, case, str(error))
    if shown["instanceId"] not in listed and _is_full(body):
        not_shown(lists.caller, case, "more are there than a page holds")
    fault = None if shown["instanceId"] in listed else f"{shown['instanceId']} is not on it, but is shown"

    assert_fact(lists.caller, case, exchange, fault)


_ENDING = [each for each in DOCUMENT.operations if "x-resulting-state" in each.node]


@pytest.mark.parametrize("operation", _ENDING, ids=lambda operation: operation.id)
def test_what_was_stopped_is_listed(operation: Operation, lists: Lists) -> None:
    """What an operation has brought to a final state is listed still, also by that state."""
    state = operation.node["x-resulting-state"]
    case = _case(
        "response instances", "holds what has ended", f"an instance after {operation.id}, in the state {state}"
    )
    caller = lists.caller
    try:
        request = caller.in_allowed_state(operation)
        answer = caller.count_and_send(request, allowed=True)
        if answer.status >= 300:
            not_shown(caller, case, f"{operation.id} was refused: {answer.said}")
        instance = _come_to(caller, request, answer, state)
        for query in ({}, {"status": state}):
            # One that others ran at the same time may be there, too.
            window = {} if instance.get("planTime") is None else _around(instance)
            for pause in PAUSES:
                exchange, body = lists.page(**query, **window, limit=largest_page())
                if _is_on(instance, body):
                    break
                time.sleep(0 if caller.target.own else pause)
            if not _is_on(instance, body) and _is_full(body):
                not_shown(caller, case, "more are there than a page holds")
            if not _is_on(instance, body):
                words = " with that filter" if query else ""
                fault = f"{instance['instanceId']} is shown in the state {state}, and is not listed{words}"
                break
        else:
            fault = None
    except NotToBeHadError as error:
        not_shown(caller, case, str(error))
    assert_fact(caller, case, exchange, fault)


def _come_to(caller: Caller, request: Request, answer: Exchange, state: str) -> Instance:
    """Look at what was stopped until it is in a state, and return it.

    Raises:
        NotToBeHadError: There is no way to look at it, or it does not come to the state.
    """
    for link in request.operation.success.links:
        look = DOCUMENT.operation(link.operation)
        if look is None or not look.is_safe:
            continue
        for pause in PAUSES:
            shown: Any = caller.seen(caller.following(link, look, answer)).body
            if isinstance(shown, dict) and shown.get("status") == state and "instanceId" in shown:
                return shown
            time.sleep(0 if caller.target.own else pause)
    raise NotToBeHadError(f"what it is about does not come to the state {state}")
