"""What tests of every kind need."""

from __future__ import annotations

import inspect
import os
import signal
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent

# A shell that starts the tests in the background has them ignore SIGINT, and so the processes that a test interrupts.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# So does nohup with SIGHUP.
if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Have a failure whose first line would only be `assert 2 == 1`, or any exception, begin with the test's truth."""
    report = yield
    rule = inspect.getdoc(getattr(item, "function", None)) or ""
    crash = getattr(report.longrepr, "reprcrash", None)
    if rule and crash is not None and call.excinfo is not None and _states_no_rule(call.excinfo, crash.message):
        rule = rule.partition("\n\n")[0].replace("\n", " ")
        crash.message = f"{rule} This does not hold: {crash.message}"
        lines: list[str] = getattr(report.longrepr, "reprtraceback").reprentries[-1].lines  # noqa: B009 - pytest's type has none
        failure = next((number for number, line in enumerate(lines) if line.startswith("E ")), len(lines))
        lines.insert(failure, f"E       {rule}")
    return report


def _states_no_rule(error: pytest.ExceptionInfo[BaseException], message: str) -> bool:
    if message.removeprefix("AssertionError: ").startswith(("assert ", "Failed: DID NOT RAISE")):
        return True
    # What no test has meant to raise, in contrast to an assertion or a failure with words of its own.
    return not isinstance(error.value, AssertionError | pytest.fail.Exception | ExceptionGroup)


@pytest.fixture(scope="session")
def root() -> Path:
    """Where the checkout is."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def _no_proxy_to_this_machine() -> Iterator[None]:
    """Have any HTTP client reach the servers of the tests directly, also where the environment names a proxy."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, ",".join(filter(None, [os.environ.get(name), "127.0.0.1", "localhost"])))
        yield


@pytest.fixture(scope="session")
def document(root: Path) -> dict[str, Any]:
    """The contract."""
    contract: dict[str, Any] = yaml.safe_load((root / "openapi.yaml").read_text(encoding="utf-8"))
    return contract
