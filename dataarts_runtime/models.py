"""What models have in common: fields that are checked, and reading and writing JSON objects.

A model is an attrs class whose fields have a `Property` for a validator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

import attrs

from .schema import Anything, Null, Schema, Union, abridged, is_mapping, type_error
from .types import UNSET, Unset

__all__ = ["Model", "Object", "OpenModel", "Property", "additional", "model"]

M = TypeVar("M", bound="Model")


class Object(Schema):
    """A JSON object that a model describes.

    Args:
        model: The model; or its name, where its class may not be defined yet, as models may refer to each other.
        module: With a name: a module of the package that the model is in.
    """

    __slots__ = ("_key", "_model")

    def __init__(self, model: type[Model] | str, module: str = "") -> None:
        self._model = None if isinstance(model, str) else model
        self._key = (module.rpartition(".")[0], str(model))

    @property
    def model(self) -> type[Model]:
        """The model's class."""
        if self._model is None:
            self._model = _models[self._key]
        return self._model

    def check(self, value: Any, at: str) -> None:
        """Allow an instance of the model; its fields were checked when they were set."""
        if not isinstance(value, self.model):
            raise type_error(at, f"of type {self.model.__name__}", value)

    def dump(self, value: Any, at: str, *, strict: bool = True) -> Any:
        """Return the model's JSON object, all its fields checked again: a list may have been changed meanwhile."""
        self.check(value, at)
        return _dump_model(value, at, strict=strict)

    def load(self, value: Any, at: str) -> Any:
        """Return the model of a JSON object."""
        return _load_model(self.model, value, at)


class Property:
    """A property of a model: its name in JSON, its schema, and whether it must be there. An attrs validator."""

    __slots__ = ("name", "nullable", "required", "schema")

    def __init__(self, name: str, schema: Schema, *, required: bool = True) -> None:
        self.name = name
        self.schema = schema
        self.required = required
        options = schema.options if isinstance(schema, Union) else (schema,)
        self.nullable = any(isinstance(option, Anything | Null) for option in options)

    def __call__(self, instance: Model, attribute: attrs.Attribute[Any], value: Any) -> None:
        """Check a field that was set, as attrs asks its validators to."""
        if value is None and self.given(value) is UNSET:
            object.__setattr__(instance, attribute.name, UNSET)
        elif self.required or value is not UNSET:
            self.schema.check(value, f"{type(instance).__name__}.{attribute.name}")

    def given(self, value: Any) -> Any:
        """Return the value; UNSET for None where the property is optional and cannot be null."""
        return UNSET if value is None and not self.required and not self.nullable else value


def additional(instance: OpenModel, attribute: attrs.Attribute[Any], value: Any) -> None:
    """Check a model's additional properties; an attrs validator."""
    if value or not isinstance(value, dict):  # and so never when a model is made
        _dump_additional(instance, value, f"{type(instance).__name__}.{attribute.name}")


def _given(instance: Any, attribute: attrs.Attribute[Any], value: Any) -> Any:
    rule = attribute.validator
    return rule.given(value) if isinstance(rule, Property) else value


_on_setattr: list[Callable[[Any, attrs.Attribute[Any], Any], Any]] = [_given, attrs.setters.validate]


@dataclass_transform(field_specifiers=(attrs.field,))
def model(cls: type[M]) -> type[M]:
    """Make a model of a class with annotated fields; a decorator. Fields are checked whenever they are set."""
    return attrs.define(cls, on_setattr=_on_setattr)


_models: dict[tuple[str, str], type[Model]] = {}  # by package and name


class Model:
    """What all models have in common."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        _models[cls.__module__.rpartition(".")[0], cls.__name__] = cls

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """Return the model of a JSON object; raise a ValueError or TypeError if it is none."""
        return _load_model(cls, src_dict, cls.__name__)

    def to_dict(self) -> dict[str, Any]:
        """Return the model's JSON object; raise a ValueError or TypeError if the contract forbids it."""
        return _dump_model(self, type(self).__name__, strict=False)


class OpenModel(Model):
    """A model that may have further properties than those it names; `model["name"]` reads and writes them."""

    __slots__ = ()

    additional_schema: ClassVar[Schema] = Anything()

    additional_properties: dict[str, Any]

    @property
    def additional_keys(self) -> list[str]:
        """The names of the further properties."""
        return list(self.additional_properties)

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        _dump_additional(self, {key: value}, type(self).__name__)
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties


_known: dict[Any, dict[str, tuple[str, Property]]] = {}


def _rules(kind: type[Any]) -> dict[str, tuple[str, Property]]:
    """Return a model's properties and the names of their fields, by their names in JSON."""
    rules = _known.get(kind)
    if rules is None:
        pairs = ((field.name, field.validator) for field in attrs.fields(kind))
        rules = _known[kind] = {rule.name: (name, rule) for name, rule in pairs if isinstance(rule, Property)}
    return rules


def _load_model(kind: type[M], value: Any, at: str) -> M:
    if not is_mapping(value):
        raise type_error(at, "an object", value)
    further = dict(value)
    model = kind.__new__(kind)
    for json_name, (name, rule) in _rules(kind).items():
        if json_name in further:
            field = rule.schema.load(further.pop(json_name), f"{at}.{json_name}")
        elif rule.required:
            raise ValueError(f"{at}.{json_name}: missing")
        else:
            field = UNSET
        object.__setattr__(model, name, field)
    if isinstance(model, OpenModel):
        schema = model.additional_schema
        loaded = {name: schema.load(item, f"{at}.{name}") for name, item in further.items()}
        object.__setattr__(model, "additional_properties", loaded)
    elif further:
        raise ValueError(f"{at}: has no property {abridged(next(iter(further)))}")
    return model


def _dump_model(model: Model, at: str, *, strict: bool) -> dict[str, Any]:
    dumped: dict[str, Any] = {}
    for json_name, (name, rule) in _rules(type(model)).items():
        value = getattr(model, name)
        if rule.required or not isinstance(value, Unset):
            dumped[json_name] = rule.schema.dump(value, f"{at}.{name}", strict=strict)
    if isinstance(model, OpenModel) and model.additional_properties != {}:
        dumped |= _dump_additional(model, model.additional_properties, f"{at}.additional_properties", strict=strict)
    return dumped


def _dump_additional(model: OpenModel, further: Any, at: str, *, strict: bool = True) -> dict[str, Any]:
    if not is_mapping(further) or not isinstance(further, dict):
        raise type_error(at, "a dict", further)
    named = _rules(type(model))
    dumped: dict[str, Any] = {}
    for key, value in further.items():
        if not isinstance(key, str):
            raise type_error(at, "a dict whose keys are strings", key)
        if key in named:
            raise ValueError(f"{at}: {abridged(key)} is no further property, set {named[key][0]} instead")
        dumped[key] = model.additional_schema.dump(value, f"{at}[{abridged(key)}]", strict=strict)
    return dumped
