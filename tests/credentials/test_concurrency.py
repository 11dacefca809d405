"""Do threads and tasks that need a token at the same time share one call of the callable?

Where it matters who waits for whom, the tests drive the flows of `httpx.Auth` themselves, as httpx does.
"""

import asyncio
import sys
import threading
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from dataarts_auth import TokenAuth

from .server import ReceivedRequest, Response, Server
from .test_tokens import FetchError, Tokens, as_coroutine_function

COUNT = 20
LIMIT = 30.0
"""Seconds after which a test gives up on what should happen at once."""

REQUEST = httpx.Request("POST", "http://host/v1", content=b"body")


def token_of(request: httpx.Request) -> str:
    """The token that a request carries."""
    return request.headers["X-Auth-Token"]


def refuse_all_at_once(count: int) -> Callable[[ReceivedRequest], Response]:
    """Answer 401 to the token t1, once so many requests with it have been received."""
    barrier = threading.Barrier(count)

    def respond(request: ReceivedRequest) -> Response:
        if request.header("X-Auth-Token") != "t1":
            return Response()
        barrier.wait(LIMIT)
        return Response(401)

    return respond


def test_threads_ask_once(server: Server) -> None:
    """Many threads ask once for the first token, and once for the next when all of them get a 401 at once."""
    server.respond = refuse_all_at_once(COUNT)
    tokens = Tokens("t1", "t2", "t3")
    with httpx.Client(auth=TokenAuth(tokens)) as client, ThreadPoolExecutor(COUNT) as pool:
        statuses = list(pool.map(lambda _: client.post(server.url, content=b"body").status_code, range(COUNT)))

    assert statuses == [200] * COUNT
    assert tokens.calls == 2
    assert sorted(map(str, server.tokens)) == ["t1"] * COUNT + ["t2"] * COUNT


@pytest.mark.parametrize("wrap", [lambda function: function, as_coroutine_function], ids=["function", "coroutine"])
def test_tasks_ask_once(server: Server, wrap: Callable[[Any], Any]) -> None:
    """So do many tasks."""
    server.respond = refuse_all_at_once(COUNT)
    tokens = Tokens("t1", "t2", "t3")

    async def send_all() -> list[int]:
        async with httpx.AsyncClient(auth=TokenAuth(wrap(tokens))) as client:
            requests = [client.post(server.url, content=b"body") for _ in range(COUNT)]
            return [response.status_code for response in await asyncio.gather(*requests)]

    statuses = asyncio.run(send_all())

    assert statuses == [200] * COUNT
    assert tokens.calls == 2
    assert sorted(map(str, server.tokens)) == ["t1"] * COUNT + ["t2"] * COUNT


def test_a_late_401_asks_no_more() -> None:
    """A 401 for a token that has been replaced since takes the new one, without asking."""
    tokens = Tokens("t1", "t2", "t3")
    auth = TokenAuth(tokens)
    early, late = auth.sync_auth_flow(REQUEST), auth.sync_auth_flow(REQUEST)
    sent = [token_of(next(early)), token_of(next(late))]
    sent += [token_of(early.send(httpx.Response(401))), token_of(late.send(httpx.Response(401)))]

    assert sent == ["t1", "t1", "t2", "t2"]
    assert tokens.calls == 2


class Gate:
    """A callable that waits until it may go on, and then does what another one does."""

    def __init__(self, then: Callable[[], Any]) -> None:
        """Close the gate."""
        self.then = then
        self.reached = threading.Event()
        self.opened = threading.Event()

    def __call__(self) -> Any:
        """Wait, and call the other one."""
        self.reached.set()
        assert self.opened.wait(LIMIT)
        return self.then()


@contextmanager
def threads_that_wait(auth: TokenAuth, gate: Gate) -> Iterator[list[Future[str]]]:
    """Threads that need the same token: one stands at the gate, the others wait for it. Then open the gate."""
    names: list[int] = []

    def send() -> str:
        names.append(threading.get_ident())
        return token_of(next(auth.sync_auth_flow(REQUEST)))

    with ThreadPoolExecutor(COUNT) as pool:
        futures = [pool.submit(send)]
        assert gate.reached.wait(LIMIT)
        futures += [pool.submit(send) for _ in range(COUNT - 1)]
        deadline = time.monotonic() + LIMIT
        while len(names) < COUNT or not all(_waits(name) for name in names):
            assert time.monotonic() < deadline
            time.sleep(0.001)
        yield futures
        gate.opened.set()


