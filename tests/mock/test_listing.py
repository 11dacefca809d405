"""Does the mock list its instances by every filter, page by page, however many there are?"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import FrameType
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from dataarts_auth import TokenAuth
from dataarts_client import Client
from dataarts_client.api.instances import list_job_instances, show_job_instance, stop_job_instance
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.errors import BadRequest
from dataarts_mock import MockServer, create_app
from tests.mock._http import NO_TLS, TOKEN

PROJECT = "p1"
LIST = f"/v1/{PROJECT}/jobs/instances/detail"
HOUR = 3_600_000
DAY = 24 * HOUR
MANY = 100_000


@pytest.fixture
def client(dataarts_mock: MockServer) -> Iterator[Client]:
    """A client of the mock, whose clock stands still."""
    dataarts_mock.freeze()
    with dataarts_mock.client(auth=TokenAuth(dataarts_mock.renew_token)) as client:
        yield client


def run(client: Client, job: str = "myJob", workspace: str | None = None, project: str = PROJECT) -> int:
    """Run a job, and return the instance ID."""
    return run_job_immediately.sync(project, job, client=client, workspace=workspace).instance_id


def ids(client: Client, **query: Any) -> tuple[int, list[int]]:
    """List instances: the total, and the IDs of the page."""
    page = list_job_instances.sync(PROJECT, client=client, **query)
    return page.total, [each.instance_id for each in page.instances]


def now(mock: MockServer) -> int:
    """Return the mock's time in milliseconds."""
    clock = httpx.get(f"{mock.url}/__mock__/clock", verify=NO_TLS).json()
    return milliseconds(datetime.fromisoformat(clock["now"]))


