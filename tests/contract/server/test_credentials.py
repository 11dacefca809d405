"""Does a server let in who has credentials, and nobody else?"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import time
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch
from urllib.parse import quote, unquote

import httpx
import pytest

from dataarts_auth import SignatureAuth
from tests.contract.caller import Caller
from tests.contract.cases import Case, Refusals, refusals
from tests.contract.changes import Change, header, in_turn, no_body, nothing, query
from tests.contract.changes import content as body_of
from tests.contract.changes import parameter as parameter_change
from tests.contract.conftest import DOCUMENT
from tests.contract.document import Operation, Parameter
from tests.contract.samples import sample
from tests.contract.server._tables import assert_kept

TOKEN = next((each.header for each in DOCUMENT.security_schemes if not each.is_signature), "X-Auth-Token")
SIGNATURE = next((each.header for each in DOCUMENT.security_schemes if each.is_signature), "Authorization")


def _wrong_tokens(token: str) -> dict[str, Change]:
    """Return what is no token, though made of one, by what is wrong with it."""
    found: dict[str, Change] = {
        "an empty token": header(TOKEN, ""),
        "another token": header(TOKEN, "no-such-token-of-the-contract-suite"),
        "the token and one character more": header(TOKEN, f"{token}0"),
        "the token after another character": header(TOKEN, f"0{token}"),
        "the token twice": header(TOKEN, token + token),
        "the token as Bearer in Authorization": header(SIGNATURE, f"Bearer {token}"),
        "the token in Authorization": header(SIGNATURE, token),
        "the token behind the word Bearer": header(TOKEN, f"Bearer {token}"),
        "the token in quotes": header(TOKEN, f'"{token}"'),
        "the token in the query": query(TOKEN, token),
        "the token in the query, as token": query("token", token),
        "the token in a cookie": header("Cookie", f"{TOKEN}={token}; token={token}"),
        "the token in X-Subject-Token": header("X-Subject-Token", token),
        "the token as a wildcard": header(TOKEN, "*"),
        "the token with its first character percent-encoded": header(TOKEN, f"%{ord(token[0]):02X}{token[1:]}"),
        "null for a token": header(TOKEN, "null"),
    }
    if "-" in TOKEN:
        underscored = TOKEN.replace("-", "_")
        found[f"the token as {underscored}"] = header(underscored, token)
    if len(token) > 1:
        found["the token without its last character"] = header(TOKEN, token[:-1])
        found["the token without its first character"] = header(TOKEN, token[1:])
        found["the first character of the token"] = header(TOKEN, token[0])
        found["the token with another last character"] = header(TOKEN, token[:-1] + ("0" if token[-1] != "0" else "1"))
    if token.swapcase() != token:
        found["the token with capitals for small letters"] = header(TOKEN, token.swapcase())
    return found


class _Signed(httpx.Auth):
    """Signs another request than the one that is sent, or sends another signature."""

    requires_request_body = True

    def __init__(
        self,
        pair: tuple[str, str],
        *,
        sign: Callable[[httpx.Request], httpx.Request] = lambda request: request,
        then: Callable[[httpx.Request], None] = lambda request: None,
    ) -> None:
        self._auth = SignatureAuth(*pair)
        self._sign = sign
        self._then = then

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with the headers of the signed one."""
        signed = next(self._auth.sync_auth_flow(self._sign(request)))
        for name in ("X-Sdk-Date", SIGNATURE):
            request.headers[name] = signed.headers[name]
        self._then(request)
        yield request


