"""Does the client renew a token without running a job twice, and say rightly what may have been carried out?"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dataarts_auth import SignatureAuth, TokenAuth
from dataarts_client import Client, errors
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.models import JobParam, RunJobRequest

from .server import Response, Server
from .test_tokens import LIMIT, FetchError, Tokens, as_coroutine_function
from .test_tracebacks import frames_of, raised_by

BODY = RunJobRequest([JobParam("aaa", "111")])

Wrap = Callable[[Callable[[], Any]], Any]
Run = Callable[..., int]


def run_sync(auth: httpx.Auth, url: str, **options: Any) -> int:
    """Start a run by a blocking call, and return its instance ID."""
    with Client(url, auth=auth, **options) as client:
        return run_job_immediately.sync("p1", "myJob", client=client, body=BODY).instance_id


def run_async(auth: httpx.Auth, url: str, **options: Any) -> int:
    """Start a run by an asynchronous call."""

    async def run() -> int:
        async with Client(url, auth=auth, **options) as client:
            return (await run_job_immediately.asyncio("p1", "myJob", client=client, body=BODY)).instance_id

    return asyncio.run(run())


# Each kind of call with each kind of callable.
WAYS: dict[str, tuple[Run, Wrap]] = {
    "sync": (run_sync, lambda function: function),
    "asyncio, function": (run_async, lambda function: function),
    "asyncio, coroutine function": (run_async, as_coroutine_function),
}
each_way = pytest.mark.parametrize(("run", "wrap"), WAYS.values(), ids=WAYS.keys())

REFUSED = Response(401, body=b'{"error_code":"APIGW.0301","error_msg":"Incorrect IAM authentication information"}')
THROTTLED = Response(429, {"Retry-After": "0"}, b'{"error_code":"APIGW.0308","error_msg":"Throttled"}')
LOST = Response(None)
FAILED = Response(500, body=b"{}")


@each_way
def test_a_token_is_renewed(server: Server, run: Run, wrap: Wrap) -> None:
    """After a 401 the call goes on with the new token, and returns what the service answers; it is no retry."""
    server.responses.append(REFUSED)
    tokens = Tokens("t1", "t2")
    instance_id = run(TokenAuth(wrap(tokens)), server.url, max_retries=0)
    first, second = server.requests

    assert instance_id == 132343
    assert server.tokens == ["t1", "t2"]
    assert first.body == second.body == b'{"jobParams":[{"name":"aaa","value":"111"}]}'
    assert (first.method, first.raw_path) == (second.method, second.raw_path)


# What is received after a token was refused: the tokens of all requests, the exception, and whether the job may run.
AFTERWARDS: dict[str, tuple[list[Response], list[str], type[errors.ClientError], bool]] = {
    "refused again": ([REFUSED], ["t1", "t2"], errors.Unauthorized, False),
    "no response": ([LOST], ["t1", "t2"], errors.OutcomeUnknown, True),
    "a server error": ([FAILED], ["t1", "t2"], errors.ServerError, True),
    "a timeout": ([Response(408, body=b"{}")], ["t1", "t2"], errors.ApiError, True),
    "not as documented": ([Response(200, body=b"{}")], ["t1", "t2"], errors.UnexpectedResponse, True),
    "a bad request": ([Response(400, body=b"{}")], ["t1", "t2"], errors.BadRequest, False),
    "throttled, then no response": ([THROTTLED, LOST], ["t1", "t2", "t2"], errors.OutcomeUnknown, True),
    "throttled, then refused": ([THROTTLED, REFUSED, LOST], ["t1", "t2", "t2", "t3"], errors.OutcomeUnknown, True),
}


@each_way
@pytest.mark.parametrize(("responses", "sent", "kind", "unknown"), AFTERWARDS.values(), ids=AFTERWARDS.keys())
def test_a_job_never_runs_twice(
    server: Server,
    run: Run,
    wrap: Wrap,
    responses: list[Response],
    sent: list[str],
    kind: type[errors.ClientError],
    unknown: bool,
) -> None:
    """What may have started the job is not sent again, token renewed or not, and the exception tells it."""
    server.responses += [REFUSED, *responses]
    with pytest.raises(errors.ClientError) as caught:
        run(TokenAuth(wrap(Tokens("t1", "t2", "t3"))), server.url, max_retries=9)

    assert server.tokens == sent
    assert type(caught.value) is kind
    assert caught.value.outcome_unknown is unknown


@each_way
def test_a_throttled_request_keeps_the_new_token(server: Server, run: Run, wrap: Wrap) -> None:
    """An attempt that is made again after a 429 uses the token that was renewed before."""
    server.responses += [REFUSED, THROTTLED]
    tokens = Tokens("t1", "t2", "t3")
    run(TokenAuth(wrap(tokens)), server.url)

    assert server.tokens == ["t1", "t2", "t2"]
    assert tokens.calls == 2


class Unreachable(httpx.HTTPTransport):
    """Reaches the server once; after that, no connection can be made."""

    traces_requests = True

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the first request, and the second one to a port that refuses connections."""
        response = super().handle_request(request)
        self.handle_request = self.refuse  # type: ignore[method-assign]
        return response

    def refuse(self, request: httpx.Request) -> httpx.Response:
        """Fail as httpx's own transport does."""
        request.url = request.url.copy_with(port=1)
        return super().handle_request(request)


