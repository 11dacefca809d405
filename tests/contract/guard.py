"""Keeps schemathesis from starting runs on a server that is not ours.

Cases are chosen twice: schemathesis is asked to make only such as may be sent, and whatever it makes all the same (it
repeats requests, probes, retries) is judged once more, as the request that it has become, before it leaves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

import requests
import schemathesis
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

from .document import Document, Operation
from .exchange import NOWHERE
from .target import Target

AUTHENTICATED = "_authenticated_by_the_suite"


class Guard:
    """Judges requests by the document.

    Args:
        document: The contract.
        target: The server, and what it may be asked to do.
        allowed: Whether cases are made that the document allows; then they are for the target's job.
    """

    def __init__(self, document: Document, target: Target, *, allowed: bool) -> None:
        self._document = document
        self._target = target
        self._allowed = allowed
        self.stopped = 0

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Stand between schemathesis and the server."""
        send = requests.Session.send

        def guarded(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            if self.starts_run(request) and not self._target.runs.take():
                self.stopped += 1
                raise requests.ConnectionError("not sent: it would start a run")
            return send(session, request, **options)

        def filter_case(context: schemathesis.HookContext, case: schemathesis.Case[Any]) -> bool:
            return self._may_be_sent(case)

        def map_case(context: schemathesis.HookContext, case: schemathesis.Case[Any]) -> schemathesis.Case[Any]:
            return self._pinned(case)

        for hook in (filter_case, map_case):
            schemathesis.hook(hook)
        try:
            # What schemathesis puts on the wire passes here, whichever part of it sends; there is no public place.
            with patch.object(requests.Session, "send", guarded):
                yield
        finally:
            for hook in (filter_case, map_case):
                GLOBAL_HOOK_DISPATCHER.unregister(hook)

    def starts_run(self, request: requests.PreparedRequest) -> bool:
        """Return whether a server that keeps the document starts a run for a request."""
        if not getattr(request, AUTHENTICATED, False):
            return False
        base = urlsplit(self._target.base_url).path
        path = urlsplit(request.url or "").path.removeprefix(base)
        for operation in self._document.operations:
            values = _matched(operation, path)
            if values is not None and request.method == operation.method and operation.method != "GET":
                headers = {each.name: request.headers.get(each.name) for each in operation.parameters}
                values |= {name: _text(value) for name, value in headers.items() if value is not None}
                content_type = _text(request.headers.get("Content-Type", ""))
                return self._allows(operation, values, content_type, _octets(request.body))
        return False

    def _allows(self, operation: Operation, values: dict[str, str], content_type: str, body: bytes) -> bool:
        for each in operation.parameters:
            if each.name in values and self._document.breach(each.schema, values[each.name]):
                return False
        if not body:
            return not operation.body_required
        if (schema := operation.bodies.get(content_type.partition(";")[0].strip().lower())) is None:
            return False
        try:
            return self._document.breach(schema, json.loads(body)) is None
        except ValueError:
            return False

    def _may_be_sent(self, case: schemathesis.Case[Any]) -> bool:
        if self._allowed:
            return True
        request = requests.Request(**case.as_transport_kwargs(self._target.base_url)).prepare()
        setattr(request, AUTHENTICATED, True)
        return not self.starts_run(request)

    def _pinned(self, case: schemathesis.Case[Any]) -> schemathesis.Case[Any]:
        operation = next((each for each in self._document.operations if each.path == case.operation.path), None)
        pinned = {each.name: each.example for each in operation.parameters} if operation else {}
        pinned["job_name"] = self._target.job if self._allowed else NOWHERE
        if self._target.project:
            pinned["project_id"] = self._target.project
        for each in operation.parameters if operation else ():
            path, pin = case.path_parameters, pinned.get(each.name)
            if each.location == "path" and path and pin and isinstance(text := path.get(each.name), str):
                if self._document.breach(each.schema, unquote(text)) is None:
                    path[each.name] = pin
            elif each.name == "workspace" and self._allowed and case.headers is not None:
                case.headers.pop(each.name, None)
                if self._target.workspace:
                    case.headers[each.name] = self._target.workspace
        return case


def _matched(operation: Operation, path: str) -> dict[str, str] | None:
    segments, templates = path.split("/"), operation.path.split("/")
    if len(segments) != len(templates):
        return None
    values: dict[str, str] = {}
    for segment, template in zip(segments, templates, strict=True):
        if template.startswith("{"):
            values[template[1:-1]] = unquote(segment)
        elif unquote(segment) != template:
            return None
    return values


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _octets(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body or b"")
