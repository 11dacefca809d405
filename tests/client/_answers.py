"""Hostile answers below 400, and answers that are none: a row each, with what a call is to come to.

The rows name exceptions instead of holding them, because another generated client is held to the same table.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from ._calls import Outcome
from ._server import Answer, Connection

STARTED = b'{"instanceId":132343}'
BRIEF = 0.4
"""The deadline of calls that are never answered, in seconds."""


@dataclass(frozen=True, slots=True)
class Case:
    """An answer and what it comes to: a value, or the exception of this name with these attributes."""

    id: str
    answer: Answer
    value: int | None = None
    raises: str = ""
    status: int | None = None
    code: str | None = None
    message: str | None = None
    """The whole message, if the answer has one."""
    excerpt: str = ""
    """What str(error) shows of an answer that is not understood."""
    slow: bool = False
    """Whether only the deadline ends the call."""

    def over_aiohttp(self) -> Case:
        """Return the row for aiohttp, which tells nothing of a response if what came with its head is no HTTP."""
        if self.id not in ("length-short", "error-chunk-garbage"):
            return self
        return Case(self.id, self.answer, raises="OutcomeUnknown")

    def check(self, outcome: Outcome, errors: ModuleType, *, safe: bool) -> None:
        """Assert that the outcome is the row's; `safe` says whether the operation's method is."""
        if not self.raises:
            assert outcome.error is None, f"the answer {self.id} should be a value, but became {outcome.end}"
            got = outcome.value.instance_id
            assert type(got) is int, f"the answer {self.id} should be an int, but became {got!r}"
            assert got == self.value, f"the answer {self.id} should be {self.value}, but became {got}"
            return
        error = outcome.error
        rule = f"the answer {self.id} should be raised as {self.raises}"
        assert type(error) is getattr(errors, self.raises), f"{rule}, but became {outcome.end}"
        assert isinstance(error, errors.ClientError)
        wanted: dict[str, object] = {"status_code": self.status, "outcome_unknown": self.unknown(safe=safe)}
        if self.status is not None and self.status >= 400:
            wanted["error_code"] = self.code
        if self.message is not None:
            wanted["error_msg"] = self.message
        for name, value in wanted.items():
            got = getattr(error, name, None if name == "status_code" else ...)
            assert (type(got), got) == (type(value), value), f"{rule} whose {name} is {value!r}, but it is {got!r}"
        check_line(error, self.status, self.code, self.excerpt)

    def unknown(self, *, safe: bool) -> bool:
        """Whether the request may have been carried out, so that it must not simply be sent again."""
        if self.raises == "OutcomeUnknown":
            return True
        status = self.status or 0
        return not safe and (self.raises == "UnexpectedResponse" or status == 408 or status >= 500)


def check_line(error: BaseException, status: int | None, *shown: str | None) -> None:
    """Assert that str(error) is fit for a log line: one line, printable, encodable, not endless, and telling."""
    line = str(error)
    assert line
    assert len(line) <= 1200
    assert not [character for character in line if ord(character) < 32 or 0xD800 <= ord(character) <= 0xDFFF]
    for text in (str(status or ""), *shown):
        assert (text or "") in line


def http(status: int | str, body: bytes | str = b"", *headers: str, kind: str | None = "application/json") -> bytes:
    """Write a whole answer, with its length, on a connection that ends with it."""
    data = body.encode() if isinstance(body, str) else body
    fields = [*headers, f"Content-Length: {len(data)}", "Connection: close"]
    if kind is not None:
        fields.append(f"Content-Type: {kind}")
    line = f"HTTP/1.1 {status} Status" if isinstance(status, int) else f"HTTP/1.1 {status}"
    return "\r\n".join((line, *fields, "", "")).encode("latin-1") + data


def raw(head: str, body: bytes = b"") -> bytes:
    """Write an answer from its head's lines (separated by `|`) and its body."""
    return head.replace("|", "\r\n").encode("latin-1") + b"\r\n\r\n" + body


