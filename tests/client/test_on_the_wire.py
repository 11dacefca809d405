"""Does the client ask only for what it understands, keep nothing between calls, and write what it was given?"""

from __future__ import annotations

import gzip
import re
import time
import zlib
from typing import Any
from urllib.parse import unquote

import pytest

from dataarts_runtime.errors import OutcomeUnknown
from dataarts_runtime.operation import Parameter
from dataarts_runtime.schema import String

from ._answers import hang, http
from ._operation import call_repeatedly, read_things
from ._server import Answer, Server

pytestmark = pytest.mark.over_aiohttp

JSON = b'{"a": 1}'
ENCODED = {"gzip": gzip.compress(JSON), "x-gzip": gzip.compress(JSON), "deflate": zlib.compress(JSON), "identity": JSON}


def kept(body: bytes, *headers: str) -> bytes:
    """Write a response on a connection that stays open."""
    return http(200, body, *headers).replace(b"Connection: close\r\n", b"")


def test_content_codings(mode: str) -> None:
    """The client asks for no content coding that it does not decode."""
    with Server(http(200, JSON)) as server:
        call_repeatedly(mode, server.url, read_things(), ())
        (asked,) = server.requests[0].all("Accept-Encoding")

    codings = [coding.partition(";")[0].strip().lower() for coding in asked.split(",")]
    for coding in codings:
        assert coding in ENCODED, f"the client asks for {coding}, which it does not decode"
        with Server(http(200, ENCODED[coding], f"Content-Encoding: {coding}")) as server:
            (value,) = call_repeatedly(mode, server.url, read_things(), ())
        assert value == {"a": 1}, f"the client should decode {coding}, for which it asks"


@pytest.mark.parametrize(
    "first", [kept(JSON, "Set-Cookie: session=abc; Path=/"), http(429, "", "Set-Cookie: s=1; Path=/")]
)
def test_cookies(first: Answer, mode: str) -> None:
    """A cookie that the service sets is not sent back, neither with the next attempt nor with the next call."""
    with Server(first, kept(JSON)) as server:
        call_repeatedly(mode, server.url, read_things(), (), ())

        sent = [request.all("Cookie") for request in server.requests]
        assert len(sent) > 1
        assert sent == [[]] * len(sent), f"the client should keep no cookies, but sent {sent}"


def test_own_cookies(mode: str) -> None:
    """A cookie that the caller gives to the client is sent with every request, unchanged by what the service sets."""
    with Server(kept(JSON, "Set-Cookie: a=2; Path=/", "Set-Cookie: b=3")) as server:
        call_repeatedly(mode, server.url, read_things(), (), (), headers={"Cookie": "a=1"})

        sent = [request.all("Cookie") for request in server.requests]
        assert sent == [["a=1"], ["a=1"]], f"the caller's cookie should be sent as it is, but {sent} was"


@pytest.mark.over_aiohttp(False)  # which has a clock of its own
@pytest.mark.parametrize(("idle", "connections"), [(1, 1), (5, 2)], ids=["one-second", "five-seconds"])
def test_idle_connections(idle: float, connections: int, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection is used again, but not after five idle seconds: that is when common servers hang up."""
    clock, passed = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock() + passed[0])

    def wait() -> None:
        passed[0] += idle

    with Server(kept(JSON)) as server:
        call_repeatedly(mode, server.url, read_things(), (), (), between=wait)

        assert len(server.requests) == 2
        made = server.connections
        assert made == connections, (
            f"after {idle} idle seconds, two calls should use {connections} connections, not {made}"
        )


def slowly(connection: Any) -> None:
    """Fail after more than a second, in a way that may pass."""
    connection.pause(1.2)
    connection.send(http(503, ""))
    connection.end()


ONE_DEADLINE: dict[str, Answer] = {
    "slow-attempt": slowly,
    "pause": http(503, "", "Retry-After: 1"),
    "throttled": http(429, "", "Retry-After: 1"),
}


@pytest.mark.parametrize("first", ONE_DEADLINE.values(), ids=ONE_DEADLINE)
def test_one_deadline_for_all_attempts(first: Answer, mode: str) -> None:
    """The timeout is that of the call: what the first attempt and the pause took is gone for the second attempt."""
    started = time.monotonic()
    with Server(first, hang()) as server:
        with pytest.raises(OutcomeUnknown):
            call_repeatedly(mode, server.url, read_things(), (), timeout=1.8)
        seconds = time.monotonic() - started

        assert len(server.requests) == 2, "the call should be attempted again while there is time"
        assert seconds < 2.6, f"the timeout of 1.8 s should hold for the whole call, which took {seconds:.1f} s"


SEGMENTS = (
    *("a", "a b", "a+b", "a&b=c", "a;b", "a:b", "a@b", "a,b", "a?b", "a#b", "100%", "a%2Fb", "a%252Fb", "%", "%zz"),
    *("[a]", "{a}", "a|b", "a\\b", "a^b", "a`b", "<a>", '"a"', "~a", "...", "..a", "作业", "ü", "🚀", "a\tb", "\x7f"),
)


@pytest.mark.parametrize("text", SEGMENTS, ids=ascii)
def test_path_segments(text: str, mode: str) -> None:
    """Whatever a path parameter is, it arrives as it is, as one segment that RFC 3986 allows."""
    operation = read_things(Parameter("name", "path", String()), path="/things/{}/end")
    with Server(http(200, JSON)) as server:
        call_repeatedly(mode, server.url, operation, (text,))
        target = server.requests[0].raw_path.decode("ascii")

    segment = target.removeprefix("/things/").removesuffix("/end")
    assert target == f"/things/{segment}/end"
    assert unquote(segment) == text, f"the path parameter {text!r} should arrive unchanged, but {target} was sent"
    pchar = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-F]{2})+"
    assert re.fullmatch(pchar, segment), f"{segment} is not a path segment (RFC 3986, section 3.3)"


@pytest.mark.parametrize("text", SEGMENTS, ids=ascii)
def test_query_values(text: str, mode: str) -> None:
    """Whatever a query parameter is, it arrives as it is, as one parameter."""
    with Server(http(200, JSON)) as server:
        call_repeatedly(mode, server.url, read_things(Parameter("name", "query", String(), required=False)), (text,))
        target = server.requests[0].raw_path.decode("ascii")

    value = target.removeprefix("/things?name=")
    assert unquote(value) == text, f"the query parameter {text!r} should arrive unchanged, but {target} was sent"
    assert re.fullmatch("(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+", value), f"{value} would be read in several ways"
