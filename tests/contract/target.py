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
    """The options that describe the server do not fit together, or it is not there; the message says why."""


@dataclass
class Runs:
    """Counts the requests that may start a run on a server that is not ours.

    A request that the document forbids counts as well where it names a job that is there: a server at fault may carry
    it out.

    Args:
        limit: How many; None for any number.

    Attributes:
        reserved: How many are kept for later.
        sent: How many were sent, by what they were: "allowed", "forbidden".
        started: How many of them the server carried out.
    """

    limit: int | None
    reserved: int = 0
    sent: Counter[str] = field(default_factory=Counter)
    started: int = 0

    @property
    def taken(self) -> int:
        """How many were sent."""
        return self.sent.total()

    @property
    def left(self) -> int:
        """How many more may be sent now."""
        return 1_000_000_000 if self.limit is None else max(0, self.limit - self.reserved - self.taken)

    def take(self, kind: str) -> bool:
        """Count a request, if one is left."""
        if not self.left:
            return False
        self.sent[kind] += 1
        return True


@dataclass
class Known:
    """What was learned of a server from its responses.

    Attributes:
        has_every_job: Whether it takes any name for that of a job; None if that is not known yet.
        has_the_job: Whether it has carried out something for the job that it was said to have.
    """

    has_every_job: bool | None = None
    has_the_job: bool = False


@dataclass(frozen=True)
class Target:
    """A server to hold to the contract.

    Args:
        base_url: Where it is.
        credentials: What it accepts, by kind: "token", "signature".
        token: The token, where there is one: wrong ones are made of it.
        key_pair: Access key and secret key, where there are some.
        own: Whether it is a mock of ours, on which any run may be started.
        any_job: Whether every job and workspace exists there.
        values: Values of parameters that name what is there, by the parameter's name: the job, its workspace, its
            project; what is left out is the document's example.
        runs: How many requests may start a run.
        known: What was learned of it.
    """

    base_url: str
    credentials: Mapping[str, httpx.Auth]
    token: str | None = None
    key_pair: tuple[str, str] | None = None
    own: bool = False
    any_job: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    runs: Runs = field(default_factory=lambda: Runs(0))
    known: Known = field(default_factory=Known)

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
    return Target(
        base_url,
        credentials,
        token="mock-token",
        key_pair=("mock-ak", "mock-sk"),
        own=True,
        any_job=any_job,
        runs=Runs(None),
        known=Known(any_job, has_the_job=True),
    )


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
    try:
        url = httpx.URL(base_url)
    except httpx.InvalidURL as error:
        raise TargetError(f"BASE_URL: {error}") from None
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        raise TargetError("BASE_URL: not of the form http(s)://host[:port][/path]")
    limit = environment.get("ALLOW_RUNS") or "0"
    if not (limit.isascii() and limit.isdecimal()):
        raise TargetError(f"ALLOW_RUNS: not a number: {limit}")
    if int(limit) and not environment.get("JOB"):
        raise TargetError("ALLOW_RUNS: needs JOB=, the one job that may be run (and WORKSPACE= where it is in one)")
    names = {
        "job_name": environment.get("JOB"),
        "workspace": environment.get("WORKSPACE"),
        "project_id": environment.get("PROJECT") or environment.get("HUAWEICLOUD_SDK_PROJECT_ID"),
    }
    pair = tuple(environment.get(name) or "" for name in _KEY_PAIR)
    credentials = _credentials(environment)
    return Target(
        base_url.rstrip("/"),
        credentials,
        token=environment.get("TOKEN") or environment.get("OS_TOKEN") if "token" in credentials else None,
        key_pair=(pair[0], pair[1]) if "signature" in credentials else None,
        values={name: value for name, value in names.items() if value},
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
