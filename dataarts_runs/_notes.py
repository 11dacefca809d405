"""Notes on exceptions that are not about a run, but leave one behind: a traceback shows them, so that no ID is lost."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ._messages import capital
from ._text import of_job
from .errors import RunError

if TYPE_CHECKING:
    from ._base import BaseRun
    from ._finding import Query

__all__ = ["noting_start", "noting_wait"]


@contextmanager
def noting_wait(run: BaseRun) -> Generator[None]:
    """Note on what cuts a wait short which run it was: on Ctrl-C, a cancellation, an error of the caller's own."""
    try:
        yield
    except RunError:
        raise
    except BaseException as error:
        error.add_note(f"{capital(run)} was being waited for. It may go on: attach() and wait() wait for it again.")
        raise


@contextmanager
def noting_start(query: Query) -> Generator[None]:
    """Note on what cuts a start short that it may have been carried out: on Ctrl-C, or a cancellation."""
    try:
        yield
    except Exception:  # Was raised before anything was sent, or says so itself.
        raise
    except BaseException as error:
        job = of_job(query.job_name, query.project_id, query.workspace)
        error.add_note(f"{capital(job)} was being started, which it may have been: find() lists its runs.")
        raise
