"""Requests as they are put on the wire, responses as they came off it, and how to tell a person of both."""

from __future__ import annotations

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NoReturn, Self
from urllib.parse import quote, urlencode

import httpx

from .document import Document, Operation, Parameter, Response
from .parameters import to_texts
from .target import Target
from .words import short, shown_bytes

_MOST_DIGITS = 30
_SECRETS = ("x-auth-token", "authorization", "x-security-token", "cookie")
_OF_ANY_CLIENT = ("host", "accept", "accept-encoding", "connection", "user-agent", "content-length")


@dataclass(frozen=True)
class Request:
    """A request of an operation, in parts that a test can change one by one.

    Args:
        operation: What it asks for.
        path: The path parameters.
        query: The query, as pairs.
        headers: All headers but those of the credentials.
        content: The body as it goes over the wire.
        method: In the place of the operation's.
        target: Path and query as they go over the wire, in the place of what the parameters make.
        chunked: Whether the body goes in chunks, without its length being told before.
    """

    operation: Operation
    path: Mapping[str, str]
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    method: str = ""
    target: str = ""
    chunked: bool = False

    def having(self, **changes: Any) -> Self:
        """Return the request with some parts replaced."""
        return replace(self, **changes)

    def having_body(self, value: Any) -> Self:
        """Return the request with a JSON body, in UTF-8."""
        return self.having(content=json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"))

    def having_header(self, name: str, value: str | None) -> Self:
        """Return the request with a header; None leaves it out."""
        kept = {key: each for key, each in self.headers.items() if key.lower() != name.lower()}
        return self.having(headers=kept if value is None else {**kept, name: value})

    def having_parameter(self, parameter: Parameter, value: Any) -> Self:
        """Return the request with a parameter's value; None leaves it out."""
        texts = [] if value is None else to_texts(parameter, value)
        name = parameter.name
        if parameter.location == "query":
            kept = tuple(pair for pair in self.query if pair[0] != name)
            return self.having(query=(*kept, *((name, text) for text in texts)))
        if parameter.location == "header":
            return self.having_header(name, texts[0] if texts else None)
        return self.having(path={**self.path, name: texts[0] if texts else ""})

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
            path = path.replace(f"{{{name}}}", quote(value, safe="", errors="surrogatepass"))
        return f"{path}?{urlencode(self.query, quote_via=quote)}" if self.query else path


@dataclass(frozen=True)
class Exchange:
    """A request that was sent, and its response."""

    request: Request
    response: httpx.Response
    target: Target

    @property
    def status(self) -> int:
        """The response's status."""
        return self.response.status_code

    @property
    def body(self) -> Any:
        """The response's JSON; None if it has none."""
        return self.read()[0]

    @property
    def code(self) -> Any:
        """The response's error code."""
        return self.body.get("error_code") if isinstance(self.body, dict) else None

    def read(self) -> tuple[Any, str | None]:
        """Return the response's JSON, and what it is instead if it is none."""
        content = self.response.content
        if not content:
            return None, "empty"
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            return None, f"not UTF-8: {error.reason} at byte {error.start}: {shown_bytes(content)}"
        try:
            return json.loads(text, parse_constant=_refuse, parse_float=_number), None
        except (ValueError, RecursionError) as error:
            return None, f"not JSON: {error}: {shown_bytes(content)}"

    @property
    def said(self) -> str:
        """The response in a few words: its status, and its code and message or else what it is."""
        body = self.body if isinstance(self.body, dict) else {}
        words = [str(body[name]) for name in ("error_code", "error_msg") if name in body]
        if not words:
            words = [shown_bytes(self.response.content) if self.response.content else "without a body"]
        return short(" ".join([str(self.status), *words]), 200)

    def told(self, rule: str) -> str:
        """Return what to tell a person: the rule, then the response, and how to repeat the request."""
        headers = "".join(f"\n    {name}: {value}" for name, value in self.response.headers.items())
        text = shown_bytes(self.response.content, 2000)
        return (
            f"{rule}\n\n  The response was {self.status}:{headers}\n\n    {text}\n\n"
            f"  Repeat it with:\n\n    {self.curl()}\n"
        )

    def curl(self) -> str:
        """Return the command line that sends the request again; secrets that are not ours stay out of it."""
        sent = self.response.request
        parts = ["curl", "-i", "--path-as-is", "-X", sent.method]
        for name, value in sent.headers.items():
            if name in _SECRETS and not self.target.own:
                value = "$TOKEN" if name == "x-auth-token" else "<credentials>"
            elif self.target.token and not self.target.own:  # where no token belongs
                value = value.replace(self.target.token, "$TOKEN")
            if name not in _OF_ANY_CLIENT or (name == "accept" and value != "*/*"):
                parts += ["-H", f"{name}: {value}" if value else f"{name};"]
        if body := self.request.content:
            parts += ["--data-binary", body.decode(errors="replace") if len(body) < 20_000 else f"<{len(body)} bytes>"]
        base = httpx.URL(self.target.base_url)
        raw = self.request.raw_target if self.target.own or not self.target.token else self._without_token()
        parts.append(f"{base}".rstrip("/") + raw)
        return " ".join(f'"{part}"' if "$TOKEN" in part else shlex.quote(part) for part in parts)

    def _without_token(self) -> str:
        return self.request.raw_target.replace(quote(str(self.target.token), safe=""), "$TOKEN")


def _number(text: str) -> int | float:
    """Return a number with a fraction or an exponent; one such as 1.0 or 1E3 is an integer, as JSON Schema has it."""
    exact = Decimal(text)
    if exact.adjusted() <= _MOST_DIGITS and exact == exact.to_integral_value():
        return int(exact)
    return float(text)


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def described(document: Document, exchange: Exchange, responses: Mapping[int, Response] | None = None) -> str | None:
    """Return what about a response is not as the document describes it, or None.

    Args:
        document: The contract.
        exchange: The response, and what it answers.
        responses: What is documented besides the operation's own responses.
    """
    operation = exchange.request.operation
    response = (responses or {}).get(exchange.status) or operation.response(exchange.status)
    if response is None:
        documented = ", ".join([*operation.responses, *map(str, responses or ())])
        return f"status {exchange.status}: not among the documented ones ({documented})"
    for name, (required, schema) in response.headers.items():
        value: Any = exchange.response.headers.get(name)
        if value is None:
            if required:
                return f"header {name}: missing"
            continue
        if schema.get("type") == "integer" and value.isascii() and value.isdecimal():
            value = int(value)
        if violation := document.violation(schema, value):
            return f"header {name}: {violation}"
    if exchange.request.verb == "HEAD":
        return None
    if response.media_type is None:
        content = exchange.response.content
        return f"body: {shown_bytes(content)} where the document has none" if content else None
    content_type = exchange.response.headers.get("content-type", "")
    if content_type.partition(";")[0].strip().lower() != response.media_type:
        return f"Content-Type: {content_type or 'missing'}, not {response.media_type}"
    if not response.media_type.endswith("json"):
        return None
    body, fault = exchange.read()
    violation = (fault and f"is {fault}") or document.violation(response.schema, body)
    return f"body: {violation}" if violation else None
