"""Run openapi-python-client with the filters that the templates in generator-templates/ use.

The generator hands its templates neither the constraints of the document nor its extensions; the filters look them up
in the document itself. What cannot be generated right is refused, rather than generated wrong.

    python openapi_generator.py DOCUMENT generate --path DOCUMENT …
"""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from openapi_python_client import TEMPLATE_FILTERS
from openapi_python_client.cli import app
from openapi_python_client.parser.openapi import Endpoint
from openapi_python_client.parser.properties import ModelProperty
from openapi_python_client.schema import Schema
from openapi_python_client.strings import safe_for_docstring

Node = dict[str, Any]

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
ANNOTATIONS = {
    "AnyProperty": "Any",
    "BooleanProperty": "bool",
    "DateProperty": "datetime.date",
    "DateTimeProperty": "datetime.datetime",
    "FloatProperty": "float",
    "IntProperty": "int",
    "NoneProperty": "None",
    "StringProperty": "str",
    "UuidProperty": "UUID",
}
KEYWORDS = {
    "String": {"minLength": "min_length", "maxLength": "max_length", "pattern": "pattern"},
    "Number": {
        "minimum": "minimum",
        "maximum": "maximum",
        "exclusiveMinimum": "above",
        "exclusiveMaximum": "below",
        "multipleOf": "multiple_of",
    },
    "Array": {"minItems": "min_items", "maxItems": "max_items", "uniqueItems": "unique"},
}
KEYWORDS["Integer"] = KEYWORDS["Number"]
KINDS = {
    "AnyProperty": "Anything",
    "BooleanProperty": "Boolean",
    "DateProperty": "Date",
    "DateTimeProperty": "DateTime",
    "FloatProperty": "Number",
    "IntProperty": "Integer",
    "ListProperty": "Array",
    "NoneProperty": "Null",
    "StringProperty": "String",
    "UuidProperty": "Uuid",
}
STRUCTURE = {
    *("type", "enum", "const", "anyOf", "oneOf", "allOf"),
    *("items", "properties", "required", "additionalProperties"),
}
ANNOTATING = {
    *("$comment", "default", "deprecated", "description", "discriminator", "example", "examples"),
    *("externalDocs", "format", "readOnly", "title", "writeOnly", "xml"),
}
ENFORCED = {keyword for keywords in KEYWORDS.values() for keyword in keywords}
FORMATS = {"binary", "base64", "byte"}

document: Node = {}


def refuse(what: str) -> SystemExit:
    """Return the exception that stops the generation: what cannot be generated right is not generated."""
    return SystemExit(f"The client cannot be generated: {what}.")


# The document


def resolved(node: Node) -> Node:
    """Return what a node means: references followed, and a schema that only wraps another one merged with it."""
    if "$ref" in node:
        target: Any = document
        for part in str(node["$ref"]).removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        return resolved(target)
    parts = [*node.get("allOf", []), *node.get("anyOf", []), *node.get("oneOf", [])]
    if len(parts) == 1 or (parts and parts == node.get("allOf")):
        merged = {key: value for key, value in node.items() if key not in ("allOf", "anyOf", "oneOf")}
        for piece in map(resolved, parts):
            for key, value in piece.items():
                if key == "properties":
                    merged[key] = {**value, **merged.get(key, {})}
                elif key == "required":
                    merged[key] = [*merged.get(key, []), *value]
                elif key not in merged:
                    merged[key] = value
                elif merged[key] != value and key not in ANNOTATING and not key.startswith("x-"):
                    raise refuse(f"{key} is {value!r} in one part of an allOf, {merged[key]!r} in another")
        return merged
    return node


def walk(node: Any, place: str = "") -> Iterator[tuple[str, Node]]:
    """Yield every schema in the document with its place."""
    if isinstance(node, dict):
        for key, value in node.items():
            here = f"{place}/{key}"
            if key in ("examples", "example", "default", "enum", "const"):
                continue
            if key == "schema":
                yield from schemas(value, here)
            elif key == "schemas" and place == "/components":
                for name, schema in value.items():
                    yield from schemas(schema, f"{here}/{name}")
            else:
                yield from walk(value, here)
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from walk(value, f"{place}/{index}")


