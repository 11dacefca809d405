"""Models: the types of their fields, and the schemas that check them, as Python code.

openapi-python-client says which class a schema becomes, and how fields are called; it keeps none of the constraints.
So each of its properties is read side by side with the schema in the document that it was made from.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from functools import cached_property
from typing import Any

from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.strings import ClassName, PythonIdentifier

from .document import POINTER, Document, Node, is_array, is_object
from .errors import GenerationError
from .patterns import python_pattern
from .prose import described

MEMBERS = frozenset({"additional_keys", "additional_properties", "additional_schema", "from_dict", "to_dict"})
"""The names that models have for themselves."""
VARIABLE_NAMES = "x-enum-varnames"
"""The extension by which openapi-python-client names the members of an enum."""
KEYWORDS = {
    "String": {"minLength": "min_length", "maxLength": "max_length", "pattern": "pattern"},
    "Number": {
        "minimum": "minimum",
        "maximum": "maximum",
        "exclusiveMinimum": "exclusive_minimum",
        "exclusiveMaximum": "exclusive_maximum",
        "multipleOf": "multiple_of",
    },
    "Array": {"minItems": "min_items", "maxItems": "max_items", "uniqueItems": "unique_items"},
}
"""Keywords of JSON Schema that the runtime's schemas check, and the arguments that they become, by class."""
KEYWORDS["Integer"] = KEYWORDS["Number"]

# The class of openapi-python-client's property: the type of its values, and the runtime's schema.
_PLAIN = {
    "AnyProperty": ("Any", "Anything"),
    "BooleanProperty": ("bool", "Boolean"),
    "DateProperty": ("datetime.date", "Date"),
    "DateTimeProperty": ("datetime.datetime", "DateTime"),
    "FloatProperty": ("float", "Number"),
    "IntProperty": ("int", "Integer"),
    "NoneProperty": ("None", "Null"),
    "StringProperty": ("str", "String"),
    "UuidProperty": ("UUID", "Uuid"),
}


@dataclass(frozen=True)
class Field:
    """A field of a model."""

    name: str
    json_name: str
    required: bool
    annotation: str
    """The type of its values; Unset is among them if it may be left out."""
    none_is_unset: bool
    """Whether None means that it is left out, since null is no value of it."""
    schema: str
    """The expression that makes its schema."""
    text: str
    """What it is, and its limits, in words; or ""."""


@dataclass(frozen=True)
class Additional:
    """The properties of a model that it has no fields for."""

    annotation: str
    schema: str


@dataclass(frozen=True)
class Group:
    """A class method of an enum that returns members which an extension of its schema lists."""

    extension: str
    name: str
    named: bool
    """Whether the extension has lists under names."""
    annotation: str
    code: str


class Models:
    """The models and enums of a document, as the templates ask for them."""

    def __init__(self, document: Document) -> None:
        self._document = document

    def fields(self, model: ModelProperty) -> list[Field]:
        """Return the fields of a model, those that must be given first."""
        properties = self._node(model).get("properties", {})
        fields = [
            self._field(prop, properties[prop.name.get_untrusted_value()])
            for prop in [*(model.required_properties or []), *(model.optional_properties or [])]
        ]
        taken = {field.name for field in fields} & MEMBERS
        if taken:
            raise GenerationError(
                f"a property of {model.class_info.name} would be called {taken.pop()}, which models have for themselves"
            )
        return fields

    def additional(self, model: ModelProperty) -> Additional | None:
        """Return what a model's further properties are, or None if it has none."""
        prop = model.additional_properties
        if not prop:
            return None
        node = self._node(model).get("additionalProperties")
        return Additional(annotation(prop), self.schema(prop, node if is_object(node) else {}, by_name=True))

    def groups(self, enum: EnumProperty) -> list[Group]:
        """Return the class methods of an enum that list some of its members, from the extensions of its schema."""
        node = self._enums.get(enum.class_info.name)
        if node is None:
            return []
        _check_names(enum, node)
        groups: list[Group] = []
        for extension, value in node.items():
            if extension.startswith("x-") and extension != VARIABLE_NAMES:
                groups += _group(enum, extension, value)
        return groups

    @cached_property
    def _enums(self) -> dict[str, Node]:
        """The enums among the components, by the name of their class."""
        components: Node = self._document.content.get("components", {}).get("schemas", {})
        return {
            ClassName(node.get("title", name), prefix=""): node for name, node in components.items() if "enum" in node
        }

    def schema(self, prop: PropertyProtocol, node: Node, *, by_name: bool = False) -> str:
        """Return the expression that makes the schema of a property.

        Args:
            prop: The property.
            node: Its schema in the document.
            by_name: Whether to name models in quotes, since modules of models may need each other.
        """
        node = self._document.resolve(node)
        if isinstance(prop, ConstProperty):
            return f"Const({node['const']!r})"
        if isinstance(prop, EnumProperty):
            _check_names(prop, node)
            return f"Member({prop.class_info.name})"
        if isinstance(prop, ModelProperty):
            return f'Object("{prop.class_info.name}", __name__)' if by_name else f"Object({prop.class_info.name})"
        if isinstance(prop, UnionProperty):
            options = self._alternatives(node)
            if len(options) != len(prop.inner_properties):
                raise GenerationError(f"two alternatives of {prop.name.get_untrusted_value()} are of the same type")
            pairs = zip(prop.inner_properties, options, strict=True)
            return f"Union({', '.join(self.schema(inner, option, by_name=by_name) for inner, option in pairs)})"
        arguments: list[str] = []
        if isinstance(prop, ListProperty):
            name = "Array"
            arguments.append(self.schema(prop.inner_property, node["items"], by_name=by_name))
        else:
            _, name = _plain(prop)
        for keyword, argument in KEYWORDS.get(name, {}).items():
            if keyword in node:
                value = _raw(python_pattern(node[keyword])) if keyword == "pattern" else repr(node[keyword])
                arguments.append(f"{argument}={value}")
        return f"{name}({', '.join(arguments)})"

    def _field(self, prop: PropertyProtocol, node: Node) -> Field:
        resolved = self._document.resolve(node)
        return Field(
            name=prop.python_name,
            json_name=prop.name.get_untrusted_value(),
            required=prop.required,
            annotation=annotation(prop) if prop.required else annotation(prop, "Unset"),
            none_is_unset=not prop.required and not {"Any", "None"}.intersection(types(prop)),
            schema=self.schema(prop, node, by_name=True),
            text=described(node.get("description") or resolved.get("description", ""), resolved),
        )

    def _node(self, model: ModelProperty) -> Node:
        """Return a model's schema as the document has it: openapi-python-client's makes floats of large integers."""
        extensions = model.data.model_extra or {}
        return self._document.resolve(self._document.schemas[extensions[POINTER]])

    def _alternatives(self, node: Node) -> list[Node]:
        """Return the schemas of which one must hold, in openapi-python-client's order."""
        if None in node.get("enum", []):
            return [{"type": "null"}, {"enum": [value for value in node["enum"] if value is not None]}]
        nodes = [*node.get("anyOf", []), *node.get("oneOf", [])]
        if is_array(node.get("type")):
            nodes += [{**node, "type": kind} for kind in node["type"]]
        flat: list[Node] = []
        for inner in map(self._document.resolve, nodes):
            nested = inner.get("anyOf") or inner.get("oneOf") or is_array(inner.get("type"))
            flat += self._alternatives(inner) if nested or None in inner.get("enum", []) else [inner]
        return flat


