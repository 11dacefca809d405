"""The command's entry point: `dataarts`, or `python -m dataarts_runs`."""

from __future__ import annotations

import signal
import sys
from typing import NoReturn


def main() -> None:
    """Do what the command line says; without the extra `[cli]`, say so."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:  # Not under nohup.
            signal.signal(number, _interrupt)
    try:
        from ._command_line._main import main as command
    except KeyboardInterrupt:
        sys.exit(130)
    except ModuleNotFoundError as error:
        missing = (error.name or str(error)).partition(".")[0]
        print(
            f"dataarts: error: the command needs {missing}, which comes with an extra: "
            "pip install '.[cli]' in the checkout of dataarts-client",
            file=sys.stderr,
        )
        sys.exit(2)
    sys.exit(command())


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
