"""Words for people: one line each, whatever the service says."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from dataarts_client.types import Unset

from ._contract import NODE_FAILURE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataarts_client.models import JobInstance, NodeInstance

__all__ = ["duration", "failed_nodes", "given", "of_job", "one_line", "sentences"]

T = TypeVar("T")

_LONGEST = 500


def one_line(text: object) -> str:
    """Return a text of the service's on one line, without control characters, and not longer than a few lines are."""
    words = " ".join("".join(each if each.isprintable() else " " for each in str(text)).split())
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"


def sentences(*parts: str | None) -> str:
    """Return the parts that there are as sentences."""
    return " ".join(part if part.endswith((".", "!", "?")) else f"{part}." for part in parts if part)


def of_job(name: str | None, project_id: str, workspace: str | None) -> str:
    """Return which job is meant: `job nightly (project p1, workspace w1)`."""
    return f"job {name} (project {project_id}{f', workspace {workspace}' if workspace else ''})"


def given(value: T | Unset | None) -> T | None:
    """Return the value of an optional property; None where it is not there, or null."""
    return None if isinstance(value, Unset) else value


def duration(seconds: float) -> str:
    """Return a time in words as short as they can be: `42 s`, `3 min 5 s`, `2 h 0 min`."""
    whole = round(seconds)
    if seconds < 10 and seconds != whole:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def failed_nodes(instance: JobInstance) -> str | None:
    """Return in words which nodes failed, and where their logs are; None if none did."""
    failed = [node for node in instance.nodes if node.status in NODE_FAILURE]
    if not failed:
        return None
    return f"Failed {'node' if len(failed) == 1 else 'nodes'}: {'; '.join(map(_node, failed))}"


def _node(node: NodeInstance) -> str:
    return one_line(", ".join(_node_parts(node)))


def _node_parts(node: NodeInstance) -> Iterator[str]:
    kind = given(node.type_)
    yield f"{node.node_name} ({kind}) {node.status}" if kind else f"{node.node_name} {node.status}"
    path = given(node.log_path)
    yield f"log at {path}" if path else "no log"
