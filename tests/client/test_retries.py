"""Is a request sent again only where nothing can run twice? Counted at the server."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from email.utils import formatdate
from typing import Any

import httpx
import pytest

from dataarts_auth import SignatureAuth, TokenAuth
from dataarts_client import errors
from dataarts_client.api.jobs import run_job_immediately

from ._answers import STARTED, cut, hang, http, reset
from ._calls import JOB, PROJECT, attempt, call, make
from ._refusals import BODY
from ._server import Answer, Server

pytestmark = pytest.mark.over_aiohttp

STARTED_ANSWER = http(200, STARTED)


def throttled(*headers: str) -> bytes:
    """Write a 429."""
    return http(429, BODY, *headers)


def _assert_sent(server: Server, times: int, when: str) -> None:
    """Hold a client to sending its request so often."""
    count = len(server.requests)
    assert count == times, f"{when}, the number of requests sent should be {times}, not {count}"


class Attempts(httpx.Auth):
    """Number the attempts in a header, and run something before each."""

    def __init__(self, before: Any = None) -> None:
        """Count from nothing."""
        self.count = 0
        self.before = before

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign with the attempt's number."""
        self.count += 1
        if self.before:
            self.before(self.count)
        request.headers["X-Attempt"] = str(self.count)
        yield request


@pytest.mark.parametrize("refusals", [1, 2])
def test_refused_connections_are_made_again(refusals: int, mode: str) -> None:
    """A connection that is refused is tried again, and the request arrives once."""
    with Server(STARTED_ANSWER, listen=False) as server:
        auth = Attempts(lambda count: server.listen() if count == refusals + 1 else None)
        outcome = attempt(mode, run_job_immediately, make(server.url, auth=auth))

        assert outcome.error is None, f"a connection that was refused was not made again: {outcome.end}"
        assert outcome.value.instance_id == 132343
        _assert_sent(server, 1, "after connections that were refused")
        assert server.requests[0].all("X-Attempt") == [str(refusals + 1)]


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_refused_connections_are_given_up(retries: int, mode: str) -> None:
    """After max_retries further attempts a refused connection is RequestNotSent."""
    with Server(b"", listen=False) as server:
        auth = Attempts()
        outcome = attempt(mode, run_job_immediately, make(server.url, auth=auth, max_retries=retries))

        assert type(outcome.error) is errors.RequestNotSent, f"it should be RequestNotSent, is {outcome.end}"
        assert outcome.error.outcome_unknown is False
        assert auth.count == retries + 1, f"with max_retries={retries}, {auth.count} attempts were made"
        assert outcome.seconds < 8


WAITS: tuple[tuple[str, list[str], float, float], ...] = (
    ("zero", ["Retry-After: 0"], 0, 0.6),
    ("one", ["Retry-After: 1"], 0.9, 2.5),
    ("with-spaces", ["Retry-After:   0  "], 0, 0.6),
    ("date-gone", [f"Retry-After: {formatdate(time.time() - 99, usegmt=True)}"], 0, 0.6),
    ("missing", [], 0, 3),
    ("empty", ["Retry-After:"], 0, 3),
    ("word", ["Retry-After: soon"], 0, 3),
    ("negative", ["Retry-After: -5"], 0, 3),
    ("nan", ["Retry-After: nan"], 0, 3),
    ("full-width-digit", ["Retry-After: \xb2"], 0, 3),
    ("nonsense-date", ["Retry-After: Fri, 99 Foo 2026 25:61:61 GMT"], 0, 3),
    ("date-of-year-0", ["Retry-After: Mon, 01 Jan 0000 00:00:00 GMT"], 0, 3),
    ("zero-twice", ["Retry-After: 0", "Retry-After: 0"], 0, 3),
)


