"""Can one client be shared by many threads and many tasks?"""

from __future__ import annotations

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from dataarts_client import errors
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.models import JobParam, RunJobRequest

from ._answers import hang
from ._calls import PROJECT, make
from ._server import Connection, Server


def echo(connection: Connection) -> None:
    """Answer a request with the number that is its first parameter's value."""
    assert connection.request
    number = json.loads(connection.request.body)["jobParams"][0]["value"]
    body = f'{{"instanceId":{number}}}'.encode()
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))


def numbered(number: int) -> RunJobRequest:
    """Make a request that carries the number."""
    return RunJobRequest(job_params=[JobParam("n", str(number))])


def test_threads() -> None:
    """In 32 threads, 600 calls on one client each get their own answer, and are sent once."""

    def one(number: int) -> int:
        return run_job_immediately.sync(PROJECT, f"job{number}", client=client, body=numbered(number)).instance_id

    with Server(echo) as server, make(server.url) as client:
        with ThreadPoolExecutor(32) as pool:
            results = list(pool.map(one, range(600)))

        assert results == list(range(600))
        assert len(server.requests) == 600
        assert len({request.raw_path for request in server.requests}) == 600


@pytest.mark.usefixtures("over")
def test_tasks() -> None:
    """1,000 calls at once on one client each get their own answer, and are sent once."""

    async def one(number: int) -> int:
        result = await run_job_immediately.asyncio(PROJECT, f"job{number}", client=client, body=numbered(number))
        return result.instance_id

    async def run() -> list[int]:
        async with client:
            return await asyncio.gather(*(one(number) for number in range(1000)))

    with Server(echo) as server:
        client = make(server.url, timeout=60)
        results = asyncio.run(run())

        assert results == list(range(1000))
        assert len(server.requests) == 1000
        assert len({request.raw_path for request in server.requests}) == 1000


def test_threads_that_start_together() -> None:
    """The first calls of many threads may come at the same moment."""

    def one(number: int) -> int:
        return run_job_immediately.sync(PROJECT, "myJob", client=client, body=numbered(number)).instance_id

    for _ in range(10):
        with Server(echo) as server, make(server.url) as client:
            with ThreadPoolExecutor(8) as pool:
                results = list(pool.map(one, range(8)))

            assert results == list(range(8))
            assert len(server.requests) == 8


def test_a_thread_that_waits_for_its_turn() -> None:
    """A call that gets no connection in time, since other threads hold them all, is RequestNotSent and was not sent."""

    def one(name: str, timeout: float) -> errors.ClientError:
        with pytest.raises(errors.ClientError) as caught:
            run_job_immediately.sync(PROJECT, name, client=client, timeout=timeout)
        return caught.value

    with Server(hang()) as server, make(server.url) as client, ThreadPoolExecutor(120) as pool:
        holders = [pool.submit(one, f"job{number}", 3) for number in range(120)]
        time.sleep(1)
        error = one("late", 0.3)

        assert type(error) is errors.RequestNotSent
        assert not [request for request in server.requests if b"late" in request.raw_path]
        assert {type(holder.result()) for holder in holders} >= {errors.OutcomeUnknown}


@pytest.mark.usefixtures("over")
def test_tasks_that_wait_for_their_turn() -> None:
    """Of more calls than there are connections, those that never got one are RequestNotSent, and were not sent."""

    async def one(name: str) -> errors.ClientError:
        with pytest.raises(errors.ClientError) as caught:
            await run_job_immediately.asyncio(PROJECT, name, client=client)
        return caught.value

    async def run() -> list[errors.ClientError]:
        async with client:
            return await asyncio.gather(*map(one, names))

    names = [f"job{number}" for number in range(150)]
    with Server(hang()) as server:
        client = make(server.url, timeout=1)
        outcomes = asyncio.run(run())

        sent = {request.path.split("/")[4] for request in server.requests}
        unknown = {name for name, error in zip(names, outcomes, strict=True) if error.outcome_unknown}
        assert {type(error) for error in outcomes} == {errors.OutcomeUnknown, errors.RequestNotSent}
        assert sent
        assert sent <= unknown
        assert len(server.requests) == len(sent)


@pytest.mark.usefixtures("over")
def test_one_client_for_threads_and_tasks() -> None:
    """Synchronous and asynchronous calls may run at the same time on one client."""

    async def run() -> list[int]:
        async with asyncio.TaskGroup() as group:
            first = [
                group.create_task(run_job_immediately.asyncio(PROJECT, "a", client=client, body=numbered(number)))
                for number in range(50)
            ]
            second = [
                group.create_task(
                    asyncio.to_thread(run_job_immediately.sync, PROJECT, "b", client=client, body=numbered(number))
                )
                for number in range(50)
            ]
        await client.aclose()
        return [task.result().instance_id for task in first + second]

    with Server(echo) as server:
        client = make(server.url)
        results = asyncio.run(run())
        client.close()

        assert results == [*range(50), *range(50)]
        assert len(server.requests) == 100
