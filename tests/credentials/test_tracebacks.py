"""Do tracebacks stay free of secrets, where tools show the local variables of every frame?

Error trackers, `pytest --showlocals` and rich do that. The frames of the test stand for the caller's; they may hold
what the caller holds, so only the frames below them are looked at.
"""

import asyncio
import sys
import traceback
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

import httpx
import pytest

import dataarts_auth
from dataarts_auth import SignatureAuth, TokenAuth, auth_from_env, verify_signature

from .server import Response, Server
from .test_environment import set_only
from .test_secrets import ARGUMENTS, CREDENTIALS, UNFIT, each

PACKAGE = str(Path(dataarts_auth.__file__).parent)
URL = "http://host/v1"
KEYS: dict[str, Any] = {"security_token": "s3cr3t-security", "project_id": "s3cr3t-project"}


def frames_of(error: BaseException) -> list[str]:
    """The frames below the test's own, also those of exceptions that led to this one, with their local variables."""
    frames: list[str] = []
    shown: traceback.TracebackException | None
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    while shown is not None:
        frames += [
            f"{frame.filename}:{frame.lineno} in {frame.name}: {frame.locals}"
            for frame in shown.stack
            if not frame.filename.startswith(str(Path(__file__).parent))
        ]
        shown = shown.__cause__ or shown.__context__
    return frames


def raised_by(call: Callable[[], Any]) -> BaseException:
    """The exception that the call raises."""
    try:
        call()
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def assert_hidden(error: BaseException) -> None:
    """Hold all frames of the package, and those that it called, to showing no secret; there must be such frames."""
    frames = frames_of(error)
    leaks = [frame for frame in frames if "s3c" in frame]

    assert any(PACKAGE in frame for frame in frames), frames
    assert not leaks, leaks[0]


@pytest.mark.parametrize("value", UNFIT, ids=ascii)
@pytest.mark.parametrize("create", ARGUMENTS.values(), ids=ARGUMENTS.keys())
def test_unfit_arguments(create: Callable[[str], httpx.Auth], value: str) -> None:
    """No frame shows an argument that is refused."""
    assert_hidden(raised_by(lambda: create(value)))


@pytest.mark.parametrize("value", [b"s3cr3t", ["s3cr3t"], {"s3cr3t": 1}], ids=["bytes", "list", "dict"])
@pytest.mark.parametrize("create", ARGUMENTS.values(), ids=ARGUMENTS.keys())
def test_arguments_of_another_type(create: Callable[[Any], httpx.Auth], value: Any) -> None:
    """Nor one of another type."""
    assert_hidden(raised_by(lambda: create(value)))


@pytest.mark.parametrize(
    "create",
    [
        lambda: SignatureAuth("s3cr3t,ak", "s3cr3t-sk", **KEYS),
        lambda: SignatureAuth("s3cr3t-ak", "", **KEYS),
        lambda: SignatureAuth("s3cr3t-ak", "s3cr3t-sk", security_token="", project_id="s3cr3t"),
        lambda: SignatureAuth("s3cr3t-ak", "s3cr3t-sk", security_token="s3cr3t", project_id=""),
        lambda: SignatureAuth("s3cr3t-ak", "s3cr3t-sk", **{"s3cr3t-name": "s3cr3t"}),
        lambda: SignatureAuth("s3cr3t-ak", "s3cr3t-sk", "s3cr3t-third"),  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
        lambda: TokenAuth("s3cr3t", "s3cr3t"),  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    ],
    ids=[
        "access key",
        "secret key",
        "security token",
        "project ID",
        "unknown name",
        "too many",
        "too many for a token",
    ],
)
def test_arguments_beside_an_unfit_one(create: Callable[[], httpx.Auth]) -> None:
    """Nor the right arguments beside one that is refused."""
    assert_hidden(raised_by(create))


