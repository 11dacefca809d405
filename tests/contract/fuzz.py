"""Schemathesis, run on one server: the settings are schemathesis.toml's, the cases come from the document."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import requests
import schemathesis
from schemathesis.cli import schemathesis as command_line

from .document import COVERED, ROOT, Document
from .guard import AUTHENTICATED, Guard

_ACCEPTED: set[str] = set()
"""The error codes with which a server may refuse a valid request, in the run under way."""


@dataclass(frozen=True)
class Outcome:
    """What a run came to."""

    exit_code: int
    cases: int


class RequestsAuth(requests.auth.AuthBase):
    """An httpx.Auth, for a client that is built on requests."""

    def __init__(self, auth: httpx.Auth) -> None:
        self._auth = auth

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Give the request the headers that the httpx.Auth gives it."""
        assert request.url is not None
        body = request.body or b""
        assert isinstance(body, str | bytes)
        sent = httpx.Request(
            request.method or "GET",
            httpx.URL(request.url).copy_with(raw_path=b"/"),
            headers=[(_octets(name), _octets(value)) for name, value in request.headers.items()],
            content=body.encode() if isinstance(body, str) else body,
            extensions={"target": request.path_url.encode()},
        )
        for name, value in next(self._auth.sync_auth_flow(sent)).headers.items():
            if name not in ("host", "content-length") and name not in request.headers:
                request.headers[name] = value
        setattr(request, AUTHENTICATED, True)
        return request


@schemathesis.check
def valid_requests_succeed(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """Hold a server to answering what the document allows with success, or with one of the accepted error codes."""
    if not (case.meta and case.meta.generation.mode.is_positive) or response.status_code < 300:
        return
    try:
        code = response.json().get("error_code")
    except (ValueError, AttributeError):
        code = None
    if code not in _ACCEPTED:
        raise AssertionError(
            f"A request that the document allows was refused with {response.status_code} {code}; "
            f"only {' or '.join(sorted(_ACCEPTED)) or 'success'} may answer it"
        )


def fuzz(
    document: Document,
    base_url: str,
    auth: httpx.Auth,
    *,
    accepted: Collection[str] = (),
    examples: int,
    reports: Path,
    options: Collection[str] = (),
    guard: Guard | None = None,
) -> Outcome:
    """Run schemathesis: print its progress and its findings, and write the reports.

    Args:
        document: The contract.
        base_url: The server.
        auth: Credentials that are right.
        accepted: Error codes with which the server may refuse a valid request.
        examples: How many cases fuzzing makes.
        reports: The folder for the reports.
        options: Further options of schemathesis' command line.
        guard: Keeps a server that is not ours from starting runs; its credentials are kept out of reports, too.
    """
    _ACCEPTED.clear()
    _ACCEPTED.update(accepted)
    reports.mkdir(parents=True, exist_ok=True)
    summary = reports / "summary.json"
    arguments = ["--config-file", str(ROOT / "schemathesis.toml"), "run", os.path.relpath(document.path)]
    arguments += ["--url", base_url, "--max-examples", str(examples), "--continue-on-failure"]
    arguments += [f"--report-html-path={reports}", f"--report-junit-path={reports / 'junit.xml'}"]
    arguments += [f"--report-json-path={summary}", f"--output-sanitize={str(guard is not None).lower()}", *options]
    arguments += ["--include-operation-id", COVERED]
    if not any(option.startswith("--phases") for option in options):
        arguments.append("--phases=examples,coverage,fuzzing")  # The links lead to operations that are left out.
    if accepted:  # Then most valid requests are refused, as they should be; it would warn of that.
        arguments.append("--warnings=off")
    schemathesis.auths.GLOBAL_AUTH_STORAGE.set_from_requests(RequestsAuth(auth))
    exit_code = 0
    try:
        with guard.standing() if guard else nullcontext(), warnings.catch_warnings():
            # Schemathesis leaves the closing of its report files to the garbage collector.
            warnings.simplefilter("ignore", ResourceWarning)
            command_line.main(arguments, prog_name="st")
    except SystemExit as ended:
        exit_code = int(ended.code or 0)
    finally:
        schemathesis.auths.unregister()
    result = json.loads(summary.read_text())
    return Outcome(exit_code, result["test_cases"]["generated"])


def _octets(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")
