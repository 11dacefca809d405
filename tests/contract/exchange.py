"""Requests as they are put on the wire, answers as they came off it, and how to tell a person of both."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self
from urllib.parse import quote, urlencode

import httpx
import pytest

from .document import Answer, Document, Operation
from .target import Target
from .words import short

NOWHERE = "no-such-job-of-the-contract-suite"
"""A job that is not there, wherever the suite is pointed at."""

_RUN_ADVICE = "it would start a run: ALLOW_RUNS=, with JOB= (and WORKSPACE=), allows some"
_ABSENT = object()
_SECRETS = ("x-auth-token", "authorization", "x-security-token")
_OF_ANY_CLIENT = ("host", "accept", "accept-encoding", "connection", "user-agent", "content-length")


@dataclass(frozen=True)
class Request:
    """A request of an operation, in parts that a test can change one by one.

    Args:
        operation: What it asks for.
        path: The path parameters.
        query: The query parameters.
        headers: All headers but those of the credentials.
        content: The body as it goes over the wire.
        method: In the place of the operation's.
        target: Path and query as they go over the wire, in the place of what the parameters make.
    """

    operation: Operation
    path: Mapping[str, str]
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    method: str = ""
    target: str = ""

    def having(self, **changes: Any) -> Self:
        """Return the request with some parts replaced."""
        return replace(self, **changes)

    def having_body(self, value: Any) -> Self:
        """Return the request with a JSON body, in UTF-8."""
        return self.having(content=json.dumps(value, ensure_ascii=False).encode())

    def having_parameter(self, name: str, value: str | None) -> Self:
        """Return the request with a parameter's value; None leaves it out."""
        location = next(each.location for each in self.operation.parameters if each.name == name)
        part = {"path": "path", "query": "query", "header": "headers"}[location]
        values = {key: kept for key, kept in getattr(self, part).items() if key != name}
        return self.having(**{part: values if value is None else {**values, name: value}})

    @property
    def verb(self) -> str:
        """The method."""
        return self.method or self.operation.method

    @property
    def raw_target(self) -> str:
        """Path and query as they go over the wire."""
        if self.target:
            return self.target
        path = self.operation.path
        for name, value in self.path.items():
            path = path.replace(f"{{{name}}}", quote(value, safe=""))
        return f"{path}?{urlencode(self.query)}" if self.query else path


@dataclass(frozen=True)
class Exchange:
    """A request that was sent, and its answer."""

    request: Request
    response: httpx.Response
    target: Target

    @property
    def status(self) -> int:
        """The answer's status."""
        return self.response.status_code

    @property
    def body(self) -> Any:
        """The answer's JSON; None if it has none."""
        try:
            return self.response.json()
        except ValueError:
            return None

    @property
    def code(self) -> Any:
        """The answer's error code."""
        return self.body.get("error_code") if isinstance(self.body, dict) else None

    @property
    def said(self) -> str:
        """The answer in a few words: its status, and its code and message or else what it is."""
        body = self.body if isinstance(self.body, dict) else {}
        words = [str(body[name]) for name in ("error_code", "error_msg") if name in body]
        return short(" ".join([str(self.status), *(words or [self.response.text])]), 160)

    def breaks(self, rule: str) -> str:
        """Return what to tell a person of an answer that breaks a rule."""
        headers = "".join(f"\n    {name}: {value}" for name, value in self.response.headers.items())
        text = self.response.text
        return (
            f"{rule}\n\n  The answer was {self.status}:{headers}\n\n    {text[:2000]}\n\n"
            f"  Repeat it with:\n\n    {self.curl()}\n"
        )

    def curl(self) -> str:
        """Return the command line that sends the request again; secrets that are not ours stay out of it."""
        sent = self.response.request
        parts = ["curl", "-i", "--path-as-is", "-X", sent.method]
        for name, value in sent.headers.items():
            if name in _SECRETS and not self.target.own:
                value = "$TOKEN" if name == "x-auth-token" else "<signature>"
            if name not in _OF_ANY_CLIENT:
                parts += ["-H", f"{name}: {value}" if value else f"{name};"]
        if body := self.request.content:
            parts += ["--data-binary", body.decode(errors="replace") if len(body) < 20_000 else f"<{len(body)} bytes>"]
        parts.append(f"{self.target.base_url}{self.request.raw_target}")
        return " ".join(f'"{part}"' if "$TOKEN" in part else shlex.quote(part) for part in parts)


