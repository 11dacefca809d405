"""What the guide's example asks of `airflow.sdk`: tasks that run one after the other, in a DAG that runs when made.

Airflow itself brings a hundred packages. The example was run with Airflow 3, by `airflow dags test nightly`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

_DAY = "2026-01-31"


def dag(*, schedule: str, catchup: bool) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Make a DAG of a function, which is run when it is called."""
    return lambda function: function


def task(*, retries: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a task of a function: what it returns goes to others as JSON, and templates in arguments are filled in."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any) -> Any:
            rendered = [_DAY if each == "{{ ds }}" else each for each in arguments]
            return json.loads(json.dumps(function(*rendered)))

        return run

    return decorate
