"""Is openapi.yaml a sound document?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import openapi_spec_validator
import pytest
import yaml

from tests.conftest import ROOT
from tests.document import resolve

DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
OPERATIONS: dict[str, dict[str, Any]] = {
    item[method]["operationId"]: item[method] for item in DOCUMENT["paths"].values() for method in METHODS & item.keys()
}
SCHEMAS: dict[str, dict[str, Any]] = DOCUMENT["components"]["schemas"]


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


def test_every_operation_says_what_it_checks() -> None:
    """Every operation has an ID, a tag, a manual page, its credentials and a limit for its body."""
    assert OPERATIONS
    for operation in OPERATIONS.values():
        assert operation["operationId"]
        assert operation["tags"]
        assert operation["externalDocs"]["url"].startswith("https://")
        assert [name for alternative in operation["security"] for name in alternative] == ["token", "signature"]
        assert operation["x-max-body-bytes"] == 12 * 1024 * 1024


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_no_answer_is_left_to_a_default(operation: dict[str, Any]) -> None:
    """The statuses a caller meets are named responses, and there is no default."""
    first, *others = operation["responses"]

    assert first in ("200", "204")
    assert others == ["400", "401", "403", "404", "413", *["415"] * ("requestBody" in operation), "429", "500", "503"]
    assert all(list(response) == ["$ref"] for response in operation["responses"].values())


@pytest.mark.parametrize("schema", [schema for schema in SCHEMAS.values() if "x-final-states" in schema])
def test_final_states_are_states(schema: dict[str, Any]) -> None:
    """A final state is a state, and either one of success or one of failure; not all are final."""
    final = [state for states in schema["x-final-states"].values() for state in states]

    assert list(schema["x-final-states"]) == ["success", "failure"]
    assert len(final) == len(set(final))
    assert set(final) < set(schema["enum"])


@pytest.mark.parametrize("operation", [each for each in OPERATIONS.values() if "x-allowed-states" in each])
def test_allowed_states_are_states(operation: dict[str, Any]) -> None:
    """The states that allow an operation are states of an instance."""
    assert operation["x-allowed-states"]
    assert set(operation["x-allowed-states"]) <= set(SCHEMAS["JobInstanceStatus"]["enum"])


@pytest.mark.parametrize("name", ["JobInstance", "JobInstanceSummary", "NodeInstance"])
def test_client_takes_null_for_what_may_be_missing(document: dict[str, Any], name: str) -> None:
    """What a client can do without may be null, and what the reference calls mandatory is a property."""
    schema = SCHEMAS[name]
    validators = {
        key: jsonschema_rs.validator_for({**node, "components": document["components"]})
        for key, node in schema["properties"].items()
    }

    assert {key for key, validator in validators.items() if not validator.is_valid(None)} == set(schema["required"])
    assert set(schema["x-reference-required"]) <= set(schema["properties"]) - set(schema["required"])


def test_link_leads_to_an_operation(document: dict[str, Any]) -> None:
    """A link names an operation, gives each of its mandatory parameters a value, and the workspace."""
    links = document["components"]["links"]

    assert links
    for link in links.values():
        parameters = [resolve(document, each) for each in OPERATIONS[link["operationId"]]["parameters"]]
        known = {f"{each['in']}.{each['name']}": each.get("required", False) for each in parameters}
        given = set(link["parameters"])
        assert {name for name, required in known.items() if required} | {"header.workspace"} <= given <= set(known)


def test_each_server_names_its_cloud(document: dict[str, Any]) -> None:
    """Each server has the name of its cloud, and a region that is put into its URL."""
    clouds = {server["x-cloud"]: server for server in document["servers"]}

    assert list(clouds) == ["huawei", "huawei-eu", "otc"]
    assert all("{region}" in server["url"] and server["variables"]["region"]["default"] for server in clouds.values())
