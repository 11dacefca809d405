"""Do the control routes do what tests in other languages need, and refuse what they cannot read?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from dataarts_mock import MockServer
from tests.mock._http import NO_TLS, PATH, TOKEN, exchange
from tests.mock._process import running

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def process() -> Iterator[str]:
    """A mock in a process of its own, as tests in other languages have it."""
    with running("--job", "myJob", "--job", "other@ws1") as url:
        yield url


@pytest.fixture
def http(process: str) -> Iterator[httpx.Client]:
    """Any HTTP client, without credentials, and the mock as new."""
    with httpx.Client(base_url=process, verify=NO_TLS) as client:
        assert client.post("/__mock__/reset").status_code == 204
        yield client


def test_jobs_are_listed_and_registered(http: httpx.Client) -> None:
    """Jobs can be listed and registered, and one that was registered can be run."""
    at_start = http.get("/__mock__/jobs").json()
    added = http.post("/__mock__/jobs", json={"name": "nightly", "workspace": "ws2"})
    default = http.post("/__mock__/jobs", json={"name": "nightly", "workspace": None})
    run = http.post("/v1/p1/jobs/nightly/run-immediate", headers=TOKEN | {"workspace": "ws2"})

    assert at_start == {"jobs": [{"name": "myJob", "workspace": None}, {"name": "other", "workspace": "ws1"}]}
    assert (added.status_code, added.json()) == (201, {"name": "nightly", "workspace": "ws2"})
    assert (default.status_code, default.json()) == (201, {"name": "nightly", "workspace": None})
    assert run.status_code == 200
    assert len(http.get("/__mock__/jobs").json()["jobs"]) == 4


def test_requests_are_listed_and_forgotten(http: httpx.Client) -> None:
    """What came in is listed, without secrets and with what it led to; control requests themselves are not."""
    http.post(PATH, headers=TOKEN | JSON, content=b'{"jobParams":[{"name":"a","value":"\\ud83d"}]}')
    http.post(PATH)
    listed = http.get("/__mock__/requests").json()["requests"]
    forgotten = http.delete("/__mock__/requests")

    assert [(each["status"], each["carried_out"]) for each in listed] == [(400, False), (401, False)]
    assert listed[0]["headers"]["x-auth-token"] == "***"
    assert listed[0]["parameters"] == {"project_id": "p1", "job_name": "myJob", "workspace": None}
    assert listed[1]["violation"].startswith("APIGW.0301 ")
    assert (forgotten.status_code, forgotten.content) == (204, b"")
    assert http.get("/__mock__/requests").json() == {"requests": []}


def test_faults_are_lined_up_listed_and_forgotten(http: httpx.Client) -> None:
    """A fault can be lined up, meets a request, is listed while it waits, and can be forgotten."""
    added = http.post("/__mock__/faults", json={"status": 429, "retry_after": 3, "times": 2})
    first = http.post(PATH, headers=TOKEN)
    waiting = http.get("/__mock__/faults").json()["faults"]
    forgotten = http.delete("/__mock__/faults").status_code
    second = http.post(PATH, headers=TOKEN)

    assert added.status_code == 201
    assert (first.status_code, first.headers["Retry-After"]) == (429, "3")
    assert waiting == [{**added.json(), "times": 1}]
    assert (forgotten, second.status_code) == (204, 200)


@pytest.mark.parametrize("transport", ["reset-before-reading", "reset-after-reading"])
def test_transport_faults_go_by_control_route_too(http: httpx.Client, process: str, transport: str) -> None:
    """A transport fault lined up by the control route meets the next request of any client."""
    http.post("/__mock__/faults", json={"transport": transport})
    received, error = exchange(process, f"POST {PATH} HTTP/1.1\r\nHost: m\r\nX-Auth-Token: mock-token\r\n\r\n".encode())

    assert (received, type(error)) == (b"", ConnectionResetError)
    assert [each["fault"] for each in http.get("/__mock__/requests").json()["requests"]] == [transport]


def test_reset_goes_back_to_the_start(http: httpx.Client) -> None:
    """A reset forgets jobs, requests and faults, and the next run has the first instance ID again."""
    first = http.post(PATH, headers=TOKEN).json()
    http.post("/__mock__/jobs", json={"name": "nightly"})
    http.post("/__mock__/faults", json={"status": 503})
    http.post("/__mock__/reset")

    assert http.get("/__mock__/requests").json() == {"requests": []}
    assert http.get("/__mock__/faults").json() == {"faults": []}
    assert len(http.get("/__mock__/jobs").json()["jobs"]) == 2
    assert http.post(PATH, headers=TOKEN).json() == first


REFUSED: list[tuple[str, Any, int, str]] = [
    ("jobs", {}, 400, "name: missing"),
    ("jobs", {"name": 1}, 400, "name: not of type string"),
    ("jobs", {"name": ""}, 400, "name: empty"),
    ("jobs", {"name": "a/b"}, 400, "name: does not match ^"),
    ("jobs", {"name": "a" * 129}, 400, "name: longer than 128 characters"),
    ("jobs", {"name": "a", "workspace": "w 1"}, 400, "workspace: does not match ^"),
    ("jobs", {"name": "a", "workspaces": "w"}, 400, "workspaces: unknown"),
    ("jobs", [], 400, "body: not of type object"),
    ("jobs", b"{", 400, "body: not JSON: "),
    ("jobs", b'{"name": "a", "name": "b"}', 400, "body: not JSON: a key is given twice"),
    ("jobs", b'{"name": "\xff"}', 400, "body: not JSON: "),
    ("jobs", b"[" * 60000, 400, "body: not JSON: "),
    ("jobs", b'{"name": "\\ud800"}', 400, "body: "),
    ("jobs", b" " * 65537, 413, "body: larger than 65536 bytes"),
    ("faults", {}, 400, "give status, example, transport or delay"),
    ("faults", {"status": "503"}, 400, "status: not of type integer"),
    ("faults", {"status": 418}, 400, "status: no operation documents a response with status 418"),
    ("faults", {"example": "Nope"}, 400, "example: no operation documents a response with example 'Nope'"),
    ("faults", {"transport": "explode"}, 400, "transport: not one of reset-before-reading, reset-after-reading"),
    ("faults", {"status": 503, "times": 0}, 400, "times: less than 1"),
    ("faults", {"status": 503, "times": 1.5}, 400, "times: not of type integer"),
    ("faults", {"delay": 301}, 400, "delay: greater than 300"),
    ("faults", {"delay": -0.1}, 400, "delay: less than 0"),
    ("faults", b'{"delay": NaN}', 400, "body: not JSON: NaN is no JSON value"),
    ("faults", b'{"status": 1e400}', 400, "body: not JSON: 1e400 is too great a number"),
    ("faults", {"status": 503, "retry_after": 1}, 400, "retry_after: response 503 has no Retry-After"),
    ("faults", {"status": 503, "retryAfter": 1}, 400, "retryAfter: unknown"),
    (
        "nothing",
        {},
        404,
        "path: no control route; there are jobs, instances, states, requests, faults, clock, clock/freeze",
    ),
    ("", {}, 404, "path: no control route; there are jobs, instances, states, requests, faults, clock, clock/freeze"),
    ("requests", {}, 405, "method: not GET or DELETE"),
]


@pytest.mark.parametrize(("route", "sent", "status", "error"), REFUSED, ids=[f"{row[0]} {row[3]}" for row in REFUSED])
def test_what_it_cannot_read_is_refused(http: httpx.Client, route: str, sent: Any, status: int, error: str) -> None:
    """What is wrong with a control request is answered with field and rule, and changes nothing."""
    content = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    answer = http.post(f"/__mock__/{route}", content=content, headers=JSON)

    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert answer.json()["error"].startswith(error)
    assert http.get("/__mock__/faults").json() == {"faults": []}
    assert len(http.get("/__mock__/jobs").json()["jobs"]) == 2


def test_whole_numbers_may_have_a_point(http: httpx.Client) -> None:
    """What JSON Schema takes for an integer is one, written with a point too."""
    fault = http.post("/__mock__/faults", json={"status": 503.0, "times": 2.0}).json()

    assert (fault["status"], fault["times"]) == (503, 2)
    assert http.post(PATH, headers=TOKEN).status_code == 503


def test_no_web_page_can_send_it(http: httpx.Client) -> None:
    """What a page of another origin may send unasked, a form or plain text, is refused."""
    kinds = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
    answers = [
        http.post("/__mock__/faults", content=b'{"status": 503}', headers={"Content-Type": kind}) for kind in kinds
    ]

    assert [answer.status_code for answer in answers] == [415] * 4
    assert answers[0].json() == {"error": "Content-Type: not application/json"}
    assert "access-control-allow-origin" not in answers[0].headers


def test_health_says_that_it_serves(http: httpx.Client) -> None:
    """The health route says that the mock serves."""
    answer = http.get("/__mock__/health")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_wrong_method_names_the_right_ones(http: httpx.Client) -> None:
    """A wrong method is a 405 that allows the right ones."""
    answer = http.put("/__mock__/jobs")

    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, POST")


def test_without_control_routes_there_is_nothing_there() -> None:
    """Without control routes their paths are unknown to the gateway, as any other; the document stays."""
    with running("--no-control") as url:
        gone = httpx.get(url + "/__mock__/jobs", verify=NO_TLS)
        document = httpx.get(url + "/openapi.yaml", verify=NO_TLS)

    assert (gone.status_code, gone.json()["error_code"]) == (404, "APIGW.0101")
    assert document.status_code == 200


def test_rate_limit_is_for_each_second_and_project() -> None:
    """A project that used up its second gets 429, with the limit and Retry-After; another project does not."""
    with MockServer(rate_limit=3) as mock:
        with httpx.Client(base_url=mock.url, headers=TOKEN, verify=NO_TLS) as http:
            answers = [http.post(PATH) for _ in range(8)]
            refused = [answer for answer in answers if answer.status_code == 429]
            other = http.post(PATH.replace("p1", "p2"))
            unknown = http.post(PATH, headers={"X-Auth-Token": "wrong"})
            mock.reset()
            after = http.post(PATH)

    # The eight may fall into two seconds.
    assert len(refused) in (2, 5)
    assert refused[0].json()["error_msg"].endswith("policy user over ratelimit,limit:3,time:1 second")
    assert refused[0].headers["Retry-After"] == "1"
    assert (other.status_code, unknown.status_code, after.status_code) == (200, 401, 200)


def test_pages_of_other_sites_are_refused(http: httpx.Client) -> None:
    """What another site's page sends is refused, whatever it sends; the mock's own pages may."""
    own = str(http.base_url).rstrip("/")
    statuses = [
        http.post("/__mock__/reset", headers={"Origin": origin, "Content-Type": "text/plain"}).status_code
        for origin in ("http://elsewhere.example", "null", own)
    ]

    assert statuses == [403, 403, 204]


def test_any_recorded_request_can_be_listed(http: httpx.Client) -> None:
    """The list of requests is JSON, however deep a body was nested."""
    body = b'{"more":' + b"[" * 99 + b"]" * 99 + b"}"
    headers = {"X-Auth-Token": "mock-token", "Content-Type": "application/json"}
    ran = http.post("/v1/p/jobs/myJob/run-immediate", content=body, headers=headers).status_code
    listed = http.get("/__mock__/requests")

    assert (ran, listed.status_code) == (200, 200)
    assert listed.json()["requests"][-1]["carried_out"]
