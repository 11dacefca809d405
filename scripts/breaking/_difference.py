"""A difference between two documents, and what it means for users of the old client."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """What a difference does to users of the old client."""

    BREAKING = "breaking"
    WIDENING = "widening"
    HARMLESS = "harmless"


class Direction(StrEnum):
    """Which way a value goes."""

    REQUEST = "request"
    RESPONSE = "response"
    HEADER = "header of a response"
    """The client hands it on as it is."""


@dataclass(frozen=True)
class Place:
    """Where in the document a difference is, in the words of its readers.

    Args:
        operation: Method and path, or what else stands at the document's root.
        part: The part of the operation, for example `request body` or `header workspace`.
        path: The part of the value, for example `jobParams[].name`.
    """

    operation: str
    part: str = ""
    path: str = ""

    def __str__(self) -> str:
        return " ".join(filter(None, (self.operation, self.part, self.path)))

    def within(self, other: Place) -> bool:
        """Whether one of the two places contains the other."""
        if (self.operation, self.part) != (other.operation, other.part):
            return False
        return (
            f"{self.path}.".startswith(f"{other.path}.")
            or f"{other.path}.".startswith(f"{self.path}.")
            or (not self.path or not other.path)
        )

    def ends_as(self, other: Place) -> bool:
        """Whether two places of one part have the same name last."""
        if (self.operation, self.part) != (other.operation, other.part):
            return False
        return self.path.rpartition(".")[2] == other.path.rpartition(".")[2]


@dataclass
class Difference:
    """A difference between two documents.

    Args:
        verdict: What it does to users of the old client.
        place: Where it is.
        rule: The keyword, or the kind of change, that it is about.
        change: What is different, in words.
        effect: What users of the old client meet.
        remedy: What a maintainer can do; empty where nothing needs to be done.
        origin: The component that it comes from, by which places with the same difference are found.
        names: The Python names that it concerns, as `_python` writes them.
        evidence: What the other ways to look have seen of it.
    """

    verdict: Verdict
    place: Place
    rule: str
    change: str
    effect: str
    remedy: str = ""
    origin: str = ""
    names: frozenset[str] = frozenset()
    evidence: list[str] = field(default_factory=list)

    @property
    def breaks(self) -> bool:
        """Whether it is breaking."""
        return self.verdict is Verdict.BREAKING


def attach(differences: Iterable[Difference], evidence: str) -> bool:
    """Add what was seen to the differences that explain it; whether there are any."""
    found = False
    for difference in differences:
        found = True
        if evidence not in difference.evidence:
            difference.evidence.append(evidence)
    return found
