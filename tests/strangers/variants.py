"""Variants: servers that keep the document and differ from the obvious one."""

from __future__ import annotations

from tests.strangers.kinds import Kind, change, code, drop, each, header, put, whole
from tests.strangers.messages import LIST, SHOW
from tests.strangers.variants_service import SERVICE_VARIANTS
from tests.strangers.variants_wire import WIRE_VARIANTS

_ORDER = "Which of several errors is answered is not said."
_WORDS = "The words of error_msg are the server's own."
_MORE = "additionalProperties: true"
_HTTP = "HTTP/1.1 leaves it to the server."
_OPTIONAL = "The property is optional."
_REPEATED = "x-refusals: what HTTP leaves open, a header that is repeated."
_SPELLINGS = "x-refusals: other spellings of an integer are the server's own choice."
_POLICY = "The policy is the server's own; the 30 of the example is an example."

VARIANTS: dict[str, Kind] = {
    "credentials-first": Kind("Answers 401 before 404 and 405.", _ORDER),
    "validate-first": Kind("Checks the path and the workspace before the credentials.", _ORDER),
    "throttle-before-credentials": Kind("Counts requests without credentials too.", "The policy is the server's own."),
    "job-before-body": Kind("Looks the job up before it reads the body.", _ORDER),
    "other-words": Kind("Words all errors otherwise.", _WORDS, edit=change("", 4, put(error_msg="Nein."))),
    "empty-words": Kind(
        "Sends an empty error_msg.", "error_msg has no minLength.", edit=change("", 4, put(error_msg=""))
    ),
    "request-id-in-header-only": Kind("Leaves request_id out.", _OPTIONAL, edit=change("", 4, drop("request_id"))),
    "request-id-in-body-too": Kind(
        "Sends request_id with every error.", _OPTIONAL, edit=change("", 4, put(request_id="r1"))
    ),
    "no-request-id-on-success": Kind(
        "Sends no X-Request-Id with 200.", _OPTIONAL, edit=header("", 200, "X-Request-Id", None)
    ),
    "extra-headers": Kind("Sends a header of its own.", _HTTP, edit=header("", 200, "X-Envoy-Upstream", "12")),
    "error-extra-property": Kind("Adds a property to errors.", _MORE, edit=change("", 4, put(detail={"a": [1]}))),
    "success-extra-property": Kind("Adds a property to bodies.", _MORE, edit=change("", 200, put(requestTime=1.5))),
    "node-extra-property": Kind(
        "Adds a property to nodes.", _MORE, edit=change(SHOW, 200, each("nodes", put(extra=None)))
    ),
    "lower-case-headers": Kind("Sends header names in lower case.", _HTTP),
    "upper-case-headers": Kind("Sends header names in upper case.", _HTTP),
    "no-reason-phrase": Kind("Sends no reason phrase.", _HTTP),
    "chunked-responses": Kind("Sends chunked bodies.", _HTTP),
    "slow": Kind("Answers 50 ms later.", "No time is stated."),
    "connection-close": Kind("Closes the connection after each response.", _HTTP),
    "content-type-missing-400": Kind(
        "Answers 400 APIGW.0106 to a body without a Content-Type.", "A server may answer either."
    ),
    "charset": Kind(
        "Names the charset in Content-Type.",
        _HTTP,
        edit=header("", 200, "Content-Type", "application/json;charset=UTF-8"),
    ),
    "media-type-case": Kind(
        "Sends Application/JSON.",
        "Media types are case-insensitive.",
        edit=header("", 200, "Content-Type", "Application/JSON"),
    ),
    "newer-instance-code": Kind(
        "Answers DLF.30137 for an unknown instance.",
        "examples.JobInstanceNotFoundNewer",
        edit=code(400, "DLF.0137", "DLF.30137"),
    ),
    "workspace-unknown-as-job": Kind(
        "Answers DLF.0100 for a job in an unknown workspace.", "The hint of DLF.0100 names the workspace."
    ),
    "list-oldest-first": Kind("Lists the oldest first.", "The order is stated nowhere."),
    "list-pages-backwards": Kind("Lists each page backwards.", "The order is stated nowhere."),
    "list-few-properties": Kind(
        "Lists the required properties and null.",
        _OPTIONAL,
        edit=change(LIST, 200, each("instances", put(planTime=None, startTime=None, instanceType=None))),
    ),
    "show-few-properties": Kind(
        "Shows null for times.",
        _OPTIONAL,
        edit=change(SHOW, 200, put(planTime=None, startTime=None, instanceType=None)),
    ),
    "other-nodes": Kind(
        "Shows an instance without nodes.", "total may be 0.", edit=change(SHOW, 200, put(total=0, nodes=[]))
    ),
    "body-bom-accepted": Kind("Ignores a byte order mark before a body.", "RFC 8259, 8.1: a parser may."),
    "duplicate-keys-refused": Kind(
        "Refuses objects that repeat a name.", "RFC 8259, 4: the behaviour is unpredictable."
    ),
    "duplicate-keys-first": Kind("Takes the first of repeated names.", "RFC 8259, 4: the behaviour is unpredictable."),
    "repeated-query-first": Kind("Takes the first of repeated query parameters.", "The document does not say."),
    "ids-beyond-float": Kind("Starts with IDs above 2 to the power of 53.", "schemas.RunJobResponse: 64 bits."),
    "retry-after-zero": Kind(
        "Sends the Retry-After 0.", "headers.RetryAfter: minimum 0.", edit=header("", 429, "Retry-After", "0")
    ),
    "pretty-bodies": Kind(
        "Sends bodies with a line feed at their end.",
        "It is JSON.",
        edit=whole("", 200, lambda r: setattr(r, "raw", r.payload() + b"\n")),
    ),
    "method-404": Kind("Answers 404 to a wrong method, as the real gateway does.", "x-refusals: method, ApiNotFound"),
    "token-repeated": Kind("Takes the last of several X-Auth-Token headers.", _REPEATED),
    "workspace-last-value": Kind("Takes the last of several workspaces.", _REPEATED),
    "id-lenient-integer": Kind("Takes instance IDs such as +1 and 1.0.", _SPELLINGS),
    "query-lenient-integer": Kind("Takes numbers such as +1 and 1.0 in the query.", _SPELLINGS),
    "body-of-get-refused": Kind(
        "Refuses a body where the operation has none, if it is small.",
        "x-refusals: what HTTP leaves open; RFC 9110, 9.3.1 lets servers reject it.",
    ),
    "list-unknown-query-refused": Kind(
        "Refuses an unknown query parameter.", "x-refusals: what HTTP leaves open, query parameters that are unknown."
    ),
    "not-acceptable": Kind(
        "Answers 406 if Accept leaves JSON out.",
        "x-refusals: what HTTP leaves open, an Accept that leaves out the media type; RFC 9110, 12.5.1.",
    ),
    "throttle-29": Kind("Throttles after 29 requests.", _POLICY, {"rate": 29}),
    "throttle-31": Kind("Throttles after 31 requests.", _POLICY, {"rate": 31}),
    **WIRE_VARIANTS,
    **SERVICE_VARIANTS,
}
