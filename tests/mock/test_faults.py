"""Does what goes wrong on demand go wrong as it should, and does the client say so as it promises?"""

from __future__ import annotations

import asyncio
import re
import time
from typing import Any, Literal

import httpx
import pytest

from dataarts_client import errors
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.models import ErrorResponse
from dataarts_mock import MockServer, create_app
from tests.mock._http import NO_TLS, PATH, TOKEN, connect, exchange, post

REQUEST = f"POST {PATH} HTTP/1.1\r\nHost: mock\r\nX-Auth-Token: mock-token\r\nContent-Length: 0\r\n\r\n".encode()

TREE: dict[int, type[errors.ApiError]] = {
    400: errors.BadRequest,
    401: errors.Unauthorized,
    403: errors.Forbidden,
    404: errors.NotFound,
    429: errors.TooManyRequests,
}

# The fault, the exception, whether the outcome is unknown, and how often the job ran.
FAULTS = [
    ({"transport": "reset-before-reading"}, errors.OutcomeUnknown, True, 0),
    ({"transport": "reset-after-reading"}, errors.OutcomeUnknown, True, 1),
    ({"transport": "truncated-body"}, errors.OutcomeUnknown, True, 1),
    ({"transport": "malformed-json"}, errors.UnexpectedResponse, True, 1),
    ({"transport": "html-502"}, errors.ServerError, True, 0),
    ({"transport": "drip"}, errors.OutcomeUnknown, True, 1),
    ({"delay": 30}, errors.OutcomeUnknown, True, 1),
    ({"status": 503, "delay": 30}, errors.OutcomeUnknown, True, 0),
]


def operation(document: dict[str, Any]) -> dict[str, Any]:
    """Return the operation's node of the contract."""
    node: dict[str, Any] = document["paths"]["/v1/{project_id}/jobs/{job_name}/run-immediate"]["post"]
    return node


def documented(document: dict[str, Any]) -> list[tuple[int, str, dict[str, Any]]]:
    """List the documented errors of the operation: status, name and payload."""
    components = document["components"]
    return [
        (int(status), name, components["examples"][name]["value"])
        for status, reference in operation(document)["responses"].items()
        for name in components["responses"][reference["$ref"].rpartition("/")[2]]["content"]["application/json"][
            "examples"
        ]
        if int(status) >= 400
    ]


@pytest.mark.parametrize(("fault", "kind", "unknown", "runs"), FAULTS, ids=[str(row[0]) for row in FAULTS])
def test_each_fault_is_the_exception_that_it_should_be(
    dataarts_mock: MockServer, fault: dict[str, Any], kind: type[errors.ClientError], unknown: bool, runs: int
) -> None:
    """Under each fault the client raises what its tree promises, within its deadline, and never runs a job twice."""
    dataarts_mock.fail_next(**fault)
    start = time.monotonic()
    with dataarts_mock.client(timeout=1.0) as client, pytest.raises(errors.ClientError) as raised:
        run_job_immediately.sync("p1", "myJob", client=client)
    seconds = time.monotonic() - start

    assert type(raised.value) is kind
    assert raised.value.outcome_unknown is unknown
    assert seconds < 2
    dataarts_mock.assert_ran("myJob", times=runs)


@pytest.mark.parametrize(("fault", "kind", "unknown", "runs"), FAULTS, ids=[str(row[0]) for row in FAULTS])
def test_each_fault_is_the_same_for_asyncio(
    dataarts_mock: MockServer, fault: dict[str, Any], kind: type[errors.ClientError], unknown: bool, runs: int
) -> None:
    """The asynchronous client raises the same."""
    dataarts_mock.fail_next(**fault)

    async def call() -> None:
        async with dataarts_mock.client(timeout=1.0) as client:
            await run_job_immediately.asyncio("p1", "myJob", client=client)

    with pytest.raises(errors.ClientError) as raised:
        asyncio.run(call())

    assert type(raised.value) is kind
    assert raised.value.outcome_unknown is unknown
    dataarts_mock.assert_ran("myJob", times=runs)


def test_each_documented_error_can_be_forced(dataarts_mock: MockServer, document: dict[str, Any]) -> None:
    """Each documented error comes as it stands in the contract, as its exception, and nothing is run."""
    rows = documented(document)
    with dataarts_mock.client(max_retries=0) as client:
        for status, name, payload in rows:
            dataarts_mock.fail_next(status, example=name)
            with pytest.raises(errors.ApiError) as raised:
                run_job_immediately.sync("p1", "myJob", client=client)
            error = raised.value
            expected = errors.ServerError if status >= 500 else TREE.get(status, errors.ApiError)

            assert (type(error), error.status_code, error.outcome_unknown) == (expected, status, status >= 500)
            assert (error.error_code, error.error_msg) == (payload["error_code"], payload["error_msg"])
            assert error.request_id == error.response.headers["x-request-id"]

    assert len(rows) > 20
    assert {request.status for request in dataarts_mock.requests} == {status for status, _, _ in rows}
    dataarts_mock.assert_ran("myJob", times=0)


