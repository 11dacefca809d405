"""Does the mock accept a signed request only as it was signed?"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import time_machine

from dataarts_auth import SignatureAuth

REFUSED = "Incorrect IAM authentication information: "
AUTH = SignatureAuth("mock-ak", "mock-sk", security_token="a-token", project_id="p1")


def signed(url: str, auth: httpx.Auth = AUTH) -> httpx.Request:
    """Sign a request for `myJob`."""
    request = httpx.Request(
        "POST",
        f"{url}/v1/p1/jobs/myJob/run-immediate?a=1&b=%7E%20",
        headers={"workspace": "ws1"},
        json={"jobParams": [{"name": "aaa", "value": "作业"}]},
    )
    return next(auth.sync_auth_flow(request))


def send(request: httpx.Request) -> httpx.Response:
    """Send a request as it is."""
    with httpx.Client() as client:
        return client.send(request)


def change_header(name: str, value: str | None) -> Callable[[httpx.Request], httpx.Request]:
    """Change, or drop, a header after signing."""

    def change(request: httpx.Request) -> httpx.Request:
        assert name in request.headers
        if value is None:
            del request.headers[name]
        else:
            request.headers[name] = value
        return request

    return change


def replace(old: str, new: str) -> Callable[[httpx.Request], httpx.Request]:
    """Replace something in `Authorization` after signing."""

    def change(request: httpx.Request) -> httpx.Request:
        value = request.headers["Authorization"]
        assert old in value
        request.headers["Authorization"] = value.replace(old, new)
        return request

    return change


def rebuild(request: httpx.Request, url: httpx.URL, content: bytes) -> httpx.Request:
    """Move the signed headers to another URL or body."""
    headers = [(name, value) for name, value in request.headers.raw if name.lower() != b"content-length"]
    return httpx.Request(request.method, url, headers=headers, content=content)


def change_path(request: httpx.Request) -> httpx.Request:
    """Run another job than the one signed for."""
    return rebuild(request, request.url.copy_with(path="/v1/p1/jobs/other/run-immediate"), request.content)


def change_query(request: httpx.Request) -> httpx.Request:
    """Change the query."""
    return rebuild(request, request.url.copy_with(query=b"a=2&b=%7E%20"), request.content)


def change_body(request: httpx.Request) -> httpx.Request:
    """Run the job with another value."""
    return rebuild(request, request.url, request.content.replace(b"aaa", b"bbb"))


ALTERATIONS: dict[str, Callable[[httpx.Request], httpx.Request]] = {
    "path": change_path,
    "query": change_query,
    "body": change_body,
    "host": change_header("host", "elsewhere"),
    "content type": change_header("content-type", "application/json;charset=utf-8"),
    "workspace changed": change_header("workspace", "ws2"),
    "workspace dropped": change_header("workspace", None),
    "project ID": change_header("x-project-id", "p2"),
    "security token": change_header("x-security-token", "another"),
    "date": change_header("x-sdk-date", (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y%m%dT%H%M%SZ")),
    "date dropped": change_header("x-sdk-date", None),
    "access key": replace("Access=mock-ak", "Access=mock-ak2"),
    "signature": replace("Signature=", "Signature=0"),
    "algorithm": replace("SDK-HMAC-SHA256", "SDK-HMAC-SHA512"),
    "host not signed": replace("host;", ""),
    "date not signed": replace("x-sdk-date", "x-sdk-dates"),
    "no signed headers": replace("SignedHeaders=", "Signed="),
    "cut off": replace(", Signature=", ""),
}


@pytest.mark.parametrize("alter", ALTERATIONS.values(), ids=ALTERATIONS)
def test_altered_request_is_refused(signed_url: str, alter: Callable[[httpx.Request], httpx.Request]) -> None:
    """A request altered in any part after it was signed is 401 APIGW.0301."""
    answer = send(alter(signed(signed_url)))

    assert (answer.status_code, answer.json()["error_code"]) == (401, "APIGW.0301")
    assert answer.json()["error_msg"].startswith(REFUSED)


def test_wrong_signature_is_answered_with_the_canonical_request(signed_url: str) -> None:
    """A signature that does not match is answered with the canonical request that the mock computed."""
    answer = send(change_body(signed(signed_url)))

    assert answer.json()["error_msg"].startswith(
        f"{REFUSED}verify aksk signature fail,canonicalRequest:POST|/v1/p1/jobs/myJob/run-immediate/|a=1&b=~%20|"
    )


def test_unknown_access_key_is_named(signed_url: str) -> None:
    """An access key that is not known is named in the answer, whatever the signature."""
    answer = send(signed(signed_url, SignatureAuth(r"AK\g<0>", "mock-sk")))

    assert answer.json()["error_msg"] == rf"{REFUSED}Get secretKey failed,ak:AK\g<0>,err:ak not exist"


@pytest.mark.parametrize(
    ("minutes", "status"), [(-16, 401), (-14, 200), (0, 200), (14, 200), (16, 401)], ids=lambda value: str(value)
)
def test_date_counts(signed_url: str, minutes: int, status: int) -> None:
    """A request dated more than 15 minutes from now, early or late, is refused."""
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=minutes)):
        request = signed(signed_url)

    assert send(request).status_code == status


def test_signed_request_without_a_body_is_taken(signed_url: str) -> None:
    """A signed request without a body, and without a media type, starts a run."""
    request = httpx.Request("POST", f"{signed_url}/v1/p1/jobs/myJob/run-immediate", headers={"workspace": "ws1"})

    assert send(next(AUTH.sync_auth_flow(request))).status_code == 200


def test_known_token_suffices(signed_url: str) -> None:
    """A known token suffices, whatever signature stands beside it."""
    request = change_body(signed(signed_url))
    request.headers["X-Auth-Token"] = "mock-token"

    assert send(request).status_code == 200


def test_unknown_token_does_not_spoil_a_signature(signed_url: str) -> None:
    """A right signature suffices, whatever token stands beside it."""
    request = signed(signed_url)
    request.headers["X-Auth-Token"] = "another"

    assert send(request).status_code == 200
