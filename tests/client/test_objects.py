"""Does a model have the properties that its schema has: required or not, nullable or not, additional or none?"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import Enum
from typing import Any, ClassVar

import httpx
import pytest
from attrs import field

from dataarts_runtime.models import Model, Object, OpenModel, Property, additional, model
from dataarts_runtime.schema import Array, Integer, Member, Null, Schema, String, Union
from dataarts_runtime.types import UNSET, Unset

from ._operation import receive, receive_error


class Color(Enum):
    """An enum."""

    RED = "red"


@model
class Part(Model):
    """A model that has no additional properties."""

    size: int = field(validator=Property("partSize", Integer(minimum=1)))
    color: Color | str | Unset = field(default=UNSET, validator=Property("color", Member(Color), required=False))


@model
class Other(Model):
    """A model that looks like the one above."""

    size: int = field(validator=Property("partSize", Integer(minimum=1)))


@model
class Thing(OpenModel):
    """A model whose additional properties have a schema."""

    additional_schema: ClassVar[Schema] = Union(Integer(minimum=0), Member(Color))

    name: str = field(validator=Property("thingName", String(max_length=5)))
    owner: str | None = field(validator=Property("owner", Union(String(), Null())))
    note: str | Unset = field(default=UNSET, validator=Property("note", String(), required=False))
    hint: str | Unset | None = field(default=UNSET, validator=Property("hint", Union(String(), Null()), required=False))
    parts: list[Part] | Unset = field(default=UNSET, validator=Property("parts", Array(Object(Part)), required=False))
    additional_properties: dict[str, Any] = field(kw_only=True, factory=dict[str, Any], validator=additional)


LEAST: dict[str, Any] = {"thingName": "a", "owner": None}

# JSON objects, and what their fields are.
READ: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "least": (LEAST, {"name": "a", "owner": None, "note": UNSET, "hint": UNSET, "parts": UNSET}),
    "strings": (LEAST | {"owner": "o", "note": "", "hint": "h"}, {"owner": "o", "note": "", "hint": "h"}),
    "null": (LEAST | {"hint": None}, {"hint": None}),
    "parts": (LEAST | {"parts": [{"partSize": 1}, {"partSize": 2}]}, {"parts": [Part(1), Part(2)]}),
    "no-parts": (LEAST | {"parts": []}, {"parts": []}),
    "member": (LEAST | {"parts": [{"partSize": 1, "color": "red"}]}, {"parts": [Part(1, Color.RED)]}),
    "additional": (LEAST | {"more": 5, "": 0}, {"additional_properties": {"more": 5, "": 0}}),
    "additional-member": (LEAST | {"more": "red"}, {"additional_properties": {"more": Color.RED}}),
    "additional-unknown": (LEAST | {"more": "blue"}, {"additional_properties": {"more": "blue"}}),
    "additional-like-a-field": (LEAST | {"name": 5}, {"name": "a", "additional_properties": {"name": 5}}),
    "additional-in-other-case": (LEAST | {"Owner": 5}, {"owner": None, "additional_properties": {"Owner": 5}}),
}


@pytest.mark.parametrize(("data", "fields"), READ.values(), ids=READ)
def test_read(data: dict[str, Any], fields: dict[str, Any]) -> None:
    """A JSON object becomes a model, and the model the same JSON object; what is not there stays away."""
    thing = receive(httpx.Response(200, json=data), Object(Thing))

    assert type(thing) is Thing
    for name, value in fields.items():
        got = getattr(thing, name)
        assert (type(got), got) == (type(value), value), f"{name} should be {value!r}, not {got!r}"
    assert thing.to_dict() == data
    assert Thing.from_dict(data) == thing


# JSON objects that are none of the model, and what is said.
REFUSED: dict[str, tuple[Any, str]] = {
    "list": ([], ": must be an object, not list"),
    "pairs": ([["thingName", "a"], ["owner", None]], ": must be an object, not list"),
    "null": (None, ": must be an object, not NoneType"),
    "text": ("{}", ": must be an object, not str"),
    "required-missing": ({"owner": None}, ".thingName: missing"),
    "nullable-missing": ({"thingName": "a"}, ".owner: missing"),
    "field-for-a-name": ({"name": 5, "owner": None}, ".thingName: missing"),
    "required-null": (LEAST | {"thingName": None}, ".thingName: must be a string, not NoneType"),
    "optional-null": (LEAST | {"note": None}, ".note: must be a string, not NoneType"),
    "too-long": (LEAST | {"thingName": "abcdef"}, ".thingName: longer than 5 characters (6)"),
    "deep": (LEAST | {"parts": [{"partSize": 1}, {"partSize": 0}]}, ".parts[1].partSize: less than 1 (0)"),
    "deep-missing": (LEAST | {"parts": [{}]}, ".parts[0].partSize: missing"),
    "deep-list": (LEAST | {"parts": [[1]]}, ".parts[0]: must be an object, not list"),
    "unknown": (LEAST | {"parts": [{"partSize": 1, "more": 2}]}, ".parts[0]: has no property 'more'"),
    "additional": (LEAST | {"more": -1}, "['more']: less than 0 (-1)"),
    "additional-null": (LEAST | {"more": None}, "['more']: must be an integer, not NoneType"),
    "additional-object": (LEAST | {"more": {"a": 1}}, "['more']: must be an integer, not dict"),
}


@pytest.mark.parametrize(("data", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(data: Any, said: str) -> None:
    """A JSON object that is not the model's is refused by path and rule, in a response and by from_dict."""
    error = receive_error(httpx.Response(200, content=json.dumps(data).encode()), Object(Thing))
    with pytest.raises((ValueError, TypeError)) as caught:
        Thing.from_dict(data)

    assert str(error).startswith(f"HTTP 200: body{said}"), f"the message should tell {said!r}: {error}"
    assert str(caught.value).startswith(f"Thing{said}"), f"the message should tell {said!r}: {caught.value}"


