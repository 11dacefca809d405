"""From a request to its response: what the service and its gateway do, without any transport.

The order of checks, and the example that is the response to each violation; the first that finds something wins:

1. the request is HTTP (`RequestError`);
2. the path is an operation's (`ApiNotFound`), and the method one that the path has (`MethodNotAllowed`);
3. the credentials are there and right (`TokenMissing`, `TokenInvalid`, `TokenExpired`, `AccessKeyUnknown`,
   `SignatureInvalid`);
4. the project has requests left in this second (`Throttled`);
5. the body is not larger than the operation takes (`BodyTooLarge`), and has arrived to its end (`RequestError`);
6. the media type is one that the operation takes (`MediaTypeUnsupported`);
7. the parameters keep their rules, those with errors of their own last (`ParameterInvalid`, or as they say);
8. the body is JSON, and keeps its schema (`ParameterInvalid`);
9. no response is forced, by the request's own `Prefer` or by a fault in line;
10. the operation's behaviour finds nothing wrong (`WorkspaceNotFound`, `JobNotFound`, `JobInstanceNotFound`,
    `JobInstanceStateWrong`).

Whatever the response is, it is checked against the contract before it goes out. Faults of the transport are no business
of this module: `_app` sees to them, before anything here and after.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from dataarts_auth import access_key_of, verify_signature

from ._behaviours import BEHAVIOURS
from ._clock import SECOND, Clock, as_datetime
from ._document import Document, Example, Operation, SecurityScheme, query_values
from ._faults import Faults, preference
from ._json import encode_json
from ._state import State
from ._violations import Kind, Violation


class Request:
    """A request as it arrived.

    Args:
        method: In capitals.
        raw_path: The path, percent-encoded as it was on the wire.
        query: What followed the question mark.
        headers: Pairs of name, in small letters, and value.

    Attributes:
        fields: The headers' values by name; where a name came more than once, joined by commas.
        body: The body, up to the size that the operations take.
        too_large: Whether the body was larger than that, and was dropped.
        incomplete: Whether the body did not arrive to its end.
        malformed: Which rule of HTTP it breaks; empty if none.
        awaits_body: Whether the body is still to be read.
        is_counted: Whether it has been counted among the requests of its second.
        operation: The operation it is for, by its operationId.
        parameters: What the checks have read of the parameters, by name.
        payload: What the checks have read of the body.
    """

    __slots__ = (
        "awaits_body",
        "body",
        "fields",
        "headers",
        "incomplete",
        "is_counted",
        "malformed",
        "method",
        "operation",
        "parameters",
        "payload",
        "query",
        "raw_path",
        "too_large",
    )

    def __init__(self, method: str, raw_path: bytes, query: bytes, headers: list[tuple[bytes, bytes]]) -> None:
        self.method = method
        self.raw_path = raw_path
        self.query = query
        self.headers = headers
        self.fields = dict(headers)
        if len(self.fields) != len(headers):
            self.fields = _joined(headers)
        self.body = b""
        self.too_large = False
        self.incomplete = False
        self.malformed = ""
        self.awaits_body = False
        self.is_counted = False
        self.operation: str | None = None
        self.parameters: dict[str, Any] = {}
        self.payload: Any = None


class Response:
    """What goes out, and what is remembered of it.

    Args:
        status: The HTTP status; 0 where there is to be none.
        headers: The headers, named as in the document.
        body: The body.
        violation: Code and message of the error that it is; None if it is none.

    Attributes:
        fault: What was made to go wrong.
        carried_out: Whether the operation took place.
    """

    __slots__ = ("body", "carried_out", "delay", "fault", "headers", "status", "violation")

    def __init__(self, status: int, headers: dict[str, str], body: bytes, violation: str | None = None) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.violation = violation
        self.fault: str | None = None
        self.carried_out = False
        self.delay = 0.0


class Route:
    """Where a request goes.

    Args:
        operation: The operation.
        raw: The path parameters by name, as they were on the wire.

    Attributes:
        project: The first path parameter, by which requests are counted.
        values: The path parameters that keep their rules, by name.
        unread: The other parameters, in the order in which they are checked.
        violations: What is wrong with path parameters, by name.
    """

    __slots__ = ("operation", "project", "unread", "values", "violations")

    def __init__(self, operation: Operation, raw: dict[str, bytes]) -> None:
        self.operation = operation
        self.project = next(iter(raw.values()), b"")
        path = [each for each in operation.parameters if each.location == "path"]
        readings = {each.name: each.read(raw[each.name]) for each in path}
        self.values = {name: value for name, (value, violation) in readings.items() if not violation}
        self.violations = {name: violation for name, (_, violation) in readings.items() if violation}
        self.unread = [each for each in operation.parameters if each.name not in self.values]


class InvalidResponseError(Exception):
    """The mock was about to send what the contract does not allow: a defect of the mock, or of its document."""


class Service:
    """Responds to requests as the contract says.

    Args:
        document: The contract.
        state: The jobs there are.
        faults: The faults in line.
        token: The one token that is known.
        access_key: The one access key that is known.
        secret_key: The secret key to it.
        rate_limit: Requests a second and project; None for no limit.

    Attributes:
        clock: Tells the time, for the dates of signatures, the age of tokens and what is counted in each second.
        token: The last token that was issued.
    """

    def __init__(
        self,
        document: Document,
        state: State,
        faults: Faults,
        *,
        token: str,
        access_key: str,
        secret_key: str,
        rate_limit: int | None = None,
    ) -> None:
        self.document = document
        self.state = state
        self.faults = faults
        self.clock = state.clock
        self.token = token
        self.throttle = Throttle(rate_limit, self.clock) if rate_limit is not None else None
        self._first_token = token
        self._issued = {token.encode(): 0}
        """By how much the clock had been moved when a token was issued, by token."""
        self._access_key = access_key
        self._secret_key = secret_key
        self._route = lru_cache(maxsize=64)(self._find_route)  # Most requests go where others went before.

    def respond(self, request: Request) -> Response:
        """Return the response to a request."""
        if request.malformed:
            return self._refusal(Violation(Kind.REQUEST_ERROR, request.malformed))
        route = self._route(request.method, request.raw_path)
        if isinstance(route, Violation):
            return self._refusal(route)
        operation = route.operation
        request.operation = operation.id
        if violation := self._violation(route, request):
            return self._refusal(violation)
        if (b"prefer" in request.fields or self.faults.waiting) and (forced := self._forced(operation, request)):
            return forced
        outcome = operation.example.value
        if behaviour := BEHAVIOURS.get(operation.id):
            outcome = behaviour(self.state, operation, request.parameters, request.payload)
            if isinstance(outcome, Violation):
                return self._refusal(outcome)
        elif violation := self.state.unknown(request.parameters):
            return self._refusal(violation)
        response = self._checked(operation.example, {"X-Request-Id": _request_id()}, outcome)
        response.carried_out = True
        return response

    def refuse_before_body(self, request: Request) -> Response | None:
        """Return the refusal of a request whose body is still to come; None where only the body can tell."""
        if request.malformed:
            return self.respond(request)
        route = self._route(request.method, request.raw_path)
        if isinstance(route, Violation):
            return self._refusal(route)
        request.operation = route.operation.id
        length = request.fields.get(b"content-length", b"")
        request.too_large = length.isdigit() and int(length) > route.operation.max_body_bytes
        request.awaits_body = True
        _, violation = self._head_violation(route, request)
        request.awaits_body = request.too_large = False
        return self._refusal(violation) if violation else None

    def reset(self) -> None:
        """Go back to the start: the jobs, the instance IDs, the clock, the token, no faults, no requests counted."""
        self.state.reset()
        self.token = self._first_token
        self._issued = {self.token.encode(): 0}
        self.faults.clear()
        if self.throttle:
            self.throttle.clear()

    def find_operation(self, request: Request) -> str | None:
        """Return the operation that a request is for, by its operationId, whatever else is wrong with it."""
        route = self._route(request.method, request.raw_path)
        return None if isinstance(route, Violation) else route.operation.id

    def renew_token(self) -> str:
        """Issue another token, and return it; those issued before are valid as long as they would have been."""
        self.token = f"{self._first_token}-{len(self._issued) + 1}"
        self._issued[self.token.encode()] = self.clock.ahead
        return self.token

    def _find_route(self, method: str, raw_path: bytes) -> Route | Violation:
        segments = raw_path.split(b"/")
        allowed = []
        for operation in self.document.routes:
            if (raw := operation.match(segments)) is not None:
                if operation.method == method:
                    return Route(operation, raw)
                allowed.append(operation.method)
        if allowed:
            headers = {"Allow": ", ".join(sorted(set(allowed)))}
            return Violation(Kind.METHOD_NOT_ALLOWED, headers=headers)
        return Violation(Kind.API_NOT_FOUND)

    def _violation(self, route: Route, request: Request) -> Violation | None:
        """Return the first thing that is wrong with a request, and read its parameters and payload on the way."""
        operation = route.operation
        media_type, violation = self._head_violation(route, request)
        if violation:
            return violation
        query = query_values(request.query) if request.query else {}
        request.parameters = parameters = route.values.copy()
        for parameter in route.unread:
            if parameter.location == "path":
                return route.violations[parameter.name]
            if parameter.location == "query":
                value, violation = parameter.read(*query.get(parameter.name, ()))
            elif (field := request.fields.get(parameter.field)) is not None:
                value, violation = parameter.read(field)
            else:
                value, violation = parameter.read()
            parameters[parameter.name] = value
            if violation:
                return violation
        if operation.body:
            request.payload, violation = operation.body.read(media_type, request.body)
        return violation

    def _head_violation(self, route: Route, request: Request) -> tuple[str | None, Violation | None]:
        """Return the media type, and the first thing that is wrong and can be told without reading the body."""
        operation = route.operation
        if violation := self._credentials(operation, request):
            return None, violation
        if self.throttle and not request.is_counted and (seconds := self.throttle.take(route.project)):
            message = _LIMIT.sub(f"limit:{self.throttle.limit}", self._message(Kind.THROTTLED))
            return None, Violation(Kind.THROTTLED, message=message, headers={"Retry-After": str(seconds)})
        request.is_counted = True
        if request.too_large or len(request.body) > operation.max_body_bytes:
            return None, Violation(Kind.BODY_TOO_LARGE, f"body: larger than {operation.max_body_bytes} bytes")
        if request.incomplete:
            return None, Violation(Kind.REQUEST_ERROR, "body: incomplete")
        return _media_type(operation, request)

    def _credentials(self, operation: Operation, request: Request) -> Violation | None:
        """Check the credentials: one of the alternatives that the operation lists must hold entirely."""
        if not operation.security:
            return None
        found: list[Violation] = []
        for alternative in operation.security:
            violations = [violation for scheme in alternative if (violation := self._scheme(scheme, request))]
            if not violations:
                return None
            found += violations
        # What was sent and is wrong says more than what was not sent.
        return next((violation for violation in found if violation.example != Kind.TOKEN_MISSING), found[0])

    def _scheme(self, scheme: SecurityScheme, request: Request) -> Violation | None:
        value = request.fields.get(scheme.field)
        if value is None:
            return Violation(Kind.TOKEN_MISSING)
        if not scheme.is_signature:
            issued = self._issued.get(value)
            if issued is None:
                return Violation(Kind.TOKEN_INVALID)
            # Only what the clock was moved by counts: a mock that runs for days goes on taking its token.
            if self.clock.ahead and scheme.max_age and self.clock.ahead - issued > scheme.max_age * SECOND:
                return Violation(Kind.TOKEN_EXPIRED)
            return None
        access_key = access_key_of(value)
        if access_key is not None and access_key != self._access_key:
            unknown = _ACCESS_KEY.sub(lambda _: f"ak:{access_key},", self._message(Kind.ACCESS_KEY_UNKNOWN))
            return Violation(Kind.ACCESS_KEY_UNKNOWN, message=unknown)
        if request.too_large or request.awaits_body:  # Without the whole body there is nothing to verify.
            return None
        message = verify_signature(
            request.method,
            request.raw_path,
            request.query,
            request.headers,
            request.body,
            secret_key=self._secret_key,
            now=as_datetime(self.clock.now()),
        )
        return Violation(Kind.SIGNATURE_INVALID, message=message) if message else None

    def _message(self, kind: str) -> str:
        return str(self.document.examples[kind].value["error_msg"])

    def _forced(self, operation: Operation, request: Request) -> Response | None:
        """Return the response that the request prefers, or else that a fault in line forces."""
        wanted = preference(request.fields.get(b"prefer", b"").decode("latin-1"), operation)
        if isinstance(wanted, str):
            return self._refusal(Violation(Kind.PARAMETER_INVALID, f"Prefer: {wanted}"))
        if wanted is not None:
            return self._documented(wanted, {}, "Prefer")
        if taken := self.faults.take_forced_response(operation):
            example, fault = taken
            response = self._documented(example, fault.headers, str(fault))
            response.delay = fault.delay
            return response
        return None

    def _documented(self, example: Example, headers: Mapping[str, str], fault: str) -> Response:
        """Give a documented response as it stands in the document."""
        request_id = _request_id()
        headers = {**example.response.header_examples, **headers, "X-Request-Id": request_id}
        payload, violation = example.value, None
        if example.status >= 400:
            payload = {**payload, "request_id": request_id}
            violation = f"{payload['error_code']} {payload['error_msg']}"
        response = self._checked(example, headers, payload, violation)
        response.fault = fault
        return response

    def _refusal(self, violation: Violation) -> Response:
        example = self.document.examples[violation.example]
        payload = dict(example.value)
        message = violation.message or " ".join(filter(None, (payload["error_msg"], violation.detail)))
        request_id = _request_id()
        payload.update(error_msg=message, request_id=request_id)
        headers = {**violation.headers, "X-Request-Id": request_id}
        return self._checked(example, headers, payload, f"{payload['error_code']} {message}")

    def _checked(
        self, example: Example, headers: dict[str, str], payload: Any, violation: str | None = None
    ) -> Response:
        """Make a response like a documented one, and check it against the same description."""
        documented = example.response
        if broken := documented.violation(headers, payload):
            raise InvalidResponseError(f"response {example.status}: {broken}")
        if documented.media_type is None:
            return Response(example.status, headers, b"", violation)
        headers["Content-Type"] = documented.media_type
        return Response(example.status, headers, encode_json(payload), violation)


class Throttle:
    """Counts requests in each second, by project.

    Args:
        limit: How many are let through.
        clock: Tells the time.
    """

    def __init__(self, limit: int, clock: Clock) -> None:
        self.limit = limit
        self._clock = clock
        self._second = 0
        self._taken: dict[bytes, int] = {}

    def clear(self) -> None:
        """Forget what was counted."""
        self._taken.clear()

    def take(self, project: bytes) -> int:
        """Count a request; 0 if it is let through, else the seconds to wait."""
        second = self._clock.now() // SECOND
        if second != self._second:
            self._second = second
            self._taken.clear()
        taken = self._taken.get(project, 0)
        if taken >= self.limit:
            return 1  # The next second begins before one has passed.
        self._taken[project] = taken + 1
        return 0


_ACCESS_KEY = re.compile(r"ak:[^,]*,")
_LIMIT = re.compile(r"limit:\d+")


def _media_type(operation: Operation, request: Request) -> tuple[str | None, Violation | None]:
    coding = request.fields.get(b"content-encoding")
    if coding is not None and coding.strip().lower() != b"identity":
        headers = {"Accept-Encoding": "identity"}
        return None, Violation(Kind.MEDIA_TYPE_UNSUPPORTED, "Content-Encoding: not identity", headers=headers)
    value = request.fields.get(b"content-type")
    if operation.body is None or (value is None and not request.body):
        return None, None
    media_type, charset = _read_media_type(value or b"")
    if media_type not in operation.body.schemas:
        allowed = " or ".join(operation.body.schemas)
        return None, Violation(Kind.MEDIA_TYPE_UNSUPPORTED, f"Content-Type: not {allowed}")
    if charset not in ("utf-8", "utf8"):
        return None, Violation(Kind.MEDIA_TYPE_UNSUPPORTED, "Content-Type: charset not utf-8, the one that JSON has")
    return media_type, None


_PARAMETER = re.compile(r';\s*([^\s;="]*)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^;"]*))?')


@lru_cache(maxsize=64)
def _read_media_type(value: bytes) -> tuple[str, str]:
    """Return the media type and the charset, in small letters."""
    media_type, semicolon, parameters = value.decode("latin-1").partition(";")
    charsets = [
        text.strip().strip('"').lower()
        for name, text in _PARAMETER.findall(semicolon + parameters)
        if name.lower() == "charset"
    ]
    return media_type.strip().lower(), charsets[0] if charsets else "utf-8"


def _joined(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    fields: dict[bytes, bytes] = {}
    for name, value in headers:
        fields[name] = fields[name] + b", " + value if name in fields else value
    return fields


def _request_id() -> str:
    return f"{random.getrandbits(128):032x}"
