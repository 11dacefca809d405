"""What tests of every kind need."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent


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
