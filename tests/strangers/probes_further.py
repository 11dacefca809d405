"""Requests that tell the further faults from the plain server, beside those of probes.py."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from urllib.parse import quote

from tests.strangers.messages import LIST, OPERATIONS, RESTART, RUN, SHOW, STOP, Request
from tests.strangers.probes import NOW, RUN_PATH, Session, run, signed, wire
from tests.strangers.signing import ACCESS_KEY, SECRET_KEY, sign

_METHODS = {RUN: "POST", SHOW: "GET", LIST: "GET", STOP: "POST", RESTART: "POST"}
_JSON = "Content-Type: application/json"
_MILLIS = int(NOW * 1000)
_BIG = 2**53 + 1
_FIRST = 132343


def _path(operation: str, project: str = "p1", job: str = "myJob", number: object = _FIRST) -> str:
    base = f"/v1/{project}/jobs"
    return {
        RUN: f"{base}/{job}/run-immediate",
        SHOW: f"{base}/{job}/instances/{number}",
        LIST: f"{base}/instances/detail",
        STOP: f"{base}/{job}/instances/{number}/stop",
        RESTART: f"{base}/{job}/instances/{number}/restart",
    }[operation]


def _ask(operation: str, *headers: str, body: bytes = b"", token: str | None = "good", **parts: object) -> bytes:
    target = _path(operation, **{name: str(value) for name, value in parts.items()})
    return wire(_METHODS[operation], target, *headers, body=body, token=token)


def _list(query: str) -> bytes:
    return wire("GET", f"{_path(LIST)}?{query}")


def _signed(
    method: str = "POST",
    target: str = RUN_PATH,
    body: bytes = b"",
    seconds: float = 0.0,
    claimed: tuple[str, str, bytes] | None = None,
    names: tuple[str, ...] = ("content-type", "host", "x-sdk-date"),
    key: str = SECRET_KEY,
    access: str = ACCESS_KEY,
    algorithm: str = "SDK-HMAC-SHA256",
    more: str = "",
) -> bytes:
    """Returns a request that is signed, where what is claimed may differ from what is sent."""
    date = datetime.fromtimestamp(NOW + seconds, UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = [("content-type", "application/json"), ("host", "stranger"), ("x-sdk-date", date)]
    sent = [_JSON, f"X-Sdk-Date: {date}"]
    if more:
        name, _, value = more.partition(": ")
        headers.append((name, value))
        sent.append(f"{name}: {hashlib.sha256(b'other').hexdigest()}" if name == "workspace" else more)
        names = (*names, name)
    seen = claimed or (method, target, body)
    signature = sign(Request(seen[0], seen[1], headers, seen[2]), list(names), date, key)
    sent.append(f"Authorization: {algorithm} Access={access}, SignedHeaders={';'.join(names)}, Signature={signature}")
    return wire(method, target, *sent, body=body, token=None)


_NAMES = ["n" * 127, "n" * 128, "n" * 129, "...", "鿿", "é", "a%0A", "作业", "作" * 128, "a b", "my%254Aob", "K"]
_NAMES += ["豈", "myJob.json", "myJob.", "a%00b", "a..b", "一", "-a", "a.", "%E2%84%AA", "instances", "run-immediate"]
_NAMES = [name if "%" in name else quote(name) for name in _NAMES]
_IDS = ["a" * 63, "a" * 64, "a" * 65, "é", "a%0A", "xyz", "a!", "P1", "%E2%84%AA"]
_NUMBERS: list[object] = [2**31, 2**32 + _FIRST, 2**63 - 1, 2**63, -(2**63), -1, 0, 2**64 + _FIRST, 10**30, "x", 7]
_WORKSPACES = ["a" * 63, "a" * 64, "a" * 65, "é", "xyz", "", "a!", "\u212a"]
_BODIES = [b"{", b"null", b"[]", b"{}x", b"{}//\n", b'{"a":"\xff"}', b" ", b"{a: 1}", b'{"a":True}', b'{"a":007}']
_BODIES += ["\u00a0{}".encode(), b'{"a":"\t"}']
_MEDIA = ["text/plain", "Application/JSON", "application/ld+json", "*/*", 'application/json; charset="utf-8"']
_TOKENS = ["GOOD", "goodx", "", "xgood", "%67ood", "bad, good"]
_RESTARTS: list[object] = [{"retry_location": v} for v in ("", "First_Node")]
_RESTARTS += [{"job_param_version": "original_version"}, {"ignore_obs_monitor": 0}, {"ignore_obs_monitor": None}]
_TEXTS = ["<script>", "' or 1=1", "../", "😀", "\0", "a\nb", "${a}", "x" * 256]
_START = run({})
_SHOW, _STOP, _RESTART = (_ask(operation) for operation in (SHOW, STOP, RESTART))
_END = [_START, _SHOW, _SHOW, _SHOW]
_MANY = [*[_START] * 21, _ask(STOP, number=_FIRST + 4)]
_QUERIES = [f"limit=5&offset={n}" for n in (0, 5, 15, 20, 21, 30)] + ["limit=20&offset=2147483640"]
_QUERIES += [f"jobName={v}" for v in ("my_ob", "m%25b", "m*b", "m.J", "Job", "m", "my", "+myJob+", "%00", "a+b")]
_QUERIES += [
    "preciseQuery=true",
    f"jobName={'x' * 200}",
    "jobName=x%3Blimit%3D0",
    "jobName=x;limit=0",
    "jobName=my%254Aob",
]
_QUERIES += [f"jobName={v}&preciseQuery=true" for v in ("MYJOB", "my", "myJob++", "myJob")]
_QUERIES += [
    "maxPlanTime=0",
    f"maxPlanTime={2**63 - 1}",
    f"maxPlanTime={_MILLIS + 2 * 86400000}&minPlanTime={_MILLIS - 9}",
]
_QUERIES += [f"minPlanTime={_MILLIS - 1}", f"minPlanTime={_MILLIS + 9 - 259200000}&maxPlanTime={_MILLIS + 9}"]
_QUERIES += [f"instanceType={n}" for n in (0, 3, 4)] + ["limit=99999999999999999999", "status=manual-stop&limit=3"]
_QUERIES += [
    "status=success&jobName=myJob",
    "status=waiting&instanceType=7",
    "status=waiting",
    "jobName=myJob",
    "limit=1000",
]
_MORE: list[object] = [None, {}, [], "v"]
_PARAMS: list[object] = [[{"name": "a", "value": "b", "x": x}] for x in _MORE]
_PARAMS += [[{"name": "a", "value": "b"}] * 101, [{"name": "a", "value": "b"}] * 10 + [1]]
_PARAMS += [[{"name": "a", "value": "b", "paramType": kind}] for kind in (" variable", "", 1)]
_WORKSPACE = "workspace: other"

FURTHER_SESSIONS: list[Session] = [
    *(("any-job", b"".join([_START, *(_ask(o, job=name) for name in _NAMES)])) for o in OPERATIONS),
    *(("one-job", b"".join([_START, *(_ask(o, job=name) for name in _NAMES)])) for o in OPERATIONS),
    *(("any-job", b"".join([_START, *(_ask(o, project=name) for name in _IDS)])) for o in OPERATIONS),
    *(("one-job", b"".join([*_END, *(_ask(o, number=n) for n in _NUMBERS)])) for o in (SHOW, STOP, RESTART)),
    *(("one-job", b"".join([*_END, *(_ask(o, f"workspace: {w}") for w in _WORKSPACES)])) for o in OPERATIONS),
    *(("one-job", b"".join([*_END, *(_ask(o, token=token) for token in _TOKENS)])) for o in OPERATIONS),
    ("one-job", _START + _ask(STOP, project="p2") + _SHOW),
    ("one-job", _START + _ask(STOP, "workspace: ") + _SHOW),
    ("keys-only", _signed(body=b"{}".ljust(5000))),
    ("one-job", b"".join(_END) + _ask(RESTART, project="p2") + _SHOW),
    ("one-job", b"".join(run(body) for body in _BODIES)),
    ("one-job", b"".join([*_END, *(run(body, _path(RESTART)) + _STOP for body in _BODIES)])),
    ("one-job", b"".join(run({}, RUN_PATH, media_type) for media_type in _MEDIA)),
    ("one-job", b"".join([*_END, *(run({}, _path(RESTART), m) + _STOP for m in [*_MEDIA, None])])),
    ("one-job", b"".join([*_END, *(run(doc, _path(RESTART)) + _STOP for doc in _RESTARTS)])),
    ("one-job", b"".join(run({"jobParams": [{"name": t[:64], "value": t}]}) for t in _TEXTS)),
    ("one-job", b"".join(run({"jobParams": [{"name": "a", "value": t}]}) for t in _TEXTS)),
    ("one-job", b"".join(run({"jobParams": params}) for params in _PARAMS)),
    ("one-job", b"".join(wire(m, "/") for m in ("GET", "OPTIONS", "TRACE", "PATCH", "BREW"))),
    ("one-job", b"".join(wire(m, _path(o)) for o in OPERATIONS for m in ("OPTIONS", "TRACE", "PATCH", "BREW", "PUT"))),
    ("one-job", _START + wire("DELETE", _path(SHOW)) + wire("GET", _path(STOP)) + wire("PUT", _path(RESTART))),
    ("one-job", wire("GET", _path(LIST) + "/") + wire("POST", "/" + _path(STOP)) + wire("GET", _path(SHOW) + ";a")),
    ("one-job", wire("POST", RUN_PATH, "Authorization: Token good", token=None)),
    ("one-job", wire("POST", RUN_PATH, "X_Auth_Token: good", token=None)),
    ("one-job", _START + wire("POST", RUN_PATH, token=None)),
    ("one-job", _list("limit=1") + wire("GET", f"{_path(LIST)}?limit=1", token=None)),
    ("one-job", _list("limit=1") + wire("GET", f"{_path(LIST)}?limit=1", _WORKSPACE)),
    ("one-job", run(b"[]") + _list("limit=1") + wire("POST", RUN_PATH, token=None) + _list("limit=1")),
    ("one-job", _START + _ask(STOP, _WORKSPACE) + _SHOW),
    ("one-job", _START + _ask(STOP, token="bad") + _SHOW),
    ("one-job", b"".join(_END) + run({"retry_location": 1}, _path(RESTART)) + _SHOW),
    ("one-job", b"".join(_END) + _ask(RESTART, token="bad") + _SHOW),
    ("one-job", b"".join(_START + _ask(o, number=_BIG, job=j) for o in (SHOW, STOP) for j in ("myJob", "other"))),
    ("one-job", b"".join([*_END, _RESTART, _RESTART, _SHOW, _RESTART, _SHOW, _SHOW, _RESTART])),
    ("one-job", b"".join([*_END, _RESTART, _STOP, _SHOW])),
    ("one-job", b"".join([*_END, _STOP, _SHOW, *[_SHOW] * 8])),
    ("one-job", b"".join([*_END, _RESTART, _SHOW, _SHOW, _RESTART, _SHOW])),
    ("one-job", b"".join([_START, _STOP, _STOP, *[_SHOW] * 8])),
    ("one-job", b"".join([_START, _START, _STOP, _ask(SHOW, number=_FIRST + 1)])),
    (
        "one-job",
        b"".join([_START, _START, _STOP, _ask(STOP, number=_FIRST + 1), _RESTART, _ask(SHOW, number=_FIRST + 1)]),
    ),
    ("one-job", _START + _list("limit=1")),
    ("one-job", b"".join([*_MANY, _SHOW, *(_list(query) for query in _QUERIES)])),
    ("one-job", b"".join([*[_START] * 102, *(_list(query) for query in ("limit=1000", "limit=1"))])),
    ("one-job", _list("limit=0") + _list("limit=0")),
    ("throttled", b"".join([_START * 30, *(_ask(o) for o in OPERATIONS)])),
    *(("keys-only", _signed(seconds=n)) for n in (-1000, -600, -10, 10, 600, 1000)),
    ("keys-only", _signed(claimed=("GET", RUN_PATH, b"")) + _signed(claimed=("POST", "/", b""))),
    ("keys-only", _signed(target="/v1/p1/jobs/%E4%BD%9C/run-immediate")),
    ("keys-only", _signed("GET", f"{_path(LIST)}?offset=1&limit=2") + _signed("GET", f"{_path(LIST)}?jobName=a%20b")),
    ("keys-only", _signed("GET", f"{_path(LIST)}?limit=1", claimed=("GET", f"{_path(LIST)}?limit=2", b""))),
    ("keys-only", _signed("GET", f"{_path(LIST)}?limit=1", claimed=("GET", _path(LIST), b""))),
    ("keys-only", _signed(target=f"{RUN_PATH}?a=1", claimed=("POST", RUN_PATH, b""))),
    ("keys-only", _signed(more="workspace: other")),
    ("keys-only", _signed(body=b'{"a": 1}')),
    (
        "keys-only",
        _signed(
            body=b"{}",
            claimed=("POST", RUN_PATH, b"other"),
            more=f"x-sdk-content-sha256: {hashlib.sha256(b'other').hexdigest()}",
        ),
    ),
    ("keys-only", _signed(algorithm="SDK-HMAC-SHA512") + _signed(names=("content-type", "x-sdk-date"))),
    ("keys-only", _signed(access=ACCESS_KEY.upper()) + _signed(access="unknown", key="")),
    ("keys-only", _signed("GET", _path(LIST), access="unknown")),
    ("keys-only", signed("GET", _path(SHOW), tail="0") + signed("POST", _path(STOP), date="20200101T000000Z")),
    ("keys-only", signed("POST", _path(RESTART), b"{}", claimed="")),
]
FURTHER_LARGE: list[Session] = [
    ("one-job", _ask(o, _JSON, body=json.dumps({}).encode().ljust(12582913))) for o in (LIST, STOP, RESTART)
]
