"""The walk through a document, which gives its statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Pointer = tuple[str | int, ...]
Part = Literal["operation", "parameter", "body", "response", "answer", "header", "example", "link"]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
ITEMS = "[]"
"""The part of a path that stands for any item of an array."""
FURTHER = "{}"
"""The part of a path that stands for any property that is not named."""

_OF_OPERATIONS = ("x-max-body-bytes", "security", "x-allowed-states")
_COMBINATIONS = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True)
class Statement:
    """One thing that a document states of an operation.

    Attributes:
        operation: The operationId, or method and path where there is none; empty for the responses to a request that
            reaches no operation.
        part: What it is about: the operation itself, a parameter, the request body, a response as such, the body of a
            response ("answer"), a header, an example or a link of a response.
        name: The name of the parameter, header, example or link; of a body its media type.
        location: Where the parameter is: "path", "query", "header" or "cookie".
        status: The response's status, as the document writes it.
        path: The way to the value within parameter or body: names of properties, `[]` for the items of an array and
            `{}` for further properties.
        keyword: The keyword, such as `maxLength`.
        value: What it says.
        pointer: Where the keyword stands in the document, references being followed.
        node: The object that has the keyword.
        of_schema: Whether it is a keyword of JSON Schema, or of an extension beside such.
        alternative: Whether it stands in one of several alternatives (`anyOf`, `oneOf`), so that a value may break it.
    """

    operation: str
    part: Part
    keyword: str
    value: Any
    pointer: Pointer
    node: Mapping[str, Any] = field(repr=False)
    name: str = ""
    location: str = ""
    status: str = ""
    path: tuple[str, ...] = ()
    of_schema: bool = False
    alternative: bool = False

    @property
    def place(self) -> str:
        """Where it stands, as people are told: `path job_name`, `body jobParams[].name`, `response 400`."""
        within = "".join(each if each in (ITEMS, FURTHER) else f".{each}" for each in self.path).removeprefix(".")
        start = {
            "parameter": f"{self.location} {self.name}",
            "body": "body",
            "response": f"response {self.status}",
            "answer": f"response {self.status}",
            "header": f"response {self.status} header {self.name}",
            "example": f"response {self.status}" if self.status else "body",
            "link": f"link {self.name}",
        }.get(self.part, "")
        if self.part == "parameter":
            return f"{start}{'.' if within and not within.startswith(('[', '{')) else ''}{within}"
        return f"{start} {within}".strip()


def statements(document: Mapping[str, Any]) -> Iterator[Statement]:
    """Give what an OpenAPI 3.1 document states, operation by operation, in the order of the document.

    A schema that several operations refer to is given for each of them, with the same pointer. A reference that leads
    back to where it is found is not followed again.

    Args:
        document: The document as it was read from YAML or JSON. References within it are followed; there must be no
            others.
    """
    return _Walk(document).all()


def values_at(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Give what a path leads to in a value: nothing where a property is missing, several values below an array."""
    if not path:
        yield value
    elif path[0] == ITEMS:
        for item in value if isinstance(value, list) else ():
            yield from values_at(item, path[1:])
    elif isinstance(value, dict):
        for name in value if path[0] == FURTHER else [path[0]] if path[0] in value else []:
            yield from values_at(value[name], path[1:])


