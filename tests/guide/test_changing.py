"""Does adding an operation work as docs/changing.md says, step by step?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT
from tests.generation.conftest import checkout

from ._blocks import Block, blocks_of

__all__ = ["checkout"]


def blocks() -> list[Block]:
    """Return the blocks of the page that are run here."""
    text = (ROOT / "docs" / "changing.md").read_text(encoding="utf-8")
    return [block for block in blocks_of("docs/changing.md", text) if block.elsewhere]


def test_added_operation_works(checkout: Path) -> None:
    """Who pastes operation and schema where the page says, and generates, gets from the mock what the page shows."""
    operation, schema, commands, call, printed = (
        re.search(rf"```{block.language}\n(.*?)```", _source(block), re.DOTALL)[1]  # type: ignore[index]
        for block in blocks()
    )
    document = checkout / "openapi.yaml"
    text = document.read_text(encoding="utf-8")
    for place, added in (("\npaths:\n", operation), ("\n  schemas:\n", schema)):
        assert place in text
        text = text.replace(place, place + added, 1)
    document.write_text(text, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (checkout, checkout / "generated_client")))}

    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            cwd=checkout,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=100,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    run("scripts/generate.py")
    command = [sys.executable, "-m", "dataarts_mock", "--port", "0"]
    with subprocess.Popen(command, cwd=checkout, env=environment, stdout=subprocess.PIPE, text=True) as mock:
        try:
            assert mock.stdout
            url = re.findall(r"http://[\w.:]+", mock.stdout.readline())[0]
            said = run("-c", call.replace("http://127.0.0.1:4010", url))
        finally:
            mock.terminate()

    assert commands.splitlines() == ["make generate", "make mock"]
    assert said == printed


def _source(block: Block) -> str:
    """Return the page from a block's fence on, with the indentation that is pasted."""
    lines = (ROOT / "docs" / "changing.md").read_text(encoding="utf-8").splitlines(keepends=True)
    return "".join(lines[int(block.place.rpartition(":")[2]) - 1 :])
