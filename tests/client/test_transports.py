"""Over transports of another make, is nothing ever run twice, and does every call end as documented?

Such a transport traces nothing, so that an exception's class is all it tells; and that can be wrong.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from dataarts_auth import TokenAuth
from dataarts_client import Client, errors
from dataarts_client.api.jobs import run_job_immediately
from dataarts_runtime.client import BaseClient

from ._answers import BELOW_400, BRIEF, STARTED, Case, cut, hang, http, reset
from ._calls import attempt
from ._operation import read_things
from ._refusals import BODY, REFUSALS
from ._server import Answer, Server
from ._transports import WRONG_NAMES, OddError, aiohttp, misnaming, wrapping
from .test_retries import ONCE

CASES = (*BELOW_400, *REFUSALS)
LOST: dict[str, Answer] = {
    "reset": reset(),
    "closed": cut(b""),
    "cut-headers": cut(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "cut-body": cut(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"),
    "garbage": cut(b"\x16\x03\x01\x00\x00" * 20),
    "timeout": hang(),
}
AUTHS: dict[str, httpx.Auth | None] = {"no-auth": None, "token": TokenAuth("a-token")}


def _assert_once(server: Server, outcome: Any, when: str) -> None:
    count = len(server.requests)
    assert count == 1, f"{when}, the request should be sent once; it was sent {count} times, and ended in {outcome.end}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_hostile_responses_over_a_transport_that_misnames(case: Case, mode: str) -> None:
    """Whatever comes back, a transport that traces nothing has the request sent once, and its outcome told."""
    with Server(case.answer) as server:
        timeout = BRIEF if case.slow else 10.0
        client = Client(server.url, timeout=timeout, max_retries=5, **misnaming(mode, httpx.ConnectTimeout))
        outcome = attempt(mode, run_job_immediately, client)

        _assert_once(server, outcome, f"after the response {case.id}")
        case.check(outcome, errors, safe=False)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_hostile_responses_over_aiohttp(case: Case) -> None:
    """Whatever comes back, over aiohttp the request is sent once, and ends in a value or a ClientError."""
    with Server(case.answer) as server:
        client = Client(server.url, timeout=BRIEF if case.slow else 10.0, max_retries=5, **aiohttp())
        outcome = attempt("asyncio", run_job_immediately, client)

        _assert_once(server, outcome, f"after the response {case.id}")
        assert outcome.error is None or isinstance(outcome.error, errors.ClientError), outcome.end
        assert not isinstance(outcome.error, errors.RequestNotSent), (
            f"the request was sent, but is said not to: {case.id}"
        )
        if case.unknown(safe=False):
            assert outcome.error is not None, f"the response {case.id} was taken for a value: {outcome.end}"
            assert outcome.error.outcome_unknown, f"the outcome after {case.id} is unknown, but said to be known"


@pytest.mark.parametrize("auth", AUTHS.values(), ids=AUTHS)
@pytest.mark.parametrize("wrong", WRONG_NAMES.values(), ids=WRONG_NAMES)
@pytest.mark.parametrize(("label", "answer"), LOST.items(), ids=LOST)
def test_lost_responses(label: str, answer: Answer, wrong: type[Exception], auth: httpx.Auth | None, mode: str) -> None:
    """A lost response is OutcomeUnknown whatever the transport calls it, and nothing is sent again."""
    with Server(answer, http(200, STARTED)) as server:
        options = misnaming(mode, wrong)
        client = Client(server.url, timeout=0.4 if label == "timeout" else 5.0, max_retries=5, auth=auth, **options)
        outcome = attempt(mode, run_job_immediately, client)

        _assert_once(
            server, outcome, f"when the response was lost ({label}), and the transport raised {wrong.__name__}"
        )
        assert type(outcome.error) is errors.OutcomeUnknown, f"a lost response should be OutcomeUnknown: {outcome.end}"
        assert outcome.error.outcome_unknown is True


@pytest.mark.parametrize(("label", "answer", "raises"), ONCE, ids=[row[0] for row in ONCE])
def test_retries(label: str, answer: Answer, raises: str, mode: str) -> None:
    """What is sent once over httpx is sent once over a transport that misnames, too."""
    with Server(answer, http(200, STARTED)) as server:
        client = Client(server.url, timeout=0.6, max_retries=5, **misnaming(mode, httpx.ConnectError))
        outcome = attempt(mode, run_job_immediately, client)

        _assert_once(server, outcome, f"when the response was {label}")
        assert type(outcome.error) is getattr(errors, raises), outcome.end


@pytest.mark.parametrize("wrong", [httpx.ConnectError, OddError])
def test_throttled(wrong: type[Exception], mode: str) -> None:
    """A request that was throttled is sent again over any transport."""
    with Server(http(429, BODY, "Retry-After: 0"), http(200, STARTED)) as server:
        outcome = attempt(mode, run_job_immediately, Client(server.url, **misnaming(mode, wrong)))

        assert outcome.error is None, f"a throttled request should be sent again: {outcome.end}"
        assert len(server.requests) == 2


def test_refused_connection(mode: str) -> None:
    """A refused connection is OutcomeUnknown over a transport that traces nothing, and so proves nothing."""
    with Server(b"", listen=False) as server:
        client = Client(server.url, **misnaming(mode, httpx.ConnectError))
        outcome = attempt(mode, run_job_immediately, client)

        assert type(outcome.error) is errors.OutcomeUnknown


def test_refused_connection_behind_a_transport_that_hands_on(mode: str) -> None:
    """A transport around httpx's own, which hands the trace on, has refused connections made again."""
    with Server(http(200, STARTED), listen=False) as server:
        threading.Timer(0.2, server.listen).start()
        client = Client(server.url, max_retries=9, **wrapping(mode))
        outcome = attempt(mode, run_job_immediately, client)

        assert outcome.error is None, f"a refused connection should be made again: {outcome.end}"
        assert len(server.requests) == 1


