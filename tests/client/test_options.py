"""Does the client do what its options say, and refuse those that it could not follow?"""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import sys
import threading
import tracemalloc
import zlib
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from dataarts_auth import TokenAuth
from dataarts_client import Client, errors
from dataarts_client.api.jobs import run_job_immediately
from dataarts_runtime.operation import Parameter
from dataarts_runtime.schema import String

from ._answers import STARTED, http
from ._calls import JOB, PROJECT, TLS, attempt, call, make
from ._operation import call_repeatedly, read_things, receive_error
from ._server import Connection, Server

STARTED_BODY = json.loads(STARTED)
NOT_LOCAL = "http://service.example"
OWN_HEADERS = ["Host", "accept", "Accept-Encoding", "Connection", "Content-Length", "CONTENT-TYPE", "Transfer-Encoding"]


def _respond(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json=STARTED_BODY)


@pytest.mark.parametrize("name", OWN_HEADERS)
def test_headers_of_the_client_are_refused(name: str) -> None:
    """A header that the client itself sets is refused by name, where it could not be followed."""
    with pytest.raises(ValueError, match=rf"headers: {name} cannot be set"):
        Client("http://127.0.0.1:9", headers={name: "x"})


@pytest.mark.parametrize(
    "option",
    [{"verify": False}, {"verify": TLS}, {"proxy": "http://127.0.0.1:9"}],
    ids=["verify=False", "verify=context", "proxy"],
)
@pytest.mark.parametrize("transport", ["transport", "async_transport"])
def test_options_beside_a_transport_are_refused(option: dict[str, Any], transport: str) -> None:
    """What a transport of the caller's would not follow is refused beside one."""
    (name,) = option
    with pytest.raises(ValueError, match=rf"{name}: has no effect beside {transport}"):
        make("http://127.0.0.1:9", **{transport: httpx.MockTransport(_respond)}, **option)


WRONG: tuple[tuple[dict[str, Any], type[Exception], str], ...] = (
    ({"auth": "token"}, TypeError, r"auth: must be an httpx.Auth such as TokenAuth\(…\), not str".replace("…", '"…"')),
    ({"allow_http": 1}, TypeError, "allow_http: must be a boolean, not int"),
    ({"trust_env": None}, TypeError, "trust_env: must be a boolean, not NoneType"),
    ({"max_connections": 0}, ValueError, r"max_connections: less than 1 \(0\)"),
    ({"max_connections": "5"}, TypeError, "max_connections: must be an integer, not str"),
    ({"max_connections": True}, TypeError, "max_connections: must be an integer, not bool"),
    ({"max_retries": -1}, ValueError, r"max_retries: less than 0 \(-1\)"),
    ({"proxy": 5}, TypeError, "proxy: must be a URL or an httpx.Proxy, not int"),
    ({"proxy": "ftp://user:secret@host"}, ValueError, "proxy: must be a URL that begins with http://"),
    ({"proxy": "http://user:secret@host:port"}, ValueError, "proxy: must be a URL that begins with http://"),
)


@pytest.mark.parametrize(("option", "kind", "message"), WRONG, ids=[str(row[0]) for row in WRONG])
def test_wrong_options_are_named(option: dict[str, Any], kind: type[Exception], message: str) -> None:
    """A wrong option is refused with its name and rule, and without a password that it holds."""
    with pytest.raises(kind, match=message) as caught:
        Client("http://127.0.0.1:9", **option)

    assert "secret" not in str(caught.value)


CREDENTIALS = ("X-Auth-Token", "x-security-token", "Authorization", "Proxy-Authorization", "Cookie")


@pytest.mark.parametrize(
    "base_url", [NOT_LOCAL, "http://10.0.0.1:80", "http://[2001:db8::1]", "http://localhost.example"]
)
@pytest.mark.parametrize(
    "credentials",
    [{"auth": TokenAuth("a-token")}, *({"headers": {name: "t"}} for name in CREDENTIALS)],
    ids=["auth", *CREDENTIALS],
)
def test_credentials_over_plain_http_are_refused(base_url: str, credentials: dict[str, Any]) -> None:
    """Credentials do not go over plain http to another machine, unless that is allowed."""
    with pytest.raises(ValueError, match="base_url: http:// would send the credentials unencrypted"):
        Client(base_url, **credentials)

    Client(base_url, **credentials, allow_http=True).close()
    Client(base_url).close()
    Client(base_url.replace("http:", "https:"), **credentials).close()


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "localhost", "mock.localhost", "[::1]"])
def test_credentials_over_plain_http_to_this_machine(host: str) -> None:
    """Credentials may go over plain http to this machine."""
    Client(f"http://{host}:4010", auth=TokenAuth("a-token")).close()


