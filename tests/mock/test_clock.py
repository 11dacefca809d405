"""Does whatever depends on the time read the mock's clock?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from dataarts_auth import SignatureAuth, TokenAuth
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.errors import Unauthorized
from dataarts_mock import MockServer
from tests.mock._http import NO_TLS, PATH, post

PROJECT = "p1"


def read(mock: MockServer) -> tuple[datetime, bool]:
    """Read the clock: its time, and whether it stands still."""
    clock = httpx.get(f"{mock.url}/__mock__/clock", verify=NO_TLS).json()
    return datetime.fromisoformat(clock["now"]), clock["frozen"]


def run(mock: MockServer, auth: httpx.Auth) -> int:
    """Run a job."""
    with mock.client(auth=auth) as client:
        return run_job_immediately.sync(PROJECT, "myJob", client=client).instance_id


def test_it_is_the_machines_at_first(dataarts_mock: MockServer) -> None:
    """Untouched, the clock shows the machine's time."""
    before = datetime.now(UTC)
    now, frozen = read(dataarts_mock)

    assert before - timedelta(milliseconds=1) <= now <= datetime.now(UTC)
    assert not frozen


def test_it_stands_still_moves_and_goes_on(dataarts_mock: MockServer) -> None:
    """Stopped it stands still, moves when it is moved, and goes on from there."""
    dataarts_mock.freeze()
    first = read(dataarts_mock)
    dataarts_mock.freeze()
    second = read(dataarts_mock)
    dataarts_mock.advance(90.5)
    moved = read(dataarts_mock)
    dataarts_mock.unfreeze()
    going = read(dataarts_mock)
    dataarts_mock.advance(60)
    ahead = read(dataarts_mock)

    assert first == second
    assert moved == (first[0] + timedelta(seconds=90.5), True)
    assert moved[0] <= going[0] < moved[0] + timedelta(seconds=30)
    assert not going[1]
    assert going[0] + timedelta(seconds=60) <= ahead[0] < going[0] + timedelta(seconds=90)


def test_reset_sets_it(dataarts_mock: MockServer) -> None:
    """A reset sets the clock to the machine's time."""
    dataarts_mock.freeze()
    dataarts_mock.advance(3600)
    dataarts_mock.reset()
    now, frozen = read(dataarts_mock)

    assert now <= datetime.now(UTC)
    assert not frozen


@pytest.mark.parametrize(
    ("seconds", "message"),
    [
        (-1, "seconds: less than 0: -1"),
        (None, "seconds: not a number: None"),
        (True, "seconds: not a number: True"),
        (float("nan"), "seconds: not a number: nan"),
        (1e12, "seconds: greater than 315360000"),
    ],
)
def test_it_goes_only_ahead(dataarts_mock: MockServer, seconds: Any, message: str) -> None:
    """What is no number of seconds to move ahead is a ValueError that names it."""
    with pytest.raises(ValueError, match=message):
        dataarts_mock.advance(seconds)


def test_it_ends_with_the_century_after_next(dataarts_mock: MockServer) -> None:
    """The clock cannot be moved beyond the year 2200."""
    years = 2200 - datetime.now(UTC).year
    for _ in range(years // 10):
        dataarts_mock.advance(315_360_000)

    with pytest.raises(ValueError, match="cannot be moved beyond the year 2200"):
        dataarts_mock.advance(315_360_000)


def test_token_ages(dataarts_mock: MockServer, document: dict[str, Any]) -> None:
    """A token is refused once the clock was moved by more than it is valid for, until another one is issued."""
    seconds = document["components"]["securitySchemes"]["token"]["x-max-age-seconds"]
    first = TokenAuth(dataarts_mock.token)
    dataarts_mock.advance(seconds)
    run(dataarts_mock, first)
    dataarts_mock.advance(1)
    with pytest.raises(Unauthorized, match="token expires"):
        run(dataarts_mock, first)
    renewed = dataarts_mock.renew_token()
    run(dataarts_mock, TokenAuth(renewed))

    assert renewed != "mock-token"
    assert dataarts_mock.token == renewed
    with pytest.raises(Unauthorized, match="token expires"):
        run(dataarts_mock, first)
    dataarts_mock.reset()
    assert dataarts_mock.token == "mock-token"
    assert run(dataarts_mock, first)
    with pytest.raises(Unauthorized, match="decrypt token fail"):
        run(dataarts_mock, TokenAuth(renewed))


def test_token_that_is_not_old_stays_valid(dataarts_mock: MockServer) -> None:
    """A token that was issued before another one is valid as long as it would have been."""
    dataarts_mock.advance(3600)
    dataarts_mock.renew_token()

    assert run(dataarts_mock, TokenAuth("mock-token"))


def test_client_renews_its_token(dataarts_mock: MockServer) -> None:
    """A client that asks the mock for its token asks again when the token is too old, and the run succeeds."""
    auth = TokenAuth(dataarts_mock.renew_token)
    with dataarts_mock.client(auth=auth) as client:
        run_job_immediately.sync(PROJECT, "myJob", client=client)
        dataarts_mock.advance(2 * 86_400)
        run_job_immediately.sync(PROJECT, "myJob", client=client)

    assert [request.status for request in dataarts_mock.requests] == [200, 401, 200]


def test_token_is_issued_over_a_control_route(dataarts_mock: MockServer) -> None:
    """Tests in any language have another token issued."""
    issued = httpx.post(f"{dataarts_mock.url}/__mock__/tokens", verify=NO_TLS).json()["token"]

    assert post(dataarts_mock.url, PATH, {"X-Auth-Token": issued}).status_code == 200


def test_signatures_are_dated_by_it(dataarts_mock: MockServer) -> None:
    """A signature of the machine's time is too old once the clock is 15 minutes ahead."""
    auth = SignatureAuth("mock-ak", "mock-sk")
    dataarts_mock.advance(14 * 60)
    run(dataarts_mock, auth)
    dataarts_mock.advance(2 * 60)

    with pytest.raises(Unauthorized, match="signature expired"):
        run(dataarts_mock, auth)


def test_seconds_of_throttling_are_its() -> None:
    """Requests are counted in the seconds of the clock: while it stands still, no more are let through."""
    with MockServer(rate_limit=2) as mock:
        mock.freeze()
        first = [post(mock.url).status_code for _ in range(4)]
        mock.advance(1)
        second = post(mock.url).status_code
        retry_after = [request.violation for request in mock.requests if request.status == 429]

    assert (first, second) == ([200, 200, 429, 429], 200)
    assert len(retry_after) == 2


def test_journal_is_dated_by_it(dataarts_mock: MockServer) -> None:
    """A recorded request has the time of the clock, also over the control route."""
    dataarts_mock.freeze()
    dataarts_mock.advance(86_000)
    now, _ = read(dataarts_mock)
    post(dataarts_mock.url)
    listed = httpx.get(f"{dataarts_mock.url}/__mock__/requests", verify=NO_TLS).json()["requests"]

    assert dataarts_mock.requests[-1].time == now
    assert datetime.fromisoformat(listed[-1]["time"]) == now


def test_date_of_responses(dataarts_mock: MockServer) -> None:
    """The Date of every response is the clock's, so that a client can tell the mock's time from it."""
    dataarts_mock.freeze()
    dataarts_mock.advance(3600)
    now, _ = read(dataarts_mock)
    dates = [
        httpx.get(f"{dataarts_mock.url}{path}", verify=NO_TLS).headers.get_list("date")
        for path in ("/", "/openapi.yaml", "/__mock__/clock")
    ]

    assert dates == [[now.strftime("%a, %d %b %Y %H:%M:%S GMT")]] * 3
