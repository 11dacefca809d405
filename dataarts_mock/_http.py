"""Rules of HTTP/1.1 that the parser does not check: for the request line, Host and Transfer-Encoding."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_VERSIONS = ("1.0", "1.1")

_HOST = re.compile(
    rb"(?:\[[0-9A-Fa-f:.]+\]|(?:[0-9A-Za-z._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)"  # An address in brackets, or a name.
    rb"(?::[0-9]*)?"  # The port.
)
_ABSOLUTE = re.compile(rb"https?://([^/?]*)(.*)", re.IGNORECASE | re.DOTALL)


class Head(NamedTuple):
    """The head of a request, checked.

    Args:
        target: The path and the query.
        authority: The host that the request line names, in place of Host's; None if it names none.
        violation: The part of the head that breaks a rule, and the rule; empty if none does.
    """

    target: bytes
    authority: bytes | None
    violation: str


@lru_cache(maxsize=64)  # Most requests go where others went before.
def read_head(
    method: bytes, target: bytes, version: str, hosts: tuple[bytes, ...], codings: tuple[bytes, ...], is_exact: bool
) -> Head:
    """Check the request line (RFC 9112, section 3), Host (3.2) and Transfer-Encoding (6.1).

    Args:
        method: The method.
        target: The target as it is in the request line.
        version: The version of HTTP, as `1.1`.
        hosts: The values of the Host headers.
        codings: The values of the Transfer-Encoding headers.
        is_exact: Whether the request line consists of these three with one space between them.
    """
    target, number_sign, _ = target.partition(b"#")
    path, authority, target_violation = _split(method, target)
    violation = "request target: has a fragment" if number_sign else ""
    if version not in _VERSIONS:
        violation = "HTTP version: not 1.0 or 1.1"
    elif not is_exact:
        violation = "request line: not method, target and version with one space between them"
    return Head(path, authority, violation or target_violation or _host(hosts, version) or _coding(codings, version))


def _split(method: bytes, target: bytes) -> tuple[bytes, bytes | None, str]:
    """Return a target's path and query, its authority if it has one, and what is wrong with it."""
    if target.startswith(b"/"):
        return target, None, ""
    if absolute := _ABSOLUTE.fullmatch(target):
        authority, rest = absolute.groups()
        violation = "" if _HOST.fullmatch(authority) else "request target: not a host name or address in its URL"
        return rest if rest.startswith(b"/") else b"/" + rest, authority, violation
    if target == b"*" and method == b"OPTIONS":
        return target, None, ""
    return b"/", None, "request target: neither a path nor an http or https URL"


def _host(hosts: tuple[bytes, ...], version: str) -> str:
    if not hosts:
        return "" if version == "1.0" else "Host: missing"
    if len(hosts) > 1:
        return "Host: given more than once"
    return "" if _HOST.fullmatch(hosts[0]) else "Host: not a host name or address, with or without a port"


def _coding(codings: tuple[bytes, ...], version: str) -> str:
    if not codings:
        return ""
    if version == "1.0":
        return "Transfer-Encoding: not in HTTP/1.0"
    return "" if b", ".join(codings).lower() == b"chunked" else "Transfer-Encoding: not chunked"
