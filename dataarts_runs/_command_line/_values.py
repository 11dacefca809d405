"""What is written on the command line, read: durations, times, instance IDs, parameters of jobs."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import typer

from dataarts_client.models import JobInstanceStatus, JobParam

from .._guards import is_list, is_mapping

__all__ = ["read_duration", "read_instance_id", "read_params", "read_state", "read_time", "states_like"]

_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_DURATION = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?[dhms])+")
_PART = re.compile(r"([0-9.]+)([dhms])")


def read_duration(text: str) -> float:
    """Return the seconds of a duration such as 90m, 1h30m, 45s or 2d; a number alone is seconds."""
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text):
        seconds = float(text)
    elif _DURATION.fullmatch(text):
        seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(text))
    else:
        raise typer.BadParameter(f"{text!r} is no duration such as 90m, 1h30m, 45s or 2d")
    if not 0 < seconds <= 10 * 365 * 86400:
        raise typer.BadParameter(f"{text!r} is not above 0, or longer than ten years")
    return seconds


def read_time(text: str) -> datetime:
    """Return the time that a duration ago was, or that an ISO 8601 date and time says; without a zone, local time."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        try:
            return datetime.now(UTC) - timedelta(seconds=read_duration(text))
        except typer.BadParameter:
            raise typer.BadParameter(
                f"{text!r} is neither a duration such as 2h nor a time such as 2026-01-31T06:00"
            ) from None
    return time.astimezone() if time.tzinfo is None else time


def read_instance_id(text: str) -> int:
    """Return an instance ID."""
    if not re.fullmatch(r"-?[0-9]{1,19}", text):
        raise typer.BadParameter(f"{text!r} is no instance ID, which is a whole number")
    return int(text)


def read_state(text: str) -> JobInstanceStatus:
    """Return the state of a name."""
    try:
        return next(state for state in JobInstanceStatus if state == text)
    except StopIteration:
        raise typer.BadParameter(f"{text!r} is none of {', '.join(JobInstanceStatus)}") from None


def states_like(incomplete: str) -> list[str]:
    """Return the states whose names begin so, for the completion of shells."""
    return [str(state) for state in JobInstanceStatus if state.startswith(incomplete)]


def read_params(pairs: Sequence[str], file: Path | None) -> list[JobParam] | None:
    """Return the parameters to run a job with: those of the file, then those of the command line, which replace them.

    Without a file and without pairs there are none, so that the job runs with what it was saved with.
    """
    if file is None and not pairs:
        return None
    params = {} if file is None else _params_of(file)
    given: set[str] = set()
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name:
            missing = "name before the =" if equals else "="
            raise typer.BadParameter(f"-p {pair!r} has no {missing}: write -p name=value")
        if name in given:
            raise typer.BadParameter(f"parameter {name!r} is there twice")
        given.add(name)
        params[name] = _param(name, {"name": name, "value": value})
    return list(params.values())


def _params_of(file: Path) -> dict[str, JobParam]:
    """Return the parameters in a file: an object of names and values, or a list of JobParams."""
    if str(file) == "-" and sys.stdin.isatty():
        typer.echo("Type the parameters as JSON, and Ctrl-D at the end.", err=True)
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{file} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    try:
        content: Any = json.loads(text, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"{file} is not JSON: {error}") from None
    if is_mapping(content):
        content = [{"name": name, "value": value} for name, value in content.items()]
    if not is_list(content):
        raise typer.BadParameter(f"{file} holds neither an object of names and values nor a list of parameters")
    params: dict[str, JobParam] = {}
    for index, each in enumerate(content):
        param = _param(index + 1, each)
        if param.name in params:
            raise typer.BadParameter(f"parameter {param.name!r} is there twice")
        params[param.name] = param
    return params


def _param(where: object, content: Any) -> JobParam:
    try:
        return JobParam.from_dict(content)
    except (ValueError, TypeError) as error:
        name = content.get("name", where) if is_mapping(content) else where
        rule = str(error).removeprefix("JobParam.")
        raise typer.BadParameter(f"parameter {name!r}: {rule}") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        raise ValueError("a name is there twice in one object")
    return content