class _SignedByHand(httpx.Auth):
    """Signs no other headers than those that are named, as the signing guide has it.

    Args:
        pair: Access key and secret key, which may be empty.
        names: The headers, sorted.
        claimed: What is signed in the place of the body's hash.
    """

    requires_request_body = True

    def __init__(self, pair: tuple[str, str], *names: str, claimed: str = "") -> None:
        self._access_key, self._secret_key = pair
        self._names = names
        self._claimed = claimed

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with the date and the signature."""
        date = request.headers["X-Sdk-Date"] = datetime.now(UTC).strftime(_DATE)
        target = httpx.URL(f"http://a{request.extensions['target'].decode()}")
        lines = "".join(f"{name}:{request.headers[name]}\n" for name in self._names)
        names, body = ";".join(self._names), self._claimed or hashlib.sha256(request.content).hexdigest()
        uri = quote(unquote(target.raw_path.decode().partition("?")[0]))
        query = "&".join(sorted(target.query.decode().split("&")))
        canonical = f"{request.method}\n{uri}/\n{query}\n{lines}\n{names}\n{body}"
        text = f"SDK-HMAC-SHA256\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(self._secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()
        request.headers[SIGNATURE] = (
            f"SDK-HMAC-SHA256 Access={self._access_key}, SignedHeaders={names}, Signature={signature}"
        )
        yield request


def _other(**changes: Any) -> Callable[[httpx.Request], httpx.Request]:
    """Return what makes another request to sign."""

    def other(request: httpx.Request) -> httpx.Request:
        extensions = dict(request.extensions)
        headers = httpx.Headers([each for each in request.headers.raw if each[0].lower() != b"content-length"])
        target: bytes = extensions["target"]
        extensions["target"] = changes.get("target", lambda value: value)(target)
        headers.update(changes.get("headers", {}))
        return httpx.Request(
            changes.get("method", request.method),
            request.url,
            headers=headers,
            content=changes.get("content", lambda value: value)(request.content),
            extensions=extensions,
        )

    return other


def _set(name: str, change: Callable[[str], str]) -> Callable[[httpx.Request], None]:
    def then(request: httpx.Request) -> None:
        request.headers[name] = change(request.headers.get(name, ""))

    return then


def _wrong_signatures(pair: tuple[str, str]) -> dict[str, httpx.Auth]:
    """Return what signs wrongly, by what is wrong with it."""
    access_key, secret_key = pair
    found: dict[str, httpx.Auth] = {
        "another access key": _Signed((_NO_SUCH_KEY, secret_key)),
        "another access key, and the empty secret key": _SignedByHand((_NO_SUCH_KEY, ""), "host", "x-sdk-date"),
        "the empty secret key": _SignedByHand((access_key, ""), "host", "x-sdk-date"),
        "another secret key": _Signed((access_key, "no-such-secret-key-of-the-contract-suite")),
        "the access key for a secret key": _Signed((access_key, access_key)),
        "the access key without its last character": _Signed((access_key[:-1] or "x", secret_key)),
        "signed for another body": _Signed(pair, sign=_other(content=lambda body: body + b" ")),
        "signed for an empty body": _Signed(pair, sign=_other(content=lambda body: b"" if body else b"{}")),
        "signed for another path": _Signed(pair, sign=_other(target=lambda target: b"/other" + target)),
        "signed for another query": _Signed(pair, sign=_other(target=lambda target: target + b"?further=1")),
        "signed for another method": _Signed(pair, sign=_other(method="PATCH")),
        "signed for another host": _Signed(pair, sign=_other(headers={"Host": "elsewhere.example"})),
        "a signature that does not cover its date": _SignedByHand(pair, "host"),
        "a signature that does not cover the host": _SignedByHand(pair, "x-sdk-date"),
        "signed with a header that is not sent": _Signed(pair, sign=_other(headers={"X-Further": "1"})),
        "dated after it was signed": _Signed(pair, then=_set("X-Sdk-Date", _a_minute_before)),
        **{
            about: _Signed(pair, then=_set(SIGNATURE, change))
            for about, change in {
                "a signature cut short": lambda value: value[:-1],
                "a signature that goes on": lambda value: f"{value}0",
                "a signature with another last digit": lambda value: value[:-1] + _HEX[_HEX.index(value[-1]) - 1],
                "no signature": lambda value: value.partition("Signature=")[0] + "Signature=",
                "nothing but the access key": lambda value: value.partition(",")[0],
                "no list of headers": lambda value: re.sub("SignedHeaders=[^,]*", "SignedHeaders=", value),
                "another algorithm": lambda value: value.replace("SHA256", "SHA512", 1),
            }.items()
        },
    }
    if access_key.swapcase() != access_key:
        found["the access key with capitals for small letters"] = _Signed((access_key.swapcase(), secret_key))
    return found


_NO_SUCH_KEY = "NOSUCHACCESSKEYOFTHECONTRACTSUITE"
_HEX = "0123456789abcdef"
_DATE = "%Y%m%dT%H%M%SZ"


def _a_minute_before(date: str) -> str:
    return (datetime.strptime(date, _DATE) - timedelta(minutes=1)).strftime(_DATE)


def _refused(operation: Operation) -> Refusals:
    return refusals(DOCUMENT, operation, *DOCUMENT.refusals("credentials"))


def _case(operation: Operation, rule: str, tried: str, change: Change, auth: Any, *, allowed: bool = False) -> Case:
    violation = None if allowed else "these are no credentials"
    codes = frozenset() if allowed else _refused(operation)
    return Case(operation, f"security {rule}", "required", tried, change, violation, codes, auth=auth)


NEED_CREDENTIALS = [each for each in DOCUMENT.operations if each.security and {} not in each.security]
needing_credentials = pytest.mark.parametrize("operation", NEED_CREDENTIALS, ids=lambda operation: operation.id)
"""What marks tests of the operations that need credentials."""


@needing_credentials
def test_credentials_are_needed(operation: Operation, caller: Caller) -> None:
    """A request without credentials is refused with 401, with a body and without, in JSON and not."""
    changes: dict[str, Change] = {
        "no credentials": nothing,
        "no credentials and no body": lambda request: request.having(content=b""),
        "no credentials, body nor Content-Type": lambda request: request.having(content=b"").having_header(
            "Content-Type", None
        ),
        "no credentials, but a cookie": header("Cookie", "session=1"),
        "no credentials, but basic ones": header(SIGNATURE, "Basic YTph"),
        "no credentials, but an Origin": header("Origin", caller.target.base_url),
        "no credentials, but X-Forwarded-For: 127.0.0.1": header("X-Forwarded-For", "127.0.0.1"),
        "no credentials, but a name": header("X-User-Name", "admin"),
    }
    assert_kept(caller, [_case(operation, "any", tried, change, None) for tried, change in changes.items()])


@needing_credentials
def test_what_is_no_token(operation: Operation, caller: Caller) -> None:
    """What comes near the token, or stands where no token belongs, is refused with 401."""
    if caller.target.token is None:
        pytest.skip("no token was given")
    tokens = _wrong_tokens(caller.target.token)
    assert_kept(caller, [_case(operation, "token", tried, change, None) for tried, change in tokens.items()])


@needing_credentials
def test_what_is_no_signature(operation: Operation, caller: Caller) -> None:
    """A signature of another key, of another request or of another form is refused with 401."""
    if caller.target.key_pair is None:
        pytest.skip("no key pair was given")
    signatures = _wrong_signatures(caller.target.key_pair)
    cases = [_case(operation, "signature", tried, nothing, auth) for tried, auth in signatures.items()]
    few = _SignedByHand(caller.target.key_pair, "host", "x-sdk-date")
    tried = "a signature that covers no more headers than the host and its date"
    assert_kept(caller, [_case(operation, "signature", tried, nothing, few, allowed=True), *cases])


@needing_credentials
def test_claimed_hash(operation: Operation, caller: Caller) -> None:
    """A signature covers the body that is sent, not one whose hash a header claims, though it is signed."""
    if caller.target.key_pair is None:
        pytest.skip("no key pair was given")
    claimed = hashlib.sha256(b"another body of the contract suite").hexdigest()
    auth = _SignedByHand(caller.target.key_pair, "host", _HASH.lower(), "x-sdk-date", claimed=claimed)
    tried = f"signed for another body, with its hash in {_HASH}"
    assert_kept(caller, [_case(operation, "signature", tried, header(_HASH, claimed), auth)])


_HASH = "X-Sdk-Content-Sha256"


@pytest.mark.parametrize("operation", [each for each in NEED_CREDENTIALS if each.bodies], ids=lambda each: each.id)
def test_signature_of_a_long_body(operation: Operation, caller: Caller) -> None:
    """A signature covers a long body to its end."""
    if (pair := caller.target.key_pair) is None:
        pytest.skip("no key pair was given")
    value = operation.body_example
    if value is None:
        value = sample(DOCUMENT.bundled(operation.bodies[str(operation.media_type)]))
    cases = []
    for part in _PARTS:
        content = json.dumps(value).encode().ljust(part + 1)
        if len(content) > (operation.max_body_bytes or len(content)):
            continue
        signed = {
            f"changed behind its first {part} bytes": _other(content=lambda body: body[:-1] + b"\n"),
            f"of which the first {part} bytes are signed": _other(content=lambda body, part=part: body[:part]),
        }
        for about, sign in signed.items():
            tried = f"a body of {len(content)} bytes {about}"
            cases.append(_case(operation, "signature", tried, body_of(content), _Signed(pair, sign=sign)))
        longest = content
    if cases:
        tried = f"a signed body of {len(longest)} bytes"
        cases.append(_case(operation, "signature", tried, body_of(longest), _Signed(pair), allowed=True))
    assert_kept(caller, cases)


_PARTS = (4096, 65536)
"""How much of a body, in bytes, is read at once by some."""


class _At(httpx.Auth):
    """Signs at another time, in seconds since 1970."""

    requires_request_body = True

    def __init__(self, pair: tuple[str, str], seconds: float) -> None:
        self._auth = SignatureAuth(*pair)
        self._seconds = seconds

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request as if the clock were wrong."""
        then = time.gmtime(self._seconds)
        with patch("time.gmtime", lambda: then):
            signed = next(self._auth.sync_auth_flow(request))
        yield signed


