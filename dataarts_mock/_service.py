"""From a request to an answer: what the service and its gateway do, without any transport.

The order of checks, and what answers each; the first that finds something wins:

1. the path is an operation's (`ApiNotFound`), and the method one that the path has (`MethodNotAllowed`);
2. the credentials are there and right (`TokenMissing`, `TokenInvalid`, `SignatureInvalid`);
3. the project has requests left in this second (`Throttled`);
4. the body is not larger than the operation takes (`BodyTooLarge`);
5. the media type is one that the operation takes (`MediaTypeUnsupported`);
6. the parameters keep their rules, those with errors of their own last (`ParameterInvalid`, or as they say);
7. the body is JSON, and keeps its schema (`ParameterInvalid`);
8. the operation's behaviour finds nothing wrong (`WorkspaceNotFound`, `JobNotFound`).

Whatever the answer is, it is checked against the contract before it goes out.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import Message
from functools import lru_cache
from math import ceil
from typing import Any

from dataarts_auth import access_key_of, verify_signature

from ._document import Document, Operation, Response, percent_decode, query_values
from ._state import BEHAVIOURS, State
from ._violations import Kind, Violation


@dataclass(slots=True)
class Request:
    """A request as it arrived.

    Args:
        method: In capitals.
        raw_path: The path, percent-encoded as it was on the wire.
        query: What followed the question mark.
        headers: Pairs of name, in small letters, and value.
        body: The body, up to the size that the operations take.
        too_large: Whether the body was larger than that, and was cut off.
        incomplete: Whether the body did not arrive to its end.
        parameters: What the checks have read: each parameter by name, and the payload as "body".
    """

    method: str
    raw_path: bytes
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""
    too_large: bool = False
    incomplete: bool = False
    parameters: dict[str, Any] = field(default_factory=dict)

    def header(self, name: bytes) -> list[bytes]:
        """Return all values of a header."""
        return [value for key, value in self.headers if key == name]


@dataclass(slots=True)
class Answer:
    """What goes out: the status, the headers as they are written in the document, and the body."""

    status: int
    headers: dict[str, str]
    body: bytes
    violation: str | None = None


class BrokenAnswerError(AssertionError):
    """The mock was about to answer with something that the contract does not allow: a fault in the mock."""


class Service:
    """Answers requests as the contract says.

    Args:
        document: The contract.
        state: What operations act on.
        token: The one token that is known.
        access_key: The one access key that is known.
        secret_key: Its secret key.
        rate_limit: Requests a second and project; None for no limit.
        now: Tells the time, for the dates of signatures.
    """

    def __init__(
        self,
        document: Document,
        state: State,
        *,
        token: str,
        access_key: str,
        secret_key: str,
        rate_limit: int | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.document = document
        self.state = state
        self._token = token.encode()
        self._access_key = access_key
        self._secret_key = secret_key
        self._throttle = Throttle(rate_limit) if rate_limit is not None else None
        self._now = now

    def answer(self, request: Request) -> Answer:
        """Answer a request."""
        operation, raw, violation = self._route(request)
        if operation is not None:
            violation = next(self._violations(operation, raw, request), None)
        if operation is None or violation is not None:
            assert violation is not None
            return self._refusal(violation)
        outcome = operation.example.value
        if behaviour := BEHAVIOURS.get(operation.id):
            outcome = behaviour(self.state, request.parameters)
        return self._refusal(outcome) if isinstance(outcome, Violation) else self._success(operation, outcome)

    def _route(self, request: Request) -> tuple[Operation | None, dict[str, bytes], Violation | None]:
        segments = request.raw_path.split(b"/")
        allowed = []
        for operation in self.document.operations:
            if (raw := operation.match(segments)) is not None:
                if operation.method == request.method:
                    return operation, raw, None
                allowed.append(operation.method)
        if allowed:
            headers = {"Allow": ", ".join(sorted(set(allowed)))}
            return None, {}, Violation(Kind.METHOD_NOT_ALLOWED, headers=headers)
        return None, {}, Violation(Kind.API_NOT_FOUND)

    def _violations(self, operation: Operation, raw: dict[str, bytes], request: Request) -> Iterator[Violation]:
        """Give what is wrong with a request, in order, and read its parameters on the way."""
        if violation := self._credentials(operation, request):
            yield violation
        if self._throttle and (seconds := self._throttle.take(next(iter(raw.values()), b""))):
            message = _LIMIT.sub(f"limit:{self._throttle.limit}", self._message(Kind.THROTTLED))
            yield Violation(Kind.THROTTLED, message=message, headers={"Retry-After": str(seconds)})
        if operation.max_body_bytes is not None and (request.too_large or len(request.body) > operation.max_body_bytes):
            yield Violation(Kind.BODY_TOO_LARGE, f"body: larger than {operation.max_body_bytes} bytes")
        if request.incomplete:
            yield Violation(Kind.REQUEST_ERROR, "body: incomplete")
        media_type, violation = _media_type(operation, request)
        if violation:
            yield violation
        query: dict[str, list[str | None]] = query_values(request.query) if request.query else {}
        for parameter in operation.parameters:
            values: list[str | None]
            if parameter.location == "path":
                values = [percent_decode(raw[parameter.name])]
            elif parameter.location == "header":
                values = [value.decode("latin-1") for value in request.header(parameter.name.lower().encode())]
            else:
                values = query.get(parameter.name, [])
            request.parameters[parameter.name], violation = parameter.read(values)
            if violation:
                yield violation
        if operation.body:
            request.parameters["body"], violation = operation.body.read(media_type, request.body)
            if violation:
                yield violation

    def _credentials(self, operation: Operation, request: Request) -> Violation | None:
        """Check the credentials: one of the alternatives that the operation lists must hold entirely."""
        if not operation.security or {} in operation.security:
            return None
        schemes = self.document.root["components"]["securitySchemes"]
        found: list[Violation] = []
        for alternative in operation.security:
            violations = [violation for name in alternative if (violation := self._scheme(schemes[name], request))]
            if not violations:
                return None
            found += violations
        # What was sent and is wrong says more than what was not sent.
        return next((violation for violation in found if violation.example != Kind.TOKEN_MISSING), found[0])

    def _scheme(self, scheme: Mapping[str, Any], request: Request) -> Violation | None:
        values = request.header(scheme["name"].lower().encode())
        if not values:
            return Violation(Kind.TOKEN_MISSING)
        if "x-signing-algorithm" not in scheme:
            return None if values == [self._token] else Violation(Kind.TOKEN_INVALID)
        if request.too_large:  # What is cut off cannot be verified; its size is refused in any case.
            return None
        access_key = access_key_of(values[0].decode("latin-1"))
        if access_key is not None and access_key != self._access_key:
            return Violation(
                Kind.SIGNATURE_INVALID, message=self._message(Kind.SIGNATURE_INVALID) + ", access key unknown"
            )
        message = verify_signature(
            request.method,
            request.raw_path,
            request.query,
            request.headers,
            request.body,
            secret_key=self._secret_key,
            now=self._now(),
        )
        return Violation(Kind.SIGNATURE_INVALID, message=message) if message else None

    def _message(self, kind: str) -> str:
        return str(self.document.examples[kind].value["error_msg"])

    def _refusal(self, violation: Violation) -> Answer:
        example = self.document.examples[violation.example]
        payload = dict(example.value)
        message = violation.message or " ".join(filter(None, (payload["error_msg"], violation.detail)))
        request_id = _request_id()
        payload.update(error_msg=message, request_id=request_id)
        headers = {**violation.headers, "X-Request-Id": request_id}
        return self._checked(example.status, example.response, headers, payload, f"{payload['error_code']} {message}")

    def _success(self, operation: Operation, payload: Any) -> Answer:
        example = operation.example
        return self._checked(example.status, example.response, {"X-Request-Id": _request_id()}, payload)

    def _checked(
        self, status: int, response: Response, headers: dict[str, str], payload: Any, violation: str | None = None
    ) -> Answer:
        if breach := response.breach(headers, payload):
            raise BrokenAnswerError(f"answer {status}: {breach}")
        if response.media_type is None:
            return Answer(status, headers, b"", violation)
        headers["Content-Type"] = response.media_type
        return Answer(
            status, headers, json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode(), violation
        )


class Throttle:
    """Counts requests in each second, by project.

    Args:
        limit: How many are let through.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._second = 0
        self._taken: dict[bytes, int] = {}

    def take(self, project: bytes) -> int:
        """Count a request; 0 if it is let through, else the seconds to wait."""
        now = time.monotonic()
        if int(now) != self._second:
            self._second = int(now)
            self._taken.clear()
        taken = self._taken.get(project, 0)
        if taken >= self.limit:
            return ceil(self._second + 1 - now) or 1
        self._taken[project] = taken + 1
        return 0


_LIMIT = re.compile(r"limit:\d+")


def _media_type(operation: Operation, request: Request) -> tuple[str | None, Violation | None]:
    values = request.header(b"content-type")
    if operation.body is None or not (values or request.body):
        return None, None
    allowed = tuple(operation.body.schemas)
    media_type = _read_media_type(b",".join(values))
    if media_type not in allowed:
        return None, Violation(Kind.MEDIA_TYPE_UNSUPPORTED, f"Content-Type: not {' or '.join(allowed)}")
    return media_type, None


@lru_cache(maxsize=64)
def _read_media_type(value: bytes) -> str | None:
    """Return the media type, in small letters; None if its charset is none that JSON has."""
    message = Message()
    message["Content-Type"] = value.decode("latin-1")
    return message.get_content_type() if message.get_content_charset("utf-8") == "utf-8" else None


def _request_id() -> str:
    return os.urandom(16).hex()
