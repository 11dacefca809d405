"""Does the mock stand whatever bytes it is sent?

Never a 500 and never a hang: each input gets documented answers, the HTTP server's own 400 where the bytes are no HTTP,
or a closed connection.
"""

from __future__ import annotations

import json
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jsonschema_rs
import pytest

from dataarts_mock import MockServer
from tests.mock._http import PATH, connect, post
from tests.mock._process import read_url, start

NUMBER = 2000
SECONDS = 20
"""What no exchange may take: the mock gives a body ten seconds."""

GOOD = b'{"jobParams":[{"name":"aaa","value":"111"}]}'
JUNK = bytes(range(256))


def message(
    target: bytes = PATH.encode(),
    body: bytes = GOOD,
    *,
    method: bytes = b"POST",
    version: bytes = b"HTTP/1.1",
    headers: tuple[bytes, ...] = (),
    length: bytes | None = None,
) -> bytes:
    """Write a request that is right but for what is given."""
    lines = [
        b"%b %b %b" % (method, target, version),
        b"Host: mock",
        b"X-Auth-Token: mock-token",
        b"Content-Type: application/json",
        *headers,
    ]
    if not any(header.lower().startswith(b"transfer-encoding") for header in headers):
        lines.append(b"Content-Length: " + (b"%d" % len(body) if length is None else length))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def some(rng: random.Random, low: int, high: int) -> bytes:
    """Give some bytes of any kind."""
    return rng.randbytes(rng.randint(low, high))


def bad_target(rng: random.Random) -> bytes:
    """Bad percent-encoding, invalid UTF-8, dots, slashes, control characters in the path."""
    name = rng.choice(
        [
            b"%",
            b"%z1",
            b"%e4%bd",
            b"%ff%fe",
            b"%00",
            b"%2e%2e",
            b"..",
            b"a/../b",
            b"%2F",
            b"a%20b",
            b"%c0%ae",
            b"a;b",
            b"",
        ]
    )
    prefix = rng.choice([b"/v1", b"/V1", b"//v1", b"", b"http://mock/v1", b"/%76%31", b"*", b"/v1\x01", b"/v1\xff"])
    suffix = rng.choice([b"/run-immediate", b"/run-immediate?x=%", b"/run-immediate#x", b"/run-immediate/", b"?", b" "])
    return message(prefix + b"/p/jobs/" + name + some(rng, 0, 2).hex().encode() + suffix)


def bad_request_line(rng: random.Random) -> bytes:
    """Request lines that are none, or of other versions and methods."""
    whole = message(
        method=rng.choice(
            [b"POST", b"post", b"GET", b"HEAD", b"OPTIONS", b"CONNECT", b"TRACE", b"PRI", b"", b"X" * 99, b"PO ST"]
        ),
        version=rng.choice(
            [b"HTTP/1.0", b"HTTP/1.1", b"HTTP/0.9", b"HTTP/2.0", b"HTTP/9.9", b"HTTP", b"", b"HTTP/1.1 x"]
        ),
    )
    return rng.choice([whole, whole.replace(b"\r\n", b"\n"), b"\r\n\r\n" + whole, b" " + whole])


