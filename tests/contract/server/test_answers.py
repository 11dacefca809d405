"""Does a server do what the document says in words: runs, media types, credentials, throttling?"""

from __future__ import annotations

import json
import time
from typing import Any
from unittest.mock import patch

import httpx
import pytest

from dataarts_auth import SignatureAuth, TokenAuth
from tests.contract import mock
from tests.contract.document import Document, Operation
from tests.contract.exchange import Caller, Exchange, described
from tests.contract.server.test_errors import assert_is
from tests.contract.target import own_target

# The example of both reference pages, word for word: the one thing here that does not come from the document.
SEED_TARGET = "/v1/b384b9e9ab9b4ee8994c8633aabc9505/jobs/myJob/run-immediate"
SEED_REQUEST = b"""\
{
    "jobParams":[
        {
            "name":"aaa",
            "value":"111"
        },
        {
            "name":"bbb",
            "value":"222"
        }
    ]
}
"""
SEED_ANSWER = {"instanceId": 132343}


def test_example_of_the_reference(fresh: Caller, document: Document) -> None:
    """The reference's example request has the reference's example answer."""
    request = fresh.request(document.operations[0]).having(target=SEED_TARGET, content=SEED_REQUEST)
    exchange = fresh.send(request, starts=True)

    assert exchange.status == 200, exchange.breaks(f"The example of the reference was refused: {exchange.said}")
    fault = described(document, exchange, exchange.request.operation.answers)
    assert fault is None, exchange.breaks(f"The answer is not as documented: {fault}")
    assert exchange.body == SEED_ANSWER, exchange.breaks(
        f"The answer of the reference is {json.dumps(SEED_ANSWER)}, not {exchange.response.text}"
    )


def test_success_is_as_documented(operation: Operation, caller: Caller, document: Document) -> None:
    """A run that was started is answered as the document describes it, and nothing else is added."""
    exchange = caller.send(caller.request(operation), starts=True)

    assert exchange.status == operation.success.status, exchange.breaks(
        f"A valid request did not succeed: {exchange.said}"
    )
    fault = described(document, exchange, operation.answers)
    assert fault is None, exchange.breaks(f"The answer is not as documented: {fault}")
    extra = set(exchange.body) - set(operation.success.schema["properties"])
    assert not (extra and caller.target.own), exchange.breaks(f"The answer has more than is documented: {extra}")


def _instance_id(exchange: Exchange) -> Any:
    """Return the ID of the run that was started."""
    assert exchange.status < 300, exchange.breaks(f"A valid request was refused: {exchange.said}")
    found = exchange.body.get("instanceId") if isinstance(exchange.body, dict) else None
    assert found is not None, exchange.breaks("The answer has no instanceId.")
    return found


def test_instance_ids_are_distinct(caller: Caller, document: Document) -> None:
    """Each run has an instance ID of its own."""
    exchanges = [caller.send(caller.request(document.operations[0]), starts=True) for _ in range(5)]
    ids = [_instance_id(exchange) for exchange in exchanges]

    assert len(set(ids)) == len(ids), exchanges[-1].breaks(f"An instance ID was given twice: {ids}")


def test_refused_requests_start_no_run(fresh: Caller, document: Document) -> None:
    """A request that is refused starts no run, and so takes no instance ID."""
    request = fresh.request(document.operations[0])
    first = _instance_id(fresh.send(request, starts=True))
    no_job = request.having_parameter("job_name", "no-such-job")
    for about, exchange in (
        ("A body that is a number", fresh.send(request.having_body(0), starts=False)),
        ("A job that is not there", fresh.send(no_job, starts=False)),
        ("A request without credentials", fresh.send(request, starts=False, auth=None)),
    ):
        assert exchange.status >= 400, exchange.breaks(f"{about} should be refused; the answer was {exchange.said}")
    second = fresh.send(request, starts=True)

    assert _instance_id(second) == first + 1, second.breaks("A refused request took an instance ID.")