@pytest.mark.parametrize("name", ["token", "secret_key", "security_token", "_source"])
@each
def test_attributes_that_are_set(create: Callable[[], httpx.Auth], name: str) -> None:
    """Nor the value that somebody wants to set an attribute to."""
    auth = create()
    if name == "_source" and isinstance(auth, SignatureAuth):
        name = "_secret_key"

    assert_hidden(raised_by(lambda: setattr(auth, name, "s3cr3t-new")))


TOKEN, ACCESS_KEY, SECRET_KEY = "OS_TOKEN", "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK"
SECURITY_TOKEN, PROJECT_ID = "HUAWEICLOUD_SDK_SECURITY_TOKEN", "HUAWEICLOUD_SDK_PROJECT_ID"
PAIR = {ACCESS_KEY: "s3cr3t-ak", SECRET_KEY: "s3cr3t-sk"}

ENVIRONMENTS: dict[str, dict[str, str]] = {
    "nothing": {},
    "project ID alone": {PROJECT_ID: "s3cr3t"},
    "two sets": {TOKEN: "s3cr3t-token", **PAIR},
    "access key alone": {ACCESS_KEY: "s3cr3t"},
    "secret key alone": {SECRET_KEY: "s3cr3t"},
    "security token alone": {SECURITY_TOKEN: "s3cr3t"},
    "unfit token": {TOKEN: "s3cr3t "},
    "unfit access key": PAIR | {ACCESS_KEY: "s3cr3t,ak"},
    "unfit secret key": PAIR | {SECRET_KEY: "s3c\tr3t"},
    "unfit security token": PAIR | {SECURITY_TOKEN: "s3cr3t\n"},
    "unfit project ID": PAIR | {PROJECT_ID: "s3crét"},
}


