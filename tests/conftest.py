"""What tests of every kind need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def root() -> Path:
    """Where the checkout is."""
    return ROOT


@pytest.fixture(scope="session")
def document(root: Path) -> dict[str, Any]:
    """The contract."""
    contract: dict[str, Any] = yaml.safe_load((root / "openapi.yaml").read_text(encoding="utf-8"))
    return contract
