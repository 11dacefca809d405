"""Schemathesis, run on one server: the settings are schemathesis.toml's, the cases come from the document."""

from __future__ import annotations

import json
import os
import warnings
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import requests
import schemathesis
from schemathesis.cli import EventHandler
from schemathesis.cli import schemathesis as command_line
from schemathesis.engine import Status, events

from .document import ROOT, Document, Operation
from .guard import AUTHENTICATED, Guard
from .records import Outcome, Record, Records
from .reduce import reduced
from .target import Target
from .words import short, shown


@dataclass(frozen=True)
class Result:
    """What a run of schemathesis came to: whether it found a fault, and how many cases it tried."""

    passed: bool
    cases: int


class RequestsAuth(requests.auth.AuthBase):
    """An httpx.Auth, for a client that is built on requests."""

    def __init__(self, auth: httpx.Auth) -> None:
        self._auth = auth

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Give the request the headers that the httpx.Auth gives it."""
        given = getattr(request, AUTHENTICATED, ())
        for name in given:
            request.headers.pop(name, None)
        for name, value in self._headers(request).items():
            if name not in ("host", "content-length") and name not in request.headers:
                request.headers[name] = value
                given = (*given, name)
        setattr(request, AUTHENTICATED, given)
        return request

    def _headers(self, request: requests.PreparedRequest) -> httpx.Headers:
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
        return next(self._auth.sync_auth_flow(sent)).headers


@dataclass
class _Run:
    """The run under way: checks and handlers of schemathesis are found by their module, not handed anything."""

    document: Document
    target: Target
    part: str
    records: Records
    authenticate: RequestsAuth
    reduces: bool

    def operation(self, case: schemathesis.Case[Any]) -> Operation:
        """Return the operation that a case is for."""
        method = case.operation.method.upper()
        return next(
            each for each in self.document.operations if (each.path, each.method) == (case.operation.path, method)
        )

    def accepts(self, operation: Operation, status: int, code: Any) -> bool:
        """Return whether a valid request may be refused so: for what it names is not there, or for its state."""
        missing = self.document.not_found(operation).get(code)
        if missing is None:
            return "x-allowed-states" in operation.node and status == 400
        if missing.name in self.document.made(operation):
            return True
        return not (self.target.any_job or (self.target.known.has_the_job and not self.target.own))


_run: _Run | None = None


@schemathesis.check
def valid_requests_succeed(
    ctx: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """Hold a server to answering what the document allows with success, or with what is not there."""
    if _run is None or not (case.meta and case.meta.generation.mode.is_positive) or response.status_code < 300:
        return
    operation, code = _run.operation(case), _code(response)
    if response.status_code in (403, 429) or _run.accepts(operation, response.status_code, code):
        return
    body = _reduced(case, response) if _run.reduces else case.body
    what = "" if type(body).__name__ == "NotSet" else f", with the body {shown(body)}"
    where = short(f"{response.request.method} {response.request.path_url}", 120)
    raise AssertionError(
        f"{operation.id}, generated from the document: {where}{what} is allowed, but was refused; "
        f"the response was {response.status_code} {code or ''} {short(response.text, 120)}"
    )


def _reduced(case: schemathesis.Case[Any], response: schemathesis.Response) -> Any:
    """Return a smaller body that is refused in the same way."""
    assert _run is not None
    run, operation = _run, _run.operation(case)
    if not isinstance(case.body, dict | list) or not operation.media_type:
        return case.body
    schema = operation.bodies[operation.media_type]

    def is_refused(body: Any) -> bool:
        if run.document.violation(schema, body):
            return False
        request = response.request.copy()
        request.prepare_body(json.dumps(body), None)
        try:
            with requests.Session() as session:
                answer = session.send(run.authenticate(request), timeout=30, allow_redirects=False)
        except requests.RequestException:
            return False
        return (answer.status_code, _code(answer)) == (response.status_code, _code(response))

    return reduced(case.body, is_refused)


def _code(response: Any) -> str | None:
    try:
        code = response.json().get("error_code")
    except (ValueError, AttributeError):
        return None
    return code if isinstance(code, str) else None


@schemathesis.cli.handler()
class _Recorder(EventHandler[Any]):
    """Keeps what came of each case."""

    def handle_event(self, ctx: Any, event: Any) -> None:
        """Take a group of cases that are done."""
        if _run is not None and isinstance(event, events.ScenarioFinished):
            for case_id, node in event.recorder.cases.items():
                interaction = event.recorder.interactions.get(case_id)
                response = interaction.response if interaction else None
                if response is not None:
                    _run.records.cases.append(
                        _record(_run, node.value, response, event.recorder.checks.get(case_id, []), str(event.phase))
                    )


def _record(run: _Run, case: schemathesis.Case[Any], response: Any, checks: list[Any], phase: str) -> Record:
    operation = run.operation(case)
    allowed = not case.meta or case.meta.generation.mode.is_positive
    code = _code(response)
    run.records.responses[operation.id, response.status_code, code or ""] += 1
    failed = [check for check in checks if check.status == Status.FAILURE and check.failure_info]
    outcome, reason, message = Outcome.PASSED, "", ""
    if failed:
        failure = failed[0].failure_info.failure
        outcome, reason = Outcome.FAILED, failure.title
        words = short(failure.message, 200)
        title = (
            words if words.startswith(operation.id) else f"{operation.id}, {failed[0].name}: {failure.title}: {words}"
        )
        message = f"{title}\n\n{failure.message}\n\n  Repeat it with:\n\n    {failed[0].failure_info.code_sample}\n"
    elif not allowed and code in run.document.not_found(operation) and not run.target.own:
        outcome, reason = Outcome.NOT_SHOWN, f"refused for another reason: {response.status_code} {code}"
    description = getattr(case.meta.phase.data, "description", None) if case.meta else None
    return Record(
        suite="contract",
        operation=operation.id,
        place=run.part,
        rule=f"{phase}, {'allowed' if allowed else 'forbidden'}",
        tried=str(description or short(f"{case.method} {case.formatted_path}", 120)),
        allowed=allowed,
        outcome=outcome,
        reason=reason,
        message=message,
        test="schemathesis",
    )


def fuzz(
    document: Document,
    target: Target,
    auth: httpx.Auth,
    *,
    part: str,
    examples: int,
    reports: Path,
    records: Records | None = None,
    options: Collection[str] = (),
    allowed: bool = True,
) -> Result:
    """Run schemathesis: print its progress and its findings, and write the reports.

    Args:
        document: The contract.
        target: The server.
        auth: Credentials that are right.
        part: What this run is called.
        examples: How many cases fuzzing makes for each operation.
        reports: The folder for the reports.
        records: Where what was tried is kept.
        options: Further options of schemathesis' command line.
        allowed: Whether cases are made that the document allows, on a server that is not ours.
    """
    global _run
    reports.mkdir(parents=True, exist_ok=True)
    summary = reports / "summary.json"
    arguments = ["--config-file", str(ROOT / "schemathesis.toml"), "run", os.path.relpath(document.path)]
    arguments += ["--url", target.base_url, "--max-examples", str(examples), "--continue-on-failure"]
    arguments += [f"--report-html-path={reports}", f"--report-junit-path={reports / 'junit.xml'}"]
    arguments += [f"--report-json-path={summary}", f"--output-sanitize={str(not target.own).lower()}", *options]
    # Where most valid requests are refused, as they should be, it would warn of that.
    arguments.append("--warnings=off")
    authenticate = RequestsAuth(auth)
    kept = Records() if records is None else records
    _run = _Run(document, target, part, kept, authenticate, reduces="--no-shrink" in options)
    guard = Guard(document, target, allowed=allowed, authenticate=authenticate)
    schemathesis.auths.GLOBAL_AUTH_STORAGE.set_from_requests(authenticate)
    exit_code = 0
    try:
        with guard.standing(), warnings.catch_warnings():
            # Schemathesis leaves the closing of its report files to the garbage collector.
            warnings.simplefilter("ignore", ResourceWarning)
            command_line.main(arguments, prog_name="st")
    except SystemExit as ended:
        exit_code = int(ended.code or 0)
    finally:
        schemathesis.auths.unregister()
        _run = None
    result = json.loads(summary.read_text())
    return Result(exit_code == 0, result["test_cases"]["generated"])


def cases_of_operations(records: list[Record]) -> Counter[str]:
    """Return how many cases there were of each operation."""
    return Counter(record.operation for record in records)


def _octets(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")
