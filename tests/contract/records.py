"""What was tried, and what came of it, as data: for the summary, for reports, and to count what was covered."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

RECORD_OF_ALL = "in every response"
"""The rule of records that are of no case: something was wrong with a response in passing."""


class Outcome(StrEnum):
    """What came of a case."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_SHOWN = "not shown"


@dataclass(frozen=True)
class Record:
    """One case: a request that was sent, or that could not be, and the verdict on its response.

    Attributes:
        suite: "contract", which any server is held to, or "mock", the mock's own behaviour.
        operation: The operation's ID.
        place: Where in the document the rule stands, such as `body jobParams[].name`.
        rule: The rule, such as `maxLength 64`.
        tried: What was sent, in words.
        allowed: Whether the document allows it.
        outcome: What came of it.
        reason: Why it failed, or could not be shown, in a few words that are the same for all cases alike.
        message: What to tell a person: a line that says all, then response and command; empty unless it failed.
        test: The test that tried it.
    """

    suite: str
    operation: str
    place: str
    rule: str
    tried: str
    allowed: bool
    outcome: Outcome
    reason: str = ""
    message: str = ""
    test: str = ""

    @property
    def title(self) -> str:
        """The first line of the message."""
        return self.message.partition("\n")[0]


@dataclass
class Records:
    """Keeps the records of a run, and what the responses were.

    Attributes:
        responses: How often each operation answered how: by operation, status and error code.
        headers: How often each response had each header that the document names: by operation, status and header.
        waited: Seconds that were waited because the server throttled, and how often.
    """

    cases: list[Record] = field(default_factory=list)
    responses: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    headers: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    throttled: int = 0
    waited: float = 0.0

    def count(self, outcome: Outcome) -> int:
        """Return how many cases came out so."""
        return sum(record.outcome == outcome for record in self.cases)

    def of(self, outcome: Outcome) -> list[Record]:
        """Return the cases that came out so."""
        return [record for record in self.cases if record.outcome == outcome]

    def write(self, path: Path) -> None:
        """Write the records, a JSON object a line; the last ones are what the responses were."""
        with path.open("w", encoding="utf-8") as file:
            for line in self._lines():
                file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _lines(self) -> Iterable[dict[str, Any]]:
        yield from (asdict(record) for record in self.cases)
        for (operation, status, code), count in sorted(self.responses.items()):
            yield {"operation": operation, "status": status, "error_code": code, "responses": count}
        for (operation, status, header), count in sorted(self.headers.items()):
            yield {"operation": operation, "status": status, "header": header, "responses": count}


def in_passing(records: Records) -> list[Record]:
    """Return what was wrong with responses, whatever they were to show."""
    return [each for each in records.cases if each.rule == RECORD_OF_ALL and each.outcome == Outcome.FAILED]
