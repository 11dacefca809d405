"""An operation of an API: its parameters, request body and responses, and what a call of it returns or raises."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Generic, Literal, TypeVar, cast
from urllib.parse import quote

from . import _decode, errors
from ._engine import SAFE, Answer, Call
from ._redact import excerpt, hidden, one_line, secrets_of
from .client import BaseClient
from .schema import Schema, abridged, is_list
from .types import UNSET, Response, Unset

__all__ = ["Binary", "Operation", "Parameter", "RequestBody", "Text"]

R = TypeVar("R")
E = TypeVar("E")

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class Parameter:
    """A parameter of an operation: where it goes, under which name, and what it may be."""

    __slots__ = ("exploded", "location", "name", "raw_name", "required", "schema", "wire_name")

    def __init__(
        self,
        name: str,
        location: Literal["path", "query", "header"],
        schema: Schema,
        *,
        wire_name: str | None = None,
        required: bool = True,
        exploded: bool = True,
    ) -> None:
        self.name = name
        self.location = location
        self.wire_name = wire_name or name
        self.raw_name = self.wire_name.encode()
        self.schema = schema
        self.required = required
        self.exploded = exploded

    def texts(self, value: Any) -> list[str]:
        """Return the value, checked, as it is written in a request."""
        dumped = self.schema.dump(value, self.name)
        if isinstance(dumped, str):
            return [dumped]
        if is_list(dumped):
            return [_plain(item) for item in dumped]
        return [_plain(dumped)]

    def segment(self, value: Any) -> str:
        """Return the value as a segment of the path, which it can neither leave out, nor shorten, nor lengthen."""
        text = ",".join(self.texts(value))
        if text in ("", ".", "..") or "/" in text:
            raise ValueError(f"{self.name}: cannot be a segment of a path ({abridged(text)})")
        return text if text.isascii() and text.isalnum() else quote(text, safe=",")

    def pairs(self, value: Any) -> list[str]:
        """Return the value as parts of the query."""
        texts = [quote(text, safe="") for text in self.texts(value)]
        if not self.exploded:
            texts = [",".join(texts)]
        return [f"{quote(self.wire_name, safe='')}={text}" for text in texts]

    def header(self, value: Any) -> tuple[bytes, bytes]:
        """Return the value as a header."""
        text = ",".join(self.texts(value))
        if not (text.isascii() and (text.isprintable() or not text) and text == text.strip()):
            raise ValueError(f"{self.name}: no value that an HTTP header can carry ({abridged(text)})")
        return self.raw_name, text.encode("ascii")


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else _encode(value)


class RequestBody:
    """The request body of an operation."""

    __slots__ = ("max_bytes", "media_type", "required", "schema")

    def __init__(
        self,
        schema: Schema,
        *,
        media_type: str = "application/json",
        required: bool = False,
        max_bytes: int | None = None,
    ) -> None:
        self.schema = schema
        self.media_type = media_type
        self.required = required
        self.max_bytes = max_bytes

    def encode(self, value: Any) -> bytes:
        """Return the value, checked in all its depth, as it goes over the wire."""
        try:
            dumped = self.schema.dump(value, "body")
            try:
                content = _encode(dumped).encode()
            except UnicodeEncodeError:
                raise ValueError("body: half a surrogate pair is no character") from None
            except (ValueError, TypeError) as error:
                raise type(error)(f"body: {error}") from None
        except RecursionError:
            raise ValueError("body: nested too deeply") from None
        if self.max_bytes is not None and len(content) > self.max_bytes:
            raise ValueError(f"body: larger than {self.max_bytes} bytes ({len(content)})")
        return content


class Text(Schema):
    """Marks an answer that is plain text."""

    __slots__ = ()


class Binary(Schema):
    """Marks an answer that is taken as the bytes it is."""

    __slots__ = ()


class Operation(Generic[R, E]):
    """An operation of the contract, which returns R or fails with E."""

    def __init__(
        self,
        method: str,
        path: str,
        *parameters: Parameter,
        body: RequestBody | None = None,
        accept: str = "application/json",
        responses: Mapping[str, Schema | None],
        error_responses: Mapping[str, Schema],
        hints: Mapping[str, str | Mapping[str, str]],
    ) -> None:
        self._method = method
        self._path = path
        self._parameters = parameters
        self._body = body
        self._responses = responses
        self._error_responses = error_responses
        self._hints = hints
        self._headers = [(b"Accept", accept.encode("ascii"))]
        if body is not None:
            self._headers.append((b"Content-Type", body.media_type.encode("ascii")))
        self._known = frozenset(
            parameter.raw_name.lower() for parameter in parameters if parameter.location == "header"
        )

    def sync(self, client: BaseClient, timeout: float | Unset | None, body: Any, *values: Any) -> R:
        """Call the operation, and return its result or raise what the service answered."""
        return self._result(_checked(client).send(self._call(body, values), timeout))

    def sync_detailed(
        self, client: BaseClient, timeout: float | Unset | None, body: Any, *values: Any
    ) -> Response[R | E]:
        """Call the operation, and return the answer."""
        return self._response(_checked(client).send(self._call(body, values), timeout))

    async def asyncio(self, client: BaseClient, timeout: float | Unset | None, body: Any, *values: Any) -> R:
        """Do as `sync` does, without blocking."""
        return self._result(await _checked(client).send_async(self._call(body, values), timeout))

    async def asyncio_detailed(
        self, client: BaseClient, timeout: float | Unset | None, body: Any, *values: Any
    ) -> Response[R | E]:
        """Do as `sync_detailed` does, without blocking."""
        return self._response(await _checked(client).send_async(self._call(body, values), timeout))

    def _call(self, body: Any, values: Sequence[Any]) -> Call:
        headers = self._headers.copy()
        segments: list[str] = []
        query: list[str] = []
        for parameter, value in zip(self._parameters, values, strict=True):
            if not parameter.required and (value is None or value is UNSET):
                continue
            if parameter.location == "path":
                segments.append(parameter.segment(value))
            elif parameter.location == "query":
                query += parameter.pairs(value)
            else:
                headers.append(parameter.header(value))
        target = self._path.format(*segments)
        if query:
            target = f"{target}?{'&'.join(query)}"
        content = b""
        if self._body is not None and (self._body.required or not (body is None or body is UNSET)):
            content = self._body.encode(body)
        named = frozenset([name.lower() for name, _ in headers[len(self._headers) :]])
        return Call(self._method, target, tuple(headers), content, named)

    def _result(self, answer: Answer) -> R:
        if answer.status >= 400:
            raise self._error(answer)
        return cast("R", self._parsed(answer))

    def _response(self, answer: Answer) -> Response[R | E]:
        parsed = self._parsed(answer) if answer.status < 400 else self._refusal(answer, self._secrets(answer))
        return Response(status_code=answer.status, headers=answer.headers, content=answer.content, parsed=parsed)

    def _parsed(self, answer: Answer) -> Any:
        """Return what an answer of success says, or raise an UnexpectedResponse."""
        key = _documented(self._responses, answer.status)
        if key is None:
            raise self._unexpected(answer, "the contract describes no such answer")
        if answer.fault is not None:
            raise self._unexpected(answer, answer.fault)
        try:
            return _read(self._responses[key], answer, [])
        except (ValueError, TypeError, RecursionError):
            secrets = self._secrets(answer)
        try:  # once more, since the message is to hold no secret that the service echoed
            _read(self._responses[key], answer, secrets)
        except (ValueError, TypeError) as error:
            fault = str(error)
        except RecursionError:
            fault = "the body is nested too deeply"
        else:
            fault = "the body is not what the contract describes"
        raise self._unexpected(answer, fault)

    def _refusal(self, answer: Answer, secrets: list[str]) -> Any:
        """Return what a refusal says, or None if it says nothing that the contract describes."""
        key = _documented(self._error_responses, answer.status) or next(iter(self._error_responses), None)
        if key is None:
            return None
        with suppress(ValueError, TypeError, RecursionError):
            return _read(self._error_responses[key], answer, secrets)
        with suppress(ValueError, TypeError):
            understood = _decode.error_details(answer.content, answer.headers, secrets)
            return self._error_responses[key].load(understood.normalised(), "body")
        return None

    def _secrets(self, answer: Answer) -> list[str]:
        return secrets_of(answer.requests, self._known)

    def _unexpected(self, answer: Answer, fault: str) -> errors.UnexpectedResponse:
        secrets = self._secrets(answer)
        unknown = self._method not in SAFE
        text = f"HTTP {answer.status}: {fault}"
        location = answer.headers.get("location")
        if location:
            text += f"; it leads to {hidden(location, secrets)}, where the client does not follow"
        elif shown := _shown(answer, secrets):
            text += f": {shown}"
        if unknown:
            text += ". The request may have been carried out"
        response: Response[Any] = Response(
            status_code=answer.status, headers=answer.headers, content=answer.content, parsed=None
        )
        return errors.UnexpectedResponse(one_line(text), response=response, outcome_unknown=unknown)

    def _error(self, answer: Answer) -> errors.ApiError:
        status = answer.status
        secrets = self._secrets(answer)
        fault = _decode.error_details(answer.content, answer.headers, secrets)
        text = f"HTTP {status} {fault.code}" if fault.code else f"HTTP {status}"
        text = one_line(f"{text}: {fault.message or 'the answer says no more'}")
        if fault.request_id:
            text += f" [request {one_line(fault.request_id, 80)}]"
        unknown = self._method not in SAFE and (status == 408 or status >= 500 or answer.settled)
        if unknown:
            text = f"{text.removesuffix('.')}. The request may have been carried out."
        key = _documented(self._hints, status)
        hint = None if key is None else self._hints[key]
        if hint is not None and not isinstance(hint, str):
            hint = hint.get(fault.code or "")
        if hint:
            text += f" {hint}"
        kind = _KINDS.get(status) or (errors.ServerError if 500 <= status < 600 else errors.ApiError)
        parsed = self._refusal(answer, secrets)
        response: Response[Any] = Response(
            status_code=status, headers=answer.headers, content=answer.content, parsed=parsed
        )
        error = kind(
            text,
            response=response,
            error_code=fault.code,
            error_msg=fault.message,
            request_id=fault.request_id,
            outcome_unknown=unknown,
        )
        if isinstance(error, errors.TooManyRequests):
            error.retry_after = _decode.retry_after(answer.headers)
        return error


def _read(schema: Schema | None, answer: Answer, secrets: list[str]) -> Any:
    if schema is None:
        return None
    if isinstance(schema, Binary):
        return answer.content
    if isinstance(schema, Text):
        return _decode.text_of(answer.content, answer.headers)
    value = _decode.json_of(answer.content, answer.headers)
    return schema.load(hidden(value, secrets) if secrets else value, "body")


def _shown(answer: Answer, secrets: list[str]) -> str:
    return excerpt(_decode.text_of(answer.content, answer.headers, errors="replace"), secrets)


_KINDS: dict[int, type[errors.ApiError]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    429: errors.TooManyRequests,
}


def _documented(described: Mapping[str, Any], status: int) -> str | None:
    """Return the key under which a document describes a status: itself, its range or the default."""
    for key in (f"{status}", f"{status // 100}XX", "default"):
        if key in described:
            return key
    return None


def _checked(client: Any) -> BaseClient:
    if not isinstance(client, BaseClient):
        raise TypeError(f"client: must be a Client, not {type(client).__name__}")
    return client