def test_name_alone_is_enough(dataarts_mock: MockServer, document: dict[str, Any]) -> None:
    """An example's name says its status too, and a status alone gives its first example."""
    rows = documented(document)
    firsts = {status: payload for status, _, payload in reversed(rows)}
    with dataarts_mock.client(max_retries=0) as client:
        for status, name, payload in rows:
            dataarts_mock.fail_next(example=name)
            dataarts_mock.fail_next(status)
            for expected in (payload, firsts[status]):
                response = run_job_immediately.sync_detailed("p1", "myJob", client=client)

                assert response.status_code == status
                assert isinstance(response.parsed, ErrorResponse)
                assert response.parsed.error_msg == expected["error_msg"]


def test_success_can_be_forced_too(dataarts_mock: MockServer) -> None:
    """A documented success is answered as it stands in the contract, for a job that does not exist too."""
    dataarts_mock.fail_next(200)
    with dataarts_mock.client() as client:
        started = run_job_immediately.sync("p1", "noSuchJob", client=client)

    assert started.instance_id == 132343
    dataarts_mock.assert_ran("noSuchJob", times=0)


def test_retry_after_is_the_documented_one_or_as_asked(dataarts_mock: MockServer) -> None:
    """A forced 429 has the documented Retry-After, or the one asked for; the client waits that long and tries again."""
    dataarts_mock.fail_next(429)
    dataarts_mock.fail_next(429, retry_after=7)
    waits = [post(dataarts_mock.url).headers["Retry-After"] for _ in range(2)]
    dataarts_mock.fail_next(429, retry_after=0, times=2)
    with dataarts_mock.client(max_retries=2) as client:
        run_job_immediately.sync("p1", "myJob", client=client)

    assert waits == ["1", "7"]
    assert [request.status for request in dataarts_mock.requests] == [429, 429, 429, 429, 200]
    dataarts_mock.assert_ran("myJob", times=1)


def test_long_retry_after_is_given_up_on(dataarts_mock: MockServer) -> None:
    """A Retry-After beyond what the client waits for is raised at once, with its seconds."""
    dataarts_mock.fail_next(429, retry_after=3600)
    with dataarts_mock.client() as client, pytest.raises(errors.TooManyRequests) as raised:
        run_job_immediately.sync("p1", "myJob", client=client)

    assert raised.value.retry_after == 3600
    assert len(dataarts_mock.requests) == 1


def test_faults_come_in_line_and_so_many_times(dataarts_mock: MockServer) -> None:
    """Faults meet requests in the order they were lined up, each so many as asked, and then all is well."""
    dataarts_mock.fail_next(503, times=2)
    dataarts_mock.fail_next(transport="html-502")
    dataarts_mock.fail_next(example="JobQuotaReached")
    statuses = [post(dataarts_mock.url).status_code for _ in range(5)]

    assert statuses == [503, 503, 502, 400, 200]


def test_forced_answer_waits_for_a_valid_request(dataarts_mock: MockServer) -> None:
    """An invalid request gets the error that it deserves, and the forced answer meets the next valid one."""
    dataarts_mock.fail_next(503)
    statuses = [
        httpx.post(dataarts_mock.url + "/nowhere", verify=NO_TLS).status_code,
        httpx.post(dataarts_mock.url + PATH, verify=NO_TLS).status_code,
        post(dataarts_mock.url, headers={"workspace": ""}).status_code,
        post(dataarts_mock.url).status_code,
    ]

    assert statuses == [404, 401, 400, 503]


@pytest.mark.parametrize("transport", ["reset-before-reading", "html-502"])
def test_transport_fault_meets_any_request(
    dataarts_mock: MockServer, transport: Literal["reset-before-reading", "html-502"]
) -> None:
    """A transport fault comes before all checks: it meets a request without credentials to no route."""
    dataarts_mock.fail_next(transport=transport)
    received, error = exchange(dataarts_mock.url, b"POST /nowhere HTTP/1.0\r\n\r\n")

    if transport == "html-502":
        assert received.startswith(b"HTTP/1.1 502 Bad Gateway\r\n")
        assert b"content-type: text/html\r\n" in received
    else:
        assert (received, type(error)) == (b"", ConnectionResetError)
    assert [request.fault for request in dataarts_mock.requests] == [transport]


