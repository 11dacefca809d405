"""Tell whether a change of the contract breaks users of the client that was generated before it."""

from __future__ import annotations

import sys

from breaking.command_line import main

if __name__ == "__main__":
    sys.exit(main())
