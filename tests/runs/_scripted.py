"""A service that responds to looks as it is told, also as no mock may that keeps the contract."""

from __future__ import annotations

from typing import Any

import httpx

from dataarts_client import Client

from ._caller import JOB

ID = 132343


def instance(status: str | None, **changes: Any) -> httpx.Response:
    """Return a response that shows the instance in a state."""
    content = {"jobName": JOB, "instanceId": ID, "status": status, "total": 0, "nodes": [], **changes}
    return httpx.Response(200, json=content)


def nodes(**states: str) -> dict[str, Any]:
    """Return the properties of an instance with these nodes, in this order."""
    listed = [{"nodeName": name, "status": state, "type": "Dummy"} for name, state in states.items()]
    return {"total": len(listed), "nodes": listed}


class Scripted:
    """Responds to one request after another; the last response is given again and again.

    Attributes:
        asked: How many requests there were.
    """

    def __init__(self, *responses: httpx.Response) -> None:
        self._responses = responses
        self.asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Respond to a request."""
        given = self._responses[min(self.asked, len(self._responses) - 1)]
        self.asked += 1
        return httpx.Response(given.status_code, headers=given.headers, content=given.content)

    def client(self, **options: Any) -> Client:
        """Return a client of the service, for blocking and asynchronous calls, that attempts nothing again."""
        transport = httpx.MockTransport(self)
        return Client(
            "http://127.0.0.1", transport=transport, async_transport=transport, **{"max_retries": 0, **options}
        )
