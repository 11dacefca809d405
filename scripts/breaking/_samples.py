"""Requests and responses of one document under the other: a second opinion, by sample, on what the rules say.

For each value whose schemas differ, schemathesis makes values that one schema allows, at random and at the edges, and
jsonschema-rs says whether the other one allows them too. Further properties, which nearly every object allows, are left
out: that a new property takes the name of one of them is what makes a contract grow.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from ._context import Value
from ._difference import Difference, Direction, Place, Verdict, attach
from ._document import Document, Node
from ._words import quoted

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LONGEST = 4096
"""Strings are made as long as they may be up to this length, …"""
_MOST = 64
"""… and arrays of as many items as they may have up to this number."""
_VARIANTS = {"any": 12, "greatest": 2, "least": 2}
"""How many values are made of each kind."""


@dataclass(frozen=True)
class _Question:
    """Whether what one document allows is allowed by the other.

    Args:
        value: What is described.
        schema: What is allowed.
        source: The document that allows it.
        other: The schema of the other document.
        target: The other document.
        answer: What it means if it is not allowed.
    """

    value: Value
    schema: Any
    source: Document
    other: Any
    target: Document
    answer: str


def compare(found: list[Difference], values: Iterable[Value], old: Document, new: Document) -> int:
    """Add what samples show to the differences that explain it, or as differences of their own.

    Args:
        found: The differences so far, which is added to.
        values: The values whose schemas to compare.
        old: The old document.
        new: The new document.

    Returns:
        How many samples were validated.
    """
    validated = 0
    for question in _questions(values, old, new):
        samples = _samples(question)
        validator = jsonschema_rs.validator_for(_bundled(question.other, question.target, question.value.direction))
        validated += len(samples)
        for place, instance in _refused(question, validator, samples):
            causes = [each for each in found if each.breaks and each.place.within(place)]
            # In a schema that contains itself a rule names the first place; a sample may be refused at a later one.
            causes = causes or [each for each in found if each.breaks and each.place.ends_as(place)]
            if not attach(causes, f"{question.answer}: {quoted(instance)}"):
                effect = f"{question.answer}; no rule of this check names the cause."
                change = f"{quoted(instance)} is refused"
                remedy = "Compare the two schemas."
                found.append(Difference(Verdict.BREAKING, place, "sample", change, effect, remedy))
    return validated


def _refused(
    question: _Question, validator: jsonschema_rs.Validator, samples: list[Any]
) -> Iterator[tuple[Place, Any]]:
    """Yield where samples are refused, and there the part of one that reads shortest."""
    refused: dict[Place, Any] = {}
    for sample in samples:
        if error := next(validator.iter_errors(sample), None):
            path = _path(error.instance_path, error.evaluation_path)
            place = Place(question.value.place.operation, question.value.place.part, path)
            refused[place] = min(refused.get(place, error.instance), error.instance, key=_length)
    yield from refused.items()


def _length(value: Any) -> int:
    return len(json.dumps(value))


def _questions(values: Iterable[Value], old: Document, new: Document) -> Iterator[_Question]:
    """Yield what to ask, each pair of schemas once."""
    seen: set[str] = set()
    for value in values:
        meanings = old.meaning(value.old), new.meaning(value.new)
        key = json.dumps([value.direction, *meanings], sort_keys=True, default=str)
        if meanings[0] == meanings[1] or key in seen:
            continue
        seen.add(key)
        if value.direction is Direction.REQUEST:
            answer = "A request of an old client is refused under the new document"
            yield _Question(value, value.old, old, value.new, new, answer)
        else:
            answer = "A response of the new document is not what an old client expects"
            yield _Question(value, value.new, new, value.old, old, answer)
            if value.direction is Direction.HEADER:
                continue
            answer = "A response of the old document is not what the new client expects"
            yield _Question(value, value.old, old, value.new, new, answer)


def _bundled(schema: Any, document: Document, direction: Direction) -> Node:
    """Return a schema with what it refers to, as the client reads it: in a response every value of an enum is kept."""
    components = {"schemas": document.root.get("components", {}).get("schemas", {})}
    whole = {"$schema": _DIALECT, "allOf": [schema], "components": components}
    return _without(whole, "enum") if direction is not Direction.REQUEST else whole


def _without(node: Any, keyword: str) -> Any:
    if isinstance(node, list):
        return [_without(each, keyword) for each in node]
    if not isinstance(node, dict):
        return node
    return {
        key: {name: _without(each, keyword) for name, each in value.items()}
        if key in ("properties", "schemas") and isinstance(value, dict)
        else _without(value, keyword)
        for key, value in node.items()
        if key != keyword
    }


def _samples(question: _Question) -> list[Any]:
    """Return values that the question's schema allows."""
    values = [
        value
        for variant, number in _VARIANTS.items()
        for value in _generated(_document(question.schema, question.source, variant), number)
    ]
    validator = jsonschema_rs.validator_for(_bundled(question.schema, question.source, Direction.REQUEST))
    return [value for value in values if _is_json(value) and validator.is_valid(value)]


