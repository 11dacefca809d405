"""Does TokenAuth get a token from a callable when it needs one, and only then?"""

import asyncio
import functools
import gc
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest

from dataarts_auth import TokenAuth

from .server import ReceivedRequest, Response, Server

LIMIT = 30.0
"""Seconds after which a test gives up on what should happen at once."""


class Tokens:
    """A callable that returns these tokens, or raises these exceptions, one after the other, and the last one again."""

    def __init__(self, *results: Any) -> None:
        """Note them; nothing has been called yet."""
        self.results = results
        self.calls = 0

    def __call__(self) -> Any:
        """Return or raise the next one."""
        self.calls += 1
        result = self.results[min(self.calls, len(self.results)) - 1]
        if isinstance(result, BaseException):
            raise result
        return result


Wrap = Callable[[Callable[[], Any]], Any]
Send = Callable[..., httpx.Response]


def as_coroutine_function(function: Callable[[], Any]) -> Callable[[], Awaitable[Any]]:
    """The callable as an asynchronous one."""

    async def call() -> Any:
        await asyncio.sleep(0)
        return function()

    return call


class AsyncObject:
    """An object whose `__call__` is asynchronous."""

    def __init__(self, function: Callable[[], Any]) -> None:
        """Keep the callable."""
        self.function = function

    async def __call__(self) -> Any:
        """Call it."""
        return self.function()


def send_sync(auth: httpx.Auth, *requests: httpx.Request, **options: Any) -> list[httpx.Response]:
    """Send requests, one after the other, by a synchronous client."""
    with httpx.Client(auth=auth, **options) as client:
        return [client.send(request) for request in requests]


def send_async(auth: httpx.Auth, *requests: httpx.Request, **options: Any) -> list[httpx.Response]:
    """Send requests, one after the other, by an asynchronous client."""

    async def send() -> list[httpx.Response]:
        async with httpx.AsyncClient(auth=auth, **options) as client:
            return [await client.send(request) for request in requests]

    return asyncio.run(send())


# What makes a function an asynchronous callable.
ASYNCHRONOUS: dict[str, Wrap] = {
    "coroutine function": as_coroutine_function,
    "partial": lambda function: functools.partial(as_coroutine_function(function)),
    "object": AsyncObject,
    "lambda": lambda function: lambda: as_coroutine_function(function)(),
}

# Each kind of client with each kind of callable.
WAYS: dict[str, tuple[Callable[..., list[httpx.Response]], Wrap]] = {
    "blocking": (send_sync, lambda function: function),
    "asynchronous, function": (send_async, lambda function: function),
    **{f"asynchronous, {name}": (send_async, wrap) for name, wrap in ASYNCHRONOUS.items()},
}
each_way = pytest.mark.parametrize(("send", "wrap"), WAYS.values(), ids=WAYS.keys())


def post(server: Server, **options: Any) -> httpx.Request:
    """A request with a body, as starting a run is."""
    return httpx.Request("POST", f"{server.url}/v1", **{"content": b"body", **options})


def accept(*tokens: str) -> Callable[[ReceivedRequest], Response]:
    """Answer 401 to every request that does not have one of these tokens."""
    return lambda request: Response(200 if request.header("X-Auth-Token") in tokens else 401)


@each_way
def test_the_callable_is_called_for_the_first_request(server: Server, send: Any, wrap: Wrap) -> None:
    """The callable is called when the first request is sent, not earlier, and its token serves all that follow."""
    tokens = Tokens("t1", "t2")
    auth = TokenAuth(wrap(tokens))
    before = tokens.calls
    send(auth, post(server), post(server))
    send(auth, post(server))

    assert before == 0
    assert tokens.calls == 1
    assert server.tokens == ["t1", "t1", "t1"]


@each_way
def test_a_refused_token_is_replaced(server: Server, send: Any, wrap: Wrap) -> None:
    """After a 401 the callable is called once more, and the same request is sent again with the token it returns."""
    server.respond = accept("t2")
    tokens = Tokens("t1", "t2")
    first, second = send(
        TokenAuth(wrap(tokens)), post(server, headers={"workspace": "ws", "X-Auth-Token": "stale"}), post(server)
    )

    assert (first.status_code, second.status_code) == (200, 200)
    assert tokens.calls == 2
    assert server.tokens == ["t1", "t2", "t2"]
    assert [request.body for request in server.requests] == [b"body"] * 3
    assert [request.header("workspace") for request in server.requests] == ["ws", "ws", None]
    assert [response.status_code for response in first.history] == [401]
    assert first.request.content == b"body"


