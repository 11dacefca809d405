"""Is the report of the contract suite one page that says the verdict, and needs nothing else?"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.mock._process import running
from tests.suite._command import ROOT, contract

PAGES = ["passed", "failed"]


class _Read(HTMLParser):
    """Reads what a page says, and what it refers to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.references: list[str] = []
        self.words: list[str] = []
        self.source = page.read_text(encoding="utf-8")
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids.add(str(values.get("id")))
        self.references += [str(values[name]) for name in ("href", "src", "srcset", "action") if name in values]

    def handle_data(self, data: str) -> None:
        self.words += data.split()

    @property
    def text(self) -> str:
        """All that it says, on one line."""
        return " ".join(self.words)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, _Read]:
    """The page of a run that passed, and that of one that a stricter contract made fail; by their verdict."""
    folder = tmp_path_factory.mktemp("reports")
    stricter = folder / "stricter.yaml"
    text = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    stricter.write_text(text.replace("maxLength: 1024", "maxLength: 1023"), encoding="utf-8")
    with running("--any-job") as url:
        where = ["--base-url", url, "--token", "mock-token", "--job", "myJob", "--allow-runs", "300"]
        where += ["--only", "edges and value and maxLength"]
        done = {
            "passed": contract(*where, folder=folder / "passed"),
            "failed": contract(*where, "--document", str(stricter), folder=folder / "failed"),
        }
    assert {name: each.returncode for name, each in done.items()} == {"passed": 0, "failed": 1}
    return {name: _Read(folder / name / "index.html") for name in done}


def test_verdict_comes_first(pages: dict[str, _Read]) -> None:
    """The page begins with the verdict on the server that was tested, with date, duration, contract and versions."""
    for verdict, sentence in (("✓ passed", "keeps the contract"), ("✗ failed", "does not keep the contract")):
        text = pages[verdict[2:]].text

        assert re.search(rf"{verdict} http://127\.0\.0\.1:\d+ {sentence}", text)
        assert re.search(r"Date \d+ \w+ 20\d\d, \d\d:\d\d UTC Duration (\d+ min )?\d+ s", text)
        assert re.search(r"Contract .*, version \d+\.\d+\.\d+", text)
        assert re.search(r"Versions Python \d.*schemathesis \d", text)
        assert "ONLY=edges and value and maxLength" in text
        assert re.search(r"\d+ of 300 requests that might start one", text)


def test_failures_are_by_rule(pages: dict[str, _Read]) -> None:
    """A broken rule is one entry: what is wrong, how often, and how to repeat it; a run that passed has none."""
    text = pages["failed"].text

    assert re.search(r"body jobParams\[\]\.value, maxLength 1023 forbidden, but was accepted \d+ cases", text)
    assert "The response was 200:" in text
    assert "Repeat it with: curl -i" in text
    assert text.count("Repeat it with") == 1
    assert "failures" not in pages["passed"].ids
    assert "The response was" not in pages["passed"].text


@pytest.mark.parametrize("name", PAGES)
def test_what_was_covered_and_what_left_out(name: str, pages: dict[str, _Read]) -> None:
    """The page shows coverage, why the rest is not covered, and for each rule what was tried."""
    text = pages[name].text

    assert "left out by --only" in text
    assert "without it the path is another one" in text
    assert re.search(r"body jobParams\[\]\.value maxLength 102[34] \"a\" × 102\d \(102\d characters\)", text)


@pytest.mark.parametrize("name", PAGES)
def test_it_asks_nobody_for_anything(name: str, pages: dict[str, _Read]) -> None:
    """The page refers to parts of itself only, each of which is there, and fetches nothing."""
    page = pages[name]

    assert page.references
    for reference in page.references:
        assert reference == "data:," or reference.removeprefix("#") in page.ids, reference
    assert not re.search(r"@import|url\(|<script", page.source)
