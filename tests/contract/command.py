"""What the command does: the parts of the suite, one after the other, and the verdict."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import httpx
import pytest

from . import mock
from .baseline import Known
from .document import CASES, ROOT, Document, Operation, find_document
from .fuzz import fuzz
from .page import write_page
from .records import Records, in_passing
from .report import Checks, Part, Run
from .summary import print_summary
from .target import Target, TargetError, named_target, own_target

REPORTS = Path(os.environ.get("REPORTS") or ROOT / "build" / "contract")
PROBE_SECONDS = 10.0
_MOST_EXAMPLES = 200
_OTHERS = ("--phases=examples,fuzzing", "--mode=positive")


def main() -> int:
    """Run the suite; 0 is a server that keeps the contract."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ended)
    try:
        document = Document(find_document())
        target = named_target()
        known = Known.read(os.environ.get("BASELINE"), update=bool(os.environ.get("BASELINE_UPDATE")))
        if target:
            probe(target, document)
        _clear_reports()
    except (TargetError, OSError) as error:
        print(f"contract: {error}", file=sys.stderr)
        return 2
    run = Run(target, document, Records(), known)
    try:
        for part in _named(run, target) if target else _own(run):
            run.parts.append(part)
            if os.environ.get("FAIL_FAST") and not part.passed:
                break
    except KeyboardInterrupt:
        print("contract: interrupted", file=sys.stderr)
        return 130
    known.write(run.records)
    run.records.write(REPORTS / "records.jsonl")
    write_page(REPORTS / "index.html", run)
    print_summary(run, Path(os.path.relpath(REPORTS / "index.html")))
    return int(not run.passed)


def _ended(number: int, frame: object) -> NoReturn:
    sys.exit(128 + number)


def _clear_reports() -> None:
    """Remove the reports of an earlier run.

    Raises:
        TargetError: The folder holds something else.
    """
    mark = REPORTS / ".contract"
    if REPORTS.exists() and any(REPORTS.iterdir()):
        if os.environ.get("REPORTS") and not mark.exists():
            raise TargetError(f"REPORTS: {REPORTS} is neither empty nor of an earlier run")
        shutil.rmtree(REPORTS)
    REPORTS.mkdir(parents=True, exist_ok=True)
    mark.touch()


def probe(target: Target, document: Document) -> None:
    """Make sure that a server is there and is one of this API: its responses to requests without credentials tell.

    One operation of the document that it serves is enough.

    Raises:
        TargetError: It is not; the message says why.
    """
    # What changes nothing comes first.
    others: list[str] = []
    for operation in sorted(document.operations, key=lambda each: not each.is_safe):
        if (other := _other_api(target, operation)) is None:
            return
        others.append(other)
    hint = document.root["components"]["responses"]["NotFound"].get("x-hint", {}).get("APIGW.0101", "")
    raise TargetError(f"{target.base_url} is not this API: {others[0]} there. {hint}")


def _other_api(target: Target, operation: Operation) -> str | None:
    """Return what a server says that does not serve an operation; None if it does.

    Raises:
        TargetError: It does not answer, or is failing.
    """
    path = operation.path
    for parameter in operation.parameters:
        path = path.replace(f"{{{parameter.name}}}", str(parameter.example or "a"))
    body = b"!" if operation.bodies else None
    try:
        response = httpx.request(operation.method, target.base_url + path, content=body, timeout=PROBE_SECONDS)
    except httpx.TimeoutException:
        raise TargetError(f"{target.base_url} does not answer within {PROBE_SECONDS:g} s") from None
    except httpx.HTTPError as error:
        raise TargetError(f"{target.base_url} cannot be reached: {error}") from None
    if response.status_code in (500, 502, 503, 504):
        raise TargetError(f"{target.base_url} is failing: it answers {response.status_code}")
    if not _is_of_this_api(operation, response):
        return f"{operation.method} {path} is a {response.status_code}"
    return None


def _is_of_this_api(operation: Operation, response: httpx.Response) -> bool:
    """Return whether a server seems to serve an operation; if it does so wrongly, the tests will say how."""
    if response.status_code in (404, 405) or operation.response(response.status_code) is None:
        codes = [
            example.value["error_code"]
            for each in operation.responses.values()
            for example in each.examples
            if each.status >= 400 and each.status != 404
        ]
        return any(code in response.text for code in codes)
    return True


