"""What a client could get wrong in what it makes of answers: parsing, errors, outcomes, secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.mutants.mutant import Mutant, mistakes, replaced

ANSWERS: list[Mutant] = []
mistake = mistakes("client", ANSWERS)


@mistake("the integers of answers are taken for floats")
def _() -> None:
    from dataarts_runtime.schema import Integer

    replaced(Integer, "load", lambda real: lambda self, value, at: float(real(self, value, at)))


@mistake("strings of digits are taken for integers")
def _() -> None:
    from dataarts_runtime.schema import Integer

    def lax(real: Any) -> Any:
        def load(self: Any, value: Any, at: str) -> Any:
            return real(self, int(value) if isinstance(value, str) and value.isdigit() else value, at)

        return load

    replaced(Integer, "load", lax)


@mistake("true is taken for 1")
def _() -> None:
    from dataarts_runtime.schema import Integer

    def lax(real: Any) -> Any:
        return lambda self, value, at: real(self, 1 if value is True else value, at)

    replaced(Integer, "load", lax)


@mistake("further properties of answers are dropped")
def _() -> None:
    from dataarts_runtime import models

    def closed(real: Any) -> Any:
        def load(kind: Any, value: Any, at: str) -> Any:
            model = real(kind, value, at)
            model.additional_properties.clear()
            return model

        return load

    replaced(models, "_load_model", closed)


@mistake("any success will do", "test_answers")
def _() -> None:
    from dataarts_runtime import operation

    def lax(real: Any) -> Any:
        return lambda described, status: real(described, 200 if 200 <= status < 300 else status)

    replaced(operation, "_documented", lax)


def _understood(change: Callable[[Any], Any]) -> None:
    from dataarts_runtime import _decode

    replaced(_decode, "error_details", lambda real: lambda *arguments: change(real(*arguments)))


@mistake("the code of an error is lost")
def _() -> None:
    _understood(lambda details: details._replace(code=None))


@mistake("the message of an error is lost")
def _() -> None:
    _understood(lambda details: details._replace(message=None))


@mistake("the request ID of an error is lost")
def _() -> None:
    _understood(lambda details: details._replace(request_id=None))


@mistake("400 is taken for 404", "test_errors")
def _() -> None:
    from dataarts_runtime import errors, operation

    replaced(operation, "_ERRORS", lambda real: {**real, 400: errors.NotFound})


@mistake("429 is an error like any other", "test_retries")
def _() -> None:
    from dataarts_runtime import operation

    replaced(operation, "_ERRORS", lambda real: {status: kind for status, kind in real.items() if status != 429})


def _erring(change: Callable[[Any], None]) -> None:
    from dataarts_runtime.operation import Operation

    def other(real: Any) -> Any:
        def error(self: Any, answer: Any) -> Any:
            made = real(self, answer)
            change(made)
            return made

        return error

    replaced(Operation, "_error", other)


@mistake("the outcome of a 500 is taken to be known")
def _() -> None:
    _erring(lambda error: setattr(error, "outcome_unknown", False))


@mistake("the outcome of a 400 is taken to be unknown")
def _() -> None:
    _erring(lambda error: setattr(error, "outcome_unknown", True))


@mistake("the model of an error is lost")
def _() -> None:
    from dataarts_runtime.operation import Operation

    replaced(Operation, "_parsed_error", lambda real: lambda self, answer, secrets: None)


def _failing(change: Callable[[Any], Any]) -> None:
    """Change what becomes of a call that has no answer."""
    from dataarts_runtime import _engine

    def other(real: Any) -> Any:
        def outcome(*arguments: Any) -> Any:
            found = real(*arguments)
            return found._replace(error=change(found.error)) if hasattr(found, "transient") else found

        return outcome

    replaced(_engine, "outcome_of_error", other)


@mistake("a lost answer is taken for a request that was not sent", "test_errors")
def _() -> None:
    from dataarts_client import errors

    _failing(lambda error: errors.RequestNotSent(str(error)))


@mistake("a request that was not sent is taken for a lost answer", "test_errors")
def _() -> None:
    from dataarts_client import errors

    _failing(lambda error: errors.OutcomeUnknown(str(error)))


@mistake("redirects are followed")
def _() -> None:
    import httpx

    from dataarts_runtime import _connections

    def followed(real: Any) -> Any:
        return lambda self, request, **options: real(self, request, **{**options, "follow_redirects": True})

    replaced(httpx.Client, "send", followed)
    # The client hides from httpx where an answer leads, so that even that would not follow.
    replaced(_connections, "_hide_location", lambda real: lambda response: None)


@mistake("the time allowed is no limit", "test_deadline")
def _() -> None:
    from dataarts_runtime._engine import Engine

    replaced(Engine, "_limit", lambda real: lambda self, timeout: real(self, timeout) + 20)


@mistake("the client shows its credentials", "test_secrets")
def _() -> None:
    from dataarts_client import Client

    def talkative(real: Any) -> Any:
        def made(self: Any, base_url: str, **options: Any) -> None:
            real(self, base_url, **options)
            shown[id(self)] = f"{options.get('headers')} {_token(options.get('auth'))}"

        return made

    shown: dict[int, str] = {}
    replaced(Client, "__init__", talkative)
    replaced(Client, "__repr__", lambda real: lambda self: f"{real(self)} {shown[id(self)]}")


def _token(auth: Any) -> str:
    """Return the headers that credentials add."""
    import httpx

    if auth is None:
        return ""
    return str(next(auth.sync_auth_flow(httpx.Request("GET", "http://localhost", content=b""))).headers.raw)


@mistake("what a service echoes is shown, secrets and all", "test_secrets")
def _() -> None:
    from dataarts_runtime import _outcome, operation

    for module in (_outcome, operation):
        replaced(module, "secrets_of", lambda real: lambda *arguments: [])


@mistake("a base URL with a password is taken", "test_arguments")
def _() -> None:
    import httpx

    from dataarts_runtime import client

    def lax(real: Any) -> Any:
        return lambda base_url: httpx.URL(base_url) if "@" in str(base_url) else real(base_url)

    replaced(client, "_checked_url", lax)


@mistake("a closed client can be used", "test_lifecycle")
def _() -> None:
    from dataarts_runtime._connections import Connections

    def reopened(real: Any) -> Any:
        def close(self: Any) -> None:
            real(self)
            self._closed = False

        return close

    replaced(Connections, "close", reopened)


@mistake("close breaks off the calls that are under way", "test_lifecycle")
def _() -> None:
    from dataarts_runtime._connections import Connections

    def hasty(real: Any) -> Any:
        def close(self: Any) -> None:
            real(self)
            if self._blocking is not None:
                self._blocking.close()

        return close

    replaced(Connections, "close", hasty)
