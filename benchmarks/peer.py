"""One peer, in a process of its own: it makes as many calls as it is told to, and says how long they took.

A script, since a peer's environment has nothing but what the peer needs: `python peer.py NAME URL EXAMPLE`, then a
count of calls on each line of standard input. Each call sends the documented example, which is given as JSON, and
returns its response's instance ID.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any
from urllib.parse import urlsplit

EXAMPLE: dict[str, Any] = json.loads(sys.argv[3]) if __name__ == "__main__" else {}
HEADERS = {"X-Auth-Token": "mock-token"}
KEYS = ("mock-ak", "mock-sk")
TIMEOUT = 60.0
CONNECTIONS = 50

Run = Callable[[int], float]


def one_by_one(call: Callable[[], object]) -> Run:
    """Return what makes blocking calls, one after the other, and times them."""

    def run(count: int) -> float:
        start = perf_counter()
        for _ in range(count):
            call()
        return perf_counter() - start

    return run


def at_once(call: Callable[[], Awaitable[object]]) -> Run:
    """Return what makes asynchronous calls, all at once, and times them."""
    runner = asyncio.Runner()

    async def calls(count: int) -> float:
        start = perf_counter()
        await asyncio.gather(*[call() for _ in range(count)])
        return perf_counter() - start

    return lambda count: runner.run(calls(count))


def document() -> dict[str, Any]:
    """Make the body for those that have no models of their own."""
    return {"jobParams": [dict(param) for param in EXAMPLE["body"]["jobParams"]]}


def params() -> list[dict[str, Any]]:
    """Return the parameters for those that have a model of them."""
    found: list[dict[str, Any]] = EXAMPLE["body"]["jobParams"]
    return found


def httpx(url: str) -> Run:
    """Use httpx as it comes."""
    import httpx

    client = httpx.Client(headers=HEADERS, timeout=TIMEOUT)
    return one_by_one(lambda: client.post(url + EXAMPLE["path"], json=document()).json()["instanceId"])


def httpx2(url: str) -> Run:
    """Use httpx2, which goes on from httpx, as it comes."""
    import httpx2  # type: ignore[import-not-found]  # is installed by the benchmarks

    client = httpx2.Client(headers=HEADERS, timeout=TIMEOUT)
    return one_by_one(lambda: client.post(url + EXAMPLE["path"], json=document()).json()["instanceId"])


def httpx_async(url: str) -> Run:
    """Use httpx with a pool of the right size, and no limit to how long a call may wait for a connection."""
    import httpx

    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    return _httpx_async(
        url, httpx.AsyncClient(headers=HEADERS, limits=limits, timeout=httpx.Timeout(TIMEOUT, pool=None))
    )


def httpx2_async(url: str) -> Run:
    """Use httpx2 in the same way."""
    import httpx2

    limits = httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    timeout = httpx2.Timeout(TIMEOUT, pool=None)
    return _httpx_async(url, httpx2.AsyncClient(headers=HEADERS, limits=limits, timeout=timeout))


def httpx_aiohttp(url: str) -> Run:
    """Use httpx over aiohttp, by the transport of the package httpx-aiohttp."""
    import httpx
    from httpx_aiohttp import AiohttpTransport

    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    timeout = httpx.Timeout(TIMEOUT, pool=None)
    return _httpx_async(
        url, httpx.AsyncClient(headers=HEADERS, transport=AiohttpTransport(limits=limits), timeout=timeout)
    )


def _httpx_async(url: str, client: Any) -> Run:
    async def call() -> object:
        return (await client.post(url + EXAMPLE["path"], json=document())).json()["instanceId"]

    return at_once(call)


def aiohttp(url: str) -> Run:
    """Use a session of aiohttp with as many connections."""
    import aiohttp

    sessions: list[aiohttp.ClientSession] = []

    async def call() -> object:
        if not sessions:  # which belongs to the event loop that it is made in
            connector = aiohttp.TCPConnector(limit=CONNECTIONS)
            sessions.append(aiohttp.ClientSession(headers=HEADERS, connector=connector))
        async with sessions[0].post(url + EXAMPLE["path"], json=document()) as response:
            return (await response.json())["instanceId"]

    return at_once(call)


def httpx_semaphore(url: str) -> Run:
    """Use httpx with a semaphore, so that calls do not queue in the pool."""
    import httpx

    limits = httpx.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS)
    client = httpx.AsyncClient(headers=HEADERS, limits=limits, timeout=TIMEOUT)
    turn = asyncio.Semaphore(CONNECTIONS)

    async def call() -> object:
        async with turn:
            return (await client.post(url + EXAMPLE["path"], json=document())).json()["instanceId"]

    return at_once(call)


def client(url: str) -> Run:
    """Use this client with a token."""
    from dataarts_auth import TokenAuth

    return _client(url, TokenAuth(HEADERS["X-Auth-Token"]))


def client_signing(url: str) -> Run:
    """Use this client with a key pair."""
    from dataarts_auth import SignatureAuth

    return _client(url, SignatureAuth(*KEYS, project_id=EXAMPLE["project_id"]))


def _client(url: str, auth: Any) -> Run:
    from dataarts_client import Client
    from dataarts_client.api.jobs import run_job_immediately
    from dataarts_client.models import JobParam, RunJobRequest

    client = Client(url, auth=auth, timeout=TIMEOUT)

    def call() -> object:
        body = RunJobRequest(job_params=[JobParam(**param) for param in params()])
        return run_job_immediately.sync(
            EXAMPLE["project_id"], EXAMPLE["job_name"], client=client, body=body
        ).instance_id

    return one_by_one(call)


def client_async(url: str) -> Run:
    """Use this client's asynchronous side."""
    return _client_async(url)


