"""Does the application do within a process, over ASGI, what it does on a socket?"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import pytest

from dataarts_mock import create_app
from tests.mock._http import PATH, TOKEN


def client(app: Any) -> httpx.AsyncClient:
    """Make a client of the application."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://mock", headers=TOKEN)


def test_one_application_serves_in_many_event_loops() -> None:
    """A response can be held back, and a held one released, in one event loop after another."""
    app = create_app()

    async def run() -> tuple[int, float]:
        async with client(app) as http:
            await http.post("/__mock__/faults", json={"delay": 0.01})
            await http.post(PATH)
            await http.post("/__mock__/faults", json={"delay": 100})
            begin = time.monotonic()
            held = asyncio.create_task(http.post(PATH))
            while len((await http.get("/__mock__/requests")).json()["requests"]) < 2:
                await asyncio.sleep(0)
            await http.post("/__mock__/reset")
            return (await held).status_code, time.monotonic() - begin

    results = [asyncio.run(run()) for _ in range(3)]

    assert [status for status, _ in results] == [200] * 3
    assert max(seconds for _, seconds in results) < 10


@pytest.mark.parametrize("value", ["a\nb", "a\r\nb", "a\0b", "\n"])
def test_header_that_http_cannot_carry_is_refused(value: str) -> None:
    """A header with a line break or a NUL is refused by its name, and the journal lists it with spaces there."""
    app = create_app()

    async def run() -> tuple[httpx.Response, Any]:
        async with client(app) as http:
            refused = await http.post(PATH, headers={"X-Note": value, "X-Other": "1"})
            await http.post(PATH)
            return refused, (await http.get("/__mock__/requests")).json()["requests"]

    refused, requests = asyncio.run(run())

    assert (refused.status_code, refused.json()["error_code"]) == (400, "APIGW.0201")
    assert refused.json()["error_msg"] == "API request error. header x-note: has a line break or a NUL"
    assert [(request["status"], request["carried_out"]) for request in requests] == [(400, False), (200, True)]
    assert requests[0]["headers"]["x-note"].split() == value.replace("\0", " ").split()
    assert requests[0]["headers"]["x-other"] == "1"
    assert requests[0]["headers"]["x-auth-token"] == "***"
