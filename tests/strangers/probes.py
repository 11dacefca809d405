"""Requests that tell the faults from the plain server, as bytes for one connection each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from tests.strangers.messages import Request
from tests.strangers.signing import ACCESS_KEY, SECRET_KEY, sign

NOW = 1772366400.25
RUN_PATH = "/v1/p1/jobs/myJob/run-immediate"
_INSTANCE = "/v1/p1/jobs/{job}/instances/132343"
_LIST = "/v1/p1/jobs/instances/detail"
_STAMP = datetime.fromtimestamp(NOW, UTC).strftime("%Y%m%dT%H%M%SZ")
Session = tuple[str, bytes]


def wire(method: str, target: str, *headers: str, body: bytes = b"", token: str | None = "good") -> bytes:
    """Returns a request's bytes; headers are given as `Name: value`."""
    lines = [f"{method} {target} HTTP/1.1", "Host: stranger", *headers]
    if token is not None:
        lines.append(f"X-Auth-Token: {token}")
    if body and not any(header.startswith("Transfer-Encoding") for header in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def run(doc: Any, path: str = RUN_PATH, media_type: str | None = "application/json", *headers: str) -> bytes:
    """Returns a request to run a job; bytes are sent as they are."""
    body = doc if isinstance(doc, bytes) else json.dumps(doc, ensure_ascii=False).encode()
    named = [] if media_type is None else [f"Content-Type: {media_type}"]
    return wire("POST", path, *named, *headers, body=body)


def signed(
    method: str, target: str, body: bytes = b"", *, date: str = _STAMP, key: str = SECRET_KEY, **other: str
) -> bytes:
    """Returns a request that is signed; other signed parts can be told to differ from what is sent."""
    names = ["content-type", "host"] + ([] if "unsigned" in other else ["x-sdk-date"])
    headers = [("content-type", "application/json"), ("host", "stranger"), ("x-sdk-date", date)]
    request = Request(
        method, other.get("claimed_target", target), headers, other.get("claimed", body.decode()).encode()
    )
    signature = sign(request, names, date, key)
    if "tail" in other:
        signature = signature[:8] + other["tail"] * 56
    access = other.get("access", ACCESS_KEY)
    authorization = f"SDK-HMAC-SHA256 Access={access}, SignedHeaders={';'.join(names)}, Signature={signature}"
    sent = ("Content-Type: application/json", f"X-Sdk-Date: {date}", f"Authorization: {authorization}")
    return wire(method, target, *sent, body=body, token=None)


def _param(**values: Any) -> bytes:
    return run({"jobParams": [{"name": "a", "value": "b"} | values]})


def _job(name: str) -> bytes:
    return run({}, f"/v1/p1/jobs/{quote(name, safe='')}/run-immediate")


def _show(identifier: str = "132343", job: str = "myJob", project: str = "p1", *headers: str) -> bytes:
    return wire("GET", f"/v1/{project}/jobs/{job}/instances/{identifier}", *headers)


def _act(action: str, doc: Any = None) -> bytes:
    return run(b"" if doc is None else doc, f"/v1/p1/jobs/myJob/instances/132343/{action}")


def _list(query: str) -> bytes:
    return wire("GET", f"{_LIST}?{query}")


def _chunked(body: bytes, *headers: str, path: str = RUN_PATH) -> bytes:
    chunks = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    sent = ("Content-Type: application/json", "Transfer-Encoding: chunked", *headers)
    return wire("POST", path, *sent, body=chunks)


def _all(target: str = RUN_PATH, token: str | None = None, *headers: str) -> list[bytes]:
    paths = [("GET", _LIST), ("GET", _INSTANCE.format(job="myJob"))]
    paths += [("POST", _INSTANCE.format(job="myJob") + "/" + action) for action in ("stop", "restart")]
    return [wire("POST", target, *headers, token=token), *(wire(m, p, *headers, token=token) for m, p in paths)]


_START = run({})
_LOOKS = [_show()] * 3
_MILLIS = int(NOW * 1000)
_STEPS = [_START, *_LOOKS, _show(), _act("stop"), _act("restart"), _show(), _act("restart"), _act("stop"), _act("stop")]
_STEPS += [_show(), _show(), _act("restart"), _show(), _show("132344"), _show("132343", "other")]
_NAMES = [
    "作业",
    "名",
    "é",
    ".a",
    "...",
    "a.b",
    "1a",
    "a+b",
    "a%41",
    "龥",
    "龦",
    "ﬁ",
    "１",
    "a;b",
    "a/b",
    "MYJOB",
    "myJob%20",
    "a\n",
    "1",
    "%20a",
    "a\tb",
    "鿿",
]
_NAMES += ["n" * n for n in (1, 64, 65, 127, 128, 129)] + ["作" * 128, "a b", " myJob ", "", "a\n", "作业ß"]
_IDS = ["a" * 63, "a" * 64, "a" * 65, "xyz", "é", "a%0A", "a!b", "", "p%2F1"]
_TEXTS: list[Any] = ["", "x", "é作", "a b", 1, None, [], {}, True, 1.5]
_TEXTS += [c * n for n in (63, 64, 65, 1023, 1024, 1025) for c in "x作😀"] + [" " * 64 + "x", " " * 1025]
_QUERIES = [
    f"limit={v}"
    for v in [
        "0",
        "1",
        "2",
        "3",
        "11",
        "100",
        "101",
        "999",
        "1000",
        "1001",
        "1001000",
        "+1",
        "1.0",
        "%2B1",
        "%EF%BC%91",
        "x",
    ]
] + ["limit=", "offset="]
_QUERIES += [f"offset={v}" for v in ["-1", "0", "1", "2", "12", "2147483646", "2147483647", "2147483648", "x"]] + [
    "limit=2&offset=1"
]
_QUERIES += [f"{name}={v}" for name in ("minPlanTime", "maxPlanTime") for v in (-1, 0, 1, 2**32, 2**63 - 1, 2**63)]
_QUERIES += [f"{name}={_MILLIS + n}" for name in ("minPlanTime", "maxPlanTime") for n in (-1, 0, 1)]
_QUERIES += [f"minPlanTime={(_MILLIS - 5) // 1000}", f"maxPlanTime={_MILLIS // 1000}"]
_QUERIES += [f"status={v}" for v in ("success", "waiting", "WAITING", "x", "", "freeze")]
_QUERIES += [f"instanceType={v}" for v in ("2", "0", "1", "", "x")] + ["unknown=1", "limit=1&limit=2"]
_QUERIES += [f"preciseQuery={v}{job}" for v in ("true", "false", "True", "1", "", "x") for job in ("", "&jobName=myJo")]
_QUERIES += [f"jobName={v}" for v in ("myJo", "Job", "myjob", "myJob", "other", "", "my%4Aob")]
_QUERIES += ["jobname=x", "job_name=x"] + [f"jobName={'x' * n}" for n in (128, 129, 256, 257, 258)]
_QUERIES += ["jobName=" + quote("作" * 257), "minPlanTime=0", f"jobName=other&minPlanTime={_MILLIS - 9}"]
_BODIES = [b"{", b"null", b"[]", b'"a"', b"1", b'{"a":NaN}', b"{}x", b"{'a':1}", b'{"a":1,}', b"{}//\n", b"\xff"]
_BODIES += [b'{"a":"\xff"}', "{}".encode("utf-16"), b"\xef\xbb\xbf{}", b"[" * 100000, b'{"x":{"y":1}}']
_BODIES += [b'{"jobParams":1,"jobParams":[]}', b'{"jobParams":[],"jobParams":1}']
_PARAMS: list[Any] = [None, {}, [], [None], [1], {"name": "a", "value": "b"}, "x", [{"name": "a"}], [{"value": "a"}]]
_PARAMS += [[{"name": str(n), "value": ""} for n in range(11)], [{"name": "a", "value": "b"}] * 2]
_PARAMS += [[{"name": "a", "value": "b"}, {"name": 1}]]
_KINDS = ["variable", "constants", "constant", "Variable", None, 1, "x"]
_RESTARTS: list[Any] = [{"retry_location": v} for v in ("error_node", "specified_node", "x", None)]
_RESTARTS += [{"job_param_version": v} for v in ("latest_version", "x")] + [{"x": 1}, {"node_name": ""}]
_RESTARTS += [{"node_name": v} for v in ("n", 1, None)] + [{"ignore_obs_monitor": v} for v in ("true", True, None)]
_PATHS = [
    "/",
    "/v1",
    "/V1/p1/jobs/myJob/run-immediate",
    "/v2/p1/jobs/myJob/run-immediate",
    "/api{0}",
    "{0}/",
    "{0}/extra",
    "{0};x",
    "/{0}",
]
_PATHS += [
    "/v1/p1/jobs/my%4Aob/run-immediate",
    "/v1/p1/jobs/my%254Aob/run-immediate",
    "/v1/p1%2Fjobs/myJob/run-immediate",
]
_TOKENS = ["", "goo", "goodx", "GOOD", "bad", '"good"']
_MEDIA = ["text/plain", "application/jsonx", "text/json", "Application/JSON", "application/json; charset=utf-8"]
_MEDIA += ["application/x-www-form-urlencoded"]
_METHODS = ["GET", "PUT", "HEAD", "OPTIONS", "post", "DELETE"]
_INT_IDS = ["x", "+1", "1.0", "-1", "%D9%A1", *(str(n) for n in (2**31, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1))]
_OTHERS = [run({}, f"/v1/p1/jobs/{job}/run-immediate") for job in ("myJob", "other")]
_OTHERS += [run({}, "/v1/p2/jobs/myJob/run-immediate"), run({}, RUN_PATH, "application/json", "workspace: w")]

SESSIONS: list[Session] = [
    ("one-job", b"".join(_STEPS)),
    ("one-job", b"".join([_START, _act("stop"), _show(), _show(), _START, wire("GET", _LIST)])),
    ("one-job", b"".join([_START, *_LOOKS, _act("restart"), _show(), _show()])),
    ("one-job", b"".join(wire("POST", path.format(RUN_PATH)) for path in _PATHS)),
    ("one-job", b"".join(wire(method, path) for path in (RUN_PATH, _LIST) for method in _METHODS)),
    ("one-job", wire("POST", _LIST) + wire("GET", RUN_PATH, "X-HTTP-Method-Override: POST")),
    ("one-job", b"".join(wire("POST", RUN_PATH, token=token) for token in _TOKENS)),
    ("one-job", b"".join([*_all(), *_all("/v1/p1/nothing")])),
    ("one-job", wire("POST", RUN_PATH + "?X-Auth-Token=good", token=None)),
    ("one-job", wire("POST", RUN_PATH, "Cookie: token=good", token=None)),
    ("one-job", wire("POST", RUN_PATH, "Authorization: Bearer good", token=None)),
    ("one-job", wire("POST", RUN_PATH, "Authorization: Basic YTpi", token=None)),
    ("one-job", wire("POST", RUN_PATH, "X-Subject-Token: good", token=None)),
    ("one-job", wire("POST", RUN_PATH, "X-Auth-Token: bad")),
    ("one-job", b"".join(run(body) for body in _BODIES)),
    ("one-job", b"".join(run({"jobParams": params}) for params in _PARAMS) + run({"x": 1})),
    ("one-job", b"".join(_param(name=text) + _param(value=text) for text in _TEXTS)),
    ("one-job", b"".join(_param(paramType=kind) + _param(type=kind) for kind in _KINDS) + _param(x=1)),
    ("one-job", b"".join(run({}, RUN_PATH, media_type) for media_type in _MEDIA)),
    ("one-job", run({}, RUN_PATH, None) + run(b"", RUN_PATH, None)),
    ("one-job", wire("GET", _LIST, "Accept: text/html, application/json;q=0")),
    ("one-job", run({}, RUN_PATH, "application/json", "Content-Encoding: gzip")),
    ("one-job", b"".join([_START, *_LOOKS, *(_act("restart", doc) + _act("stop") for doc in _RESTARTS)])),
    ("one-job", b"".join(_show(identifier) for identifier in _INT_IDS)),
    ("one-job", b"".join(wire("POST", RUN_PATH, f"workspace: {w}") for w in ("w", "", "a!", "é"))),
    ("any-job", b"".join(wire("POST", RUN_PATH, f"workspace: {identifier}") for identifier in _IDS)),
    ("any-job", wire("POST", RUN_PATH, "workspace: a", "workspace: b")),
    ("any-job", b"".join(run({}, f"/v1/{quote(i, safe='%')}/jobs/myJob/run-immediate") for i in _IDS)),
    ("any-job", b"".join(_job(name) for name in _NAMES)),
    ("one-job", b"".join(_job(name) for name in ["myjob", "other", "a%252Fb", "my+Job"])),
    ("any-job", b"".join([*_OTHERS, *(_show(str(132343 + n)) for n in range(4)), wire("GET", _LIST)])),
    ("any-job", b"".join([*_OTHERS, *[_START] * 12, *(_list(query) for query in _QUERIES)])),
    ("one-job", _chunked(b'{"jobParams":1}') + _chunked(b'{"x":1}') + wire("GET", _LIST, body=b"x")),
    ("one-job", run({}, RUN_PATH, "application/json", "Expect: 100-continue")),
    ("token-only", signed("POST", RUN_PATH) + wire("POST", RUN_PATH)),
    ("keys-only", b"".join([wire("POST", RUN_PATH), signed("POST", RUN_PATH, b"{}"), signed("GET", _LIST)])),
    (
        "keys-only",
        b"".join(
            signed(line.split()[0], line.split()[1])
            for line in (
                "GET " + _INSTANCE.format(job="myJob"),
                "POST " + _INSTANCE.format(job="myJob") + "/stop",
                "POST " + _INSTANCE.format(job="myJob") + "/restart",
            )
        ),
    ),
    (
        "keys-only",
        signed("POST", RUN_PATH, b"{}", claimed="") + signed("GET", _LIST + "?limit=2", claimed_target=_LIST),
    ),
    ("one-job", wire("POST", "/v1/p1/jobs/a%20b/run-immediate", token="bad")),
    ("one-job", run([], "/v1/p1/jobs/other/run-immediate")),
    ("keys-only", signed("POST", RUN_PATH, access="x") + signed("POST", RUN_PATH, key="x")),
    ("keys-only", signed("POST", RUN_PATH, tail="0") + signed("POST", RUN_PATH, date="20200101T000000Z")),
    ("keys-only", signed("POST", RUN_PATH, unsigned="date")),
    ("throttled", _START * 32 + b"".join([wire("GET", _LIST), _show(), _act("stop"), _act("restart")])),
    ("throttled", wire("GET", _LIST, token=None) * 31),
]

SESSIONS.sort(key=lambda session: len(session[1]))
LIST_SESSION = next(session for session in SESSIONS if b"limit=1001000" in session[1])
SESSIONS.remove(LIST_SESSION)
SESSIONS.append(LIST_SESSION)
_MORE = ("Content-Type: application/json",)
LARGE: list[Session] = [
    ("one-job", wire("POST", RUN_PATH, *_MORE, body=b"{}".ljust(1048577))),
    ("one-job", wire("POST", RUN_PATH, *_MORE, body=b"{}".ljust(12582912))),
    ("one-job", wire("POST", RUN_PATH, *_MORE, body=b"{}".ljust(12582913))),
    ("one-job", wire("GET", _LIST, body=b"{}".ljust(12582913))),
    ("one-job", _chunked(b"{}".ljust(12582913))),
]
