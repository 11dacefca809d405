"""The command at a terminal: a pseudo-terminal, and what a person would see on it."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import pyte

from dataarts_mock import MockServer

from ._command import COMMAND, environment

# In a session of its own, the first terminal that a process opens is the one whose Ctrl-C it hears.
_LAUNCH = "import os, sys; os.close(os.open(os.ttyname(2), os.O_RDWR)); os.execv(sys.argv[1], sys.argv[1:])"
_SECONDS = 60.0


class Terminal:
    """A command that runs at a terminal.

    Args:
        mock: Where it goes.
        arguments: Its arguments.
        columns: How wide the terminal is.
        piped: Whether standard output is a pipe, as in `id=$(dataarts run …)`; errors still go to the terminal.
        variables: Of its environment.
    """

    def __init__(
        self,
        mock: MockServer,
        *arguments: str,
        columns: int = 100,
        piped: bool = False,
        variables: Mapping[str, str] | None = None,
    ) -> None:
        self._screen = pyte.HistoryScreen(columns, 24)
        self._stream = pyte.ByteStream(self._screen)
        self.written = b""
        self._terminal, end = pty.openpty()
        fcntl.ioctl(end, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        mine = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
        cleared = dict.fromkeys(("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_COMPATIBLE", "CI"))
        self.process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, str(COMMAND), *arguments],
            env=environment(mock, **{**cleared, **mine, **(variables or {})}),
            stdin=end,
            stdout=subprocess.PIPE if piped else end,
            stderr=end,
            start_new_session=True,
        )
        os.close(end)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        os.close(self._terminal)

    @property
    def lines(self) -> list[str]:
        """What is on the screen, without the blank rest."""
        return [line.rstrip() for line in self._screen.display if line.strip()]

    def colour(self, word: str) -> str:
        """Return the colour of a word on the screen."""
        row, line = next((row, line) for row, line in enumerate(self._screen.display) if word in line)
        return str(self._screen.buffer[row][line.index(word)].fg)

    def until(self, condition: Callable[[list[str]], object]) -> list[str]:
        """Read what the command writes until a condition holds of the screen; return the screen."""
        ends = time.monotonic() + _SECONDS
        while not condition(self.lines):
            assert self._read(ends), f"the command ended, or took too long; the screen: {self.lines}"
        return self.lines

    def end(self) -> int:
        """Read to the end of the command, and return its status."""
        ends = time.monotonic() + _SECONDS
        while self._read(ends):
            pass
        return self.process.wait(_SECONDS)

    def type(self, text: str) -> None:
        """Type a text."""
        os.write(self._terminal, text.encode())

    def _read(self, ends: float) -> bool:
        if not select.select([self._terminal], [], [], max(0.0, ends - time.monotonic()))[0]:
            return False
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # Nobody holds the other end any more.
            return False
        self.written += data
        self._stream.feed(data)
        return bool(data)
