"""Runs the contract suite's command against the server, each form of it in a process of its own."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.contract.document import ROOT
from tests.forked import in_processes
from tests.strangers.faults import FAULTS
from tests.strangers.server import Server, make_service
from tests.strangers.service import MODES, TOKEN
from tests.strangers.signing import ACCESS_KEY, SECRET_KEY
from tests.strangers.variants import VARIANTS

SECONDS = 400.0
_THROTTLED = ("throttle-", "retry-after-", "429-", "code-APIGW.0308-")
_TOKEN = {"TOKEN": TOKEN}
_KEYS = {"HUAWEICLOUD_SDK_AK": ACCESS_KEY, "HUAWEICLOUD_SDK_SK": SECRET_KEY}
_CREDENTIALS = {"token-only": _TOKEN, "keys-only": _KEYS}


@dataclass(frozen=True)
class Trial:
    """One form of the server.

    Args:
        name: What it is called.
        mode: The server's mode.
        fault: The server's fault, if it has one.
        variant: The server's variant, if it is one.
        only: The checks to run, as of the suite's option; empty for all, schemathesis' among them.
    """

    name: str
    mode: str = "one-job"
    fault: str = ""
    variant: str = ""
    only: str = ""


@dataclass(frozen=True)
class Verdict:
    """What the suite made of a form of the server.

    Args:
        trial: The form.
        line: The first line of the first failure; empty if there is none.
        broke: What went wrong instead: the suite did not end as it should, or its line names no rule.
        seconds: How long it took.
    """

    trial: Trial
    line: str = ""
    broke: str = ""
    seconds: float = 0.0

    @property
    def caught(self) -> bool:
        """Whether the suite said what is wrong."""
        return bool(self.line) and not self.broke


def trials(kinds: Collection[str], *, fuzz: bool = False, checks: str = "") -> list[Trial]:
    """Return the forms of the server, of some kinds: modes, variants, faults.

    Args:
        kinds: Which.
        fuzz: Whether schemathesis looks at variants and faults, too; at the modes it does in any case.
        checks: The only checks to run; empty for all.
    """
    found: list[Trial] = []
    only = checks or ("" if fuzz else "server")
    if "modes" in kinds:
        found += [Trial(f"mode {mode}", mode, only=checks) for mode in MODES]
    if "variants" in kinds:
        found += [Trial(f"variant {name}", _mode(name), variant=name, only=only) for name in VARIANTS]
    if "faults" in kinds:
        found += [Trial(f"fault {name}", _mode(name), fault=name, only=only) for name in FAULTS]
    return found


def _mode(name: str) -> str:
    """Return the mode in which a fault or a variant shows: one job, and throttled if that is what it is about."""
    return "throttled" if name.startswith(_THROTTLED) else "one-job"


def warm_up() -> None:
    """Load what every process needs, so that none has to."""
    import pytest
    import schemathesis.cli
    import schemathesis.pytest.plugin  # noqa: F401

    from tests.contract import command  # noqa: F401

    quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning", "-p", "no:cacheprovider", f"--rootdir={ROOT}"]
    folder = str(ROOT / "tests" / "contract" / "server")
    with _silenced(Path(os.devnull)):
        pytest.main([folder, "--collect-only", "-q", *quiet])


def hold(forms: Iterable[Trial], processes: int) -> Iterator[Verdict]:
    """Run the suite against forms of the server, so many at once, and give the verdicts as they come."""
    for done in in_processes(forms, _hold, processes=processes, limit=SECONDS):
        line, broke = done.result or ("", done.broke)
        yield Verdict(done.thing, line, broke, done.seconds)


def _hold(trial: Trial) -> tuple[str, str]:
    with tempfile.TemporaryDirectory(prefix="stranger-") as folder:
        return _tried(trial, Path(folder))


def _tried(trial: Trial, folder: Path) -> tuple[str, str]:
    """Return the first line of the first failure, and what broke."""
    with Server(make_service(trial.mode, trial.fault, trial.variant)) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        options = ["--base-url", server.url, "--job", "myJob", "--allow-runs", "3000", "--fail-fast"]
        options += ["--reports", str(folder / "reports"), *(["--only", trial.only] if trial.only else [])]
        credentials = _CREDENTIALS.get(trial.mode, _TOKEN | _KEYS)
        with _silenced(folder / "output"):
            status = _command(options, credentials)
        server.shutdown()
    output = (folder / "output").read_text(errors="replace")
    if status not in (0, 1):
        return "", f"status {status}: {output.strip().splitlines()[-1:]}"
    records = (folder / "reports" / "records.jsonl").read_text(encoding="utf-8").splitlines()
    failed = (record for line in records if (record := json.loads(line)).get("outcome") == "failed")
    line = next((record["message"].partition("\n")[0] for record in failed), "")
    if bool(line) != bool(status):
        return line, f"status {status}, and no case that failed: {output.strip().splitlines()[-3:]}"
    return line, ""


def _command(options: list[str], credentials: dict[str, str]) -> int:
    """Run the suite's command in this process."""
    from tests.contract import command
    from tests.contract.options import read_options

    for name in ("TOKEN", "OS_TOKEN", "ONLY", *_KEYS):
        os.environ.pop(name, None)
    os.environ |= credentials
    try:
        read_options(options)
        command.REPORTS = Path(os.environ["REPORTS"])
        return command.main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 2


class _silenced:  # noqa: N801
    """Sends what is printed to a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        self._kept = os.dup(1), os.dup(2)
        with self._path.open("w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)

    def __exit__(self, *error: object) -> None:
        sys.stdout.flush()
        sys.stderr.flush()
        for number, kept in zip((1, 2), self._kept, strict=True):
            os.dup2(kept, number)
            os.close(kept)