def cut(data: bytes) -> Callable[[Connection], None]:
    """Send this, and end the connection."""

    def answer(connection: Connection) -> None:
        connection.send(data)
        connection.end()

    return answer


def reset(data: bytes = b"") -> Callable[[Connection], None]:
    """Send this, and break the connection once it has arrived."""

    def answer(connection: Connection) -> None:
        connection.send(data)
        connection.pause(0.05)
        connection.reset()

    return answer


def hang(data: bytes = b"") -> Callable[[Connection], None]:
    """Send this, and nothing more."""

    def answer(connection: Connection) -> None:
        connection.send(data)
        connection.hang()

    return answer


def drip(first: bytes, then: bytes) -> Callable[[Connection], None]:
    """Send the first part at once, and the second a byte at a time."""

    def answer(connection: Connection) -> None:
        connection.send(first)
        connection.drip(then)
        connection.hang()

    return answer


def flood(first: bytes, again: bytes) -> Callable[[Connection], None]:
    """Send the first part, and the second without end."""

    def answer(connection: Connection) -> None:
        connection.send(first)
        connection.flood(again)

    return answer


def bomb(mebibytes: int, wbits: int) -> bytes:
    """Compress this many MiB of spaces, behind which a valid body stands."""
    compressor = zlib.compressobj(9, zlib.DEFLATED, wbits)
    spaces = b" " * 2**20
    return (
        b"".join(compressor.compress(spaces) for _ in range(mebibytes))
        + compressor.compress(STARTED)
        + compressor.flush()
    )


GZIP_BOMB, DEFLATE_BOMB = bomb(48, 31), bomb(48, 15)
HEAD = raw("HTTP/1.1 200 OK|Content-Type: application/json|Content-Length: 21")
CHUNKED = raw("HTTP/1.1 200 OK|Content-Type: application/json|Transfer-Encoding: chunked")
GZ = "Content-Encoding: gzip"


def value(name: str, answer: Answer, number: int = 132343) -> Case:
    """Make a row that ends in a value."""
    return Case(name, answer, number)


def odd(name: str, answer: Answer, excerpt: str = "", status: int = 200) -> Case:
    """Make a row that ends in UnexpectedResponse."""
    return Case(name, answer, raises="UnexpectedResponse", status=status, excerpt=excerpt)


def lost(name: str, answer: Answer, *, slow: bool = False) -> Case:
    """Make a row that ends in OutcomeUnknown."""
    return Case(name, answer, raises="OutcomeUnknown", slow=slow)