def milliseconds(time: datetime) -> int:
    """Return the whole milliseconds since 1970."""
    return (time - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def test_page_is_the_newest_first(client: Client) -> None:
    """Without a query the ten newest instances are listed, the newest first, with the total of all."""
    started = [run(client) for _ in range(12)]

    assert ids(client) == (12, started[:1:-1])
    assert ids(client, limit=3) == (12, started[:8:-1])
    assert ids(client, offset=10) == (12, started[1::-1])
    assert ids(client, offset=12) == (12, [])


def test_defaults_are_applied_and_recorded(dataarts_mock: MockServer, client: Client) -> None:
    """A parameter of the query that is left out has its default, also in the journal."""
    ids(client)

    assert dataarts_mock.requests[-1].parameters == {
        "project_id": PROJECT,
        "workspace": None,
        "jobName": None,
        "minPlanTime": None,
        "maxPlanTime": None,
        "limit": 10,
        "offset": 0,
        "status": None,
        "instanceType": None,
        "preciseQuery": False,
    }


def test_instances_are_listed_where_they_were_started(dataarts_mock: MockServer, client: Client) -> None:
    """A list holds the instances of one project and one workspace; an unknown workspace is refused."""
    dataarts_mock.add_job("myJob", "ws1")
    default, elsewhere, other = run(client), run(client, workspace="ws1"), run(client, project="p2")

    assert ids(client) == (1, [default])
    assert ids(client, workspace="ws1") == (1, [elsewhere])
    assert [each.instance_id for each in list_job_instances.sync("p2", client=client).instances] == [other]
    with pytest.raises(BadRequest, match=r"DLF\.0819"):
        ids(client, workspace="ws9")


def test_name_matches_in_part_or_precisely(dataarts_mock: MockServer, client: Client) -> None:
    """A jobName is a part of the name, or all of it with preciseQuery; instances of several jobs are in one order."""
    for name in ("load", "load_daily", "reload", "sync"):
        dataarts_mock.add_job(name)
    started = {name: run(client, name) for name in ("load", "sync", "reload", "load_daily")}
    load, sync, reload, daily = started.values()

    assert ids(client, job_name="load") == (3, [daily, reload, load])
    assert ids(client, job_name="load", precise_query=False) == (3, [daily, reload, load])
    assert ids(client, job_name="load", precise_query=True) == (1, [load])
    assert ids(client, job_name="load", limit=1, offset=1) == (3, [reload])
    assert ids(client, job_name="load", limit=2, offset=2) == (3, [load])
    assert ids(client, job_name="Load") == (0, [])
    assert ids(client, job_name="s") == (1, [sync])


def test_status_is_the_present_one(dataarts_mock: MockServer, client: Client) -> None:
    """The filter by status, and the status listed, are those of now, by looks, by the clock, by stops and by hand."""
    dataarts_mock.add_job("timed", states=("waiting", "running", "fail"), seconds=10)
    first, second, timed = run(client), run(client), run(client, "timed")
    before = ids(client, status="waiting")
    show_job_instance.sync(PROJECT, "myJob", first, client=client)
    show_job_instance.sync(PROJECT, "myJob", first, client=client)
    looked = ids(client, status="running")
    dataarts_mock.advance(10)
    advanced = ids(client, status="running")
    stop_job_instance.sync(PROJECT, "timed", timed, client=client)
    dataarts_mock.advance(1000)
    dataarts_mock.set_state(second, "pause")
    listed = {each.instance_id: each.status for each in list_job_instances.sync(PROJECT, client=client).instances}

    assert before == (3, [timed, second, first])
    assert looked == (1, [first])
    assert advanced == (2, [timed, first])
    assert ids(client, status="fail") == (0, [])
    assert listed == {first: "running", second: "pause", timed: "manual-stop"}
    assert ids(client, status="pause", job_name="myJob", precise_query=True) == (1, [second])


def test_to_list_is_no_look(client: Client) -> None:
    """Listing an instance leads it to no other state."""
    started = run(client)
    for _ in range(5):
        ids(client)

    assert show_job_instance.sync(PROJECT, "myJob", started, client=client).status == "waiting"


def test_type_is_manual(client: Client) -> None:
    """Instances that were executed immediately are of type 2, and of no other."""
    started = run(client)

    assert ids(client, instance_type=2) == (1, [started])
    assert [ids(client, instance_type=each)[0] for each in (0, 5, 6, 7)] == [0] * 4


def test_late_instance_is_listed_when_it_is_there(dataarts_mock: MockServer, client: Client) -> None:
    """An instance that appears late is not listed before, and then stands where it was started."""
    dataarts_mock.add_job("late", appears_after=5)
    late, prompt = run(client, "late"), run(client)
    before = ids(client)
    dataarts_mock.advance(5)

    assert before == (1, [prompt])
    assert ids(client) == (2, [prompt, late])


def test_times_are_exclusive(dataarts_mock: MockServer, client: Client) -> None:
    """Both minPlanTime and maxPlanTime exclude what was planned at them."""
    started = []
    for _ in range(3):
        started.append((run(client), now(dataarts_mock)))
        dataarts_mock.advance(1)
    (first, _), (second, time), (third, _) = started

    assert ids(client, min_plan_time=time - 1000, max_plan_time=time + 1000) == (1, [second])
    assert ids(client, min_plan_time=time) == (1, [third])
    assert ids(client, min_plan_time=time - 1) == (2, [third, second])
    assert ids(client, min_plan_time=time - 2000, max_plan_time=time) == (1, [first])
    assert ids(client, min_plan_time=time - 2000, max_plan_time=time + 1) == (2, [second, first])
    assert ids(client, min_plan_time=time + 1000, max_plan_time=time - 1000) == (0, [])


def test_window_is_today_unless_given(dataarts_mock: MockServer, client: Client) -> None:
    """Without times only today's instances are listed; with a minimum older ones too."""
    old, time = run(client), now(dataarts_mock)
    dataarts_mock.advance((DAY - time % DAY) / 1000)
    at_midnight = run(client)

    assert ids(client) == (1, [at_midnight])
    assert ids(client, min_plan_time=time - 1) == (2, [at_midnight, old])
    assert ids(client, max_plan_time=time + 1) == (0, [])


def test_window_is_no_longer_than_three_days(
    dataarts_mock: MockServer, client: Client, document: dict[str, Any]
) -> None:
    """Of a longer window than the contract allows, the instances of its end are listed."""
    window = document["paths"]["/v1/{project_id}/jobs/instances/detail"]["get"]["x-max-window-milliseconds"]
    old, time = run(client), now(dataarts_mock)
    dataarts_mock.advance(4 * DAY / 1000)
    new = run(client)

    assert ids(client, min_plan_time=time - HOUR) == (1, [new])
    assert ids(client, min_plan_time=time - HOUR, max_plan_time=time + 400 * DAY) == (1, [new])
    assert ids(client, min_plan_time=time - HOUR, max_plan_time=time - 1 + window) == (1, [old])
    assert ids(client, min_plan_time=time - HOUR, max_plan_time=time + window) == (0, [])


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("limit=0", "limit: less than 1"),
        ("limit=1001", "limit: greater than 1000"),
        ("limit=ten", "limit: not of type integer"),
        ("offset=-1", "offset: less than 0"),
        ("offset=2147483648", "offset: greater than 2147483647"),
        ("minPlanTime=-1", "minPlanTime: less than 0"),
        ("maxPlanTime=9223372036854775808", "maxPlanTime: greater than 9223372036854775807"),
        ("status=failed", "status: not one of waiting, running, success, fail"),
        ("instanceType=1", "instanceType: not one of 0, 2, 5, 6, 7"),
        ("preciseQuery=yes", "preciseQuery: not of type boolean"),
        ("jobName=", "jobName: empty"),
        ("jobName=" + "a" * 258, "jobName: longer than 257 characters"),
    ],
)
def test_query_that_breaks_a_rule_is_refused(dataarts_mock: MockServer, query: str, detail: str) -> None:
    """A parameter of the query that breaks its rule is DLF.3051 with field and rule."""
    refused = httpx.get(f"{dataarts_mock.url}{LIST}?{query}", headers=TOKEN, verify=NO_TLS)

    assert (refused.status_code, refused.json()["error_code"]) == (400, "DLF.3051")
    assert refused.json()["error_msg"].startswith(f"The request parameter is invalid. {detail}")


