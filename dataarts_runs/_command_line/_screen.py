"""What the command prints: lines for people to standard error, results to standard output.

That nobody reads any more (a closed pipe) is no reason to leave a run alone.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from datetime import datetime
from io import StringIO
from logging import WARNING, Handler, LogRecord, getLogger
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from rich.cells import cell_len
from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from .. import _clock
from .._contract import FAILURE, NODE_FAILURE, SUCCESS
from .._text import duration, given, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from dataarts_client.models import JobInstance, JobInstanceSummary

__all__ = ["Screen", "Watch", "table_of", "took"]

_WIDE = 10_000
"""Columns for what is not a terminal: nothing is cut."""
_LEAST_OF_A_NAME = 12
"""Columns that are left to the names of jobs, so that they can be told apart."""
_FOR_CONTROLS = 3
"""Columns that a line which is overwritten leaves free, since a terminal shows ^C where it is typed."""


class _Console(Console):
    """A console that is silent once nobody reads it; rich would end the process."""

    def on_broken_pipe(self) -> None:
        """Print nothing more."""
        self.quiet = True


class Screen:
    """Standard error and standard output.

    Args:
        as_json: Whether the result is one JSON document.
    """

    def __init__(self, *, as_json: bool) -> None:
        self._as_json = as_json
        self._lines = _Console(stderr=True, highlight=False, soft_wrap=True)
        self._plain = not (self._lines.is_terminal and sys.stdout.isatty())

    def line(self, text: str, style: str = "") -> None:
        """Print a line for people."""
        with suppress(OSError):
            self._lines.print(Text(text, style))

    def result(self, text: str) -> None:
        """Print a part of the result for programs; not where a person has read it already, nor beside a document."""
        if not self._as_json and self._plain:
            self._print(text)

    def document(self, content: Any) -> None:
        """Print the result as a JSON document, if that is wanted."""
        if self._as_json:
            self._print(json.dumps(content, ensure_ascii=False, indent=2))

    def table(self, make: Callable[[int], Table]) -> None:
        """Print a table, made for a number of columns, as the result; where it is no terminal there are enough."""
        if self._as_json:
            return
        if sys.stdout.isatty():
            console = _Console(highlight=False)
            table = make(console.width)
            with suppress(OSError):
                console.print(table, width=max(console.width, console.measure(table).minimum), crop=False)
            return
        text = StringIO()
        Console(file=text, width=_WIDE, color_system=None).print(make(_WIDE))
        self._print("\n".join(line.rstrip() for line in text.getvalue().splitlines()))

    def details(self, instance: JobInstance) -> None:
        """Print the state of an instance, its times and its nodes as the result."""
        rows = [["state", str(instance.status)]]
        rows += [[name, text] for name, text in times(instance).items() if text]
        reason = given(instance.error_message)
        rows += [["reason", reason]] if reason else []
        for node in instance.nodes:
            words = [node.node_name, given(node.type_), node.status, given(node.log_path)]
            rows.append(["node", "  ".join(one_line(word) for word in words if word)])
        table = Table(box=None, pad_edge=False, show_header=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for name, text in rows:
            table.add_row(name, Text(one_line(text), style_of(text) if name == "state" else ""))
        self.table(lambda width: table)

    def watch(self) -> Watch:
        """Return what shows how a run goes on."""
        return Watch(self, self._lines)

    @staticmethod
    def _print(text: str) -> None:
        try:
            print(text, flush=True)
        except OSError:
            # What Python would still write at its end goes nowhere; it would change the exit status.
            with suppress(OSError), Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), sys.stdout.fileno())


class Watch:
    """Shows how a run goes on: on one line of a terminal, elsewhere by a line for each change. A context manager.

    Warnings of the packages are lines, too.

    Attributes:
        instance: What the last look that succeeded has found.
    """

    def __init__(self, screen: Screen, console: Console) -> None:
        self.instance: JobInstance | None = None
        self._screen = screen
        self._console = console
        self._began = _clock.monotonic()
        self._handler = _Lines(screen)
        self._loggers = [getLogger(name) for name in ("dataarts_runs", "dataarts_client")]
        self._spinner = Spinner("dots" if console.encoding.lower().startswith("utf") else "line")
        self._live: Live | None = None
        if console.is_interactive:
            self._live = Live(self, console=console, refresh_per_second=8, transient=True, redirect_stdout=False)

    def __enter__(self) -> Self:
        for logger in self._loggers:
            logger.addHandler(self._handler)
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()
        for logger in self._loggers:
            logger.removeHandler(self._handler)

    @property
    def seconds(self) -> float:
        """The time since the beginning."""
        return _clock.monotonic() - self._began

    @property
    def time(self) -> str:
        """The same, as 0:00:12."""
        minutes, seconds = divmod(int(self.seconds), 60)
        return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"

    def changed(self, instance: JobInstance) -> None:
        """Show a change."""
        self.instance = instance
        if not self._live:
            self._screen.line(f"{self.time} {state_of(instance)}")

    def __rich__(self) -> Text:
        frame = self._spinner.render(_clock.monotonic())
        text = Text(no_wrap=True, overflow="ellipsis")
        text.append_text(frame if isinstance(frame, Text) else Text())
        text.append(f" {self.time} ")
        if self.instance is None:
            return text.append("not seen yet")
        status = str(self.instance.status)
        text.append(one_line(status), style_of(status))
        for node in self.instance.nodes:
            text.append(" · ")
            text.append(f"{one_line(node.node_name)} ")
            text.append(one_line(node.status), "red" if node.status in NODE_FAILURE else "")
        text.truncate(self._console.width - _FOR_CONTROLS, overflow="ellipsis")
        return text


class _Lines(Handler):
    def __init__(self, screen: Screen) -> None:
        super().__init__(WARNING)
        self._screen = screen

    def emit(self, record: LogRecord) -> None:
        """Print a warning as a line."""
        self._screen.line(f"warning: {record.getMessage()}", "yellow")


def style_of(status: str) -> str:
    """Return the colour of a state."""
    return "green" if status in SUCCESS else "red" if status in FAILURE else "cyan"


def state_of(instance: JobInstance) -> str:
    """Return in words the state of an instance and of its nodes."""
    nodes = ", ".join(f"{one_line(node.node_name)} {one_line(node.status)}" for node in instance.nodes)
    return f"{one_line(instance.status)}: {nodes}" if nodes else one_line(instance.status)


def times(instance: JobInstance | JobInstanceSummary) -> dict[str, str]:
    """Return when an instance was planned, started and ended, in local time, and how long it ran; "" is not known."""
    moments = {"planned": instance.plan_time, "started": instance.start_time, "ended": instance.end_time}
    return {**{name: _moment(given(value)) for name, value in moments.items()}, "took": took(instance)}


def took(instance: JobInstance | JobInstanceSummary) -> str:
    """Return how long an instance ran; "" is not known."""
    started, ended = given(instance.start_time), given(instance.end_time)
    return duration((ended - started) / 1000) if started and ended and ended >= started else ""


def _moment(milliseconds: int | None) -> str:
    if not milliseconds:
        return ""
    try:
        return datetime.fromtimestamp(milliseconds // 1000).isoformat(" ")
    except (ValueError, OverflowError, OSError):
        return str(milliseconds)


def table_of(instances: Sequence[JobInstanceSummary], width: int) -> Table:
    """Return a table of instances.

    Args:
        instances: The instances.
        width: How many columns there are. Where they are too few, the times are left out, from the last on, and names
            of jobs are cut; instance IDs and states, which a person has to copy or looks for, are always whole.
    """
    names = ["instance", "state", "job", "planned", "started", "took"]
    rows = [[_cell(each, name) for name in names] for each in instances]
    widths = [max(map(cell_len, column)) for column in zip(names, *rows, strict=True)]
    widths[2] = min(widths[2], _LEAST_OF_A_NAME)
    shown = len(names)
    while shown > 3 and sum(widths[:shown]) + 2 * (shown - 1) > width:
        shown -= 1
    rest = max(width - sum(widths[:shown]) + widths[2] - 2 * (shown - 1), _LEAST_OF_A_NAME)
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 1))
    for name in names[:shown]:
        table.add_column(name, no_wrap=True)
    for row in rows:
        cells = [Text(cell) for cell in row[:shown]]
        cells[1].stylize(style_of(row[1]))
        cells[2].truncate(rest, overflow="ellipsis")
        table.add_row(*cells)
    return table


def _cell(instance: JobInstanceSummary, column: str) -> str:
    names = {"instance": str(instance.instance_id), "state": instance.status, "job": instance.job_name}
    return one_line(names.get(column) or times(instance)[column])
