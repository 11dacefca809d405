"""Does a request that a server receives carry the credentials, and does nothing of the caller's change?"""

import asyncio
import copy
import io
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine

from dataarts_auth import SignatureAuth, TokenAuth, access_key_of

from .server import Response, Server

AUTH = SignatureAuth("AKEXAMPLE", "SKEXAMPLE", security_token="tok", project_id="p1")
MIB = 1024 * 1024

Send = Callable[..., httpx.Response]


def send_sync(request: httpx.Request, auth: httpx.Auth = AUTH) -> httpx.Response:
    """Send by a synchronous client."""
    with httpx.Client(auth=auth) as client:
        return client.send(request)


def send_async(request: httpx.Request, auth: httpx.Auth = AUTH) -> httpx.Response:
    """Send by an asynchronous client."""

    async def send() -> httpx.Response:
        async with httpx.AsyncClient(auth=auth) as client:
            return await client.send(request)

    return asyncio.run(send())


both = pytest.mark.parametrize("send", [send_sync, send_async], ids=["sync", "async"])

REQUESTS: dict[str, dict[str, Any]] = {
    "parameters": {"json": {"jobParams": [{"name": "aaa", "value": "作业"}]}, "headers": {"workspace": "ws1"}},
    "no body": {},
    "GET": {"method": "GET"},
    "large body": {"content": b"\x00\xff" * MIB},
    "largest body": {"content": b"x" * (12 * MIB)},
    "form": {"data": {"a": "b c"}},
    "unsigned payload": {
        "content": b"text",
        "headers": {"Content-Type": "text/plain", "X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"},
    },
    "Chinese job": {"path": "/v1/p1/jobs/%E4%BD%9C%E4%B8%9A/run-immediate"},
    "Chinese job, left to httpx": {"path": "/v1/p1/jobs/作业 ~+%25/run-immediate"},
    "encoded slash": {"path": "/v1/a%2fb/"},
    "empty path": {"path": ""},
    "query": {"params": {"q": "a b+c~%/作业", "a": ["2", "10", ""], "": "x"}},
    "query as it stands": {"path": "/v1?b=1+2&&a&c=%7e=&b=0"},
    "header in Chinese": {"headers": [(b"workspace", "作业".encode())]},
    "header twice": {"headers": [("X-Twice", "1"), ("x-twice", "2")]},
    "other Host": {"headers": {"Host": "gateway.example.com:8443"}},
    "other target": {"extensions": {"target": b"/else/%E4?x=1"}},
    "cookie": {"cookies": {"a": "b"}},
}


@both
@pytest.mark.parametrize("given", REQUESTS.values(), ids=REQUESTS.keys())
def test_signs_what_is_received(server: Server, send: Send, given: dict[str, Any]) -> None:
    """Whatever the request, the server finds the signature to be that of what received, and of nothing else."""
    method, path = given.get("method", "POST"), given.get("path", "/v1/p1/jobs/myJob/run-immediate")
    options = {name: value for name, value in given.items() if name not in {"method", "path"}}
    request = httpx.Client().build_request(method, server.url + path, **options)

    response = send(request)

    assert response.status_code == 200
    assert server.request.verify("SKEXAMPLE") is None
    assert server.request.verify("SKEXAMPLF") is not None
    assert access_key_of(server.request.header("Authorization") or "") == "AKEXAMPLE"
    assert server.request.header("X-Security-Token") == "tok"
    assert server.request.header("X-Project-Id") == "p1"
    assert server.request.body == request.content == response.request.content


@both
def test_sends_the_token(server: Server, send: Send) -> None:
    """A token goes in X-Auth-Token, in place of one that the request brought along, and streams may follow it."""

    def chunks() -> Iterator[bytes]:
        yield b"{}"

    async def chunks_async() -> AsyncIterator[bytes]:
        yield b"{}"

    content = chunks() if send is send_sync else chunks_async()
    streaming = httpx.Request("POST", server.url, content=content, headers={"Content-Length": "2"})
    plain = httpx.Request("POST", server.url, headers={"x-auth-token": "stale"}, content=b"{}")

    for request in (streaming, plain):
        send(request, TokenAuth("tok en"))

    assert [received.header("X-Auth-Token") for received in server.requests] == ["tok en"] * 2
    assert [received.body for received in server.requests] == [b"{}"] * 2
    assert [received.header("Authorization") for received in server.requests] == [None] * 2


@both
@pytest.mark.parametrize("auth", [AUTH, TokenAuth("tok")], ids=["signature", "token"])
def test_nothing_of_the_callers_changes(server: Server, send: Send, auth: httpx.Auth) -> None:
    """The caller's request, headers and all, is after the call what it was before."""
    headers, params, payload = {"workspace": "ws1", "X-Sdk-Date": "old"}, {"a": "b"}, {"jobParams": [{"name": "a"}]}
    callers = copy.deepcopy((headers, params, payload))
    request = httpx.Request("POST", server.url, headers=headers, params=params, json=payload)
    before = (request.method, str(request.url), list(request.headers.raw), request.stream, request.content)

    response = send(request, auth)

    assert (request.method, str(request.url), list(request.headers.raw), request.stream, request.content) == before
    assert (headers, params, payload) == callers
    assert response.request is not request