VALUES = (
    value("plain", http(200, STARTED)),
    value("least-id", http(200, '{"instanceId":-9223372036854775808}'), -(2**63)),
    value("greatest-id", http(200, '{"instanceId":9223372036854775807}'), 2**63 - 1),
    value("zero-id", http(200, '{"instanceId":0}'), 0),
    value("integer-with-fraction-zero", http(200, '{"instanceId":132343.0}')),
    value("integer-with-exponent", http(200, '{"instanceId":1e5}'), 100000),
    value("beyond-floats", http(200, '{"instanceId":9007199254740993.0}'), 2**53 + 1),
    value("rounded-beside", http(200, '{"instanceId":132343,"x":[1.00000000000000001,0e9,1e-99999999999999999999]}')),
    value("unknown-keys", http(200, '{"instanceId":132343,"new":{"a":[1]},"type":null}')),
    value("lone-surrogate-beside", http(200, r'{"instanceId":132343,"x":"\ud800"}')),
    value("huge-number-beside", http(200, '{"instanceId":132343,"x":1e400}')),
    value("spaces-around", http(200, b" \r\n\t" + STARTED + b"\n")),
    value("bom", http(200, b"\xef\xbb\xbf" + STARTED)),
    value("utf-16", http(200, STARTED.decode().encode("utf-16"), kind="application/json; charset=utf-16")),
    value("utf-16-undeclared", http(200, STARTED.decode().encode("utf-16"))),
    value("utf-32-undeclared", http(200, STARTED.decode().encode("utf-32"))),
    value("unknown-charset", http(200, STARTED, kind="application/json; charset=klingon-8")),
    value("no-content-type", http(200, STARTED, kind=None)),
    value("text-plain", http(200, STARTED, kind="text/plain")),
    value("nonsense-content-type", http(200, STARTED, kind=";;;=\xff")),
    value("two-content-types", http(200, STARTED, "Content-Type: text/html")),
    value("gzip", http(200, gzip.compress(STARTED), GZ)),
    value("gzip-members", http(200, gzip.compress(STARTED[:9]) + gzip.compress(b"") + gzip.compress(STARTED[9:]), GZ)),
    value("deflate", http(200, zlib.compress(STARTED), "Content-Encoding: deflate")),
    value("identity", http(200, STARTED, "Content-Encoding: identity")),
    value("x-gzip", http(200, gzip.compress(STARTED), "Content-Encoding: X-GZip")),
    value("no-length", cut(raw("HTTP/1.1 200 OK", STARTED))),
    value("http-1.0", cut(raw("HTTP/1.0 200 OK", STARTED))),
    value("no-reason", http("200", STARTED)),
    value("non-latin-reason", http("200 \xe4\xbd\xa0", STARTED)),
    value("length-then-silence", hang(HEAD + STARTED)),
    value("chunk-a-byte", CHUNKED + b"".join(b"1\r\n%c\r\n" % byte for byte in STARTED) + b"0\r\n\r\n"),
    value("trailers", CHUNKED + b"15;x=y\r\n" + STARTED + b"\r\n0\r\nX-T: 1\r\n\r\n"),
    value("100-first", raw("HTTP/1.1 100 Continue") + http(200, STARTED)),
    value("102-and-103-first", raw("HTTP/1.1 102 P") + raw("HTTP/1.1 103 E|Link: </x>") + http(200, STARTED)),
    value("dripped-quickly", lambda connection: connection.drip(http(200, STARTED), every=0.001)),
    value("binary-header", http(200, STARTED, "X-Bytes: \xff\xfe")),
    value("set-cookie-nonsense", http(200, STARTED, "Set-Cookie: \xff=;;;", "Set-Cookie: =")),
)

