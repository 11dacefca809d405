"""Does what arrives at a server carry the credentials, and nothing of the caller's change?"""

import asyncio
import copy
import io
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import time_machine

from dataarts_auth import SignatureAuth, TokenAuth, access_key_of

from .wire import Wire

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
def test_signs_what_arrives(wire: Wire, send: Send, given: dict[str, Any]) -> None:
    """Whatever the request, the server finds the signature to be that of what arrived, and of nothing else."""
    method, path = given.get("method", "POST"), given.get("path", "/v1/p1/jobs/myJob/run-immediate")
    options = {name: value for name, value in given.items() if name not in {"method", "path"}}
    request = httpx.Client().build_request(method, wire.url + path, **options)

    response = send(request)

    assert response.status_code == 200
    assert wire.last.verify("SKEXAMPLE") is None
    assert wire.last.verify("SKEXAMPLF") is not None
    assert access_key_of(wire.last.header("Authorization") or "") == "AKEXAMPLE"
    assert wire.last.header("X-Security-Token") == "tok"
    assert wire.last.header("X-Project-Id") == "p1"
    assert wire.last.body == request.content == response.request.content


@both
def test_sends_the_token(wire: Wire, send: Send) -> None:
    """A token goes in X-Auth-Token, in place of one that the request brought along, and streams may follow it."""

    def chunks() -> Iterator[bytes]:
        yield b"{}"

    async def chunks_async() -> AsyncIterator[bytes]:
        yield b"{}"

    content = chunks() if send is send_sync else chunks_async()
    streaming = httpx.Request("POST", wire.url, content=content, headers={"Content-Length": "2"})
    plain = httpx.Request("POST", wire.url, headers={"x-auth-token": "stale"}, content=b"{}")

    for request in (streaming, plain):
        send(request, TokenAuth("tok en"))

    assert [arrived.header("X-Auth-Token") for arrived in wire.arrived] == ["tok en"] * 2
    assert [arrived.body for arrived in wire.arrived] == [b"{}"] * 2
    assert [arrived.header("Authorization") for arrived in wire.arrived] == [None] * 2


@both
@pytest.mark.parametrize("auth", [AUTH, TokenAuth("tok")], ids=["signature", "token"])
def test_nothing_of_the_callers_changes(wire: Wire, send: Send, auth: httpx.Auth) -> None:
    """The caller's request, headers and all, is after the call what it was before."""
    headers, params, payload = {"workspace": "ws1", "X-Sdk-Date": "old"}, {"a": "b"}, {"jobParams": [{"name": "a"}]}
    callers = copy.deepcopy((headers, params, payload))
    request = httpx.Request("POST", wire.url, headers=headers, params=params, json=payload)
    before = (request.method, str(request.url), list(request.headers.raw), request.stream, request.content)

    response = send(request, auth)

    assert (request.method, str(request.url), list(request.headers.raw), request.stream, request.content) == before
    assert (headers, params, payload) == callers
    assert response.request is not request


@both
def test_each_attempt_is_signed_afresh(wire: Wire, send: Send) -> None:
    """A request sent again an hour later carries the later date, and one signature that fits it."""
    request = httpx.Request("POST", wire.url, json={})
    for hour in (10, 11):
        with time_machine.travel(datetime(2026, 1, 1, hour, tzinfo=UTC), tick=False):
            send(request)

    first, second = wire.arrived
    assert first.header("X-Sdk-Date") == "20260101T100000Z"
    assert second.header("X-Sdk-Date") == "20260101T110000Z"
    assert first.verify("SKEXAMPLE", datetime(2026, 1, 1, 10, tzinfo=UTC)) is None
    assert second.verify("SKEXAMPLE", datetime(2026, 1, 1, 11, tzinfo=UTC)) is None


def test_a_redirect_sent_on_is_signed_afresh(wire: Wire) -> None:
    """The request that a redirect asks for, sent by the caller, is signed for where it goes."""
    wire.answers.append((307, [("Location", "/v2/other?x=1")], b""))
    with httpx.Client(auth=AUTH) as client:
        redirect = client.post(f"{wire.url}/v1/first", json={"a": 1}, headers={"workspace": "ws1"})
        assert redirect.next_request is not None
        client.send(redirect.next_request)

    first, second = wire.arrived
    assert (first.raw_path, second.raw_path, second.query) == (b"/v1/first", b"/v2/other", b"x=1")
    assert second.body == first.body
    assert (first.verify("SKEXAMPLE"), second.verify("SKEXAMPLE")) == (None, None)


def test_a_redirect_that_httpx_follows_is_not(wire: Wire) -> None:
    """A redirect that httpx follows by itself carries the signature of the first request, which is refused."""
    wire.answers.append((307, [("Location", "/v2/other")], b""))
    with httpx.Client(auth=AUTH, follow_redirects=True) as client:
        client.post(f"{wire.url}/v1/first")

    first, second = wire.arrived
    assert first.verify("SKEXAMPLE") is None
    assert "verify aksk signature fail" in (second.verify("SKEXAMPLE") or "")


def test_threads_share_one(wire: Wire) -> None:
    """Many threads may sign by one object at the same time."""

    def send(number: int) -> None:
        client.post(f"{wire.url}/v1/{number}", content=str(number) * number)

    with httpx.Client(auth=AUTH) as client, ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(64)))

    assert sorted(len(arrived.body) for arrived in wire.arrived) == [len(str(n)) * n for n in range(64)]
    assert {arrived.verify("SKEXAMPLE") for arrived in wire.arrived} == {None}


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
def test_streaming_bodies_are_refused(wire: Wire, send: Send, body: dict[str, Any]) -> None:
    """A body that comes as a stream is refused before anything is sent."""
    request = httpx.Request("POST", wire.url, **body)

    with pytest.raises(ValueError, match="a streaming body cannot be signed"):
        send(request)

    assert wire.arrived == []


def test_a_stream_once_read_is_signed(wire: Wire) -> None:
    """A body that came as a stream and has been read is signed like any other."""
    request = httpx.Request("POST", wire.url, files={"file": b"{}"})
    request.read()
    send_sync(request)

    assert b"{}" in wire.last.body
    assert wire.last.verify("SKEXAMPLE") is None


@both
def test_too_large_bodies_are_refused(wire: Wire, send: Send) -> None:
    """A body of one byte more than 12 MiB is refused before anything is sent."""
    request = httpx.Request("POST", wire.url, content=b"x" * (12 * MIB + 1))

    with pytest.raises(ValueError, match="a body of 12582913 bytes cannot be signed: at most 12582912 are allowed"):
        send(request)

    assert wire.arrived == []