def _waits(thread: int) -> bool:
    """Whether a thread stands in `threading`'s functions that wait."""
    return sys._current_frames()[thread].f_code.co_filename == threading.__file__


def test_threads_share_an_exception() -> None:
    """Threads that waited while the callable failed get its exception, and do not call it one after the other."""
    error = FetchError("no token")
    tokens = Tokens(error, "t1")
    gate = Gate(tokens)
    auth = TokenAuth(gate)
    with threads_that_wait(auth, gate) as futures:
        pass

    assert {future.exception() for future in futures} == {error}
    assert tokens.calls == 1
    assert token_of(next(auth.sync_auth_flow(REQUEST))) == "t1"


class Interruption(BaseException):
    """What a signal handler raises, as for Ctrl-C."""


def test_an_interrupted_thread_leaves_it_to_the_next() -> None:
    """If the thread that asks is interrupted, the interruption is its own, and another thread asks."""
    tokens = Tokens(Interruption(), "t1")
    gate = Gate(tokens)
    with threads_that_wait(TokenAuth(gate), gate) as futures:
        pass
    first, *others = futures

    assert isinstance(first.exception(), Interruption)
    assert {future.result() for future in others} == {"t1"}
    assert tokens.calls == 2


async def settle() -> None:
    """Let every task of the loop go as far as it can."""
    for _ in range(10):
        await asyncio.sleep(0)


async def first_token(auth: httpx.Auth) -> str:
    """The token that an asynchronous request carries."""
    flow: AsyncGenerator[httpx.Request, httpx.Response] = auth.async_auth_flow(REQUEST)
    try:
        return token_of(await anext(flow))
    finally:
        await flow.aclose()


class AsyncGate:
    """The same for an asynchronous callable; `cancelled` counts how often it was cancelled meanwhile."""

    def __init__(self, then: Callable[[], Any]) -> None:
        """Close the gate."""
        self.then = then
        self.opened = asyncio.Event()
        self.cancelled = 0

    async def __call__(self) -> Any:
        """Wait, and call the other one."""
        try:
            await asyncio.wait_for(self.opened.wait(), LIMIT)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return self.then()


@pytest.mark.parametrize("kind", [Gate, AsyncGate])
def test_tasks_share_an_exception(kind: type[Gate] | type[AsyncGate]) -> None:
    """Tasks that waited while the callable failed get its exception; the next request asks again."""
    error = FetchError("no token")
    tokens = Tokens(error, "t1")

    async def run() -> tuple[list[Any], str]:
        gate = kind(tokens)
        auth = TokenAuth(gate)
        tasks = [asyncio.create_task(first_token(auth)) for _ in range(COUNT)]
        await settle()
        gate.opened.set()
        return await asyncio.gather(*tasks, return_exceptions=True), await first_token(auth)

    outcomes, then = asyncio.run(run())

    assert outcomes == [error] * COUNT
    assert then == "t1"
    assert tokens.calls == 2


def test_the_event_loop_goes_on() -> None:
    """While a function waits for the identity service, the event loop serves other tasks."""
    loop_went_on = threading.Event()

    def fetch() -> str:
        assert loop_went_on.wait(LIMIT), "the event loop was blocked"
        return "t1"

    async def run() -> str:
        task = asyncio.create_task(first_token(TokenAuth(fetch)))
        await settle()
        loop_went_on.set()
        return await task

    assert asyncio.run(run()) == "t1"


def test_a_blocking_request_in_the_event_loop_gets_the_token() -> None:
    """A blocking request made in the event loop while a task asks in its thread does not wait for ever."""
    tokens = Tokens("t1", "t2")
    gate = Gate(tokens)
    auth = TokenAuth(gate)

    async def run() -> tuple[str, str]:
        task = asyncio.create_task(first_token(auth))
        await asyncio.to_thread(gate.reached.wait, LIMIT)
        threading.Timer(0.05, gate.opened.set).start()
        blocking = token_of(next(auth.sync_auth_flow(REQUEST)))
        return blocking, await task

    assert asyncio.run(run()) == ("t1", "t1")
    assert tokens.calls == 1