@pytest.mark.parametrize("name", CREDENTIALS)
def test_credentials_in_a_parameter_over_plain_http(mode: str, name: str) -> None:
    """Neither do credentials in a parameter of an operation; a transport of the caller's may take them."""
    parameter = Parameter("credentials", "header", String(), wire_name=name, required=False)
    operation = read_things(parameter)
    calls: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(200, json={})

    with pytest.raises(ValueError, match="base_url: http:// would send the credentials unencrypted"):
        call_repeatedly(mode, NOT_LOCAL, operation, ("a-token",))
    both: dict[str, Any] = {"transport": httpx.MockTransport(respond), "async_transport": httpx.MockTransport(respond)}
    call_repeatedly(mode, NOT_LOCAL, operation, ("a-token",), **both)

    assert [request.headers[name] for request in calls] == ["a-token"]


def test_credentials_over_plain_http_and_a_transport_for_one_kind_of_call(mode: str) -> None:
    """A transport of the caller's may take credentials over http; the other kind of call is refused."""
    transport = httpx.MockTransport(_respond)
    client = Client(NOT_LOCAL, auth=TokenAuth("a-token"), transport=transport)
    outcome = attempt(mode, run_job_immediately, client)

    if mode == "sync":
        assert outcome.error is None
    else:
        assert isinstance(outcome.error, ValueError), outcome.end
        assert "allow_http" in str(outcome.error)


