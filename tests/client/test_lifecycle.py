"""Can a client be opened, closed and cancelled without leaving anything behind?"""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
import warnings
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from dataarts_client import Client, errors
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.models import RunJobResponse

from ._answers import STARTED, hang, http
from ._calls import JOB, PROJECT, attempt, make, refusing
from ._server import Connection, Server

CLOSED = "a client was used after it was closed"
KEPT = http(200, STARTED).replace(b"Connection: close\r\n", b"")


def sync(client: Client) -> RunJobResponse:
    """Call once."""
    return run_job_immediately.sync(PROJECT, JOB, client=client)


async def asynchronous(client: Client) -> RunJobResponse:
    """Call once."""
    return await run_job_immediately.asyncio(PROJECT, JOB, client=client)


def test_context_manager() -> None:
    """A client is a context manager that returns itself, and refuses calls afterwards."""
    with Server(KEPT) as server:
        client = make(server.url)
        with client as entered:
            assert entered is client
            assert sync(client).instance_id == 132343
        with refusing(CLOSED, RuntimeError, "closed"):
            sync(client)

        assert len(server.requests) == 1


@pytest.mark.usefixtures("over")
def test_async_context_manager() -> None:
    """A client is an asynchronous context manager that returns itself, and refuses calls afterwards."""

    async def run() -> None:
        client = make(server.url)
        async with client as entered:
            assert entered is client
            assert (await asynchronous(client)).instance_id == 132343
        with refusing(CLOSED, RuntimeError, "closed"):
            await asynchronous(client)

    with Server(KEPT) as server:
        asyncio.run(run())

        assert len(server.requests) == 1


def test_close() -> None:
    """close() may be called twice, before any call too, and calls are refused afterwards."""
    with Server(KEPT) as server:
        used, unused = make(server.url), make(server.url)
        sync(used)
        for client in (used, unused):
            client.close()
            client.close()
            with refusing(CLOSED, RuntimeError, "closed"):
                sync(client)

        assert len(server.requests) == 1


@pytest.mark.usefixtures("over")
def test_aclose() -> None:
    """aclose() may be called twice, before any call too, and calls are refused afterwards."""

    async def run() -> None:
        used, unused = make(server.url), make(server.url)
        await asynchronous(used)
        for client in (used, unused):
            await client.aclose()
            await client.aclose()
            with refusing(CLOSED, RuntimeError, "closed"):
                await asynchronous(client)

    with Server(KEPT) as server:
        asyncio.run(run())

        assert len(server.requests) == 1


def test_closed_client_cannot_be_entered() -> None:
    """A closed client is not opened again by a with statement."""
    client = make("http://127.0.0.1:9")
    client.close()
    with refusing(CLOSED, RuntimeError, "closed"), client:
        sync(client)


@pytest.mark.usefixtures("over")
def test_both_ways_with_one_client() -> None:
    """One client serves synchronous and asynchronous calls."""

    async def run(client: Client) -> None:
        async with client:
            assert (await asynchronous(client)).instance_id == 132343

    with Server(KEPT) as server:
        client = make(server.url)

        assert sync(client).instance_id == 132343
        asyncio.run(run(client))
        client.close()
        assert len(server.requests) == 2


@pytest.mark.usefixtures("over")
def test_connections_are_kept() -> None:
    """Calls one after the other use one connection."""

    async def run() -> None:
        async with make(server.url) as client:
            for _ in range(5):
                await asynchronous(client)

    with Server(KEPT) as server:
        with make(server.url) as client:
            for _ in range(5):
                sync(client)
        asyncio.run(run())

        assert len(server.requests) == 10
        assert server.connections == 2


def test_an_unread_answer_does_not_disturb_the_next() -> None:
    """After an answer that was given up on, the next call gets its own answer."""
    endless = http(200, b" " * 2**21).replace(b"Connection: close\r\n", b"")
    with Server(endless, KEPT) as server, make(server.url) as client:
        with pytest.raises(errors.UnexpectedResponse):
            sync(client)

        assert sync(client).instance_id == 132343


@pytest.mark.usefixtures("over")
def test_no_warnings() -> None:
    """A client that was closed leaves no socket behind."""

    async def run() -> None:
        async with make(server.url) as client:
            await asynchronous(client)

    with warnings.catch_warnings(), Server(KEPT) as server:
        warnings.simplefilter("error")
        with make(server.url) as client:
            sync(client)
        asyncio.run(run())
        gc.collect()

        assert len(server.requests) == 2


