"""Does the mock keep up under load, keep its memory, and lose no request when it ends?"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import uvloop

from dataarts_mock import MockServer, create_app
from tests.mock._http import NO_TLS, PATH, connect, exchange, post
from tests.mock._process import read_url, start

BODY = b'{"jobParams":[{"name":"aaa","value":"111"},{"name":"bbb","value":"222"}]}'
REQUEST = (
    f"POST {PATH} HTTP/1.1\r\nHost: mock\r\nX-Auth-Token: mock-token\r\nContent-Type: application/json\r\n"
    f"Content-Length: {len(BODY)}\r\n\r\n"
).encode() + BODY
MIB = 1024 * 1024


class Client(asyncio.Protocol):
    """Sends request after request on one connection, until the server says that it ends."""

    def __init__(self) -> None:
        self.answered = 0
        self.lost = False
        self.ended = asyncio.get_running_loop().create_future()
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = cast("asyncio.Transport", transport)
        self._send()

    def data_received(self, data: bytes) -> None:
        """Send the next request, once the answer is whole."""
        self.received += data
        if self.received.endswith(b"}"):
            assert self.received.startswith(b"HTTP/1.1 200 OK\r\n")
            self.answered += 1
            self.lost = False
            if b"connection: close\r\n" not in self.received:
                self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        """End."""
        self.ended.set_result(None)

    def _send(self) -> None:
        self.lost = True
        self.received = b""
        self._transport.write(REQUEST)


def run_in_process(number: int) -> list[int]:
    """Send requests to an application in this process; return how many blocks of memory are held after each tenth."""
    app = create_app()
    headers = [(b"host", b"mock"), (b"x-auth-token", b"mock-token"), (b"content-type", b"application/json")]
    raw_path = PATH.encode()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": bytes(bytearray(BODY)), "more_body": False}

    async def send(message: Any) -> None:
        assert message.get("status", 200) == 200
        await asyncio.sleep(0)

    async def run() -> list[int]:
        held = []
        for _ in range(10):
            for _ in range(number // 10):
                scope = {
                    "type": "http",
                    "method": "POST",
                    "path": PATH,
                    "raw_path": raw_path,
                    "query_string": b"",
                    "headers": list(headers),
                }
                await app(scope, receive, send)
            held.append(sys.getallocatedblocks())
        return held

    return asyncio.run(run())


def test_memory_does_not_grow_with_requests() -> None:
    """From the point on where the journal is full, 18,000 more requests take no more memory."""
    held = run_in_process(20_000)

    # A single object kept of each request would be 18,000 blocks more.
    assert max(held[1:]) - held[0] < 2_000


def test_journal_keeps_the_last_thousand() -> None:
    """Of 1,010 requests the last 1,000 are kept."""
    with MockServer() as mock:
        exchange(mock.url, b"".join(REQUEST.replace(b"/p1/", b"/p%d/" % number) for number in range(1010)), end=True)
        projects = [request.parameters["project_id"] for request in mock.requests]

    assert projects == [f"p{number}" for number in range(10, 1010)]


def test_journal_is_bounded_in_bytes() -> None:
    """Large bodies push older requests out: together the journal stays within 32 MiB, with the last one whole."""
    filling = b'{"x":"%b"}' % (b"a" * (12 * MIB - 8))
    headers = {"Content-Type": "application/json"}
    with MockServer() as mock:
        statuses = [post(mock.url, headers=headers, body=filling).status_code for _ in range(5)]
        too_large = post(mock.url, headers=headers, body=filling + b" ").status_code
        bodies = [request.body for request in mock.requests]

    assert (statuses, too_large) == ([200] * 5, 413)
    assert [body and len(body["x"]) for body in bodies] == [12 * MIB - 8, 12 * MIB - 8, None]


def test_many_connections_at_once() -> None:
    """Five hundred connections are open at once, and each gets its own answers."""
    with MockServer() as mock:
        connections = [connect(mock.url) for _ in range(500)]
        try:
            for connection in connections:
                connection.sendall(REQUEST)
            answers = [connection.recv(65536) for connection in connections]
        finally:
            for connection in connections:
                connection.close()

    assert {part.partition(b"\r\n")[0] for part in answers} == {b"HTTP/1.1 200 OK"}
    assert len({part.rpartition(b"\r\n")[2] for part in answers}) == 500


def test_termination_loses_no_request() -> None:
    """When a SIGTERM comes amid requests, each one that was sent on an open connection is answered whole."""

    async def run(url: str, pid: int) -> list[Client]:
        address = urlsplit(url)
        loop = asyncio.get_running_loop()
        host, port = str(address.hostname), int(address.port or 0)
        clients = [(await loop.create_connection(Client, host, port))[1] for _ in range(64)]
        async with asyncio.timeout(20):
            while not all(client.answered for client in clients):
                await asyncio.sleep(0.1)
        os.kill(pid, signal.SIGTERM)
        async with asyncio.timeout(20):
            await asyncio.gather(*(client.ended for client in clients))
        return clients

    for _ in range(3):
        with start("--quiet") as process, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            clients = runner.run(run(read_url(process), process.pid))
            printed = process.communicate(timeout=20)

        assert [(client.answered, client.received) for client in clients if client.lost] == []
        assert sum(client.answered for client in clients) > 64
        assert (process.returncode, *printed) == (0, "", "")


def test_termination_waits_for_answers_that_are_held_back() -> None:
    """A SIGTERM while an answer is held back lets it go out, and new connections are refused meanwhile."""
    with start("--quiet") as process:
        url = read_url(process)
        httpx.post(url + "/__mock__/faults", json={"delay": 2}, verify=NO_TLS)
        with connect(url) as connection:
            connection.sendall(REQUEST)
            time.sleep(0.3)
            process.send_signal(signal.SIGTERM)
            time.sleep(0.7)
            try:
                connect(url).close()
                refused = False
            except ConnectionRefusedError:
                refused = True
            received = connection.recv(65536)
        process.communicate(timeout=20)

    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"connection: close\r\n" in received
    assert refused
    assert process.returncode == 0


def test_line_is_printed_whoever_reads() -> None:
    """When nobody reads what the mock prints any more, it answers on."""
    with start() as process:
        url = read_url(process)
        assert process.stdout
        process.stdout.close()
        try:
            statuses = {post(url).status_code for _ in range(20)}
        finally:
            process.terminate()
            process.wait(20)

    assert statuses == {200}


def test_line_cannot_write_to_the_terminal() -> None:
    """What a client sends is printed as text, whatever control characters are in it."""
    date = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    request = (
        f"POST {PATH} HTTP/1.1\r\nHost: mock\r\nX-Sdk-Date: {date}\r\nx-evil: \x9b31m\r\nConnection: close\r\n"
        "Authorization: SDK-HMAC-SHA256 "
        f"Access=mock-ak, SignedHeaders=host;x-evil;x-sdk-date, Signature={'0' * 64}\r\n\r\n"
    )
    with start() as process:
        url = read_url(process)
        received, _ = exchange(url, request.encode())
        process.terminate()
        printed, _ = process.communicate(timeout=20)

    assert "\x9b31m" in received.decode()
    assert "|x-evil:\\x9b31m|" in printed
    assert "\x9b" not in printed


def test_lines_are_aligned_and_tell_of_faults() -> None:
    """What was wrong stands in one column as long as paths are no longer than before, and faults are named."""
    with start() as process:
        url = read_url(process)
        httpx.post(url + "/__mock__/faults", json={"transport": "html-502"}, verify=NO_TLS)
        for path in ("/v1/p/jobs/aVeryLongName/run-immediate", "/v1/p/jobs/none/run-immediate", PATH):
            post(url, path=path)
        process.terminate()
        lines = process.communicate(timeout=20)[0].splitlines()

    assert lines[0] == "POST    502 /v1/p/jobs/aVeryLongName/run-immediate  (fault: html-502)"
    assert lines[1] == "POST    400 /v1/p/jobs/none/run-immediate           DLF.0100 The job does not exists."
    assert lines[2] == f"POST    200 {PATH}"
