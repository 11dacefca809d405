"""Is what is built for a package index whole, and does its page show as it should?"""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A wheel and a source distribution, built from the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    (wheel,) = folder.glob("*.whl")
    (source,) = folder.glob("*.tar.gz")
    return wheel, source


@pytest.fixture(scope="module")
def metadata(built: tuple[Path, Path]) -> Message:
    """What the wheel says of itself."""
    with zipfile.ZipFile(built[0]) as wheel:
        (name,) = (each for each in wheel.namelist() if each.endswith(".dist-info/METADATA"))
        return message_from_bytes(wheel.read(name))


def test_index_takes_it(built: tuple[Path, Path]) -> None:
    """A package index takes both, and can show the description."""
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, built)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
    assert done.stdout.count("PASSED") == 2


def test_page_has_no_broken_link(metadata: Message) -> None:
    """The description is the README, without links and pictures that lead to files of the repository."""
    text = str(metadata.get_payload())

    assert text.startswith("# dataarts-client")
    assert re.findall(r"\]\((?!https?://)[^)]*\)", text) == []


def test_wheel_has_what_it_needs(built: tuple[Path, Path]) -> None:
    """The wheel has every module and marker of types of the packages, the contract, and nothing else."""
    hatch = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]
    folders = [ROOT / each for each in hatch["build"]["targets"]["wheel"]["packages"]]
    expected = {
        str(path.relative_to(folder.parent)) for folder in folders for path in folder.rglob("*") if path.is_file()
    }
    expected = {name for name in expected if "__pycache__" not in name} | {"dataarts_mock/openapi.yaml"}
    with zipfile.ZipFile(built[0]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}

    assert names == expected
    assert {folder.name for folder in folders} >= {path.name for path in ROOT.glob("dataarts_*") if path.is_dir()}


def test_source_can_be_built_and_tested(built: tuple[Path, Path]) -> None:
    """The source distribution has what make needs to build, test and document it."""
    with tarfile.open(built[1]) as source:
        names = {name.partition("/")[2] for name in source.getnames()}

    assert {
        "Makefile",
        "openapi.yaml",
        "mkdocs.yml",
        "docs/index.md",
        "tests/conftest.py",
        "requirements.lock",
    } <= names


def test_classifiers_are_those_of_what_is_tried(metadata: Message) -> None:
    """The Pythons of the classifiers are those that make test-install tries, the oldest is the least that is needed."""
    classifiers = metadata.get_all("Classifier") or []
    versions = [found[1] for each in classifiers if (found := re.fullmatch(r".* :: Python :: (3\.\d+)", each))]

    assert metadata["Requires-Python"] == f">={versions[0]}"
    assert "Classifier" in (ROOT / "scripts" / "check_install.py").read_text(encoding="utf-8")
