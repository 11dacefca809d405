"""The journal: the last requests that the mock received."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from ._behaviours import RUN
from ._clock import Clock, as_datetime
from ._json import decode_json
from ._service import Request, Response

MAX_REQUESTS = 1000
"""The journal keeps at most this number of requests."""

MAX_BYTES = 32 * 1024 * 1024
"""The journal keeps requests whose paths, headers and bodies are together no larger than this."""

SECRETS = frozenset({"authorization", "cookie", "proxy-authorization", "x-auth-token", "x-security-token"})
"""Headers whose value is never shown."""


@dataclass(frozen=True, slots=True)
class RecordedRequest:
    """A request that the mock received, and what it made of it.

    Args:
        method: In capitals.
        path: As it was on the wire, percent-encoded.
        query: What followed the question mark, as it was on the wire.
        parameters: The path, query and header parameters of the operation by name, decoded; those after the first that
            broke its rule are missing, and those that the request did not have are their default, or None.
        headers: By name, in small letters; of credentials and cookies the value is `***`.
        body: The payload; the text where it was not JSON, None where there was none, or one too large to be kept.
        status: The status of the response; None where the connection was reset instead.
        violation: Code and message of the error in the response, or None.
        fault: What was made to go wrong, by `fail_next`, a control route or `Prefer`; or None.
        operation: The operationId in the contract; None if it reached no operation.
        carried_out: Whether the operation took place: the job was started, whatever became of the response.
        time: When it was received, by the mock's clock.
    """

    method: str
    path: str
    query: str
    parameters: Mapping[str, Any]
    headers: Mapping[str, str]
    body: Any
    status: int | None
    violation: str | None
    fault: str | None
    operation: str | None
    carried_out: bool
    time: datetime


class _Entry(NamedTuple):
    """What is kept of a request: few objects, so that keeping a thousand costs the next one little."""

    method: str
    path: bytes
    query: bytes
    headers: bytes
    body: bytes
    parameters: dict[str, Any]
    operation: str | None
    status: int
    violation: str | None
    fault: str | None
    carried_out: bool
    time: int
    size: int


class Journal:
    """The last requests, bounded in number and in bytes.

    Args:
        clock: Tells when a request was received.

    Attributes:
        forgotten_runs: How many runs were started by those that were forgotten for want of room.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.forgotten_runs = 0
        self._entries: deque[_Entry] = deque()
        self._bytes = 0

    def add(self, request: Request, response: Response) -> None:
        """Record a request; forget the oldest ones if there are too many."""
        headers = b"\n".join(chain.from_iterable(request.headers))  # No header has a line break in it.
        size = len(request.raw_path) + len(request.query) + len(headers) + len(request.body)
        fields = (
            request.method,
            request.raw_path,
            request.query,
            headers,
            request.body,
            request.parameters,
            request.operation,
            response.status,
            response.violation and shown_violation(request, response),
            response.fault,
            response.carried_out,
            self._clock.now(),
            size,
        )
        self._entries.append(tuple.__new__(_Entry, fields))  # In a third of the time that _Entry(…) takes.
        self._bytes += size
        while len(self._entries) > MAX_REQUESTS or self._bytes > MAX_BYTES:
            forgotten = self._entries.popleft()
            self._bytes -= forgotten.size
            self.forgotten_runs += forgotten.carried_out and forgotten.operation == RUN

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
        self._bytes = 0
        self.forgotten_runs = 0

    def requests(self) -> list[RecordedRequest]:
        """Give what is remembered, the oldest first."""
        return [_record(entry) for entry in self._entries]


def _record(entry: _Entry) -> RecordedRequest:
    headers: dict[str, str] = {}
    parts = iter(entry.headers.decode("latin-1").split("\n") if entry.headers else ())
    for name, value in zip(parts, parts, strict=True):
        shown = "***" if name in SECRETS else value
        headers[name] = f"{headers[name]}, {shown}" if name in headers else shown
    return RecordedRequest(
        method=entry.method,
        path=entry.path.decode("latin-1"),
        query=entry.query.decode("latin-1"),
        parameters=dict(entry.parameters),
        headers=headers,
        body=_payload(entry.body),
        status=entry.status or None,
        violation=entry.violation,
        fault=entry.fault,
        operation=entry.operation,
        carried_out=entry.carried_out,
        time=as_datetime(entry.time),
    )


def shown_violation(request: Request, response: Response) -> str | None:
    """Return the error of a response without secrets, which a message about a signature may repeat."""
    violation = response.violation
    if violation is not None:
        for name in SECRETS:
            if secret := request.fields.get(name.encode()):
                violation = violation.replace(secret.decode("latin-1"), "***")
    return violation


def _payload(body: bytes) -> Any:
    # Read again each time: what JSON becomes in Python can take ten times the memory, and few will ask for it.
    if not body:
        return None
    try:
        return decode_json(body)
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")
