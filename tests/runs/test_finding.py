"""Are all runs of a job found, by windows and pages, and no others?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from dataarts_auth import TokenAuth
from dataarts_client import Client
from dataarts_client.errors import Forbidden
from dataarts_mock import MockServer
from dataarts_runs import find

from ._caller import JOB, MODES, PROJECT, Caller
from ._document import operation
from ._time import VirtualTime

WINDOW: int = operation("listJobInstances")["x-max-window-milliseconds"]
DAY = 86400.0


def lists(mock: MockServer) -> list[dict[str, Any]]:
    """Return the parameters of the requests for lists that succeeded."""
    return [
        dict(request.parameters)
        for request in mock.requests
        if request.operation == "listJobInstances" and request.status == 200
    ]


def now(mock: MockServer, caller: Caller) -> datetime:
    """Return the time by the mock's clock."""
    caller.start("clock")
    return mock.instances[-1].plan_time


@pytest.fixture(params=MODES)
def caller(request: pytest.FixtureRequest, dataarts_mock: MockServer) -> Iterator[Caller]:
    """A caller whose credentials last."""
    client = dataarts_mock.client(auth=TokenAuth(dataarts_mock.renew_token))
    with Caller(request.param, client) as caller:
        yield caller


@pytest.fixture
def clock_job(dataarts_mock: MockServer) -> None:
    """A job to read the mock's clock by."""
    dataarts_mock.add_job("clock")


