"""Do many asynchronous calls at once share connections as they should?"""

from __future__ import annotations

import asyncio
import gc
import warnings

import pytest

from dataarts_client.api.jobs import run_job_immediately

from ._answers import STARTED, http
from ._calls import JOB, PROJECT, make
from ._server import Server

pytestmark = pytest.mark.usefixtures("over")

KEPT = http(200, STARTED).replace(b"Connection: close\r\n", b"")


def test_connections_are_used_again() -> None:
    """Calls in rounds use the connections of the round before."""

    async def rounds(url: str) -> None:
        async with make(url, max_connections=8) as client:
            for _ in range(4):
                await asyncio.gather(*[run_job_immediately.asyncio(PROJECT, JOB, client=client) for _ in range(40)])

    with Server(KEPT) as server:
        asyncio.run(rounds(server.url))

        assert len(server.requests) == 160
        assert server.connections <= 8, f"8 connections are enough, {server.connections} were made"


def test_connections_of_cancelled_calls_are_closed() -> None:
    """Calls that are cancelled while they wait for a response leave no connection open."""

    async def cancelled(url: str) -> None:
        client = make(url, max_connections=8)
        calls = [asyncio.create_task(run_job_immediately.asyncio(PROJECT, JOB, client=client)) for _ in range(20)]
        await asyncio.sleep(0.2)
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        await client.aclose()

    with Server(lambda connection: connection.hang()) as server, warnings.catch_warnings():
        warnings.simplefilter("error")
        asyncio.run(cancelled(server.url))
        gc.collect()

        assert server.connections <= 8
