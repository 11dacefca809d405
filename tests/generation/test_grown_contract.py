"""Does everything hold that is said of operations when the contract grows: generation, lint, contract suite, mock?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml

from .documents import ADDED, document, write

_OPERATIONS = [
    node["operationId"]
    for item in yaml.safe_load(ADDED.read_text(encoding="utf-8"))["paths"].values()
    for node in item.values()
    if isinstance(node, dict) and "operationId" in node
]


@pytest.fixture
def grown(whole_checkout: Path) -> Path:
    """A copy of all there is, with a contract that has grown, and the client that is generated from it."""
    write(whole_checkout, document(ADDED))
    generated = _run(whole_checkout, "scripts/generate.py")
    assert generated.returncode == 0, generated.stderr
    return whole_checkout


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    paths = (folder, folder / "generated_client")
    variables = {"PYTHONPATH": os.pathsep.join(map(str, paths)), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | variables,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.timeout(400)
def test_suite_holds_for_added_operations(grown: Path) -> None:
    """The contract suite finds nothing wrong with mock and client in what a contract that has grown adds."""
    checked = _run(grown, "scripts/generate.py", "--check")
    linted = _run(grown, "-m", "ruff", "check", "--no-cache", ".")
    added = " or ".join(_OPERATIONS)
    report = grown / "held.xml"
    options = ("-q", "-p", "no:cacheprovider", f"--junitxml={report}")
    held = _run(grown, "-m", "pytest", *options, "tests/contract", "-k", f"{added} or any-job")
    names = [case.attrib["name"] for case in ElementTree.parse(report).iter("testcase")]

    assert checked.returncode == 0, checked.stderr
    assert linted.returncode == 0, linted.stdout
    assert held.returncode == 0, held.stdout[-5000:]
    for operation in _OPERATIONS:
        assert sum(operation in name for name in names) > 20, f"{operation} was hardly tried"
