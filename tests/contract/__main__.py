"""Hold a server to the contract: `make contract`, or `python -m tests.contract`; `--help` says more.

Without a server's address the mock is started and tested: with every job there is, so that every valid request must
succeed; with signed requests in the place of a token; and with the registry of its jobs. Then come the checks that
schemathesis has not: those of the contract, which any server is held to, those of the mock's own behaviour, and
those of the client.

The exit status is 0 if the server keeps the contract, 1 if it does not, and 2 if it could not be tested. `make` ends
with 2 in both cases, and names the status of the suite in its last line.
"""

from __future__ import annotations

import sys

from .options import read_options

if __name__ == "__main__":
    read_options(sys.argv[1:])
    # Only now, for what is imported reads the variables that the options have set.
    from .command import main

    sys.exit(main())
