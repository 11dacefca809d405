"""Deviations that are known, and do not fail the suite until a date: in the form that schemathesis keeps them in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from schemathesis.baseline import Baseline, BaselineEntry

from .records import Outcome, Record, Records
from .target import TargetError

_CHECK = "contract"


@dataclass
class Known:
    """The deviations that are known.

    Args:
        path: The file that lists them; None for none.
        baseline: What it lists.
        update: Whether what fails is to be added to it.
    """

    path: Path | None
    baseline: Baseline
    update: bool = False

    @classmethod
    def read(cls, name: str | None, *, update: bool) -> Known:
        """Read a file.

        Raises:
            TargetError: It cannot be read, or is not there although it is not to be written; the message says why.
        """
        if not name:
            if update:
                raise TargetError("BASELINE_UPDATE: needs BASELINE=, the file to add failures to")
            return cls(None, Baseline([]))
        path = Path(name)
        if not update and not path.exists():
            raise TargetError(f"BASELINE: {name} is not there (BASELINE_UPDATE=1 makes it)")
        try:
            return cls(path, Baseline.load(path), update)
        except ValueError as error:
            raise TargetError(f"BASELINE: {name}: {error}") from None

    @property
    def options(self) -> tuple[str, ...]:
        """The options of schemathesis' command line that make it read the same file."""
        if self.path is None:
            return ()
        return (f"--baseline={self.path}", *(["--baseline-update"] if self.update else []))

    def has(self, record: Record) -> bool:
        """Return whether a failure is known, and its date has not come."""
        entry = self._entry(record)
        return entry is not None and not entry.is_expired(date.today())

    def expired(self) -> list[BaselineEntry]:
        """Return the deviations whose date has come."""
        return [entry for entry in self.baseline.entries if entry.is_expired(date.today())]

    def write(self, records: Records) -> None:
        """Add the failures of a run to the file, if that is asked for."""
        if self.path is None or not self.update:
            return
        baseline = Baseline.load(self.path)  # Schemathesis has written to it meanwhile.
        today = date.today().isoformat()
        kept = {entry.identity: entry for entry in baseline.entries}
        for record in records.of(Outcome.FAILED):
            if record.test != "schemathesis":
                made = BaselineEntry(*_identity(record), first_seen=today)
                kept.setdefault(made.identity, made).last_seen = today
        Baseline(list(kept.values())).save(self.path)

    def _entry(self, record: Record) -> BaselineEntry | None:
        identity = _identity(record)
        return next((entry for entry in self.baseline.entries if entry.identity == identity), None)


def _identity(record: Record) -> tuple[str, str, str, str]:
    """Return what makes two failures the same: operation, place and rule, what was sent, and what was wrong."""
    return record.operation, _CHECK, f"{record.place}, {record.rule}", f"{record.tried}: {record.reason}"