def schemas(schema: Any, place: str) -> Iterator[tuple[str, Node]]:
    """Yield a schema and those inside it, with their places."""
    if not isinstance(schema, dict):
        return
    yield place, schema
    for key in ("items", "additionalProperties"):
        yield from schemas(schema.get(key), f"{place}/{key}")
    for key in ("allOf", "anyOf", "oneOf"):
        for index, part in enumerate(schema.get(key, [])):
            yield from schemas(part, f"{place}/{key}/{index}")
    for name, part in schema.get("properties", {}).items():
        yield from schemas(part, f"{place}/properties/{name}")


def check_document() -> None:
    """Refuse what the templates have no code for."""
    for place, schema in walk(document):
        unknown = {key for key in schema if not key.startswith("x-")} - STRUCTURE - ANNOTATING - ENFORCED - {"$ref"}
        if unknown:
            raise refuse(f"nothing would check {', '.join(sorted(unknown))} in {place}")
        if "$ref" in schema and set(schema) - ANNOTATING - {"$ref"}:
            raise refuse(f"what stands beside $ref in {place} would be lost; use allOf")
        if isinstance(schema.get("type"), list) and "object" in schema["type"]:
            raise refuse(f"no code is generated for a list of types with object in it, in {place}; use anyOf")
        if isinstance(schema.get("exclusiveMinimum", 0), bool) or isinstance(schema.get("exclusiveMaximum", 0), bool):
            raise refuse(f"exclusive limits are numbers in OpenAPI 3.1 ({place})")
        if schema.get("format") in FORMATS:
            raise refuse(f"format {schema['format']} in {place}")
        if "pattern" in schema:
            python_pattern(schema["pattern"])
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                check_operation(f"{method.upper()} {path}", operation_at(path, method))


def check_operation(name: str, operation: Node) -> None:
    """Refuse what the endpoint's template has no code for."""
    for parameter in operation["parameters"]:
        if parameter["in"] == "cookie":
            raise refuse(f"{name} takes a cookie")
        if "schema" not in parameter:
            raise refuse(f"{name}: parameter {parameter['name']} has no schema")
        default = "form" if parameter["in"] == "query" else "simple"
        if parameter.get("style", default) != default or parameter.get("allowReserved"):
            raise refuse(f"{name}: the style of parameter {parameter['name']}")
    body = operation.get("requestBody")
    if body and (len(body["content"]) != 1 or not is_json(next(iter(body["content"])))):
        raise refuse(f"{name} takes a body that is not, or not only, JSON")
    if not any(status.startswith("2") for status in operation["responses"]):
        raise refuse(f"{name} describes no answer of success")


def is_json(media_type: str) -> bool:
    """Return whether a media type is JSON."""
    return re.fullmatch(r"application/([\w.-]+\+)?json", media_type.split(";")[0].strip()) is not None


def operation_at(path: str, method: str) -> Node:
    """Return an operation with all references to parameters, body and responses followed."""
    item = document["paths"][path]
    operation = dict(item[method])
    parameters: dict[tuple[str, str], Node] = {}
    for parameter in map(resolved, [*item.get("parameters", []), *operation.get("parameters", [])]):
        parameters[parameter["in"], parameter["name"]] = parameter
    operation["parameters"] = list(parameters.values())
    if "requestBody" in operation:
        operation["requestBody"] = resolved(operation["requestBody"])
    operation["responses"] = {str(key): resolved(value) for key, value in operation["responses"].items()}
    return operation


def python_pattern(pattern: str) -> str:
    """Return an ECMA 262 pattern, which JSON Schema means, as a pattern for Python's re with its ASCII flag."""
    translated = ""
    in_class = quantified = False
    for piece in re.findall(r"\\u\{?[0-9A-Fa-f]+\}?|\\.|\(\?(?!:|<?[=!])|\{\d*,?\d*\}|.", pattern, re.DOTALL):
        if re.match(r"\\[AEPQZckpuxz]", piece) and not re.fullmatch(r"\\(u[0-9A-Fa-f]{4}|x)", piece):
            raise refuse(f"the pattern {pattern} has {piece}")
        if not in_class:
            if piece == "(?":
                raise refuse(f"the pattern {pattern} has a group that not both ECMA 262 and Python know")
            if piece.startswith("{,") or (piece == "+" and quantified):
                raise refuse(f"the pattern {pattern} has a quantifier that only Python knows")
            quantified = piece in ("*", "+", "?") or re.fullmatch(r"\{\d.*\}", piece) is not None
        if piece == r"\s" or piece == r"\S":
            spaces = r"\s\ufeff\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
            if piece == r"\S" and in_class:
                raise refuse(f"the pattern {pattern} has \\S in a class")
            negated = "^" if piece == r"\S" else ""
            piece = spaces if in_class else f"[{negated}{spaces}]"
        elif piece == "[" and in_class:
            piece = r"\["
        elif piece == "[":
            in_class = True
        elif piece == "]":
            in_class = False
        elif piece == "$" and not in_class:
            piece = r"\Z"
        elif piece == "." and not in_class:
            piece = r"[^\n\r\u2028\u2029]"
        elif in_class and piece in "&|~" and translated.endswith(piece):
            piece = f"\\{piece}"
        translated += piece
    try:
        re.compile(translated, re.ASCII)
    except re.error as error:
        raise refuse(f"the pattern {pattern} is none for Python: {error}") from None
    return translated


