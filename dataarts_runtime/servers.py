"""The servers of an API: URLs with variables, as OpenAPI has them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from .schema import abridged

__all__ = ["Server", "Variable", "expand"]

_PART = r"[A-Za-z0-9_~-]+(\.[A-Za-z0-9_~-]+)*"  # compiled when first used


class Variable:
    """A variable in the URL of a server.

    Args:
        default: Its value where none is given.
        choices: The values that it can have, if they are known.
    """

    __slots__ = ("choices", "default")

    def __init__(self, default: str, choices: Sequence[str] | None = None) -> None:
        self.default = default
        self.choices = choices

    def value(self, given: Any, name: str) -> str:
        """Return the value that was given, checked, or the default for None.

        Raises:
            TypeError: The value is no string.
            ValueError: The value is none of the choices, or would not stay within its part of the URL.
        """
        if given is None:
            return self.default
        if not isinstance(given, str):
            raise TypeError(f"{name}: must be a string, not {type(given).__name__}")
        if self.choices is not None and given not in self.choices:
            raise ValueError(f"{name}: must be one of {_listed(self.choices)} ({abridged(given)})")
        if not re.fullmatch(_PART, given):
            raise ValueError(f"{name}: must be of letters, digits, -, _, ~ and single periods ({abridged(given)})")
        return given


class Server:
    """A server.

    Args:
        url: Its URL, with variables in braces.
        variables: The variables, by name.
    """

    __slots__ = ("url", "variables")

    def __init__(self, url: str, /, **variables: Variable) -> None:
        self.url = url
        self.variables = variables


def expand(servers: Mapping[str, Server], argument: str, name: Any, /, **values: Any) -> str:
    """Return the URL of the server of a name.

    Args:
        servers: The servers, by name.
        argument: What the name is called in messages.
        name: The name.
        values: Values for variables of the URL; None is the variable's default.

    Raises:
        TypeError: A value is no string.
        ValueError: No server has the name, or a value cannot be in its URL.
    """
    server = servers.get(name) if isinstance(name, str) else None
    if server is None:
        raise ValueError(f"{argument}: must be one of {_listed(servers)} ({abridged(name)})")
    for variable, value in values.items():
        if value is not None and variable not in server.variables:
            raise ValueError(f"{variable}: the URL of {name} has no such part ({abridged(value)})")
    return server.url.format(
        **{variable: rule.value(values.get(variable), variable) for variable, rule in server.variables.items()}
    )


def _listed(values: Mapping[str, Any] | Sequence[str]) -> str:
    return ", ".join(map(repr, values))
