"""Does an operation bring little code, since the runtime has what operations share?"""

from __future__ import annotations

from pathlib import Path

from tests.generation.documents import document, generate, only, write

RUN = "/v1/{project_id}/jobs/{job_name}/run-immediate"


def test_client_of_one_operation_is_thin(tmp_path: Path) -> None:
    """The client of the contract's first operation alone has fewer than 500 lines."""
    done = generate(write(tmp_path, only(document(), RUN)), tmp_path / "client")
    modules = list((tmp_path / "client").rglob("*.py"))

    assert done.returncode == 0, done.stderr
    assert len(modules) > 10
    assert sum(len(module.read_text(encoding="utf-8").splitlines()) for module in modules) < 500
