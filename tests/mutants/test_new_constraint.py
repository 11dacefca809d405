"""Does a new constraint need a new test?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.contract.document import ROOT

NEW: dict[str, tuple[tuple[str, ...], dict[str, Any]]] = {
    "maxItems": (("RunJobRequest", "properties", "jobParams"), {"maxItems": 3}),
    "uniqueItems": (("RunJobRequest", "properties", "jobParams"), {"uniqueItems": True}),
    "pattern": (("JobParam", "properties", "value"), {"pattern": "^[a-z0-9]*$"}),
}


@pytest.mark.parametrize("keyword", NEW)
def test_its_mutants_are_made_and_caught(keyword: str, tmp_path: Path) -> None:
    """A constraint that is added to the contract brings mutants, and the tests that are there already catch them."""
    path, added = NEW[keyword]
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    node = document["components"]["schemas"]
    for part in path:
        node = node[part]
    node.update(added)
    copy = tmp_path / "openapi.yaml"
    copy.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants"],
        cwd=ROOT,
        env={**os.environ, "DOCUMENT": str(copy), "ONLY": f"{path[-1]} {keyword}"},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout
    for side in ("server", "client"):
        assert f"{side}: " in done.stdout