@pytest.mark.parametrize("names", [[1], [None], ["a", 1]], ids=str)
def test_names_that_json_has_not(names: list[Any]) -> None:
    """A dict whose keys are no strings is no JSON object, whatever its values are."""
    with pytest.raises(TypeError, match="Thing: must be an object whose names are strings"):
        Thing.from_dict(LEAST | dict.fromkeys(names, 5))
    with pytest.raises(TypeError, match=r"Thing.additional_properties: must be a dict whose keys are strings"):
        Thing("a", None, additional_properties=dict.fromkeys(names, 5))
    thing = Thing("a", None)
    thing.additional_properties.update(dict.fromkeys(names, 5))
    with pytest.raises(TypeError, match=r"Thing.additional_properties: must be a dict whose keys are strings"):
        thing.to_dict()


# What the fields of an optional property are set to, what they are then, and what is written.
GIVEN: dict[str, tuple[str, Any, Any, dict[str, Any]]] = {
    "unset": ("note", UNSET, UNSET, {}),
    "none-where-null-is-forbidden": ("note", None, UNSET, {}),
    "none-where-null-is-allowed": ("hint", None, None, {"hint": None}),
    "unset-where-null-is-allowed": ("hint", UNSET, UNSET, {}),
    "none-of-a-list": ("parts", None, UNSET, {}),
    "none-where-it-is-required": ("owner", None, None, {}),
}


@pytest.mark.parametrize(("name", "given", "value", "written"), GIVEN.values(), ids=GIVEN)
def test_none(name: str, given: Any, value: Any, written: dict[str, Any]) -> None:
    """None stands for null where null is allowed, and elsewhere for what is not given, as UNSET does."""
    made = Thing(**{"name": "a", "owner": None, name: given})
    changed = Thing("a", None, note="n", hint="h", parts=[])
    setattr(changed, name, given)

    assert getattr(made, name) is value
    assert getattr(changed, name) is value
    assert made.to_dict() == LEAST | written
    assert (name in changed.to_dict()) is (name in written or name in LEAST)


