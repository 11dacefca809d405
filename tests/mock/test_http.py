"""Does the mock keep HTTP's own rules: RFC 9110 and RFC 9112?"""

from __future__ import annotations

import json
import random
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest

from dataarts_mock import MockServer
from tests.mock._http import PATH, connect

TARGET = PATH.encode()
BODY = b'{"jobParams":[{"name":"aaa","value":"111"}]}'
CHUNKED = b"%x\r\n%b\r\n0\r\n" % (len(BODY), BODY)


@dataclass(frozen=True)
class Message:
    """A request as it is on the wire; as it stands, it is right."""

    line: bytes = b"POST " + TARGET + b" HTTP/1.1"
    host: bytes = b"Host: mock\r\n"
    framing: bytes = b"Content-Length: %d\r\n" % len(BODY)
    more: bytes = b""
    body: bytes = BODY
    token: bytes = b"X-Auth-Token: mock-token\r\n"

    def __bytes__(self) -> bytes:
        kind = b"Content-Type: application/json\r\n"
        return b"".join((self.line, b"\r\n", self.host, self.token, kind, self.framing, self.more, b"\r\n", self.body))


def chunked(body: bytes, **changes: Any) -> Message:
    """Make a request with a body in chunks."""
    return Message(**{"framing": b"Transfer-Encoding: chunked\r\n", "body": body, **changes})


