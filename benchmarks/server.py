"""The least that a server can do: the documented answer to whatever is asked, on the server software of the mock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]

START: Message = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"21")],
}
BODY: Message = {"type": "http.response.body", "body": b'{"instanceId":132343}'}


async def app(
    scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    """Read the request's body, and answer."""
    while (await receive()).get("more_body"):
        pass
    await send(START)
    await send(BODY)