def client_aiohttp(url: str) -> Run:
    """Use this client's asynchronous side over aiohttp."""
    from dataarts_runtime.aiohttp import AiohttpTransport

    return _client_async(url, async_transport=AiohttpTransport())


def _client_async(url: str, **options: Any) -> Run:
    from dataarts_auth import TokenAuth
    from dataarts_client import Client
    from dataarts_client.api.jobs import run_job_immediately
    from dataarts_client.models import JobParam, RunJobRequest

    client = Client(url, auth=TokenAuth(HEADERS["X-Auth-Token"]), timeout=TIMEOUT, **options)

    async def call() -> object:
        body = RunJobRequest(job_params=[JobParam(**param) for param in params()])
        result = await run_job_immediately.asyncio(EXAMPLE["project_id"], EXAMPLE["job_name"], client=client, body=body)
        return result.instance_id

    return at_once(call)


def waits(url: str) -> Run:
    """Wait for runs with this project, all at once; each is looked at twice."""
    waiting = _waiting(url)

    def run(count: int) -> float:
        start = perf_counter()
        waiting(count)
        return perf_counter() - start

    return run


def waits_memory(url: str) -> Run:
    """Do the same; what is returned is no time, but the bytes that each wait takes at most."""
    import tracemalloc

    waiting = _waiting(url)

    def run(count: int) -> float:
        tracemalloc.start()
        waiting(count)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak / count

    return run


def _waiting(url: str) -> Callable[[int], None]:
    from dataarts_auth import TokenAuth
    from dataarts_client import Client
    from dataarts_runs import attach_async

    async def all_of(first: int, count: int) -> None:
        async with Client(url, auth=TokenAuth(HEADERS["X-Auth-Token"]), timeout=TIMEOUT) as client:
            runs = [
                await attach_async(client, EXAMPLE["project_id"], EXAMPLE["job_name"], first + number)
                for number in range(count)
            ]
            await asyncio.gather(*[run.wait() for run in runs])

    made = 0

    def run(count: int) -> None:
        nonlocal made
        made += count
        asyncio.run(all_of(made, count))  # with IDs that the server has not seen

    return run


def openapi_generator(url: str) -> Run:
    """Use the client that OpenAPI Generator makes of the same contract."""
    from openapi_client import (  # type: ignore[import-not-found]  # is generated by the benchmarks
        ApiClient,
        Configuration,
        JobParam,
        JobsApi,
        RunJobRequest,
    )

    configuration = Configuration(host=url, api_key={"token": HEADERS["X-Auth-Token"]})
    api = JobsApi(ApiClient(configuration))

    def call() -> object:
        body = RunJobRequest(jobParams=[JobParam(**param) for param in params()])
        return api.run_job_immediately(
            EXAMPLE["project_id"], EXAMPLE["job_name"], run_job_request=body, _request_timeout=TIMEOUT
        ).instance_id

    return one_by_one(call)