@dataclass
class Reply:
    """A response as it is on the wire."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def error(self) -> str:
        """What an error says is wrong."""
        return str(json.loads(self.body)["error_msg"])


def replies(received: bytes) -> Iterator[Reply]:
    """Read responses, one after another."""
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        status = re.match(rb"HTTP/1\.1 ([0-9]{3}) ", head)
        assert status, received[:200]
        headers = dict(re.findall(r"^([a-z-]+): (.*?)\r?$", head.decode("latin-1"), re.MULTILINE))
        length = int(headers.get("content-length", "0"))
        yield Reply(int(status[1]), headers, rest[:length])
        received = rest[length:]


def send(mock: MockServer, *parts: bytes) -> list[Reply]:
    """Send bytes, the next of them once something was received, and read responses until the connection is closed."""
    received = b""
    with connect(mock.url) as connection:
        for number, part in enumerate(parts):
            if number:
                received += connection.recv(65536)
            connection.sendall(part)
        while data := connection.recv(65536):
            received += data
    return list(replies(received))


LIST = "listJobInstances"
CLOSE = b"Connection: close\r\n"

# RFC 9112, sections 2.2, 3, 3.2, 5, 6.1, 7.1; RFC 9110, section 7.2.
REFUSED: dict[str, tuple[Message, str]] = {
    "no Host": (Message(host=b""), "Host: missing"),
    "the same Host twice": (Message(host=b"Host: mock\r\nHost: mock\r\n"), "Host: given more than once"),
    "two Hosts": (Message(host=b"Host: mock\r\nhost: other\r\n"), "Host: given more than once"),
    "two Hosts in HTTP/1.0": (
        Message(b"POST " + TARGET + b" HTTP/1.0", host=b"Host: a\r\nHost: b\r\n"),
        "Host: given more than once",
    ),
    **{
        f"Host: {value}": (Message(host=b"Host: %b\r\n" % value.encode()), "Host: not a host name or address")
        for value in ("", "a b", "http://mock", "mock:port", "mock/", "[::1", "::1", "u@mock", "a,b:1:2", "m\\ck")
    },
    "a fragment": (Message(b"POST " + TARGET + b"#part HTTP/1.1"), "request target: has a fragment"),
    "a fragment after a query": (Message(b"POST " + TARGET + b"?a#b HTTP/1.1"), "request target: has a fragment"),
    "two spaces after the method": (Message(b"POST  " + TARGET + b" HTTP/1.1"), "request line: not method, target"),
    "two spaces before the version": (Message(b"POST " + TARGET + b"  HTTP/1.1"), "request line: not method, target"),
    "HTTP/0.9 by name": (Message(b"POST " + TARGET + b" HTTP/0.9"), "HTTP version: not 1.0 or 1.1"),
    "HTTP/0.9": (Message(b"POST " + TARGET, b"", b"", b"", b"", b""), "HTTP version: not 1.0 or 1.1"),
    "HTTP/2.0": (Message(b"POST " + TARGET + b" HTTP/2.0"), "HTTP version: not 1.0 or 1.1"),
    "credentials in the URL": (Message(b"POST http://u:p@mock" + TARGET + b" HTTP/1.1"), "request target: not a host"),
    "a URL without a host": (Message(b"POST http:" + b"//" + TARGET + b" HTTP/1.1"), "request target: not a host"),
    "an asterisk": (Message(b"POST * HTTP/1.1"), "request target: neither a path nor"),
    "an authority": (Message(b"CONNECT mock:80 HTTP/1.1"), "request target: neither a path nor"),
    "another coding": (
        chunked(CHUNKED + b"\r\n", framing=b"Transfer-Encoding: gzip, chunked\r\n"),
        "Transfer-Encoding:",
    ),
    "chunks in HTTP/1.0": (
        chunked(CHUNKED + b"\r\n", line=b"POST " + TARGET + b" HTTP/1.0"),
        "Transfer-Encoding: not in HTTP/1.0",
    ),
    "a chunk without a size": (chunked(b"x\r\n"), "body: not of the length"),
    "a chunk that is longer": (chunked(b"1\r\n{}\r\n0\r\n\r\n"), "body: not of the length"),
    "a chunk size in another notation": (chunked(b"0x2\r\n{}\r\n0\r\n\r\n"), "body: not of the length"),
    "too large a head": (Message(more=b"x-more: %b\r\n" % (b"a" * 65536)), "request line and headers: larger than"),
}

TAKEN: dict[str, Message] = {
    "empty lines first": Message(b"\r\n\r\nPOST " + TARGET + b" HTTP/1.1"),
    "HTTP/1.0 without Host": Message(b"POST " + TARGET + b" HTTP/1.0", host=b""),
    **{
        f"Host: {value}": Message(host=b"Host: %b\r\n" % value.encode())
        for value in ("localhost", "127.0.0.1:80", "[::1]", "[::1]:4010", "a.b-c_d.example:", "%41", "  mock  ")
    },
    "white space around a value": Message(token=b"X-Auth-Token: \t mock-token \t\r\n"),
    "a URL": Message(b"POST http://mock:80" + TARGET + b" HTTP/1.1"),
    "a URL in capitals": Message(b"POST HTTP://MOCK" + TARGET + b" HTTP/1.1"),
    "a query with a question mark": Message(b"POST " + TARGET + b"?a?b HTTP/1.1"),
    "chunks": chunked(CHUNKED + b"\r\n"),
    "chunks, in capitals": chunked(CHUNKED + b"\r\n", framing=b"Transfer-Encoding: Chunked\r\n"),
    "a chunk extension": chunked(CHUNKED.replace(b"\r\n", b';name="a;b"\r\n', 1) + b"\r\n"),
    "trailers": chunked(CHUNKED + b"X-Auth-Token: wrong\r\nworkspace: other\r\nHost: a\r\n\r\n"),
    "an upgrade": Message(more=b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"),
    "an upgrade of chunks": chunked(CHUNKED + b"\r\n", more=b"Connection: Upgrade\r\nUpgrade: websocket\r\n"),
    "no coding": Message(more=b"Content-Encoding: identity\r\n"),
    "an Accept without JSON": Message(more=b"Accept: text/html\r\n"),
    "another expectation": Message(more=b"Expect: 200-ok\r\n"),
    "an expectation in HTTP/1.0": Message(b"POST " + TARGET + b" HTTP/1.0", more=b"Expect: 100-continue\r\n"),
}


@pytest.mark.parametrize(("message", "error"), REFUSED.values(), ids=REFUSED)
def test_what_http_forbids_is_refused(dataarts_mock: MockServer, message: Message, error: str) -> None:
    """What breaks a rule of HTTP is a 400 that names it, runs nothing, and is the last on its connection."""
    received = send(dataarts_mock, bytes(message) + bytes(Message()))

    assert [reply.status for reply in received] == [400]
    assert received[0].error.startswith(f"API request error. {error}")
    assert received[0].headers["connection"] == "close"
    assert [request.violation for request in dataarts_mock.requests] == [f"APIGW.0201 {received[0].error}"]
    dataarts_mock.assert_ran("myJob", times=0)


@pytest.mark.parametrize("message", TAKEN.values(), ids=TAKEN)
def test_what_http_allows_is_taken(dataarts_mock: MockServer, message: Message) -> None:
    """What HTTP allows runs the job with its parameters, and so does the next request on the connection."""
    last = b"" if b"HTTP/1.0" in message.line else bytes(Message(more=CLOSE))
    received = send(dataarts_mock, bytes(message) + last)

    assert {reply.status for reply in received} == {200}
    dataarts_mock.assert_ran("myJob", params={"aaa": "111"}, times=2 if last else 1)


def test_url_in_the_request_line_takes_the_place_of_host(dataarts_mock: MockServer) -> None:
    """The host of a whole URL in the request line counts, whatever Host says."""
    send(dataarts_mock, bytes(Message(b"POST http://one:81" + TARGET + b"?q HTTP/1.1", b"Host: two\r\n", more=CLOSE)))
    (request,) = dataarts_mock.requests

    assert (request.path, request.query, request.headers["host"]) == (PATH, "q", "one:81")


def test_trailers_are_no_headers(dataarts_mock: MockServer) -> None:
    """A trailer cannot give the credentials that the headers lack, and is not recorded as one of them."""
    message = chunked(CHUNKED + b"X-Auth-Token: mock-token\r\n\r\n", token=b"", more=CLOSE)
    received = send(dataarts_mock, bytes(message))

    assert [reply.status for reply in received] == [401]
    assert "x-auth-token" not in dataarts_mock.requests[0].headers


@pytest.mark.parametrize("method", [b"post", b"RUN"])
def test_method_that_is_not_known_is_501(dataarts_mock: MockServer, method: bytes) -> None:
    """A method that HTTP does not have is a 501, as RFC 9110 asks; methods are case-sensitive."""
    received = send(dataarts_mock, bytes(Message(method + b" " + TARGET + b" HTTP/1.1")))

    assert [(reply.status, reply.body) for reply in received] == [(501, b"Method not known.")]


@pytest.mark.parametrize("garbage", [b"garbage\r\n\r\n", b"POST / HTTP/1.1\r\nno colon\r\n\r\n", b"\x16\x03\x01"])
@pytest.mark.parametrize("number", [1, 3])
def test_requests_before_garbage_get_their_own_responses(
    dataarts_mock: MockServer, number: int, garbage: bytes
) -> None:
    """Requests that were sent before what is no HTTP are run and get their responses; then comes its 400."""
    dataarts_mock.fail_next(delay=0.1)
    received = send(dataarts_mock, bytes(Message()) * number + garbage)

    assert [reply.status for reply in received] == [200] * number + [400]
    assert received[-1].body == b"Invalid HTTP request received."
    assert all("date" in reply.headers for reply in received)
    dataarts_mock.assert_ran("myJob", times=number)


def test_request_with_a_broken_body_does_not_spoil_the_one_before(dataarts_mock: MockServer) -> None:
    """A body that breaks off in garbage is refused after the request before it has its response."""
    dataarts_mock.fail_next(delay=0.1)
    received = send(dataarts_mock, bytes(Message()) + bytes(chunked(b"x\r\n")) + bytes(Message()))

    assert [reply.status for reply in received] == [200, 400]
    assert received[1].error.startswith("API request error. body: not of the length")


UPGRADE = b"Connection: Upgrade\r\nUpgrade: h2c\r\n"
STREAM = [
    Message(),
    chunked(CHUNKED + b"\r\n"),
    Message(more=UPGRADE),
    chunked(CHUNKED + b"x-trailer: a\r\n\r\n", more=UPGRADE),
    Message(b"\r\n\r\nPOST " + TARGET + b" HTTP/1.1"),
    chunked(CHUNKED + b"\r\n"),
    Message(more=CLOSE),
]


@pytest.mark.parametrize("seed", range(20))
def test_segments_do_not_matter(dataarts_mock: MockServer, seed: int) -> None:
    """Requests one after another are read the same wherever the network cuts them."""
    rng = random.Random(seed)
    stream = b"".join(map(bytes, STREAM))
    cuts = [0, *sorted(rng.sample(range(1, len(stream)), rng.choice([0, 1, 5, 40, 200]))), len(stream)]
    with connect(dataarts_mock.url) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for begin, end in pairwise(cuts):
            connection.sendall(stream[begin:end])
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert [reply.status for reply in replies(received)] == [200] * len(STREAM)
    dataarts_mock.assert_ran("myJob", params={"aaa": "111"}, times=len(STREAM))


@pytest.mark.parametrize("first", STREAM[:4], ids=["length", "chunks", "upgrade", "upgrade of chunks"])
def test_request_line_is_checked_behind_any_body(dataarts_mock: MockServer, first: Message) -> None:
    """A request line with two spaces is found behind any other request, also where a right one like it comes next."""
    wrong = Message(b"POST  " + TARGET + b" HTTP/1.1")
    received = send(dataarts_mock, bytes(first) + bytes(wrong) + bytes(Message()))

    assert [reply.status for reply in received] == [200, 400]
    assert received[1].error.startswith("API request error. request line: not method, target and version")


def test_bad_percent_encoding_in_a_query_is_refused(dataarts_mock: MockServer, document: dict[str, Any]) -> None:
    """A query parameter that is not percent-encoded UTF-8 is refused by its name, as a path parameter is."""
    path = next(path for path, item in document["paths"].items() if item.get("get", {}).get("operationId") == LIST)
    target = path.replace("{project_id}", "p1").encode()
    answers = [
        send(dataarts_mock, bytes(Message(b"GET " + target + b"?jobName=" + value + b" HTTP/1.1", more=CLOSE)))[0]
        for value in (b"%zz", b"%", b"%ff", b"%E4%BD%9C", b"a+b")
    ]

    assert [reply.status for reply in answers] == [400, 400, 400, 200, 200]
    assert answers[0].error.endswith(" jobName: not UTF-8, percent-encoded")


@pytest.mark.parametrize("size", [1_000, 20_000_000])
def test_refusal_reaches_a_client_that_is_still_sending(dataarts_mock: MockServer, size: int) -> None:
    """A client that sends on after what is no HTTP can still read its 400, rather than a reset."""
    received = send(dataarts_mock, b"garbage\r\n\r\n" + b"a" * size)

    assert [reply.status for reply in received] == [400]


EXPECT = b"Expect: 100-continue\r\n"

# What the headers alone tell, in the order of the checks.
UNWANTED: dict[str, tuple[Message, int]] = {
    "no HTTP": (Message(host=b"", more=EXPECT), 400),
    "path": (Message(b"POST /nowhere HTTP/1.1", more=EXPECT), 404),
    "method": (Message(b"PUT " + TARGET + b" HTTP/1.1", more=EXPECT), 405),
    "no token": (Message(token=b"", more=EXPECT, framing=b"Content-Length: 99999999\r\n"), 401),
    "wrong token": (Message(token=b"X-Auth-Token: no\r\n", more=EXPECT), 401),
    "size": (Message(framing=b"Content-Length: 99999999\r\n", more=EXPECT + b"Content-Encoding: gzip\r\n"), 413),
    "coding": (Message(more=EXPECT + b"Content-Encoding: gzip\r\n"), 415),
    "media type": (Message(more=EXPECT + b"Content-Type: text/plain\r\n"), 415),
}


@pytest.mark.parametrize(("message", "status"), UNWANTED.values(), ids=UNWANTED)
def test_body_that_is_not_wanted_is_not_asked_for(dataarts_mock: MockServer, message: Message, status: int) -> None:
    """A client that waits for 100 gets the refusal instead, where path, credentials, size or media type tell it."""
    head = bytes(message).removesuffix(BODY)
    received = send(dataarts_mock, head)

    assert [reply.status for reply in received] == [status]
    assert received[0].headers["connection"] == "close"
    assert [request.status for request in dataarts_mock.requests] == [status]


def test_body_that_is_wanted_is_asked_for(dataarts_mock: MockServer) -> None:
    """A client that waits for 100 gets it, sends the body, and gets its response."""
    head = bytes(Message(more=EXPECT + CLOSE)).removesuffix(BODY)
    received = send(dataarts_mock, head, BODY)

    assert [reply.status for reply in received] == [100, 200]
    dataarts_mock.assert_ran("myJob", params={"aaa": "111"})


def test_no_100_goes_before_a_refusal(dataarts_mock: MockServer) -> None:
    """A client that asks for 100 but sends the body at once gets its response alone, and so does its next request."""
    messages = Message(token=b"", more=EXPECT), Message(more=EXPECT), Message(more=CLOSE)
    received = send(dataarts_mock, b"".join(map(bytes, messages)))

    assert [reply.status for reply in received] == [401, 200, 200]


def test_client_that_does_not_wait_can_read_the_refusal(dataarts_mock: MockServer) -> None:
    """A client that asks for 100 but sends a large body at once can still read the refusal."""
    message = Message(framing=b"Content-Length: 16777216\r\n", more=EXPECT, body=b"a" * 16_777_216)
    received = send(dataarts_mock, bytes(message))

    assert [reply.status for reply in received] == [413]


def test_waiting_client_is_throttled_once() -> None:
    """A request that waits for 100 counts once towards the rate limit, and is refused at once beyond it."""
    head = bytes(Message(more=EXPECT)).removesuffix(BODY)
    statuses: list[int] = []
    with MockServer(rate_limit=2) as mock:
        while 429 not in statuses:  # Until all fall into one second.
            mock.reset()
            statuses = [
                reply.status for reply in send(mock, head, BODY, head, BODY, head, BODY + bytes(Message(more=CLOSE)))
            ]

    assert statuses == [100, 200, 100, 200, 429]


def test_signed_body_is_asked_for() -> None:
    """A signature covers the body, so a signed request is asked for it."""
    signature = b"SDK-HMAC-SHA256 Access=%b, SignedHeaders=host;x-sdk-date, Signature=" + b"0" * 64
    head = Message(token=b"Authorization: " + signature % b"mock-ak" + b"\r\n", more=EXPECT + CLOSE)
    other = Message(token=b"Authorization: " + signature % b"other" + b"\r\n", more=EXPECT + CLOSE)
    with MockServer() as mock:
        asked = send(mock, bytes(head).removesuffix(BODY), BODY)
        refused = send(mock, bytes(other).removesuffix(BODY))

    assert [reply.status for reply in asked] == [100, 401]
    assert [reply.status for reply in refused] == [401]


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"br", b"identity, gzip", b"x"])
def test_content_coding_is_refused(dataarts_mock: MockServer, coding: bytes) -> None:
    """A body in a content coding is a 415 that says so, and names the one that is accepted."""
    (reply,) = send(dataarts_mock, bytes(Message(more=b"Content-Encoding: %b\r\n" % coding + CLOSE)))

    assert (reply.status, reply.error) == (415, "API request error. Content-Encoding: not identity")
    assert reply.headers["accept-encoding"] == "identity"
