"""Does the reference page work in a browser?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from dataarts_mock import MockServer

from ._chromium import Visit, visiting

MAX_SAFE_INTEGER = 2**53 - 1
"""The greatest integer that JavaScript has; those beyond it are shown rounded."""
PROJECT = "b384b9e9ab9b4ee8994c8633aabc9505"


@pytest.fixture
def visit(dataarts_mock: MockServer) -> Iterator[Visit]:
    """The reference page, opened in Chromium with a profile of its own."""
    with visiting(viewport={"width": 1200, "height": 1600}) as visit:
        visit.page.goto(f"{dataarts_mock.url}/docs")
        visit.page.locator(".opblock-body").last.wait_for()
        yield visit


def section(page: Page, operation: dict[str, Any]) -> Locator:
    """Return the part of the page that is about an operation."""
    return page.locator(f"#operations-{operation['tags'][0]}-{operation['operationId']}")


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    """List the operations of the contract."""
    return [
        operation
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "operationId" in operation
    ]


def resolved(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Follow the references of a node."""
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def test_page_shows_the_contract(visit: Visit, dataarts_mock: MockServer, document: dict[str, Any], root: Path) -> None:
    """The page shows each operation unfolded, with its parameters and their limits, from this machine alone."""
    page = visit.page
    shown = page.locator("body").inner_text()
    build = root / "build"
    build.mkdir(exist_ok=True)
    page.screenshot(path=build / "docs.png")

    assert document["info"]["title"] in shown
    for operation in operations(document):
        part = section(page, operation)
        text = part.inner_text()
        for reference in operation["parameters"]:
            parameter = resolved(document, reference)
            schema = resolved(document, parameter["schema"])

            assert parameter["name"] in text
            for limit in {"minLength", "maxLength", "minimum", "maximum", "pattern"} & set(schema):
                if isinstance(schema[limit], str) or abs(schema[limit]) <= MAX_SAFE_INTEGER:
                    assert f"{limit}: {schema[limit]}" in text
        for status in operation["responses"]:
            expect(part.locator(f'tr.response[data-code="{status}"]').first).to_be_visible()
    assert {urlsplit(url).netloc for url in visit.requested} == {urlsplit(dataarts_mock.url).netloc}
    assert visit.complaints == []


def test_try_it_out_runs_the_job(visit: Visit, dataarts_mock: MockServer, document: dict[str, Any]) -> None:
    """Try it out, as the page comes up, runs the example on the mock and shows the documented response."""
    run = next(each for each in operations(document) if each["operationId"] == "runJobImmediately")
    part = section(visit.page, run)
    part.get_by_role("button", name="Execute", exact=True).click()
    response = part.locator(".live-responses-table .response")
    response.wait_for()
    shown = response.locator(".microlight, pre").first.inner_text()
    (request,) = dataarts_mock.requests

    assert "200" in response.locator(".response-col_status").inner_text()
    assert json.loads(shown) == document["components"]["examples"]["JobStarted"]["value"]
    assert request.parameters == {"project_id": PROJECT, "job_name": "myJob", "workspace": None}
    assert request.body == document["components"]["examples"]["RunMyJob"]["value"]
    dataarts_mock.assert_ran("myJob", params={"aaa": "111", "bbb": "222"})
    assert {urlsplit(url).netloc for url in visit.requested} == {urlsplit(dataarts_mock.url).netloc}
    assert visit.complaints == []
