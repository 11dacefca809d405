"""Faults in what a server sends: statuses, headers and bodies."""

from __future__ import annotations

import gzip

from tests.strangers.kinds import Kind, change, code, convert, drop, each, header, put, raw, rename, status, whole
from tests.strangers.messages import LIST, RESTART, RUN, SHOW, STOP, Response

_LIST = "listJobInstances: the instances that match every given parameter"
_TOTAL = "schemas.JobInstanceList: total is how many instances there are on all pages"
_RUN = "schemas.RunJobResponse: instanceId is a required integer"
_SHOWN = "schemas.JobInstance"
_NODE = "schemas.NodeInstance"
_SUMMARY = "schemas.JobInstanceSummary"
_ERROR = "schemas.ErrorResponse: error_code and error_msg are required strings"
_STATUS = "responses of the operation"
_HEADERS = "headers of the response"
_CONTENT = "content of the response: application/json"
_EMPTY = "responses.JobInstanceChanged: there is no body"
_THROTTLE = "responses.TooManyRequests: 429 with Retry-After"


def _cut(response: Response) -> None:
    response.raw = response.payload()[:-1]


def _shorter(response: Response) -> None:
    response.length_offset, response.close = -1, True


RESPONSE_FAULTS: dict[str, Kind] = {
    **{f"{o}-500": Kind(f"Answers 500 to {o}.", _STATUS, edit=status(o, 200, 500)) for o in (RUN, SHOW, LIST)},
    **{f"{o}-201": Kind(f"Answers 201 to {o}.", _STATUS, edit=status(o, 200, 201)) for o in (RUN, SHOW, LIST)},
    **{f"{o}-200": Kind(f"Answers 200 to {o}.", _STATUS, edit=status(o, 204, 200)) for o in (STOP, RESTART)},
    **{f"{o}-202": Kind(f"Answers 202 to {o}.", _STATUS, edit=status(o, 204, 202)) for o in (STOP, RESTART)},
    **{f"{o}-with-body": Kind(f"Sends a body after {o}.", _EMPTY, edit=raw(o, 204, b"{}")) for o in (STOP, RESTART)},
    **{
        f"{o}-html": Kind(f"Sends HTML for {o}.", _CONTENT, edit=raw(o, 200, b"<html></html>", "text/html"))
        for o in (RUN, SHOW, LIST)
    },
    **{f"{o}-empty": Kind(f"Sends an empty body for {o}.", _CONTENT, edit=raw(o, 200, b"")) for o in (RUN, SHOW, LIST)},
    **{
        f"{o}-enveloped": Kind(
            f"Puts the body of {o} under data.",
            _CONTENT,
            edit=whole(o, 200, lambda response: setattr(response, "doc", {"data": response.doc})),
        )
        for o in (RUN, SHOW, LIST)
    },
    **{
        f"{old}-as-{new}": Kind(f"Answers {new} in the place of {old}.", _STATUS, edit=status("", old, new))
        for old, new in ((400, 422), (400, 404), (400, 200), (401, 403), (401, 302), (404, 400), (404, 200))
    },
    **{
        f"{old}-as-{new}": Kind(f"Answers {new} in the place of {old}.", _STATUS, edit=status("", old, new))
        for old, new in ((405, 501), (405, 400), (413, 500), (415, 500), (429, 503), (429, 403))
    },
    "run-id-string": Kind("Sends the ID as a string.", _RUN, edit=change(RUN, 200, convert("instanceId", str))),
    "run-id-list": Kind("Sends the ID in a list.", _RUN, edit=change(RUN, 200, convert("instanceId", lambda i: [i]))),
    "run-id-fraction": Kind(
        "Sends the ID as a fraction.", _RUN, edit=change(RUN, 200, convert("instanceId", lambda i: i + 0.5))
    ),
    "run-id-null": Kind("Sends null for the ID.", _RUN, edit=change(RUN, 200, put(instanceId=None))),
    "run-id-missing": Kind("Leaves the ID out.", _RUN, edit=change(RUN, 200, drop("instanceId"))),
    "run-id-snake-case": Kind(
        "Calls the ID instance_id.", _RUN, edit=change(RUN, 200, rename("instanceId", "instance_id"))
    ),
    "run-id-of-sdk": Kind(
        "Calls the ID instancesId.", _RUN, edit=change(RUN, 200, rename("instanceId", "instancesId"))
    ),
    "run-id-too-large": Kind("Sends an ID of more than 64 bits.", _RUN, edit=change(RUN, 200, put(instanceId=2**63))),
    "run-id-rounded": Kind(
        "Rounds the ID as a 32-bit float does.",
        _RUN,
        edit=change(RUN, 200, convert("instanceId", lambda i: i // 64 * 64)),
    ),
    "run-list-body": Kind("Sends a list.", _RUN, edit=raw(RUN, 200, b'[{"instanceId": 132343}]')),
    "show-other-id": Kind("Shows another ID.", _SHOWN, edit=change(SHOW, 200, convert("instanceId", lambda i: i + 1))),
    "show-id-string": Kind("Shows the ID as a string.", _SHOWN, edit=change(SHOW, 200, convert("instanceId", str))),
    "show-other-job": Kind("Shows another job's name.", _SHOWN, edit=change(SHOW, 200, put(jobName="otherJob"))),
    "show-status-upper-case": Kind(
        "Shows states in upper case.", _SHOWN, edit=change(SHOW, 200, convert("status", str.upper))
    ),
    "show-status-unknown": Kind(
        "Shows the state succeeded.",
        _SHOWN,
        edit=change(SHOW, 200, convert("status", lambda s: s.replace("success", "succeeded"))),
    ),
    "show-status-number": Kind("Shows the state as a number.", _SHOWN, edit=change(SHOW, 200, convert("status", len))),
    "show-without-nodes": Kind("Leaves the nodes out.", _SHOWN, edit=change(SHOW, 200, drop("nodes"))),
    "show-nodes-null": Kind("Sends null for the nodes.", _SHOWN, edit=change(SHOW, 200, put(nodes=None))),
    "show-without-total": Kind("Leaves total out.", _SHOWN, edit=change(SHOW, 200, drop("total"))),
    "show-total-wrong": Kind(
        "Sends a wrong number of nodes.", _SHOWN, edit=change(SHOW, 200, convert("total", lambda n: n + 1))
    ),
    "show-total-negative": Kind("Sends the total -1.", _SHOWN, edit=change(SHOW, 200, put(total=-1))),
    "show-time-string": Kind("Sends startTime as text.", _SHOWN, edit=change(SHOW, 200, put(startTime="2026-01-01"))),
    "show-time-float": Kind("Sends planTime as a fraction.", _SHOWN, edit=change(SHOW, 200, put(planTime=0.5))),
    "show-type-unknown": Kind("Shows the instanceType 1.", _SHOWN, edit=change(SHOW, 200, put(instanceType=1))),
    "show-boolean-string": Kind(
        "Sends forceSuccess as text.", _SHOWN, edit=change(SHOW, 200, put(forceSuccess="false"))
    ),
    "node-without-name": Kind(
        "Sends a node without a name.", _NODE, edit=change(SHOW, 200, each("nodes", drop("nodeName")))
    ),
    "node-without-status": Kind(
        "Sends a node without a state.", _NODE, edit=change(SHOW, 200, each("nodes", drop("status")))
    ),
    "node-status-unknown": Kind(
        "Sends a node in the state freeze.", _NODE, edit=change(SHOW, 200, each("nodes", put(status="freeze")))
    ),
    "node-retries-negative": Kind(
        "Sends -1 retries of a node.", _NODE, edit=change(SHOW, 200, each("nodes", put(retryTimes=-1)))
    ),
    "list-without-total": Kind("Leaves total out.", _TOTAL, edit=change(LIST, 200, drop("total"))),
    "list-total-string": Kind("Sends total as a string.", _TOTAL, edit=change(LIST, 200, convert("total", str))),
    "list-instances-null": Kind("Sends null for the instances.", _TOTAL, edit=change(LIST, 200, put(instances=None))),
    "list-renamed": Kind("Calls the instances items.", _TOTAL, edit=change(LIST, 200, rename("instances", "items"))),
    "list-id-string": Kind(
        "Lists IDs as strings.", _SUMMARY, edit=change(LIST, 200, each("instances", convert("instanceId", str)))
    ),
    "list-without-status": Kind(
        "Lists no states.", _SUMMARY, edit=change(LIST, 200, each("instances", drop("status")))
    ),
    "list-without-name": Kind(
        "Lists no job names.", _SUMMARY, edit=change(LIST, 200, each("instances", drop("jobName")))
    ),
    "list-status-wrong": Kind(
        "Lists every instance as running.", _SUMMARY, edit=change(LIST, 200, each("instances", put(status="running")))
    ),
    "list-repeats": Kind(
        "Lists the last instance twice.",
        _LIST,
        edit=change(LIST, 200, lambda doc: doc.update(instances=doc["instances"] + doc["instances"][-1:])),
    ),
    "error-camel-case": Kind(
        "Calls them errorCode and errorMsg.",
        _ERROR,
        edit=change("", 4, lambda doc: (rename("error_code", "errorCode")(doc), rename("error_msg", "errorMsg")(doc))),
    ),
    "error-nested": Kind(
        "Nests errors under error.",
        _ERROR,
        edit=whole("", 4, lambda response: setattr(response, "doc", {"error": response.doc})),
    ),
    "error-without-code": Kind("Leaves error_code out.", _ERROR, edit=change("", 4, drop("error_code"))),
    "error-without-msg": Kind("Leaves error_msg out.", _ERROR, edit=change("", 4, drop("error_msg"))),
    "error-code-number": Kind("Sends error_code as a number.", _ERROR, edit=change("", 4, put(error_code=100))),
    "error-code-empty": Kind("Sends an empty error_code.", _ERROR, edit=change("", 4, put(error_code=""))),
    "error-msg-null": Kind("Sends null for error_msg.", _ERROR, edit=change("", 4, put(error_msg=None))),
    "error-msg-list": Kind("Sends a list for error_msg.", _ERROR, edit=change("", 4, put(error_msg=["wrong"]))),
    "error-request-id-number": Kind("Sends request_id as a number.", _ERROR, edit=change("", 4, put(request_id=1))),
    "error-problem-json": Kind(
        "Sends application/problem+json.", _CONTENT, edit=header("", 4, "Content-Type", "application/problem+json")
    ),
    **{
        f"{s}-html": Kind(f"Sends HTML with {s}.", _CONTENT, edit=raw("", s, b"<html></html>", "text/html"))
        for s in (400, 401, 404, 405, 413, 415, 429)
    },
    **{
        f"{s}-empty": Kind(f"Sends no body with {s}.", _ERROR, edit=raw("", s, b""))
        for s in (400, 401, 404, 405, 413, 415, 429)
    },
    **{
        f"{s}-without-request-id": Kind(
            f"Sends no X-Request-Id with {s}.", _HEADERS, edit=header("", s, "X-Request-Id", None)
        )
        for s in (400, 401, 404, 405, 413, 415, 429)
    },
    "request-id-empty": Kind("Sends an empty X-Request-Id.", _HEADERS, edit=header("", 4, "X-Request-Id", "")),
    "405-without-allow": Kind("Sends no Allow.", _HEADERS, edit=header("", 405, "Allow", None)),
    "405-allow-wrong": Kind("Names DELETE in Allow.", _HEADERS, edit=header("", 405, "Allow", "DELETE")),
    "405-allow-empty": Kind("Sends an empty Allow.", _HEADERS, edit=header("", 405, "Allow", "")),
    "429-without-retry-after": Kind("Sends no Retry-After.", _THROTTLE, edit=header("", 429, "Retry-After", None)),
    "429-retry-after-negative": Kind("Sends the Retry-After -1.", _THROTTLE, edit=header("", 429, "Retry-After", "-1")),
    "429-retry-after-fraction": Kind(
        "Sends the Retry-After 0.5.", _THROTTLE, edit=header("", 429, "Retry-After", "0.5")
    ),
    "429-retry-after-date": Kind(
        "Sends a date in Retry-After.", _THROTTLE, edit=header("", 429, "Retry-After", "Thu, 01 Jan 2026 00:00:00 GMT")
    ),
    **{
        f"code-{old}-as-{new}": Kind(
            f"Answers {new} in the place of {old}.", f"examples with {old}", edit=code(s, old, new)
        )
        for s, old, new in (
            (400, "DLF.0100", "DLF.0137"),
            (400, "DLF.0137", "DLF.0100"),
            (400, "DLF.0819", "DLF.6888"),
            (400, "DLF.3004", "DLF.0100"),
            (400, "DLF.3018", "DLF.0100"),
            (400, "DLF.3051", "DLF.0101"),
            (401, "APIGW.0301", "APIGW.0101"),
            (404, "APIGW.0101", "APIGW.0302"),
            (413, "APIGW.0201", "APIGW.0601"),
            (429, "APIGW.0308", "APIGW.0302"),
        )
    },
    "content-type-missing": Kind("Sends no Content-Type.", _CONTENT, edit=header("", 200, "Content-Type", None)),
    "content-type-text": Kind("Sends text/plain.", _CONTENT, edit=header("", 200, "Content-Type", "text/plain")),
    "content-type-star": Kind("Sends text/json.", _CONTENT, edit=header("", 200, "Content-Type", "text/json")),
    "charset-utf-16": Kind(
        "Sends UTF-16.",
        _CONTENT,
        edit=whole("", 200, lambda r: setattr(r, "raw", r.payload().decode().encode("utf-16"))),
    ),
    "body-with-bom": Kind(
        "Begins bodies with a byte order mark.",
        _CONTENT,
        edit=whole("", 200, lambda r: setattr(r, "raw", b"\xef\xbb\xbf" + r.payload())),
    ),
    "body-compressed": Kind(
        "Compresses without Content-Encoding.",
        _CONTENT,
        edit=whole("", 200, lambda r: setattr(r, "raw", gzip.compress(r.payload(), mtime=0))),
    ),
    "body-cut": Kind("Cuts the last byte of bodies off.", _CONTENT, edit=whole("", 200, _cut)),
    "body-jsonp": Kind(
        "Wraps bodies in a call.",
        _CONTENT,
        edit=whole("", 200, lambda r: setattr(r, "raw", b"cb(" + r.payload() + b")")),
    ),
    "content-length-short": Kind(
        "Sends a Content-Length one too small.", "HTTP/1.1 (RFC 9110, 8.6)", edit=whole("", 200, _shorter)
    ),
}