class _Walk:
    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._about: dict[str, Any] = {}

    def all(self) -> Iterator[Statement]:
        for path, item in self._document["paths"].items():
            for method in METHODS:
                if method in item:
                    yield from self._operation(path, method, item)
        self._about = {"operation": ""}
        for status in self._document.get("x-gateway-responses", {}):
            yield from self._response(("x-gateway-responses", status), str(status))

    def _find(self, pointer: Pointer) -> tuple[Pointer, Any]:
        """Follow the references that start at a pointer."""
        node: Any = self._document
        for part in pointer:
            node = node[part]
        if isinstance(node, dict) and "$ref" in node:
            parts = node["$ref"].removeprefix("#/").split("/")
            return self._find(tuple(part.replace("~1", "/").replace("~0", "~") for part in parts))
        return pointer, node

    def _statement(self, part: Part, keyword: str, value: Any, pointer: Pointer, node: Any, **about: Any) -> Statement:
        return Statement(
            part=part, keyword=keyword, value=value, pointer=pointer, node=node, **{**self._about, **about}
        )

    def _operation(self, path: str, method: str, item: Mapping[str, Any]) -> Iterator[Statement]:
        pointer, node = ("paths", path, method), item[method]
        self._about = {"operation": node.get("operationId", f"{method} {path}")}
        own = [self._find((*pointer, "parameters", index)) for index, _ in enumerate(node.get("parameters", []))]
        shared = [
            self._find(("paths", path, "parameters", index)) for index, _ in enumerate(item.get("parameters", []))
        ]
        names = {(each["in"], each["name"]) for _, each in own}
        for where, parameter in (*own, *(each for each in shared if (each[1]["in"], each[1]["name"]) not in names)):
            yield from self._parameter(where, parameter)
        for keyword in _OF_OPERATIONS:
            if keyword in node:
                yield self._statement("operation", keyword, node[keyword], pointer, node)
        if "requestBody" in node:
            yield from self._body(*self._find((*pointer, "requestBody")))
        for status in node["responses"]:
            yield from self._response((*pointer, "responses", status), str(status))

    def _parameter(self, pointer: Pointer, node: Mapping[str, Any]) -> Iterator[Statement]:
        about = {"name": node["name"], "location": node["in"]}
        yield self._statement("parameter", "required", node.get("required", False), pointer, node, **about)
        yield from self._schema((*pointer, "schema"), "parameter", about)

    def _body(self, pointer: Pointer, node: Mapping[str, Any]) -> Iterator[Statement]:
        yield self._statement("body", "required", node.get("required", False), pointer, node)
        for media_type, content in node["content"].items():
            yield self._statement("body", "content", media_type, pointer, node, name=media_type)
            where = (*pointer, "content", media_type)
            yield from self._schema((*where, "schema"), "body", {"name": media_type})
            yield from self._examples(where, content, {})

    def _response(self, pointer: Pointer, status: str) -> Iterator[Statement]:
        where, response = self._find(pointer)
        about = {"status": status}
        yield self._statement("response", "status", status, where, response, **about)
        for name in response.get("headers", {}):
            at, header = self._find((*where, "headers", name))
            named = {**about, "name": name}
            yield self._statement("header", "required", header.get("required", False), at, header, **named)
            yield from self._schema((*at, "schema"), "header", named)
        for media_type, content in response.get("content", {}).items():
            at = (*where, "content", media_type)
            yield from self._schema((*at, "schema"), "answer", {**about, "name": media_type})
            yield from self._examples(at, content, about)
        for name in response.get("links", {}):
            at, link = self._find((*where, "links", name))
            target = link.get("operationId", link.get("operationRef"))
            yield self._statement("link", "operationId", target, at, link, **about, name=name)

    def _examples(self, pointer: Pointer, node: Mapping[str, Any], about: Mapping[str, Any]) -> Iterator[Statement]:
        if "example" in node:
            yield self._statement("example", "value", node["example"], pointer, node, **about, name="example")
        for name in node.get("examples", {}):
            at, example = self._find((*pointer, "examples", name))
            yield self._statement("example", "value", example.get("value"), at, example, **about, name=name)

    def _schema(
        self,
        pointer: Pointer,
        part: Part,
        about: Mapping[str, Any],
        path: tuple[str, ...] = (),
        above: tuple[Pointer, ...] = (),
        *,
        alternative: bool = False,
    ) -> Iterator[Statement]:
        where, schema = self._find(pointer)
        if not isinstance(schema, dict) or where in above:
            return
        for keyword, value in schema.items():
            if keyword not in ("description", "title", "examples", "example", "deprecated"):
                within = {**about, "path": path, "of_schema": True, "alternative": alternative}
                yield self._statement(part, keyword, value, where, schema, **within)
        inner: list[tuple[Pointer, tuple[str, ...], bool]] = [
            (("properties", name), (*path, name), alternative) for name in schema.get("properties", {})
        ]
        if isinstance(schema.get("items"), dict):
            inner.append((("items",), (*path, ITEMS), alternative))
        if isinstance(schema.get("additionalProperties"), dict):
            inner.append((("additionalProperties",), (*path, FURTHER), alternative))
        for combination in _COMBINATIONS:
            one_of_several = alternative or combination != "allOf"
            inner += [((combination, at), path, one_of_several) for at, _ in enumerate(schema.get(combination, []))]
        for further, inside, is_alternative in inner:
            yield from self._schema(
                (*where, *further), part, about, inside, (*above, where), alternative=is_alternative
            )