@pytest.mark.parametrize(("label", "headers", "least", "most"), WAITS, ids=[row[0] for row in WAITS])
def test_throttled(label: str, headers: list[str], least: float, most: float, mode: str) -> None:
    """A throttled request is sent again after the time that Retry-After names, or after a short one of our own."""
    with Server(throttled(*headers), STARTED_ANSWER) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, auth=Attempts()))

        assert outcome.error is None, f"a request that was throttled was not sent again: {outcome.end}"
        assert outcome.value.instance_id == 132343
        assert [request.all("X-Attempt") for request in server.requests] == [["1"], ["2"]]
        assert server.requests[0].body == server.requests[1].body
        asked = headers[0] if headers else "no Retry-After"
        rule = f"with {asked}, a request should be sent again after {least} to {most} s"
        assert least <= outcome.seconds <= most, f"{rule}; it was sent after {outcome.seconds:.1f} s"


def test_throttled_until_a_date(mode: str) -> None:
    """A Retry-After that is a date two seconds ahead is waited for."""
    answers: list[Answer] = [
        lambda connection: connection.send(
            throttled(f"Retry-After: {formatdate(time.time() + 2, usegmt=True)}").replace(b"Connection: close\r\n", b"")
        ),
        STARTED_ANSWER,
    ]
    with Server(*answers) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url))

        assert outcome.error is None, f"the request should be sent again; it ended in {outcome.end}"
        _assert_sent(server, 2, "after a Retry-After with a date")
        waited = f"a Retry-After with a date two seconds ahead should be waited for; {outcome.seconds:.1f} s were"
        assert 0.7 <= outcome.seconds <= 4, waited


LONG: tuple[tuple[str, str, float | None], ...] = (
    ("3600", "3600", 3600),
    ("31", "31", 31),
    ("date", formatdate(time.time() + 7200, usegmt=True), 7200),
    ("far-date", "Fri, 31 Dec 9999 23:59:59 GMT", None),
    ("many-digits", "9" * 400, None),
)


@pytest.mark.parametrize(("label", "header", "seconds"), LONG, ids=[row[0] for row in LONG])
def test_throttled_for_long(label: str, header: str, seconds: float | None, mode: str) -> None:
    """A Retry-After of more than half a minute is not waited for, but told at once."""
    with Server(throttled(f"Retry-After: {header}")) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url))

        error = outcome.error
        assert isinstance(error, errors.TooManyRequests), f"429 should be raised as TooManyRequests, is {outcome.end}"
        assert outcome.seconds < 1.5, f"a Retry-After of {label} was waited for: {outcome.seconds:.1f} s"
        _assert_sent(server, 1, f"after a Retry-After of {label}")
        assert error.retry_after is not None, f"the exception does not tell the Retry-After, {label}"
        assert error.retry_after == pytest.approx(seconds, abs=600) if seconds else error.retry_after > 3600


@pytest.mark.parametrize("retries", [0, 1, 2, 4])
def test_throttled_for_ever(retries: int, mode: str) -> None:
    """A request that is always throttled is sent max_retries times more, and ends in TooManyRequests."""
    with Server(throttled("Retry-After: 0")) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, max_retries=retries))

        assert isinstance(outcome.error, errors.TooManyRequests), f"it should be TooManyRequests, is {outcome.end}"
        assert (outcome.error.retry_after, outcome.error.outcome_unknown) == (0, False)
        _assert_sent(server, retries + 1, f"with max_retries={retries}")


def test_throttled_and_detailed(mode: str) -> None:
    """The detailed functions retry as the plain ones do, and return the last 429."""
    with Server(throttled("Retry-After: 0")) as server:
        outcome = attempt(f"{mode}_detailed", run_job_immediately, make(server.url))

        assert outcome.value.status_code == 429
        assert outcome.value.headers["Retry-After"] == "0"
        assert outcome.value.parsed.error_code == "DLF.0100"
        assert len(server.requests) == 3


@pytest.mark.parametrize("header", ["Retry-After: 5", "Retry-After: 30", ""])
def test_the_deadline_cuts_the_waiting(header: str, mode: str) -> None:
    """A wait that would outlive the deadline ends in TooManyRequests, for nothing was carried out."""
    with Server(throttled(*filter(None, [header]))) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, timeout=0.4, max_retries=50))

        assert isinstance(outcome.error, errors.TooManyRequests)
        assert outcome.error.outcome_unknown is False
        assert outcome.seconds < 1.4


