"""What a server could get wrong in its checks, their order, and what it remembers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.mutants.mutant import Mutant, mistakes, replaced

CHECKS: list[Mutant] = []
mistake = mistakes("server", CHECKS)


def _without(check: str) -> None:
    """Leave out one of the checks of requests."""
    from dataarts_mock import _service

    owner: Any = _service.Service if hasattr(_service.Service, check) else _service
    replaced(owner, check, lambda real: lambda *arguments: None)


@mistake("credentials are not checked")
def _() -> None:
    _without("_credentials")


@mistake("any token will do")
def _() -> None:
    _credential(lambda service, scheme, request: not scheme.is_signature)


@mistake("a token may be in capitals")
def _() -> None:
    def same(service: Any, scheme: Any, request: Any) -> bool:
        value: bytes = request.fields.get(b"x-auth-token", b"")
        return not scheme.is_signature and value.lower() == service.token.encode()

    _credential(same)


@mistake("a token may go on")
def _() -> None:
    def begins(service: Any, scheme: Any, request: Any) -> bool:
        value: bytes = request.fields.get(b"x-auth-token", b"")
        return not scheme.is_signature and bool(value.startswith(service.token.encode()))

    _credential(begins)


@mistake("a token is taken as a bearer, too")
def _() -> None:
    def is_bearer(service: Any, scheme: Any, request: Any) -> bool:
        return bool(request.fields.get(b"authorization") == b"Bearer " + service.token.encode())

    _credential(is_bearer)


@mistake("a signature is not verified")
def _() -> None:
    from dataarts_mock import _service

    replaced(_service, "verify_signature", lambda real: lambda *arguments, **named: None)


def _credential(accepts: Callable[[Any, Any, Any], bool]) -> None:
    """Accept further credentials."""
    from dataarts_mock._service import Service

    def lax(real: Any) -> Any:
        def scheme(self: Any, scheme: Any, request: Any) -> Any:
            found = request.fields.get(scheme.field) is not None
            return None if found and accepts(self, scheme, request) else real(self, scheme, request)

        return scheme

    replaced(Service, "_scheme", lax)


def _verify(change: Callable[[list[Any], dict[str, Any]], None]) -> None:
    """Verify signatures of something else than what arrived."""
    from dataarts_mock import _service

    def lax(real: Any) -> Any:
        def verify(*arguments: Any, **named: Any) -> Any:
            given = list(arguments)
            change(given, named)
            return real(*given, **named)

        return verify

    replaced(_service, "verify_signature", lax)


@mistake("the date of a signature is not checked")
def _() -> None:
    def same_time(given: list[Any], named: dict[str, Any]) -> None:
        date = dict(given[3]).get(b"x-sdk-date", b"20260101T000000Z").decode()
        named["now"] = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)

    _verify(same_time)


@mistake("a signature of any key pair will do")
def _() -> None:
    from dataarts_mock import _service

    replaced(_service, "access_key_of", lambda real: lambda value: None)


@mistake("a known token is refused for what stands beside it")
def _() -> None:
    from dataarts_mock._service import Service

    def strict(real: Any) -> Any:
        def credentials(self: Any, operation: Any, request: Any) -> Any:
            schemes = [scheme for alternative in operation.security for scheme in alternative]
            sent = [each for each in schemes if each.field in request.fields]
            wrong = [violation for each in sent if (violation := self._scheme(each, request))]
            return wrong[0] if wrong else real(self, operation, request)

        return credentials

    replaced(Service, "_credentials", strict)


@mistake("the media type is not checked")
def _() -> None:
    from dataarts_mock import _service

    replaced(_service, "_media_type", lambda real: lambda operation, request: ("application/json", None))


@mistake("the media type is compared letter by letter")
def _() -> None:
    from dataarts_mock import _service

    replaced(_service, "_read_media_type", lambda real: lambda value: (value.decode("latin-1"), "utf-8"))


@mistake("any charset will do")
def _() -> None:
    from dataarts_mock import _service

    replaced(_service, "_read_media_type", lambda real: lambda value: real(value.partition(b";")[0]))


@mistake("a body needs no Content-Type")
def _() -> None:
    from dataarts_mock import _service

    def lax(real: Any) -> Any:
        def media_type(operation: Any, request: Any) -> Any:
            if request.fields.get(b"content-type") is None:
                return "application/json", None
            return real(operation, request)

        return media_type

    replaced(_service, "_media_type", lax)


@mistake("NaN is taken for JSON")
def _() -> None:
    from dataarts_mock import _json

    replaced(_json, "_DECODER", lambda real: json.JSONDecoder())


@mistake("an empty body is refused")
def _() -> None:
    from dataarts_mock._document import Body

    def strict(real: Any) -> Any:
        return lambda self, media_type, body: real(self, media_type, body or b"!")

    replaced(Body, "read", strict)


@mistake("only the first item of a list is checked")
def _() -> None:
    from dataarts_mock._document import Schema

    def lax(real: Any) -> Any:
        def violation(self: Any, value: Any, field_name: str) -> Any:
            if isinstance(value, dict):
                value = {key: each[:1] if isinstance(each, list) else each for key, each in value.items()}
            return real(self, value, field_name)

        return violation

    replaced(Schema, "violation", lax)


def _counting(length: Callable[[str], int]) -> None:
    """Count the characters of strings in another way: each string is padded by what it is longer."""
    from dataarts_mock._document import Schema

    def counted(value: Any) -> Any:
        if isinstance(value, str):
            return value + "a" * (length(value) - len(value))
        if isinstance(value, dict):
            return {key: counted(each) for key, each in value.items()}
        return [counted(each) for each in value] if isinstance(value, list) else value

    def other(real: Any) -> Any:
        return lambda self, value, field_name: real(self, counted(value), field_name)

    replaced(Schema, "violation", other)


@mistake("lengths are counted in bytes")
def _() -> None:
    _counting(lambda text: len(text.encode(errors="surrogatepass")))


@mistake("lengths are counted in UTF-16")
def _() -> None:
    _counting(lambda text: len(text.encode("utf-16-le", errors="surrogatepass")) // 2)


@mistake("job names are not percent-decoded")
def _() -> None:
    from dataarts_mock import _document

    replaced(_document, "percent_decode", lambda real: lambda raw: raw.decode("latin-1"))


@mistake("paths may go on")
def _() -> None:
    from dataarts_mock._document import Operation

    replaced(Operation, "match", lambda real: lambda self, parts: real(self, parts[: len(self.segments)]))


@mistake("an unknown job is run")
def _() -> None:
    from dataarts_mock._state import State

    replaced(State, "missing", lambda real: lambda self, name, workspace: real(self, "myJob", workspace))


@mistake("the workspace is not looked at")
def _() -> None:
    from dataarts_mock._state import State

    replaced(State, "missing", lambda real: lambda self, name, workspace: real(self, name, None))


@mistake("the job is looked for before its workspace")
def _() -> None:
    from dataarts_mock._state import State

    def reordered(real: Any) -> Any:
        def missing(self: Any, name: str, workspace: str | None) -> Any:
            return (None if workspace is None else real(self, name, None)) or real(self, name, workspace)

        return missing

    replaced(State, "missing", reordered)


@mistake("a refused request takes an instance ID")
def _() -> None:
    from dataarts_mock._service import Service

    def counted(real: Any) -> Any:
        def refusal(self: Any, violation: Any) -> Any:
            self.state.start("project", None, "myJob")
            return real(self, violation)

        return refusal

    replaced(Service, "_refusal", counted)


@mistake("the media type is checked before the credentials")
def _() -> None:
    _first("_media_type")


@mistake("the body is checked before the parameters")
def _() -> None:
    _first("body")


def _first(check: str) -> None:
    """Have one check come before all others of an operation."""
    from dataarts_mock import _service

    def reordered(real: Any) -> Any:
        def violation(self: Any, route: Any, request: Any) -> Any:
            operation = route.operation
            media_type, found = _service._media_type(operation, request)
            if check == "body":
                if found or not operation.body or self._credentials(operation, request):
                    return real(self, route, request)
                _, found = operation.body.read(media_type, request.body)
            return found or real(self, route, request)

        return violation

    replaced(_service.Service, "_violation", reordered)


@mistake("nothing is throttled")
def _() -> None:
    from dataarts_mock._service import Throttle

    replaced(Throttle, "take", lambda real: lambda self, project: 0)


@mistake("all projects are throttled as one")
def _() -> None:
    from dataarts_mock._service import Throttle

    replaced(Throttle, "take", lambda real: lambda self, project: real(self, b""))


@mistake("Prefer is passed over")
def _() -> None:
    from dataarts_mock import _service

    replaced(_service, "preference", lambda real: lambda header, operation: None)


@mistake("Prefer names no example")
def _() -> None:
    from dataarts_mock import _service

    replaced(_service, "preference", lambda real: lambda header, operation: real(header.partition(",")[0], operation))