@pytest.mark.parametrize(
    ("content_type", "accepted"),
    [
        ("{type}", True),
        ("{type}; charset=utf-8", True),
        ("{type};charset=UTF-8", True),
        ("{TYPE}", True),
        ('{type}; charset="utf-8"', True),
        ("{type}; charset=latin-1", False),
        ("text/plain", False),
        ("application/xml", False),
        ("{type}x", False),
        ("application/x-www-form-urlencoded", False),
        ("multipart/form-data; boundary=b", False),
        ("nonsense", False),
        (None, False),
    ],
)
def test_media_types(
    content_type: str | None, accepted: bool, operation: Operation, caller: Caller, document: Document
) -> None:
    """A body of the documented media type is read, whatever its capitals and parameters; any other is refused."""
    assert operation.media_type is not None
    request = caller.request(operation, allowed=accepted)
    headers = {name: value for name, value in request.headers.items() if name != "Content-Type"}
    if content_type is not None:
        names = {"type": operation.media_type, "TYPE": operation.media_type.upper()}
        headers["Content-Type"] = content_type.format(**names)
    exchange = caller.send(request.having(headers=headers), starts=accepted)

    about = f"A body with Content-Type {headers['Content-Type']}" if content_type else "A body without Content-Type"
    if accepted:
        assert exchange.status < 300, exchange.breaks(f"{about} should be accepted; it was refused: {exchange.said}")
    else:
        assert_is(exchange, document.error("MediaTypeUnsupported"), document, about)


def test_no_body_needs_no_media_type(operation: Operation, caller: Caller) -> None:
    """A request without a body is accepted without a Content-Type, too."""
    request = caller.request(operation)
    headers = {name: value for name, value in request.headers.items() if name != "Content-Type"}
    exchange = caller.send(request.having(headers=headers, content=b""), starts=True)

    assert exchange.status < 300, exchange.breaks(
        f"A request without body and Content-Type was refused: {exchange.said}"
    )


@pytest.mark.parametrize(
    "content", [b"{", b"nonsense", b'{"jobParams": [}', b"\xff\xfe", b'{"a": NaN}', b"{} {}", b'{"jobParams": [],}']
)
def test_bodies_that_are_not_json(content: bytes, operation: Operation, caller: Caller, document: Document) -> None:
    """A body that is not JSON is refused as an invalid parameter."""
    exchange = caller.send(caller.request(operation, allowed=False).having(content=content), starts=False)

    assert_is(exchange, document.error("ParameterInvalid"), document, f"The body {content!r}, which is not JSON,")


@pytest.mark.parametrize("kind", ["token", "signature"])
def test_either_way_to_authenticate(kind: str, operation: Operation, caller: Caller) -> None:
    """A token does, and so does a signature."""
    if (auth := caller.target.credentials.get(kind)) is None:
        pytest.skip(f"no {kind} was given")
    exchange = caller.send(caller.request(operation), starts=True, auth=auth)

    assert exchange.status < 300, exchange.breaks(f"A valid {kind} was refused: {exchange.said}")


def test_signature_covers_the_request(operation: Operation, caller: Caller) -> None:
    """A signed request with a workspace, with a job name in Chinese and without a body is accepted as well."""
    if not caller.target.own:
        pytest.skip("it needs a server on which every job exists")
    request = caller.request(operation).having_parameter("job_name", "作业.1").having_parameter("workspace", "ws-1")
    auth = caller.target.credentials["signature"]

    for each in (request, request.having(content=b"")):
        exchange = caller.send(each, starts=True, auth=auth)
        body = "with a body" if each.content else "without a body"
        assert exchange.status < 300, exchange.breaks(
            f"A signed request, with a workspace, for a job named in Chinese, {body}, was refused: {exchange.said}"
        )


class _Header(httpx.Auth):
    """Puts a header on a request after it was authenticated."""

    def __init__(self, auth: httpx.Auth | None, name: str, value: str) -> None:
        self._auth, self._name, self._value = auth, name, value

    def auth_flow(self, request: httpx.Request) -> Any:
        """Send the request with the header."""
        if self._auth is not None:
            request = next(self._auth.sync_auth_flow(request))
        request.headers[self._name] = self._value
        yield request


class _Altered(httpx.Auth):
    """Has another body sent than the one that was signed."""

    def auth_flow(self, request: httpx.Request) -> Any:
        """Send the signed headers with another body."""
        signed = next(SignatureAuth("mock-ak", "mock-sk").sync_auth_flow(request))
        body = request.content.replace(b"111", b"999")
        yield httpx.Request(
            request.method, request.url, headers=signed.headers, content=body, extensions=request.extensions
        )


