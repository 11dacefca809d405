"""What all rules need: the two documents, and where what they find is put."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ._difference import Difference, Direction, Place, Verdict
from ._document import ANNOTATIONS, Document, Node
from ._extensions import of_extension
from ._meaning import differences
from ._schemas import Comparison
from ._words import turned

UNCHANGED = "Requests and responses stay what they are."


@dataclass(frozen=True)
class Value:
    """A value that both documents describe.

    Args:
        direction: Which way it goes.
        place: What it is.
        old: Its schema in the old document.
        new: Its schema in the new document.
    """

    direction: Direction
    place: Place
    old: Any
    new: Any


@dataclass
class Context:
    """Two documents, and what differs between them.

    Args:
        old: The old document.
        new: The new document.
        found: The differences so far.
        values: The values whose schemas were compared.
    """

    old: Document
    new: Document
    found: list[Difference] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._schemas = Comparison(self.old, self.new)

    def add(
        self,
        verdict: Verdict,
        place: Place,
        rule: str,
        change: str,
        effect: str,
        remedy: str = "",
        *,
        origin: str = "",
        names: Iterable[str] = (),
    ) -> None:
        """Add a difference."""
        self.found.append(Difference(verdict, place, rule, change, effect, remedy, origin, frozenset(names)))

    def breaking(
        self,
        place: Place,
        rule: str,
        change: str,
        effect: str,
        remedy: str,
        *,
        origin: str = "",
        names: Iterable[str] = (),
    ) -> None:
        """Add a difference that breaks users."""
        self.add(Verdict.BREAKING, place, rule, change, effect, remedy, origin=origin, names=names)

    def widening(self, place: Place, rule: str, change: str, effect: str, *, origin: str = "") -> None:
        """Add a difference that gives users more."""
        self.add(Verdict.WIDENING, place, rule, change, effect, origin=origin)

    def harmless(self, place: Place, rule: str, change: str, effect: str = UNCHANGED, *, origin: str = "") -> None:
        """Add a difference that no user notices."""
        self.add(Verdict.HARMLESS, place, rule, change, effect, origin=origin)

    def schemas(
        self,
        direction: Direction,
        place: Place,
        old: Any,
        new: Any,
        origins: tuple[str, str],
        names: frozenset[str] = frozenset(),
    ) -> None:
        """Compare the schemas of a value.

        Args:
            direction: Which way the value goes.
            place: What it is.
            old: Its schema in the old document.
            new: Its schema in the new document.
            origins: Where the two stand, as JSON pointers.
            names: The Python names that the value has.
        """
        self.values.append(Value(direction, place, old, new))
        changes = self._schemas.changes(old, new, *origins)
        self.found += differences(changes, direction, place.operation, place.part, names)

    def others(self, place: Place, old: Node, new: Node, known: Iterable[str], origin: str) -> None:
        """Compare what no other rule sees to: words, extensions, and keys that this check does not know.

        Args:
            place: Where both stand.
            old: An object of the old document.
            new: The same of the new document.
            known: The keys that other rules see to.
            origin: Where the second stands, as a JSON pointer.
        """
        for key in sorted({*old, *new} - set(known)):
            before, now = old.get(key), new.get(key)
            if before == now:
                continue
            if key in ANNOTATIONS:
                self.harmless(place, key, turned(key in old, key in new), origin=f"{origin}/{key}")
            elif key.startswith("x-"):
                for each in of_extension(key, before, now):
                    remedy = "Keep it as it was." if each.verdict is Verdict.BREAKING else ""
                    self.add(each.verdict, place, key, each.words, each.effect, remedy, origin=f"{origin}/{key}")
            elif self.old.meaning({key: before}) != self.new.meaning({key: now}):
                effect = "This check has no rule for it, so users may notice."
                remedy = "Look yourself what users of the old client meet."
                self.breaking(place, key, turned(key in old, key in new), effect, remedy, origin=f"{origin}/{key}")