def test_proxy_in_code(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that is given to the client is used, whatever the environment names."""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with Server(http(200, STARTED)) as proxy:
        client = make("http://service.example", proxy=proxy.url.replace("://", "://user:secret@"))
        result = call(mode, run_job_immediately, client, PROJECT, JOB)

        assert result.instance_id == 132343
        assert proxy.requests[0].raw_path.startswith(b"http://service.example/")
        assert proxy.requests[0].all("Proxy-Authorization") == ["Basic dXNlcjpzZWNyZXQ="]


def test_environment_is_not_trusted(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With trust_env=False neither a proxy nor a certificate authority is taken from the environment."""
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    with Server(http(200, STARTED)) as server:
        result = call(mode, run_job_immediately, Client(server.url, trust_env=False), PROJECT, JOB)

        assert result.instance_id == 132343


def test_certificate_authorities_of_the_environment_that_are_not_there(
    mode: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where the environment names authorities that cannot be read, the variable is named before anything is sent."""
    monkeypatch.setenv("SSL_CERT_FILE", os.fspath(tmp_path / "missing"))
    with Server(http(200, STARTED)) as server:
        outcome = attempt(mode, run_job_immediately, Client(server.url))

        assert isinstance(outcome.error, ValueError), outcome.end
        assert "SSL_CERT_FILE" in str(outcome.error)
        assert isinstance(outcome.error.__cause__, OSError)
        assert server.requests == []


def test_socks_without_support(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SOCKS proxy without the package for it names the extra to install."""
    monkeypatch.setitem(sys.modules, "socksio", None)
    outcome = attempt(mode, run_job_immediately, make("http://127.0.0.1:9", proxy="socks5://127.0.0.1:9"))

    assert isinstance(outcome.error, ValueError), outcome.end
    assert "proxy: a SOCKS proxy needs the extra httpx[socks]" in str(outcome.error)


def test_broken_proxy_of_the_environment_is_named(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy setting that cannot be used is named, without its value."""
    monkeypatch.setenv("HTTPS_PROXY", "http://user:secret@host:port")
    outcome = attempt(mode, run_job_immediately, make("http://127.0.0.1:9"))

    assert isinstance(outcome.error, ValueError), outcome.end
    assert "HTTPS_PROXY" in str(outcome.error)
    assert "secret" not in str(outcome.error)


@pytest.mark.parametrize("kind", [ValueError, ImportError])
def test_mistakes_that_are_no_proxies(kind: type[Exception], mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no proxy, what goes wrong in making a transport is not told as a proxy's fault."""

    def fail(*arguments: Any, **options: Any) -> None:
        raise error

    error = kind("a mistake in httpx")
    for transport in (httpx.HTTPTransport, httpx.AsyncHTTPTransport):
        monkeypatch.setattr(transport, "__init__", fail)
    outcome = attempt(mode, run_job_immediately, make("http://127.0.0.1:9"))

    assert outcome.error is error


class FromRedirect(httpx.Auth):
    """Takes a code from where a redirect leads, as OpenID Connect's authorization code flow does."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Fetch the code, and send the request with it."""
        response = yield httpx.Request("GET", "http://login.example/authorize")
        request.headers["X-Code"] = httpx.URL(response.headers["location"]).params["code"]
        yield request


def test_authentication_sees_where_a_redirect_leads() -> None:
    """The Location of a redirect reaches the caller's authentication."""
    codes: list[str | None] = []

    def respond(request: httpx.Request) -> httpx.Response:
        if request.url.host == "login.example":
            return httpx.Response(302, headers={"Location": "http://callback.example/?code=abc12345"})
        codes.append(request.headers.get("X-Code"))
        return _respond(request)

    client = Client("http://127.0.0.1:9", auth=FromRedirect(), transport=httpx.MockTransport(respond), max_retries=0)
    outcome = attempt("sync", run_job_immediately, client)

    assert outcome.error is None, outcome.end
    assert codes == ["abc12345"]


def _bomb() -> bytes:
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(compressor.compress(b" " * 2**20) for _ in range(300)) + compressor.flush()


@pytest.mark.parametrize("auth", [httpx.DigestAuth("user", "password")], ids=["digest"])
def test_challenge_is_read_within_the_limit(auth: httpx.Auth, mode: str) -> None:
    """The body of an authentication challenge that unpacks to 300 MiB does not take up memory."""
    challenge = 'WWW-Authenticate: Digest realm="x", nonce="n", qop="auth"'
    bomb = http(401, _bomb(), challenge, "Content-Encoding: gzip")
    with Server(bomb, http(200, STARTED)) as server:
        client = make(server.url, auth=auth, max_retries=0)
        tracemalloc.start()
        outcome = attempt(mode, run_job_immediately, client)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()

        assert outcome.error is None, outcome.end
        assert len(server.requests) == 2
        assert peak < 12 * 2**20, f"{peak / 2**20:.0f} MiB were used for a challenge's body"


def test_many_empty_members(mode: str) -> None:
    """A gzip body of 50,000 empty members is given up on at once."""
    empty = gzip.compress(b"")
    body = empty * (1024 * 1024 // len(empty))
    with Server(http(200, body, "Content-Encoding: gzip")) as server:
        outcome = attempt(mode, run_job_immediately, make(server.url))

        assert isinstance(outcome.error, errors.UnexpectedResponse), outcome.end
        assert "gzip members" in str(outcome.error)
        assert outcome.seconds < 2


@pytest.mark.parametrize("parts", [1, 2, 5])
def test_long_body_is_cut(parts: int) -> None:
    """Of a body that is too long, the exception holds the first MiB, in however many parts it came."""
    response = httpx.Response(200, stream=_Parts(parts))
    error = receive_error(response)

    assert isinstance(error, errors.UnexpectedResponse)
    assert "longer than 1 MiB" in str(error)
    assert len(error.response.content) == 2**20


class _Parts(httpx.SyncByteStream):
    """A response body of 5 MiB, in some parts."""

    def __init__(self, parts: int) -> None:
        self.parts = parts

    def __iter__(self) -> Iterator[bytes]:
        yield from [b"x" * (5 * 2**20 // self.parts)] * self.parts


def test_connections_are_limited(mode: str) -> None:
    """No more than max_connections are open at a time."""
    most = 3
    lock = threading.Lock()
    counts = [0, 0]

    def respond(connection: Connection) -> None:
        with lock:
            counts[0] += 1
            counts[1] = max(counts)
        connection.pause(0.05)
        with lock:
            counts[0] -= 1
        connection.send(http(200, STARTED))
        connection.end()

    with Server(respond) as server:
        client = make(server.url, max_connections=most)
        if mode == "sync":
            with client:
                threads = [
                    threading.Thread(target=run_job_immediately.sync, args=(PROJECT, JOB), kwargs={"client": client})
                    for _ in range(12)
                ]
                for thread in threads:
                    thread.start()
                for thread in threads:
                    thread.join()
        else:

            async def all_at_once() -> None:
                async with client:
                    await asyncio.gather(*[run_job_immediately.asyncio(PROJECT, JOB, client=client) for _ in range(12)])

            asyncio.run(all_at_once())

        assert len(server.requests) == 12
        assert 1 < counts[1] <= most