def _own(run: Run) -> Iterator[Part]:
    """Test the mock, and the client."""
    few = CASES // 10
    if not _only():
        yield _fuzzed_mock(run, "schemathesis, every job", any_job=True, examples=CASES // 4)
        yield _fuzzed_mock(run, "schemathesis, signed", any_job=True, examples=few, signed=True, options=_OTHERS)
        yield _fuzzed_mock(run, "schemathesis, one job", any_job=False, examples=few, options=_OTHERS)
    yield _checked(run, "the contract", "server")
    yield _checked(run, "the mock's own behaviour", "mock_behaviour")
    yield _checked(run, "the client", "client")


def _fuzzed_mock(
    run: Run, name: str, *, any_job: bool, examples: int, signed: bool = False, options: tuple[str, ...] = ()
) -> Part:
    """Have schemathesis test a mock of its own."""
    log = REPORTS / f"{_slug(name)}-mock.log"
    with mock.started(*(["--any-job"] if any_job else []), log=log) as base_url:
        target = own_target(base_url, any_job=any_job)
        return _fuzzed(run, target, name, target.credentials["signature" if signed else "token"], examples, options)


def _fuzzed(
    run: Run,
    target: Target,
    name: str,
    auth: httpx.Auth,
    examples: int,
    options: tuple[str, ...] = (),
    *,
    allowed: bool = True,
) -> Part:
    with _part(run, name) as part:
        result = fuzz(
            run.document,
            target,
            auth,
            part=name,
            examples=max(1, examples),
            reports=REPORTS / _slug(name),
            records=run.records,
            options=(*options, *run.known.options),
            allowed=allowed,
        )
        part.cases, part.passed = result.cases, result.passed
        part.page = f"{_slug(name)}/index.html"
    return part


def _named(run: Run, target: Target) -> Iterator[Part]:
    """Test a server that is not ours."""
    runs = target.runs
    runs.reserved = 0 if _only() else (runs.limit or 0) // 8
    yield _checked(run, "the contract", "server")
    if _only():
        return
    runs.reserved //= 2
    left_out = ("--exclude-checks=unsupported_method,allow_header_conformance",)  # A wrong method may be a 404 as well.
    examples = min(CASES, _MOST_EXAMPLES)
    negative = ("--mode=negative", "--phases=coverage,fuzzing", "--no-shrink", *left_out)
    yield _fuzzed(run, target, "schemathesis, forbidden", target.auth, examples // 2, negative, allowed=False)
    runs.reserved = 0
    starting = [each for each in run.document.operations if not each.is_safe and not run.document.made(each)]
    safe = [each for each in run.document.operations if each.is_safe]
    positive = ("--mode=positive", "--no-shrink", *left_out)
    if safe:
        names = tuple(f"--include-operation-id={each.id}" for each in safe)
        options = (*positive, "--phases=examples,coverage,fuzzing", *names)
        yield _fuzzed(run, target, "schemathesis, allowed, what is safe", target.auth, examples, options)
    if starting and runs.left:
        names = tuple(f"--include-operation-id={each.id}" for each in starting)
        options = (*positive, "--phases=fuzzing", *names)
        most = min(examples, runs.left // (2 * len(starting)))
        yield _fuzzed(run, target, "schemathesis, allowed, what starts runs", target.auth, max(1, most), options)


@contextmanager
def _part(run: Run, name: str) -> Iterator[Part]:
    print(f"\n### {name}\n", flush=True)
    started = time.monotonic()
    first = len(run.records.cases)
    part = Part(name)
    yield part
    part.records = run.records.cases[first:]
    part.seconds = time.monotonic() - started


def _checked(run: Run, name: str, folder: str) -> Part:
    """Run the checks that schemathesis has not."""
    from .conftest import RECORDS

    with _part(run, name) as part:
        RECORDS.cases = run.records.cases
        RECORDS.responses = run.records.responses
        RECORDS.headers = run.records.headers
        (REPORTS / folder).mkdir()
        checks = Checks(run.known, run.records)
        arguments = [str(Path(__file__).parent / folder), f"--junit-xml={REPORTS / folder / 'junit.xml'}"]
        # A server of somebody else's may be slow, or have the suite wait: that is no failure.
        arguments += ["--timeout=0"] * (run.target is not None)
        arguments += ["--quiet", "--tb=no", "--no-summary", "-p", "no:cacheprovider", "--rootdir", str(ROOT)]
        # Schemathesis and hypothesis are in use here already, which pytest and its plugins do not expect.
        arguments += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        arguments += ["-W", "ignore::hypothesis.errors.HypothesisSideeffectWarning"]
        arguments += ["--deselect", "tests/contract/server/test_schemathesis.py", *(["-k", _only()] if _only() else [])]
        arguments += ["--exitfirst"] * bool(os.environ.get("FAIL_FAST"))
        status = pytest.main(arguments, plugins=[checks])
        if status == pytest.ExitCode.INTERRUPTED:
            raise KeyboardInterrupt
        run.records.throttled, run.records.waited = RECORDS.throttled, RECORDS.waited
        run.failures += checks.failures
        ended = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)
        stopped = bool(os.environ.get("FAIL_FAST")) and not all(map(run.known.has, in_passing(run.records)))
        part.passed = status in ended and not checks.failed and not stopped
        part.cases, part.page = checks.run, f"{folder}/junit.xml"
    if part.records:
        part.cases = len(part.records)
    return part


def _only() -> str:
    return os.environ.get("ONLY", "")


def _slug(name: str) -> str:
    return name.removeprefix("schemathesis, ").replace(", ", "-").replace(" ", "-")