def stock(url: str) -> Run:
    """Use the client that the generator makes of the same contract with its own templates."""
    from stock_client import AuthenticatedClient  # type: ignore[import-not-found]  # is generated by the benchmarks
    from stock_client.api.jobs import run_job_immediately  # type: ignore[import-not-found]  # as above
    from stock_client.models import JobParam, RunJobRequest  # type: ignore[import-not-found]  # as above

    client = AuthenticatedClient(
        url, token=HEADERS["X-Auth-Token"], prefix="", auth_header_name="X-Auth-Token", timeout=TIMEOUT
    )

    def call() -> object:
        body = RunJobRequest(job_params=[JobParam(**param) for param in params()])
        return run_job_immediately.sync(
            EXAMPLE["project_id"], EXAMPLE["job_name"], client=client, body=body
        ).instance_id

    return one_by_one(call)


def official(url: str) -> Run:
    """Use the official SDK with a token, which it cannot do by itself: the token takes the place of its signing."""
    from huaweicloudsdkcore.auth import credentials  # type: ignore[import-untyped]  # has no types
    from huaweicloudsdkcore.signer.signer import Signer  # type: ignore[import-untyped]  # has no types

    class BasicCredentials(credentials.BasicCredentials):  # type: ignore[misc]  # the SDK takes no other name
        def sign_request(self, request: Any) -> Any:
            request.header_params.update(HEADERS)
            Signer.process_request_uri(request)
            return request

    return _official(url, BasicCredentials(*KEYS, EXAMPLE["project_id"]))


def official_signing(url: str) -> Run:
    """Use the official SDK with a key pair."""
    from huaweicloudsdkcore.auth.credentials import BasicCredentials  # type: ignore[import-untyped]  # has no types

    return _official(url, BasicCredentials(*KEYS, EXAMPLE["project_id"]))


def _official(url: str, credentials: Any) -> Run:
    from huaweicloudsdkcore.http.http_config import HttpConfig  # type: ignore[import-untyped]  # has no types
    from huaweicloudsdkdgc.v1 import (  # type: ignore[import-untyped]  # has no types
        DgcClient,
        JobParam,
        RunOnceRequest,
        StartJobReq,
    )

    builder = DgcClient.new_builder().with_credentials(credentials).with_endpoint(url)
    client = builder.with_http_config(HttpConfig(timeout=TIMEOUT)).build()

    def call() -> object:
        body = StartJobReq(job_params=[JobParam(**param) for param in params()])
        return client.run_once(RunOnceRequest(job_name=EXAMPLE["job_name"], body=body)).instance_id

    return one_by_one(call)


def requests(url: str) -> Run:
    """Use a session of requests."""
    import requests

    session = requests.Session()
    session.headers.update(HEADERS)
    return one_by_one(
        lambda: session.post(url + EXAMPLE["path"], json=document(), timeout=TIMEOUT).json()["instanceId"]
    )


def urllib3(url: str) -> Run:
    """Use a connection pool of urllib3."""
    import urllib3

    pool = urllib3.PoolManager(headers=HEADERS, timeout=TIMEOUT)
    return one_by_one(
        lambda: pool.request("POST", url + EXAMPLE["path"], json=document(), headers=pool.headers).json()["instanceId"]
    )


def http_client(url: str) -> Run:
    """Use one connection of the standard library, which is the floor."""
    from http.client import HTTPConnection

    connection = HTTPConnection(urlsplit(url).netloc, timeout=TIMEOUT)
    headers = HEADERS | {"Content-Type": "application/json"}

    def call() -> object:
        connection.request("POST", EXAMPLE["path"], json.dumps(document()).encode(), headers)
        return json.loads(connection.getresponse().read())["instanceId"]

    return one_by_one(call)


PEERS: dict[str, Callable[[str], Run]] = {
    function.__name__: function
    for function in (
        aiohttp,
        client,
        client_aiohttp,
        client_async,
        client_signing,
        http_client,
        httpx,
        httpx2,
        httpx2_async,
        httpx_aiohttp,
        httpx_async,
        httpx_semaphore,
        official,
        official_signing,
        openapi_generator,
        requests,
        stock,
        urllib3,
        waits,
        waits_memory,
    )
}


def main(name: str, url: str) -> None:
    """Make calls until standard input ends."""
    run = PEERS[name](url)
    for line in sys.stdin:
        print(run(int(line)), flush=True)
    os._exit(0)  # connections end with the process; to close them all would need each peer's own way


if __name__ == "__main__":
    main(*sys.argv[1:3])
