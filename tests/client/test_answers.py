"""Does every answer, however hostile, end in a model or in one documented exception?"""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest

from dataarts_client import errors
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.models import ErrorResponse, JobParam, RunJobRequest, RunJobResponse

from ._answers import BELOW_400, BRIEF, Case, http, reset
from ._calls import attempt, make
from ._refusals import REFUSALS
from ._server import Connection, Server

pytestmark = pytest.mark.over_aiohttp

CASES = (*BELOW_400, *REFUSALS)


def ids(case: Case) -> str:
    """Name a row."""
    return case.id


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_answer(case: Case, mode: str, over_aiohttp: bool) -> None:
    """Whatever comes back ends in the row's value or exception, in time, and the request is sent once."""
    case = case.over_aiohttp() if over_aiohttp else case
    with Server(case.answer) as server:
        client = make(server.url, timeout=BRIEF if case.slow else 10.0)
        outcome = attempt(mode, run_job_immediately, client)

        case.check(outcome, errors, safe=False)
        count = len(server.requests)
        assert count == 1, f"after the answer {case.id} the request should not be sent again; it was sent {count} times"
        assert server.connections == 1, f"after the answer {case.id} no other connection should be made"
        most = BRIEF + 1 if case.slow else 5
        assert outcome.seconds < most, f"the answer {case.id} was waited for {outcome.seconds:.1f} s"
        assert not case.slow or outcome.seconds > BRIEF / 2


@pytest.mark.parametrize("case", [case for case in CASES if not case.slow], ids=ids)
def test_detailed_answer(case: Case, mode: str, over_aiohttp: bool) -> None:
    """The detailed functions return every answer of 400 and above, and raise everything else that is not a value."""
    case = case.over_aiohttp() if over_aiohttp else case
    with Server(case.answer) as server:
        outcome = attempt(f"{mode}_detailed", run_job_immediately, make(server.url))

        assert len(server.requests) == 1
        if case.raises in ("UnexpectedResponse", "OutcomeUnknown"):
            case.check(outcome, errors, safe=False)
            return
        response = outcome.value
        assert outcome.error is None
        assert type(response.status_code) is int
        assert response.status_code == (case.status or 200)
        assert isinstance(response.content, bytes)
        if case.value is not None:
            assert isinstance(response.parsed, RunJobResponse)
            assert response.parsed.instance_id == case.value
        elif case.code is not None:
            assert isinstance(response.parsed, ErrorResponse)
            assert response.parsed.error_code == case.code
            assert case.message is None or response.parsed.error_msg == case.message
        else:
            assert response.parsed is None


@pytest.mark.parametrize("case", [case for case in BELOW_400 if "bomb" in case.id], ids=ids)
def test_memory(case: Case, mode: str) -> None:
    """An answer that unpacks to 48 MiB is given up on before it takes up memory."""
    with Server(case.answer) as server:
        client = make(server.url)
        tracemalloc.start()
        outcome = attempt(mode, run_job_immediately, client)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        case.check(outcome, errors, safe=False)
        assert peak < 12 * 2**20


def test_connection_reset_before_the_request_is_read(mode: str) -> None:
    """A connection broken as soon as it is made leaves the outcome unknown, and is not made again."""
    with Server(b"", greet=reset()) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url))

        assert type(outcome.error) is errors.OutcomeUnknown
        assert server.connections == 1


def test_early_refusal() -> None:
    """A server that refuses a large body while it is being sent, and then hangs up, is heard."""

    def refuse(connection: Connection) -> None:
        connection.sock.recv(65536)
        connection.send(http(413, '{"error_code":"APIGW.0201","error_msg":"Too large."}'))
        connection.end()
        connection.pause(0.2)
        connection.sock.close()

    body = RunJobRequest(job_params=[JobParam(name="n", value="x" * 1000)] * 9000)
    with Server(b"", greet=refuse) as server:
        error = attempt("sync", run_job_immediately, make(server.url, timeout=10), body=body).error

    assert isinstance(error, errors.ApiError), error
    assert (error.status_code, error.error_code) == (413, "APIGW.0201")


def test_unknown_keys_are_kept(mode: str) -> None:
    """What the contract does not name is found in additional_properties."""
    body: dict[str, Any] = {"instanceId": 1, "new": {"deep": [1, None]}}
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
    data = json.dumps(body).encode()
    with Server(answer % (len(data), data)) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url))

        assert outcome.value.additional_properties == {"new": {"deep": [1, None]}}
        assert outcome.value.to_dict() == body


def test_tables_are_large() -> None:
    """No fewer hostile answers are tried than were promised, and no two rows have one name."""
    names = [case.id for case in CASES]

    assert len(names) >= 60
    assert len(names) == len(set(names))
