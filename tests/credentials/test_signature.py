"""Does SignatureAuth sign as the official signer does?"""

from dataclasses import dataclass
from urllib.parse import quote

import httpx
import pytest
import time_machine
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dataarts_auth import SignatureAuth

from . import official

HOST = "dayu-dlf.cn-north-4.myhuaweicloud.com"
NEVER_SIGNED = {"user-agent", "accept", "accept-encoding", "connection", "content-length", "transfer-encoding"}


def sign(auth: httpx.Auth, request: httpx.Request) -> httpx.Request:
    """The request as it would be sent."""
    return next(auth.sync_auth_flow(request))


@pytest.mark.parametrize(
    ("path", "headers", "security_token", "body", "signature"),
    [
        (
            "/v1/p1/jobs/my%20job/run-immediate",
            {"workspace": "ws1"},
            "tok",
            '{"jobParams":[]}',
            "cb966330042f84ce3ed23b750155fdd9159f692f802146136922bd15e6d5a2a6",
        ),
        (
            "/v1/p1/jobs/%E4%BD%9C%E4%B8%9A/run-immediate",
            {},
            None,
            '{"jobParams":[{"name":"aaa","value":"作业"}]}',
            "ee3c698f42399e3a6ab2b6e80c92f7995337a1dc12ac8abedb2c78491d7d2b48",
        ),
    ],
    ids=["temporary keys and a workspace", "Chinese job name"],
)
@time_machine.travel("2026-01-01T00:00:00Z", tick=False)
def test_known_signatures(
    path: str, headers: dict[str, str], security_token: str | None, body: str, signature: str
) -> None:
    """Two requests get the signatures on which two implementations agree."""
    auth = SignatureAuth("AKEXAMPLE", "SKEXAMPLE", security_token=security_token, project_id="p1")
    request = httpx.Request(
        "POST", f"https://{HOST}{path}", headers={"Content-Type": "application/json", **headers}, content=body
    )

    signed = sign(auth, request)

    assert signed.headers["X-Sdk-Date"] == "20260101T000000Z"
    assert signed.headers["Authorization"].startswith("SDK-HMAC-SHA256 Access=AKEXAMPLE, SignedHeaders=")
    assert signed.headers["Authorization"].endswith(f", Signature={signature}")


@dataclass(frozen=True)
class Case:
    """A request to sign: `path` is on the wire as it stands here."""

    method: str
    path: str
    params: list[tuple[str, str]]
    headers: list[tuple[str, bytes]]
    body: bytes
    security_token: str | None
    project_id: str | None


text = st.text(alphabet="aZ09-_.~ +%/?#&=;:@!$'()*,\"\\作业é😀", max_size=12)
credential = st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=20)
header_value = st.text(alphabet="ab 09;=,/作业", max_size=12).map(str.encode)


