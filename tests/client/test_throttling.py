"""Do many calls at once get through a service that throttles, without wasting requests?"""

from __future__ import annotations

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from dataarts_client import errors
from dataarts_client.api.jobs import run_job_immediately
from dataarts_mock import MockServer
from dataarts_runtime._throttle import Throttle, ThrottledError, Turn

from ._answers import STARTED, http
from ._calls import JOB, PROJECT, make
from ._refusals import BODY
from ._server import Server

CALLS, RATE = 120, 40


def _run(mock: MockServer, mode: str) -> None:
    if mode == "sync":
        with mock.client() as client, ThreadPoolExecutor(50) as pool:
            list(pool.map(lambda _: run_job_immediately.sync(PROJECT, JOB, client=client), range(CALLS)))
        return

    async def all_at_once() -> None:
        async with mock.client() as client:
            await asyncio.gather(*[run_job_immediately.asyncio(PROJECT, JOB, client=client) for _ in range(CALLS)])

    asyncio.run(all_at_once())


@pytest.mark.over_aiohttp
def test_all_calls_get_through(mode: str) -> None:
    """Many calls at once all succeed with the default options, however few a second the service lets through."""
    with MockServer(any_job=True, rate_limit=RATE) as mock:
        _run(mock, mode)
        statuses = Counter(request.status for request in mock.requests)

    assert statuses[200] == CALLS, f"each job should run once: {statuses}"
    assert statuses[429] <= 50 + CALLS // 10, f"the calls should wait together, yet {statuses[429]} were throttled"


def test_others_wait_too() -> None:
    """After one call was throttled, the next call of the same client is not sent before the service allows it."""
    with Server(http(429, BODY, "Retry-After: 1"), http(200, STARTED)) as server:
        with make(server.url, max_retries=0) as client:
            with pytest.raises(errors.TooManyRequests):
                run_job_immediately.sync(PROJECT, JOB, client=client)
            with pytest.raises(errors.RequestNotSent, match="throttles this client"):
                run_job_immediately.sync(PROJECT, JOB, client=client, timeout=0.2)

            assert len(server.requests) == 1
            assert run_job_immediately.sync(PROJECT, JOB, client=client).instance_id == 132343


def test_others_wait_for_what_one_call_does_not() -> None:
    """A Retry-After that is too long for one call to wait for makes the client's other calls wait."""
    with Server(http(429, BODY, "Retry-After: 3600"), http(200, STARTED)) as server, make(server.url) as client:
        with pytest.raises(errors.TooManyRequests):
            run_job_immediately.sync(PROJECT, JOB, client=client)
        with pytest.raises(errors.RequestNotSent, match="throttles this client"):
            run_job_immediately.sync(PROJECT, JOB, client=client, timeout=0.2)

        assert len(server.requests) == 1


def _waits(throttle: Throttle, now: float, count: int) -> list[float]:
    return [throttle.wait(now, Turn(), 1e9) for _ in range(count)]


def test_rate_is_what_was_let_through() -> None:
    """After a refusal, requests wait for the pause, then go one by one at a little less than the rate before."""
    throttle = Throttle()
    for index in range(20):
        throttle.accepted(100 + index / 20)
    throttle.refused(101.0, 1.0)

    assert throttle.active
    assert _waits(throttle, 101.5, 2) == [0.5, 0.5]
    assert _waits(throttle, 102.0, 3) == pytest.approx([0, 1 / 19, 2 / 19])


def test_rate_is_that_of_one_second() -> None:
    """Responses that arrive during the pause are counted, but not as if all had come within one second."""
    throttle = Throttle()
    for index in range(20):
        throttle.accepted(100 + index / 20)
    throttle.refused(101.0, 5.0)
    for index in range(80):
        throttle.accepted(101 + index / 20)

    assert _waits(throttle, 106.0, 2) == pytest.approx([0, 1 / 19])


def test_rate_of_one_a_second() -> None:
    """Where one request was let through, the others follow one by one, not all at once."""
    throttle = Throttle()
    throttle.accepted(100.5)
    throttle.refused(101.0, 1.0)

    assert _waits(throttle, 102.0, 3) == pytest.approx([0, 1 / 0.95, 2 / 0.95])


def test_one_goes_first_where_none_was_let_through() -> None:
    """Where nothing was let through, one request goes after the pause; the others follow once it was accepted."""
    throttle = Throttle()
    throttle.refused(100.0, 1.0)

    assert _waits(throttle, 101.0, 3) == [0, 1, 1]
    throttle.accepted(101.2)
    assert _waits(throttle, 101.3, 3) == [0, 0, 0]
    assert not throttle.active


def test_one_that_goes_first_and_is_refused() -> None:
    """If the one that goes first is refused too, the others wait anew, without having been sent."""
    throttle = Throttle()
    throttle.refused(100.0, 1.0)
    _waits(throttle, 101.0, 1)
    throttle.refused(101.1, 3.0)

    assert _waits(throttle, 101.2, 2) == pytest.approx([2.9, 2.9])
    assert _waits(throttle, 104.1, 2) == [0, 1]


def test_one_that_goes_first_and_is_lost() -> None:
    """If nothing is heard of the one that goes first, the others follow after a second."""
    throttle = Throttle()
    throttle.refused(100.0, 1.0)
    _waits(throttle, 101.0, 1)

    assert _waits(throttle, 102.0, 3) == [0, 0, 0]
    assert not throttle.active


def test_rate_falls_with_further_refusals_and_grows_without() -> None:
    """Each later refusal lowers the rate, some seconds without one raise it, and half a minute idle forgets it."""
    throttle = Throttle()
    for index in range(20):
        throttle.accepted(100 + index / 20)
    throttle.refused(101.0, 1.0)
    _waits(throttle, 102.0, 1)
    throttle.refused(103.0, 1.0)
    slower = _waits(throttle, 104.0, 2)[1]
    faster = _waits(throttle, 110.0, 2)[1]
    _waits(throttle, 200.0, 1)

    assert slower == pytest.approx(1.25 / 19)
    assert faster < slower
    assert not throttle.active


def test_a_turn_is_lost_with_a_new_refusal() -> None:
    """A request that waits for its turn waits anew when another one is refused meanwhile."""
    throttle, turn = Throttle(), Turn()
    for index in range(10):
        throttle.accepted(100 + index / 10)
    throttle.refused(101.0, 1.0)
    _waits(throttle, 102.0, 5)
    throttle.wait(102.0, turn, 1e9)
    throttle.refused(102.1, 5.0)

    assert throttle.wait(102.6, turn, 1e9) == pytest.approx(4.5)
    with pytest.raises(ThrottledError):
        throttle.wait(102.6, turn, 105.0)
