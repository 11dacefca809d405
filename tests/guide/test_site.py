"""Is the guide built without a warning, and does it ask anything of another host?"""

from __future__ import annotations

import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built guide."""
    folder = tmp_path_factory.mktemp("site") / "site"
    done = build(ROOT / "mkdocs.yml", folder)
    assert done.returncode == 0, done.stderr
    return folder


def build(configuration: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Build the guide, strictly."""
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", str(configuration)]
    return subprocess.run(
        [*command, "--site-dir", str(folder)],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


class Loads(HTMLParser):
    """Collects what a page loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        """Note what a tag loads; a link that someone has to follow is none."""
        values = dict(attributes)
        if tag == "link" and values.get("rel") in ("canonical", "next", "prev"):
            return
        names = ("src", "srcset", "data") if tag != "link" else ("href",)
        self.found += [value for name in names if (value := values.get(name))]


def test_pages_load_nothing_from_elsewhere(site: Path) -> None:
    """No page, and no style sheet, names another host to load from."""
    for page in site.rglob("*.html"):
        loads = Loads()
        loads.feed(page.read_text(encoding="utf-8"))

        assert [each for each in loads.found if re.match(r"(https?:)?//", each)] == [], page
    for sheet in site.rglob("*.css"):
        loaded = re.findall(r"(?:url\(|@import\s*)[\"']?((?:https?:)?//[^)\"']+)", sheet.read_text(encoding="utf-8"))

        assert loaded == [], sheet


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    """The reference has everything that the packages offer, and every operation of the contract."""
    import dataarts_auth
    import dataarts_client
    import dataarts_mock
    import dataarts_runs
    from dataarts_client import errors, models

    text = "".join(page.read_text(encoding="utf-8") for page in (site / "reference").rglob("*.html"))
    shown = {name for anchor in re.findall(r'id="(dataarts_[\w.]+)"', text) for name in anchor.split(".")}
    public = {*dataarts_auth.__all__, *dataarts_runs.__all__, *dataarts_mock.__all__, *errors.__all__, *models.__all__}
    public |= {"AiohttpTransport", "Client", "Response", "server_url"}
    operations = {
        path.stem for path in Path(str(dataarts_client.__file__)).parent.glob("api/*/*.py") if path.stem != "__init__"
    }

    assert public | operations <= shown


def test_wrong_link_fails(tmp_path: Path) -> None:
    """A link to a page that is not there, or to a heading that is none, fails the build."""
    for number, link in enumerate(("nowhere.md", "options.md#nothing")):
        folder = tmp_path / str(number)
        (folder / "docs").mkdir(parents=True)
        (folder / "docs" / "index.md").write_text(f"# Start\n\n[here]({link})\n")
        (folder / "docs" / "options.md").write_text("# Options\n")
        text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
        text = re.sub(r"(?s)\n(nav|hooks):.*?\n\n", "\n\n", text).replace("favicon: assets/favicon.svg", "")
        (folder / "mkdocs.yml").write_text(text)
        done = build(folder / "mkdocs.yml", folder / "site")

        assert done.returncode != 0
        assert link.rpartition("#")[2] in done.stderr