@pytest.mark.usefixtures("clock_job")
def test_weeks(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """Runs of weeks are found, oldest first and once each, by windows that touch and are no longer than allowed."""
    began = now(dataarts_mock, caller)
    runs = []
    for _ in range(12):
        runs.append(caller.start())
        time.pass_(1.25 * DAY)
    found = caller.find(since=began)
    requests = lists(dataarts_mock)

    assert found == runs
    assert all(each["maxPlanTime"] - each["minPlanTime"] <= WINDOW for each in requests)
    assert all(each["preciseQuery"] is True for each in requests)
    assert [each["minPlanTime"] + 1 for each in requests[1:]] == [each["maxPlanTime"] for each in requests[:-1]]
    assert len(requests) in (5, 6)


@pytest.mark.usefixtures("clock_job")
def test_bounds(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """Both bounds are included, though the service's are not."""
    runs = []
    times = []
    for _ in range(4):
        times.append(now(dataarts_mock, caller))
        runs.append(caller.start())
        time.pass_(60)
    found = caller.find(since=times[1], until=times[2])

    assert found == runs[1:3]


def test_many(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """More runs than fit on a page are found, of the same moment too."""
    dataarts_mock.add_job(JOB)
    with httpx.Client(base_url=dataarts_mock.url, headers={"X-Auth-Token": dataarts_mock.token}) as http:
        for _ in range(1205):
            http.post(f"/v1/{PROJECT}/jobs/{JOB}/run-immediate", headers={"Content-Type": "application/json"})
    found = caller.find(since=datetime.now(UTC) - timedelta(hours=1))

    assert [run.instance_id for run in found] == [each.instance_id for each in dataarts_mock.instances]
    assert [each["offset"] for each in lists(dataarts_mock)] == [0, 1000]


def test_none(dataarts_mock: MockServer, caller: Caller) -> None:
    """Where there are no runs, none are found, by one request."""
    assert caller.find(since=datetime.now(UTC) - timedelta(hours=1)) == []
    assert len(lists(dataarts_mock)) == 1


def test_other_jobs(dataarts_mock: MockServer, caller: Caller) -> None:
    """A job whose name is a part of another's is not mistaken for it."""
    dataarts_mock.add_job(f"{JOB}2")
    caller.start(f"{JOB}2")
    run = caller.start()

    assert caller.find(since=datetime.now(UTC) - timedelta(hours=1)) == [run]


@pytest.mark.usefixtures("clock_job")
def test_clock_of_the_service(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """Without an end, the present is that of the service's clock, whatever this machine's says."""
    began = now(dataarts_mock, caller)
    runs = []
    for _ in range(4):
        runs.append(caller.start())
        time.pass_(2 * DAY)
    runs.append(caller.start())
    time.set_wall(-9 * DAY)

    assert caller.find(since=began) == runs


@pytest.mark.parametrize(
    ("arguments", "kind", "message"),
    [
        ({"since": datetime(2026, 1, 31)}, ValueError, "since"),
        ({"since": datetime.now(UTC), "until": datetime(2026, 1, 31)}, ValueError, "until"),
        ({"since": datetime.now(UTC), "until": datetime.now(UTC) - timedelta(days=1)}, ValueError, "until"),
        ({"since": 1769832000}, TypeError, "since"),
        ({"since": "2026-01-31"}, TypeError, "since"),
        ({"since": datetime.now(UTC), "until": 5.0}, TypeError, "until"),
        ({"since": datetime.now(UTC), "job": ""}, ValueError, "job_name"),
        ({"since": datetime.now(UTC), "job": None}, TypeError, "job_name"),
        ({"since": datetime.now(UTC), "workspace": "a b"}, ValueError, "workspace"),
    ],
)
def test_wrong_arguments(
    dataarts_mock: MockServer, caller: Caller, arguments: dict[str, Any], kind: type[Exception], message: str
) -> None:
    """Arguments that cannot be are refused by name, before anything is sent."""
    with pytest.raises(kind, match=message):
        caller.find(**arguments)

    assert dataarts_mock.requests == []


def test_refusal(dataarts_mock: MockServer, caller: Caller) -> None:
    """A list that is refused raises what the client raises."""
    dataarts_mock.fail_next(status=403)
    with pytest.raises(Forbidden):
        caller.find(since=datetime.now(UTC))


class Pages:
    """A service whose lists misbehave: it returns what a function makes of offset and limit."""

    def __init__(self, page: Callable[[int, int], tuple[int, list[int]]]) -> None:
        self.offsets: list[int] = []
        self._page = page

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Respond to a request for a list."""
        query = request.url.params
        offset = int(query["offset"])
        self.offsets.append(offset)
        total, ids = self._page(offset, int(query["limit"]))
        instances = [
            {"jobName": JOB, "instanceId": each, "status": "success", "planTime": None if each % 2 else each}
            for each in ids
        ]
        return httpx.Response(200, json={"total": total, "instances": instances})

    def find(self) -> list[int]:
        """Return the IDs that are found."""
        with Client("http://127.0.0.1", transport=httpx.MockTransport(self)) as client:
            return [run.instance_id for run in find(client, PROJECT, JOB, since=datetime.now(UTC))]


def test_offset_that_is_a_page() -> None:
    """Where the service takes the offset for a page, as the reference's text says, all are found still."""
    ids = list(range(1, 2501))
    pages = Pages(lambda offset, limit: (len(ids), ids[offset * limit : (offset + 1) * limit]))

    assert sorted(pages.find()) == ids
    assert pages.offsets == [0, 1000, 1, 2]


def test_smaller_pages() -> None:
    """Where the service returns fewer than were asked for, the rest is asked for."""
    ids = list(range(1, 251))
    pages = Pages(lambda offset, limit: (len(ids), ids[offset : offset + 100]))

    assert sorted(pages.find()) == ids
    assert pages.offsets == [0, 100, 200]


def test_list_that_shifts() -> None:
    """Where the list shifts between two pages, what is there twice is found once."""
    ids = list(range(1, 151))
    pages = Pages(
        lambda offset, limit: (151, ids[max(offset - 1, 0) : max(offset - 1, 0) + 100] if offset else ids[:100])
    )

    assert sorted(pages.find()) == ids


@pytest.mark.parametrize("rest", [[], [1]])
def test_total_that_is_too_large(rest: list[int], caplog: pytest.LogCaptureFixture) -> None:
    """Where the total promises more than there is, the search ends, and says so."""
    pages = Pages(lambda offset, limit: (2**31 - 1, rest if offset else [1, 2]))

    assert sorted(pages.find()) == [1, 2]
    assert len(pages.offsets) <= 3
    assert "2147483647" in caplog.text