def test_every_combination_agrees_with_a_plain_search(dataarts_mock: MockServer, client: Client) -> None:
    """After starts, looks, changes and times gone by, each combination of filters lists what a plain search finds."""
    chance = random.Random(12)
    jobs = ["a", "ab", "b", "timed", "late"]
    for name in jobs:
        options: dict[str, Any] = {"timed": {"seconds": 7}, "late": {"appears_after": 30}}.get(name, {})
        dataarts_mock.add_job(name, states=("waiting", "running", "success"), **options)
    for _ in range(150):
        dataarts_mock.advance(chance.choice((0, 0.0004, 1, 5)))
        name = chance.choice(jobs)
        started = run(client, name)
        if chance.random() < 0.5:
            dataarts_mock.set_state(started, chance.choice(("running", "fail", "pause")))
        if chance.random() < 0.3:
            ids(client, limit=1)
        if chance.random() < 0.3:
            shown = chance.choice(dataarts_mock.instances)
            if shown.job_name != "late":
                show_job_instance.sync(PROJECT, shown.job_name, shown.instance_id, client=client)
    time = now(dataarts_mock)
    known = [
        (milliseconds(each.plan_time), each)
        for each in dataarts_mock.instances
        if each.job_name != "late" or milliseconds(each.plan_time) + 30_000 <= time
    ]
    for _ in range(300):
        part, status = chance.choice((None, "a", "b", "t", "ab")), chance.choice((None, "waiting", "fail", "success"))
        precise = chance.random() < 0.3
        after = chance.choice((time - DAY, time - chance.randrange(300_000)))
        before = chance.choice((None, time - chance.randrange(200_000)))
        offset, limit = chance.randrange(60), chance.randrange(1, 60)
        expected = [
            each.instance_id
            for planned, each in reversed(known)
            if (part is None or (part == each.job_name if precise else part in each.job_name))
            and status in (None, each.status)
            and planned > after
            and (before is None or planned < before)
        ]
        found = ids(
            client,
            job_name=part,
            precise_query=precise,
            status=status,
            min_plan_time=after,
            max_plan_time=before,
            offset=offset,
            limit=limit,
        )

        assert found == (len(expected), expected[offset : offset + limit])


async def receive() -> dict[str, Any]:
    """Give a request no body."""
    return {"type": "http.request", "body": b"", "more_body": False}


