"""Is openapi.yaml a sound document?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import openapi_spec_validator
import pytest
import yaml

from tests.conftest import ROOT
from tests.document import look, resolve

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def examples() -> Iterator[Any]:
    """Give each example in the document, with the schema it is an example of."""
    for where, node in walk(DOCUMENT, "#"):
        if "schema" in node:
            if "example" in node:
                yield pytest.param(node["schema"], node["example"], id=where)
            for name, example in node.get("examples", {}).items():
                yield pytest.param(node["schema"], resolve(DOCUMENT, example)["value"], id=f"{where}/{name}")


def walk(node: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Give each object below a node, and where it is."""
    if isinstance(node, dict):
        yield where, node
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in children:
        yield from walk(child, f"{where}/{key}")


def test_it_is_openapi(document: dict[str, Any]) -> None:
    """The document is valid OpenAPI 3.1."""
    openapi_spec_validator.validate(document)

    assert document["openapi"].startswith("3.1.")


@pytest.mark.parametrize(("schema", "example"), list(examples()))
def test_example_keeps_its_schema(document: dict[str, Any], schema: dict[str, Any], example: Any) -> None:
    """Every example is valid against the schema it is an example of."""
    jsonschema_rs.validator_for({**schema, "components": document["components"]}).validate(example)


def test_every_named_example_is_used(document: dict[str, Any]) -> None:
    """No example among the components stands there for nothing."""
    used = {node["$ref"] for _, node in walk(document, "#") if "$ref" in node}

    assert {f"#/components/examples/{name}" for name in document["components"]["examples"]} <= used


def test_optional_header_has_no_example(document: dict[str, Any]) -> None:
    """No optional header has an example, since tools would send it."""
    headers = [node for _, node in walk(document, "#") if node.get("in") == "header" and "schema" in node]
    optional = [node for node in headers if not node.get("required")]

    assert optional
    assert not [node for node in optional if {"example", "examples"} & {*node, *node["schema"]}]


def test_every_part_is_described(document: dict[str, Any]) -> None:
    """Operations, parameters, schemas, properties, responses and headers each have a description of whole sentences."""
    components = document["components"]
    parts = {
        **{where: node for where, node in walk(document["paths"], "#/paths") if "operationId" in node},
        **{
            f"#/components/{kind}/{name}": node
            for kind in ("parameters", "headers", "schemas", "responses", "securitySchemes")
            for name, node in components[kind].items()
        },
        **{
            f"#/components/schemas/{name}/{key}": resolve(document, node)
            for name, schema in components["schemas"].items()
            for key, node in schema.get("properties", {}).items()
        },
    }

    assert [where for where, node in parts.items() if not node.get("description", "").endswith(".")] == []


def test_every_operation_says_what_it_checks(document: dict[str, Any]) -> None:
    """Every operation has an ID, a tag, a manual page, its credentials and a limit for its body."""
    operations = [item[method] for item in document["paths"].values() for method in METHODS & item.keys()]

    for operation in operations:
        assert operation["operationId"]
        assert operation["tags"]
        assert operation["externalDocs"]["url"].startswith("https://")
        assert [name for alternative in operation["security"] for name in alternative] == ["token", "signature"]
        assert operation["x-max-body-bytes"] == 12 * 1024 * 1024


def test_no_answer_is_left_to_a_default(document: dict[str, Any]) -> None:
    """The statuses a caller meets are named responses, and there is no default."""
    responses = look(document, "paths", "/v1/{project_id}/jobs/{job_name}/run-immediate", "post", "responses")

    assert list(responses) == ["200", "400", "401", "403", "404", "413", "415", "429", "500", "503"]
    assert all(list(response) == ["$ref"] for response in responses.values())
