"""The least that a server can do: the documented response to whatever is asked, on the server software of the mock.

A run that is looked at (GET) goes on at the first look, and has succeeded at the second.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from dataarts_client.models import JobInstance, JobInstanceStatus

Message = MutableMapping[str, Any]

START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"21")],
}
BODY: Message = {"type": "http.response.body", "body": b'{"instanceId":132343}'}


_seen: set[str] = set()


def _instance(path: str) -> tuple[Message, Message]:
    *_, job_name, _, number = path.split("/")
    status = JobInstanceStatus.SUCCESS if path in _seen else JobInstanceStatus.RUNNING
    _seen.symmetric_difference_update((path,))
    instance = JobInstance(
        job_name=job_name, instance_id=int(number), status=status, plan_time=0, start_time=0, total=0, nodes=[]
    )
    body = json.dumps(instance.to_dict()).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    return {**START, "headers": headers}, {**BODY, "body": body}


async def app(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Read the request's body, and answer."""
    while (await receive()).get("more_body"):
        pass
    start, body = _instance(scope["path"]) if scope["method"] == "GET" else (START, BODY)
    await send(start)
    await send(body)