def bad_header(rng: random.Random) -> bytes:
    """Headers that are none, doubled, folded, empty, or of any bytes."""
    header = rng.choice(
        [
            b"workspace: " + some(rng, 0, 20),
            b"workspace: a\r\nworkspace: b",
            b"workspace:",
            b"work space: a",
            b": a",
            b"no colon",
            b"a: b\r\n folded",
            b"\x00: a",
            b"a: \x00",
            b"X-Auth-Token: " + some(rng, 1, 9),
            b"X-Auth-Token: mock-token\r\nX-Auth-Token: mock-token",
            b"Authorization: SDK-HMAC-SHA256 " + some(rng, 0, 40),
            b"Authorization: SDK-HMAC-SHA256 Access=mock-ak, SignedHeaders=host;x-sdk-date, Signature=" + b"0" * 64,
            b"Prefer: code=" + some(rng, 0, 5),
            b"Prefer: code=999999999999999999999",
            b"Prefer: code=\xb2\xb3\xb9, example=\xff",
            b"Content-Type: " + some(rng, 0, 20),
            b"Content-Type: application/json; charset=" + some(rng, 0, 9).hex().encode(),
            b"Content-Type: application/json; charset*=utf-8''utf-8",
            b"Expect: " + rng.choice([b"100-continue", b"200-ok", b""]),
            b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk",
            b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: eA==",
            b"Connection: " + rng.choice([b"close", b"keep-alive", b"x", b""]),
        ]
    )
    whole = message(headers=(header,))
    return whole.replace(b"X-Auth-Token: mock-token\r\n", b"", 1) if rng.random() < 0.2 else whole


