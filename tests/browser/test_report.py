"""Does the report of the contract suite say all there is to say, in any light and size, and ask nobody for anything?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
import yaml
from playwright.sync_api import Page

from tests.browser._chromium import visiting
from tests.mock._process import running
from tests.suite._command import ROOT, contract

Scheme = Literal["light", "dark"]
SIZES = {"large": (1280, 1400), "phone": (390, 844)}


@contextmanager
def opened(path: Path, scheme: Scheme = "light", size: str = "large") -> Iterator[Page]:
    """Open a file in Chromium; a request to anywhere else, or a complaint, fails the test."""
    width, height = SIZES[size]
    with visiting(color_scheme=scheme, viewport={"width": width, "height": height}) as visit:
        visit.page.goto(path.as_uri())
        yield visit.page

    assert [url for url in visit.requested if not url.startswith("data:")] == [path.as_uri()]
    assert visit.complaints == []


@pytest.fixture(scope="module")
def passed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on the mock, of a part of the suite."""
    folder = tmp_path_factory.mktemp("passed") / "reports"
    done = contract("--only", "test_registry or test_runs", folder=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "index.html"


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on a server that is named, which a stricter contract finds at fault."""
    folder = tmp_path_factory.mktemp("failed")
    document: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    document["components"]["schemas"]["JobParam"]["required"].append("paramType")
    document["components"]["schemas"]["JobInstanceList"]["required"].append("page")
    document["components"]["examples"]["RunMyJob"]["value"] = {}
    del document["components"]["responses"]["JobInstancesListed"]["content"]["application/json"]["examples"]
    stricter = folder / "stricter.yaml"
    stricter.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
    with running("--any-job") as url:
        where = ["--base-url", url, "--token", "mock-token", "--job", "myJob", "--allow-runs", "3000"]
        done = contract(*where, "--document", str(stricter), "--cases", "10", folder=folder / "reports")
    assert done.returncode == 1, done.stdout + done.stderr
    return folder / "reports" / "index.html"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("verdict", ["passed", "failed"])
def test_it_is_readable(verdict: str, scheme: Scheme, size: str, request: pytest.FixtureRequest, root: Path) -> None:
    """In light and dark, on a phone and on a screen, nothing is wider than the page, and text stands out."""
    with opened(request.getfixturevalue(verdict), scheme, size) as page:
        build = root / "build"
        build.mkdir(exist_ok=True)
        page.screenshot(path=build / f"contract-{verdict}-{scheme}-{size}.png")
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        width = page.evaluate("document.documentElement.scrollWidth")
        contrast = page.evaluate(_CONTRAST)

    assert width == SIZES[size][0]
    assert min(contrast.values()) >= 4.5, contrast


_CONTRAST = """
() => {
  const channel = value => (value /= 255) <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  const luminance = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const numbers = colour => colour.match(/[\\d.]+/g).map(Number);
  const background = node => {
    for (; node; node = node.parentElement) {
      const colour = numbers(getComputedStyle(node).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = {};
  const texts = "h1, h2, h3, h4, p, b, i, span, dt, dd, td, th, small, code, pre, a, li";
  for (const node of document.querySelectorAll(texts)) {
    if (!node.innerText || !node.innerText.trim()) continue;
    const [one, other] = [luminance(numbers(getComputedStyle(node).color)), luminance(background(node))];
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const name = `${node.tagName}.${node.className}`;
    found[name] = Math.min(found[name] ?? 21, ratio);
  }
  return found;
}
"""


def test_verdict_target_date_versions_and_duration(passed: Path, failed: Path) -> None:
    """The page begins with the verdict, the server, the contract's version, the date, the duration and versions."""
    with opened(passed) as page:
        heading, facts = page.locator("h1").inner_text(), page.locator(".facts").inner_text()
    version = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))["info"]["version"]

    assert re.fullmatch(r"✓ passed\s+The mock keeps the contract", heading)
    assert f"version {version}" in facts
    assert re.search(r"\d+ \w+ 20\d\d, \d\d:\d\d UTC", facts)
    assert re.search(r"Duration\s+(\d+ min )?\d+ s", facts)
    for name in ("Python", "schemathesis", "dataarts-client"):
        assert re.search(rf"{name} \d", facts), name
    with opened(failed) as page:
        heading, facts = page.locator("h1").inner_text(), page.locator(".facts").inner_text()

    assert re.fullmatch(r"✗ failed\s+http://127\.0\.0\.1:\d+ does not keep the contract", heading)
    assert re.search(r"[\d,]+ of 3,000 requests that might start one", facts)


def test_failures_by_rule_with_counts(failed: Path) -> None:
    """A rule that is broken is one entry, with how many cases, the response, and how to repeat it."""
    with opened(failed) as page:
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        entries = page.locator("#failures .failure").all_inner_texts()
    required = next(each for each in entries if "body jobParams[].paramType, required" in each)

    assert re.search(r"\n\d+ cases?\n", required)
    assert "forbidden, but was accepted" in required
    assert "The response was 200:" in required
    assert "curl -i " in required
    # What schemathesis finds is there, too.
    assert any("schemathesis, allowed, what is safe" in each for each in entries), entries


def test_links_lead_somewhere(passed: Path, failed: Path) -> None:
    """Every link of the page leads to a part of it that is there."""
    for path in (passed, failed):
        with opened(path) as page:
            links = page.eval_on_selector_all("a", "nodes => nodes.map(node => node.getAttribute('href'))")
            there = [page.locator(link).count() for link in links]

        assert links
        assert there == [1] * len(links)


def test_what_was_tried_and_what_was_left_out(passed: Path, document: dict[str, Any]) -> None:
    """Each operation says which rules were tried, and the coverage what of the contract was not, and why."""
    with opened(passed) as page:
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        coverage = page.locator("#coverage").inner_text()
        tried = page.locator("#tried .operation").all_inner_texts()
        parts = page.locator("#parts").inner_text()
    operations = [
        node["operationId"] for item in document["paths"].values() for node in item.values() if "operationId" in node
    ]

    assert len(tried) == len(operations)
    for operation, text in zip(operations, tried, strict=True):
        assert text.startswith(operation)
        assert "names what is there" in text
        assert operation in coverage
    assert "left out by --only" in coverage
    assert "without it the path is another one" in coverage
    for part in ("the contract", "the mock's own behaviour", "the client"):
        assert part in parts