@pytest.mark.parametrize("values", ENVIRONMENTS.values(), ids=ENVIRONMENTS.keys())
def test_environment(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    """Nor a variable, or another one beside it, where the environment holds no credentials that can be used."""
    set_only(monkeypatch, values)
    monkeypatch.setenv("S3CRET_TOO", "s3cr3t-of-others")

    assert_hidden(raised_by(auth_from_env))


def verify(**changes: Any) -> str | None:
    """Verify a request that carries secrets, with other arguments."""
    headers = [("Host", "h"), ("X-Security-Token", "s3cr3t-security"), ("X-Sdk-Date", "20260101T000000Z")]
    names = "host;x-sdk-date;x-security-token"
    headers += [("Authorization", f"SDK-HMAC-SHA256 Access=ak, SignedHeaders={names}, Signature={64 * '0'}")]
    arguments: dict[str, Any] = {
        "method": "GET",
        "raw_path": "/",
        "query": "",
        "headers": headers,
        "body": b"",
        "secret_key": "s3cr3t-key",
        "now": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return verify_signature(**(arguments | changes))


@pytest.mark.parametrize(
    "changes",
    [
        {"now": datetime(2026, 1, 1)},
        {"now": "2026"},
        {"body": "text"},
        {"headers": [("s3cr3t", 3)]},
        {"secret_key": b"s3cr3t"},
        {"secret_key": "s3cr3t\udcff"},
        {"method": None},
    ],
    ids=str,
)
def test_wrong_arguments_of_a_server(changes: dict[str, Any]) -> None:
    """Nor the secret key of a server that gives verify_signature a wrong argument."""
    assert_hidden(raised_by(lambda: verify(**changes)))


def send_sync(auth: httpx.Auth, url: str, content: Any) -> None:
    """Send a request that is to fail, by a synchronous client."""
    with httpx.Client(auth=auth) as client:
        client.post(url, content=content).raise_for_status()


def send_async(auth: httpx.Auth, url: str, content: Any) -> None:
    """Send a request that is to fail, by an asynchronous client."""

    async def send() -> None:
        async with httpx.AsyncClient(auth=auth) as client:
            response = await client.post(url, content=content)
            response.raise_for_status()

    asyncio.run(send())


both = pytest.mark.parametrize("send", [send_sync, send_async], ids=["sync", "async"])


@each
@both
@pytest.mark.parametrize("status", [None, 401, 500], ids=str)
def test_failed_requests(server: Server, create: Callable[[], httpx.Auth], send: Any, status: int | None) -> None:
    """Nor credentials, where no server is reached, or it sends an error."""
    server.responses.append(Response(status or 200))
    frames = frames_of(raised_by(lambda: send(create(), server.url if status else "http://127.0.0.1:1", b"{}")))

    assert frames
    assert not [frame for frame in frames if "s3c" in frame]


async def stream_async() -> AsyncIterator[bytes]:
    """A body that is a stream."""
    yield b""


@pytest.mark.parametrize(
    ("send", "content"),
    [(send_sync, iter([b""])), (send_async, stream_async()), (send_sync, bytes(12 * 1024 * 1024 + 1))],
    ids=["stream", "asynchronous stream", "too large"],
)
def test_bodies_that_cannot_be_signed(send: Any, content: Any) -> None:
    """Nor credentials, where the body cannot be signed."""
    error = raised_by(lambda: send(CREDENTIALS["temporary keys"](), "http://127.0.0.1:1", content))

    assert "cannot be signed" in str(error)
    assert_hidden(error)


def returns(value: Any) -> Callable[[], Any]:
    """A callable that returns this."""
    return lambda: value


def returns_async(value: Any) -> Callable[[], Any]:
    """An asynchronous callable that returns this."""

    async def call() -> Any:
        return value

    return call


@pytest.mark.parametrize(
    ("send", "make"),
    [
        (send_sync, returns),
        (send_async, returns),
        (send_async, returns_async),
        (send_async, lambda value: lambda: returns_async(value)()),
    ],
    ids=["blocking", "function", "coroutine function", "lambda"],
)
@pytest.mark.parametrize("later", [False, True], ids=["first token", "next token"])
@pytest.mark.parametrize("value", [*UNFIT, b"s3cr3t", ["s3cr3t"]], ids=ascii)
def test_unfit_tokens_that_a_callable_returns(
    server: Server, send: Any, make: Callable[[Any], Any], later: bool, value: Any
) -> None:
    """Nor a token that a callable returned, and that is refused, or the one before it."""
    server.responses.append(Response(401))
    values = iter(["s3cr3t-first", value] if later else [value])
    auth = TokenAuth(lambda: make(next(values))())
    if send is send_async and make is returns_async:

        async def call() -> Any:
            return next(values)

        auth = TokenAuth(call)

    error = raised_by(lambda: send(auth, server.url, b""))

    assert "the token that the callable returned" in str(error)
    assert_hidden(error)


class Interruption(BaseException):
    """What a signal handler raises, wherever the program happens to be."""


def interrupted(call: Callable[[], Any], stop: int) -> BaseException | None:
    """The exception if the call is interrupted at this line that it runs within the package, counted from 0."""
    lines = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal lines
        if not frame.f_code.co_filename.startswith(PACKAGE) or frame.f_code.co_name == "wrapper":
            return None
        if event == "line":
            lines += 1
            if lines > stop:
                sys.settrace(None)
                raise Interruption
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    except Interruption as error:
        return error
    finally:
        sys.settrace(before)
    return None


def sign_or_send(name: str) -> Callable[[], Any]:
    """Send by credentials of this name, as far as their flow goes."""
    auth = CREDENTIALS[name]()
    return lambda: next(auth.sync_auth_flow(httpx.Request("POST", URL, content=b"{}")))


CALLS: dict[str, Callable[[], Any]] = {
    "make a token": CREDENTIALS["token"],
    "make keys": CREDENTIALS["temporary keys"],
    "send a token": sign_or_send("token"),
    "sign": sign_or_send("temporary keys"),
    "verify": verify,
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS.keys())
def test_interruptions(call: Callable[[], Any]) -> None:
    """Nor credentials, whatever the line at which a signal (Ctrl-C, a time limit) interrupts the package."""
    stop = 0
    while (error := interrupted(call, stop)) is not None:
        assert_hidden(error)
        stop += 1

    assert stop > 8
