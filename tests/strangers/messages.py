"""Requests, responses and error responses, as the document describes them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Doc = dict[str, Any]

RUN, SHOW, LIST, STOP, RESTART = "run", "show", "list", "stop", "restart"
OPERATIONS = (RUN, SHOW, LIST, STOP, RESTART)

ERRORS: dict[str, tuple[int, str, str]] = {
    "job-unknown": (400, "DLF.0100", "The job does not exists."),
    "instance-unknown": (400, "DLF.0137", "Job instance does not exist."),
    "workspace-unknown": (400, "DLF.0819", "The workspace ID does not exist."),
    "job-blank": (400, "DLF.3004", "The job name cannot be left blank."),
    "job-invalid": (400, "DLF.3018", "The job name is invalid."),
    "invalid": (400, "DLF.3051", "The request parameter is invalid."),
    "orchestration": (400, "APIGW.0106", "Orchestration error."),
    "unreadable": (400, "APIGW.0201", "API request error."),
    "no-token": (401, "APIGW.0301", "Incorrect IAM authentication information: x-auth-token not found"),
    "bad-token": (401, "APIGW.0301", "Incorrect IAM authentication information: decrypt token fail"),
    "bad-signature": (401, "APIGW.0301", "Incorrect IAM authentication information: verify aksk signature fail"),
    "no-path": (404, "APIGW.0101", "The API does not exist or has not been published in the environment."),
    "no-method": (405, "APIGW.0101", "The API does not exist."),
    "conflict": (409, "DLF.3051", "The request parameter is invalid."),
    "not-acceptable": (406, "APIGW.0201", "API request error."),
    "length-required": (411, "APIGW.0197", "API request error."),
    "target-too-long": (414, "APIGW.0198", "API request error."),
    "expectation-failed": (417, "APIGW.0196", "API request error."),
    "headers-too-large": (431, "APIGW.0195", "API request error."),
    "unknown-method": (501, "APIGW.0194", "API request error."),
    "unavailable": (503, "APIGW.0613", "The IAM service is currently unavailable."),
    "other-project": (403, "APIGW.0302", "The IAM user is not authorized to access the API."),
    "too-large": (413, "APIGW.0201", "Request entity too large."),
    "media-type": (415, "APIGW.0201", "API request error."),
    "throttled": (
        429,
        "APIGW.0308",
        "The throttling threshold has been reached: policy user over ratelimit,limit:30,time:1 second",
    ),
    "internal": (500, "APIGW.0601", "Internal server error."),
}


@dataclass
class Limits:
    """The numbers that the document states; lengths are in characters."""

    project_max: int = 64
    job_max: int = 128
    workspace_max: int = 64
    name_min: int = 1
    name_max: int = 64
    value_min: int = 0
    value_max: int = 1024
    node_min: int = 1
    filter_min: int = 1
    filter_max: int = 257
    limit_min: int = 1
    limit_max: int = 1000
    limit_default: int = 10
    offset_min: int = 0
    offset_max: int = 2147483647
    offset_default: int = 0
    time_min: int = 0
    time_max: int = 9223372036854775807
    id_min: int = -9223372036854775808
    id_max: int = 9223372036854775807
    body_max: int = 12582912
    rate: int = 30
    window: int = 259200000


@dataclass
class Request:
    """A request as it was read from the wire. Header names are in lower case."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes = b""
    chunked: bool = False
    oversized: bool = False

    @property
    def path(self) -> str:
        """The target up to the question mark, as sent."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The target after the question mark, as sent."""
        return self.target.partition("?")[2]

    def header(self, name: str) -> str | None:
        """Returns the values of a header joined by commas, or None."""
        values = [value for key, value in self.headers if key == name]
        return ", ".join(values) if values else None


@dataclass
class Response:
    """A response to be written. `doc` is written as JSON, unless `raw` is given."""

    status: int
    doc: Doc | None = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    raw: bytes | None = None
    operation: str = ""
    length_offset: int = 0
    close: bool = False

    def payload(self) -> bytes:
        """Returns the body's bytes."""
        if self.raw is not None:
            return self.raw
        return b"" if self.doc is None else json.dumps(self.doc, ensure_ascii=False).encode()

    def set_header(self, name: str, value: str | None) -> None:
        """Replaces a header, or removes it where the value is None."""
        self.headers = [(key, kept) for key, kept in self.headers if key.lower() != name.lower()]
        if value is not None:
            self.headers.append((name, value))

    def header(self, name: str) -> str | None:
        """Returns a header's value, or None."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


Edit = Callable[[Request, Response], object]
_WORDS = {"run-immediate": RUN, "instances/detail": LIST, "/stop": STOP, "/restart": RESTART}


def operation_of(path: str) -> str:
    """Returns the operation whose path this one looks like, whatever is wrong with it."""
    return next((operation for word, operation in _WORDS.items() if word in path), SHOW)


class RefusalError(Exception):
    """The request is to be refused with one of `ERRORS`."""

    def __init__(self, error: str, **headers: str) -> None:
        super().__init__(error)
        self.error = error
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


@dataclass
class Switches:
    """Which fault and which variant a server has. Both are empty for the plain server.

    A fault that has a scope is switched on while an operation of this name is asked for.
    """

    fault: str = ""
    variant: str = ""
    altered: Limits = field(default_factory=Limits)
    scope: str = ""
    operation: str = ""

    @property
    def limits(self) -> Limits:
        """The limits of the operation that is asked for."""
        return self.limits_of(self.operation)

    def limits_of(self, operation: str) -> Limits:
        """Returns the limits of an operation."""
        return self.altered if self.scope in ("", operation) else Limits()

    def on(self, *names: str) -> bool:
        """Whether one of these faults or variants is switched on."""
        return (self.fault in names and self.scope in ("", self.operation)) or self.variant in names
