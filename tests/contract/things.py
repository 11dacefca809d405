"""What operations are about and no option names: an instance, for example, that another operation has to start first.

The document's links say which operation that is, and where in its response the value is.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .connection import NotToBeHadError, pointed_at
from .document import Link, Operation, Parameter
from .exchange import Exchange, Request
from .samples import is_valid, sample

if TYPE_CHECKING:
    from .caller import Caller

PAUSES = (0.0, 0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
"""Seconds between looks at what was started, until it has come to a state."""

_PATIENCE = 30.0
"""Seconds in all that are waited for what was started to come to its end."""


class Things:
    """Gives parameters their values from the responses of other operations.

    Args:
        caller: Sends the requests.
    """

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._kept: dict[str, Exchange] = {}
        self._patience = _PATIENCE

    def values(self, operation: Operation, *, fresh: bool = False) -> dict[str, str]:
        """Return the values that a response holds, by the parameters' names.

        Args:
            operation: What the values are for.
            fresh: Whether they must not have been used before.

        Raises:
            NotToBeHadError: There is no such response.
        """
        found = self._caller.document.source(operation)
        if found is None:
            return {}
        source, link = found
        if not (operation.is_safe or self._caller.target.own or self._is_made(source)):
            raise NotToBeHadError("it would change what the suite has not made")
        exchange = self._kept.get(source.id)
        if exchange is None or fresh:
            exchange = self._kept[source.id] = self._caller.carried_out(source, fresh=fresh)
        names = self._caller.document.made(operation)
        values = evaluated(link, exchange.request, exchange)
        return {name: value for name, value in values.items() if name in names}

    def _is_made(self, source: Operation) -> bool:
        """Return whether what an operation's response holds was made by a request before."""
        before = self._caller.document.source(source)
        return not source.is_safe if before is None else self._is_made(before[0])

    def following(self, link: Link, operation: Operation, request: Request, exchange: Exchange | None) -> Request:
        """Return the request to which a link leads from a request, and from its response where there is one."""
        values = evaluated(link, request, exchange)
        request = self._caller.plain(operation)
        for parameter in operation.parameters:
            if parameter.name in values:
                request = request.having_parameter(parameter, values[parameter.name])
        return request

    def state(self, request: Request) -> str | None:
        """Return the state of what a request is about; None if there is no way to it."""
        for link in request.operation.success.links:
            look = self._caller.document.operation(link.operation)
            if look is None or not look.is_safe or (name := state_property(self._caller, look)) is None:
                continue
            shown = self._caller.seen(self.following(link, look, request, None)).body
            state = shown.get(name) if isinstance(shown, dict) else None
            return state if isinstance(state, str) else None
        return None

    def until_allowed(self, request: Request) -> bool:
        """Look at what a request is about until its state allows the operation; return whether it came to that."""
        allowed = request.operation.node.get("x-allowed-states", ())
        final = self._caller.final_states(request.operation)
        for pause in PAUSES:
            state = self.state(request)
            if state is None or state in allowed or state in final:
                return state in allowed
            if not self._caller.target.own:
                self._patience -= pause
                if self._patience < 0:
                    return False
                time.sleep(pause)
        return False


def state_property(caller: Caller, operation: Operation) -> str | None:
    """Return the property of a response that holds a state of which the document says which are final."""
    properties = caller.document.bundled(operation.success.schema).get("properties", {})
    return next((name for name, schema in properties.items() if "x-final-states" in schema), None)


def evaluated(link: Link, request: Request, exchange: Exchange | None) -> dict[str, str]:
    """Return the values of a link's parameters; those that request and response do not have are left out.

    Raises:
        NotToBeHadError: The response lacks what it is to have.
    """
    found: dict[str, str] = {}
    for name, expression in link.parameters.items():
        value = _value(expression, request, exchange)
        if value is not None:
            found[name] = value if isinstance(value, str) else json.dumps(value)
    return found


def _value(expression: Any, request: Request, exchange: Exchange | None) -> Any:
    if not isinstance(expression, str) or not expression.startswith("$"):
        return expression
    where, _, pointer = expression.partition("#")
    if where.startswith("$response."):
        if exchange is None:
            return None
        if where.startswith("$response.header."):
            return exchange.response.headers.get(where.rpartition(".")[2])
        try:
            return pointed_at(exchange.body, pointer)
        except LookupError:
            raise NotToBeHadError(f"{request.operation.id} answered without {pointer}: {exchange.said}") from None
    part, _, name = where.removeprefix("$request.").partition(".")
    parts: Mapping[str, Mapping[str, str]] = {
        "path": request.path,
        "query": dict(request.query),
        "header": {key.lower(): value for key, value in request.headers.items()},
    }
    return parts.get(part, {}).get(name.lower() if part == "header" else name)


def nowhere(parameter: Parameter) -> Any:
    """Return a value that names nothing, wherever the suite is pointed at, as far as its schema has such a value."""
    text = f"no-such-{parameter.name.partition('_')[0]}-of-the-contract-suite"
    for value in (int.from_bytes(b"no-such"), text, text[: parameter.schema.get("maxLength", 64)]):
        if is_valid(parameter.schema, value):
            return value
    return sample(parameter.schema) if parameter.example is None else parameter.example