BODIES = (
    odd("empty", http(200)),
    odd("blank", http(200, b"  \n")),
    odd("null", http(200, b"null"), "null"),
    odd("list", http(200, b"[132343]"), "[132343]"),
    odd("number", http(200, b"132343"), "132343"),
    odd("string", http(200, b'"132343"'), "132343"),
    odd("true", http(200, b"true"), "true"),
    odd("empty-object", http(200, b"{}"), "instanceId"),
    odd("other-case", http(200, b'{"instanceid":132343}'), "instanceId"),
    odd("snake-case", http(200, b'{"instance_id":132343}'), "instanceId"),
    odd("id-string", http(200, b'{"instanceId":"132343"}'), "instanceId"),
    odd("id-null", http(200, b'{"instanceId":null}'), "instanceId"),
    odd("id-true", http(200, b'{"instanceId":true}'), "instanceId"),
    odd("id-list", http(200, b'{"instanceId":[132343]}'), "instanceId"),
    odd("id-object", http(200, b'{"instanceId":{}}'), "instanceId"),
    odd("id-fraction", http(200, b'{"instanceId":132343.5}'), "instanceId"),
    odd("id-fraction-that-floats-lose", http(200, b'{"instanceId":132343.00000000000000001}'), "instanceId"),
    odd("id-all-but-zero", http(200, b'{"instanceId":1e-400}'), "instanceId"),
    odd("id-all-but-zero-at-any-precision", http(200, b'{"instanceId":1e-99999999999999999999}'), "instanceId"),
    odd("nan-beside", http(200, b'{"instanceId":132343,"x":NaN}')),
    odd("id-nan", http(200, b'{"instanceId":NaN}')),
    odd("id-infinity", http(200, b'{"instanceId":-Infinity}')),
    odd("id-1e400", http(200, b'{"instanceId":1e400}'), "instanceId"),
    odd("id-above-int64", http(200, b'{"instanceId":9223372036854775808}'), "instanceId"),
    odd("id-below-int64", http(200, b'{"instanceId":-9223372036854775809}'), "instanceId"),
    odd("id-5000-digits", http(200, b'{"instanceId":' + b"9" * 5000 + b"}")),
    odd("id-doubled", http(200, b'{"instanceId":1,"instanceId":132343}'), "instanceId"),
    odd("broken-json", http(200, b'{"instanceId":132343'), "132343"),
    odd("two-documents", http(200, STARTED + STARTED), "132343"),
    odd("single-quotes", http(200, b"{'instanceId':132343}"), "132343"),
    odd("leading-zero", http(200, b'{"instanceId":0132343}'), "132343"),
    odd("jsonp", http(200, b'callback({"instanceId":132343})'), "callback"),
    odd("nul-bytes", http(200, b"\0" * 21)),
    odd("invalid-utf-8", http(200, b'{"instanceId":132343,"x":"\xff\xfe"}')),
    odd("utf-16-cut", http(200, STARTED.decode().encode("utf-16")[:-1])),
    odd("nested-100000-deep", http(200, b"[" * 100_000)),
    odd("nested-in-a-member", http(200, b'{"instanceId":132343,"x":' + b"[" * 90_000 + b"]" * 90_000 + b"}")),
    odd("html", http(200, b"<html><body>Sign in</body></html>", kind="text/html"), "Sign in"),
    odd("control-characters", http(200, b"\x1b[2Jgone\r\nINFO forged line"), "gone"),
    odd("error-body", http(200, b'{"error_code":"DLF.0100","error_msg":"The job does not exists."}'), "DLF.0100"),
    odd("not-gzip", http(200, STARTED, GZ)),
    odd("gzip-cut", http(200, gzip.compress(STARTED)[:-9], GZ)),
    odd("gzip-member-cut", http(200, gzip.compress(STARTED) + gzip.compress(b"  ")[:-9], GZ)),
    odd("gzip-and-more", http(200, gzip.compress(STARTED) + b"more", GZ)),
    odd("gzip-checksum", http(200, gzip.compress(STARTED)[:-8] + b"\0" * 8, GZ)),
    odd("not-deflate", http(200, STARTED, "Content-Encoding: deflate")),
    odd("unknown-encoding", http(200, STARTED, "Content-Encoding: rot13")),
    odd("gzip-bomb", http(200, GZIP_BOMB, GZ)),
    odd("gzip-bomb-twice", http(200, gzip.compress(GZIP_BOMB), "Content-Encoding: gzip, gzip")),
    odd("deflate-bomb", http(200, DEFLATE_BOMB, "Content-Encoding: deflate")),
    odd("a-byte-over-1-mib", http(200, STARTED.ljust(2**20 + 1))),
    odd("length-short", cut(raw("HTTP/1.1 200 OK|Content-Length: 5", STARTED))),
    odd("endless-body", flood(raw("HTTP/1.1 200 OK"), b" " * 65536)),
    odd("endless-chunks", flood(CHUNKED, b"10000\r\n" + b" " * 65536 + b"\r\n")),
    odd("length-of-a-tebibyte", flood(raw("HTTP/1.1 200 OK|Content-Length: 1099511627776"), b" " * 65536)),
)

STATUSES = (
    odd("201", http(201, STARTED), "132343", status=201),
    odd("202", http(202, STARTED), "132343", status=202),
    odd("203", http(203, STARTED), "132343", status=203),
    odd("204", raw("HTTP/1.1 204 No Content|Connection: close"), status=204),
    odd("206", http(206, STARTED, "Content-Range: bytes 0-20/21"), status=206),
    odd("299", http(299, STARTED), status=299),
    odd("300", http(300), status=300),
    odd("301", http(301, b"", "Location: /v1/elsewhere"), "/v1/elsewhere", status=301),
    odd("302", http(302, b"", "Location: /login"), "/login", status=302),
    odd("303-to-nonsense", http(303, b"", "Location: http://[:::"), status=303),
    odd("304", raw("HTTP/1.1 304 Not Modified|Connection: close"), status=304),
    odd("307", http(307, b"", "Location: /v1/elsewhere"), status=307),
    odd("308-without-location", http(308), status=308),
)

