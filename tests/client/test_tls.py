"""Do private certificate authorities work, and is a wrong one noticed before anything is sent?"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from dataarts_client import Client, errors
from dataarts_client.api.jobs import run_job_immediately

from ._answers import STARTED, http
from ._calls import JOB, PROJECT, attempt, call
from ._refusals import BODY
from ._server import Server

pytestmark = pytest.mark.over_aiohttp


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """A certificate authority that nobody else trusts."""
    return trustme.CA()


@pytest.fixture(scope="module")
def bundle(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The authority's certificate, in a file."""
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


def context(authority: trustme.CA, name: str = "127.0.0.1") -> ssl.SSLContext:
    """Make a server's context, with a certificate for this name."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(made)
    return made


@pytest.fixture
def server(authority: trustme.CA) -> Iterator[Server]:
    """A TLS server that throttles the first request."""
    throttled = http(429, BODY, "Retry-After: 0")
    with Server(throttled, http(200, STARTED), tls=context(authority)) as server:
        yield server


def test_context(server: Server, authority: trustme.CA, mode: str) -> None:
    """An ssl.SSLContext given as `verify` is used, on every attempt."""
    own = ssl.create_default_context()
    authority.configure_trust(own)
    result = call(mode, run_job_immediately, Client(server.url, verify=own), PROJECT, JOB)

    assert result.instance_id == 132343
    assert len(server.requests) == 2


def test_path(server: Server, bundle: Path, mode: str) -> None:
    """The path of a file of authorities given as `verify` is used, on every attempt."""
    result = call(mode, run_job_immediately, Client(server.url, verify=str(bundle)), PROJECT, JOB)

    assert result.instance_id == 132343
    assert len(server.requests) == 2


def test_path_without_authorities(bundle: Path) -> None:
    """A path that holds no authorities is refused at once."""
    with pytest.raises(ValueError, match="verify: no certificate authorities in "):
        Client("https://127.0.0.1", verify=str(bundle.parent / "nothing"))


def test_environment(server: Server, bundle: Path, mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An authority named by the environment is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    result = call(mode, run_job_immediately, Client(server.url), PROJECT, JOB)

    assert result.instance_id == 132343
    assert len(server.requests) == 2


def test_no_verification(server: Server, mode: str) -> None:
    """With verify=False any certificate will do, on every attempt."""
    result = call(mode, run_job_immediately, Client(server.url, verify=False), PROJECT, JOB)

    assert result.instance_id == 132343
    assert len(server.requests) == 2


@pytest.mark.parametrize("retries", [0, 1])
def test_unknown_authority(server: Server, retries: int, mode: str) -> None:
    """A certificate of an unknown authority is RequestNotSent, and the message says certificate."""
    outcome = attempt(mode, run_job_immediately, Client(server.url, max_retries=retries))

    assert type(outcome.error) is errors.RequestNotSent
    assert outcome.error.outcome_unknown is False
    assert "certificate" in str(outcome.error).lower()
    assert server.requests == []


def test_other_private_authority(server: Server, mode: str) -> None:
    """A certificate of another private authority than the trusted one is RequestNotSent."""
    own = ssl.create_default_context()
    trustme.CA().configure_trust(own)
    outcome = attempt(mode, run_job_immediately, Client(server.url, verify=own, max_retries=0))

    assert type(outcome.error) is errors.RequestNotSent
    assert server.requests == []


def test_other_host(authority: trustme.CA, mode: str) -> None:
    """A certificate for another host is RequestNotSent."""
    own = ssl.create_default_context()
    authority.configure_trust(own)
    with Server(http(200, STARTED), tls=context(authority, "elsewhere.example")) as server:
        outcome = attempt(mode, run_job_immediately, Client(server.url, verify=own, max_retries=0))

        assert type(outcome.error) is errors.RequestNotSent
        assert server.requests == []


def test_plain_server(mode: str) -> None:
    """HTTPS to a server that speaks plain HTTP is RequestNotSent."""
    with Server(http(400, BODY), greet=lambda connection: connection.send(http(400, BODY))) as server:
        client = Client(server.url.replace("http:", "https:"), max_retries=0)
        outcome = attempt(mode, run_job_immediately, client)

        assert type(outcome.error) is errors.RequestNotSent


def test_tls_server_spoken_to_in_plain(server: Server, mode: str) -> None:
    """Plain HTTP to a server that speaks TLS ends in OutcomeUnknown, for something was sent."""
    outcome = attempt(mode, run_job_immediately, Client(server.url.replace("https:", "http:")))

    assert type(outcome.error) is errors.OutcomeUnknown
    assert server.connections == 1