def test_the_deadline_cuts_the_connecting(mode: str) -> None:
    """However many retries are allowed, a refused connection is given up at the deadline."""
    with Server(b"", listen=False) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, timeout=0.6, max_retries=10_000))

        assert type(outcome.error) is errors.RequestNotSent
        assert outcome.seconds < 1.6


ONCE: tuple[tuple[str, Answer, str], ...] = (
    ("reset", reset(), "OutcomeUnknown"),
    ("closed", cut(b""), "OutcomeUnknown"),
    ("cut", cut(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"), "OutcomeUnknown"),
    ("timeout", hang(), "OutcomeUnknown"),
    ("408", http(408, BODY, "Retry-After: 0"), "ApiError"),
    ("500", http(500, BODY, "Retry-After: 0"), "ServerError"),
    ("502", http(502, "<html>", kind="text/html"), "ServerError"),
    ("503", http(503, BODY, "Retry-After: 0"), "ServerError"),
    ("504", http(504, BODY), "ServerError"),
    ("401", http(401, BODY, "Retry-After: 0"), "Unauthorized"),
    ("307", http(307, "", "Location: /again", "Retry-After: 0"), "UnexpectedResponse"),
    ("broken-body", http(200, "{"), "UnexpectedResponse"),
)


@pytest.mark.parametrize(("label", "answer", "raises"), ONCE, ids=[row[0] for row in ONCE])
def test_nothing_else_is_sent_again(label: str, answer: Answer, raises: str, mode: str) -> None:
    """Whatever may have started the job, or will not change, is sent once."""
    with Server(answer, STARTED_ANSWER) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, timeout=0.6, max_retries=5))

        _assert_sent(server, 1, f"when the answer was {label}")
        kind = getattr(errors, raises)
        assert type(outcome.error) is kind, f"the answer {label} should be raised as {raises}, but became {outcome.end}"
        assert server.connections == 1, f"when the answer was {label}, another connection was made"


class Copying(httpx.Auth):
    """Send a copy of the request, with a query of its own."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Copy, and send the copy."""
        url = request.url.copy_merge_params({"key": "k"})
        yield httpx.Request(request.method, url, headers=request.headers, content=request.content)


AUTHS: dict[str, httpx.Auth] = {
    "in-place": Attempts(),
    "copying": Copying(),
    "token": TokenAuth("a-token"),
    "signature": SignatureAuth("access-key", "secret-key"),
}
BROKEN = [row for row in ONCE if row[2] in ("OutcomeUnknown", "UnexpectedResponse")]


@pytest.mark.parametrize("auth", AUTHS.values(), ids=AUTHS)
@pytest.mark.parametrize(("label", "answer", "raises"), BROKEN, ids=[row[0] for row in BROKEN])
def test_nothing_is_sent_again_whoever_authenticates(
    label: str, answer: Answer, raises: str, auth: httpx.Auth, mode: str
) -> None:
    """What may have started the job is sent once, also where the auth sends a copy of the request."""
    with Server(answer, STARTED_ANSWER) as server:
        timeout = 0.5 if label == "timeout" else 5.0
        outcome = attempt(mode, run_job_immediately, make(server.url, auth=auth, timeout=timeout))

        _assert_sent(server, 1, f"when the answer was {label}")
        assert isinstance(outcome.error, errors.ClientError), f"it should be raised as {raises}, is {outcome.end}"
        assert (type(outcome.error).__name__, outcome.error.outcome_unknown) == (raises, True)


@pytest.mark.parametrize("auth", AUTHS.values(), ids=AUTHS)
def test_refused_connection_is_made_again_whoever_authenticates(auth: httpx.Auth, mode: str) -> None:
    """A connection that was refused is tried again, also where the auth sends a copy of the request."""
    with Server(STARTED_ANSWER, listen=False) as server:
        threading.Timer(0.2, server.listen).start()
        result = call(mode, run_job_immediately, make(server.url, auth=auth, max_retries=9), PROJECT, JOB)

        assert result.instance_id == 132343
        assert len(server.requests) == 1