@pytest.mark.usefixtures("over")
def test_new_event_loop() -> None:
    """A client whose calls each ran in an event loop of their own works in each."""
    with Server(http(200, STARTED)) as server:
        client = make(server.url)
        results = [asyncio.run(asynchronous(client)).instance_id for _ in range(3)]

        assert results == [132343] * 3
        assert len(server.requests) == 3


@pytest.mark.usefixtures("over")
def test_closed_event_loops_are_forgotten() -> None:
    """A client that outlives many event loops keeps no connection of those that were closed."""

    async def run() -> RunJobResponse:
        loops.append(weakref.ref(asyncio.get_running_loop()))
        return await asynchronous(client)

    def kept() -> int:
        gc.collect()
        return sum(loop() is not None for loop in loops)

    loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []
    with Server(KEPT) as server, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # said of connections whose event loop is gone
        client = make(server.url)
        for _ in range(5):
            asyncio.run(run())

        assert kept() <= 1
        client.close()
        assert kept() == 0


@pytest.mark.usefixtures("over")
@pytest.mark.parametrize("answer", [hang(), hang(b"HTTP/1.1 200 OK\r\n\r\n{")], ids=["unanswered", "in-body"])
def test_cancellation(answer: Callable[..., None]) -> None:
    """Cancellation passes through as it is, and leaves the client usable."""

    async def run() -> float:
        async with make(server.url, timeout=30) as client:
            task = asyncio.create_task(asynchronous(client))
            while not server.requests:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            started = time.monotonic()
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            taken = time.monotonic() - started
            assert (await asynchronous(client)).instance_id == 132343
        return taken

    with Server(answer, KEPT) as server:
        taken = asyncio.run(run())

        assert taken < 0.5
        assert len(server.requests) == 2


@pytest.mark.usefixtures("over")
def test_cancellation_during_a_wait() -> None:
    """Cancellation ends the waiting between two attempts."""

    async def run() -> None:
        async with make(server.url) as client:
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(asynchronous(client), 0.3)

    with Server(http(429, "", "Retry-After: 20")) as server:
        started = time.monotonic()
        asyncio.run(run())

        assert time.monotonic() - started < 1.5
        assert len(server.requests) == 1


@pytest.mark.usefixtures("over")
def test_callers_timeout() -> None:
    """asyncio.timeout around a call is the caller's own TimeoutError, not one of the client's."""

    async def call(client: Client) -> None:
        async with asyncio.timeout(None) as timeout:
            under_way = asyncio.create_task(asynchronous(client))
            while not server.requests:
                await asyncio.sleep(0.01)
            timeout.reschedule(asyncio.get_running_loop().time())
            await under_way

    async def run() -> None:
        async with make(server.url, timeout=30) as client:
            with pytest.raises(TimeoutError):
                await call(client)

    with Server(hang()) as server:
        asyncio.run(run())

        assert len(server.requests) == 1