@pytest.mark.parametrize("transport", ["reset-before-reading", "reset-after-reading"])
def test_reset_is_a_reset_on_the_wire(
    dataarts_mock: MockServer, transport: Literal["reset-before-reading", "reset-after-reading"]
) -> None:
    """A reset is one at the TCP level, and not a byte of an answer comes before it."""
    dataarts_mock.fail_next(transport=transport)

    received, error = exchange(dataarts_mock.url, REQUEST)

    assert (received, type(error)) == (b"", ConnectionResetError)
    assert dataarts_mock.requests[0].status is None


def test_reset_before_reading_does_not_wait_for_the_body(dataarts_mock: MockServer) -> None:
    """A reset before reading comes as soon as the head is there, though the body never comes."""
    dataarts_mock.fail_next(transport="reset-before-reading")
    start = time.monotonic()
    _, error = exchange(dataarts_mock.url, REQUEST.replace(b"Content-Length: 0", b"Content-Length: 9"))

    assert type(error) is ConnectionResetError
    assert time.monotonic() - start < 2


def test_truncated_body_is_half_of_what_the_head_promised(dataarts_mock: MockServer) -> None:
    """A truncated body ends half-way, by an orderly end of the connection."""
    dataarts_mock.fail_next(transport="truncated-body")
    received, error = exchange(dataarts_mock.url, REQUEST)
    head, _, body = received.partition(b"\r\n\r\n")

    assert b"content-length: 21" in head
    assert (body, error) == (b'{"instance', None)


def test_malformed_json_is_a_whole_answer(dataarts_mock: MockServer) -> None:
    """Malformed JSON comes as a complete answer, of the documented status and media type."""
    dataarts_mock.fail_next(transport="malformed-json")
    answer = post(dataarts_mock.url)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
    assert answer.text == '{"instance'


def test_drip_is_a_whole_answer_byte_by_byte(dataarts_mock: MockServer) -> None:
    """A drip comes a byte at a time, a tenth of a second apart, and is whole at the end."""
    dataarts_mock.fail_next(transport="drip")
    with httpx.stream("POST", dataarts_mock.url + PATH, headers=TOKEN) as answer:
        start = time.monotonic()
        parts = list(answer.iter_raw())
        seconds = time.monotonic() - start

    assert b"".join(parts) == b'{"instanceId":132343}'
    assert len(parts) > 10
    assert 1.8 < seconds < 6


def test_delay_holds_the_answer_back(dataarts_mock: MockServer) -> None:
    """A delay holds the answer back for its seconds, and other requests are answered meanwhile."""
    dataarts_mock.fail_next(delay=0.5)
    with httpx.Client() as client:
        start = time.monotonic()
        answer = client.post(dataarts_mock.url + PATH, headers=TOKEN)
        seconds = time.monotonic() - start

    assert (answer.status_code, answer.json()) == (200, {"instanceId": 132343})
    assert 0.5 <= seconds < 2


def test_reset_lets_held_answers_go() -> None:
    """An answer that is held back goes out at once when the mock is reset or stopped."""
    seconds = []
    for end in ("reset", "stop"):
        mock = MockServer()
        mock.start()
        mock.fail_next(delay=30)
        with connect(mock.url) as connection:
            connection.sendall(REQUEST)
            while not mock.requests:
                time.sleep(0.01)
            start = time.monotonic()
            getattr(mock, end)()
            received = connection.recv(65536)
            seconds.append(time.monotonic() - start)
        mock.stop()

        assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert max(seconds) < 5


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({}, "give status, example, transport or delay"),
        ({"status": 418}, "status: no operation documents a response with status 418"),
        ({"status": 418, "operation": "showJobInstance"}, "code 418 is not documented for showJobInstance; it has 200"),
        ({"status": 415, "operation": "showJobInstance"}, "code 415 is not documented for showJobInstance; it has 200"),
        ({"status": 503, "operation": "showJob"}, "operation: not one of runJobImmediately, showJobInstance"),
        ({"example": "Nope"}, "example: no operation documents a response with example 'Nope'"),
        ({"status": 503, "example": "JobNotFound"}, "documents a response with status 503 and example 'JobNotFound'"),
        ({"status": 503, "retry_after": 1}, "retry_after: response 503 has no Retry-After"),
        ({"status": 429, "retry_after": -1}, "retry_after: less than 0"),
        ({"delay": 1, "retry_after": 1}, "retry_after: only with the status or example of a response that has it"),
        ({"status": 503, "transport": "drip"}, "transport: not together with status or example"),
        ({"transport": "nope"}, "transport: not one of reset-before-reading, reset-after-reading, truncated-body"),
        ({"status": 503, "times": 0}, "times: less than 1"),
        ({"delay": -1}, "delay: less than 0"),
        ({"delay": 301}, "delay: greater than 300"),
        ({"delay": float("nan")}, "delay: not of type number"),
        ({"delay": "1"}, "delay: not of type number"),
        ({"status": "429"}, "status: not of type integer"),
        ({"status": 429, "times": 1.5}, "times: not of type integer"),
    ],
)
def test_fault_that_cannot_be_is_refused(dataarts_mock: MockServer, fault: dict[str, Any], message: str) -> None:
    """A fault that is out of range, or that the contract does not document, is a ValueError that names the rule."""
    with pytest.raises(ValueError, match=re.escape(message)):
        dataarts_mock.fail_next(**fault)

    assert post(dataarts_mock.url).status_code == 200


