"""What goes wrong on demand: forced responses, and faults of the transport."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from ._document import Document, Example, Operation, Schema

MAX_DELAY = 300.0
"""Seconds that a response can be held back at most."""

MAX_TIMES = 1_000_000
"""Requests that one fault can meet at most."""


class Transport(StrEnum):
    """What can happen to a request on its way to the service, or to the response on its way back."""

    RESET_BEFORE_READING = "reset-before-reading"
    RESET_AFTER_READING = "reset-after-reading"
    TRUNCATED_BODY = "truncated-body"
    MALFORMED_JSON = "malformed-json"
    HTML_502 = "html-502"
    DRIP = "drip"


NOT_DELIVERED = frozenset({Transport.RESET_BEFORE_READING, Transport.HTML_502})
"""Those under which the service never sees the request."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to the next requests: a documented response is forced, or the transport fails, or it takes long.

    Args:
        status: The status of the documented response to give.
        example: The name of the documented response to give.
        retry_after: Seconds for the response's Retry-After, in place of the documented example's.
        transport: What the transport does.
        delay: Seconds that the response is held back.
        times: How many requests it meets.
        operation: The operationId of the one operation whose requests it meets; None for any.
    """

    status: int | None = None
    example: str | None = None
    retry_after: int | None = None
    transport: Transport | None = None
    delay: float = 0.0
    times: int = 1
    operation: str | None = None

    @property
    def forces_response(self) -> bool:
        """Whether it forces a response, and so meets valid requests only."""
        return self.status is not None or self.example is not None

    @property
    def headers(self) -> dict[str, str]:
        """Headers in place of the documented example's."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}

    def __str__(self) -> str:
        delay = f"delay {self.delay:g} s" if self.delay else None
        operation = f"for {self.operation}" if self.operation else None
        parts = (self.transport, self.status, self.example, delay, operation)
        return " ".join(str(part) for part in parts if part is not None)


_FIELDS = Schema(
    {
        "type": "object",
        "properties": {
            "status": {"type": "integer"},
            "example": {"type": "string"},
            "retry_after": {"type": "integer", "minimum": 0},
            "transport": {"enum": [str(each) for each in Transport]},
            "delay": {"type": "number", "minimum": 0, "maximum": MAX_DELAY},
            "times": {"type": "integer", "minimum": 1, "maximum": MAX_TIMES},
            "operation": {"type": "string"},
        },
        "additionalProperties": False,
    }
)

_TYPES: dict[str, Callable[[Any], Any]] = {
    "status": int,
    "example": str,
    "retry_after": int,
    "transport": Transport,
    "delay": float,
    "times": int,
    "operation": str,
}


def read_fault(fields: Mapping[str, Any]) -> Fault:
    """Make a fault of its fields by name; those that are None count as not there.

    Raises:
        ValueError: A field is unknown, or its value not of its type or out of range; the message names field and rule.
    """
    given = {name: value for name, value in fields.items() if value is not None}
    if violation := _FIELDS.violation(given, "fault"):
        raise ValueError(violation)
    return Fault(**{name: _TYPES[name](value) for name, value in given.items()})


class Faults:
    """The faults that wait for requests, first in, first out.

    Args:
        document: The contract; only what it documents can be forced.

    Attributes:
        waiting: The faults.
    """

    def __init__(self, document: Document) -> None:
        self._document = document
        self.waiting: deque[Fault] = deque()

    def add(self, fault: Fault) -> None:
        """Line up a fault.

        Raises:
            ValueError: It is nothing that the contract documents; the message names field and rule.
        """
        if fault.transport is not None and fault.forces_response:
            raise ValueError("transport: not together with status or example")
        if not (fault.forces_response or fault.transport or fault.delay):
            raise ValueError("give status, example, transport or delay")
        ids = [operation.id for operation in self._document.operations]
        if fault.operation is not None and fault.operation not in ids:
            raise ValueError(f"operation: not one of {', '.join(ids)}: {fault.operation!r}")
        if fault.forces_response:
            example = self._documented(fault)
            if fault.retry_after is not None and "Retry-After" not in example.response.headers:
                raise ValueError(f"retry_after: response {example.status} has no Retry-After")
            if violation := example.response.violation(
                {"X-Request-Id": "1", **example.response.header_examples, **fault.headers}, example.value
            ):
                raise ValueError(f"response {example.status}: {violation}")
        elif fault.retry_after is not None:
            raise ValueError("retry_after: only with the status or example of a response that has it")
        self.waiting.append(fault)

    def take_on_arrival(self, operation: str | None) -> Fault | None:
        """Take the next fault for an operation, or for a request to none, if it meets requests valid or not."""
        index = self._next(operation)
        if index is None or self.waiting[index].forces_response:
            return None
        return self._take(index)

    def take_forced_response(self, operation: Operation) -> tuple[Example, Fault] | None:
        """Take the next fault for an operation if it forces a response that the operation documents."""
        index = self._next(operation.id)
        if index is None or not self.waiting[index].forces_response:
            return None
        example = operation.documented(self.waiting[index].status, self.waiting[index].example)
        return (example, self._take(index)) if isinstance(example, Example) else None

    def clear(self) -> None:
        """Forget what still waits."""
        self.waiting.clear()

    def _next(self, operation: str | None) -> int | None:
        return next((i for i, fault in enumerate(self.waiting) if fault.operation in (None, operation)), None)

    def _take(self, index: int) -> Fault:
        fault = self.waiting[index]
        if fault.times > 1:
            self.waiting[index] = replace(fault, times=fault.times - 1)
        else:
            del self.waiting[index]
        return fault

    def _documented(self, fault: Fault) -> Example:
        """Return the first response that is documented for one of the fault's operations."""
        where = "status" if fault.status is not None else "example"
        operations = [each for each in self._document.operations if fault.operation in (None, each.id)]
        found = [operation.documented(fault.status, fault.example) for operation in operations]
        for each in found:
            if isinstance(each, Example):
                return each
        if len(found) == 1:
            raise ValueError(f"{where}: {found[0]}")
        wanted = [("status", fault.status), ("example", fault.example)]
        words = " and ".join(f"{name} {value!r}" for name, value in wanted if value is not None)
        raise ValueError(f"{where}: no operation documents a response with {words}")


_PREFERENCE = re.compile(r'(?:^|[,;])\s*(code|example)\s*=\s*(?:"([^"]*)"|([^\s,;"]*))', re.IGNORECASE)


def preference(header: str, operation: Operation) -> Example | str | None:
    """Read a request's `Prefer: code=…, example=…`: the response to give, or what is wrong; None if it names neither.

    Other preferences are passed over, as RFC 7240 asks.
    """
    wanted = {name.lower(): quoted or plain for name, quoted, plain in _PREFERENCE.findall(header)}
    if not wanted:
        return None
    code, name = wanted.get("code"), wanted.get("example")
    if code is not None and not (code.isascii() and code.isdecimal() and len(code) == 3):
        return f"code {code!r} is no HTTP status"
    return operation.documented(int(code) if code is not None else None, name)
