"""Changes to requests that are right, of which cases are made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .document import Parameter
from .exchange import Request

Change = Callable[[Request], Request]


def nothing(request: Request) -> Request:
    """Leave a request as it is."""
    return request


def body(value: Any) -> Change:
    """Give a request a JSON body."""
    return lambda request: request.having_body(value)


def content(octets: bytes, *, chunked: bool = False) -> Change:
    """Give a request a body, byte for byte."""
    return lambda request: request.having(content=octets, chunked=chunked)


def header(name: str, value: str | None) -> Change:
    """Give a request a header; None takes it away."""
    return lambda request: request.having_header(name, value)


def query(name: str, value: str) -> Change:
    """Add to a request's query."""
    return lambda request: request.having(query=(*request.query, (name, value)))


def parameter(parameter: Parameter, value: Any) -> Change:
    """Give a request's parameter a value; None leaves it out."""
    return lambda request: request.having_parameter(parameter, value)


def method(name: str) -> Change:
    """Give a request another method."""
    return lambda request: request.having(method=name)


def in_turn(*changes: Change) -> Change:
    """Make several changes, one after the other."""

    def changed(request: Request) -> Request:
        for change in changes:
            request = change(request)
        return request

    return changed


no_body = content(b"")