@each_way
def test_a_request_is_sent_again_only_once(server: Server, send: Any, wrap: Wrap) -> None:
    """If the new token is refused too, that 401 is the result; the next request asks for another token."""
    server.respond = accept("t4")
    tokens = Tokens("t1", "t2", "t3", "t4")
    auth = TokenAuth(wrap(tokens))
    (first,) = send(auth, post(server))
    calls = tokens.calls
    (second,) = send(auth, post(server))

    assert (first.status_code, calls) == (401, 2)
    assert (second.status_code, tokens.calls) == (401, 3)
    assert server.tokens == ["t1", "t2", "t2", "t3"]


def test_a_flow_ends_after_the_second_401() -> None:
    """Whatever sends the requests of the flow, there are no more than two of them."""
    tokens = Tokens("t1", "t2", "t3")
    flow = TokenAuth(tokens).sync_auth_flow(httpx.Request("POST", "http://host", content=b"body"))
    sent = [next(flow), flow.send(httpx.Response(401))]
    with pytest.raises(StopIteration):
        flow.send(httpx.Response(401))

    assert [request.headers["X-Auth-Token"] for request in sent] == ["t1", "t2"]
    assert tokens.calls == 2


@each_way
def test_the_same_token_is_not_sent_again(server: Server, send: Any, wrap: Wrap) -> None:
    """If the callable returns the token that was refused, the request is not sent again."""
    server.respond = accept("t2")
    tokens = Tokens("t1", "t1", "t2")
    first, second = send(TokenAuth(wrap(tokens)), post(server), post(server))

    assert (first.status_code, second.status_code) == (401, 200)
    assert tokens.calls == 3
    assert server.tokens == ["t1", "t1", "t2"]


@pytest.mark.parametrize("status", [200, 204, 302, 400, 402, 403, 404, 407, 408, 429, 500, 502, 503])
@each_way
def test_only_a_401_asks_again(server: Server, send: Any, wrap: Wrap, status: int) -> None:
    """Any other status is the result, and the callable is not called for it."""
    tokens = Tokens("t1", "t2")
    server.responses.append(Response(status, {"Location": "/"} if status == 302 else {}, b""))
    (response,) = send(TokenAuth(wrap(tokens)), post(server))

    assert response.status_code == status
    assert tokens.calls == 1
    assert server.tokens == ["t1"]


@pytest.mark.parametrize("send", [send_sync, send_async], ids=["sync", "async"])
def test_a_token_that_is_a_string_is_sent_once(server: Server, send: Any) -> None:
    """With a string for a token there is nothing to ask, so a 401 is the result."""
    server.respond = accept()
    (response,) = send(TokenAuth("t1"), post(server))

    assert response.status_code == 401
    assert server.tokens == ["t1"]


@each_way
def test_a_stream_is_not_sent_again(server: Server, send: Any, wrap: Wrap) -> None:
    """A request whose body is a stream cannot be sent again, but the next one has the new token."""
    server.respond = accept("t2")
    tokens = Tokens("t1", "t2")

    def chunks() -> Iterator[bytes]:
        yield b"body"

    async def chunks_async() -> AsyncIterator[bytes]:
        yield b"body"

    content = chunks() if send is send_sync else chunks_async()
    first, second = send(
        TokenAuth(wrap(tokens)), post(server, content=content, headers={"Content-Length": "4"}), post(server)
    )

    assert (first.status_code, second.status_code) == (401, 200)
    assert server.tokens == ["t1", "t2"]
    assert [request.body for request in server.requests] == [b"body"] * 2


@each_way
def test_a_redirected_request_is_not_sent_again(server: Server, send: Any, wrap: Wrap) -> None:
    """A 401 that came after a redirect does not say that the first request was refused, so it is the result."""
    server.responses += [Response(303, {"Location": "/other"}), Response(401)]
    tokens = Tokens("t1", "t2")
    (response,) = send(TokenAuth(wrap(tokens)), post(server), follow_redirects=True)

    assert response.status_code == 401
    assert tokens.calls == 1
    assert [request.raw_path for request in server.requests] == [b"/v1", b"/other"]


class FetchError(Exception):
    """The callable could not get a token."""


@each_way
@pytest.mark.parametrize("kind", [FetchError, ValueError, OSError, httpx.ConnectError, UnicodeError, TimeoutError])
def test_what_the_callable_raises_passes_through(server: Server, send: Any, wrap: Wrap, kind: type[Exception]) -> None:
    """The callable's exception is the caller's, unchanged; nothing is sent, and the next request asks again."""
    error = kind("no token")
    tokens = Tokens(error, "t1")
    auth = TokenAuth(wrap(tokens))
    with pytest.raises(kind, match="no token") as caught:
        send(auth, post(server))
    send(auth, post(server))

    assert caught.value is error
    assert error.__cause__ is None
    assert server.tokens == ["t1"]


