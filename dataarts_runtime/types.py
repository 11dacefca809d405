"""The types that every operation shares."""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar, final

import httpx
from attrs import field, frozen

__all__ = ["UNSET", "Response", "Unset"]

T = TypeVar("T")


@final
class Unset:
    """The type of UNSET, which stands for what is not given, or not there; false in a condition."""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


# Any, because calls of operations take it for None, while their signatures name None alone.
UNSET: Any = Unset()
"""Stands for a field of a model that is not given, or not there."""


@frozen(kw_only=True)
class Response(Generic[T]):
    """A response of the service, as the `*_detailed` functions return it and exceptions carry it."""

    status_code: int
    """The HTTP status code."""
    headers: httpx.Headers = field(repr=False)
    """The headers; their names are not case-sensitive."""
    content: bytes = field(repr=False)
    """The body, decompressed. Unlike the messages of errors, it may echo credentials, if the service does."""
    parsed: T | None
    """The body as a model, or None where it is not what the contract describes."""
