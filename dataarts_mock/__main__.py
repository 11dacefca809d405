"""The mock's entry point: `python -m dataarts_mock`, or `dataarts-mock`."""

from __future__ import annotations

import sys

from ._extra import explain_missing


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted; without the extra `[mock]`, say so.

    Args:
        arguments: The command line's; None for the process's own.
    """
    try:
        from ._command_line import main as serve
    except ModuleNotFoundError as error:
        print(f"dataarts-mock: error: {explain_missing('the mock', error)}", file=sys.stderr)
        return 2
    return serve(arguments)


if __name__ == "__main__":
    sys.exit(main())
