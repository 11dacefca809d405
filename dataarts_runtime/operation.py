"""An operation of an API: its parameters, request body and responses, and what a call of it returns or raises."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Generic, TypeVar, cast

from . import _decode, errors
from ._engine import Call
from ._outcome import MAY_BE_CARRIED_OUT, ReceivedResponse, outcome_unknown
from ._parameters import Parameter, RequestBody
from ._redact import excerpt, has_credentials, mask_secrets, one_line, secrets_of
from ._retry import retry_after
from .client import BaseClient
from .schema import Schema
from .types import UNSET, Response, Unset

__all__ = ["Binary", "Operation", "Parameter", "RequestBody", "Text"]

R = TypeVar("R")
E = TypeVar("E")


class Text(Schema):
    """Stands for the schema of a response body that is plain text. Its methods are not called."""

    __slots__ = ()


class Binary(Schema):
    """Stands for the schema of a response body that is taken as it is, as bytes. Its methods are not called."""

    __slots__ = ()


class Operation(Generic[R, E]):
    """An operation of the contract, which returns R or fails with E.

    Its functions differ in what becomes of a response of 400 or above: `sync` and `sync_response` raise it as an
    ApiError, `sync_detailed` returns it. All of them raise whatever else is wrong. `asyncio…` do not block.

    Args:
        method: The HTTP method.
        path: The path, with `{}` for each path parameter, in the order of the parameters.
        parameters: The parameters, in the order in which the functions take their values.
        body: The request body, if there can be one.
        accept: The media types of responses, as the Accept header lists them.
        responses: The schemas of responses below 400, by status (`200`), range (`2XX`) or `default`; None is no body.
        error_responses: The same for responses of 400 and above.
        hints: What a user can do about a response of 400 or above, by status, as the last sentence of the message:
            a text, or texts by error code.
    """

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

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters by the names of the arguments that are given for them."""
        return {parameter.name: parameter for parameter in self._parameters}

    def sync(self, client: BaseClient, timeout: float | Unset | None, body: Any, *values: Any) -> R:
        """Call the operation; return its result, or raise the ApiError that a response of 400 or above becomes."""
        return self._result(_checked(client).send(self._call(body, values), timeout))

    def sync_detailed(
        self, client: BaseClient, timeout: float | Unset | None, body: Any, *values: Any
    ) -> Response[R | E]:
        """Call the operation; return the whole response, also one of 400 or above."""
        return self._response(_checked(client).send(self._call(body, values), timeout))

    async def asyncio(self, client: BaseClient, timeout: float | Unset | None, body: Any, *values: Any) -> R:
        """Do as `sync` does, without blocking."""
        return self._result(await _checked(client).send_async(self._call(body, values), timeout))

    async def asyncio_detailed(
        self, client: BaseClient, timeout: float | Unset | None, body: Any, *values: Any
    ) -> Response[R | E]:
        """Do as `sync_detailed` does, without blocking."""
        return self._response(await _checked(client).send_async(self._call(body, values), timeout))

    def sync_response(
        self, client: BaseClient, *, timeout: float | None = None, body: Any = None, **values: Any
    ) -> Response[R]:
        """Call the operation with arguments by name; return the whole response below 400, or raise an ApiError."""
        received = _checked(client).send(self._call(body, self._ordered(values)), timeout)
        return _public(received, self._result(received))

    async def asyncio_response(
        self, client: BaseClient, *, timeout: float | None = None, body: Any = None, **values: Any
    ) -> Response[R]:
        """Do as `sync_response` does, without blocking."""
        received = await _checked(client).send_async(self._call(body, self._ordered(values)), timeout)
        return _public(received, self._result(received))

    def check(self, **values: Any) -> None:
        """Check some arguments, by name; raise the ValueError or TypeError that a call with them would raise."""
        self._ordered(values)
        for parameter in self._parameters:
            value = values.get(parameter.name)
            if parameter.name in values and (parameter.required or value is not None):
                parameter.check(value)

    def _ordered(self, values: Mapping[str, Any]) -> list[Any]:
        """Return the values of all parameters, in their order; None of those that are not given."""
        if unknown := values.keys() - self.parameters:
            raise TypeError(f"no parameter of the operation: {', '.join(sorted(unknown))}")
        return [values.get(name) for name in self.parameters]

    def _call(self, body: Any, values: Sequence[Any]) -> Call:
        headers = self._headers.copy()
        segments: list[str] = []
        query: list[str] = []
        for parameter, value in zip(self._parameters, values, strict=True):
            if not parameter.required and (value is None or value is UNSET):
                continue
            if parameter.location == "path":
                segments.append(parameter.path_segment(value))
            elif parameter.location == "query":
                query += parameter.query_parts(value)
            else:
                headers.append(parameter.header_field(value))
        target = self._path.format(*segments)
        if query:
            target = f"{target}?{'&'.join(query)}"
        content = b""
        if self._body is not None and (self._body.required or not (body is None or body is UNSET)):
            content = self._body.encode(body)
        named = frozenset([name.lower() for name, _ in headers[len(self._headers) :]])
        return Call(self._method, target, tuple(headers), content, named)

    def _result(self, response: ReceivedResponse) -> R:
        if response.status >= 400:
            raise self._error(response)
        return cast("R", self._parsed(response))

    def _response(self, response: ReceivedResponse) -> Response[R | E]:
        if response.status < 400:
            return _public(response, self._parsed(response))
        return _public(response, self._parsed_error(response, self._secrets(response)))

    def _parsed(self, response: ReceivedResponse) -> Any:
        """Return what a response below 400 says, or raise an UnexpectedResponse."""
        key = _documented(self._responses, response.status)
        if key is None:
            raise self._unexpected(response, "the contract describes no such response")
        if response.problem is not None:
            raise self._unexpected(response, response.problem)
        try:
            return _read(self._responses[key], response, [])
        except (ValueError, TypeError, RecursionError):
            pass
        raise self._unexpected(response, self._problem(self._responses[key], response))

    def _problem(self, schema: Schema | None, response: ReceivedResponse) -> str:
        """Return what is wrong with a response that could not be read, without secrets that the service echoed.

        It is a function of its own so that a traceback with local variables shows no secrets.
        """
        try:
            _read(schema, response, self._secrets(response))
        except (ValueError, TypeError) as error:
            return str(error)
        except RecursionError:
            return "the body is nested too deeply"
        return "the body is not what the contract describes"  # what was wrong with it was masked

    def _parsed_error(self, response: ReceivedResponse, secrets: list[str]) -> Any:
        """Return what a response of 400 or above says, or None if it says nothing that the contract describes."""
        key = _documented(self._error_responses, response.status) or next(iter(self._error_responses), None)
        if key is None:
            return None
        with suppress(ValueError, TypeError, RecursionError):
            return _read(self._error_responses[key], response, secrets)
        with suppress(ValueError, TypeError):
            details = _decode.error_details(response.content, response.headers, secrets)
            return self._error_responses[key].load(details.normalised(), "body")
        return None

    def _secrets(self, response: ReceivedResponse) -> list[str]:
        return secrets_of(response.requests, self._known)

    def _unexpected(self, response: ReceivedResponse, problem: str) -> errors.UnexpectedResponse:
        secrets = self._secrets(response)
        unknown = outcome_unknown(response, self._method)
        said = [f"HTTP {response.status}: {problem}"]
        location = response.headers.get("location")
        if location:
            said[0] += f"; it leads to {mask_secrets(location, secrets)}, where the client does not follow"
        elif shown := excerpt(_decode.text_of(response.content, response.headers, errors="replace"), secrets):
            said[0] += f": {shown}"
        if unknown:
            said.append(MAY_BE_CARRIED_OUT)
        return errors.UnexpectedResponse(_sentences(said), response=_public(response, None), outcome_unknown=unknown)

    def _error(self, response: ReceivedResponse) -> errors.ApiError:
        """Return the error of a response of 400 or above."""
        status = response.status
        secrets = self._secrets(response)
        details = _decode.error_details(response.content, response.headers, secrets)
        unknown = outcome_unknown(response, self._method)

        start = f"HTTP {status} {details.code}" if details.code else f"HTTP {status}"
        if details.request_id:
            start += f" [request {one_line(details.request_id, 80)}]"
        said = [f"{start}: {_without_status(details.message, status) or 'the response says no more'}"]
        if unknown:
            said.append(MAY_BE_CARRIED_OUT)
        said.append(self._hint(response, details.code))

        kind = _ERRORS.get(status) or (errors.ServerError if 500 <= status < 600 else errors.ApiError)
        error = kind(
            _sentences(said),
            response=_public(response, self._parsed_error(response, secrets)),
            error_code=details.code,
            error_msg=details.message,
            request_id=details.request_id,
            outcome_unknown=unknown,
        )
        if isinstance(error, errors.TooManyRequests | errors.ServerError):
            error.retry_after = retry_after(response.headers)
        return error

    def _hint(self, response: ReceivedResponse, code: str | None) -> str:
        """Return what the contract says that there is to check, or what is plainer."""
        if response.status == 401 and not has_credentials(response.requests[-1]):
            return "The request had no credentials: give the client `auth=`."
        key = _documented(self._hints, response.status)
        hint = None if key is None else self._hints[key]
        return hint if isinstance(hint, str) else (hint or {}).get(code or "", "")