# Filters: models


def annotation(prop: Any) -> str:
    """Return the Python type of a property's values."""
    kind = type(prop).__name__
    if kind == "ConstProperty":
        return f"Literal[{prop.value.python_code.as_unembedded_code()}]"
    if kind == "ListProperty":
        return f"list[{annotation(prop.inner_property)}]"
    if kind == "EnumProperty":
        return f"{prop.class_info.name} | {prop.value_type.__name__}"
    if kind == "ModelProperty":
        return str(prop.class_info.name)
    if kind == "UnionProperty":
        names = dict.fromkeys(name for inner in prop.inner_properties for name in annotation(inner).split(" | "))
        return "Any" if "Any" in names else " | ".join(sorted(names, key=lambda name: (name == "None", name)))
    if kind not in ANNOTATIONS:
        raise refuse(f"{prop.name.get_untrusted_value()} is of a kind ({kind}) without a template")
    return ANNOTATIONS[kind]


def schema(prop: Any, node: Node, *, by_name: bool = False) -> str:
    """Return the Python expression for the schema of a property; models by name where modules need each other."""
    node = resolved(node)
    kind = type(prop).__name__
    if kind == "ConstProperty":
        return f"Const({node['const']!r})"
    if kind == "EnumProperty":
        return f"Member({prop.class_info.name})"
    if kind == "ModelProperty":
        return f'Object("{prop.class_info.name}", __name__)' if by_name else f"Object({prop.class_info.name})"
    if kind == "UnionProperty":
        options = alternatives(node)
        if len(options) != len(prop.inner_properties):
            raise refuse(f"two alternatives of {prop.name.get_untrusted_value()} are of the same type")
        parts = [schema(*pair, by_name=by_name) for pair in zip(prop.inner_properties, options, strict=True)]
        return f"Union({', '.join(parts)})"
    name = KINDS[kind]
    arguments = [schema(prop.inner_property, node["items"], by_name=by_name)] if name == "Array" else []
    for keyword, argument in KEYWORDS.get(name, {}).items():
        if keyword in node:
            value = python_pattern(node[keyword]) if keyword == "pattern" else node[keyword]
            arguments.append(f"{argument}={raw(value) if keyword == 'pattern' else repr(value)}")
    return f"{name}({', '.join(arguments)})"


def raw(text: str) -> str:
    """Return a string as a raw literal where that is shorter to read."""
    return f'r"{text}"' if '"' not in text and "\n" not in text and not text.endswith("\\") else repr(text)


def alternatives(node: Node) -> list[Node]:
    """Return the schemas of which one must fit, in the generator's order."""
    if None in node.get("enum", []):
        return [{"type": "null"}, {"enum": [value for value in node["enum"] if value is not None]}]
    nodes = [*node.get("anyOf", []), *node.get("oneOf", [])]
    if isinstance(node.get("type"), list):
        nodes += [{**node, "type": kind} for kind in node["type"]]
    flat: list[Node] = []
    for inner in map(resolved, nodes):
        nested = inner.get("anyOf") or inner.get("oneOf") or isinstance(inner.get("type"), list)
        flat += alternatives(inner) if nested else [inner]
    return flat


def optional(text: str) -> str:
    """Return the type of what may be left out; None stays last."""
    given = text.removesuffix(" | None")
    return f"{given} | Unset" if given == text else f"{given} | Unset | None"


def model_node(model: ModelProperty) -> Node:
    """Return a model's schema as the document has it: the generator's own copy makes floats of large integers."""
    for _, node in walk(document):
        if "$ref" not in node and Schema.model_validate(node) == model.data:
            return resolved(node)
    raise refuse(f"the schema of {model.class_info.name} was not found again")


