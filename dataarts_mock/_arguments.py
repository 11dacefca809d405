"""Checks of the arguments of `create_app` and `MockServer`; each ValueError names the argument and the rule."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

MAX_PORT = 2**16 - 1


def check_jobs(jobs: Iterable[tuple[str, str | None]]) -> tuple[tuple[str, str | None], ...]:
    """Return the jobs as a tuple of pairs.

    Raises:
        ValueError: They are not pairs of a job name and a workspace ID or None.
    """
    if isinstance(jobs, str | bytes | Mapping) or not isinstance(jobs, Iterable):
        raise ValueError(f"jobs: not a list of pairs of job name and workspace ID: {jobs!r}")
    pairs = tuple(jobs)
    for index, pair in enumerate(pairs):
        if isinstance(pair, str):
            raise ValueError(
                f"jobs[{index}]: not a pair of job name and workspace ID: {pair!r}; write ({pair!r}, None)"
            )
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise ValueError(f"jobs[{index}]: not a pair of job name and workspace ID: {pair!r}")
        name, workspace = pair
        if not isinstance(name, str):
            raise ValueError(f"jobs[{index}][0]: the job name is not a string: {name!r}")
        if not isinstance(workspace, str | None):
            raise ValueError(f"jobs[{index}][1]: the workspace ID is neither a string nor None: {workspace!r}")
    return pairs


def check_credential(name: str, value: Any) -> None:
    """Check a token, an access key or a secret key.

    Raises:
        ValueError: It is not a string that a header can carry.
    """
    if not isinstance(value, str):
        raise ValueError(f"{name}: not a string")
    if not value or not value.isascii() or not value.isprintable() or value != value.strip():
        raise ValueError(f"{name}: must be printable ASCII, without spaces around it")


def check_integer(name: str, value: Any, *, minimum: int, maximum: int | None = None) -> None:
    """Check a number.

    Raises:
        ValueError: It is not an integer, or out of range.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{name}: not an integer: {value!r}")
    if value < minimum:
        raise ValueError(f"{name}: less than {minimum}: {value}")
    if maximum is not None and value > maximum:
        raise ValueError(f"{name}: greater than {maximum}: {value}")


def check_number(name: str, value: Any, *, minimum: float, maximum: float) -> None:
    """Check a number, whole or not.

    Raises:
        ValueError: It is not a number, or out of range.
    """
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
        raise ValueError(f"{name}: not a number: {value!r}")
    if value < minimum:
        raise ValueError(f"{name}: less than {minimum}: {value}")
    if value > maximum:
        raise ValueError(f"{name}: greater than {maximum}: {value}")


def check_run(job: Any, params: Any, workspace: Any) -> None:
    """Check what runs are compared with.

    Raises:
        ValueError: The job is not a string, the parameters are not a mapping of strings to strings or None, or the
            workspace ID is neither a string nor None.
    """
    if not isinstance(job, str):
        raise ValueError(f"job: not a string: {job!r}")
    if not isinstance(workspace, str | None):
        raise ValueError(f"workspace: neither a string nor None: {workspace!r}")
    if params is None:
        return
    if not isinstance(params, Mapping):
        raise ValueError(f"params: not a mapping of names to values: {params!r}")
    for name, value in params.items():
        if not isinstance(name, str):
            raise ValueError(f"params: a name is not a string: {name!r}")
        if not isinstance(value, str):
            raise ValueError(f"params[{name!r}]: not a string: {value!r}")
