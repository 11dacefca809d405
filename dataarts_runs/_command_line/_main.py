"""The command as a whole: what it comes to where it gets no further than its command line."""

from __future__ import annotations

import json
import sys
from typing import Any

import typer

from ._app import app
from ._outcome import Status, document
from ._where import CommandError

__all__ = ["main"]

# The base of what typer raises, which is click's with some of its versions and its own with others.
_UsageError: Any = typer.BadParameter.__base__


def main() -> int:
    """Do what the command line says, and return the exit status."""
    try:
        status: int = app(prog_name="dataarts", standalone_mode=False) or 0
    except CommandError as error:
        return _end(error.status, str(error))
    except _UsageError as error:
        if type(error).__name__ == "NoArgsIsHelpError":
            error.show()
            return Status.USAGE
        context = error.ctx
        usage = "" if context is None else f"{context.get_usage()}\n{context.command_path} -h shows more.\n"
        return _end(Status.USAGE, error.format_message(), usage)
    except (KeyboardInterrupt, typer.Abort):
        return _end(Status.INTERRUPTED, "interrupted")
    return status if sys.argv[1:] else Status.USAGE  # Some versions of click say 0 where they show the help instead.


def _end(status: Status, message: str, usage: str = "") -> int:
    """Say why the command cannot go on, as JSON too if that is wanted, and return the status."""
    typer.echo(f"{usage}dataarts: error: {message}", err=True)
    if "--json" in sys.argv[1:]:
        nobody: dict[str, str | None] = dict.fromkeys(("project_id", "job_name", "workspace", "instance_id"))
        typer.echo(json.dumps(document(status, nobody, message=message), ensure_ascii=False, indent=2))
    return status
