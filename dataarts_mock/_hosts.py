"""Which host names may be used for the control routes and the reference page.

A web page can let its own host name resolve to this machine (DNS rebinding). The browser then takes the mock for the
page's own server, and lets the page read the responses. But it still sends the page's host name, by which such requests
are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from starlette.types import Scope

ANY = "*"
_NAME = re.compile(r"[0-9A-Za-z._-]+")


class AllowedHosts:
    """Checks host names: those of the loopback interface, the address of the server, and the given ones are allowed.

    Args:
        names: Further host names and addresses, without a port; `*` stands for any.

    Raises:
        ValueError: One of them is no host name or address.
    """

    def __init__(self, names: Iterable[str]) -> None:
        if isinstance(names, str):
            raise ValueError(f"allowed_hosts: not a list of host names: {names!r}")
        self._names = set()
        for index, name in enumerate(names):
            if not (isinstance(name, str) and (name == ANY or _NAME.fullmatch(name) or _address(name))):
                raise ValueError(f"allowed_hosts[{index}]: not a host name or address without a port: {name!r}")
            self._names.add(name.lower())

    def violation(self, scope: Scope) -> str:
        """Return why the host name of a request is refused; empty if it is allowed."""
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if ANY in self._names or not hosts:  # Browsers always send one.
            return ""
        host = _without_port(hosts[-1].decode("latin-1")).lower().rstrip(".")
        if host in self._names or host == "localhost" or host.endswith(".localhost"):
            return ""
        server: Any = scope.get("server")
        address = _address(host)
        if (address and address.is_loopback) or (server and host == str(server[0]).lower()):
            return ""
        return f"Host: {host!r} is not a name or address of this mock; start it with --allow-host to allow it"


def _without_port(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None
