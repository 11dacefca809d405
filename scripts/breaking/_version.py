"""Whether `info.version` was raised as semantic versioning asks for."""

from __future__ import annotations

import re

_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?", re.ASCII)

Version = tuple[int, int, int]


def read(text: str) -> Version | None:
    """Read a version; None if it is none of semantic versioning."""
    match = _VERSION.fullmatch(text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def needed(old: str, *, breaking: bool) -> str | None:
    """Return the lowest version that may follow an old one; None if that one is none of semantic versioning.

    What breaks users raises the major version, before 1.0.0 the minor one; what gives them more raises the minor one,
    before 1.0.0 the last one.
    """
    version = read(old)
    if version is None:
        return None
    major, minor, patch = version
    if breaking:
        return f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    return f"{major}.{minor + 1}.0" if major else f"0.{minor}.{patch + 1}"


def suffices(old: str, new: str, *, breaking: bool) -> bool:
    """Whether a version may follow an old one."""
    lowest, version = needed(old, breaking=breaking), read(new)
    return lowest is not None and version is not None and version >= (read(lowest) or version)