def fields(model: ModelProperty) -> list[Node]:
    """Return the fields of a model, those that must be given first."""
    known = model_node(model).get("properties", {})
    return [
        {
            "prop": prop,
            "json_name": prop.name.get_untrusted_value(),
            "name": prop.python_name,
            "required": prop.required,
            "annotation": annotation(prop),
            "schema": schema(prop, known[prop.name.get_untrusted_value()], by_name=True),
            "text": described(known[prop.name.get_untrusted_value()]),
        }
        for prop in [*(model.required_properties or []), *(model.optional_properties or [])]
    ]


def additional(model: ModelProperty) -> Node | None:
    """Return type and schema of a model's further properties, or None if it has none."""
    if not model.additional_properties:
        return None
    node = model_node(model).get("additionalProperties")
    prop = model.additional_properties
    return {
        "annotation": annotation(prop),
        "schema": schema(prop, node if isinstance(node, dict) else {}, by_name=True),
    }


# Filters: operations


def operation(endpoint: Endpoint) -> Node:
    """Return an endpoint's operation, and the parts that its code is made of."""
    path = endpoint.path.get_untrusted_value()
    found = next(key for key in document["paths"] if endpoint.method in document["paths"][key] and same(key, path))
    node = operation_at(found, endpoint.method)
    parameters = {(p["in"], p["name"]): p for p in node["parameters"]}
    groups = {
        "path": endpoint.path_parameters,
        "query": endpoint.query_parameters,
        "header": endpoint.header_parameters,
    }
    arguments = [
        argument(prop, parameters[location, prop.name.get_untrusted_value()])
        for location, props in groups.items()
        for prop in props
    ]
    body = node.get("requestBody")
    media_type = next(iter(body["content"])) if body else None
    successes = {key: value for key, value in node["responses"].items() if key.startswith("2")}
    failures = {key: value for key, value in node["responses"].items() if key[0] in "45" or key == "default"}
    answers = [*successes.values(), *failures.values()]
    props = {
        ("default" if response.is_default() else response.status_code.pattern): response
        for response in endpoint.responses
    }
    results = {key: answer(props[key], value) for key, value in successes.items()}
    refusals = {
        key: answer(props[key], value) for key, value in failures.items() if first_json(value.get("content", {}))
    }
    return {
        "node": node,
        "path": re.sub(r"\{[^}]*\}", "{}", found),
        "arguments": arguments,
        "body": body
        and {
            "annotation": annotation(endpoint.bodies[0].prop),
            "schema": schema(endpoint.bodies[0].prop, body["content"][media_type]["schema"]),
            "media_type": media_type,
            "required": body.get("required", False),
            "max_bytes": node.get("x-max-body-bytes"),
            "text": described(body),
        },
        "successes": results,
        "failures": refusals,
        "hints": {key: hint(key, value["x-hint"]) for key, value in failures.items() if "x-hint" in value},
        "result": joined(item["annotation"] for item in results.values()),
        "refusal": joined(item["annotation"] for item in refusals.values()),
        "accept": ", ".join(dict.fromkeys(kind for value in answers for kind in value.get("content", {}))) or "*/*",
    }


def hint(status: str, value: Any) -> str | dict[str, str]:
    """Return what an answer of this status gives occasion to check: a text, or one for each of some error codes."""
    texts = list(value.values()) if isinstance(value, dict) else [value]
    if not all(isinstance(text, str) for text in texts) or not all(isinstance(code, str) for code in value):
        raise refuse(f"x-hint of {status} is neither a text nor a mapping from error codes to texts")
    return {code: text.strip() for code, text in value.items()} if isinstance(value, dict) else value.strip()


