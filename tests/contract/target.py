"""What is tested: a server, the credentials for it, and what it may be asked to do."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

import httpx

from dataarts_auth import SignatureAuth, TokenAuth, auth_from_env

_KEY_PAIR = ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK")


class TargetError(ValueError):
    """The variables that describe the server do not fit together."""


@dataclass
class Runs:
    """Counts the runs that may be started on a server that is not ours.

    Args:
        limit: How many; None for any number.

    Attributes:
        taken: How many were started.
        reserved: How many are kept for later.
        left_out: How many were not, by reason.
    """

    limit: int | None
    taken: int = 0
    reserved: int = 0
    left_out: Counter[str] = field(default_factory=Counter)

    @property
    def left(self) -> bool:
        """Whether a run may be started."""
        return self.limit is None or self.taken < self.limit - self.reserved

    def take(self) -> bool:
        """Count a run, if one is left."""
        if not self.left:
            return False
        self.taken += 1
        return True


@dataclass(frozen=True)
class Target:
    """A server to hold to the contract.

    Args:
        base_url: Where it is.
        credentials: What it accepts, by kind: "token", "signature".
        own: Whether it is a mock of ours, on which any run may be started.
        any_job: Whether every job and workspace exists there.
        project: The project to send requests for; None for the document's example.
        job: The job to run; None for the document's example.
        workspace: The workspace it is in; None for the default one.
        runs: How many runs may be started.
    """

    base_url: str
    credentials: Mapping[str, httpx.Auth]
    own: bool = False
    any_job: bool = False
    project: str | None = None
    job: str | None = None
    workspace: str | None = None
    runs: Runs = field(default_factory=lambda: Runs(0))

    @property
    def auth(self) -> httpx.Auth:
        """The credentials that are used where it does not matter which."""
        return next(iter(self.credentials.values()))


def own_target(base_url: str, *, any_job: bool) -> Target:
    """Describe a mock that was started with its defaults."""
    credentials: dict[str, httpx.Auth] = {
        "token": TokenAuth("mock-token"),
        "signature": SignatureAuth("mock-ak", "mock-sk"),
    }
    return Target(base_url, credentials, own=True, any_job=any_job, runs=Runs(None))


@cache
def named_target() -> Target | None:
    """Return the server that the environment names, one and the same each time, so that runs are counted once."""
    return read_target(os.environ)


def read_target(environment: Mapping[str, str]) -> Target | None:
    """Describe the server that `BASE_URL` names, with what else is set for it; None if it is not set.

    Raises:
        TargetError: A variable is wrong or missing; the message names it.
    """
    base_url = environment.get("BASE_URL", "")
    if not base_url:
        return None
    url = httpx.URL(base_url)
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        raise TargetError("BASE_URL: not of the form http(s)://host[:port][/path]")
    limit = environment.get("ALLOW_RUNS") or "0"
    if not (limit.isascii() and limit.isdecimal()):
        raise TargetError(f"ALLOW_RUNS: not a number: {limit}")
    if int(limit) and not environment.get("JOB"):
        raise TargetError("ALLOW_RUNS: needs JOB=, the one job that may be run (and WORKSPACE= where it is in one)")
    return Target(
        base_url.rstrip("/"),
        _credentials(environment),
        project=environment.get("PROJECT") or environment.get("HUAWEICLOUD_SDK_PROJECT_ID") or None,
        job=environment.get("JOB") or None,
        workspace=environment.get("WORKSPACE") or None,
        runs=Runs(int(limit)),
    )


def _credentials(environment: Mapping[str, str]) -> dict[str, httpx.Auth]:
    found: dict[str, httpx.Auth] = {}
    try:
        if token := environment.get("TOKEN"):
            found["token"] = TokenAuth(token)
        if not found or any(environment.get(name) for name in _KEY_PAIR):
            auth = auth_from_env()
            found.setdefault("token" if isinstance(auth, TokenAuth) else "signature", auth)
    except ValueError as error:
        raise TargetError(f"TOKEN: not set, and {error}" if not found else str(error)) from None
    return found