def test_a_blocking_request_does_not_wait_for_an_asynchronous_callable() -> None:
    """A blocking request made in the event loop while a task awaits the callable fails, for it would wait for ever."""
    tokens = Tokens("t1", "t2")

    async def run() -> tuple[str, str]:
        gate = AsyncGate(tokens)
        auth = TokenAuth(gate)
        task = asyncio.create_task(first_token(auth))
        await settle()
        with pytest.raises(TypeError, match="an asynchronous callable needs an asynchronous client"):
            next(auth.sync_auth_flow(REQUEST))
        gate.opened.set()
        return await task, token_of(next(auth.sync_auth_flow(REQUEST)))

    assert asyncio.run(run()) == ("t1", "t1")
    assert tokens.calls == 1


def test_a_cancelled_task_leaves_it_to_the_next() -> None:
    """If the task that asks an asynchronous callable is cancelled, so is the callable, and the next task asks."""
    tokens = Tokens("t1", "t2")

    async def run() -> tuple[list[Any], int]:
        gate = AsyncGate(tokens)
        auth = TokenAuth(gate)
        tasks = [asyncio.create_task(first_token(auth)) for _ in range(3)]
        await settle()
        tasks[0].cancel()
        await settle()
        gate.opened.set()
        return await asyncio.gather(*tasks, return_exceptions=True), gate.cancelled

    (first, *others), cancelled = asyncio.run(run())

    assert isinstance(first, asyncio.CancelledError)
    assert others == ["t1", "t1"]
    assert (tokens.calls, cancelled) == (1, 1)


@pytest.mark.parametrize("kind", [Gate, AsyncGate])
@pytest.mark.parametrize("which", [0, 1], ids=["the one that asks", "one that waits"])
def test_a_cancelled_task_is_the_only_one(kind: type[Gate] | type[AsyncGate], which: int) -> None:
    """A task that is cancelled takes no other one with it."""
    tokens = Tokens("t1", "t2")

    async def run() -> list[Any]:
        gate = kind(tokens)
        auth = TokenAuth(gate)
        tasks = [asyncio.create_task(first_token(auth)) for _ in range(3)]
        await settle()
        tasks[which].cancel()
        await settle()
        gate.opened.set()
        return await asyncio.gather(*tasks, return_exceptions=True)

    outcomes = asyncio.run(run())

    assert isinstance(outcomes.pop(which), asyncio.CancelledError)
    assert outcomes == ["t1", "t1"]
    assert tokens.calls == 1


def test_a_deadline_ends_the_wait() -> None:
    """A task with a deadline does not wait for a function longer than that; its token serves the next request."""
    tokens = Tokens("t1", "t2")
    gate = Gate(tokens)
    auth = TokenAuth(gate)

    async def run() -> str:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await first_token(auth)
        gate.opened.set()
        return await first_token(auth)

    assert asyncio.run(run()) == "t1"
    assert tokens.calls == 1


def test_a_system_without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """If the system has no thread for the callable, the request says so, and the next one asks again."""
    auth = TokenAuth(Tokens("t1"))

    def no_thread(thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", no_thread)
        with pytest.raises(RuntimeError, match="can't start new thread"):
            asyncio.run(first_token(auth))

    assert asyncio.run(first_token(auth)) == "t1"


INSIDE = "the callable sends a request with the TokenAuth that calls it"


def test_a_callable_that_uses_its_own_credentials() -> None:
    """A callable that sends a request with its own TokenAuth is told so, instead of waiting for itself for ever."""
    auths: list[TokenAuth] = []

    def fetch() -> str:
        return token_of(next(auths[0].sync_auth_flow(REQUEST)))

    async def fetch_async() -> str:
        return await first_token(auths[0])

    for function in (fetch, fetch_async, lambda: fetch_async()):
        auths[:] = [TokenAuth(function)]
        with pytest.raises(RuntimeError, match=INSIDE):
            asyncio.run(first_token(auths[0]))
    auths[:] = [TokenAuth(fetch)]
    with pytest.raises(RuntimeError, match=INSIDE):
        next(auths[0].sync_auth_flow(REQUEST))
