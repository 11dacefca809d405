"""Responses as they are sent: their headers, and the events of ASGI."""

from __future__ import annotations

import re
from typing import Any

from starlette.types import Send

from ._service import Response

_NO_CONTENT = 204


class _Fields(dict[str, str]):
    """Caches the names of headers in small letters, as ASGI has them, by their names in the document."""

    def __missing__(self, name: str) -> str:
        if not _NAME.fullmatch(name):
            raise ValueError(f"header {name!r}: not a name that HTTP allows")
        return self.setdefault(name, name.lower())


_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_FIELDS = _Fields()


def sent_headers(response: Response) -> dict[str, str]:
    """Return the headers of a response as they are sent, with names in small letters."""
    headers = {_FIELDS[name]: value for name, value in response.headers.items()}
    if response.status != _NO_CONTENT:  # Which has none, says HTTP.
        headers["content-length"] = str(len(response.body))
    return headers


def head_event(response: Response, *, close: bool = False) -> dict[str, Any]:
    """Return ASGI's event that starts a response; `close` if its connection is to be closed after it."""
    headers = [(name.encode(), value.encode("latin-1")) for name, value in sent_headers(response).items()]
    if close:
        headers.append((b"connection", b"close"))
    return {"type": "http.response.start", "status": response.status, "headers": headers}


async def send_response(response: Response, send: Send, *, close: bool = False) -> None:
    """Send a whole response over ASGI."""
    await send(head_event(response, close=close))
    await send({"type": "http.response.body", "body": response.body})
