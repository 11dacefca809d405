"""Do proxies that are set by the environment work, with retries on, and is their failing told from the service's?"""

from __future__ import annotations

import ssl
from collections.abc import Iterator

import httpx
import pytest
import trustme

from dataarts_client import Client, errors
from dataarts_client.api.jobs import run_job_immediately

from ._answers import STARTED, cut, hang, http, reset
from ._calls import JOB, PROJECT, TLS, attempt, call
from ._proxy import Proxy
from ._refusals import BODY
from ._server import Answer, Server

pytestmark = pytest.mark.over_aiohttp

HOST = "dayu-dlf.cn-north-4.example"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority."""
    return trustme.CA()


@pytest.fixture
def trust(authority: trustme.CA) -> ssl.SSLContext:
    """A context that trusts it."""
    made = ssl.create_default_context()
    authority.configure_trust(made)
    return made


@pytest.fixture
def service(authority: trustme.CA) -> Iterator[Server]:
    """The service, for a host that only the proxy can find; it throttles the first request."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    with Server(http(429, BODY, "Retry-After: 0"), http(200, STARTED), tls=context) as server:
        yield server


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_tunnel(
    variable: str, service: Server, trust: ssl.SSLContext, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """HTTPS goes through a CONNECT proxy that the environment names, every attempt of it."""
    with Proxy(service.port, user="user", password="p@ss/word") as proxy:
        monkeypatch.setenv(variable, proxy.setting)
        result = call(mode, run_job_immediately, Client(f"https://{HOST}", verify=trust), PROJECT, JOB)

        assert result.instance_id == 132343
        assert len(service.requests) == 2
        assert proxy.connections == 2
        assert {request.raw_path for request in proxy.requests} == {f"{HOST}:443".encode()}
        assert not [request for request in service.requests if request.all("Proxy-Authorization")]
        assert not [request for request in proxy.requests if request.all("workspace") or request.all("X-Auth-Token")]


def test_tunnel_refused_at_first(
    service: Server, trust: ssl.SSLContext, mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that is unreachable at first is tried again; the service gets the request once more only if throttled."""
    with Proxy(service.port, refuse=b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.setting)
        result = call(mode, run_job_immediately, Client(f"https://{HOST}", verify=trust, max_retries=3), PROJECT, JOB)

        assert result.instance_id == 132343
        assert len(service.requests) == 2
        assert len(proxy.requests) == 3


REFUSALS: dict[str, Answer] = {
    "403": http(403, "no"),
    "407": http(407, "", 'Proxy-Authenticate: Basic realm="x"'),
    "502": http(502, "<html>", kind="text/html"),
    "302": http(302, "", "Location: http://127.0.0.1:9/"),
    "garbage": cut(b"SSH-2.0-x\r\n"),
    "closed": cut(b""),
    "reset": reset(),
    "silence": hang(),
}


@pytest.mark.parametrize("refusal", REFUSALS)
def test_tunnel_refused(refusal: str, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that opens no tunnel is RequestNotSent: nothing can have reached the service."""
    with Server(REFUSALS[refusal]) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        timeout = 1.0 if refusal == "silence" else 10.0
        client = Client(f"https://{HOST}", verify=TLS, max_retries=0, timeout=timeout)
        outcome = attempt(mode, run_job_immediately, client)

        assert type(outcome.error) is errors.RequestNotSent
        assert outcome.error.outcome_unknown is False
        assert len(proxy.requests) == 1
        assert outcome.seconds < timeout + 2


def test_unreachable_proxy(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy that cannot be reached is RequestNotSent, and is named, without its password."""
    with Server(b"", listen=False) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", "://user:s3cr3t@"))
        outcome = attempt(mode, run_job_immediately, Client(f"https://{HOST}", verify=TLS, max_retries=0))

        assert type(outcome.error) is errors.RequestNotSent
        assert f"no connection to the proxy {proxy.url.removeprefix('http://')}: " in str(outcome.error)
        assert "s3cr3t" not in str(outcome.error)


def test_wrong_certificate_behind_a_proxy(service: Server, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a proxy too, a certificate of an unknown authority is RequestNotSent."""
    with Proxy(service.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.setting)
        outcome = attempt(mode, run_job_immediately, Client(f"https://{HOST}", verify=TLS, max_retries=0))

        assert type(outcome.error) is errors.RequestNotSent
        assert service.requests == []


def test_no_verification_behind_a_proxy(service: Server, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind a proxy too, verify=False takes any certificate."""
    with Proxy(service.port) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.setting)
        result = call(mode, run_job_immediately, Client(f"https://{HOST}", verify=False), PROJECT, JOB)

        assert result.instance_id == 132343
        assert len(proxy.requests) == 2


def test_plain_proxy(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain HTTP goes through a proxy that the environment names, with the whole URL, retries included."""
    with Server(http(429, BODY, "Retry-After: 0"), http(200, STARTED)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        result = call(mode, run_job_immediately, Client(f"http://{HOST}", verify=TLS), PROJECT, JOB)

        assert result.instance_id == 132343
        path = f"http://{HOST}/v1/{PROJECT}/jobs/{JOB}/run-immediate".encode()
        assert [request.raw_path for request in proxy.requests] == [path, path]


def test_no_proxy(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that NO_PROXY names is reached directly."""
    with Server(http(200, STARTED)) as server, Server(http(502, "")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        result = call(mode, run_job_immediately, Client(server.url, verify=TLS), PROJECT, JOB)

        assert result.instance_id == 132343
        assert proxy.connections == 0


def test_own_transport_takes_no_proxy(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transport that the caller passes in is used, whatever proxy the environment names."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"instanceId": 7}))
    with Server(http(502, "")) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        client = Client("http://127.0.0.1:9", transport=transport, async_transport=transport)
        result = call(mode, run_job_immediately, client, PROJECT, JOB)

        assert result.instance_id == 7
        assert proxy.connections == 0