@pytest.mark.parametrize("then", ["reset", "503"])
def test_what_comes_after_a_retry_is_not_sent_again(then: str, mode: str) -> None:
    """A retry that may have started the job is the last attempt."""
    answers: dict[str, Answer] = {"reset": reset(), "503": http(503, BODY)}
    with Server(throttled("Retry-After: 0"), answers[then], STARTED_ANSWER) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, max_retries=5))

        assert isinstance(outcome.error, errors.ClientError)
        assert outcome.error.outcome_unknown is True
        assert len(server.requests) == 2


class Challenged(httpx.Auth):
    """Answer a challenge, as digest authentication does."""

    requires_response_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send once more what was refused, with the nonce of the refusal's body."""
        response = yield request
        if response.status_code == 401:
            request.headers["X-Nonce"] = response.text
            yield request


def test_authentication_by_challenge(mode: str) -> None:
    """An auth that answers a 401 works, reads the challenge's body, and costs no retry."""
    with Server(http(401, "n1"), STARTED_ANSWER) as server:
        result = call(mode, run_job_immediately, make(server.url, auth=Challenged(), max_retries=0), PROJECT, JOB)

        assert result.instance_id == 132343
        assert [request.all("X-Nonce") for request in server.requests] == [[], ["n1"]]


class Broken(httpx.Auth):
    """An auth that fails."""

    def __init__(self, error: Exception) -> None:
        """Keep what to fail with."""
        self.error = error

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Fail."""
        raise self.error
        yield request


def test_failing_authentication(mode: str) -> None:
    """What an auth raises comes through as it is, once, and nothing is sent."""
    error = LookupError("no token in the vault")
    with Server(STARTED_ANSWER) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, auth=Broken(error)))

        assert outcome.error is error
        assert server.requests == []


class Following(httpx.Auth):
    """Send a request of its own after the operation's."""

    def __init__(self, url: str) -> None:
        """Keep where to send it."""
        self.url = url

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send both."""
        yield request
        yield httpx.Request("POST", f"{self.url}/logout")


@pytest.mark.parametrize("answer", [STARTED_ANSWER, http(502, "<html>", kind="text/html")], ids=["200", "502"])
def test_what_auth_sends_afterwards_cannot_connect(answer: Answer, mode: str) -> None:
    """A job that was started is not started again because a later request of the auth was not sent."""
    with Server(answer) as server, Server(b"", listen=False) as dead:
        outcome = attempt(mode, run_job_immediately, make(server.url, auth=Following(dead.url)))

        assert type(outcome.error) is errors.OutcomeUnknown
        assert len(server.requests) == 1


def test_what_auth_sends_afterwards_cannot_connect_untraced() -> None:
    """The same over a transport that tells nothing of what it sends."""
    seen: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.path)
        if request.url.path == "/logout":
            raise httpx.ConnectError("refused")
        return httpx.Response(200, json={"instanceId": 7})

    client = make("http://a", auth=Following("http://b"), transport=httpx.MockTransport(answer))
    outcome = attempt("sync", run_job_immediately, client)

    assert type(outcome.error) is errors.OutcomeUnknown
    assert len(seen) == 2


def test_what_auth_sends_afterwards_is_throttled(mode: str) -> None:
    """Nor is it started again because a later request of the auth was throttled."""
    with Server(STARTED_ANSWER) as server, Server(throttled("Retry-After: 0")) as other:
        outcome = attempt(mode, run_job_immediately, make(server.url, auth=Following(other.url)))

        assert type(outcome.error) is errors.TooManyRequests
        assert outcome.error.outcome_unknown is True
        assert len(server.requests) == 1


def test_what_auth_cannot_send_is_not_sent(mode: str) -> None:
    """A name of a header that HTTP cannot carry is found before anything is written: RequestNotSent."""

    class Illegal(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            request.headers["a b"] = "c"
            yield request

    with Server(STARTED_ANSWER) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, auth=Illegal()))

        assert type(outcome.error) is errors.RequestNotSent
        assert server.requests == []
