"""Variants in how responses are written: HTTP's framing and headers, and the spelling of JSON."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable
from typing import Any

from tests.strangers.kinds import Change, Kind, change, each, header, put, whole
from tests.strangers.messages import LIST, SHOW, Edit, Request, Response

_CHUNKS = "RFC 9112, 7.1"
_FIELDS = "RFC 9112, 5: optional whitespace around a field's value"
_JSON = "RFC 8259, 2: whitespace before and after any of the structural characters"
_STRINGS = "RFC 8259, 7: any character may be escaped"
_NUMBERS = "type integer: JSON Schema takes any number with a zero fractional part"
_MORE = "additionalProperties: true"
_OPTIONAL = "What is optional in a response may be null, too, or left out."
_INTERIM = "RFC 9110, 15.2: a client must be able to parse one or more 1xx responses before the final one"
_PARAMETERS = 'APPLICATION/json ; Charset="utf-8";; v="a;b\\"c"'
_LISTED: tuple[str, ...] = (
    "planTime",
    "startTime",
    "endTime",
    "executeTime",
    "jobInstanceName",
    "submitTime",
    "instanceType",
    "jobId",
)
_LISTED += ("version", "forceSuccess", "ignoreSuccess", "errorMessage")
_NODE: tuple[str, ...] = (
    "planTime",
    "startTime",
    "endTime",
    "type",
    "instanceId",
    "retryTimes",
    "inputRowCount",
    "speed",
    "logPath",
)
_NODE += ("queue",)


def _every(what: Callable[[Response], object]) -> Edit:
    """Changes all responses."""
    return lambda request, response: what(response)


def _add(*headers: tuple[str, str]) -> Edit:
    return _every(lambda response: response.headers.extend(headers))


def _spelled(how: Callable[[Any], str]) -> Edit:
    """Writes the JSON of all bodies otherwise."""

    def what(response: Response) -> None:
        if response.doc is not None:
            response.raw = how(response.doc).encode()

    return _every(what)


def _escaped(doc: Any) -> str:
    def escape(match: re.Match[str]) -> str:
        units = "".join(f"\\u{ord(character):04X}" for character in json.loads(match[0]))
        return f'"{units}"'

    return re.sub(r'"(?:[^"\\]|\\.)*"', escape, json.dumps(doc))


def _spaced(doc: Any) -> str:
    return "\r\n\t " + json.dumps(doc, indent="\t \r\n", separators=("\n ,\r", "\t : \r\n")) + " \r\n\t"


def _backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _backwards(item) for key, item in reversed(value.items())}
    return [_backwards(item) for item in value] if isinstance(value, list) else value


def _respelled(how: Callable[[str], str]) -> Callable[[Any], str]:
    """Writes the whole numbers otherwise."""
    return lambda doc: re.sub(r"(?<=: )-?[0-9]+(?=[,}\]])", lambda match: how(match[0]), json.dumps(doc))


def _exponent(digits: str) -> str:
    sign, digits = ("-", digits[1:]) if digits.startswith("-") else ("", digits)
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E+{len(digits) - 1}"


def _encoded(names: dict[str, Callable[[bytes], bytes]], status: int = 0) -> Edit:
    """Encodes the content as the request's Accept-Encoding allows."""

    def edit(request: Request, response: Response) -> None:
        body = response.payload()
        weights = (part.split(";") for part in (request.header("accept-encoding") or "").lower().split(","))
        allowed = [name.strip() for name, *words in weights if not any(re.search(r"q=0(\.0*)?$", w) for w in words)]
        name = next((each for each in names if each in allowed), None)
        response.headers.append(("Vary", "Accept-Encoding"))
        if body and name is not None and response.status >= status:
            response.raw = names[name](body)
            response.set_header("Content-Encoding", name)

    return edit


def _only(names: tuple[str, ...], **values: Any) -> Callable[[dict[str, Any]], object]:
    """Leaves properties out, or sets them to null."""

    def what(doc: dict[str, Any]) -> None:
        for name in names:
            if "null" in values:
                doc[name] = None
            else:
                doc.pop(name, None)

    return what