@pytest.mark.parametrize(
    ("prefer", "status", "code"),
    [
        ("code=400", 400, "DLF.0100"),
        ("code=429", 429, "APIGW.0308"),
        ("example=JobQuotaReached", 400, "DLF.0101"),
        ("code=400, example=JobQuotaReached", 400, "DLF.0101"),
        ('code="400"; example="JobQuotaReached"', 400, "DLF.0101"),
        ("Code=503", 503, "APIGW.0613"),
        ("code=200", 200, None),
        ("dynamic=true, code=500", 500, "APIGW.0601"),
        ("return=minimal", 200, None),
        ("", 200, None),
    ],
)
def test_preferred_answer_is_given(dataarts_mock: MockServer, prefer: str, status: int, code: str | None) -> None:
    """A request that prefers a documented answer gets it; preferences of other kinds are passed over."""
    answer = post(dataarts_mock.url, headers={"Prefer": prefer})

    assert (answer.status_code, answer.json().get("error_code")) == (status, code)


@pytest.mark.parametrize(
    ("prefer", "detail"),
    [
        ("code=418", "Prefer: code 418 is not documented for runJobImmediately; it has 200, 400, 401"),
        ("code=abc", "Prefer: code 'abc' is no HTTP status"),
        ("code=", "Prefer: code '' is no HTTP status"),
        ("example=Nope", "Prefer: example 'Nope' is not documented for runJobImmediately; it has JobStarted"),
        ("code=200, example=Throttled", "Prefer: example 'Throttled' is not documented for 200 of runJobImmediately"),
    ],
)
def test_undocumented_preference_is_a_clear_400(dataarts_mock: MockServer, prefer: str, detail: str) -> None:
    """A request that prefers what is not documented gets a 400 that lists what is, and nothing is run."""
    answer = post(dataarts_mock.url, headers={"Prefer": prefer})

    assert (answer.status_code, answer.json()["error_code"]) == (400, "DLF.3051")
    assert f"The request parameter is invalid. {detail}" in answer.json()["error_msg"]
    dataarts_mock.assert_ran("myJob", times=0)


def test_preference_comes_after_validation_and_before_faults(dataarts_mock: MockServer) -> None:
    """An invalid request gets its error whatever it prefers; a preference leaves the faults in line waiting."""
    dataarts_mock.fail_next(503)
    statuses = [
        httpx.post(dataarts_mock.url + PATH, verify=NO_TLS, headers={"Prefer": "code=200"}).status_code,
        post(dataarts_mock.url, headers={"Prefer": "code=404"}).status_code,
        post(dataarts_mock.url).status_code,
    ]

    assert statuses == [401, 404, 503]


def test_preferences_of_requests_at_once_do_not_mix(dataarts_mock: MockServer, document: dict[str, Any]) -> None:
    """Requests at once get each its own preferred answer."""
    wanted = [status for status in operation(document)["responses"] for _ in range(10)]

    async def call() -> list[int]:
        async with httpx.AsyncClient(headers=TOKEN) as client:
            calls = [client.post(dataarts_mock.url + PATH, headers={"Prefer": f"code={code}"}) for code in wanted]
            return [answer.status_code for answer in await asyncio.gather(*calls)]

    assert asyncio.run(call()) == [int(status) for status in wanted]


def test_within_one_process_answers_are_the_same() -> None:
    """The application answers without a socket too, and says where a fault needs one."""
    app = create_app()

    async def call() -> tuple[httpx.Response, httpx.Response, httpx.Response]:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://mock") as client:
            headers = TOKEN
            run = await client.post(PATH, headers=headers)
            preferred = await client.post(PATH, headers={**headers, "Prefer": "code=503"})
            page = await client.get("/openapi.yaml")
            await client.post("/__mock__/faults", json={"transport": "reset-after-reading"})
            with pytest.raises(ConnectionResetError, match="needs the mock's own server"):
                await client.post(PATH, headers=headers)
            return run, preferred, page

    run, preferred, page = asyncio.run(call())

    assert (run.status_code, run.json()) == (200, {"instanceId": 132343})
    assert preferred.status_code == 503
    assert page.text.startswith('openapi: "3.1.0"')
