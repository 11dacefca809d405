"""Does what README.md and the guide say to do work, as it stands there?"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ROOT

from ._blocks import blocks_of, pages
from ._session import BlockError, Session

PAGES = [page for page in pages() if "```" in page.read_text(encoding="utf-8")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
@pytest.mark.timeout(300)
def test_page_works(page: Path, tmp_path: Path) -> None:
    """Who pastes every code block of a page, in order, gets what the page says."""
    name = str(page.relative_to(ROOT))
    with Session(tmp_path / "reader") as session:
        session.read(name, page.read_text(encoding="utf-8"))


def test_what_is_checked_elsewhere_is() -> None:
    """A block that is not run by itself names the test module that checks it, and that module names the page."""
    for page in PAGES:
        name = str(page.relative_to(ROOT))
        for block in blocks_of(name, page.read_text(encoding="utf-8")):
            if block.elsewhere is not None:
                module = ROOT / "tests" / block.elsewhere

                assert page.stem in module.read_text(encoding="utf-8")


WRONG = {
    "no such name": "```python\nfrom dataarts_runs import begin\n```\n",
    "no such argument": """\
```python
from dataarts_auth import TokenAuth
from dataarts_client import Client
from dataarts_runs import start

with Client("http://127.0.0.1:4010", auth=TokenAuth("mock-token")) as client:
    start(client, "my_project", "nightly", parameters={"day": "1"})
```
""",
    "a job that is not there": """\
```python
from dataarts_auth import TokenAuth
from dataarts_client import Client
from dataarts_runs import start

with Client("http://127.0.0.1:4010", auth=TokenAuth("mock-token")) as client:
    start(client, "my_project", "noSuchJob")
```
""",
    "not Python": "```python\nrun = start(\n```\n",
    "a test that fails": "```python\ndef test_one() -> None:\n    assert 1 == 2\n```\n",
    "a command that fails": "```sh\ndataarts-mock --jobs nightly\n```\n",
    "an option that is not there": "```sh\ndataarts run nightly --parameter day=1\n```\n",
    "a region that is none": "```sh\ndataarts list --cloud otp\n```\n",
    "another output": "```python\nprint('success')\n```\n\n```text\nfailed\n```\n",
    "an output of nothing": "```text\nsuccess\n```\n",
    "an extra that is not there": "```sh\npip install '.[fast]'\n```\n",
    "a target that is not there": "```sh\nmake tests\n```\n",
    "a workflow whose step fails": "```yaml\njobs:\n  nightly:\n    steps:\n      - run: dataarts run\n```\n",
    "a workflow without steps": "```yaml\njobs:\n  nightly:\n    steps:\n      - uses: actions/checkout@v5\n```\n",
    "a language nobody reads": "```\nsuccess\n```\n",
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_wrong_block_fails(text: str, tmp_path: Path) -> None:
    """A block that does not work, or prints something else, fails, and the message says where it stands."""
    with Session(tmp_path / "reader") as session, pytest.raises(BlockError, match=r"^page\.md:\d+: "):
        session.read("page.md", text)


def test_every_fence_is_seen() -> None:
    """Each fence in the pages belongs to a block that is checked."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fences = [line for line in text.splitlines() if line.lstrip().startswith("```")]

        assert len(fences) == 2 * len(blocks_of(page.name, text)), page
