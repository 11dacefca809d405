"""What models have in common: fields that are checked, and reading and writing JSON objects.

A model is an attrs class. Each of its fields has a `Property` as its validator, which says what the field is in JSON.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast, dataclass_transform

import attrs

from ._json_values import is_dict
from .schema import Anything, Null, Schema, Union, abridged, is_mapping, type_error
from .types import UNSET, Unset

__all__ = ["Model", "Object", "OpenModel", "Property", "additional", "model"]

M = TypeVar("M", bound="Model")


class Object(Schema):
    """A JSON object that a model describes.

    Args:
        model: The model's class; or its name, where the class may not be defined yet, since models refer to each other.
        module: With a name: the name of any module in the package that the model is in.
    """

    __slots__ = ("_key", "_model")

    def __init__(self, model: type[Model] | str, module: str = "") -> None:
        self._model = None if isinstance(model, str) else model
        self._key = (module.rpartition(".")[0], str(model))

    @property
    def model(self) -> type[Model]:
        """The model's class."""
        if self._model is None:
            package, name = self._key
            self._model = cast("type[Model]", getattr(sys.modules[package], name))  # which may import it
        return self._model

    def check(self, value: Any, path: str) -> None:
        """Allow an instance of the model, whose fields were checked when they were set."""
        if not isinstance(value, self.model):
            raise type_error(path, f"of type {self.model.__name__}", value)

    def dump(self, value: Any, path: str, *, strict: bool = True) -> Any:
        """Return the model as a JSON object, all fields checked again: a list may have been changed meanwhile."""
        self.check(value, path)
        return _dump_model(value, path, strict=strict)

    def load(self, value: Any, path: str) -> Any:
        """Return the JSON object as a model."""
        return _load_model(self.model, value, path)


class Property:
    """A property of a JSON object, as a validator of the attrs field that holds its value.

    Args:
        name: The property's name in JSON.
        schema: The schema of its value.
        required: Whether the object must have the property; if not, the field may be UNSET.
    """

    __slots__ = ("name", "nullable", "required", "schema")

    def __init__(self, name: str, schema: Schema, *, required: bool = True) -> None:
        self.name = name
        self.schema = schema
        self.required = required
        options = schema.options if isinstance(schema, Union) else (schema,)
        self.nullable = any(isinstance(option, Anything | Null) for option in options)

    def __call__(self, instance: Model, attribute: attrs.Attribute[Any], value: Any) -> None:
        """Check a field's value; attrs calls this when a model is made and when the field is assigned to.

        It also puts UNSET in the place of a None that means it.
        """
        if value is None and self.given(value) is UNSET:
            object.__setattr__(instance, attribute.name, UNSET)
        elif self.required or value is not UNSET:
            self.schema.check(value, f"{type(instance).__name__}.{attribute.name}")

    def given(self, value: Any) -> Any:
        """Return the value; but UNSET for None, if the property is optional and cannot be null."""
        return UNSET if value is None and not self.required and not self.nullable else value


def additional(instance: OpenModel, attribute: attrs.Attribute[Any], value: Any) -> None:
    """Check a model's additional properties, as an attrs validator."""
    if value or not isinstance(value, dict):  # an empty dict, as most models have it, needs no check
        # For its checks alone.
        _dump_additional(instance, value, f"{type(instance).__name__}.{attribute.name}")


