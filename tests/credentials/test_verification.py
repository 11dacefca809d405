"""Does verify_signature accept what was signed, and nothing else?"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from dataarts_auth import SignatureAuth, access_key_of, verify_signature

from . import official
from .server import ReceivedRequest, Server
from .test_signature import Case, cases

INCORRECT = "Incorrect IAM authentication information: "
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SIGNED = ["content-type", "host", "workspace", "x-project-id", "x-sdk-date", "x-security-token"]


@pytest.fixture
def received(server: Server) -> ReceivedRequest:
    """A request that was signed at NOW, as a server received it."""
    auth = SignatureAuth("AKEXAMPLE", "SKEXAMPLE", security_token="tok", project_id="p1")
    with time_machine.travel(NOW, tick=False), httpx.Client(auth=auth) as client:
        client.post(
            f"{server.url}/v1/p1/jobs/%E4%BD%9C%E4%B8%9A/run-immediate?a=1&b=2",
            json={"jobParams": [{"name": "aaa", "value": "111"}]},
            headers={"workspace": "ws1"},
        )
    return server.request


def test_accepts_what_was_received(received: ReceivedRequest) -> None:
    """The request that the tests below alter is accepted unaltered; they alter each of its signed headers."""
    assert received.verify("SKEXAMPLE", NOW) is None
    assert received.signed_names == SIGNED


def with_header(request: ReceivedRequest, name: str, change: Callable[[bytes], list[bytes]]) -> ReceivedRequest:
    """The request with other values for a header."""
    headers = [
        (key, new)
        for key, value in request.headers
        for new in (change(value) if key.lower() == name.encode() else [value])
    ]
    return replace(request, headers=headers)


def in_authorization(request: ReceivedRequest, old: str, new: str) -> ReceivedRequest:
    """The request with a part of its Authorization replaced."""
    return with_header(request, "authorization", lambda value: [value.replace(old.encode(), new.encode())])


def other_last(value: bytes) -> bytes:
    """The value with another last character."""
    return value[:-1] + (b"0" if value[-1:] != b"0" else b"1")


Alter = Callable[[ReceivedRequest], ReceivedRequest]

ALTERED: dict[str, Alter] = {
    "method": lambda request: replace(request, method="PUT"),
    "path": lambda request: replace(request, raw_path=request.raw_path.replace(b"p1", b"p2")),
    "path, a letter's case": lambda request: replace(request, raw_path=request.raw_path.replace(b"jobs", b"Jobs")),
    "path, one more segment": lambda request: replace(request, raw_path=request.raw_path + b"/x"),
    "query, a value": lambda request: replace(request, query=b"a=1&b=3"),
    "query, one more": lambda request: replace(request, query=b"a=1&b=2&c="),
    "query, one less": lambda request: replace(request, query=b"a=1"),
    "query, gone": lambda request: replace(request, query=b""),
    "body": lambda request: replace(request, body=request.body.replace(b"111", b"112")),
    "body, one byte more": lambda request: replace(request, body=request.body + b" "),
    "body, gone": lambda request: replace(request, body=b""),
    "body, declared unsigned": lambda request: replace(
        request, body=b"{}", headers=[*request.headers, (b"X-Sdk-Content-Sha256", b"UNSIGNED-PAYLOAD")]
    ),
    "signature": lambda request: with_header(request, "authorization", lambda value: [other_last(value)]),
    "header list without host": lambda request: in_authorization(request, "host;", ""),
    "header list without date": lambda request: in_authorization(request, ";x-sdk-date", ""),
    "header list without workspace": lambda request: in_authorization(request, "workspace;", ""),
    "header list with one more": lambda request: in_authorization(request, "=content-type", "=accept;content-type"),
}


def alterations_of(name: str) -> dict[str, Alter]:
    """The ways to alter a header."""
    changes: dict[str, Callable[[bytes], list[bytes]]] = {
        "changed": lambda value: [other_last(value)],
        "gone": lambda _: [],
        "twice": lambda value: [value, value],
        "another after it": lambda value: [value, b"x"],
        "another before it": lambda value: [b"x", value],
    }
    return {f"{name}, {what}": partial(with_header, name=name, change=change) for what, change in changes.items()}


for _name in SIGNED:
    ALTERED.update(alterations_of(_name))


@pytest.mark.parametrize("alter", ALTERED.values(), ids=ALTERED.keys())
def test_refuses_what_was_altered(
    received: ReceivedRequest, alter: Callable[[ReceivedRequest], ReceivedRequest]
) -> None:
    """A request altered in any one part on its way is refused."""
    altered = alter(received)

    assert altered != received
    assert (altered.verify("SKEXAMPLE", NOW) or "").startswith(INCORRECT)


@pytest.mark.parametrize("key", ["SKEXAMPLf", "SKEXAMPL", "SKEXAMPLE ", "skexample", ""])
def test_refuses_another_key(received: ReceivedRequest, key: str) -> None:
    """A signature made with another secret key is refused."""
    assert "verify aksk signature fail" in (received.verify(key, NOW) or "")


@pytest.mark.parametrize("name", SIGNED)
def test_headers_in_any_case_and_order(received: ReceivedRequest, name: str) -> None:
    """Headers may arrive in any order, their names in any case, and white space around their values."""
    headers = [(key.swapcase(), b" \t" + value.strip() + b" ") for key, value in reversed(received.headers)]
    request = replace(received, headers=headers)

    assert request.verify("SKEXAMPLE", NOW) is None
    assert ALTERED[f"{name}, changed"](request).verify("SKEXAMPLE", NOW) is not None


def test_text_stands_for_bytes(received: ReceivedRequest) -> None:
    """Path, query and headers may be given in text, as http.server and WSGI have them."""
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in received.headers]
    refusal = verify_signature(
        received.method,
        received.raw_path.decode("latin-1"),
        received.query.decode("latin-1"),
        headers,
        received.body,
        secret_key="SKEXAMPLE",
        now=NOW,
    )

    assert refusal is None


@pytest.mark.parametrize(
    "now",
    [
        NOW - timedelta(minutes=15),
        NOW - timedelta(minutes=14),
        NOW + timedelta(minutes=14),
        NOW + timedelta(minutes=15),
        (NOW + timedelta(minutes=14)).astimezone(timezone(timedelta(hours=8))),
    ],
)
def test_a_date_within_15_minutes_passes(received: ReceivedRequest, now: datetime) -> None:
    """A date of up to 15 minutes ago or ahead is accepted, in whatever time zone the server lives."""
    assert received.verify("SKEXAMPLE", now) is None


@pytest.mark.parametrize(
    ("now", "server_time"),
    [
        (NOW - timedelta(minutes=16), "20251231T234400Z"),
        (NOW - timedelta(minutes=15, seconds=1), "20251231T234459Z"),
        (NOW + timedelta(minutes=15, seconds=1), "20260101T001501Z"),
        (NOW + timedelta(minutes=16), "20260101T001600Z"),
        (NOW + timedelta(days=400), "20270205T000000Z"),
        ((NOW + timedelta(minutes=16)).astimezone(timezone(timedelta(hours=8))), "20260101T001600Z"),
    ],
)
def test_a_date_beyond_15_minutes_is_refused(received: ReceivedRequest, now: datetime, server_time: str) -> None:
    """A date of more than 15 minutes ago or ahead is refused, with both times in the message."""
    assert received.verify("SKEXAMPLE", now) == (
        "Incorrect IAM authentication information: calc aksk signature fail:signature expired, "
        f"signature time:20260101T000000Z,server time:{server_time}"
    )


def test_a_server_time_without_zone_is_an_error(received: ReceivedRequest) -> None:
    """A server that does not tell its time zone learns so at once."""
    with pytest.raises(ValueError, match="now has no time zone"):
        received.verify("SKEXAMPLE", NOW.replace(tzinfo=None))


def test_shows_the_canonical_request() -> None:
    """For a wrong signature the message shows the canonical request of what received, with bars for line breaks."""
    authorization = "SDK-HMAC-SHA256 Access=AKEXAMPLE, SignedHeaders=host;workspace;x-sdk-date, Signature=" + 64 * "0"
    refusal = verify_signature(
        "POST",
        b"/v1/p1/jobs/%e4%bd%9c%7E%2B/run-immediate",
        b"b=1+2&a=%2F",
        [
            (b"Host", b"127.0.0.1:4010"),
            (b"X-Sdk-Date", b"20260101T000000Z"),
            (b"Accept", b"*/*"),
            (b"workspace", "作".encode()),
            (b"Authorization", authorization.encode()),
        ],
        b"",
        secret_key="SKEXAMPLE",
        now=NOW,
    )

    assert refusal == (
        "Incorrect IAM authentication information: verify aksk signature fail,canonicalRequest:"
        "POST|/v1/p1/jobs/%E4%BD%9C~%2B/run-immediate/|a=%2F&b=1%202|"
        "host:127.0.0.1:4010|workspace:作|x-sdk-date:20260101T000000Z||host;workspace;x-sdk-date|"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


MALFORMED = (
    "Incorrect IAM authentication information: calc aksk signature fail:"
    "Authorization is not SDK-HMAC-SHA256 with Access, SignedHeaders and Signature"
)
HEX = 64 * "a"


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer token",
        "Basic YWs6c2s=",
        "SDK-HMAC-SHA256",
        f"SDK-HMAC-SM3 Access=ak, SignedHeaders=host;x-sdk-date, Signature={HEX}",
        f"V11-HMAC-SHA256 Credential=ak/20260101/r/s, SignedHeaders=host;x-sdk-date, Signature={HEX}",
        f"SDK-HMAC-SHA256 SignedHeaders=host;x-sdk-date, Signature={HEX}",
        f"SDK-HMAC-SHA256 Access=, SignedHeaders=host;x-sdk-date, Signature={HEX}",
        f"SDK-HMAC-SHA256 Access=ak, Signature={HEX}",
        f"SDK-HMAC-SHA256 Access=ak, SignedHeaders=, Signature={HEX}",
        "SDK-HMAC-SHA256 Access=ak, SignedHeaders=host;x-sdk-date",
        "SDK-HMAC-SHA256 Access=ak, SignedHeaders=host;x-sdk-date, Signature=",
        f"SDK-HMAC-SHA256 Access=ak, SignedHeaders=host;x-sdk-date, Signature={HEX[1:]}",
        f"SDK-HMAC-SHA256 Access=ak, SignedHeaders=host;x-sdk-date, Signature={HEX.upper()}",
        f"SDK-HMAC-SHA256 Access=ak, SignedHeaders=host;x-sdk-date, Signature={HEX}a",
        f"SDK-HMAC-SHA256 Access=ak, SignedHeaders=host;x-sdk-date, Signature={HEX}, More=1",
        f"sdk-hmac-sha256 Access=ak, SignedHeaders=host;x-sdk-date, Signature={HEX}",
        "\udcff\u4f5c",
    ],
)
def test_other_authorizations_are_refused(received: ReceivedRequest, authorization: str) -> None:
    """An Authorization of another scheme or form is refused by a message that says so, and names no access key."""
    request = with_header(received, "authorization", lambda _: [authorization.encode("utf-8", "replace")])

    assert request.verify("SKEXAMPLE", NOW) == MALFORMED
    assert access_key_of(authorization) is None


def test_two_authorizations_are_refused(received: ReceivedRequest) -> None:
    """Two Authorization headers are refused, even if they say the same."""
    assert with_header(received, "authorization", lambda value: [value, value]).verify("SKEXAMPLE", NOW) == MALFORMED


def test_no_authorization_is_refused(received: ReceivedRequest) -> None:
    """Without an Authorization header the message is that for missing credentials."""
    request = with_header(received, "authorization", lambda _: [])

    assert request.verify("SKEXAMPLE", NOW) == INCORRECT + "x-auth-token not found"


@pytest.mark.parametrize("name", ["host", "x-sdk-date"])
def test_host_and_date_must_be_signed(name: str) -> None:
    """A signature that is right but leaves out host or date is refused by a message that says so."""
    headers = {"Host": "h", "X-Sdk-Date": "20260101T000000Z"}
    signed, partly = (
        official.sign("GET", "/", [], headers, b"", access_key="ak", secret_key="sk", left_out=left_out)
        for left_out in ([], [name])
    )

    assert verify_signature("GET", "/", "", signed, b"", secret_key="sk", now=NOW) is None
    assert verify_signature("GET", "/", "", partly, b"", secret_key="sk", now=NOW) == (
        INCORRECT + f"calc aksk signature fail:{name} is not among the signed headers"
    )


def test_signed_headers_must_arrive(received: ReceivedRequest) -> None:
    """A header that is listed but has not arrived is named in the message."""
    request = with_header(received, "workspace", lambda _: [])

    assert request.verify("SKEXAMPLE", NOW) == (
        INCORRECT + "calc aksk signature fail:signed header workspace not found"
    )


@pytest.mark.parametrize(
    "date",
    [
        "",
        "2026-01-01T00:00:00Z",
        "20260101T000000",
        "20260230T000000Z",
        "20260101T250000Z",
        "\u0662\u0660260101T000000Z",
    ],
)
def test_dates_must_be_dates(received: ReceivedRequest, date: str) -> None:
    """A date of another form, or that never was, is refused by a message that says so."""
    request = with_header(received, "x-sdk-date", lambda _: [date.encode()])

    assert request.verify("SKEXAMPLE", NOW) == (
        INCORRECT + "calc aksk signature fail:X-Sdk-Date is not a date like 20260101T000000Z"
    )


@given(cases(), st.sampled_from([None, "application/xml", "multipart/form-data", "application/bson"]))
@settings(max_examples=150, deadline=None, derandomize=True, database=None)
def test_accepts_what_the_official_signer_signs(case: Case, media_type: str | None) -> None:
    """Whatever the official signer signs is accepted as it goes over the server, unsigned payloads included."""
    headers = {name: value.decode() for name, value in case.headers if name != "Content-Type"}
    headers |= {"Host": "h", "User-Agent": "official", "X-Sdk-Date": "20260101T000000Z"}
    if media_type is not None:
        headers["Content-Type"] = media_type
    received = official.sign(case.method, case.path, case.params, headers, case.body, access_key="ak", secret_key="sk")
    query = urlencode(case.params, quote_via=quote)

    def verify(secret_key: str) -> str | None:
        return verify_signature(
            case.method.upper(), case.path, query, received, case.body, secret_key=secret_key, now=NOW
        )

    assert verify("sk") is None
    assert "verify aksk signature fail" in (verify("ks") or "")


octets = st.binary(max_size=30) | st.text(max_size=30)
names = st.sampled_from(["Authorization", "host", "X-Sdk-Date", b"workspace", b"\xff"]) | octets
values = octets | st.sampled_from(
    ["20260101T000000Z", f"SDK-HMAC-SHA256 Access=ak, SignedHeaders=host;x-sdk-date, Signature={HEX}"]
)


@given(st.text(max_size=5), octets, octets, st.lists(st.tuples(names, values), max_size=6), st.binary(max_size=9))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_nothing_that_arrives_raises(
    method: str, path: str | bytes, query: str | bytes, headers: list[tuple[str | bytes, str | bytes]], body: bytes
) -> None:
    """Whatever arrives is refused by a message of the gateway's."""
    refusal = verify_signature(method, path, query, headers, body, secret_key="sk", now=NOW)

    assert (refusal or "").startswith(INCORRECT)