class Caller:
    """Sends requests to a server, as far as that may be asked to carry them out.

    Args:
        target: The server.
        document: The contract.
    """

    def __init__(self, target: Target, document: Document) -> None:
        self.target = target
        self.document = document
        self._client = httpx.Client(timeout=30, trust_env=not target.own)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def request(self, operation: Operation, *, allowed: bool = True) -> Request:
        """Return a request that the document allows, to be sent as it is or changed.

        Args:
            operation: What it asks for.
            allowed: Whether it is to stay allowed; if not, it is for a job that is not there on a server not ours.
        """
        path = {each.name: str(each.example) for each in operation.parameters if each.location == "path"}
        headers: dict[str, str] = {}
        query: dict[str, str] = {}
        for each in operation.parameters:
            if each.required and each.location != "path":
                (headers if each.location == "header" else query)[each.name] = str(each.example)
        if not self.target.own:
            path |= {"project_id": self.target.project} if self.target.project else {}
            path |= {"job_name": (self.target.job or NOWHERE) if allowed else NOWHERE}
            headers |= {"workspace": self.target.workspace} if allowed and self.target.workspace else {}
        content = b""
        if operation.media_type:
            headers["Content-Type"] = operation.media_type
            content = b"" if operation.body_example is None else json.dumps(operation.body_example).encode()
        return Request(operation, path, query, headers, content)

    def obstacle(self, request: Request) -> str | None:
        """Return why a request that would start a run must not be sent, or count the run and return None."""
        if self.target.own or request.operation.method == "GET":
            return None
        chosen = {"job_name": self.target.job, "workspace": self.target.workspace}
        chosen |= {"project_id": self.request(request.operation).path.get("project_id")}
        values = {**request.path, **request.headers}
        reason = _RUN_ADVICE
        if self.target.runs.limit:
            if any(values.get(name) != value for name, value in chosen.items()):
                reason = "it would run another job than JOB= in WORKSPACE="
            elif self.target.runs.take():
                return None
            else:
                reason = "ALLOW_RUNS= is used up"
        self.target.runs.left_out[reason] += 1
        return reason

    def send(self, request: Request, *, starts: bool, auth: Any = _ABSENT) -> Exchange:
        """Send a request, or skip the test where it would start a run that is not allowed.

        Args:
            request: What to send.
            starts: Whether a server that keeps the contract starts a run for it.
            auth: Credentials; None for none at all.
        """
        if starts and (reason := self.obstacle(request)):
            pytest.skip(reason)
        chosen = self.target.auth if auth is _ABSENT else auth
        base = httpx.URL(self.target.base_url)
        target = base.raw_path.rstrip(b"/") + request.raw_target.encode()
        sent = httpx.Request(
            request.verb,
            base,
            headers=[(name.encode(), value.encode()) for name, value in request.headers.items()],
            content=request.content,
            extensions={"target": target, "timeout": httpx.Timeout(30).as_dict()},
        )
        return Exchange(request, self._client.send(sent, auth=chosen), self.target)


def described(document: Document, exchange: Exchange, answers: Mapping[int, Answer]) -> str | None:
    """Return what about an answer is not as the document describes it, or None."""
    answer = answers.get(exchange.status)
    if answer is None:
        return f"{exchange.status} is not among the documented answers {', '.join(map(str, answers))}"
    if answer.media_type and exchange.response.headers.get("content-type", "").partition(";")[0] != answer.media_type:
        return f"Content-Type: not {answer.media_type}"
    for name, (required, schema) in answer.headers.items():
        value: Any = exchange.response.headers.get(name)
        if value is None:
            if required:
                return f"header {name}: missing"
            continue
        if schema.get("type") == "integer" and value.isdecimal():
            value = int(value)
        if breach := document.breach(schema, value):
            return f"header {name}: {breach}"
    breach = document.breach(answer.schema, exchange.body) if answer.media_type else None
    return breach and f"body: {breach}"