_WRONG: list[tuple[str, str, httpx.Auth | None]] = [
    ("none", "TokenMissing", None),
    ("empty token", "TokenInvalid", _Header(None, "X-Auth-Token", "")),
    ("wrong token", "TokenInvalid", TokenAuth("wrong")),
    ("token with more", "TokenInvalid", TokenAuth("mock-token2")),
    ("token in capitals", "TokenInvalid", TokenAuth("MOCK-TOKEN")),
    ("token as bearer", "SignatureInvalid", _Header(None, "Authorization", "Bearer mock-token")),
    ("wrong access key", "SignatureInvalid", SignatureAuth("wrong", "mock-sk")),
    ("wrong secret key", "SignatureInvalid", SignatureAuth("mock-ak", "wrong")),
    ("signed for another body", "SignatureInvalid", _Altered()),
    (
        "signed for another host",
        "SignatureInvalid",
        _Header(SignatureAuth("mock-ak", "mock-sk"), "Host", "elsewhere.example"),
    ),
    (
        "signed at another time",
        "SignatureInvalid",
        _Header(SignatureAuth("mock-ak", "mock-sk"), "X-Sdk-Date", "20200101T000000Z"),
    ),
    (
        "signed for another workspace",
        "SignatureInvalid",
        _Header(SignatureAuth("mock-ak", "mock-sk"), "Workspace", "another"),
    ),
]


@pytest.mark.parametrize(("given", "name", "auth"), _WRONG, ids=[each[0] for each in _WRONG])
def test_wrong_credentials(
    given: str, name: str, auth: httpx.Auth | None, operation: Operation, caller: Caller, document: Document
) -> None:
    """A request whose credentials are missing or wrong is refused with 401."""
    request = caller.request(operation, allowed=False).having_parameter("workspace", "ws1")
    exchange = caller.send(request, starts=False, auth=auth)

    if caller.target.own:
        about = f"A request with wrong credentials ({given})"
        assert_is(exchange, document.error(name), document, about, words="Token" in name)
    else:
        assert exchange.status == 401, exchange.breaks(
            f"Wrong credentials ({given}) should be answered with 401; the answer was {exchange.said}"
        )


@pytest.mark.parametrize(("minutes", "accepted"), [(-16, False), (-14, True), (14, True), (16, False)])
def test_date_of_a_signature(minutes: int, accepted: bool, operation: Operation, caller: Caller) -> None:
    """A signature is good for 15 minutes before its date and after."""
    if (auth := caller.target.credentials.get("signature")) is None:
        pytest.skip("no signature was given")
    request = caller.request(operation, allowed=accepted)
    then = time.gmtime(time.time() + 60 * minutes)
    with patch("time.gmtime", lambda: then):
        exchange = caller.send(request, starts=accepted, auth=auth)

    if accepted:
        assert exchange.status < 300, exchange.breaks(
            f"A signature dated {minutes} minutes from now was refused: {exchange.said}"
        )
    else:
        assert exchange.status == 401, exchange.breaks(f"A signature dated {minutes} minutes from now was accepted.")


def test_known_token_suffices(operation: Operation, caller: Caller) -> None:
    """Beside a token that is known, `Authorization` may hold anything."""
    auth = _Header(caller.target.auth, "Authorization", "Bearer anything")
    exchange = caller.send(caller.request(operation), starts=True, auth=auth)

    assert exchange.status < 300, exchange.breaks(
        f"A known token was refused for what stands beside it: {exchange.said}"
    )


def test_throttling(target: Any, document: Document) -> None:
    """A request above the limit is answered with 429, and Retry-After says when to come back."""
    if not target.own:
        pytest.skip("it needs a server that was started with a limit")
    with mock.started("--rate-limit", "1") as base_url:
        caller = Caller(own_target(base_url, any_job=False), document)
        request = caller.request(document.operations[0])
        exchanges = [caller.send(request, starts=True) for _ in range(3)]
        elsewhere = caller.send(request.having_parameter("project_id", "another"), starts=True)
        caller.close()

    throttled = [exchange for exchange in exchanges if exchange.status == 429]
    assert throttled, exchanges[-1].breaks("Three requests at once were let through where one is the limit.")
    assert len(throttled) < 3, throttled[0].breaks("The first request was not let through.")
    fault = described(document, throttled[-1], throttled[-1].request.operation.answers)
    assert fault is None, throttled[-1].breaks(f"The answer is not as documented: {fault}")
    code = document.error("Throttled").value["error_code"]
    assert throttled[-1].code == code, throttled[-1].breaks(f"The code of a throttled request is {code}.")
    seconds = int(throttled[-1].response.headers["retry-after"])
    assert seconds == 1, throttled[-1].breaks("Retry-After should be the second that is left.")
    assert elsewhere.status == 200, elsewhere.breaks(
        f"One project's requests were counted for another: {elsewhere.said}"
    )
