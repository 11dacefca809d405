"""Do type checkers, at their strictest, accept the client and a user's file, and refuse what cannot work?"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "generated_client" / "dataarts_client"
RUNTIME = ROOT / "dataarts_runtime"
CREDENTIALS = ROOT / "dataarts_auth"
RUNS = ROOT / "dataarts_runs"
USER = Path(__file__).parent / "user.py"
PROOF = re.compile(r"  # type: ignore\[[a-z-]+\]  # pyright: ignore\[[A-Za-z]+\]")


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a tool in a folder without any settings."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | {"MYPYPATH": str(PACKAGE.parent), "PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def mypy(folder: Path, *paths: Path) -> list[str]:
    """Return what mypy --strict complains of."""
    options = ["--strict", "--config-file=", "--no-error-summary", "--cache-dir", str(folder / "cache")]
    return run(folder, "mypy", *options, *map(str, paths)).stdout.splitlines()


def pyright(folder: Path, *paths: Path) -> list[dict[str, Any]]:
    """Return what pyright complains of in strict mode, needless ignores included."""
    settings = {
        # Pyright takes none but relative paths.
        "include": [os.path.relpath(path, folder) for path in paths],
        "exclude": [],
        "extraPaths": [str(PACKAGE.parent)],
        "typeCheckingMode": "strict",
        "reportUnnecessaryTypeIgnoreComment": "error",
        "enableTypeIgnoreComments": False,
        "pythonVersion": "3.11",
    }
    (folder / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    done = run(folder, "pyright", "--project", str(folder), "--pythonpath", sys.executable, "--outputjson")
    report = json.loads(done.stdout[done.stdout.index("{") :])
    assert report["summary"]["filesAnalyzed"] > 0
    found: list[dict[str, Any]] = report["generalDiagnostics"]
    return found


def unproved(folder: Path) -> Path:
    """Write the user's file without its ignores."""
    path = folder / "without_ignores.py"
    path.write_text(PROOF.sub("", USER.read_text(encoding="utf-8")), encoding="utf-8")
    return path


def test_mypy(tmp_path: Path) -> None:
    """Mypy --strict has nothing to say about client, credentials, runs and a user's file."""
    assert mypy(tmp_path, PACKAGE, RUNTIME, CREDENTIALS, RUNS, USER) == []


def test_pyright(tmp_path: Path) -> None:
    """pyright, strict, has nothing to say about client, credentials, runs and a user's file."""
    assert pyright(tmp_path, PACKAGE, RUNTIME, CREDENTIALS, RUNS, USER) == []


def test_generator_pyright(tmp_path: Path) -> None:
    """Pyright, strict, has nothing to say about the generator."""
    assert pyright(tmp_path, ROOT / "scripts" / "generator") == []


def test_what_cannot_work_is_refused_by_mypy(tmp_path: Path) -> None:
    """Mypy finds fault with every line that cannot work, and with no other."""
    lines = USER.read_text(encoding="utf-8").splitlines()
    expected = {number for number, line in enumerate(lines, 1) if PROOF.search(line)}
    found = {int(line.split(":")[1]) for line in mypy(tmp_path, unproved(tmp_path)) if ": error:" in line}

    assert len(expected) >= 15
    assert found == expected


def test_what_cannot_work_is_refused_by_pyright(tmp_path: Path) -> None:
    """Pyright finds fault with every line that cannot work, and with no other."""
    lines = USER.read_text(encoding="utf-8").splitlines()
    expected = {number for number, line in enumerate(lines, 1) if PROOF.search(line)}
    found = {one["range"]["start"]["line"] + 1 for one in pyright(tmp_path, unproved(tmp_path))}

    assert found >= expected
    assert found - expected <= {number for number, line in enumerate(lines, 1) if line.startswith("    from ")}


@pytest.mark.parametrize("package", [PACKAGE, RUNTIME, CREDENTIALS, RUNS], ids=lambda package: package.name)
def test_marker(package: Path) -> None:
    """The package says that it is typed."""
    assert (package / "py.typed").is_file()