def _instances(what: Change) -> Edit:
    """Changes instances both where they are shown and where they are listed."""
    shown, listed = change(SHOW, 200, what), change(LIST, 200, each("instances", what))
    return lambda request, response: (shown(request, response), listed(request, response))


def _nodes(doc: dict[str, Any]) -> None:
    states = ["waiting", "running", "success", "fail", "skip", "pause", "manual-stop"]
    doc["nodes"] = [{"nodeName": f"节点 {number}", "status": states[number % 7]} for number in range(300)]
    doc["total"] = len(doc["nodes"])


WIRE_VARIANTS: dict[str, Kind] = {
    "trailers": Kind("Sends chunked bodies with trailer fields.", "RFC 9112, 7.1.2"),
    "chunk-extensions": Kind("Sends chunk extensions, and sizes with zeros before them and in upper case.", _CHUNKS),
    "one-byte-chunks": Kind("Sends each byte as a chunk of its own.", _CHUNKS),
    "until-close": Kind("Ends a body by closing the connection.", "RFC 9112, 6.3, number 8"),
    "http-1-0": Kind(
        "Answers as an HTTP/1.0 server, which closes each connection.", "RFC 9112, 2.3: the version is the server's"
    ),
    "http-1-0-keep-alive": Kind(
        "Answers as HTTP/1.0, with Connection: keep-alive.", "RFC 9112, 9.3: keep-alive of HTTP/1.0"
    ),
    "no-space-after-colon": Kind("Sends no space after the colon of a header.", _FIELDS),
    "tabs-around-values": Kind("Sends tabs and spaces around the values of headers.", _FIELDS),
    "odd-reason-phrase": Kind(
        "Sends reason phrases of its own, with bytes that are no ASCII.",
        "RFC 9112, 4: obs-text is allowed, and a client should ignore the phrase",
    ),
    "errors-close": Kind("Closes the connection after each error.", "RFC 9112, 9.6"),
    "closes-unannounced": Kind(
        "Closes a connection that is idle for a moment, and does not announce it.",
        "RFC 9112, 9.5: a server may close a connection at any time",
    ),
    "closes-after-three": Kind("Closes each connection after three responses.", "RFC 9112, 9.6"),
    "no-connection-header": Kind("Keeps connections without a Connection header.", "RFC 9112, 9.3"),
    "keep-alive-header": Kind("Sends Keep-Alive.", "RFC 9110, 7.6.1", edit=_add(("Keep-Alive", "timeout=5, max=100"))),
    "in-pieces": Kind("Sends responses in pieces of five bytes.", "RFC 9112, 6: framing is not that of TCP."),
    "continue-twice": Kind("Sends 100 before each response, and twice if it was asked for.", _INTERIM),
    "processing": Kind("Sends 102 before each response.", _INTERIM),
    "early-hints": Kind("Sends 103 with a Link before each response.", _INTERIM + "; RFC 8297"),
    "gateway-headers": Kind(
        "Sends what gateways send: Date, Server, Via, Vary, Cache-Control twice, an ETag, and others.",
        "RFC 9110, 5.3 and 6.6.1",
        edit=_add(
            ("Date", "Sun, 01 Mar 2026 12:00:00 GMT"),
            ("Server", "api-gateway/1.0 (x; y) module/2"),
            ("Via", "1.1 a, 1.0 b:80 (comment)"),
            ("Vary", "Accept-Encoding"),
            ("Vary", "Origin"),
            ("Cache-Control", "no-store"),
            ("Cache-Control", "max-age=0, private"),
            ("Pragma", "no-cache"),
            ("ETag", 'W/"1a2b"'),
            ("Last-Modified", "Sun, 01 Mar 2026 11:00:00 GMT"),
            ("Expires", "0"),
            ("Age", "0"),
            ("Strict-Transport-Security", "max-age=31536000; includeSubdomains;"),
            ("X-Content-Type-Options", "nosniff"),
            ("X-RateLimit-Remaining", "0"),
            ("Accept-Ranges", "none"),
            ("Content-Language", "en"),
            ("Alt-Svc", 'h3=":443"; ma=86400'),
        ),
    ),
    "set-cookie": Kind(
        "Sets cookies, of a path and a domain of its own.",
        "RFC 6265, 3",
        edit=_add(
            ("Set-Cookie", "route=1a; Path=/; HttpOnly; Expires=Wed, 21 Oct 2099 07:28:00 GMT"),
            ("Set-Cookie", "JSESSIONID=2b; Path=/v1; Secure; SameSite=None"),
        ),
    ),
    "cross-origin-headers": Kind(
        "Lets pages of other origins read its responses.",
        "Fetch, 3.2: HTTP leaves further headers to the server.",
        edit=_add(("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", "*")),
    ),
    "content-type-on-204": Kind(
        "Sends a Content-Type with 204.",
        "RFC 9110, 8.3 and 15.3.5: metadata may be sent without content.",
        edit=header("", 204, "Content-Type", "application/json"),
    ),
    "media-type-parameters": Kind(
        "Sends a Content-Type with quoted parameters and spaces.",
        "RFC 9110, 5.6.6 and 8.3.1",
        edit=_every(
            lambda r: (
                r.set_header("Content-Type", 'APPLICATION/json ; Charset="utf-8";; v="a;b\\"c"')
                if r.payload()
                else None
            )
        ),
    ),
    "challenge": Kind(
        "Sends WWW-Authenticate with 401.",
        "RFC 9110, 11.6.1 and 15.5.2",
        edit=header("", 401, "WWW-Authenticate", 'SDK-HMAC-SHA256, Token realm="a, b"'),
    ),
    "odd-request-ids": Kind(
        "Sends X-Request-Id with spaces, quotes and 900 characters.",
        "headers.RequestId: a string of at least one character",
        edit=_every(lambda r: r.set_header("X-Request-Id", f'a b;"c",{r.header("X-Request-Id")}' + "1-d" * 300)),
    ),
    "short-request-ids": Kind(
        "Sends short X-Request-Ids.",
        "headers.RequestId: minLength 1",
        edit=_every(lambda r: r.set_header("X-Request-Id", (r.header("X-Request-Id") or "").lstrip("0") or "-")),
    ),
    "empty-request-id-in-body": Kind(
        "Sends an empty request_id.",
        "ErrorResponse: request_id has no minLength.",
        edit=change("", 4, put(request_id="")),
    ),
    "gzip": Kind(
        "Compresses what the request allows to be compressed.",
        "RFC 9110, 8.4 and 12.5.3",
        edit=_encoded({"gzip": gzip.compress}),
    ),
    "deflate": Kind(
        "Compresses with deflate what the request allows to be.",
        "RFC 9110, 8.4.1.2 and 12.5.3",
        edit=_encoded({"deflate": zlib.compress, "gzip": gzip.compress}),
    ),
    "gzip-errors": Kind(
        "Compresses errors only.",
        "RFC 9110, 8.4 and 12.5.3",
        edit=_encoded({"gzip": gzip.compress}, 400),
    ),
    "escaped-strings": Kind("Escapes each character of names and strings.", _STRINGS, edit=_spelled(_escaped)),
    "escaped-slashes": Kind(
        "Escapes slashes, and what is no ASCII.",
        _STRINGS,
        edit=_spelled(lambda doc: json.dumps(doc | {"path": "a/b作"}).replace("/", "\\/")),
    ),
    "much-whitespace": Kind("Sends whitespace wherever JSON has it.", _JSON, edit=_spelled(_spaced)),
    "no-whitespace": Kind(
        "Sends no whitespace.", _JSON, edit=_spelled(lambda doc: json.dumps(doc, separators=(",", ":")))
    ),
    "properties-backwards": Kind(
        "Sends properties in another order.",
        "RFC 8259, 4: an object is unordered",
        edit=_spelled(lambda doc: json.dumps(_backwards(doc))),
    ),
    "integers-with-fraction": Kind(
        "Spells integers as 132343.0.", _NUMBERS, edit=_spelled(_respelled(lambda digits: f"{digits}.0"))
    ),
    "integers-with-exponent": Kind("Spells integers as 1.32343E+5.", _NUMBERS, edit=_spelled(_respelled(_exponent))),
    "counts-with-fraction": Kind(
        "Spells integers of one to three digits as 1.0.",
        _NUMBERS,
        edit=_spelled(_respelled(lambda digits: f"{digits}.0" if len(digits) < 4 else digits)),
    ),
    "no-request-id-on-204": Kind(
        "Sends no X-Request-Id with 204.",
        "headers.OptionalRequestId: required false",
        edit=header("", 204, "X-Request-Id", None),
    ),
    "no-start-while-waiting": Kind(
        "Sends the startTime 0 while an instance waits.",
        "JobInstance: startTime, do not rely on it while the instance waits.",
        edit=_instances(lambda doc: doc.update(startTime=0) if doc["status"] == "waiting" else None),
    ),
    "nodes-appear-later": Kind(
        "Shows no nodes while an instance waits.",
        "JobInstance: total is how many nodes there are, and may be 0.",
        edit=change(SHOW, 200, lambda doc: doc.update(total=0, nodes=[]) if doc["status"] == "waiting" else None),
    ),
    "extra-odd-properties": Kind(
        "Adds properties with odd names and values.",
        _MORE,
        edit=_every(
            lambda r: (
                r.doc.update({"": 10**40, "__proto__": {"a": [[[[]]]]}, "é😀\x00": -0.0, "big": 1e308})
                if r.doc is not None
                else None
            )
        ),
    ),
    "extra-lone-surrogate": Kind(
        "Adds a property that is half of a surrogate pair.",
        _MORE + "; RFC 8259, 8.2: the grammar allows it",
        edit=_spelled(lambda doc: json.dumps(doc | {"half": "\ud83d"})),
    ),
    "odd-words": Kind(
        "Words errors in many lines and in Chinese.",
        "ErrorResponse: the words are the server's own.",
        edit=change("", 4, put(error_msg='参数\n无效\t"\\ \u2028😀' * 400)),
    ),
    "list-required-only": Kind(
        "Lists the required properties only.",
        _OPTIONAL,
        edit=change(LIST, 200, each("instances", _only(_LISTED))),
    ),
    "list-all-null": Kind(
        "Lists null for all that is optional.",
        _OPTIONAL,
        edit=change(LIST, 200, each("instances", _only(_LISTED, null=None))),
    ),
    "show-required-only": Kind(
        "Shows the required properties only.",
        _OPTIONAL,
        edit=change(SHOW, 200, lambda doc: (_only(_LISTED)(doc), [_only(_NODE)(node) for node in doc["nodes"]])),
    ),
    "show-all-null": Kind(
        "Shows null for all that is optional.",
        _OPTIONAL,
        edit=change(
            SHOW,
            200,
            lambda doc: (_only(_LISTED, null=None)(doc), [_only(_NODE, null=None)(node) for node in doc["nodes"]]),
        ),
    ),
    "many-nodes": Kind(
        "Shows 300 nodes, in all states.", "NodeStatus; total counts the nodes.", edit=change(SHOW, 200, _nodes)
    ),
    "odd-times": Kind(
        "Shows times before 1970 and ends before beginnings.",
        "JobInstance: times are integers of 64 bits, and nothing relates them.",
        edit=_instances(put(startTime=-(2**63), endTime=-1, executeTime=-1.5e-7)),
    ),
    "odd-texts": Kind(
        "Shows an errorMessage without an error, and flags that say otherwise than the status.",
        "JobInstance: errorMessage, forceSuccess",
        edit=_instances(put(errorMessage="", forceSuccess=True, ignoreSuccess=True)),
    ),
    "errors-with-examples-words": Kind(
        "Sends the request_id of errors of the service too, and a message of one character.",
        "ErrorResponse",
        edit=change("", 400, put(error_msg=".", request_id="作")),
    ),
    "line-before-body": Kind(
        "Sends a line feed before bodies.",
        _JSON,
        edit=whole("", 200, lambda r: setattr(r, "raw", b"\r\n" + r.payload())),
    ),
}
