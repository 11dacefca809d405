"""Edits of the contract as a maintainer makes them, by what they change."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

Document = dict[str, Any]
Edit = Callable[[Document], object]

SCHEMAS = ("components", "schemas")
PARAMETERS = ("components", "parameters")
RESPONSES = ("components", "responses")
JSON = ("content", "application/json")


def node(document: Document, *path: Any) -> Any:
    """Return what stands at a path of the document; a name in capitals with `()` is an operation's operationId."""
    found: Any = document
    for step in path:
        found = found[step]
    return found


def route(document: Document, operation_id: str) -> tuple[str, str]:
    """Return path and method of an operation."""
    return next(
        (path, method)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if operation["operationId"] == operation_id
    )


def operation(document: Document, operation_id: str) -> Document:
    """Return an operation."""
    path, method = route(document, operation_id)
    found: Document = document["paths"][path][method]
    return found


def put(*path_and_value: Any) -> Edit:
    """Set what stands at a path."""
    *path, key, value = path_and_value

    def edit(document: Document) -> None:
        node(document, *path)[key] = value

    return edit


def remove(*path: Any) -> Edit:
    """Remove a key, or from a list a value."""

    def edit(document: Document) -> None:
        parent = node(document, *path[:-1])
        if isinstance(parent, list):
            parent.remove(path[-1])
        else:
            del parent[path[-1]]

    return edit


def add(*path_and_value: Any) -> Edit:
    """Add a value to a list; the list is made where there is none."""
    *path, key, value = path_and_value

    def edit(document: Document) -> None:
        node(document, *path).setdefault(key, []).append(value)

    return edit


def step(by: int, *path: Any) -> Edit:
    """Raise or lower a number."""

    def edit(document: Document) -> None:
        node(document, *path[:-1])[path[-1]] += by

    return edit


def within(operation_id: str, edit: Edit) -> Edit:
    """Edit an operation."""
    return lambda document: edit(operation(document, operation_id))


def both(*edits: Edit) -> Edit:
    """Make several edits."""

    def edit(document: Document) -> None:
        for each in edits:
            each(document)

    return edit


def rename(path: tuple[Any, ...], old: str, new: str) -> Edit:
    """Give a key another name."""

    def edit(document: Document) -> None:
        parent = node(document, *path)
        renamed = {new if key == old else key: value for key, value in parent.items()}
        parent.clear()
        parent.update(renamed)

    return edit


def reverse(value: Document) -> None:
    """Turn the order of keys round."""
    turned = dict(reversed(value.items()))
    value.clear()
    value.update(turned)


def rename_schema(old: str, new: str) -> Edit:
    """Give a schema another name, wherever it is named."""

    def edit(document: Document) -> None:
        schemas = node(document, *SCHEMAS)
        document["components"]["schemas"] = {new if name == old else name: each for name, each in schemas.items()}
        for each in objects(document):
            if each.get("$ref") == f"#/components/schemas/{old}":
                each["$ref"] = f"#/components/schemas/{new}"

    return edit


def objects(value: Any) -> Iterator[Document]:
    """Yield every object of a document."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from objects(each)


def move(operation_id: str, path: Callable[[str], str] = str, method: str | None = None) -> Edit:
    """Give an operation another path or method."""

    def edit(document: Document) -> None:
        old_path, old_method = route(document, operation_id)
        moved = document["paths"][old_path].pop(old_method)
        if not document["paths"][old_path]:
            del document["paths"][old_path]
        document["paths"].setdefault(path(old_path), {})[method or old_method] = moved

    return edit


def copy_operation(operation_id: str, new_id: str, suffix: str) -> Edit:
    """Add an operation that is like another one."""

    def edit(document: Document) -> None:
        path, method = route(document, operation_id)
        document["paths"][path + suffix] = {method: operation(document, operation_id) | {"operationId": new_id}}

    return edit


def copy_schema(name: str, new_name: str) -> Edit:
    """Add a schema that is like another one."""
    return lambda document: put(*SCHEMAS, new_name, deepcopy(document["components"]["schemas"][name]))(document)


def ref(schema: str) -> Document:
    """Return a reference to a schema."""
    return {"$ref": f"#/components/schemas/{schema}"}


def rename_scheme(old: str, new: str) -> Edit:
    """Give a security scheme another name, wherever it is named."""

    def edit(document: Document) -> None:
        rename(("components", "securitySchemes"), old, new)(document)
        for each in objects(document["paths"]):
            for alternative in each.get("security", []):
                if old in alternative:
                    alternative[new] = alternative.pop(old)

    return edit