def test_keyboard_interrupt_passes_through() -> None:
    """What is no Exception passes through the client unchanged."""

    def interrupt(request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    client = Client("http://127.0.0.1:9", transport=httpx.MockTransport(interrupt))
    with client, pytest.raises(KeyboardInterrupt):
        sync(client)


def test_no_threads_are_left() -> None:
    """Calls leave no thread behind, not even those that were given up at the deadline."""
    before = threading.active_count()
    with Server(hang()) as server, make(server.url, timeout=0.2) as client:
        for _ in range(3):
            with pytest.raises(errors.ClientError, match=r"the timeout of 0\.2 s is over"):
                sync(client)
    time.sleep(0.05)

    assert threading.active_count() <= before


@pytest.mark.parametrize("way", ["sync", "asyncio"])
def test_transports(way: str) -> None:
    """A transport and an asynchronous transport of the caller's are used for their own kind of call."""
    seen: list[str] = []

    def answer(name: str) -> httpx.MockTransport:
        def handler(request: httpx.Request) -> httpx.Response:
            seen.append(name)
            return httpx.Response(200, json={"instanceId": 7})

        return httpx.MockTransport(handler)

    client = Client("http://127.0.0.1:9", transport=answer("sync"), async_transport=answer("asyncio"))
    result = sync(client) if way == "sync" else asyncio.run(asynchronous(client))
    client.close()

    assert result.instance_id == 7
    assert seen == [way]


def test_close_while_calls_are_under_way() -> None:
    """A call that is under way when the client is closed in another thread ends as it would have."""
    arrived, go = threading.Event(), threading.Event()

    def late(connection: Connection) -> None:
        arrived.set()
        go.wait(10)
        connection.send(http(200, STARTED))
        connection.end()

    with Server(late) as server, ThreadPoolExecutor() as pool:
        client = make(server.url)
        under_way = pool.submit(sync, client)
        assert arrived.wait(10)
        client.close()
        with refusing(CLOSED, RuntimeError, "closed"):
            sync(client)
        go.set()

        assert under_way.result(10).instance_id == 132343


@pytest.mark.usefixtures("over")
def test_aclose_while_calls_are_under_way() -> None:
    """A call that is under way when the client is closed in another task ends as it would have."""

    async def run(url: str) -> Any:
        client = make(url)
        under_way = asyncio.create_task(run_job_immediately.asyncio(PROJECT, JOB, client=client))
        await asyncio.to_thread(arrived.wait, 10)
        await client.aclose()
        with refusing(CLOSED, RuntimeError, "closed"):
            await run_job_immediately.asyncio(PROJECT, JOB, client=client)
        go.set()
        return await under_way

    arrived, go = threading.Event(), threading.Event()

    def late(connection: Connection) -> None:
        arrived.set()
        go.wait(10)
        connection.send(http(200, STARTED))
        connection.end()

    with Server(late) as server:
        assert asyncio.run(run(server.url)).instance_id == 132343


def test_close_while_a_call_pauses() -> None:
    """A call that is closed in another thread while it pauses before it is repeated ends as it would have."""
    with Server(http(429, "", "Retry-After: 1"), http(200, STARTED)) as server, ThreadPoolExecutor() as pool:
        client = make(server.url)
        under_way = pool.submit(sync, client)
        while not server.requests:
            time.sleep(0.01)
        client.close()

        assert under_way.result(10).instance_id == 132343
        assert len(server.requests) == 2


def test_aclose_while_a_call_pauses() -> None:
    """A call that is closed in another task while it pauses before it is repeated ends as it would have."""

    async def run(url: str) -> Any:
        client = make(url)
        under_way = asyncio.create_task(run_job_immediately.asyncio(PROJECT, JOB, client=client))
        while not server.requests:
            await asyncio.sleep(0.01)
        await client.aclose()
        return await under_way

    with Server(http(429, "", "Retry-After: 1"), http(200, STARTED)) as server:
        assert asyncio.run(run(server.url)).instance_id == 132343
        assert len(server.requests) == 2


class _Unclosable:
    """A network stream that fails when it is closed."""

    read = write = start_tls = None

    def close(self) -> None:
        raise OSError("it cannot be closed")

    async def aclose(self) -> None:
        raise OSError("it cannot be closed")


class _HalfOpen(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Fails to connect, with a stream left that cannot be closed."""

    closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["trace"]("connection.connect_tcp.complete", {"return_value": _Unclosable()})
        raise httpx.ConnectError("no handshake")

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.extensions["trace"]("connection.connect_tcp.complete", {"return_value": _Unclosable()})
        raise httpx.ConnectError("no handshake")

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


def test_connection_that_cannot_be_closed(mode: str) -> None:
    """A connection that fails when it is closed changes neither how a call ends, nor that the client closes."""
    transport = _HalfOpen()
    options: dict[str, Any] = {"transport" if mode == "sync" else "async_transport": transport}
    outcome = attempt(mode, run_job_immediately, Client("http://127.0.0.1:9", **options))

    assert type(outcome.error) is errors.OutcomeUnknown, outcome.end
    assert "no handshake" in str(outcome.error)
    assert transport.closed


def test_close_in_the_middle_of_many_calls() -> None:
    """However the calls of many threads meet a close, each ends in a value or in "closed"."""
    responses: list[Exception | None] = []
    closed: list[bool] = []

    class Transport(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, content=STARTED, headers={"Content-Type": "application/json"})

        def close(self) -> None:
            closed.append(True)

    def call_until_closed(client: Client, start: threading.Barrier) -> None:
        start.wait()
        for _ in range(10_000):
            try:
                sync(client)
            except Exception as error:
                responses.append(error)
                return

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(50):
            client, start = Client("http://127.0.0.1:9", transport=Transport()), threading.Barrier(4)
            threads = [threading.Thread(target=call_until_closed, args=(client, start)) for _ in range(3)]
            for thread in threads:
                thread.start()
            start.wait()
            client.close()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(interval)

    assert {(type(error), str(error)) for error in responses} == {(RuntimeError, "The client is closed.")}
    assert len(responses) == 150
    assert len(closed) <= 50, "a transport was closed twice"