@pytest.mark.parametrize("minutes", [-24 * 60, -16, -14, 14, 16, 24 * 60])
@needing_credentials
def test_date_of_a_signature(minutes: int, operation: Operation, caller: Caller) -> None:
    """A signature is good for 15 minutes before its date and after, by the server's clock."""
    if caller.target.key_pair is None:
        pytest.skip("no key pair was given")
    allowed = abs(minutes) < 15
    auth = _At(caller.target.key_pair, caller.server_time() + 60 * minutes)
    tried = f"a signature dated {minutes} minutes from now"
    assert_kept(caller, [_case(operation, "signature", tried, nothing, auth, allowed=allowed)])


class _Beside(httpx.Auth):
    """Puts a header beside credentials that are right."""

    requires_request_body = True

    def __init__(self, auth: httpx.Auth, name: str, value: str) -> None:
        self._auth, self._name, self._value = auth, name, value

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with the header, which is not signed."""
        request = next(self._auth.sync_auth_flow(request))
        request.headers[self._name] = self._value
        yield request


@pytest.mark.parametrize("kind", ["token", "signature"])
def test_either_way_to_authenticate(kind: str, operation: Operation, caller: Caller) -> None:
    """A token does, and so does a signature, whatever the other one's header holds."""
    if (auth := caller.target.credentials.get(kind)) is None:
        pytest.skip(f"no {kind} was given")
    about = {"token": (SIGNATURE, "Bearer anything"), "signature": (TOKEN, "anything")}
    name, value = about[kind]
    cases = [
        _case(operation, kind, f"a {kind}", nothing, auth, allowed=True),
        _case(operation, kind, f"a {kind} beside {name}: {value}", nothing, _Beside(auth, name, value), allowed=True),
    ]
    if operation.bodies and not operation.body_required:
        cases.append(_case(operation, kind, f"a {kind}, no body", no_body, auth, allowed=True))
    assert_kept(caller, cases)