@each_way
def test_what_the_callable_raises_after_a_401_passes_through(server: Server, send: Any, wrap: Wrap) -> None:
    """The callable's exception is the caller's after a 401 too; the refused request is not sent again."""
    server.respond = accept("t2")
    tokens = Tokens("t1", FetchError("no token"), "t2")
    auth = TokenAuth(wrap(tokens))
    with pytest.raises(FetchError):
        send(auth, post(server))
    (response,) = send(auth, post(server))

    assert response.status_code == 200
    assert server.tokens == ["t1", "t1", "t2"]


@each_way
def test_stop_iteration_becomes_a_runtime_error(server: Server, send: Any, wrap: Wrap) -> None:
    """An iterator without further tokens ends in a RuntimeError: generators let no StopIteration pass (PEP 479)."""
    auth = TokenAuth(wrap(iter(["t1"]).__next__))
    server.respond = accept()

    with pytest.raises(RuntimeError, match="raised StopIteration"):
        send(auth, post(server))

    assert server.tokens == ["t1"]


RETURNED: dict[str, tuple[Any, type[Exception], str]] = {
    "None": (None, TypeError, "must be a str, not NoneType"),
    "bytes": (b"s3cr3t", TypeError, "must be a str, not bytes"),
    "empty": ("", ValueError, "is empty"),
    "space before it": (" s3cr3t", ValueError, "has white space or line breaks around it"),
    "line break after it": ("s3cr3t\n", ValueError, "has white space or line breaks around it"),
    "line break": ("s3c\r\nr3t", ValueError, "has characters that an HTTP header cannot carry"),
    "not ASCII": ("s3crét", ValueError, "has characters that an HTTP header cannot carry"),
}


@each_way
@pytest.mark.parametrize(("value", "kind", "message"), RETURNED.values(), ids=RETURNED.keys())
def test_what_the_callable_returns_is_checked(
    server: Server, send: Any, wrap: Wrap, value: Any, kind: type[Exception], message: str
) -> None:
    """What is no token is refused as a string would be, by a message without it; nothing is sent."""
    auth = TokenAuth(wrap(lambda: value))

    with pytest.raises(kind, match=f"^the token that the callable returned {message}") as error:
        send(auth, post(server))

    assert "s3c" not in str(error.value)
    assert error.value.__context__ is None
    assert server.requests == []


@pytest.mark.parametrize("wrap", ASYNCHRONOUS.values(), ids=ASYNCHRONOUS.keys())
def test_an_asynchronous_callable_needs_an_asynchronous_client(server: Server, wrap: Wrap) -> None:
    """A blocking client refuses an asynchronous callable, sends nothing, and leaves no coroutine that nobody awaits."""
    auth = TokenAuth(wrap(Tokens("t1")))

    with pytest.raises(TypeError, match="an asynchronous callable needs an asynchronous client"):
        send_sync(auth, post(server))

    gc.collect()  # Here, a coroutine that was never awaited would warn.
    assert server.requests == []


@pytest.mark.parametrize("name", ["token", "_source", "anything", "requires_request_body"])
def test_immutable(name: str) -> None:
    """Nothing of credentials can be set or deleted afterwards, by a message that says to give a callable."""
    auth = TokenAuth("s3cr3t")
    expected = r"^TokenAuth is immutable, .* create it with a callable, TokenAuth\(fetch_token\)$"

    with pytest.raises(AttributeError, match=expected):
        setattr(auth, name, "new")
    with pytest.raises(AttributeError, match=expected):
        delattr(auth, name)
    assert next(auth.sync_auth_flow(httpx.Request("GET", "http://host"))).headers["X-Auth-Token"] == "s3cr3t"


def test_the_callable_is_not_shown() -> None:
    """The repr says that there is a callable, and nothing of it: its arguments can be a name and a password."""
    auth = TokenAuth(functools.partial(str, "s3cr3t"))

    assert repr(auth) == "TokenAuth(token=<callable>)"


def test_many_loops_and_threads_share_one(server: Server) -> None:
    """Clients of many event loops, one after the other, and blocking ones keep using the same token."""
    tokens = Tokens("t1", "t2")
    auth = TokenAuth(tokens)
    for send in (send_sync, send_async, send_async, send_sync):
        send(auth, post(server))

    assert tokens.calls == 1
    assert server.tokens == ["t1"] * 4