async def send(app: Any, method: str, path: str, query: dict[str, Any] | None = None) -> Any:
    """Send a request to the mock as an application, and return the payload of the response, which is a success."""
    sent: list[Any] = []

    async def note(event: Any) -> None:
        sent.append(event)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": urlencode(query or {}).encode(),
        "headers": [(b"x-auth-token", b"mock-token")],
    }
    await app(scope, receive, note)
    assert sent[0]["status"] == 200, sent
    return json.loads(sent[1]["body"])


async def start(app: Any, count: int) -> list[int]:
    """Start instances of two jobs in turn, and return their IDs."""
    paths = [f"/v1/{PROJECT}/jobs/{job}/run-immediate" for job in ("myJob", "other")]
    return [(await send(app, "POST", paths[index % 2]))["instanceId"] for index in range(count)]


def test_pages_are_in_order_without_gap_or_repeat() -> None:
    """10,000 instances are listed by pages of 1,000, the newest first, each one once."""

    async def pages() -> tuple[list[int], list[int], set[int]]:
        app = create_app(any_job=True)
        started = await start(app, 10_000)
        listed = [await send(app, "GET", LIST, {"limit": 1000, "offset": offset}) for offset in range(0, 10_000, 1000)]
        totals = {page["total"] for page in listed}
        return started, [each["instanceId"] for page in listed for each in page["instances"]], totals

    started, listed, totals = asyncio.run(pages())

    assert totals == {10_000}
    assert listed == started[::-1]


QUERIES: list[dict[str, Any]] = [
    {},
    {"status": "waiting"},
    {"status": "fail"},
    {"jobName": "o"},
    {"jobName": "other", "preciseQuery": "true", "status": "waiting"},
    {"minPlanTime": 1, "offset": 900},
    {"jobName": "o", "offset": 900},
]


async def cost(app: Any, far: int, instance: int) -> list[int]:
    """Return how many lines of the mock are executed for a start, for a look, and for a page with each query.

    Args:
        app: The mock.
        far: Where pages far from the first one begin.
        instance: The instance to look at.
    """
    job = f"/v1/{PROJECT}/jobs/myJob"
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"{job}/run-immediate", {}),
        ("GET", f"{job}/instances/{instance}", {}),
        *(("GET", LIST, {**query, "offset": far} if "offset" in query else query) for query in QUERIES),
    ]
    counts = []
    for request in requests:
        for _ in range(3):  # Until it comes to the state that stays, and what is cached is there.
            await send(app, *request)
        with counting() as count:
            await send(app, *request)
        counts.append(count["lines"])
    return counts


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Count the lines of the mock that are executed while the block runs."""
    count: Counter[str] = Counter()

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        if frame.f_globals.get("__package__") != "dataarts_mock":
            return None
        count["lines"] += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield count
    finally:
        sys.settrace(before)


@dataclass
class Many:
    """What became of very many instances."""

    few: list[int]
    """What each request costs with 1,000."""
    more: list[int]
    """What it costs with 100,000."""
    last: dict[str, Any]
    """A page after 15,000 more."""
    last_started: list[int]


@pytest.fixture(scope="module")
def many() -> Many:
    """Start very many instances, which takes some seconds."""

    async def run_many() -> Many:
        app = create_app(any_job=True)
        first, *_ = await start(app, 1_000)
        few = await cost(app, 900, first)
        await start(app, MANY - 1_000)
        more = await cost(app, MANY - 100, first + MANY // 2)
        last_started = await start(app, 15_000)
        last = await send(app, "GET", LIST, {"limit": 1000})
        return Many(few, more, last, last_started)

    return asyncio.run(run_many())


def test_cost_stays_flat(many: Many) -> None:
    """With 100,000 instances a start and a look cost what they cost with 1,000, and a page only some steps more."""
    assert many.more[:2] == many.few[:2]
    assert [pair for pair in zip(many.few, many.more, strict=True) if pair[1] > pair[0] + 100] == []


def test_oldest_instances_are_forgotten(many: Many) -> None:
    """Of very many instances at least the last 100,000 are remembered, and listed as if there had been no others."""
    assert MANY <= many.last["total"] <= MANY + 10_000
    assert [each["instanceId"] for each in many.last["instances"]] == many.last_started[:-1001:-1]