@both
def test_each_attempt_is_signed_afresh(server: Server, send: Send) -> None:
    """A request sent again an hour later carries the later date, and one signature that fits it."""
    request = httpx.Request("POST", server.url, json={})
    for hour in (10, 11):
        with time_machine.travel(datetime(2026, 1, 1, hour, tzinfo=UTC), tick=False):
            send(request)

    first, second = server.requests
    assert first.header("X-Sdk-Date") == "20260101T100000Z"
    assert second.header("X-Sdk-Date") == "20260101T110000Z"
    assert first.verify("SKEXAMPLE", datetime(2026, 1, 1, 10, tzinfo=UTC)) is None
    assert second.verify("SKEXAMPLE", datetime(2026, 1, 1, 11, tzinfo=UTC)) is None


@both
@pytest.mark.parametrize("zone", ["ZONE-08:00", "ZONE+09:30", "ZONE+05SUMMER,0,365"], ids=["east", "west", "summer"])
def test_the_date_is_utc(server: Server, monkeypatch: pytest.MonkeyPatch, send: Send, zone: str) -> None:
    """The date of a signature is in UTC, wherever in the world the machine is."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        away_from_utc = abs(datetime.now().astimezone().utcoffset() or timedelta())
        before = datetime.now(UTC)
        send(httpx.Request("POST", server.url, json={}))
        after = datetime.now(UTC)
    finally:
        monkeypatch.undo()
        time.tzset()
    date = datetime.fromisoformat(server.request.header("X-Sdk-Date") or "")

    assert away_from_utc >= timedelta(hours=4), "the time zone was not set"
    assert before.replace(microsecond=0) <= date <= after
    assert server.request.verify("SKEXAMPLE", after) is None


def test_a_redirect_sent_on_is_signed_afresh(server: Server) -> None:
    """The request that a redirect asks for, sent by the caller, is signed for where it goes."""
    server.responses.append(Response(307, {"Location": "/v2/other?x=1"}))
    with httpx.Client(auth=AUTH) as client:
        redirect = client.post(f"{server.url}/v1/first", json={"a": 1}, headers={"workspace": "ws1"})
        assert redirect.next_request is not None
        client.send(redirect.next_request)

    first, second = server.requests
    assert (first.raw_path, second.raw_path, second.query) == (b"/v1/first", b"/v2/other", b"x=1")
    assert second.body == first.body
    assert (first.verify("SKEXAMPLE"), second.verify("SKEXAMPLE")) == (None, None)


def test_a_redirect_that_httpx_follows_is_not(server: Server) -> None:
    """A redirect that httpx follows by itself carries the signature of the first request, which is refused."""
    server.responses.append(Response(307, {"Location": "/v2/other"}))
    with httpx.Client(auth=AUTH, follow_redirects=True) as client:
        client.post(f"{server.url}/v1/first")

    first, second = server.requests
    assert first.verify("SKEXAMPLE") is None
    assert "verify aksk signature fail" in (second.verify("SKEXAMPLE") or "")


def test_threads_share_one(server: Server) -> None:
    """Many threads may sign by one object at the same time."""

    def send(number: int) -> None:
        client.post(f"{server.url}/v1/{number}", content=str(number) * number)

    with httpx.Client(auth=AUTH) as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(64)))

    assert sorted(len(received.body) for received in server.requests) == [len(str(n)) * n for n in range(64)]
    assert {received.verify("SKEXAMPLE") for received in server.requests} == {None}


def generator() -> Iterator[bytes]:
    """A body that comes in parts."""
    yield b"{}"


async def async_generator() -> AsyncIterator[bytes]:
    """A body that comes in parts, asynchronously."""
    yield b"{}"


@pytest.mark.parametrize(
    ("send", "body"),
    [
        (send_sync, {"content": generator()}),
        (send_sync, {"content": io.BytesIO(b"{}")}),
        (send_sync, {"files": {"file": b"{}"}}),
        (send_async, {"content": async_generator()}),
    ],
    ids=["generator", "file", "multipart", "asynchronous generator"],
)
def test_streaming_bodies_are_refused(server: Server, send: Send, body: dict[str, Any]) -> None:
    """A body that comes as a stream is refused before anything is sent."""
    request = httpx.Request("POST", server.url, **body)

    with pytest.raises(ValueError, match="a streaming body cannot be signed"):
        send(request)

    assert server.requests == []


def test_a_stream_once_read_is_signed(server: Server) -> None:
    """A body that came as a stream and has been read is signed like any other."""
    request = httpx.Request("POST", server.url, files={"file": b"{}"})
    request.read()
    send_sync(request)

    assert b"{}" in server.request.body
    assert server.request.verify("SKEXAMPLE") is None


@both
def test_too_large_bodies_are_refused(server: Server, send: Send) -> None:
    """A body of one byte more than 12 MiB is refused before anything is sent."""
    request = httpx.Request("POST", server.url, content=b"x" * (12 * MIB + 1))

    with pytest.raises(ValueError, match="a body of 12582913 bytes cannot be signed: at most 12582912 are allowed"):
        send(request)

    assert server.requests == []