def huge_head(rng: random.Random) -> bytes:
    """Heads of many headers, long values, or a long path."""
    size = rng.choice([1_000, 30_000, 70_000, 200_000])
    return rng.choice(
        [
            message(headers=(b"x-long: " + b"a" * size,)),
            message(headers=tuple(b"x-%d: a" % index for index in range(size // 10))),
            message(target=PATH.encode() + b"?" + b"q=1&" * (size // 4)),
            message(target=b"/v1/p/jobs/" + b"a" * size + b"/run-immediate"),
        ]
    )


def bad_framing(rng: random.Random) -> bytes:
    """Lengths and chunks that do not fit the body."""
    chunked = (b"Transfer-Encoding: chunked",)
    half = b"%x\r\n%b\r\n" % (len(GOOD), GOOD)
    return rng.choice(
        [
            message(
                length=rng.choice([b"-1", b"abc", b"", b"0x10", b"1e3", b"9" * 30, b"1, 1", b"5", b"99999", b"+5"])
            ),
            message(body=half + b"0\r\n\r\n", headers=chunked),
            message(body=half + b"0\r\nTrailer: a\r\n\r\n", headers=chunked),
            message(body=half, headers=chunked),
            message(body=b"zz\r\n" + GOOD, headers=chunked),
            message(body=b"-1\r\n\r\n", headers=chunked),
            message(body=b"ffffffffffffffffff\r\n", headers=chunked),
            message(body=b"5;ext=" + b"a" * rng.randint(0, 9999) + b"\r\nabcde\r\n0\r\n\r\n", headers=chunked),
            message(body=GOOD, headers=(b"Transfer-Encoding: chunked, gzip",)),
            message(body=half + b"0\r\n\r\n", headers=(*chunked, b"Content-Length: 3")),
            message(headers=(b"Content-Length: 3",)),
        ]
    )


def pipelined(rng: random.Random) -> bytes:
    """Several requests at once, some of them broken."""
    good = message()
    return b"".join(rng.choice([good, good, bad_body(rng), some(rng, 0, 30)]) for _ in range(rng.randint(2, 9)))


def bad_body(rng: random.Random) -> bytes:
    """Bodies that are no JSON, or not the JSON that is asked for."""
    depth = rng.choice([10, 500, 5_000, 100_000])
    return message(
        body=rng.choice(
            [
                some(rng, 1, 99),
                GOOD[: rng.randint(0, len(GOOD))],
                b"[" * depth,
                b"[" * depth + b"]" * depth,
                b'{"jobParams":' * depth + b"1" + b"}" * depth,
                b'{"jobParams":[],"jobParams":[]}',
                b'{"jobParams":[{"name":"a","name":"a","value":""}]}',
                b'{"jobParams":[{"name":"\\ud800","value":"\\udfff"}]}',
                b'{"jobParams":[{"name":"\\u0000","value":"\xf0\x9f\x98\x80"}]}',
                b'{"x":' + b"9" * rng.choice([20, 400, 5_000]) + b"}",
                b'{"x":-1e9999}',
                b'{"x":NaN}',
                b"\xef\xbb\xbf" + GOOD,
                GOOD.decode().encode("utf-16"),
                json.dumps({"jobParams": rng.choice([None, 1, "a", {}, [1], [None], [[]], [{}]])}).encode(),
                json.dumps(
                    {"jobParams": [{"name": "a" * rng.randint(0, 70), "value": "b" * rng.randint(1000, 1050)}]}
                ).encode(),
                rng.choice([b"null", b"1", b'"a"', b"[]", b"true", b" ", b"\x00"]),
            ]
        )
    )


def junk(rng: random.Random) -> bytes:
    """No HTTP at all."""
    return rng.choice(
        [some(rng, 1, 300), b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + some(rng, 9, 99), JUNK, b"\r\n" * 99]
    )


def damaged(rng: random.Random) -> bytes:
    """A right request with some of its bytes changed, dropped or doubled."""
    whole = bytearray(message())
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(whole))
        whole[at : at + rng.randint(0, 3)] = some(rng, 0, 3)
    return bytes(whole)


KINDS: list[Callable[[random.Random], bytes]] = [
    bad_target,
    bad_request_line,
    bad_header,
    huge_head,
    bad_framing,
    pipelined,
    bad_body,
    junk,
    damaged,
]


def large(rng: random.Random) -> bytes:
    """13 MiB, of one length or chunked, and far more announced than sent."""
    body = b" " * (13 * 1024 * 1024)
    return rng.choice(
        [
            message(body=body),
            message(body=b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body), headers=(b"Transfer-Encoding: chunked",)),
            message(body=body, length=b"999999999999"),
        ]
    )


def talk(url: str, sent: bytes, *, end: bool) -> tuple[bytes, float]:
    """Send bytes and, if so asked, their end; return what comes back, and the seconds that it took."""
    begin = time.monotonic()
    received = b""
    with connect(url) as connection:
        connection.settimeout(SECONDS)
        try:
            connection.sendall(sent)
            if end:
                connection.shutdown(1)
            while part := connection.recv(65536):
                received += part
        except TimeoutError:
            raise
        except OSError:  # The mock closed the connection, which it may.
            pass
    return received, time.monotonic() - begin


def answers(received: bytes) -> Iterator[tuple[int, str, bytes]]:
    """Read the answers, one after another: status, media type, body; cut short where the connection was."""
    while received:
        head, _, rest = received.partition(b"\r\n\r\n")
        found = re.match(rb"HTTP/1\.1 (\d{3}) ", head)
        assert found, received[:200]
        fields = dict(re.findall(r"^([a-z-]+): (.*?)\r?$", head.decode("latin-1"), re.MULTILINE))
        length = int(fields.get("content-length", "0"))
        yield int(found[1]), fields.get("content-type", ""), rest[:length]
        received = rest[length:]


def judge(sent: bytes, received: bytes, schemas: dict[int, jsonschema_rs.Validator]) -> list[str]:
    """Name each answer's kind, and fail on one that may not be."""
    kinds = []
    for status, media_type, body in answers(received):
        if status == 100:
            kinds.append("continue")
        elif media_type == "text/plain; charset=utf-8":
            assert status in (400, 501), (sent[:500], received[:500])
            kinds.append("no HTTP")
        else:
            assert status in schemas, (sent[:500], received[:500])
            assert status < 500, (sent[:500], received[:500])
            if not sent.lstrip().startswith(b"HEAD"):
                schemas[status].validate(json.loads(body))
            kinds.append(str(status))
    return kinds or ["closed"]


@pytest.fixture(scope="module")
def schemas(document: dict[str, Any]) -> dict[int, jsonschema_rs.Validator]:
    """What the body of each documented status has to be."""
    components = document["components"]
    references = {
        **document["paths"]["/v1/{project_id}/jobs/{job_name}/run-immediate"]["post"]["responses"],
        **document["x-gateway-responses"],
    }
    return {
        int(status): jsonschema_rs.validator_for(
            {
                "components": components,
                **components["responses"][reference["$ref"].rpartition("/")[2]]["content"]["application/json"][
                    "schema"
                ],
            }
        )
        for status, reference in references.items()
    }


def test_malformed_input_is_answered_or_refused(schemas: dict[int, jsonschema_rs.Validator]) -> None:
    """Each of 2,000 malformed inputs gets documented answers, the server's own 400, or a closed connection, in time."""
    rng = random.Random(20260131)
    inputs = [rng.choice(KINDS)(rng) for _ in range(NUMBER - 12)] + [large(rng) for _ in range(12)]
    with start("--quiet") as process, ThreadPoolExecutor(8) as pool:
        url = read_url(process)
        try:
            results = list(pool.map(lambda sent: talk(url, sent, end=True), inputs))
            last = post(url, body=GOOD, headers={"Content-Type": "application/json"}).status_code
        finally:
            process.terminate()
            _, log = process.communicate(timeout=20)
    kinds = Counter(
        kind for sent, (received, _) in zip(inputs, results, strict=True) for kind in judge(sent, received, schemas)
    )

    assert len(inputs) == NUMBER
    assert max(seconds for _, seconds in results) < SECONDS
    assert last == 200
    assert "Traceback" not in log, log
    assert {"200", "400", "401", "404", "405", "413", "415", "no HTTP", "closed"} <= set(kinds), kinds


def test_what_never_ends_is_ended(schemas: dict[int, jsonschema_rs.Validator]) -> None:
    """A head or body that does not come to its end is ended after ten seconds; a connection between requests is not."""
    inputs = [
        b"",
        b"\r\n",
        b"POST",
        message()[:60],
        message(length=b"500"),
        message(body=b"", length=b"500"),
        message(body=b"5\r\nabc", headers=(b"Transfer-Encoding: chunked",)),
        message(body=b"", length=b"500", headers=(b"Expect: 100-continue",)),
    ]
    with start("--quiet") as process, ThreadPoolExecutor(9) as pool:
        url = read_url(process)
        try:
            with connect(url) as idle:
                idle.sendall(message())
                first = idle.recv(65536)
                results = list(pool.map(lambda sent: talk(url, sent, end=False), inputs))
                idle.sendall(message())
                second = idle.recv(65536)
        finally:
            process.terminate()
            _, log = process.communicate(timeout=20)
    kinds = [judge(sent, received, schemas) for sent, (received, _) in zip(inputs, results, strict=True)]

    assert kinds == [["closed"], ["no HTTP"], ["no HTTP"], ["no HTTP"], ["400"], ["400"], ["400"], ["continue", "400"]]
    assert all(9 < seconds < 14 for _, seconds in results)
    assert [part.partition(b"\r\n")[0] for part in (first, second)] == [b"HTTP/1.1 200 OK"] * 2
    assert "Traceback" not in log, log


def test_connection_goes_on_after_an_offer_to_upgrade() -> None:
    """A client that offers HTTP/2 with its request, as Java's does, is answered, and so is its next request."""
    upgrade = message(headers=(b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABk"))
    with start("--quiet") as process:
        url = read_url(process)
        try:
            with connect(url) as connection:
                connection.sendall(upgrade)
                first = connection.recv(65536)
                connection.sendall(message(headers=(b"Connection: close",)))
                second = connection.recv(65536)
        finally:
            process.terminate()
            _, log = process.communicate(timeout=20)

    assert first.startswith(b"HTTP/1.1 200 OK\r\n")
    assert second.startswith(b"HTTP/1.1 200 OK\r\n")
    assert log == ""


def test_client_that_closes_its_side_gets_its_answers() -> None:
    """A client that ends its side of the connection after its requests, as nc does, gets answers that take time too."""
    with MockServer() as mock:
        mock.fail_next(delay=0.2, times=2)
        received, _ = talk(mock.url, message() * 3, end=True)

    assert [status for status, _, _ in answers(received)] == [200] * 3
