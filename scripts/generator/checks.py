"""What is refused before anything is generated: whatever the templates and the runtime have no code for."""

from __future__ import annotations

from .document import ANNOTATIONS, Document, Node, OperationObject, is_json, readable
from .errors import GenerationError
from .models import KEYWORDS
from .patterns import python_pattern

STRUCTURE = frozenset(
    {
        *("$ref", "type", "enum", "const", "anyOf", "oneOf", "allOf"),
        *("items", "properties", "required", "additionalProperties"),
    }
)
"""The keywords that give a value its type."""
ENFORCED = frozenset(keyword for keywords in KEYWORDS.values() for keyword in keywords)
"""The keywords that the runtime checks."""
FORMATS = frozenset({"binary", "base64", "byte"})
"""Formats of strings that are no text."""
IGNORED_HEADERS = frozenset({"accept", "authorization", "content-type"})
"""Headers that OpenAPI has other means for."""


def check(document: Document) -> None:
    """Raise a GenerationError for the first thing that would be left out of the client, or generated wrong."""
    for pointer, schema in document.schemas.items():
        _check_schema(readable(pointer), schema)
        document.resolve(schema)
    for operation in document.operations:
        _check_operation(operation)


def _check_schema(place: str, schema: Node) -> None:
    unknown = {key for key in schema if not key.startswith("x-")} - STRUCTURE - ANNOTATIONS - ENFORCED
    if unknown:
        raise GenerationError(f"nothing would check {', '.join(sorted(unknown))} in {place}")
    if "$ref" in schema and set(schema) - ANNOTATIONS - {"$ref"}:
        raise GenerationError(f"what stands beside $ref in {place} would be lost; use allOf")
    if isinstance(schema.get("type"), list) and "object" in schema["type"]:
        raise GenerationError(f"no code is generated for a list of types with object in it, in {place}; use anyOf")
    if isinstance(schema.get("exclusiveMinimum", 0), bool) or isinstance(schema.get("exclusiveMaximum", 0), bool):
        raise GenerationError(f"exclusive limits are numbers in OpenAPI 3.1 ({place})")
    if schema.get("format") in FORMATS:
        raise GenerationError(f"format {schema['format']} in {place}")
    if "pattern" in schema:
        python_pattern(schema["pattern"])


def _check_operation(operation: OperationObject) -> None:
    if "servers" in operation.node:
        raise GenerationError(f"{operation} has servers of its own")
    for parameter in operation.parameters:
        if parameter["in"] == "cookie":
            raise GenerationError(f"{operation} takes a cookie")
        if parameter["in"] == "header" and parameter["name"].lower() in IGNORED_HEADERS:
            raise GenerationError(f"{operation}: OpenAPI ignores a parameter for the header {parameter['name']}")
        if "schema" not in parameter:
            raise GenerationError(f"{operation}: parameter {parameter['name']} has no schema")
        default = "form" if parameter["in"] == "query" else "simple"
        if parameter.get("style", default) != default or parameter.get("allowReserved"):
            raise GenerationError(f"{operation}: the style of parameter {parameter['name']}")
    if operation.body and (len(operation.body["content"]) != 1 or not is_json(next(iter(operation.body["content"])))):
        raise GenerationError(f"{operation} takes a body that is not, or not only, JSON")
    if not any(status.startswith("2") for status in operation.responses):
        raise GenerationError(f"{operation} describes no response of success")
    for status, response in operation.responses.items():
        if len(response.get("content", {})) > 1:
            raise GenerationError(f"{operation}: the response {status} has several media types")