@pytest.mark.parametrize(("label", "answer"), LOST.items(), ids=LOST)
def test_lost_responses_behind_a_transport_that_hands_on(label: str, answer: Answer, mode: str) -> None:
    """A lost response behind a transport around httpx's own is OutcomeUnknown, and nothing is sent again."""
    with Server(answer, http(200, STARTED)) as server:
        timeout = 0.4 if label == "timeout" else 5.0
        outcome = attempt(
            mode, run_job_immediately, Client(server.url, timeout=timeout, max_retries=5, **wrapping(mode))
        )

        _assert_once(server, outcome, f"when the response was lost ({label})")
        assert type(outcome.error) is errors.OutcomeUnknown, outcome.end


def test_failover_after_a_send() -> None:
    """A transport that sends, and then fails to connect elsewhere, has sent: the outcome is unknown."""
    sent: list[httpx.Request] = []

    class Failover(httpx.BaseTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            sent.append(request)
            raise httpx.ConnectError("the second server refused the connection")

    outcome = attempt("sync", run_job_immediately, Client("http://127.0.0.1:9", transport=Failover()))

    assert type(outcome.error) is errors.OutcomeUnknown
    assert len(sent) == 1


@pytest.mark.parametrize("mistake", [AssertionError, TypeError, KeyError, NotImplementedError])
def test_mistakes_of_a_transport(mistake: type[Exception]) -> None:
    """A mistake in a transport's program is the cause of what is raised, and not repeated, not even to read."""
    sent: list[httpx.Request] = []

    def fail(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        raise mistake("in the transport")

    with BaseClient("http://127.0.0.1:9", transport=httpx.MockTransport(fail)) as client:
        with pytest.raises(errors.OutcomeUnknown, match="in the transport") as caught:
            read_things().sync(client, None, None)

    assert type(caught.value.__cause__) is mistake
    assert len(sent) == 1


def _retargeted(change: Callable[[httpx.Request], httpx.Request]) -> httpx.Auth:
    class Retargeting(httpx.Auth):
        def auth_flow(self, request: httpx.Request) -> Any:
            yield change(request)

    return Retargeting()


def test_authentication_that_sends_the_request_elsewhere(mode: str) -> None:
    """A request that authentication leads to another host is the operation's: lost, it is not sent again."""
    with Server(reset(), http(200, STARTED)) as gateway:

        def lead(request: httpx.Request) -> httpx.Request:
            url = f"{gateway.url}/gateway{request.url.path}"
            return httpx.Request(request.method, url, headers={"Host": "gateway"}, content=request.content)

        client = Client("http://127.0.0.1:9", auth=_retargeted(lead), max_retries=5)
        outcome = attempt(mode, run_job_immediately, client)

        _assert_once(gateway, outcome, "when authentication led the request to a gateway, and the response was lost")
        assert type(outcome.error) is errors.OutcomeUnknown
