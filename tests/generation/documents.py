"""Documents to generate clients from: the contract, and the contract as it may grow."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ADDED = Path(__file__).with_name("added_operations.yaml")
"""Operations as the contract may come to have them: mock, contract suite and client tests can do with them."""
UNUSUAL = Path(__file__).with_name("unusual_operations.yaml")
"""Operations for the generator alone."""


def document(*additions: Path) -> dict[str, Any]:
    """Return the contract with what is in other files added to it."""
    contract = _read(ROOT / "openapi.yaml")
    for path in additions:
        addition = _read(path)
        contract["tags"] += addition.get("tags", [])
        pairs = [(contract["paths"], addition["paths"])]
        for section, components in addition["components"].items():
            pairs.append((contract["components"].setdefault(section, {}), components))
        for present, added in pairs:
            assert not present.keys() & added.keys(), f"{path.name} would replace a part of the contract"
            present |= added
    return contract


def operation(contract: dict[str, Any], operation_id: str) -> tuple[str, dict[str, Any]]:
    """Return the path of an operation, and what the contract says of it."""
    return next(
        (path, node)
        for path, item in contract["paths"].items()
        for node in item.values()
        if isinstance(node, dict) and node.get("operationId") == operation_id
    )


def only(contract: dict[str, Any], path: str) -> dict[str, Any]:
    """Return a document with one path of the contract, and the components that it needs."""
    needed: set[str] = set()

    def follow(node: Any) -> None:
        if isinstance(node, dict):
            reference = node.get("$ref")
            if isinstance(reference, str) and reference not in needed:
                needed.add(reference)
                _, _, section, name = reference.split("/")
                follow(contract["components"][section][name])
            for value in node.values():
                follow(value)
        elif isinstance(node, list):
            for value in node:
                follow(value)

    follow(contract["paths"][path])
    components = {
        section: {name: node for name, node in named.items() if f"#/components/{section}/{name}" in needed}
        for section, named in contract["components"].items()
        if section != "securitySchemes"
    }
    components["securitySchemes"] = contract["components"]["securitySchemes"]
    return contract | {"paths": {path: contract["paths"][path]}, "components": components}


def write(folder: Path, contract: dict[str, Any]) -> Path:
    """Write a document to a file, and return the file."""
    path = folder / "openapi.yaml"
    path.write_text(yaml.safe_dump(contract, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def generate(source: Path, output: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/generate.py on a document."""
    command = [sys.executable, str(ROOT / "scripts" / "generate.py"), "--document", str(source)]
    return subprocess.run(
        [*command, "--output", str(output), *arguments], capture_output=True, text=True, timeout=100, check=False
    )


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return content