_ERRORS: dict[int, type[errors.ApiError]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    429: errors.TooManyRequests,
}


def _public(response: ReceivedResponse, parsed: Any) -> Response[Any]:
    return Response(status_code=response.status, headers=response.headers, content=response.content, parsed=parsed)


def _without_status(message: str | None, status: int) -> str:
    """Return a message without what proxies put into their pages: the status first, and the same text twice."""
    words = (message or "").split()
    half = len(words) // 2
    if words[:half] == words[half:]:
        words = words[:half]
    return " ".join(words[1:] if words[:1] == [str(status)] else words)


def _sentences(parts: Sequence[str]) -> str:
    """Return parts of a message as sentences on one line."""
    lines = [one_line(part.strip()) for part in parts if part.strip()]
    return " ".join(line if line.endswith((".", "!", "?")) else f"{line}." for line in lines)


def _read(schema: Schema | None, response: ReceivedResponse, secrets: list[str]) -> Any:
    """Return the value of a response body, or raise a ValueError or TypeError that says how it breaks the contract."""
    if schema is None:
        return None
    if isinstance(schema, Binary):
        return response.content
    if isinstance(schema, Text):
        return _decode.text_of(response.content, response.headers)
    value = _decode.json_of(response.content, response.headers)
    return schema.load(mask_secrets(value, secrets) if secrets else value, "body")


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