def _given(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> Any:
    validator = attribute.validator
    return validator.given(value) if isinstance(validator, Property) else value


_on_setattr: list[Callable[[Any, attrs.Attribute[Any], Any], Any]] = [_given, attrs.setters.validate]


@dataclass_transform(field_specifiers=(attrs.field,))
def model(cls: type[M]) -> type[M]:
    """Make a model of a class with annotated fields, which are checked whenever they are set; a decorator."""
    return attrs.define(cls, on_setattr=_on_setattr)


class Model:
    """What all models have in common."""

    __slots__ = ()

    if TYPE_CHECKING:
        # For attrs.asdict and the like to be given a model. attrs itself is hidden from type checkers by `model`.
        __attrs_attrs__: ClassVar[tuple[attrs.Attribute[Any], ...]]

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Return the JSON object as a model.

        Values that an enum does not know are kept as they are, as in responses.

        Raises:
            ValueError, TypeError: The contract forbids the object; the message begins with the path of what is wrong.
        """
        return _load_model(cls, src_dict, cls.__name__)

    def to_dict(self) -> dict[str, Any]:
        """Return the model as a JSON object.

        Raises:
            ValueError, TypeError: The contract forbids the object; the message begins with the path of what is wrong.
        """
        return _dump_model(self, type(self).__name__, strict=False)


class OpenModel(Model):
    """A model that may have additional properties, which `model["name"]` reads and writes."""

    __slots__ = ()

    additional_schema: ClassVar[Schema] = Anything()

    additional_properties: dict[str, Any]

    @property
    def additional_keys(self) -> list[str]:
        """The names of the additional properties."""
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        _dump_additional(self, {key: value}, type(self).__name__)  # for its checks alone
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


_properties: dict[Any, dict[str, tuple[str, Property]]] = {}  # by model


def _properties_of(model: type[Any]) -> dict[str, tuple[str, Property]]:
    """Return a model's properties, each with its field's name, by their names in JSON."""
    properties = _properties.get(model)
    if properties is None:
        pairs = ((field.name, field.validator) for field in attrs.fields(model))
        properties = {found.name: (name, found) for name, found in pairs if isinstance(found, Property)}
        _properties[model] = properties
    return properties


def _load_model(kind: type[M], value: Any, path: str) -> M:
    if not is_mapping(value):
        raise type_error(path, "an object", value)
    rest = dict(value)
    model = kind.__new__(kind)  # not by __init__, which would check what `load` checks
    for json_name, (name, prop) in _properties_of(kind).items():
        if json_name in rest:
            field = prop.schema.load(rest.pop(json_name), f"{path}.{json_name}")
        elif prop.required:
            raise ValueError(f"{path}.{json_name}: missing")
        else:
            field = UNSET
        object.__setattr__(model, name, field)
    if isinstance(model, OpenModel):
        object.__setattr__(model, "additional_properties", _load_additional(model, rest, path))
    elif rest:
        raise ValueError(f"{path}: has no property {abridged(next(iter(rest)))}")
    return model


def _load_additional(model: OpenModel, rest: Mapping[Any, Any], path: str) -> dict[str, Any]:
    loaded: dict[str, Any] = {}
    for name, item in rest.items():
        if not isinstance(name, str):
            raise type_error(path, "an object whose names are strings", name)
        loaded[name] = model.additional_schema.load(item, f"{path}[{abridged(name)}]")
    return loaded


def _dump_model(model: Model, path: str, *, strict: bool) -> dict[str, Any]:
    dumped: dict[str, Any] = {}
    for json_name, (name, prop) in _properties_of(type(model)).items():
        value = getattr(model, name)
        if prop.required or not isinstance(value, Unset):
            dumped[json_name] = prop.schema.dump(value, f"{path}.{name}", strict=strict)
    if isinstance(model, OpenModel) and model.additional_properties != {}:
        dumped |= _dump_additional(model, model.additional_properties, f"{path}.additional_properties", strict=strict)
    return dumped


def _dump_additional(model: OpenModel, rest: Any, path: str, *, strict: bool = True) -> dict[str, Any]:
    if not is_dict(rest):
        raise type_error(path, "a dict", rest)
    properties = _properties_of(type(model))
    dumped: dict[str, Any] = {}
    for name, value in rest.items():
        if not isinstance(name, str):
            raise type_error(path, "a dict whose keys are strings", name)
        if name in properties:
            raise ValueError(f"{path}: {abridged(name)} is not additional; set {properties[name][0]} instead")
        dumped[name] = model.additional_schema.dump(value, f"{path}[{abridged(name)}]", strict=strict)
    return dumped