def annotation(prop: PropertyProtocol, *others: str) -> str:
    """Return the Python type of a property's values, or of these and others."""
    return union([*types(prop), *others])


def types(prop: PropertyProtocol) -> list[str]:
    """Return the Python types that a property's values can have."""
    if isinstance(prop, ConstProperty):
        return [f"Literal[{prop.value.python_code.as_unembedded_code()}]"]
    if isinstance(prop, ListProperty):
        return [f"list[{annotation(prop.inner_property)}]"]
    if isinstance(prop, EnumProperty):
        return [prop.class_info.name, prop.value_type.__name__]
    if isinstance(prop, ModelProperty):
        return [prop.class_info.name]
    if isinstance(prop, UnionProperty):
        return [name for inner in prop.inner_properties for name in types(inner)]
    return [_plain(prop)[0]]


def union(names: Iterable[str]) -> str:
    """Return the union of some types: each once, None last; None alone, if there are none."""
    unique = dict.fromkeys(names)
    if "Any" in unique:
        return "Any"
    return " | ".join(sorted(unique, key=lambda name: name == "None")) or "None"


def _check_names(enum: EnumProperty, node: Node) -> None:
    """Refuse an enum of whose values openapi-python-client lost one, since it gave two the same name."""
    if len(enum.values) != len({*node["enum"]} - {None}):
        raise GenerationError(f"two members of {enum.class_info.name} would have the same name; use {VARIABLE_NAMES}")


def _group(enum: EnumProperty, extension: str, value: Any) -> list[Group]:
    """Return the class method for an extension, or none if the extension is not about values of the enum."""
    lists = value if is_object(value) else {"": value}
    members = {_unescaped(value): name for name, value in enum.values.items()}
    values = [item for items in lists.values() if is_array(items) for item in items]
    about_values = any(isinstance(item, enum.value_type) and item in members for item in values)
    if not about_values or not all(map(is_array, lists.values())):
        return []
    for item in values:
        if not isinstance(item, enum.value_type) or item not in members:
            raise GenerationError(f"{extension} lists {item!r}, which is no value of {enum.class_info.name}")
    name = PythonIdentifier(extension.removeprefix("x-"), prefix="field_")
    if hasattr(StrEnum if enum.value_type is str else IntEnum, name):
        raise GenerationError(f"{extension} of {enum.class_info.name} has the name of a method that enums have")
    kind = f"frozenset[{enum.class_info.name}]"
    sets = {key: ", ".join(f"cls.{members[item]}" for item in items) for key, items in lists.items()}
    if not is_object(value):
        return [Group(extension, name, named=False, annotation=kind, code=f"frozenset({{{sets['']}}})")]
    code = ", ".join(f"{key!r}: frozenset({{{listed}}})" for key, listed in sets.items())
    return [Group(extension, name, named=True, annotation=f"dict[str, {kind}]", code=f"{{{code}}}")]


def _unescaped(value: str | int) -> str | int:
    """Return the value of a member, which openapi-python-client escapes for a string literal."""
    return json.loads(f'"{value}"') if isinstance(value, str) else value


def _plain(prop: PropertyProtocol) -> tuple[str, str]:
    kind = type(prop).__name__
    if kind not in _PLAIN:
        raise GenerationError(f"{prop.name.get_untrusted_value()} is of a kind ({kind}) without a template")
    return _PLAIN[kind]


def _raw(text: str) -> str:
    """Return a string as a raw literal where that is shorter to read."""
    return f'r"{text}"' if '"' not in text and "\n" not in text and not text.endswith("\\") else repr(text)