@needing_credentials
def test_name_of_theheader(operation: Operation, caller: Caller) -> None:
    """The name of a header is the same in capitals."""
    if caller.target.token is None:
        pytest.skip("no token was given")
    cases = [
        _case(operation, "token", f"the token as {name}", header(name, caller.target.token), None, allowed=True)
        for name in (TOKEN.upper(), TOKEN.lower())
    ]
    assert_kept(caller, cases)


def test_signature_of_aquery(operation: Operation, caller: Caller) -> None:
    """A signed request may have what has to be encoded: in its query, in its path, in its headers."""
    if (auth := caller.target.credentials.get("signature")) is None:
        pytest.skip("no signature was given")
    cases = []
    for parameter in operation.parameters:
        value = _SIGNED.get(parameter.location)
        if value is not None and DOCUMENT.violation(parameter.schema, value) is None:
            cases.append(
                Case(
                    operation,
                    "security signature",
                    "covers the request",
                    f"a signature with {parameter.place} = {value}",
                    parameter_change(parameter, value),
                    parameter=parameter,
                    auth=auth,
                )
            )
    assert_kept(caller, cases)


def _settled(operation: Operation) -> list[tuple[Parameter, Any]]:
    """Return parameters of the query that can be left out, with values that change the least: their defaults first."""
    found = [
        (parameter, value)
        for parameter in operation.parameters
        if parameter.location == "query" and not parameter.required
        if (value := parameter.schema.get("default", parameter.example)) is not None
    ]
    return sorted(found, key=lambda each: "default" not in each[0].schema)


@needing_credentials
def test_query_added_after_signing(operation: Operation, caller: Caller) -> None:
    """A parameter that is added to the query after it was signed makes the signature wrong."""
    if caller.target.key_pair is None:
        pytest.skip("no key pair was given")
    name, change = "further", query("further", "1")
    for parameter, value in _settled(operation)[:1]:
        name, change = parameter.name, parameter_change(parameter, value)
    auth = _Signed(caller.target.key_pair, sign=_other(target=lambda target: re.sub(rb"[?&][^?&]*$", b"", target)))
    tried = f"{name} added to the query after it was signed"
    assert_kept(caller, [_case(operation, "signature", tried, change, auth)])


@pytest.mark.parametrize(
    "operation", [each for each in DOCUMENT.operations if len(_settled(each)) > 1], ids=lambda each: each.id
)
def test_order_of_a_query(operation: Operation, caller: Caller) -> None:
    """A signature covers the query's parameters in the order of their names, whatever the order they are sent in."""
    if (auth := caller.target.credentials.get("signature")) is None:
        pytest.skip("no signature was given")
    few = sorted(_settled(operation)[:2], key=lambda each: each[0].name)
    cases = []
    for pairs in (few, few[::-1]):
        change = in_turn(*(parameter_change(*pair) for pair in pairs))
        tried = f"a signature with {' before '.join(each.name for each, _ in pairs)} in the query"
        cases.append(_case(operation, "signature", tried, change, auth, allowed=True))
    assert_kept(caller, cases)


_SIGNED = {"path": "no-such-作业-of-the-contract-suite", "query": "作业 a+b&c=d/~é", "header": "ws-1"}
