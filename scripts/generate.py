"""Generate the client from the contract, or check that the committed client is what the contract gives.

The client is always generated in a fresh folder. Only when that has succeeded is it swapped in, or compared.
"""

from __future__ import annotations

import argparse
import contextlib
import filecmp
import io
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import yaml

import generator

ROOT = Path(__file__).resolve().parent.parent
HEADER = (
    "# Generated from openapi.yaml by openapi-python-client; do not edit. "
    "Edit openapi.yaml or generator-templates/, then run `make generate`.\n"
)


def main() -> int:
    """Run the command line; 0 is success, 1 a client that is not what the contract gives."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    parser.add_argument("--document", type=Path, default=ROOT / "openapi.yaml", help="the contract")
    parser.add_argument(
        "--output", type=Path, default=ROOT / "generated_client" / "dataarts_client", help="the client's package"
    )
    arguments = parser.parse_args()
    document, output = arguments.document.resolve(), arguments.output.resolve()
    with tempfile.TemporaryDirectory(prefix="generate-") as folder:
        staged = generate(document, Path(folder))
        if arguments.check:
            return check(staged, output)
        swap(staged, output)
    return 0


def generate(document: Path, folder: Path) -> Path:
    """Generate the client of `document` below `folder`, and return the package's folder."""
    config = yaml.safe_load((ROOT / "generator-config.yaml").read_text(encoding="utf-8"))
    config["package_version_override"] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    package = folder / "generated_client" / str(config["package_name_override"])
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            generator.generate(document, package, config=config, templates=ROOT / "generator-templates")
        except generator.GenerationError as error:
            sys.exit(f"The client cannot be generated: {error}.\ngenerate: nothing was written.")
    for path in package.rglob("*.py"):
        path.write_text(HEADER + path.read_text(encoding="utf-8"), encoding="utf-8")
    (package / "py.typed").touch()
    format_as_the_checkout(folder)
    return package


def format_as_the_checkout(folder: Path) -> None:
    """Do below `folder` what `make format` does in the checkout, so that it has nothing to mend in the client.

    The settings are the checkout's own, and so are the paths of files, which some settings depend on. The checkout's
    packages are there too, for ruff to sort their imports as it does in the checkout.
    """
    shutil.copy(ROOT / "pyproject.toml", folder)
    for package in ROOT.glob("*/__init__.py"):
        (folder / package.parent.name).symlink_to(package.parent)
    ruff = str(Path(sys.executable).with_name("ruff"))
    options = ["--no-cache", "--no-respect-gitignore", "--quiet", "generated_client"]
    # What is not used goes first: an import that was wrapped for it would stay wrapped.
    for command in (["check", "--fix-only", "--select", "F401"], ["check", "--fix-only"], ["format"]):
        done = subprocess.run([ruff, *command, *options], cwd=folder, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{done.stdout}{done.stderr}generate: ruff failed; nothing was written.")


def files(package: Path) -> set[str]:
    """Return the package's files, by path below it."""
    return {
        path.relative_to(package).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def check(staged: Path, output: Path) -> int:
    """Say which files of `output` are not what was generated; 1 if there are any."""
    expected, found = files(staged), files(output)
    common = sorted(expected & found)
    changed = filecmp.cmpfiles(staged, output, common, shallow=False)
    differences = [
        *(("missing", name) for name in sorted(expected - found)),
        *(("stale", name) for name in sorted(found - expected)),
        *(("changed", name) for name in sorted(changed[1] + changed[2])),
    ]
    for kind, name in differences:
        print(f"{kind:8} {os.path.relpath(output / name)}")
    if differences:
        print("The generated client is not what openapi.yaml gives. Run `make generate`, and commit the result.")
        return 1
    print(f"{len(common)} generated files are what openapi.yaml gives.")
    return 0


def swap(staged: Path, output: Path) -> None:
    """Put `staged` in the place of `output`, which is never seen half-written."""
    output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".generate-", dir=output.parent) as folder:
        fresh = shutil.copytree(staged, Path(folder) / "new")
        if output.exists():
            output.rename(Path(folder) / "old")
        fresh.rename(output)
    print(f"{len(files(output))} files in {os.path.relpath(output)}")


if __name__ == "__main__":
    sys.exit(main())
