"""The command, run in this process."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from contextlib import redirect_stdout
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from breaking.command_line import main

Check = Callable[..., tuple[int, str]]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where generated clients are kept for all tests of this run, in all its processes."""
    folder = tmp_path_factory.getbasetemp()
    return (folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder) / "clients"


@pytest.fixture(scope="session")
def check(document: dict[str, Any], cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Check:
    """Edit the contract, compare it with what it was, and give exit status and output."""

    def run(
        edit: Callable[[dict[str, Any]], object], before: Callable[[dict[str, Any]], object] = len
    ) -> tuple[int, str]:
        folder = tmp_path_factory.mktemp("documents")
        paths = folder / "old.yaml", folder / "openapi.yaml"
        contract = deepcopy(document)
        for path, change in zip(paths, (before, edit), strict=True):
            change(contract)
            path.write_text(yaml.safe_dump(contract, sort_keys=False, allow_unicode=True), encoding="utf-8")
        with redirect_stdout(io.StringIO()) as output:
            status = main(["--base", str(paths[0]), "--document", str(paths[1]), "--cache", str(cache)])
        return status, output.getvalue()

    return run