def a_sample(schema: Any, document: Document) -> Any:
    """Return a value that a schema allows; None where none can be made."""
    return next(iter(_generated(_document(schema, document, "least"), 1)), None)


def _generated(document: Node, number: int) -> list[Any]:
    """Return bodies for a document's only operation; none where there are none that can be made."""
    # Only here, because it takes a while to import.
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis.errors import Unsatisfiable
    from schemathesis import GenerationMode

    bodies: list[Any] = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        operation = schemathesis.openapi.from_dict(document)["/"]["POST"]

        @settings(
            max_examples=number,
            database=None,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
        def collect(case: schemathesis.Case[Any]) -> None:
            bodies.append(case.body)

        with suppress(Unsatisfiable):
            collect()
    return bodies


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (TypeError, ValueError):
        return False
    return True


def _document(schema: Any, source: Document, variant: str) -> Node:
    """Return a document whose only operation takes the value as its body."""
    schemas = source.root.get("components", {}).get("schemas", {})
    body = {"required": True, "content": {"application/json": {"schema": _varied(schema, variant)}}}
    operation = {"requestBody": body, "responses": {"200": {"description": "Done."}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Samples", "version": "1"},
        "paths": {"/": {"post": operation}},
        "components": {"schemas": {name: _varied(each, variant) for name, each in schemas.items()}},
    }


def _varied(schema: Any, variant: str, *, closed: bool = True) -> Any:
    """Return a schema that allows only values of a kind, all of which the schema itself allows too."""
    if not isinstance(schema, dict):
        return schema
    varied: Node = {}
    for key, value in schema.items():
        if key in ("example", "examples", "default", "description"):
            continue
        if key == "properties":
            names = [*value] if variant != "least" else [name for name in value if name in schema.get("required", [])]
            varied[key] = {name: _varied(value[name], variant) for name in names}
        elif key in ("allOf", "anyOf", "oneOf"):
            varied[key] = [_varied(each, variant, closed=key != "allOf") for each in value]
        elif key in ("items", "additionalProperties", "not"):
            varied[key] = value if key == "not" else _varied(value, variant)
        else:
            varied[key] = value
    if "properties" in varied and closed and "allOf" not in schema and varied.get("additionalProperties", True) is True:
        varied["additionalProperties"] = False
    if variant == "greatest":
        if "properties" in varied:
            varied["required"] = [*varied["properties"]]
        if varied.get("maxLength", _LONGEST + 1) <= _LONGEST:
            varied["minLength"] = varied["maxLength"]
        if varied.get("maxItems", _MOST + 1) <= _MOST:
            varied["minItems"] = varied["maxItems"]
        if "maximum" in varied:
            varied["minimum"] = varied["maximum"]
    elif variant == "least":
        if "minLength" in varied or "maxLength" in varied:
            varied["maxLength"] = varied.get("minLength", 0)
        if "minItems" in varied or "maxItems" in varied:
            varied["maxItems"] = varied.get("minItems", 0)
        if "minimum" in varied:
            varied["maximum"] = varied["minimum"]
    return varied


def _path(parts: list[Any], rules: list[Any]) -> str:
    """Write where in a value something is as the rules do: a further property is `*`, whatever its name."""
    left = iter(rules)
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += "[]"
            continue
        # What was applied: `properties` and a name, or `additionalProperties` without one.
        keyword = next((each for each in left if each in ("properties", "additionalProperties")), "properties")
        name = "*" if keyword == "additionalProperties" else str(next(left, part))
        text += f".{name}" if text else name
    return text
