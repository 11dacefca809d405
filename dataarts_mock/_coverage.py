"""What tests have met of the contract at the mocks of their process: for `pytest --dataarts-coverage`.

What there is to meet comes from `dataarts_contract`, which reads the document. A limit is met where a value came that
lies just at it, or beyond it: whatever keeps well within a limit says nothing about it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from dataarts_contract import Statement, statements, values_at

from ._app import WATCHERS, Listener
from ._document import Document, Operation, find_document, query_values
from ._json import decode_json
from ._service import Request, Response, Service

_LOWER = {"minLength": len, "minItems": len, "minimum": None, "exclusiveMinimum": None}
_UPPER = {"maxLength": len, "maxItems": len, "maximum": None, "exclusiveMaximum": None, "x-max-body-bytes": None}
# The ends of an integer format are no limits of the API's own.
_OF_FORMATS = {sign * 2**bits + step for bits in (31, 63) for sign, step in ((-1, 0), (1, -1))}

REQUEST, RESPONSE, CODE, STATE, LIMIT, FAULT = "request", "response", "code", "state", "limit", "fault"

Key = tuple[str, str, str]
"""What was met: the operation (empty for none), the kind, and which one of it."""


class Met:
    """Counts what requests and responses have met.

    Attributes:
        counts: How often each thing was met.
    """

    def __init__(self) -> None:
        self.counts: Counter[Key] = Counter()

    def watch(self, service: Service) -> Listener:
        """Return what counts the requests to a mock, and its responses."""
        contract = service.document
        stated = Stated(contract)
        operations = {operation.id: operation for operation in contract.routes}

        def listen(request: Request, response: Response) -> None:
            operation = operations.get(request.operation or "")
            where = operation.id if operation else ""
            found: set[tuple[str, str]] = {(RESPONSE, str(response.status))}
            if response.violation and response.status >= 400:
                found.add((CODE, f"{response.status} {response.violation.partition(' ')[0]}"))
            elif response.body:
                found.update((STATE, state) for state in _states(stated.states.get(where, ()), response))
            if response.fault:
                found.add((FAULT, response.fault))
            if operation is not None:
                found.update((LIMIT, limit) for limit in _limits(stated.limits.get(where, ()), operation, request))
            self.counts[where, REQUEST, ""] += 1
            self.counts.update((where, kind, name) for kind, name in found)

        return listen

    def start(self) -> None:
        """Count for each mock that is made in this process from now on."""
        WATCHERS.append(self.watch)

    def stop(self) -> None:
        """Count for no further mock."""
        WATCHERS.remove(self.watch)

    def to_list(self) -> list[Any]:
        """Return what was counted, to be sent to another process."""
        return [[*key, count] for key, count in self.counts.items()]

    def add(self, counted: Iterable[Any]) -> None:
        """Add what another process has counted."""
        for operation, kind, name, count in counted:
            self.counts[operation, kind, name] += count


class Stated:
    """What there is to meet in a document.

    Attributes:
        title: The document's title and version.
        operations: The operations; an empty name stands for what reaches none.
        names: What there is to meet, by operation and kind: the name under which it is counted, and how it is shown.
        states: The statements that list states, by operation.
        limits: The statements that are limits, by operation.
    """

    def __init__(self, document: Document) -> None:
        info = document.root.get("info", {})
        self.title = f"{info.get('title', 'the contract')} {info.get('version', '')}".strip()
        self.operations: dict[str, None] = {}
        self.names: dict[tuple[str, str], dict[str, str]] = {}
        self.states: dict[str, list[Statement]] = {}
        self.limits: dict[str, list[Statement]] = {}
        for each in statements(document.root):
            self.operations.setdefault(each.operation)
            if each.part == "response":
                self._add(each, RESPONSE, each.status)
            elif each.part == "example" and each.status and (code := _code(each.value)):
                self._add(each, CODE, f"{each.status} {code}", each.name)
            elif each.part == "answer" and each.keyword == "enum" and "x-final-states" in each.node:
                self.states.setdefault(each.operation, []).append(each)
                for state in each.value:
                    self._add(each, STATE, f"{_within(each)}{state}")
            elif _is_limit(each):
                self.limits.setdefault(each.operation, []).append(each)
                self._add(each, LIMIT, _limit(each))

    def _add(self, statement: Statement, kind: str, name: str, words: str = "") -> None:
        named = self.names.setdefault((statement.operation, kind), {})
        named[name] = "/".join(filter(None, (named.get(name), words)))


def read_stated() -> Stated:
    """Return what there is to meet in the contract that comes with the mock."""
    return Stated(Document(find_document()))


def _code(value: Any) -> str:
    return str(value.get("error_code", "")) if isinstance(value, Mapping) else ""


def _within(statement: Statement) -> str:
    """Return where in a response a state is, empty if it is the state of what the response is about."""
    inner = "".join(statement.path[:-1])
    return f"{inner} " if inner else ""


def _states(listed: Iterable[Statement], response: Response) -> Iterator[str]:
    payload = decode_json(response.body)
    for each in listed:
        if each.status == str(response.status):
            yield from (f"{_within(each)}{state}" for state in values_at(payload, each.path))


def _is_limit(statement: Statement) -> bool:
    if statement.part == "operation":
        return statement.keyword == "x-max-body-bytes" and "requestBody" in statement.node
    is_bound = statement.keyword in _LOWER or statement.keyword in _UPPER
    return statement.part in ("parameter", "body") and is_bound and statement.value not in _OF_FORMATS


def _limit(statement: Statement) -> str:
    place = "body" if statement.part == "operation" else statement.place
    return f"{place} {statement.keyword} {statement.value}"


def _limits(limits: Iterable[Statement], operation: Operation, request: Request) -> Iterator[str]:
    """Give the limits that a request meets."""
    payload: Any = None
    if operation.body and request.body:
        with suppress(ValueError, RecursionError):
            payload = decode_json(request.body)
    values = dict(_parameters(operation, request))
    for each in limits:
        if each.part == "operation":
            found: Iterable[Any] = [each.value + 1 if request.too_large else len(request.body)]
        elif each.part == "body":
            found = values_at(payload, each.path)
        else:
            key = each.location, each.name
            found = values_at(values[key], each.path) if key in values else ()
        if any(_meets(each, value) for value in found):
            yield _limit(each)


def _parameters(operation: Operation, request: Request) -> Iterator[tuple[tuple[str, str], Any]]:
    """Give the values of the parameters that a request has, whether they are allowed or not."""
    path = operation.match(request.raw_path.split(b"/")) or {}
    query = query_values(request.query)
    for parameter in operation.parameters:
        if parameter.location == "path":
            raw = [path[parameter.name]] if parameter.name in path else []
        elif parameter.location == "query":
            raw = query.get(parameter.name, [])
        else:
            raw = [request.fields[parameter.field]] if parameter.field in request.fields else []
        if raw:
            with suppress(ValueError):
                yield (parameter.location, parameter.name), parameter.value(*raw)


def _meets(limit: Statement, value: Any) -> bool:
    """Return whether a value lies at a limit, or beyond it."""
    is_lower = limit.keyword in _LOWER
    measure = _LOWER[limit.keyword] if is_lower else _UPPER[limit.keyword]
    if measure is not None:
        if not isinstance(value, str if limit.keyword.endswith("Length") else list):
            return False
        value = measure(value)
    elif isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return bool(value <= limit.value if is_lower else value >= limit.value)
