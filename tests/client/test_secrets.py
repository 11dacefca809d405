"""Does a secret stay out of every text that the client makes or causes, however it was passed?"""

from __future__ import annotations

import base64
import json
import logging
import secrets
import traceback
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from dataarts_auth import SignatureAuth, TokenAuth
from dataarts_client import Client, errors
from dataarts_client.api.jobs import run_job_immediately

from ._answers import STARTED, cut, hang, http, reset
from ._calls import TLS, attempt
from ._refusals import BODY
from ._server import Answer, Server

pytestmark = pytest.mark.over_aiohttp


@dataclass
class HeaderAuth(httpx.Auth):
    """An auth that gives itself away: its repr shows what it holds."""

    name: str
    value: str

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set the header."""
        request.headers[self.name] = self.value
        yield request


class RawAuth(httpx.Auth):
    """An auth that replaces all headers, in bytes."""

    def __init__(self, value: str) -> None:
        """Keep it."""
        self.value = value

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Add a header in bytes, which httpx does not look at."""
        request.headers = httpx.Headers([*request.headers.raw, (b"X-Auth-Token", self.value.encode())])
        yield request


Way = Callable[[str], dict[str, Any]]

WAYS: dict[str, Way] = {
    "auth-token": lambda secret: {"auth": HeaderAuth("X-Auth-Token", secret)},
    "auth-copying": lambda secret: {"auth": TokenAuth(secret)},
    "auth-authorization": lambda secret: {"auth": HeaderAuth("Authorization", f"SDK-HMAC-SHA256 Access={secret}")},
    "auth-basic": lambda secret: {"auth": httpx.BasicAuth("user", secret)},
    "auth-digest": lambda secret: {"auth": httpx.DigestAuth("user", secret)},
    "headers-token": lambda secret: {"headers": {"X-Auth-Token": secret}},
    "headers-lower-case": lambda secret: {"headers": {"x-auth-token": secret}},
    "headers-authorization": lambda secret: {"headers": {"Authorization": f"Bearer {secret}"}},
    "headers-cookie": lambda secret: {"headers": {"Cookie": f"session={secret}"}},
    "headers-unheard-of": lambda secret: {"headers": {"X-My-Own": secret}},
}

ANSWERS: dict[str, tuple[Answer, str | None]] = {
    "success": (http(200, STARTED), None),
    "400": (http(400, BODY), "BadRequest"),
    "401": (http(401, BODY, 'WWW-Authenticate: Basic realm="x"'), "Unauthorized"),
    "429": (http(429, BODY, "Retry-After: 99"), "TooManyRequests"),
    "503": (http(503, "<html>", kind="text/html"), "ServerError"),
    "302": (http(302, "", "Location: http://127.0.0.1:9/"), "UnexpectedResponse"),
    "broken": (http(200, "{"), "UnexpectedResponse"),
    "not-http": (cut(b"SSH-2.0-x\r\n"), "OutcomeUnknown"),
    "reset": (reset(), "OutcomeUnknown"),
    "silence": (hang(), "OutcomeUnknown"),
}


