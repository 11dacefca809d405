"""Does `timeout` bound the whole call, and is it known what became of the request?"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dataarts_client import errors
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.models import JobParam, RunJobRequest

from ._answers import STARTED, hang, http
from ._calls import Outcome, attempt, make
from ._server import Connection, Server

pytestmark = pytest.mark.over_aiohttp


def _late(outcome: Outcome) -> str:
    return f"the time allowed is over, but was not kept to: the call took {outcome.seconds:.1f} s"


@pytest.fixture
def full() -> Iterator[str]:
    """The address of a server whose queue is full, so that connecting to it hangs."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting = []
    for _ in range(4):
        sock = socket.socket()
        sock.setblocking(False)
        sock.connect_ex(listener.getsockname())
        waiting.append(sock)
    time.sleep(0.05)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    for sock in (*waiting, listener):
        sock.close()


def test_connecting(full: str, mode: str) -> None:
    """A connection that is not made within the deadline is RequestNotSent."""
    outcome = attempt(mode, run_job_immediately, make(full, timeout=0.4))

    assert type(outcome.error) is errors.RequestNotSent, f"it should be RequestNotSent, is {outcome.end}"
    assert 0.2 < outcome.seconds < 1.4, _late(outcome)


def test_handshake(mode: str) -> None:
    """A TLS handshake that is not finished within the deadline is RequestNotSent."""
    with Server(b"", greet=Connection.hang) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url.replace("http:", "https:"), timeout=0.4))

        assert type(outcome.error) is errors.RequestNotSent, f"it should be RequestNotSent, is {outcome.end}"
        assert server.requests == []
        assert 0.2 < outcome.seconds < 1.4, _late(outcome)


def test_dripped_handshake(mode: str) -> None:
    """A TLS handshake that drips is given up at the deadline, too."""

    def drip(connection: Connection) -> None:
        connection.sock.recv(65536)
        connection.drip(b"\x16\x03\x03\x3f\xff" + b"\x02" * 500)

    with Server(b"", greet=drip) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url.replace("http:", "https:"), timeout=0.4))

        assert type(outcome.error) is errors.RequestNotSent, f"it should be RequestNotSent, is {outcome.end}"
        assert outcome.seconds < 1.4, _late(outcome)


def test_sending(mode: str) -> None:
    """A request that the server does not read is given up at the deadline, its outcome unknown."""
    params = [JobParam(str(number), "v" * 1024) for number in range(8000)]

    def narrow(connection: Connection) -> None:
        connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.hang()

    with Server(b"", greet=narrow) as server:
        client = make(server.url, timeout=0.8)
        outcome = attempt(mode, run_job_immediately, client, body=RunJobRequest(job_params=params))

        assert type(outcome.error) is errors.OutcomeUnknown, f"it should be OutcomeUnknown, is {outcome.end}"
        assert server.connections == 1
        assert outcome.seconds < 2.5, _late(outcome)


def test_the_call_overrides_the_client(mode: str) -> None:
    """A timeout given to the call holds instead of the client's, in both directions."""
    with Server(hang()) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, timeout=30), timeout=0.6)

        assert type(outcome.error) is errors.OutcomeUnknown, f"it should be OutcomeUnknown, is {outcome.end}"
        assert 0.5 < outcome.seconds < 5, _late(outcome)

    def late(connection: Connection) -> None:
        connection.pause(0.5)
        connection.send(http(200, STARTED))

    with Server(late) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, timeout=0.1), timeout=5)

        assert outcome.error is None
        assert outcome.value.instance_id == 132343


def test_none_means_the_clients(mode: str) -> None:
    """A timeout of None given to the call is as if none were given."""
    with Server(hang()) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, timeout=0.3), timeout=None)

        assert type(outcome.error) is errors.OutcomeUnknown, f"it should be OutcomeUnknown, is {outcome.end}"
        assert 0.2 < outcome.seconds < 1.3, _late(outcome)


def test_an_answer_just_in_time(mode: str) -> None:
    """An answer that drips, but is whole before the deadline, is a value."""
    with Server(lambda connection: connection.drip(http(200, STARTED), every=0.004)) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, timeout=10))

        assert outcome.error is None
        assert outcome.value.instance_id == 132343


def test_message(mode: str) -> None:
    """What was given up at the deadline says so, with the seconds."""
    with Server(hang()) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url, timeout=0.3))

        assert type(outcome.error) is errors.OutcomeUnknown, f"it should be OutcomeUnknown, is {outcome.end}"
        assert "0.3" in str(outcome.error)


@pytest.mark.over_aiohttp(False)  # which has no SOCKS proxies
def test_socks_proxy_that_says_nothing(mode: str) -> None:
    """A SOCKS proxy that accepts a connection and says nothing is given up at the deadline, as RequestNotSent."""
    with Server(b"", greet=hang()) as proxy:
        url = proxy.url.replace("http://", "socks5://")
        outcome = attempt(
            mode, run_job_immediately, make("http://service.invalid", proxy=url, timeout=0.5, max_retries=0)
        )

        assert type(outcome.error) is errors.RequestNotSent, outcome.end
        assert outcome.seconds < 2, _late(outcome)


@pytest.mark.over_aiohttp(False)
def test_unix_socket_that_drips(mode: str, tmp_path: Path) -> None:
    """Over a Unix socket, a response that drips is given up at the deadline, its outcome unknown."""
    path = tmp_path / "s"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    done = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            for byte in b"HTTP/1.1 200 OK\r\nX-A: " + b"a" * 1000:
                if done.wait(0.05):
                    break
                connection.sendall(bytes((byte,)))

    thread = threading.Thread(target=drip)
    thread.start()
    transports: dict[str, Any] = {
        "sync": {"transport": httpx.HTTPTransport(uds=str(path))},
        "asyncio": {"async_transport": httpx.AsyncHTTPTransport(uds=str(path))},
    }
    try:
        client = make("http://localhost", timeout=0.5, max_retries=0, **transports[mode])
        outcome = attempt(mode, run_job_immediately, client)
    finally:
        done.set()
        thread.join()
        listener.close()

    assert type(outcome.error) is errors.OutcomeUnknown, outcome.end
    assert outcome.seconds < 2, _late(outcome)
