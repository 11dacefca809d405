# ruff: noqa: E501 - one row a fault, however long
"""Does the mock answer each request as the contract says, and check in the order it promises?"""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.mock._http import post
from tests.mock._process import running

LIMIT = 12 * 1024 * 1024


@dataclass(frozen=True)
class Call:
    """A request, in the parts that can be wrong; as it stands, it is right."""

    method: str = "POST"
    prefix: str = "/v1"
    project: str = "b384b9e9ab9b4ee8994c8633aabc9505"
    job: str = "myJob"
    suffix: str = "run-immediate"
    token: str | None = "mock-token"
    media_type: str | None = "application/json"
    workspace: str | None = None
    body: bytes = b'{"jobParams":[{"name":"aaa","value":"111"}]}'
    more: dict[str, str] = field(default_factory=dict)

    def send(self, url: str) -> Reply:
        """Send it, and return what comes back."""
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        headers = {"X-Auth-Token": self.token, "Content-Type": self.media_type, "workspace": self.workspace}
        try:
            connection.request(
                self.method,
                f"{self.prefix}/{self.project}/jobs/{self.job}/{self.suffix}",
                self.body,
                {name: value for name, value in headers.items() if value is not None} | self.more,
            )
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def payload(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Fault:
    """Something wrong with a request, and the answer to it."""

    name: str
    change: dict[str, Any]
    status: int
    code: str
    message: str


IAM = "Incorrect IAM authentication information: "
INVALID = "The request parameter is invalid. "
JOB_RULE = r"does not match ^[.]*[0-9A-Za-z_\-一-龥][0-9A-Za-z_.\-一-龥]*$"
ID_RULE = "does not match ^[0-9A-Za-z_-]+$"


def body(*params: Any) -> dict[str, bytes]:
    """Change the body to one with these job parameters."""
    return {"body": json.dumps({"jobParams": params}).encode()}


# One of each kind, in the order in which they are found.
ORDER = [
    Fault("route", {"suffix": "run"}, 404, "APIGW.0101", "The API does not exist or has not been published in the environment."),
    Fault("method", {"method": "PUT"}, 405, "APIGW.0101", "The API does not exist."),
    Fault("credentials", {"token": None}, 401, "APIGW.0301", IAM + "x-auth-token not found"),
    Fault("throttled", {}, 429, "APIGW.0308", "The throttling threshold has been reached: policy user over ratelimit,limit:1,time:1 second"),
    Fault("size", {"body": b" " * (LIMIT + 1)}, 413, "APIGW.0201", f"Request entity too large. body: larger than {LIMIT} bytes"),
    Fault("media type", {"media_type": "text/plain"}, 415, "APIGW.0201", "API request error. Content-Type: not application/json"),
    Fault("project ID", {"project": "p%20"}, 400, "DLF.3051", INVALID + "project_id: " + ID_RULE),
    Fault("workspace", {"workspace": "w 1"}, 400, "DLF.3051", INVALID + "workspace: " + ID_RULE),
    Fault("job name", {"job": "a%2Fb"}, 400, "DLF.3018", "The job name is invalid. job_name: " + JOB_RULE),
    Fault("body", body({"name": "a" * 65, "value": ""}), 400, "DLF.3051", INVALID + "jobParams[0].name: longer than 64 characters"),
    Fault("unknown workspace", {"workspace": "ws9"}, 400, "DLF.0819", "The workspace ID does not exist."),
    Fault("unknown job", {"job": "noSuchJob"}, 400, "DLF.0100", "The job does not exists."),
]  # fmt: skip

FAULTS = [
    *(fault for fault in ORDER if fault.name != "throttled"),
    Fault("route: other version", {"prefix": "/v2"}, 404, "APIGW.0101", ORDER[0].message),
    Fault("route: one segment more", {"suffix": "run-immediate/"}, 404, "APIGW.0101", ORDER[0].message),
    Fault("route: a job name with a slash", {"job": "a/b"}, 404, "APIGW.0101", ORDER[0].message),
    Fault("method: GET", {"method": "GET", "body": b""}, 405, "APIGW.0101", "The API does not exist."),
    Fault("method: PATCH", {"method": "PATCH"}, 405, "APIGW.0101", "The API does not exist."),
    Fault("credentials: another token", {"token": "mock-token2"}, 401, "APIGW.0301", IAM + "decrypt token fail"),
    Fault("credentials: empty token", {"token": ""}, 401, "APIGW.0301", IAM + "decrypt token fail"),
    Fault("media type: none, with a body", {"media_type": None}, 415, "APIGW.0201", ORDER[5].message),
    Fault("media type: wrong, without a body", {"media_type": "text/plain", "body": b""}, 415, "APIGW.0201", ORDER[5].message),
    Fault("media type: another charset", {"media_type": "application/json; charset=utf-16"}, 415, "APIGW.0201", "API request error. Content-Type: charset not utf-8, the one that JSON has"),
    Fault("project ID: empty", {"project": ""}, 400, "DLF.3051", INVALID + "project_id: empty"),
    Fault("project ID: long", {"project": "a" * 65}, 400, "DLF.3051", INVALID + "project_id: longer than 64 characters"),
    Fault("project ID: bad encoding", {"project": "%zz"}, 400, "DLF.3051", INVALID + "project_id: not UTF-8, percent-encoded"),
    Fault("workspace: empty", {"workspace": ""}, 400, "DLF.3051", INVALID + "workspace: empty"),
    Fault("workspace: long", {"workspace": "w" * 65}, 400, "DLF.3051", INVALID + "workspace: longer than 64 characters"),
    Fault("job name: empty", {"job": ""}, 400, "DLF.3004", "The job name cannot be left blank. job_name: empty"),
    Fault("job name: long", {"job": "a" * 129}, 400, "DLF.3018", "The job name is invalid. job_name: longer than 128 characters"),
    Fault("job name: dots", {"job": ".."}, 400, "DLF.3018", "The job name is invalid. job_name: " + JOB_RULE),
    Fault("job name: encoded dots", {"job": "%2E%2E"}, 400, "DLF.3018", "The job name is invalid. job_name: " + JOB_RULE),
    Fault("job name: space", {"job": "my%20job"}, 400, "DLF.3018", "The job name is invalid. job_name: " + JOB_RULE),
    Fault("job name: line break", {"job": "myJob%0A"}, 400, "DLF.3018", "The job name is invalid. job_name: " + JOB_RULE),
    Fault("job name: not UTF-8", {"job": "%ff"}, 400, "DLF.3018", "The job name is invalid. job_name: not UTF-8, percent-encoded"),
    Fault("body: null", {"body": b"null"}, 400, "DLF.3051", INVALID + "body: not of type object"),
    Fault("body: list", {"body": b"[]"}, 400, "DLF.3051", INVALID + "body: not of type object"),
    Fault("body: jobParams no list", {"body": b'{"jobParams":{}}'}, 400, "DLF.3051", INVALID + "jobParams: not of type array"),
    Fault("body: no name", body({"value": ""}), 400, "DLF.3051", INVALID + "jobParams[0].name: missing"),
    Fault("body: no value", body({"name": "a"}), 400, "DLF.3051", INVALID + "jobParams[0].value: missing"),
    Fault("body: empty name", body({"name": "", "value": ""}), 400, "DLF.3051", INVALID + "jobParams[0].name: empty"),
    Fault("body: long value", body({"name": "a", "value": "v" * 1025}), 400, "DLF.3051", INVALID + "jobParams[0].value: longer than 1024 characters"),
    Fault("body: number", body({"name": "a", "value": ""}, {"name": "b", "value": 1}), 400, "DLF.3051", INVALID + "jobParams[1].value: not of type string"),
    Fault("body: kind", body({"name": "a", "value": "", "paramType": "x"}), 400, "DLF.3051", INVALID + "jobParams[0].paramType: not one of variable, constants"),
    Fault("job in another workspace", {"job": "other"}, 400, "DLF.0100", "The job does not exists."),
    Fault("job not in this workspace", {"workspace": "ws1"}, 400, "DLF.0100", "The job does not exists."),
]  # fmt: skip

NO_JSON = {
    "cut off": b'{"jobParams":[',
    "empty but for a space": b" ",
    "not UTF-8": b'{"jobParams":[{"name":"\xff","value":""}]}',
    "UTF-16": '{"jobParams":[]}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"jobParams":[]}',
    "NaN": b'{"more":NaN}',
    "a key twice": b'{"jobParams":[],"jobParams":[]}',
    "deep": b"[" * 100_000,
    "a lone surrogate": b'{"jobParams":[{"name":"\\ud800","value":""}]}',
    "nested deeper than 100 levels": b'{"more":' + b"[" * 100 + b"]" * 100 + b"}",
    "an infinite number": b'{"more":1e999}',
    "endless digits": b'{"more":' + b"9" * 5000 + b"}",
}

RIGHT: list[tuple[str, dict[str, Any]]] = [
    ("as it stands", {}),
    ("without a body", {"body": b""}),
    ("without a body and media type", {"body": b"", "media_type": None}),
    ("with a charset", {"media_type": "Application/JSON; charset=UTF-8"}),
    ("no parameters", {"body": b"{}"}),
    ("an empty list", body()),
    ("longest, in characters", body({"name": "名" * 64, "value": "😀" * 1024, "paramType": "constants"})),
    ("the other dialect", body({"name": "a", "value": "", "type": "procedure"})),
    ("more fields", {"body": b'{"useExecutionUser":"true"}'}),
    ("nested 100 levels deep", {"body": b'{"more":' + b"[" * 99 + b"]" * 99 + b"}"}),
    ("a charset in quotes", {"media_type": 'application/json;charset="utf-8"'}),
    ("a charset in another parameter", {"media_type": 'application/json; profile="; charset=utf-16"; charset=utf-8'}),
    ("a query", {"suffix": "run-immediate?job_path=%2Fa"}),
    ("a Chinese job name", {"job": "%E4%BD%9C%E4%B8%9A"}),
    ("a job name encoded without need", {"job": "my%4Aob"}),
    ("a fixed segment encoded without need", {"suffix": "run%2Dimmediate"}),
    ("a job in a workspace", {"job": "other", "workspace": "ws1"}),
    ("a known token beside any Authorization", {"more": {"Authorization": "Basic eDp5"}}),
    ("the largest body", {"body": b'{"jobParams":[]}'.ljust(LIMIT)}),
]


def assert_refused(reply: Reply, fault: Fault) -> None:
    """Check a refusal: status, code, message, and what every refusal carries."""
    assert (reply.status, reply.payload["error_code"], reply.payload["error_msg"]) == (
        fault.status,
        fault.code,
        fault.message,
    )
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-request-id"] == reply.payload["request_id"]
    assert reply.headers.get("allow") == ("POST" if fault.status == 405 else None)
    assert reply.headers.get("retry-after") == ("1" if fault.status == 429 else None)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_has_its_answer(mock_url: str, fault: Fault) -> None:
    """Each thing that can be wrong with a request has its status, code, message and headers."""
    assert_refused(replace(Call(), **fault.change).send(mock_url), fault)


@pytest.mark.parametrize("content", NO_JSON.values(), ids=NO_JSON)
def test_what_is_no_json_is_refused(mock_url: str, content: bytes) -> None:
    """A body that is not JSON in UTF-8, with each key once, is an invalid parameter that says so."""
    reply = replace(Call(), body=content).send(mock_url)

    assert (reply.status, reply.payload["error_code"]) == (400, "DLF.3051")
    assert reply.payload["error_msg"].startswith(INVALID + "body: ")


@pytest.mark.parametrize("change", [pytest.param(change, id=name) for name, change in RIGHT])
def test_right_request_starts_a_run(mock_url: str, change: dict[str, Any]) -> None:
    """Whatever the contract allows starts a run."""
    reply = replace(Call(), **change).send(mock_url)

    assert (reply.status, list(reply.payload)) == (200, ["instanceId"])
    assert reply.headers["content-type"] == "application/json"
    assert len(reply.headers["x-request-id"]) == 32


def parts(fault: Fault) -> set[str]:
    """Name the parts of a request that a fault changes."""
    return set(fault.change)


PAIRS = [pair for pair in combinations(ORDER, 2) if not parts(pair[0]) & parts(pair[1])]


@pytest.mark.parametrize(
    ("first", "second"),
    [pytest.param(*pair, id=" before ".join(fault.name for fault in pair)) for pair in PAIRS if "throttled" not in {f.name for f in pair}],
)  # fmt: skip
def test_first_of_two_faults_is_answered(mock_url: str, first: Fault, second: Fault) -> None:
    """Of two things wrong with one request, the one that is checked first is answered."""
    assert_refused(replace(Call(), **second.change, **first.change).send(mock_url), first)


@pytest.mark.parametrize(
    ("first", "second"),
    [pytest.param(*pair, id=" before ".join(fault.name for fault in pair)) for pair in PAIRS if "throttled" in {f.name for f in pair}],
)  # fmt: skip
def test_throttling_has_its_place_in_the_order(throttled_url: str, first: Fault, second: Fault) -> None:
    """A request beyond the limit is refused after its credentials were checked, and before anything else of it."""
    other = second if first.name == "throttled" else first

    assert_refused(while_throttled(throttled_url, replace(Call(), **other.change)), first)


@pytest.fixture(scope="session")
def throttled_url() -> Any:
    """A mock that lets one request a second through, and whose clock stands still."""
    with running("--rate-limit", "1") as url:
        post(url, "/__mock__/clock/freeze")
        yield url


def while_throttled(url: str, call: Call) -> Reply:
    """Send a request in a second whose one request is spent, in that request's project."""
    post(url, "/__mock__/clock/advance", {"Content-Type": "application/json"}, b'{"seconds": 1}')
    assert replace(Call(), project=call.project).send(url).status < 429
    return call.send(url)


def test_instance_ids_count_up() -> None:
    """A new mock gives out the documented instance ID first, then the next ones."""
    with running() as url:
        ids = [Call().send(url).payload["instanceId"] for _ in range(3)]

    assert ids == [132343, 132344, 132345]


def test_any_job_is_there_on_demand() -> None:
    """With --any-job, a job and a workspace nobody registered are there."""
    with running("--any-job") as url:
        reply = Call(job="noSuchJob", workspace="ws9").send(url)

    assert reply.status == 200


def test_registered_job_takes_the_place_of_the_default() -> None:
    """With --job, only the jobs named there are there."""
    with running("--job", "one", "--job", "two@ws1") as url:
        statuses = [
            Call(job=job, workspace=workspace).send(url).status
            for job, workspace in (("one", None), ("two", "ws1"), ("two", None), ("one", "ws1"), ("myJob", None))
        ]

    assert statuses == [200, 200, 400, 400, 400]


def test_throttling_counts_each_project() -> None:
    """The limit is one for each project: another project's requests go through."""
    with running("--rate-limit", "1") as url:
        while_throttled(url, Call())
        reply = Call(project="other").send(url)

    assert reply.status == 200


def test_document_is_served(mock_url: str, root: Any) -> None:
    """The document is served as it is, without credentials."""
    connection = http.client.HTTPConnection(urlsplit(mock_url).netloc, timeout=10)
    connection.request("GET", "/openapi.yaml")
    served = connection.getresponse().read()
    connection.close()

    assert served == (root / "openapi.yaml").read_bytes()
