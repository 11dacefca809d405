# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""Operations tagged jobs; each is a module with the functions of its name's call.

- run_job_immediately: Execute a job immediately.

In each, `sync` and `asyncio` return the result or raise; `sync_detailed` and `asyncio_detailed` return the whole response,
also one of status 400 and above.
"""

from typing import TYPE_CHECKING

from dataarts_runtime.lazy import lazy_names

if TYPE_CHECKING:
    from . import run_job_immediately
else:
    __getattr__, __dir__ = lazy_names(__name__, "run_job_immediately")

__all__ = ["run_job_immediately"]