def test_a_new_token_that_cannot_be_sent(server: Server) -> None:
    """If no connection can be made for the second request, the job was not started: the first one was refused."""
    server.responses.append(REFUSED)
    transport = Unreachable()
    with pytest.raises(errors.RequestNotSent) as caught:
        run_sync(TokenAuth(Tokens("t1", "t2")), server.url, max_retries=0, transport=transport)

    assert caught.value.outcome_unknown is False
    assert server.tokens == ["t1"]


ERRORS: dict[str, Callable[[], Exception]] = {
    "own": lambda: FetchError("no token"),
    "system": lambda: OSError("no token"),
    "timeout": lambda: TimeoutError("no token"),
    "connection": lambda: httpx.ConnectError("no token"),
    "read timeout": lambda: httpx.ReadTimeout("no token"),
    "encoding of a file": lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "no token"),
}


@each_way
@pytest.mark.parametrize("make", ERRORS.values(), ids=ERRORS.keys())
@pytest.mark.parametrize("results", [[], ["t1"]], ids=["first token", "next token"])
def test_what_the_callable_raises_passes_through(
    server: Server, run: Run, wrap: Wrap, results: list[str], make: Callable[[], Exception]
) -> None:
    """The callable's exception passes through the client unchanged, and the call is not attempted again."""
    server.responses.append(REFUSED)
    error = make()
    tokens = Tokens(*results, error)
    with pytest.raises(type(error)) as caught:
        run(TokenAuth(wrap(tokens)), server.url, max_retries=9)

    assert caught.value is error
    assert tokens.calls == len(results) + 1
    assert server.tokens == results


@each_way
def test_a_token_that_no_header_can_carry(server: Server, run: Run, wrap: Wrap) -> None:
    """A token that no header can carry is refused, and nothing is sent."""
    with pytest.raises(ValueError, match="the token that the callable returned has white space") as caught:
        run(TokenAuth(wrap(Tokens("s3cr3t\n"))), server.url)

    assert "s3cr3t" not in str(caught.value)
    assert server.requests == []


