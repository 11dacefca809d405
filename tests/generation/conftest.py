"""Copies of the checkout to change."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

TREE = [
    "dataarts_auth",
    "dataarts_contract",
    "dataarts_mock",
    "dataarts_runtime",
    "generated_client",
    "generator-config.yaml",
    "generator-templates",
    "openapi.yaml",
    "pyproject.toml",
    "scripts",
]


LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".*_cache", ".hypothesis", "__pycache__", "build", "dist")


@pytest.fixture
def whole_checkout(root: Path, tmp_path: Path) -> Path:
    """A copy of all there is, elsewhere, with the same virtual environment."""
    copy = shutil.copytree(root, tmp_path / "whole", ignore=LEFT_OUT)
    (copy / ".venv").symlink_to(root / ".venv")
    return copy


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    """A copy of what generation and the mock need, elsewhere."""
    copy = tmp_path / "a copy elsewhere"
    copy.mkdir()
    for name in TREE:
        if (root / name).is_dir():
            shutil.copytree(root / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(root / name, copy)
    return copy