@st.composite
def paths(draw: st.DrawFn) -> str:
    """A path of the service, percent-encoded as strictly or laxly as clients do."""
    names = draw(st.lists(text.filter(lambda name: name not in {".", ".."}), min_size=1, max_size=3))
    safe = draw(st.sampled_from(["", "~", "+", "~+:@&=;,!$'()*"]))
    return "/v1/" + "/".join(quote(name, safe=safe) for name in names)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any request that can be signed."""
    headers = draw(
        st.lists(
            st.tuples(st.sampled_from(["workspace", "X-Language", "x-MIXED-case", "with_underscore"]), header_value),
            unique_by=lambda header: header[0],
        )
    )
    media_type = draw(st.sampled_from([None, "application/json", "application/json;charset=UTF-8", "text/plain"]))
    if media_type is not None:
        headers.append(("Content-Type", media_type.encode()))
    if media_type == "text/plain":
        headers.append(("X-Sdk-Content-Sha256", b"UNSIGNED-PAYLOAD"))
    body = draw(
        st.one_of(
            st.just(b""),
            st.just(b'{"jobParams":[{"name":"aaa","value":"111"}]}'),
            text.map(str.encode),
            st.tuples(st.binary(min_size=1, max_size=4), st.integers(1, 100_000)).map(lambda part: part[0] * part[1]),
        )
    )
    return Case(
        method=draw(st.sampled_from(["POST", "GET", "PUT", "DELETE", "post"])),
        path=draw(paths()),
        params=draw(st.lists(st.tuples(text, text), max_size=4)),
        headers=headers,
        body=body,
        security_token=draw(st.none() | credential),
        project_id=draw(st.none() | credential),
    )


@given(cases())
@example(Case("POST", "/v1/a", [("~", "1"), ("作", "2"), ("a", "+ %"), ("a", "")], [], b"", None, None))
@example(Case("POST", "/v1/%e4%bd%9c~%7e+%2B%2f/", [], [("workspace", b" ws ")], b"x", "t", "p"))
@settings(max_examples=300, deadline=None, derandomize=True, database=None)
def test_same_as_the_official_signer(case: Case) -> None:
    """Whatever the request, its Authorization is byte for byte that of the official signer for the same headers."""
    auth = SignatureAuth("AKEXAMPLE", "SKEXAMPLE", security_token=case.security_token, project_id=case.project_id)
    url = httpx.URL(f"https://{HOST}{case.path}", params=case.params or None)
    headers = [(name.encode(), value) for name, value in case.headers]
    request = httpx.Request(case.method, url, headers=[*headers, (b"User-Agent", b"x")], content=case.body)

    signed = sign(auth, request)

    to_sign = {
        name.decode(): value.decode()
        for name, value in signed.headers.raw
        if b"_" not in name and name.lower().decode() not in NEVER_SIGNED | {"authorization"}
    }
    expected = dict(
        official.sign(
            case.method, case.path, case.params, to_sign, case.body, access_key="AKEXAMPLE", secret_key="SKEXAMPLE"
        )
    )
    assert signed.headers["Authorization"] == expected[b"Authorization"].decode()
    assert {"host", "x-sdk-date"} <= {name.lower() for name in to_sign}
    assert signed.headers.get("X-Security-Token") == case.security_token
    assert signed.headers.get("X-Project-Id") == case.project_id


@pytest.mark.parametrize(
    ("query", "params"),
    [
        ("b=2&a=1", [("a", "1"), ("b", "2")]),
        ("a=2&a=10", [("a", "10"), ("a", "2")]),
        ("a=1+2%2B3", [("a", "1 2+3")]),
        ("flag", [("flag", "")]),
        ("a==1&&", [("a", "=1")]),
        ("%7e=%e4%bd%9c", [("~", "作")]),
    ],
)
def test_query_as_it_stands(query: str, params: list[tuple[str, str]]) -> None:
    """A query is signed by what it says, however it is written."""
    auth = SignatureAuth("AKEXAMPLE", "SKEXAMPLE")
    signed = sign(auth, httpx.Request("GET", f"https://{HOST}/v1?{query}"))

    expected = dict(
        official.sign(
            "GET",
            "/v1",
            params,
            {"Host": HOST, "X-Sdk-Date": signed.headers["X-Sdk-Date"]},
            b"",
            access_key="AKEXAMPLE",
            secret_key="SKEXAMPLE",
        )
    )
    assert signed.headers["Authorization"] == expected[b"Authorization"].decode()


def test_what_hops_change_is_not_signed() -> None:
    """Headers that a client or a hop may change, and those given twice, are sent but not signed; all others are."""
    clients = ["accept", "accept-encoding", "user-agent", "content-length", "expect"]
    hops = ["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "via", "forwarded"]
    proxies = [
        "proxy-authorization",
        "proxy-connection",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-forwarded-port",
        "x-forwarded-proto",
    ]
    unsigned = [*clients, *hops, *proxies, "x_underscore"]
    signed_too = ["accept-language", "content-type", "cookie", "if-match", "origin", "prefer", "workspace", "x-once"]
    headers = [*((name, "1") for name in [*unsigned, *signed_too]), ("X-Twice", "1"), ("x-twice", "2")]

    signed = sign(SignatureAuth("ak", "sk"), httpx.Request("GET", "https://host/", headers=headers))

    names = ";".join(sorted([*signed_too, "host", "x-sdk-date"]))
    assert set(unsigned) | {"x-twice"} <= set(signed.headers)
    assert f", SignedHeaders={names}, " in signed.headers["Authorization"]


def test_replaces_older_credentials() -> None:
    """Credentials and dates that a request brings along are replaced or dropped, and its project ID only if need be."""
    stale = {
        "authorization": "stale",
        "X-AUTH-TOKEN": "stale",
        "x-sdk-date": "20200101T000000Z",
        "x-security-token": "stale",
        "x-project-id": "caller's",
    }
    request = httpx.Request("GET", "https://host/", headers=stale)

    plain = sign(SignatureAuth("ak", "sk"), request)
    full = sign(SignatureAuth("ak", "sk", security_token="tok", project_id="p1"), request)

    names = [name.lower() for name, _ in full.headers.raw]
    assert len(names) == len(set(names))
    assert "stale" not in str(plain.headers.raw)
    assert "stale" not in str(full.headers.raw)
    assert plain.headers["X-Project-Id"] == "caller's"
    assert full.headers["X-Project-Id"] == "p1"
    assert full.headers["X-Security-Token"] == "tok"
    assert "X-Security-Token" not in plain.headers
    assert "20200101T000000Z" not in (plain.headers["X-Sdk-Date"], full.headers["X-Sdk-Date"])