@pytest.mark.parametrize("sdk", ["dgc", "dlf"])
@pytest.mark.parametrize(
    "options",
    [
        {"job_name": "myJob"},
        {"job_name": "myJob", "params": []},
        {"job_name": "myJob", "params": [{"name": "aaa", "value": "作业"}], "workspace": "ws1"},
        {"job_name": "作业 ~+%", "security_token": "tok"},
    ],
    ids=["no body", "empty list", "parameters and workspace", "Chinese name and temporary keys"],
)
def test_accepts_the_official_clients(server: Server, sdk: str, options: dict[str, Any]) -> None:
    """Requests of the official clients are accepted as they arrive over HTTP, and with their own secret key only."""
    instance_id = official.run_once(
        sdk, server.url, access_key="mock-ak", secret_key="mock-sk", project_id="p1", **options
    )

    assert instance_id == "132343"
    assert access_key_of(server.request.header("Authorization") or "") == "mock-ak"
    assert server.request.verify("mock-sk") is None
    assert server.request.verify("other-sk") is not None


@pytest.mark.parametrize(
    "authorization",
    [
        f"SDK-HMAC-SHA256 Access=mock-ak, SignedHeaders=host;x-sdk-date, Signature={HEX}",
        f"SDK-HMAC-SHA256 Access=mock-ak,SignedHeaders=host,Signature={HEX}",
        f" SDK-HMAC-SHA256  Access=mock-ak, SignedHeaders=x, Signature={HEX}\t".encode(),
    ],
)
def test_finds_the_access_key(authorization: str | bytes) -> None:
    """The access key is found in an Authorization of the scheme, text or bytes, with or without spaces."""
    assert access_key_of(authorization) == "mock-ak"