def same(path: str, renamed: str) -> bool:
    """Return whether two paths differ in nothing but the names of their parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path) == re.sub(r"\{[^}]*\}", "{}", renamed)


def joined(annotations: Any) -> str:
    """Return the union of some types, None last."""
    names = dict.fromkeys(name for text in annotations for name in text.split(" | "))
    return "Any" if "Any" in names else " | ".join(sorted(names, key=lambda name: name == "None")) or "None"


def argument(prop: Any, parameter: Node) -> Node:
    """Return a parameter as its function takes it."""
    node = resolved(parameter["schema"])
    if type(prop).__name__ == "ModelProperty" or "object" in str(node.get("items", {}).get("type", "")):
        raise refuse(f"parameter {parameter['name']} is an object")
    return {
        "name": prop.python_name,
        "location": parameter["in"],
        "wire_name": parameter["name"],
        "required": prop.required,
        "exploded": parameter.get("explode", parameter["in"] == "query"),
        "annotation": annotation(prop),
        "schema": schema(prop, node),
        "text": described({**node, "description": parameter.get("description") or node.get("description", "")})
        or "Not described in the contract.",
    }


def first_json(content: Node) -> str | None:
    """Return the first media type that is JSON."""
    return next(filter(is_json, content), None)


def answer(response: Any, node: Node) -> Node:
    """Return type and schema of an answer."""
    content = node.get("content", {})
    if not content or "schema" not in (first := next(iter(content.values()))):
        return {"annotation": "None", "schema": "None"}
    media_type = next(iter(content))
    if is_json(media_type):
        return {"annotation": annotation(response.prop), "schema": schema(response.prop, first["schema"])}
    if media_type.startswith("text/"):
        return {"annotation": "str", "schema": "Text()"}
    return {"annotation": "bytes", "schema": "Binary()"}


# Filters: words


def described(node: Node) -> str:
    """Return a description with the limits that the schema sets."""
    said = sentence(node.get("description") or resolved(node).get("description", ""))
    return " ".join(filter(None, (said, limits(node))))


def sentence(text: str) -> str:
    """Return a text on one line, with a full stop."""
    text = " ".join(text.split())
    return text if not text or text[-1] in ".!?:" else f"{text}."


def limits(node: Node) -> str:
    """Return the limits that a schema sets, in words."""
    node = resolved(node)
    least, most = node.get("minimum"), node.get("maximum")
    words = [
        span(node.get("minLength"), node.get("maxLength"), "character"),
        span(node.get("minItems"), node.get("maxItems"), "item"),
        f"matching `{node['pattern']}`" if "pattern" in node else "",
        f"{least} to {most}" if least is not None and most is not None else "",
        f"at least {least}" if least is not None and most is None else "",
        f"at most {most}" if least is None and most is not None else "",
        f"above {node['exclusiveMinimum']}" if "exclusiveMinimum" in node else "",
        f"below {node['exclusiveMaximum']}" if "exclusiveMaximum" in node else "",
        f"a multiple of {node['multipleOf']}" if "multipleOf" in node else "",
        "no item twice" if node.get("uniqueItems") else "",
        f"one of {', '.join(map(str, node['enum']))}" if "enum" in node else "",
    ]
    text = ", ".join(filter(None, words))
    text = f"{text[0].upper()}{text[1:]}." if text else ""
    return f"{text} Left out, it is taken for {node['default']}.".strip() if "default" in node else text


def span(least: int | None, most: int | None, noun: str) -> str:
    """Return a range of counts in words."""
    if not least and most is None:
        return ""
    if most is None:
        return f"at least {least} {noun}{'s' * (least != 1)}"
    words = f"{least} to {most}" if least else f"up to {most}"
    return f"{words} {noun}{'s' * (most != 1)}"


def prose(text: Any, indent: int = 4, first: int = 0) -> str:
    """Return a text wrapped for a docstring that is indented, its first line after `first` columns."""
    text = safe_for_docstring(" ".join(str(text).split()))
    lines = textwrap.wrap(
        text, 118 - indent, initial_indent="." * first, break_long_words=False, break_on_hyphens=False
    )
    return f"\n{' ' * indent}".join(lines)[first:]


def literal(value: Any) -> str:
    """Return a value as a Python literal."""
    return repr(value)


def docs(endpoint: Endpoint) -> Node:
    """Return the summary and description of an operation."""
    node = operation(endpoint)["node"]
    return {
        "summary": sentence(node.get("summary") or f"{endpoint.method.upper()} {endpoint.path.get_untrusted_value()}"),
        "description": sentence(node.get("description", "")),
        "manual": node.get("externalDocs"),
        "deprecated": node.get("deprecated", False),
    }


def main(path: str, *arguments: str) -> None:
    """Run the generator on the document at `path`."""
    document.update(yaml.safe_load(Path(path).read_text(encoding="utf-8")))
    check_document()
    filters = (additional, annotation, docs, fields, joined, literal, operation, optional, prose, schema, sentence)
    for function in filters:
        TEMPLATE_FILTERS[function.__name__] = function
    app(list(arguments))


if __name__ == "__main__":
    main(*sys.argv[1:])
