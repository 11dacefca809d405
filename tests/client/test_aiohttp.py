"""Over aiohttp, is a request sent at most as often as over httpx, and is it known whether it was sent?

What holds over both is tested where it is tested of httpx: see the marker `over_aiohttp`.
"""

from __future__ import annotations

import asyncio
import importlib
import subprocess
import sys
import threading
from typing import Any

import httpx
import pytest

import dataarts_runtime.aiohttp
from dataarts_client import Client, errors
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.models import JobParam, RunJobRequest
from dataarts_runtime.aiohttp import AiohttpTransport
from dataarts_runtime.operation import Operation
from dataarts_runtime.schema import Schema

from ._answers import STARTED, cut, http, reset
from ._calls import JOB, PROJECT, TLS, attempt
from ._server import Server

KEPT = http(200, STARTED).replace(b"Connection: close\r\n", b"")


def make(url: str, **options: Any) -> Client:
    """Make a client over aiohttp."""
    return Client(url, async_transport=AiohttpTransport(verify=TLS), **options)


def test_refused_connection_is_made_again() -> None:
    """A refused connection is RequestNotSent, and is made again."""
    with Server(http(200, STARTED), listen=False) as server:
        refused = attempt("asyncio", run_job_immediately, make(server.url, max_retries=0))
        threading.Timer(0.2, server.listen).start()
        outcome = attempt("asyncio", run_job_immediately, make(server.url, max_retries=9))

        assert type(refused.error) is errors.RequestNotSent, refused.end
        assert outcome.error is None, f"a refused connection should be made again: {outcome.end}"
        assert len(server.requests) == 1


@pytest.mark.parametrize("lost", [reset(), cut(b"")], ids=["reset", "closed"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_lost_response_on_a_kept_connection(method: str, lost: Any) -> None:
    """A request is sent once whose response is lost on a connection that was used before; aiohttp would repeat some."""
    operation: Operation[None, None] = Operation(
        method, "/thing", responses={"200": None}, error_responses={"default": Schema()}, hints={}
    )

    async def run(url: str) -> errors.ClientError:
        async with make(url, max_retries=5) as client:
            await operation.asyncio(client, None, None)
            with pytest.raises(errors.ClientError) as caught:
                await operation.asyncio(client, None, None)
        return caught.value

    with Server(KEPT, lost, KEPT) as server:
        error = asyncio.run(run(server.url))

        assert type(error) is errors.OutcomeUnknown
        assert server.connections == 1
        assert len(server.requests) == 2


class Wrapping(httpx.AsyncBaseTransport):
    """Hands requests on, trace and all."""

    def __init__(self) -> None:
        """Make the transport inside."""
        self.inner = AiohttpTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request."""
        return await self.inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self.inner.aclose()


class Derived(AiohttpTransport):
    """Sends in a way of its own."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Fail to connect, after it may have been sent elsewhere."""
        raise httpx.ConnectError("refused")


def test_transport_that_hands_on() -> None:
    """Behind a transport that hands requests on, a refused connection is RequestNotSent, a lost response unknown."""
    with Server(b"", listen=False) as dead, Server(reset(), KEPT) as server:
        refused = attempt("asyncio", run_job_immediately, Client(dead.url, async_transport=Wrapping(), max_retries=0))
        lost = attempt("asyncio", run_job_immediately, Client(server.url, async_transport=Wrapping()))

        assert type(refused.error) is errors.RequestNotSent
        assert type(lost.error) is errors.OutcomeUnknown
        assert len(server.requests) == 1


def test_derived_transport_is_not_trusted() -> None:
    """A class derived from it that sends in a way of its own is a transport of another make."""
    outcome = attempt("asyncio", run_job_immediately, Client("http://127.0.0.1:9", async_transport=Derived()))

    assert type(outcome.error) is errors.OutcomeUnknown


def test_large_body() -> None:
    """A body of some megabytes arrives whole, without a warning."""
    body = RunJobRequest(job_params=[JobParam(f"n{index}", "x" * 1000) for index in range(3000)])
    with Server(KEPT) as server:
        outcome = attempt("asyncio", run_job_immediately, make(server.url), body=body)

        assert outcome.error is None, outcome.end
        assert len(server.requests[0].body) > 3_000_000


@pytest.mark.parametrize("setting", ["http://user:p%40ss@127.0.0.1:{}", "user:p%40ss@127.0.0.1:{}"])
def test_credentials_of_a_plain_proxy(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy for plain http gets its credentials."""
    with Server(KEPT) as proxy:
        monkeypatch.setenv("HTTP_PROXY", setting.format(proxy.port))
        outcome = attempt("asyncio", run_job_immediately, make("http://service.invalid"))

        assert outcome.error is None, outcome.end
        assert proxy.requests[0].all("Proxy-Authorization") == ["Basic dXNlcjpwQHNz"]


OPTIONS: tuple[tuple[dict[str, Any], type[Exception], str], ...] = (
    ({"proxy": "socks5://127.0.0.1:9"}, ValueError, "proxy: aiohttp has no SOCKS proxies"),
    ({"proxy": "127.0.0.1:9"}, ValueError, "proxy: must be a URL"),
    ({"proxy": httpx.Proxy("https://h", ssl_context=TLS)}, ValueError, "proxy: .* SSL context"),
    ({"verify": "/nowhere"}, ValueError, "verify: no certificate authorities"),
    ({"verify": 1}, TypeError, "verify: must be"),
    ({"trust_env": 1}, TypeError, "trust_env: must be a boolean"),
)


@pytest.mark.parametrize(("options", "kind", "message"), OPTIONS, ids=[str(*row[0]) for row in OPTIONS])
def test_options(options: dict[str, Any], kind: type[Exception], message: str) -> None:
    """An option that is not what it should be is refused at once."""
    with pytest.raises(kind, match=message):
        AiohttpTransport(**options)


@pytest.mark.parametrize("setting", ["socks5://127.0.0.1:9", "http://user:secret@host:port"])
def test_proxies_of_the_environment(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that names a proxy which cannot be used is named, without its value; trust_env=False ignores it."""
    monkeypatch.setenv("ALL_PROXY", setting)
    AiohttpTransport(trust_env=False)
    with pytest.raises(ValueError, match="ALL_PROXY: ") as caught:
        AiohttpTransport()

    assert "secret" not in str(caught.value)


def test_it_is_not_imported_unless_it_is_used() -> None:
    """The client itself does not import aiohttp, which takes time."""
    script = "import sys, dataarts_client.api.jobs.run_job_immediately; print('aiohttp' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without aiohttp, the import says which extra is missing."""
    monkeypatch.setitem(sys.modules, "aiohttp", None)
    with pytest.raises(ImportError, match=r"the extra \[aiohttp\]"):
        importlib.reload(dataarts_runtime.aiohttp)


def test_calls_at_once() -> None:
    """Many calls at once keep to max_connections, and each is sent once."""

    async def run(url: str) -> int:
        async with make(url, max_connections=8) as client:
            calls = [run_job_immediately.asyncio(PROJECT, JOB, client=client) for _ in range(100)]
            return len(await asyncio.gather(*calls))

    with Server(KEPT) as server:
        assert asyncio.run(run(server.url)) == 100
        assert len(server.requests) == 100
        assert server.connections <= 8
