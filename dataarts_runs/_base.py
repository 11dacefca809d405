"""What blocking and asynchronous runs have in common: what they are, not what they do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import field, frozen

from dataarts_client import Client

from ._contract import check_run
from ._guards import is_mapping
from ._text import of_job

__all__ = ["BaseRun"]

R = TypeVar("R", bound="BaseRun")


@frozen
class BaseRun:
    """A run of a job: its IDs, and the client that it is looked at with.

    Runs are equal if their IDs are, whatever their clients. A run that is pickled leaves its client behind, since that
    may hold credentials: it can be told from others and written down, but not be asked for anything.
    """

    _client: Client | None = field(repr=False, eq=False)
    project_id: str
    """ID of the project the job belongs to."""
    job_name: str
    """Name of the job."""
    workspace: str | None
    """ID of the workspace the job is in; None is the default workspace."""
    instance_id: int
    """ID of the job instance, which is the run."""

    @classmethod
    def of(cls, client: Any, project_id: Any, job_name: Any, workspace: Any, instance_id: Any) -> Self:
        """Return the run of these IDs, checked.

        Raises:
            ValueError, TypeError: The contract forbids one of the IDs, or the client is none.
        """
        if not isinstance(client, Client):
            raise TypeError(f"client: must be a Client, not {type(client).__name__}")
        check_run(project_id, job_name, instance_id, workspace)
        return cls(client, project_id, job_name, workspace, instance_id)

    @property
    def client(self) -> Client:
        """What the run is looked at with.

        Raises:
            RuntimeError: The run was pickled.
        """
        if self._client is None:
            raise RuntimeError(
                f"{self} has no client, since it was pickled: "
                f"{type(self).__name__}.from_dict(client, run.to_dict()) gives it one"
            )
        return self._client

    def to_dict(self) -> dict[str, Any]:
        """Return the IDs, to be written down as JSON or otherwise, and taken up again by `from_dict`."""
        return {
            "project_id": self.project_id,
            "job_name": self.job_name,
            "workspace": self.workspace,
            "instance_id": self.instance_id,
        }

    @classmethod
    def from_dict(cls, client: Client, d: Mapping[str, Any]) -> Self:
        """Return the run that `to_dict` wrote down; nothing is sent. Further keys are passed over.

        Raises:
            ValueError, TypeError: Something is missing, or not what the contract allows; a float is no instance ID,
                since it does not hold IDs above 2**53.
        """
        if not is_mapping(d):
            raise TypeError(f"d: must be a mapping, not {type(d).__name__}")
        for name in ("project_id", "job_name", "instance_id"):
            if name not in d:
                raise ValueError(f"{name}: missing")
        return cls.of(client, d["project_id"], d["job_name"], d.get("workspace"), d["instance_id"])

    def __str__(self) -> str:
        return f"run {self.instance_id} of {of_job(self.job_name, self.project_id, self.workspace)}"

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return _without_client, (type(self), self.project_id, self.job_name, self.workspace, self.instance_id)


def _without_client(kind: type[R], project_id: str, job_name: str, workspace: str | None, instance_id: int) -> R:
    return kind(None, project_id, job_name, workspace, instance_id)