WRONG: dict[str, tuple[str, Any, str]] = {
    "required-unset": ("name", UNSET, "Thing.name: must be a string, not Unset"),
    "required-none": ("name", None, "Thing.name: must be a string, not NoneType"),
    "nullable-unset": ("owner", UNSET, "Thing.owner: must be a string, not Unset"),
    "too-long": ("name", "abcdef", "Thing.name: longer than 5 characters (6)"),
    "dict-for-a-model": ("parts", [{"partSize": 1}], "Thing.parts[0]: must be of type Part, not dict"),
    "another-model": ("parts", [Part(1), Other(1)], "Thing.parts[1]: must be of type Part, not Other"),
    "additional-list": ("additional_properties", [], "Thing.additional_properties: must be a dict, not list"),
    "additional-none": ("additional_properties", None, "Thing.additional_properties: must be a dict, not NoneType"),
    "additional-wrong": ("additional_properties", {"a": -1}, "Thing.additional_properties['a']: less than 0 (-1)"),
    "additional-unknown": (
        "additional_properties",
        {"a": "blue"},
        "Thing.additional_properties['a']: must be one of 'red'",
    ),
    "additional-named": (
        "additional_properties",
        {"thingName": 1},
        "Thing.additional_properties: 'thingName' is not additional; set name instead",
    ),
}


@pytest.mark.parametrize(("name", "value", "said"), WRONG.values(), ids=WRONG)
def test_wrong(name: str, value: Any, said: str) -> None:
    """A model cannot be made or changed into what its schema forbids, and a failed change changes nothing."""
    thing = Thing("a", None)
    for attempt in (lambda: Thing(**{"name": "a", "owner": None, name: value}), lambda: setattr(thing, name, value)):
        with pytest.raises((ValueError, TypeError)) as caught:
            attempt()
        assert str(caught.value).startswith(said), f"the message should begin with {said!r}: {caught.value}"

    assert thing == Thing("a", None)


# Changes in the depth of a model, which nothing checks when they are made, and what is said when it is written.
CHANGES: dict[str, tuple[Callable[[Any], object], str]] = {
    "item": (lambda thing: thing.parts.append(5), "parts[1]: must be of type Part, not int"),
    "field-by-force": (lambda thing: object.__setattr__(thing.parts[0], "size", 0), "parts[0].size: less than 1 (0)"),
    "unknown-member": (
        lambda thing: object.__setattr__(thing.parts[0], "color", "blue"),
        "parts[0].color: must be one of 'red' ('blue')",
    ),
    "required-unset": (lambda thing: object.__setattr__(thing, "name", UNSET), "name: must be a string, not Unset"),
    "additional": (
        lambda thing: thing.additional_properties.update(a=-1),
        "additional_properties['a']: less than 0 (-1)",
    ),
    "additional-named": (
        lambda thing: thing.additional_properties.update(owner=1),
        "additional_properties: 'owner' is not additional; set owner instead",
    ),
    "additional-lost": (
        lambda thing: object.__setattr__(thing, "additional_properties", None),
        "additional_properties: must be a dict, not NoneType",
    ),
}


@pytest.mark.parametrize(("change", "said"), CHANGES.values(), ids=CHANGES)
def test_changed_in_depth(change: Callable[[Any], object], said: str) -> None:
    """What was changed in the depth of a model is checked before it is sent."""
    thing = Thing("a", None, parts=[Part(1)])
    change(thing)
    with pytest.raises((ValueError, TypeError)) as caught:
        Object(Thing).dump(thing, "body")

    assert str(caught.value).startswith(f"body.{said}"), f"the message should begin with {said!r}: {caught.value}"


def test_additional_properties_as_items() -> None:
    """Additional properties are read and written like the items of a dict, and checked when they are."""
    thing = Thing("a", None)
    thing["more"] = 5
    thing["gone"] = 6
    del thing["gone"]
    with pytest.raises(ValueError, match=r"Thing\['more'\]: less than 0"):
        thing["more"] = -1
    with pytest.raises(ValueError, match="'owner' is not additional"):
        thing["owner"] = 1

    assert thing["more"] == 5
    assert "more" in thing
    assert "gone" not in thing
    assert "name" not in thing
    assert thing.additional_keys == ["more"]
    assert thing.to_dict() == LEAST | {"more": 5}


def test_nothing_is_shared() -> None:
    """Two models share no additional properties, and reading a dict leaves it as it is."""
    data = LEAST | {"more": 5, "parts": [{"partSize": 1}]}
    before = json.dumps(data)
    one, other = Thing.from_dict(data), Thing("a", None)
    one["new"] = 1
    other["other"] = 2

    assert json.dumps(data) == before
    assert (one.additional_keys, other.additional_keys) == (["more", "new"], ["other"])
    assert Thing("a", None).additional_properties == {}