@pytest.mark.parametrize("wrap", [lambda function: function, as_coroutine_function], ids=["function", "coroutine"])
@pytest.mark.parametrize(
    ("results", "timeout", "kind"),
    [([], 0.1, errors.RequestNotSent), (["t1"], 2.0, errors.Unauthorized)],
    ids=["first token", "next token"],
)
def test_the_timeout_bounds_the_callable(
    server: Server, wrap: Wrap, results: list[str], timeout: float, kind: type[errors.ClientError]
) -> None:
    """The timeout of an asynchronous call ends the wait for a token; the job was not started."""
    server.responses.append(REFUSED)
    over = threading.Event()
    left = iter(results)

    def fetch() -> str:
        for token in left:
            return token
        over.wait(LIMIT)
        return "late"

    async def fetch_async() -> str:
        for token in left:
            return token
        await asyncio.sleep(LIMIT)
        return "late"

    started = time.monotonic()
    try:
        with pytest.raises(kind) as caught:
            run_async(TokenAuth(fetch_async if wrap is as_coroutine_function else fetch), server.url, timeout=timeout)
    finally:
        over.set()

    assert time.monotonic() - started < LIMIT
    assert caught.value.outcome_unknown is False
    assert server.tokens == results


@each_way
def test_neither_token_is_shown(server: Server, caplog: pytest.LogCaptureFixture, run: Run, wrap: Wrap) -> None:
    """Both tokens stay out of exceptions and logs, also where the service repeats them."""
    caplog.set_level(logging.DEBUG)
    body = b'{"error_code":"APIGW.0301","error_msg":"s3cr3t-one and s3cr3t-two are wrong"}'
    server.responses += [Response(401, body=body), Response(401, body=body)]
    with pytest.raises(errors.Unauthorized) as caught:
        run(TokenAuth(wrap(Tokens("s3cr3t-one", "s3cr3t-two"))), server.url)

    assert server.tokens == ["s3cr3t-one", "s3cr3t-two"]
    assert "are wrong" in str(caught.value)
    assert "s3cr3t" not in f"{caught.value!s} {caught.value!r} {caught.value.error_msg} {caplog.text}"


@each_way
@pytest.mark.parametrize("last", [LOST, FAILED, REFUSED], ids=["no response", "server error", "refused"])
def test_tracebacks_show_neither_token(server: Server, run: Run, wrap: Wrap, last: Response) -> None:
    """Nor do they stand in the local variables of any frame of credentials, client or httpx."""
    server.responses += [REFUSED, last]
    frames = frames_of(raised_by(lambda: run(TokenAuth(wrap(Tokens("s3cr3t-one", "s3cr3t-two"))), server.url)))

    assert server.tokens == ["s3cr3t-one", "s3cr3t-two"]
    assert any("dataarts_runtime" in frame for frame in frames)
    assert not [frame for frame in frames if "s3cr3t" in frame]


def test_calls_at_once_renew_once(server: Server) -> None:
    """Of many calls that are refused at once, one asks for the token, and all go on with it."""
    count = 20
    barrier = threading.Barrier(count)

    def respond(request: Any) -> Response:
        if request.header("X-Auth-Token") != "t1":
            return Response()
        barrier.wait(LIMIT)
        return REFUSED

    server.respond = respond
    tokens = Tokens("t1", "t2", "t3")

    async def run() -> list[int]:
        async with Client(server.url, auth=TokenAuth(as_coroutine_function(tokens))) as client:
            calls = [run_job_immediately.asyncio("p1", "myJob", client=client) for _ in range(count)]
            return [started.instance_id for started in await asyncio.gather(*calls)]

    instance_ids = asyncio.run(run())

    assert instance_ids == [132343] * count
    assert tokens.calls == 2
    assert sorted(map(str, server.tokens)) == ["t1"] * count + ["t2"] * count


@pytest.mark.parametrize("run", [run_sync, run_async], ids=["sync", "asyncio"])
def test_each_attempt_is_signed(server: Server, run: Run) -> None:
    """Each attempt of a signed call has a valid signature of its own; a 401 is not tried again."""
    server.responses += [THROTTLED, REFUSED]
    with pytest.raises(errors.Unauthorized) as caught:
        run(SignatureAuth("ak", "sk", security_token="tok", project_id="p1"), server.url, max_retries=9)

    assert [request.verify("sk") for request in server.requests] == [None, None]
    assert caught.value.outcome_unknown is False
