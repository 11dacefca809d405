"""Is the client what the contract gives, and does the check notice when it is not?"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest


def generate(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the checkout's generation, in an environment that could lead it astray."""
    return subprocess.run(
        [sys.executable, "scripts/generate.py", *arguments],
        cwd=checkout,
        env=os.environ | {"LC_ALL": "C", "TZ": "Asia/Shanghai", "PATH": "/usr/bin:/bin", "COLUMNS": "40"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def snapshot(checkout: Path) -> dict[str, bytes]:
    """Read the whole copy."""
    return {
        str(path.relative_to(checkout)): path.read_bytes()
        for path in checkout.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_generating_again_changes_nothing(checkout: Path) -> None:
    """The committed client is, to the byte, what is generated in another folder and another environment."""
    before = snapshot(checkout)
    done = generate(checkout)

    assert done.returncode == 0, done.stdout + done.stderr
    assert snapshot(checkout) == before


def change_limit(checkout: Path) -> str:
    """Change a limit in the contract."""
    document = checkout / "openapi.yaml"
    document.write_text(document.read_text().replace("maxLength: 64", "maxLength: 63"))
    return "changed  generated_client/dataarts_client/models/job_param.py"


def touch(checkout: Path) -> str:
    """Change a generated file."""
    with (checkout / "generated_client/dataarts_client/errors.py").open("a") as file:
        file.write("\n")
    return "changed  generated_client/dataarts_client/errors.py"


def add(checkout: Path) -> str:
    """Add a file to the client."""
    (checkout / "generated_client/dataarts_client/more.py").touch()
    return "stale    generated_client/dataarts_client/more.py"


def remove(checkout: Path) -> str:
    """Remove a generated file."""
    (checkout / "generated_client/dataarts_client/py.typed").unlink()
    return "missing  generated_client/dataarts_client/py.typed"


@pytest.mark.parametrize("change", [change_limit, touch, add, remove])
def test_check_notices(checkout: Path, change: object) -> None:
    """What is changed, added or missing is named with the cure, and the check writes nothing."""
    assert callable(change)
    line = change(checkout)
    before = snapshot(checkout)
    done = generate(checkout, "--check")

    assert done.returncode == 1
    assert line in done.stdout.splitlines()
    assert "Run `make generate`" in done.stdout
    assert snapshot(checkout) == before


def test_document_that_cannot_be_generated_leaves_the_client_alone(checkout: Path) -> None:
    """When generation fails, the client stays as it was."""
    document = checkout / "openapi.yaml"
    document.write_text(document.read_text().replace("#/components/schemas/JobParam", "#/components/schemas/Nothing"))
    before = snapshot(checkout)
    done = generate(checkout)

    assert done.returncode == 1
    assert "nothing was written" in done.stderr
    assert snapshot(checkout) == before
