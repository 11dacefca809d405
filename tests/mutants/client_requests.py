"""What a client could get wrong in its requests: encoding, names, what is left out, and what is sent again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.mutants.mutant import Mutant, mistakes, replaced

REQUESTS: list[Mutant] = []
mistake = mistakes("client", REQUESTS)


def calling(name: str) -> Callable[[Callable[[Any], Any]], Callable[[Any], Any]]:
    """Add a mistake to the list: a function that changes a call that is ready to be sent."""

    def added(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def make(folder: Path) -> None:
            from dataarts_runtime.operation import Operation

            replaced(Operation, "_call", lambda real: lambda self, body, values: change(real(self, body, values)))

        REQUESTS.append(Mutant(f"client: {name}", "client", make))
        return change

    return added


def _headers(call: Any, change: Callable[[bytes, bytes], tuple[bytes, bytes] | None]) -> Any:
    changed = [change(name, value) for name, value in call.headers]
    return call._replace(headers=tuple(header for header in changed if header is not None))


def _without(call: Any, header: bytes) -> Any:
    return _headers(call, lambda name, value: None if name == header else (name, value))


@calling("paths are encoded twice")
def _(call: Any) -> Any:
    return call._replace(target=call.target.replace("%", "%25"))


@calling("the path ends in a slash")
def _(call: Any) -> Any:
    return call._replace(target=call.target + "/")


@calling("the path is of another version")
def _(call: Any) -> Any:
    return call._replace(target=call.target.replace("/v1/", "/v2/", 1))


@calling("the method is PUT")
def _(call: Any) -> Any:
    return call._replace(method="PUT")


@calling("the workspace is sent as X-Workspace")
def _(call: Any) -> Any:
    return _headers(call, lambda name, value: (b"X-Workspace" if name == b"workspace" else name, value))


@calling("the workspace is not sent")
def _(call: Any) -> Any:
    return _without(call, b"workspace")


@calling("the workspace is sent in capitals")
def _(call: Any) -> Any:
    return _headers(call, lambda name, value: (name, value.upper() if name == b"workspace" else value))


@calling("there is a workspace always")
def _(call: Any) -> Any:
    return call._replace(headers=((b"workspace", b"default"), *call.headers))


@calling("a call without a body has no Content-Type")
def _(call: Any) -> Any:
    return call if call.content else _without(call, b"Content-Type")


@calling("the body is text/plain")
def _(call: Any) -> Any:
    return _headers(call, lambda name, value: (name, b"text/plain" if name == b"Content-Type" else value))


@calling("no body is sent as an empty object")
def _(call: Any) -> Any:
    return call._replace(content=call.content or b"{}")


@calling("no body is sent as null")
def _(call: Any) -> Any:
    return call._replace(content=call.content or b"null")


@calling("the body is in Latin-1, as far as that goes")
def _(call: Any) -> Any:
    return call._replace(content=call.content.decode().encode("latin-1", errors="replace"))


@calling("an empty list is not sent")
def _(call: Any) -> Any:
    return call._replace(content=call.content.replace(b'"jobParams":[]', b""))


def _dumped(change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    from dataarts_runtime import models

    def changed(real: Any) -> Any:
        def dump(*arguments: Any, **named: Any) -> Any:
            dumped = real(*arguments, **named)
            return (
                dumped if {"instanceId", "error_code"} & dumped.keys() else change(dumped)
            )  # answers stay as they are

        return dump

    replaced(models, "_dump_model", changed)


@mistake("what is not set is sent as null")
def _() -> None:
    _dumped(lambda dumped: {"paramType": None, **dumped} if "value" in dumped else dumped)


@mistake("properties are sent under their names in Python")
def _() -> None:
    _dumped(lambda dumped: {key.replace("paramType", "param_type"): value for key, value in dumped.items()})


@mistake("further properties are not sent")
def _() -> None:
    known = ("jobParams", "name", "value", "paramType")
    _dumped(lambda dumped: {key: value for key, value in dumped.items() if key in known})


@mistake("values are sent without the spaces around them")
def _() -> None:
    _dumped(lambda dumped: {key: each.strip() if isinstance(each, str) else each for key, each in dumped.items()})


@mistake("members of an enum are sent by their names")
def _() -> None:
    from dataarts_runtime.schema import Member

    replaced(Member, "dump", lambda real: lambda self, value, at, **named: self._member(value, at).name)


@mistake("an unknown member of an enum is sent")
def _() -> None:
    from dataarts_runtime.schema import Member

    for method in ("check", "dump"):
        replaced(Member, method, lambda real: lambda self, value, at, **named: getattr(value, "value", value))


@mistake("the asynchronous way forgets the headers")
def _() -> None:
    from dataarts_runtime._engine import Engine

    def forgetful(real: Any) -> Any:
        async def send(self: Any, call: Any, timeout: Any) -> Any:
            return await real(self, _without(call, b"workspace"), timeout)

        return send

    replaced(Engine, "send_async", forgetful)


@mistake("every request is sent twice")
def _() -> None:
    from dataarts_runtime._engine import Engine

    def twice(real: Any) -> Any:
        def attempt(self: Any, *arguments: Any) -> Any:
            real(self, *arguments)
            return real(self, *arguments)

        return attempt

    replaced(Engine, "_attempt", twice)


def _pausing(change: Callable[[Any, Any, Any], Any]) -> None:
    from dataarts_runtime._engine import Engine

    def other(real: Any) -> Any:
        def pause(self: Any, call: Any, outcome: Any, attempts: int, ends: float) -> Any:
            found = real(self, call, outcome, attempts, ends)
            return change(outcome, found, attempts) if attempts <= self._max_retries else None

        return pause

    replaced(Engine, "_pause", other)


@mistake("503 is tried again", "test_retries")
def _() -> None:
    _pausing(lambda outcome, found, attempt: 0.01 if getattr(outcome, "status", 0) == 503 else found)


@mistake("a lost answer is tried again", "test_retries")
def _() -> None:
    def again(outcome: Any, found: Any, attempt: int) -> Any:
        return 0.01 if hasattr(outcome, "transient") and outcome.error.outcome_unknown else found

    _pausing(again)


@mistake("429 is not tried again", "test_retries")
def _() -> None:
    _pausing(lambda outcome, found, attempt: None if getattr(outcome, "status", 0) == 429 else found)


@mistake("a connection that is not made is not tried again", "test_retries")
def _() -> None:
    _pausing(lambda outcome, found, attempt: None if hasattr(outcome, "transient") else found)


@mistake("Retry-After is not kept to", "test_retries")
def _() -> None:
    _pausing(lambda outcome, found, attempt: None if found is None else 0.0)


@mistake("an hour's Retry-After is slept through", "test_retries")
def _() -> None:
    from dataarts_runtime import _engine

    replaced(_engine, "LONGEST_RETRY_AFTER", lambda real: 1e9)


@mistake("each call waits by itself when the service throttles", "test_throttling")
def _() -> None:
    from dataarts_runtime._throttle import Throttle

    replaced(Throttle, "refused", lambda real: lambda self, now, pause: None)


@mistake("requests are not kept apart after the service has throttled", "test_throttling")
def _() -> None:
    from dataarts_runtime import _throttle

    replaced(_throttle, "_MARGIN", lambda real: 1e6)


@mistake("any transport is trusted to trace what it writes", "test_transports")
def _() -> None:
    from dataarts_runtime import client

    replaced(client, "traces_all", lambda real: lambda transport, sends: True)


@mistake("a request that was being written is taken for one that was not sent", "test_errors")
def _() -> None:
    from dataarts_runtime import _outcome

    def hopeful(real: Any) -> Any:
        return lambda exchange: exchange.response is None or real(exchange)

    replaced(_outcome, "_proves_otherwise", hopeful)
