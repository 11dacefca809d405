"""Stands between schemathesis and a server: keeps it from starting runs, and waits where the server throttles.

Cases are chosen twice: schemathesis is asked to make only such as may be sent, and whatever it makes all the same (it
repeats requests, probes, retries) is judged once more, as the request that it has become, before it leaves.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import requests
import schemathesis
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER

from .connection import LONGEST_WAIT
from .document import Document, Operation, Parameter
from .parameters import from_texts
from .target import Target
from .things import nowhere

AUTHENTICATED = "_authenticated_by_the_suite"
_TIMES = 20
_PAUSES = (0.5, 1.0, 2.0)


class Guard:
    """Judges requests by the document.

    Args:
        document: The contract.
        target: The server, and what it may be asked to do.
        allowed: Whether cases are made that the document allows; then they are for the target's job.
        authenticate: Gives a request the credentials anew, after it was changed.
    """

    def __init__(
        self,
        document: Document,
        target: Target,
        *,
        allowed: bool,
        authenticate: Callable[[requests.PreparedRequest], requests.PreparedRequest],
    ) -> None:
        self._document = document
        self._target = target
        self._allowed = allowed
        self._authenticate = authenticate
        self.stopped = 0

    @contextmanager
    def standing(self) -> Iterator[None]:
        """Stand between schemathesis and the server."""
        send = requests.Session.send

        def guarded(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
            def patiently(each: requests.PreparedRequest) -> requests.Response:
                return self._patiently(lambda: send(session, each, **options), each)

            if self._target.own:
                return patiently(request)
            operation, is_allowed = self._judged(request)
            if operation is None or operation.is_safe or not getattr(request, AUTHENTICATED, False):
                return patiently(request)
            if is_allowed and not self._may_be_carried_out(operation, request):
                self.stopped += 1
                raise requests.ConnectionError("not sent: it would start a run")
            response = patiently(request)
            if not is_allowed and (again := self._for_the_job(operation, request, response)):
                return patiently(again)
            return response

        def filter_case(context: schemathesis.HookContext, case: schemathesis.Case[Any]) -> bool:
            return self._may_be_sent(case)

        def map_case(context: schemathesis.HookContext, case: schemathesis.Case[Any]) -> schemathesis.Case[Any]:
            return self._pinned(case)

        hooks = () if self._target.own else (filter_case, map_case)
        for hook in hooks:
            schemathesis.hook(hook)
        try:
            # What schemathesis puts on the wire passes here, whichever part of it sends; there is no public place.
            with patch.object(requests.Session, "send", guarded):
                yield
        finally:
            for hook in hooks:
                GLOBAL_HOOK_DISPATCHER.unregister(hook)

    def _patiently(self, send: Callable[[], requests.Response], request: requests.PreparedRequest) -> requests.Response:
        """Send a request, and wait and send it again where the server is too busy."""
        pauses = iter(_PAUSES)
        response = send()
        for _ in range(_TIMES):
            if response.status_code == 429:
                text = response.headers.get("Retry-After", "")
                pause = float(text) if text.isascii() and text.isdecimal() else 1.0
                if pause > LONGEST_WAIT:
                    return response
            elif response.status_code == 503 and (pause := next(pauses, 0.0)):
                operation, is_allowed = self._judged(request)
                counts = operation is not None and not operation.is_safe and not self._target.own
                if counts and not self._target.runs.take("allowed" if is_allowed else "forbidden"):
                    return response
            else:
                return response
            time.sleep(max(0.05, pause))
            response = send()
        return response

    def _judged(self, request: requests.PreparedRequest) -> tuple[Operation | None, bool]:
        """Return the operation that a request is for, None if it is for none, and whether the document allows it."""
        path = self._path(request)
        for operation in self._document.operations:
            values = operation.values_of(path)
            if values is not None and request.method == operation.method:
                return operation, self._allows(operation, values, request)
        return None, False

    def _path(self, request: requests.PreparedRequest) -> str:
        return urlsplit(request.url or "").path.removeprefix(urlsplit(self._target.base_url).path.rstrip("/"))

    def _allows(self, operation: Operation, path: Mapping[str, str], request: requests.PreparedRequest) -> bool:
        query: dict[str, list[str]] = {}
        for name, value in parse_qsl(urlsplit(request.url or "").query, keep_blank_values=True):
            query.setdefault(name, []).append(value)
        for each in operation.parameters:
            header = request.headers.get(each.name)
            texts = {
                "path": [path[each.name]] if each.name in path else [],
                "query": query.get(each.name, []),
                "header": [] if header is None else [_text(header)],
            }.get(each.location, [])
            if not texts and each.required:
                return False
            if texts and self._document.violation(each.schema, from_texts(self._document, each, texts)):
                return False
        body = _octets(request.body)
        if not body or not operation.bodies:
            return not operation.body_required
        content_type = _text(request.headers.get("Content-Type", ""))
        if (schema := operation.bodies.get(content_type.partition(";")[0].strip().lower())) is None:
            return False
        try:
            return self._document.violation(schema, json.loads(body)) is None
        except ValueError:
            return False

    def _may_be_carried_out(self, operation: Operation, request: requests.PreparedRequest) -> bool:
        """Return whether a request that the document allows may be sent, and count it if it may start a run."""
        values = operation.values_of(self._path(request)) or {}
        named = [each for each in operation.parameters if each.not_found and each.location == "path"]
        is_nowhere = any(values.get(each.name) == str(nowhere(each)) for each in named)
        if is_nowhere and (self._target.known.has_every_job is False or self._document.made(operation)):
            return True
        if self._document.made(operation):
            return False  # What it is about may be somebody's.
        return bool(self._target.runs.limit) and self._target.runs.take("allowed")

    def _for_the_job(
        self, operation: Operation, request: requests.PreparedRequest, response: requests.Response
    ) -> requests.PreparedRequest | None:
        """Return the same request for the job that is there, if the response says only that the other one is not."""
        try:
            code = response.json().get("error_code")
        except (ValueError, AttributeError):
            return None
        parameter = self._document.not_found(operation).get(code)
        value = self._target.values.get(parameter.name) if parameter else None
        if parameter is None or value is None or parameter.location != "path" or self._document.made(operation):
            return None
        if str(nowhere(parameter)) not in str(request.url) or not self._target.runs.limit:
            return None
        if not self._target.runs.take("forbidden"):
            return None
        again = request.copy()
        again.url = str(request.url).replace(str(nowhere(parameter)), quote(value, safe=""), 1)
        return self._authenticate(again)

    def _may_be_sent(self, case: schemathesis.Case[Any]) -> bool:
        if self._allowed or case.operation.method.upper() == "GET":
            return True
        request = requests.Request(**case.as_transport_kwargs(self._target.base_url)).prepare()
        operation, is_allowed = self._judged(request)
        return operation is None or operation.is_safe or not is_allowed

    def _pinned(self, case: schemathesis.Case[Any]) -> schemathesis.Case[Any]:
        """Have a case name what it is to: the target's job, or one that is not there."""
        for operation in self._document.operations:
            if operation.path == case.operation.path and operation.method == case.operation.method.upper():
                for parameter in operation.parameters:
                    self._pin(case, operation, parameter)
        return case

    def _pin(self, case: schemathesis.Case[Any], operation: Operation, parameter: Parameter) -> None:
        value = self._target.values.get(parameter.name)
        if parameter.not_found and not (self._allowed and value):
            value = str(nowhere(parameter)) if parameter.location == "path" else None
        path, headers = case.path_parameters, case.headers
        if parameter.location == "path" and path and isinstance(text := path.get(parameter.name), str):
            if parameter.name in self._document.made(operation) or value is None:
                return
            if self._document.violation(parameter.schema, unquote(text)) is None:
                path[parameter.name] = quote(value, safe="")
        elif parameter.location == "header" and parameter.not_found and self._allowed and headers is not None:
            headers.pop(parameter.name, None)
            if value:
                headers[parameter.name] = value


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _octets(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body or b"")
