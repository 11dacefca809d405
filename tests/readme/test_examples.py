"""Does the README tell the truth?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from dataarts_auth import TokenAuth
from dataarts_client import Client
from dataarts_client.api.jobs import run_job_immediately
from dataarts_runs import _clock
from tests.conftest import ROOT
from tests.mock._process import running

README = (ROOT / "README.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
WORKSPACE = "d1cd7861478748a6925bc02f47c69279"
ENVIRONMENT = {
    "HUAWEICLOUD_SDK_AK": "mock-ak",
    "HUAWEICLOUD_SDK_SK": "mock-sk",
    "HUAWEICLOUD_SDK_PROJECT_ID": "p1",
    "OS_PROJECT_ID": "p1",
}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A mock with the jobs that the README runs."""
    with running("--job", "myJob", "--job", "my_job", "--job", f"my_job@{WORKSPACE}") as url:
        yield url


@pytest.mark.parametrize("example", [text for text in EXAMPLES if "Client(" in text], ids=range(3))
def test_example_runs(
    url: str, example: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An example that makes a client runs as it stands, but for the address, and prints an instance ID."""
    monkeypatch.delenv("OS_TOKEN", raising=False)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(_clock, "sleep", lambda seconds: None)  # With the mock, looks lead to the next state.
    code, replaced = re.subn(r"https?://[\w.:-]+", url, example)
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})

    assert replaced == 1
    assert int(capsys.readouterr().out) >= 132343


def test_handling_of_failures_runs(url: str) -> None:
    """The example of what to do when a call fails runs as it stands."""
    (example,) = [text for text in EXAMPLES if "outcome_unknown" in text]
    with Client(url, auth=TokenAuth("mock-token")) as client:
        names: dict[str, Any] = {"run_job_immediately": run_job_immediately, "client": client}
        exec(compile(example, "README.md", "exec"), names | {"project_id": "p1", "job_name": "myJob"})
        with pytest.raises(Exception, match=r"DLF\.0100"):
            exec(compile(example, "README.md", "exec"), names | {"project_id": "p1", "job_name": "noSuchJob"})


def test_every_python_example_is_tested() -> None:
    """No Python example in the README is left out of these tests."""
    suite = (ROOT / "tests" / "examples" / "test_nightly.py").read_text(encoding="utf-8")
    others = [text for text in EXAMPLES if "Client(" not in text and "outcome_unknown" not in text]

    assert [text for text in others if text not in suite] == []


def test_the_map_is_of_this_place() -> None:
    """Every file and folder that the README's map names is there."""
    table = README.partition("## Where things are")[2].partition("\n## ")[0]
    names = re.findall(r"`([\w./-]+\.yaml|[\w./-]+/)`", table)

    assert len(names) > 8
    assert [name for name in names if not (ROOT / name).exists()] == []


def test_its_make_targets_exist() -> None:
    """Every `make` target that the README names is one of the Makefile's."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.MULTILINE)) <= targets
