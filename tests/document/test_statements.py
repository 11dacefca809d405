"""Does the list of what the document states hold all of it, and each statement in its place?"""

from __future__ import annotations

from typing import Any

import pytest

from dataarts_contract import Statement, statements, values_at

SCHEMA = {
    "type": "object",
    "required": ["items"],
    "properties": {
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Node"}},
        "either": {"anyOf": [{"type": "integer", "maximum": 3}, {"type": "null"}]},
    },
    "additionalProperties": {"maxLength": 5},
}
GROWN: dict[str, Any] = {
    "paths": {
        "/things/{id}": {
            "parameters": [
                {"name": "id", "in": "path", "required": True, "schema": {"maxLength": 4}},
                {"name": "page", "in": "query", "schema": {"minimum": 1}},
            ],
            "put": {
                "operationId": "putThing",
                "parameters": [{"name": "page", "in": "query", "schema": {"minimum": 0}}],
                "requestBody": {"content": {"application/json": {"schema": SCHEMA, "example": {"items": []}}}},
                "responses": {
                    "204": {
                        "description": "Done.",
                        "headers": {"ETag": {"schema": {"minLength": 1}}},
                        "links": {"Again": {"operationId": "putThing"}},
                    }
                },
            },
        }
    },
    "components": {
        "schemas": {"Node": {"type": "object", "properties": {"inner": {"$ref": "#/components/schemas/Node"}}}}
    },
}


@pytest.fixture
def found() -> dict[tuple[str, str], Statement]:
    """The statements of a small document, by place and keyword."""
    return {(each.place, each.keyword): each for each in statements(GROWN)}


@pytest.mark.parametrize(
    ("place", "keyword", "value"),
    [
        ("path id", "required", True),
        ("path id", "maxLength", 4),
        ("query page", "required", False),
        ("query page", "minimum", 0),
        ("body", "required", ["items"]),
        ("body", "content", "application/json"),
        ("body items", "type", "array"),
        ("body items[]", "type", "object"),
        ("body either", "maximum", 3),
        ("body {}", "maxLength", 5),
        ("body", "value", {"items": []}),
        ("response 204", "status", "204"),
        ("response 204 header ETag", "minLength", 1),
        ("link Again", "operationId", "putThing"),
    ],
)
def test_statement(found: dict[tuple[str, str], Statement], place: str, keyword: str, value: Any) -> None:
    """Each keyword of a parameter, body, response, header, example or link is a statement of the operation."""
    assert found[place, keyword].value == value
    assert found[place, keyword].operation == "putThing"


def test_alternatives(found: dict[tuple[str, str], Statement]) -> None:
    """What stands in one of several alternatives says so, for a value may break it."""
    assert found["body either", "maximum"].alternative
    assert not found["body items", "type"].alternative


def test_recursion_ends(found: dict[tuple[str, str], Statement]) -> None:
    """A schema that refers to itself is walked once."""
    assert ("body items[]", "properties") in found
    assert ("body items[].inner", "properties") not in found


def test_each_pointer_leads_to_its_keyword(document: dict[str, Any]) -> None:
    """Where a statement says that it stands in the contract, there it stands."""
    for each in statements(document):
        node: Any = document
        for part in each.pointer:
            node = node[part]

        assert node is each.node
        if each.of_schema:
            assert node[each.keyword] == each.value


def test_each_operation_states_something(document: dict[str, Any]) -> None:
    """Every operation of the contract has its statements, and so have the responses to no operation."""
    operations = {
        node["operationId"] for item in document["paths"].values() for node in item.values() if "operationId" in node
    }

    assert {each.operation for each in statements(document)} == {*operations, ""}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), [{"a": [{"b": 1}, {"b": 2}, {}], "c": 3}]),
        (("a", "[]", "b"), [1, 2]),
        (("{}",), [[{"b": 1}, {"b": 2}, {}], 3]),
        (("c", "[]"), []),
        (("d",), []),
    ],
)
def test_values(path: tuple[str, ...], expected: list[Any]) -> None:
    """A path leads to each value that is there, and to nothing where none is."""
    assert list(values_at({"a": [{"b": 1}, {"b": 2}, {}], "c": 3}, path)) == expected
