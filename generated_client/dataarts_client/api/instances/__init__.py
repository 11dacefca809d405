# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""Operations tagged instances; each is a module with the functions of its name's call.

- list_job_instances: List job instances.
- restart_job_instance: Restart a job instance.
- show_job_instance: Show a job instance.
- stop_job_instance: Stop a job instance.

In each, `sync` and `asyncio` return the result or raise; `sync_detailed` and `asyncio_detailed` return the whole response,
also one of status 400 and above.
"""

from typing import TYPE_CHECKING

from dataarts_runtime.lazy import lazy_names

if TYPE_CHECKING:
    from . import list_job_instances, restart_job_instance, show_job_instance, stop_job_instance
else:
    __getattr__, __dir__ = lazy_names(
        __name__, "list_job_instances restart_job_instance show_job_instance stop_job_instance"
    )

__all__ = ["list_job_instances", "restart_job_instance", "show_job_instance", "stop_job_instance"]
