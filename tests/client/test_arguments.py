"""Is every argument that the contract forbids refused before a socket is opened?"""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from dataarts_client import Client, errors
from dataarts_client.api.jobs import run_job_immediately

from ._answers import STARTED, http
from ._arguments import ARGUMENTS, Refused, Text
from ._calls import JOB, PROJECT, call, make, refusing
from ._server import Server


@pytest.mark.parametrize("row", ARGUMENTS, ids=lambda row: row.id)
@pytest.mark.parametrize("suffix", ["", "_detailed"], ids=["plain", "detailed"])
def test_argument(row: Refused, mode: str, suffix: str) -> None:
    """What the contract forbids is a ValueError or TypeError that names the field, and no connection is made."""
    with Server(http(200, STARTED)) as server:
        client = make(server.url)
        with pytest.raises((ValueError, TypeError)) as caught:
            call(
                mode + suffix,
                run_job_immediately,
                client,
                **({"project_id": PROJECT, "job_name": JOB} | row.arguments()),
            )

        message = str(caught.value)
        assert not isinstance(caught.value, (UnicodeError, errors.ClientError, RecursionError))
        assert any(name in message for name in row.fields), message
        assert len(message) < 300
        assert message.isprintable(), ascii(message)
        assert server.connections == 0


@pytest.mark.parametrize("text", ["a" * 41, "作" * 2000, "x" * 10**6], ids=len)
@pytest.mark.parametrize("name", ["project_id", "workspace"])
def test_long_values_are_abridged(name: str, text: str, mode: str) -> None:
    """A message shows no more than 40 characters of the value it complains of, and its length."""
    value = "/" + text
    with pytest.raises(ValueError, match=name) as caught:
        call(
            mode,
            run_job_immediately,
            make("http://127.0.0.1:9"),
            **({"project_id": PROJECT, "job_name": JOB} | {name: value}),
        )

    assert value[:10] in str(caught.value) or str(len(value)) in str(caught.value)
    assert value[:41] not in str(caught.value)


def test_a_string_of_another_class_is_sent_as_what_it_is_or_refused(mode: str) -> None:
    """A subclass of str cannot pass the checks as one text and be sent as another."""
    with Server(http(200, STARTED)) as server:
        with contextlib.suppress(TypeError, ValueError):
            call(mode, run_job_immediately, make(server.url), PROJECT, Text("myJob"))

        paths = [request.raw_path for request in server.requests]
        assert paths in ([], [f"/v1/{PROJECT}/jobs/myJob/run-immediate".encode()])


CLIENTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("base-url-empty", "base_url", {"base_url": ""}),
    ("base-url-no-scheme", "base_url", {"base_url": "dayu-dlf.cn-north-4.myhuaweicloud.com"}),
    ("base-url-no-scheme-with-port", "base_url", {"base_url": "localhost:8080"}),
    ("base-url-relative", "base_url", {"base_url": "/v1"}),
    ("base-url-no-host", "base_url", {"base_url": "https://"}),
    ("base-url-no-host-but-path", "base_url", {"base_url": "https:///v1"}),
    ("base-url-ftp", "base_url", {"base_url": "ftp://127.0.0.1"}),
    ("base-url-file", "base_url", {"base_url": "file:///etc/passwd"}),
    ("base-url-query", "base_url", {"base_url": "http://127.0.0.1?x=1"}),
    ("base-url-fragment", "base_url", {"base_url": "http://127.0.0.1#x"}),
    ("base-url-port-too-high", "base_url", {"base_url": "http://127.0.0.1:65536"}),
    ("base-url-port-word", "base_url", {"base_url": "http://127.0.0.1:http"}),
    ("base-url-open-bracket", "base_url", {"base_url": "http://[::1"}),
    ("base-url-line-break", "base_url", {"base_url": "http://127.0.0.1\n"}),
    ("base-url-nul", "base_url", {"base_url": "http://127.0.0.1\0"}),
    ("base-url-lone-surrogate", "base_url", {"base_url": "http://127.0.0.1/\ud800"}),
    ("base-url-user", "base_url", {"base_url": "http://user@127.0.0.1"}),
    ("base-url-user-and-password", "base_url", {"base_url": "http://user:word@127.0.0.1"}),
    ("base-url-none", "base_url", {"base_url": None}),
    ("base-url-bytes", "base_url", {"base_url": b"http://127.0.0.1"}),
    ("base-url-integer", "base_url", {"base_url": 80}),
    ("timeout-zero", "timeout", {"timeout": 0}),
    ("timeout-negative", "timeout", {"timeout": -1}),
    ("timeout-nan", "timeout", {"timeout": float("nan")}),
    ("timeout-infinite", "timeout", {"timeout": float("inf")}),
    ("timeout-text", "timeout", {"timeout": "60"}),
    ("timeout-true", "timeout", {"timeout": True}),
    ("retries-negative", "max_retries", {"max_retries": -1}),
    ("retries-fraction", "max_retries", {"max_retries": 1.5}),
    ("retries-text", "max_retries", {"max_retries": "2"}),
    ("retries-true", "max_retries", {"max_retries": True}),
    ("retries-none", "max_retries", {"max_retries": None}),
    ("headers-line-break", "X-Name", {"headers": {"X-Name": "a\r\nX-Evil: 1"}}),
    ("headers-final-line-break", "X-Name", {"headers": {"X-Name": "a\n"}}),
    ("headers-leading-space", "X-Name", {"headers": {"X-Name": " a"}}),
    ("headers-final-tab", "X-Name", {"headers": {"X-Name": "a\t"}}),
    ("headers-nul", "X-Name", {"headers": {"X-Name": "a\0"}}),
    ("headers-chinese", "X-Name", {"headers": {"X-Name": "值"}}),
    ("headers-lone-surrogate", "X-Name", {"headers": {"X-Name": "\ud800"}}),
    ("headers-integer", "headers", {"headers": {"X-Name": 1}}),
    ("headers-none", "headers", {"headers": {"X-Name": None}}),
    ("headers-name-empty", "header", {"headers": {"": "a"}}),
    ("headers-name-with-space", "header", {"headers": {"X Name": "a"}}),
    ("headers-name-with-colon", "header", {"headers": {"X-Name:": "a"}}),
    ("headers-name-with-line-break", "header", {"headers": {"X\r\nY": "a"}}),
    ("headers-name-chinese", "header", {"headers": {"名": "a"}}),
    ("headers-text", "headers", {"headers": "X-Name: a"}),
    ("auth-text", "auth", {"auth": "token"}),
    ("auth-integer", "auth", {"auth": 1}),
)


@pytest.mark.parametrize(("name", "field", "arguments"), CLIENTS, ids=[row[0] for row in CLIENTS])
def test_client_argument(name: str, field: str, arguments: dict[str, Any]) -> None:
    """A client that could not work is not made, and the message says which argument is to blame."""
    with refusing(f"a client was made in spite of its {field}: {name}", (ValueError, TypeError)) as caught:
        Client(**({"base_url": "http://127.0.0.1:9"} | arguments))

    assert not isinstance(caught.value, UnicodeError)
    assert field.lower() in str(caught.value).lower()
    assert str(caught.value).isprintable()
    assert "word" not in str(caught.value)


def test_tables_are_large() -> None:
    """No fewer hostile arguments are tried than were promised, and no two rows have one name."""
    names = [row.id for row in ARGUMENTS]

    assert len(names) >= 60
    assert len(names) == len(set(names))
