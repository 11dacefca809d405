"""How much of what the document states was tried, operation by operation; what was not, and why.

What there is to try comes from the document alone, by the list that `dataarts_contract` makes of it. That something was
tried is read off the records: a rule counts on the side of what it accepts and on the side of what it refuses, and a
response, an error code, a header or a link once it was had. What no server can be made to show is told apart from what
was not shown, and is not counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from .coverage_items import Item, Side, items
from .document import Document, Operation
from .records import Outcome, Record, Records

LEFT_OUT = "left out by --only"
UNTRIED = "no case of it was sent"
REFUSED_WITHIN = "every case that would show it failed"
NOT_HAD = "no response had it"
NO_REQUEST = "the document states no request that is answered so; only a server that is asked to can give it"
ANOTHER = "the server gives another of the errors that the document allows there"
ITS_OWN = "a server has values of its own, not the example's"
NO_STATE = "no request leads to that state, and nothing came to it by itself"
OPTIONAL = "the document leaves it to the server whether to send it"


class State(StrEnum):
    """What became of something that the document states."""

    COVERED = "covered"
    FAILED = "failed"
    NOT_COVERED = "not covered"
    IMPOSSIBLE = "cannot be had"


@dataclass(frozen=True)
class Covered:
    """Something that the document states, and what became of it.

    Attributes:
        item: What the document states.
        state: What became of it.
        cases: How many cases, or responses, showed it.
        reason: Why it was not covered, or cannot be.
    """

    item: Item
    state: State
    cases: int = 0
    reason: str = ""


@dataclass(frozen=True)
class Coverage:
    """What became of all that the document states."""

    all: tuple[Covered, ...]

    def count(self, *states: State, operation: str | None = None, group: str | None = None) -> int:
        """Return how much is in one of the states, of an operation or group if one is given."""
        return sum(
            each.state in states
            for each in self.all
            if operation in (None, each.item.operation) and group in (None, each.item.group)
        )

    def tried(self, operation: str | None = None, group: str | None = None) -> tuple[int, int]:
        """Return how much was tried, and how much could be."""
        tried = self.count(State.COVERED, State.FAILED, operation=operation, group=group)
        return tried, tried + self.count(State.NOT_COVERED, operation=operation, group=group)

    @property
    def percent(self) -> float:
        """How much of a hundred that can be had was tried."""
        tried, of = self.tried()
        return 100 * tried / of if of else 100.0

    @property
    def operations(self) -> list[str]:
        """The operations, in the order of the document; an empty name stands for what reaches none."""
        return list(dict.fromkeys(each.item.operation for each in self.all))

    @property
    def groups(self) -> list[str]:
        """The groups that there are."""
        return list(dict.fromkeys(each.item.group for each in self.all))

    def by_reason(self, state: State) -> dict[str, list[Covered]]:
        """Return what is in a state, by the reason for it, the most frequent first."""
        found: dict[str, list[Covered]] = {}
        for each in self.all:
            if each.state == state:
                found.setdefault(each.reason, []).append(each)
        return dict(sorted(found.items(), key=lambda pair: -len(pair[1])))


def covered(
    document: Document,
    records: Records,
    *,
    partly: bool = False,
    credentials: Collection[str] = ("token", "signature"),
) -> Coverage:
    """Return what became of all that a document states.

    Args:
        document: The contract.
        records: What was tried, and what the responses were.
        partly: Whether only a part of the suite was asked for.
        credentials: The kinds of credentials that were given: "token", "signature".
    """
    evidence = _Evidence(document, records, credentials)
    return Coverage(tuple(_judged(evidence, item, partly=partly) for item in items(document)))


def _judged(evidence: _Evidence, item: Item, *, partly: bool) -> Covered:
    passed, failed = evidence.of(item)
    if failed:
        return Covered(item, State.FAILED, passed + failed)
    if passed:
        return Covered(item, State.COVERED, passed)
    if reason := item.impossible or evidence.why_impossible(item):
        return Covered(item, State.IMPOSSIBLE, reason=reason)
    return Covered(item, State.NOT_COVERED, reason=evidence.why_not(item) or (LEFT_OUT if partly else UNTRIED))


class _Evidence:
    """What was tried, arranged so that each item finds what concerns it."""

    def __init__(self, document: Document, records: Records, credentials: Collection[str]) -> None:
        self._document = document
        self._credentials = credentials
        self._records = records
        self._cases: dict[tuple[str, str, bool], list[Record]] = {}
        for record in records.cases:
            if record.test != "schemathesis":
                self._cases.setdefault((record.operation, record.place, record.allowed), []).append(record)
        self._refusals = {each.id: list(_refusals(document, each)) for each in document.operations}

    def of(self, item: Item) -> tuple[int, int]:
        """Return how many cases or responses showed an item, and how many failed."""
        if item.side == Side.SEEN and item.status:
            if item.example:
                return self._outcomes(item)
            return sum(count for _, count in self._seen(item)), 0
        return self._outcomes(item)

    def _outcomes(self, item: Item) -> tuple[int, int]:
        outcomes = Counter(record.outcome for record in self._of(item))
        return outcomes[Outcome.PASSED], outcomes[Outcome.FAILED]

    def _of(self, item: Item) -> Iterator[Record]:
        allowed = item.side != Side.REFUSED
        for place, rules in item.shown_by:
            for record in self._cases.get((item.operation, place, allowed), ()):
                if any(record.rule == rule or record.rule.startswith(f"{rule} ") for rule in rules):
                    yield record
        # Where something within it was accepted, so was the whole.
        yield from (record for record in self._within(item) if record.outcome == Outcome.PASSED)

    def _within(self, item: Item) -> Iterator[Record]:
        if item.shown_within:
            for (operation, place, is_allowed), records in self._cases.items():
                if operation == item.operation and is_allowed and _is_within(place, item.place):
                    yield from records

    def _seen(self, item: Item) -> Iterator[tuple[str, int]]:
        """Give the error codes of the responses that an item is about, and how many there were."""
        if item.header:
            for (operation, status, name), count in self._records.headers.items():
                if name == item.header and self._matches(item, operation, status):
                    yield "", count
            return
        for (operation, status, code), count in self._records.responses.items():
            if self._matches(item, operation, status) and item.code in (None, code):
                yield code, count

    def _matches(self, item: Item, operation_id: str, status: int) -> bool:
        """Return whether a response is the one that an item is about."""
        if not item.operation:
            return item.status == str(status)
        operation = self._document.operation(operation_id)
        response = operation.response(status) if operation else None
        return operation_id == item.operation and response is not None and response.key == item.status

    def why_impossible(self, item: Item) -> str:
        """Return why an item cannot be had of this server; empty if it could."""
        if item.group == "states" and any("does not come to the state" in record.reason for record in self._of(item)):
            return NO_STATE
        if not item.status or item.side != Side.SEEN:
            return ""
        if item.example:
            return ITS_OWN
        if item.header and not item.is_required and self._was_had(item):
            return OPTIONAL
        operation = self._document.operation(item.operation)
        if operation is None or item.status.startswith(("1", "2", "3")):
            return ""
        possible = self._refusals[operation.id]
        mistakes = [mistake for mistake in possible if any(self._is_of(item, *error) for error in mistake)]
        if not mistakes:
            return NO_REQUEST
        had = {(status, code) for (name, status, code) in self._records.responses if name == operation.id}
        return ANOTHER if all(had & mistake for mistake in mistakes) else ""

    def _is_of(self, item: Item, status: int, code: str) -> bool:
        return self._matches(item, item.operation, status) and item.code in (None, code)

    def _was_had(self, item: Item) -> bool:
        return any(self._matches(item, operation, status) for operation, status, _ in self._records.responses)

    def why_not(self, item: Item) -> str:
        """Return the reason that most cases have for not having shown an item."""
        if item.credentials and item.credentials not in self._credentials:
            return f"no {item.credentials} was given"
        if item.status and self._was_had(item):
            return NOT_HAD
        tried = [*self._of(item), *self._within(item)]
        reasons = Counter(record.reason for record in tried if record.outcome == Outcome.NOT_SHOWN)
        if not reasons and tried:
            return REFUSED_WITHIN
        if not reasons and item.status:
            hidden = self._records.of(Outcome.NOT_SHOWN)
            reasons = Counter(record.reason for record in hidden if record.operation == item.operation)
        return reasons.most_common(1)[0][0] if reasons else ""


def _is_within(place: str, outer: str) -> bool:
    if outer in ("body", place):
        return place.startswith(outer)
    return place.startswith((f"{outer}.", f"{outer}["))


Errors = frozenset[tuple[int, str]]


def _refusals(document: Document, operation: Operation) -> Iterator[Errors]:
    """Give, for each mistake that a request of an operation can have, the errors of which one is the response."""
    mistakes = ["path", "method", "parameter", *(["credentials"] if operation.security else [])]
    mistakes += ["body", "mediaType", "noMediaType", "unreadable"] if operation.bodies else []
    mistakes += ["size"] if operation.bodies and operation.max_body_bytes else []
    names: list[Iterable[str]] = [document.refusals(mistake) for mistake in mistakes]
    for parameter in operation.parameters:
        names += [[name] for name in parameter.errors.values()]
        names.append(parameter.not_found)
    for alike in names:
        examples = [document.find_error(name, operation) or document.find_error(name) for name in alike]
        if errors := frozenset((each.status, str(each.value.get("error_code", ""))) for each in examples if each):
            yield errors
