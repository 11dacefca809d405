"""Does the reference page work in a browser?"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from dataarts_mock import MockServer

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
JOB = "b384b9e9ab9b4ee8994c8633aabc9505"


@dataclass
class Visit:
    """A page, and what it did."""

    page: Page
    requested: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def visit(dataarts_mock: MockServer) -> Iterator[Visit]:
    """The reference page, opened in Chromium with a profile of its own."""
    chromium = shutil.which("chromium")
    assert chromium, "chromium is not installed: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport={"width": 1200, "height": 1600})
        visit = Visit(page)
        page.on("request", lambda request: visit.requested.append(request.url))
        page.on("requestfailed", lambda request: visit.complaints.append(f"failed: {request.url}"))
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on(
            "console",
            lambda message: visit.complaints.append(message.text) if message.type in ("error", "warning") else None,
        )
        page.goto(f"{dataarts_mock.url}/docs")
        page.get_by_text("Execute a job immediately.").first.wait_for()
        yield visit
        browser.close()


def open_operation(page: Page) -> None:
    """Unfold the operation, where it is folded."""
    if not page.locator(".opblock-body").count():
        page.locator(".opblock-summary-control").first.click()
    page.locator(".opblock-body").wait_for()


def test_page_shows_the_contract(visit: Visit, dataarts_mock: MockServer, document: dict[str, Any], root: Path) -> None:
    """The page shows the operation with its parameters and their limits, from this machine alone and without errors."""
    page = visit.page
    open_operation(page)
    shown = page.locator("body").inner_text()
    build = root / "build"
    build.mkdir(exist_ok=True)
    page.screenshot(path=build / "docs.png")

    assert document["info"]["title"] in shown
    for parameter in document["components"]["parameters"].values():
        assert parameter["name"] in shown
        assert f"maxLength: {parameter['schema']['maxLength']}" in shown
        assert f"pattern: {parameter['schema']['pattern']}" in shown
    for status in document["paths"]["/v1/{project_id}/jobs/{job_name}/run-immediate"]["post"]["responses"]:
        expect(page.locator(f'tr.response[data-code="{status}"]').first).to_be_visible()
    assert {urlsplit(url).netloc for url in visit.requested} == {urlsplit(dataarts_mock.url).netloc}
    assert visit.complaints == []


def test_try_it_out_runs_the_job(visit: Visit, dataarts_mock: MockServer, document: dict[str, Any]) -> None:
    """Try it out, as the page comes up, runs the example on the mock and shows the documented answer."""
    page = visit.page
    open_operation(page)
    page.get_by_role("button", name="Execute", exact=True).click()
    answer = page.locator(".live-responses-table .response")
    answer.wait_for()
    shown = answer.locator(".microlight, pre").first.inner_text()
    (request,) = dataarts_mock.requests

    assert "200" in answer.locator(".response-col_status").inner_text()
    assert json.loads(shown) == document["components"]["examples"]["JobStarted"]["value"]
    assert request.parameters == {"project_id": JOB, "job_name": "myJob", "workspace": None}
    assert request.body == document["components"]["examples"]["RunMyJob"]["value"]
    dataarts_mock.assert_ran("myJob", params={"aaa": "111", "bbb": "222"})
    assert {urlsplit(url).netloc for url in visit.requested} == {urlsplit(dataarts_mock.url).netloc}
    assert visit.complaints == []
