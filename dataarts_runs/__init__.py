"""A run of a job, from its start to its end.

    from dataarts_auth import auth_from_env
    from dataarts_client import Client, server_url
    from dataarts_runs import start

    with Client(server_url("otc"), auth=auth_from_env()) as client:
        run = start(client, project_id, "nightly", params={"day": "2026-01-31"})
        run.wait(timeout=3600)

`start` starts a run and returns it, `attach` and `find` return one that was started elsewhere, and `Run` waits for it,
stops it, and can be written down. What ends a wait without success is an exception that says what to do next. The
functions that end in `_async`, and `AsyncRun`, are the same for asyncio.
"""

from __future__ import annotations

from ._async_run import AsyncRun, attach_async, find_async, start_async
from ._run import Run, attach, find, start
from .errors import AsyncStartUnknown, RunError, RunFailed, RunStateUnknown, RunTimedOut, StartUnknown

__all__ = [
    "AsyncRun",
    "AsyncStartUnknown",
    "Run",
    "RunError",
    "RunFailed",
    "RunStateUnknown",
    "RunTimedOut",
    "StartUnknown",
    "attach",
    "attach_async",
    "find",
    "find_async",
    "start",
    "start_async",
]