LOST = (
    lost("closed-unanswered", cut(b"")),
    lost("reset-unanswered", reset()),
    lost("cut-in-status-line", cut(b"HTTP/1.1 2")),
    lost("cut-in-headers", cut(b"HTTP/1.1 200 OK\r\nContent-Le")),
    lost("cut-before-body", cut(HEAD)),
    lost("cut-in-body", cut(HEAD + STARTED[:-1])),
    lost("cut-in-chunk", cut(CHUNKED + b"15\r\n" + STARTED[:9])),
    lost("cut-before-last-chunk", cut(CHUNKED + b"15\r\n" + STARTED + b"\r\n")),
    lost("reset-in-headers", reset(b"HTTP/1.1 200 OK\r\nContent-Le")),
    lost("reset-in-body", reset(HEAD + STARTED[:-1])),
    lost("closed-after-100", cut(raw("HTTP/1.1 100 Continue"))),
    lost("http-0.9", cut(STARTED)),
    lost("ssh", cut(b"SSH-2.0-OpenSSH_9.6\r\n")),
    lost("tls-alert", cut(b"\x15\x03\x01\x00\x02\x02\x46")),
    lost("http-2-preface", cut(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00")),
    lost("101-unasked", raw("HTTP/1.1 101 Switching Protocols|Upgrade: x|Connection: upgrade")),
    lost("status-word", http("OK 200", STARTED)),
    lost("status-20O", http("20O Zero", STARTED)),
    lost("status-1000", http("1000 Thousand", STARTED)),
    lost("status-099", http("099 Low", STARTED)),
    lost("two-lengths", raw("HTTP/1.1 200 OK|Content-Length: 21|Content-Length: 22", STARTED)),
    lost("length-negative", raw("HTTP/1.1 200 OK|Content-Length: -1", STARTED)),
    lost("length-word", raw("HTTP/1.1 200 OK|Content-Length: many", STARTED)),
    lost("chunk-size-garbage", CHUNKED + b"zz\r\n" + STARTED),
    lost("chunk-size-negative", CHUNKED + b"-5\r\n" + STARTED),
    lost("chunk-overlong", CHUNKED + b"5\r\n" + STARTED + b"\r\n0\r\n\r\n"),
    lost("header-without-colon", raw("HTTP/1.1 200 OK|nonsense", STARTED)),
    lost("header-with-nul", raw("HTTP/1.1 200 OK|X: a\0b|Content-Length: 21", STARTED)),
    lost("endless-header", flood(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 65536)),
    lost("endless-headers", flood(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n" * 8192)),
    lost("silence", hang(), slow=True),
    lost("silence-in-status-line", hang(b"HTTP/1.1 200"), slow=True),
    lost("silence-in-headers", hang(b"HTTP/1.1 200 OK\r\nX: "), slow=True),
    lost("silence-before-body", hang(HEAD), slow=True),
    lost("silence-in-body", hang(HEAD + STARTED[:-1]), slow=True),
    lost("silence-without-length", hang(raw("HTTP/1.1 200 OK", STARTED)), slow=True),
    lost("dripped-headers", drip(b"HTTP/1.1 200 OK\r\nX: ", b"x" * 1000), slow=True),
    lost("dripped-body", drip(raw("HTTP/1.1 200 OK|Content-Length: 1000"), b" " * 1000), slow=True),
    lost("dripped-chunks", drip(CHUNKED, b"1\r\n \r\n" * 200), slow=True),
    lost("dripped-100s", drip(b"", raw("HTTP/1.1 100 Continue") * 40), slow=True),
    lost("dripped-gzip", drip(raw(f"HTTP/1.1 200 OK|{GZ}"), GZIP_BOMB[:1000]), slow=True),
)

BELOW_400 = (*VALUES, *BODIES, *STATUSES, *LOST)