class Texts:
    """Everything that was said."""

    def __init__(self, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> None:
        """Listen to every logger."""
        self.caplog, self.capfd = caplog, capfd
        self.said: list[str] = []
        caplog.set_level(logging.DEBUG)
        for name in ("httpx", "httpcore", "dataarts_client", "asyncio"):
            caplog.set_level(logging.DEBUG, name)

    def add(self, *things: object) -> None:
        """Add what these say of themselves; of exceptions, their tracebacks too."""
        for thing in things:
            self.said += [repr(thing), str(thing)]
            if isinstance(thing, BaseException):
                self.said += traceback.format_exception(thing)
                self.said += [repr(thing.args), repr(getattr(thing, "__notes__", "")), repr(vars(thing))]

    def leaks(self, secret: str) -> list[str]:
        """Return the texts and the lines of logs that show the secret, or enough of it."""
        for record in self.caplog.records:
            self.said += [record.getMessage(), repr(record.args)]
        self.said += [self.caplog.text, *self.capfd.readouterr()]
        return self.told(secret)

    def told(self, secret: str) -> list[str]:
        """Do the same, without the logs."""
        return [text for text in self.said if any(part in text for part in _parts(secret))]

    def assert_kept(self, secret: str, *, logs: bool = True) -> None:
        """Hold all texts to not showing the secret; the failure shows where it would stand."""
        leaks = self.leaks(secret) if logs else self.told(secret)
        if leaks:
            text = leaks[0]
            for part in _parts(secret):
                text = text.replace(part, "***")
            at = text.index("***")
            shown = " ".join(text[max(0, at - 60) : at + 20].split())
            pytest.fail(f"a secret is shown, in {len(leaks)} texts; it stands for the asterisks in {shown!r}")


def _parts(secret: str) -> list[str]:
    """Return the forms of a secret, and what is enough of it; the longest first."""
    parts = [secret, quote(secret, safe=""), base64.b64encode(f"user:{secret}".encode()).decode()]
    return [*parts, secret[:12], secret[-12:]]


@pytest.fixture
def texts(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Texts:
    """Collect what is said during the test."""
    return Texts(caplog, capfd)


@pytest.fixture
def secret() -> str:
    """Make a secret that stands in no source line."""
    return secrets.token_urlsafe(48)


@pytest.mark.over_aiohttp(False)
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("way", WAYS)
def test_answers(way: str, answer: str, mode: str, texts: Texts, secret: str) -> None:
    """Whatever comes back, the secret is sent and told to nobody else."""
    script, raises = ANSWERS[answer]
    with Server(script) as server:
        client = Client(server.url, verify=TLS, timeout=0.25 if answer == "silence" else 10, **WAYS[way](secret))
        texts.add(client)
        outcome = attempt(mode, run_job_immediately, client)
        texts.add(client, outcome.value, outcome.error)

        texts.assert_kept(secret)
        assert raises is None or type(outcome.error) is getattr(errors, raises)
        wire = repr(server.requests)
        assert way == "auth-digest" or secret in wire or base64.b64encode(f"user:{secret}".encode()).decode() in wire


@pytest.mark.parametrize("way", WAYS)
def test_nothing_sent(way: str, mode: str, texts: Texts, secret: str) -> None:
    """A refused argument, a refused connection, a failed handshake and a closed client tell nothing either."""
    with Server(cut(b"x"), listen=False) as closed, Server(b"", greet=reset(b"x")) as plain:
        outcomes = [
            attempt(mode, run_job_immediately, Client(url, verify=TLS, max_retries=0, **WAYS[way](secret)), **arguments)
            for url, arguments in (
                (closed.url, {"job_name": "a/b"}),
                (closed.url, {"workspace": "a\n"}),
                (closed.url, {}),
                (plain.url.replace("http:", "https:"), {}),
            )
        ]
        gone = Client(closed.url, verify=TLS, max_retries=0, **WAYS[way](secret))
        attempt(mode, run_job_immediately, gone)
        outcomes.append(attempt(mode, run_job_immediately, gone))
        texts.add(gone, *(outcome.error for outcome in outcomes))

    texts.assert_kept(secret)
    assert [type(outcome.error) for outcome in outcomes] == [
        ValueError,
        ValueError,
        errors.RequestNotSent,
        errors.RequestNotSent,
        RuntimeError,
    ]


@pytest.mark.parametrize("way", WAYS)
def test_detailed_answer(way: str, mode: str, texts: Texts, secret: str) -> None:
    """The detailed functions' result shows nothing of the request that led to it."""
    with Server(http(400, BODY)) as server:
        client = Client(server.url, verify=TLS, **WAYS[way](secret))
        outcome = attempt(f"{mode}_detailed", run_job_immediately, client)
        texts.add(outcome.value, outcome.value.headers, outcome.value.parsed)

    texts.assert_kept(secret)
    assert outcome.value.status_code == 400


ECHOES: dict[str, Callable[[str], Answer]] = {
    "400-message": lambda secret: http(400, json.dumps({"error_code": "APIGW.0301", "error_msg": f"bad: {secret}"})),
    "401-text": lambda secret: http(401, f"canonicalRequest:POST|/|x-auth-token:{secret}|", kind="text/plain"),
    "403-json-string": lambda secret: http(403, json.dumps(f"no: {secret}")),
    "502-html": lambda secret: http(502, f"<pre>{secret}</pre>", kind="text/html"),
    "200-broken": lambda secret: http(200, f"{{{secret}"),
    "200-other": lambda secret: http(200, json.dumps({"instanceId": secret})),
    "302": lambda secret: http(302, "", f"Location: http://127.0.0.1:9/?token={secret}"),
    "header": lambda secret: http(400, BODY, f"X-Echo: {secret}"),
    "not-http": lambda secret: cut(f"{secret}\r\n\r\n".encode()),
    "no-header": lambda secret: cut(f"HTTP/1.1 200 OK\r\nX-Auth-Token : {secret}\r\n\r\n".encode()),
    "content-coding": lambda secret: http(200, STARTED, f"Content-Encoding: {secret}"),
    "name": lambda secret: http(400, json.dumps({"error_code": "c", "error_msg": "m", secret: 1})),
    "cut": lambda secret: http(400, f"<p {'a' * 4070}>{secret}</p>", kind="text/html"),
}


@pytest.mark.parametrize("answer", ECHOES)
@pytest.mark.parametrize("way", ["auth-token", "auth-copying", "headers-token", "headers-unheard-of"])
def test_echoes(way: str, answer: str, mode: str, texts: Texts, secret: str) -> None:
    """A server that sends the secret back, as gateways do in their complaints, does not get it into our texts."""
    with Server(ECHOES[answer](secret)) as server:
        error = attempt(mode, run_job_immediately, Client(server.url, verify=TLS, **WAYS[way](secret))).error
        texts.add(error)

        assert isinstance(error, errors.ClientError)
        texts.assert_kept(secret, logs=False)


SHORT: dict[str, tuple[dict[str, Any], str]] = {
    "token": ({"auth": TokenAuth("abc1234")}, "abc1234"),
    "header": ({"headers": {"X-Auth-Token": "abc1234"}}, "abc1234"),
    "bearer": ({"headers": {"Authorization": "Bearer abc1234"}}, "abc1234"),
    "cookie": ({"headers": {"Cookie": "session=abcd1234; a=b"}}, "abcd1234"),
    "access-key": ({"auth": SignatureAuth("abcd1234", "x")}, "abcd1234"),
}


@pytest.mark.parametrize(("arguments", "short"), SHORT.values(), ids=SHORT)
def test_short_secrets(arguments: dict[str, Any], short: str, mode: str) -> None:
    """However short it is, what a header for credentials holds is not shown."""
    body = json.dumps({"error_code": "APIGW.0301", "error_msg": f"wrong: {short}"})
    with Server(http(401, body)) as server:
        error: Any = attempt(mode, run_job_immediately, Client(server.url, verify=TLS, **arguments)).error

    assert error.error_msg == "wrong: ***"
    assert short not in str(error)


ORDINARY: dict[str, dict[str, Any]] = {
    "request-id": {"headers": {"X-Request-Id": "0123456789abcdef"}},
    "trace": {"headers": {"traceparent": "00-0123456789abcdef-01"}},
    "words": {"headers": {"X-Purpose": "job instance tests"}},
    "scheme": {"auth": SignatureAuth("mock-access-key", "x")},
}


@pytest.mark.parametrize("arguments", ORDINARY.values(), ids=ORDINARY)
def test_what_is_no_secret(arguments: dict[str, Any], mode: str) -> None:
    """What a caller's header has in common with an answer by its nature, or by chance, stays readable."""
    message = "The job instance 00-0123456789abcdef-01 has no SDK-HMAC-SHA256 host;x-sdk-date content-type"
    body = json.dumps({"error_code": "DLF.0137", "error_msg": message, "request_id": "0123456789abcdef"})
    with Server(http(400, body)) as server:
        error: Any = attempt(mode, run_job_immediately, Client(server.url, verify=TLS, **arguments)).error

    assert (error.error_msg, error.request_id) == (message, "0123456789abcdef")


ILLEGAL = {
    "final-line-break": "{}\n",
    "carriage-return": "{}\r\nX-Evil: 1",
    "nul": "{}\0",
    "leading-line-break": "\n{}",
    "leading-space": " {}",
    "final-tab": "{}\t",
    "chinese": "{}密",
    "latin": "{}é",
    "lone-surrogate": "{}\ud800",
}


@pytest.mark.parametrize("text", ILLEGAL)
@pytest.mark.parametrize("name", ["X-Auth-Token", "Authorization", "Cookie", "X-My-Own"])
def test_illegal_header(name: str, text: str, texts: Texts, secret: str) -> None:
    """A header that HTTP cannot carry is refused when the client is made, by its name alone."""
    with pytest.raises(ValueError, match=name) as caught:
        Client("http://127.0.0.1:9", headers={name: ILLEGAL[text].format(secret)})
    texts.add(caught.value)

    assert not isinstance(caught.value, UnicodeError)
    texts.assert_kept(secret)


@pytest.mark.parametrize("text", [text for text in ILLEGAL if text not in ("latin", "chinese", "lone-surrogate")])
@pytest.mark.parametrize("kind", ["set", "raw"])
def test_illegal_header_of_an_auth(kind: str, text: str, mode: str, texts: Texts, secret: str) -> None:
    """A header that HTTP cannot carry, set by an auth, is RequestNotSent, and its value is told to nobody."""
    value = ILLEGAL[text].format(secret)
    auth = HeaderAuth("X-Auth-Token", value) if kind == "set" else RawAuth(value)
    with Server(http(200, STARTED)) as server:
        outcome = attempt(mode, run_job_immediately, Client(server.url, verify=TLS, auth=auth))
        texts.add(outcome.error)

        assert type(outcome.error) is errors.RequestNotSent
        texts.assert_kept(secret)
        assert server.requests == []


@pytest.mark.parametrize("text", ["latin", "chinese"])
def test_header_of_an_auth_beyond_ascii(text: str, mode: str, texts: Texts, secret: str) -> None:
    """A header beyond ASCII, set by an auth, is RequestNotSent, and its value is told to nobody."""
    auth = HeaderAuth("X-Auth-Token", ILLEGAL[text].format(secret))
    with Server(http(200, STARTED)) as server:
        outcome = attempt(mode, run_job_immediately, Client(server.url, verify=TLS, auth=auth))
        texts.add(outcome.error)

        assert type(outcome.error) is errors.RequestNotSent
        texts.assert_kept(secret)
        assert server.requests == []


URLS = (
    "http://user:{}@127.0.0.1:9",
    "http://{}@127.0.0.1:9",
    "http://{}:@127.0.0.1:9",
    "http://user:{}@[::1",
    "http://user:{}@127.0.0.1:99999",
    "http://user:{}@127.0.0.1:port",
    "http://user:a/{}@127.0.0.1:9",
    "http://user:{0}/{0}@127.0.0.1:9",
    "http://user:{}#@127.0.0.1:9",
    "ftp://user:{}@127.0.0.1",
    "user:{}@127.0.0.1",
    "http://user:{}@127.0.0.1:9\n",
    "http://user:{}\ud800@127.0.0.1:9",
    "http://127.0.0.1:9/?token={}",
    "http://127.0.0.1:9/#{}",
)


@pytest.mark.parametrize("url", URLS, ids=ascii)
def test_secret_in_base_url(url: str, texts: Texts, secret: str) -> None:
    """A base_url with user information, or with anything else that is no base_url, is refused without being shown."""
    with pytest.raises(ValueError, match="base_url") as caught:
        Client(url.format(secret))
    texts.add(caught.value)

    assert not isinstance(caught.value, UnicodeError)
    texts.assert_kept(secret)


PROXIES = (
    "http://user:{}@127.0.0.1:{}",
    "http://user:{0}/{0}@127.0.0.1:{1}",
    "http://user:{}@127.0.0.1:port",
    "http://user:{}@[::1",
    "ftp://user:{}@127.0.0.1:{}",
    "socks5://user:{}@127.0.0.1:{}",
    "user:{}@127.0.0.1:{}",
    "http://user:{}%0a@127.0.0.1:{}",
)


@pytest.mark.parametrize("answer", [http(200, STARTED), http(407, "no"), cut(b"x")], ids=["200", "407", "garbage"])
@pytest.mark.parametrize("proxy", PROXIES)
def test_secret_in_proxy(
    proxy: str, answer: Answer, mode: str, texts: Texts, secret: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password of a proxy that is set by the environment is told to nobody, even if the setting is wrong."""
    with Server(answer) as server:
        monkeypatch.setenv("ALL_PROXY", proxy.format(secret, server.port))
        error: BaseException | None = None
        try:
            outcome = attempt(
                mode, run_job_immediately, Client("http://service.invalid", verify=TLS, timeout=2.0, max_retries=0)
            )
            error = outcome.error
        except ValueError as refused:
            error = refused
        texts.add(error)

    texts.assert_kept(secret)
    assert error is None or isinstance(error, ValueError | errors.ClientError)


def test_the_search_finds_what_is_there(texts: Texts, secret: str) -> None:
    """The search would find a secret that is logged, or raised, or printed."""
    logging.getLogger("httpcore.connection").debug("%s", secret)
    found = len(texts.leaks(secret))
    print(secret)
    try:
        raise ValueError(secret)
    except ValueError as error:
        texts.add(error)

    assert found > 0
    assert len(texts.leaks(secret)) > found + 2
