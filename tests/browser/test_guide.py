"""Does the built guide work in a browser, served and read from files?"""

from __future__ import annotations

import functools
import http.server
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.serving import serving

from ._chromium import Visit, visiting

SIZES = {"large": (1440, 1000), "small": (390, 844)}


class _Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def site(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The guide, built."""
    folder = tmp_path_factory.mktemp("guide") / "site"
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)]
    subprocess.run(command, cwd=root, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"}, capture_output=True, check=True)
    return folder


@pytest.fixture
def url(request: pytest.FixtureRequest, site: Path) -> Iterator[str]:
    """Where its pages are."""
    if getattr(request, "param", "served") == "from files":
        yield site.as_uri()
        return
    handler = functools.partial(_Handler, directory=str(site))
    with serving(handler) as served:
        yield served


def elsewhere(visit: Visit, url: str) -> list[str]:
    """List the requests that went to another place than the guide."""
    return [each for each in visit.requested if not each.startswith((url, "data:", "blob:"))]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_pages_show_without_complaint(url: str, site: Path, root: Path, size: str, scheme: str) -> None:
    """Every page shows, light and dark, large and small: nothing from elsewhere, no error, no sideways scrolling."""
    width, height = SIZES[size]
    pictures = root / "build" / "guide"
    pictures.mkdir(parents=True, exist_ok=True)
    with visiting(viewport={"width": width, "height": height}, color_scheme=scheme) as visit:
        for path in sorted(site.rglob("*.html")):
            if path.name == "404.html":
                continue
            name = path.relative_to(site)
            visit.page.goto(f"{url}/{name}")
            visit.page.locator("h1").first.wait_for()
            shown = visit.page.evaluate("document.body.getAttribute('data-md-color-scheme')")
            wider = visit.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            visit.page.screenshot(path=pictures / f"{'-'.join(name.with_suffix('').parts)}-{size}-{scheme}.png")

            assert shown == {"light": "default", "dark": "slate"}[scheme]
            assert wider <= 0, name
        assert elsewhere(visit, url) == []
        assert visit.complaints == []


@pytest.mark.parametrize("url", ["served", "from files"], indirect=True)
@pytest.mark.parametrize(
    ("words", "found"),
    [("proxy", "Proxy and private CA"), ("OutcomeUnknown", "OutcomeUnknown"), ("DATAARTS_PROJECT", "Variables")],
)
def test_search_works(url: str, words: str, found: str) -> None:
    """Search finds recipes, exceptions and variables, and asks nothing of another host."""
    with visiting(viewport={"width": 1200, "height": 900}) as visit:
        visit.page.goto(f"{url}/index.html")
        visit.page.locator("input.md-search__input").click()
        visit.page.keyboard.type(words)
        results = visit.page.locator(".md-search-result__item")
        results.first.wait_for()

        expect(visit.page.locator(".md-search-result__list")).to_contain_text(found)
        assert elsewhere(visit, url) == []
        assert visit.complaints == []
