"""What differs between two schemas, and which of the two allows more.

Whether that is good or bad depends on the direction in which the value goes, and is for `_meaning` to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ._document import ANNOTATIONS, Document, Node
from ._extensions import of_extension
from ._keywords import APART, TYPES, Change, Effect, Maker, of_keywords, of_types, types_of
from ._words import joined, turned

_NUMBERS, _STRINGS, _ARRAYS, _OBJECTS = {"integer", "number"}, {"string"}, {"array"}, {"object"}
_OF_TYPE = {
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), _NUMBERS),
    **dict.fromkeys(("minLength", "maxLength", "pattern"), _STRINGS),
    **dict.fromkeys(("items", "minItems", "maxItems", "uniqueItems"), _ARRAYS),
    **dict.fromkeys(("properties", "required", "additionalProperties"), _OBJECTS),
    "format": _NUMBERS | _STRINGS,
}
"""The types that keywords say something about; the others of them, about all."""


class Comparison:
    """Compares schemas of two documents.

    Args:
        old: The old document.
        new: The new document.
    """

    def __init__(self, old: Document, new: Document) -> None:
        self._old = old
        self._new = new
        # By identity: a schema that contains itself within allOf is merged anew at each level, but of the same parts.
        self._known: dict[tuple[int, int], list[Change]] = {}
        self._kept: list[Any] = []  # So that no identity is given twice.

    def changes(self, old: Any, new: Any, old_origin: str, new_origin: str) -> list[Change]:
        """Return what differs between two schemas, with paths that start at them.

        Args:
            old: A schema of the old document.
            new: One of the new document.
            old_origin: Where the first stands.
            new_origin: Where the second stands.
        """
        before, now = _beside_reference(old), _beside_reference(new)
        beside = [
            Change(Effect.ANNOTATION, key, turned(key in before, key in now), "", new_origin)
            for key in sorted({*before, *now})
            if before.get(key) != now.get(key)
        ]
        model, new_model = _model(old, self._old), _model(new, self._new)
        if model and model != new_model:
            words = f"{new_model or 'another class'}, before {model}"
            beside.append(Change(Effect.MODEL, "model", words, "", new_origin, model))
        old, old_origin = self._old.resolve({"$ref": old["$ref"]} if before else old, old_origin)
        new, new_origin = self._new.resolve({"$ref": new["$ref"]} if now else new, new_origin)
        key = (id(old), id(new))
        if key not in self._known:
            self._kept += [old, new]
            self._known[key] = []  # So that a schema that contains itself comes to an end.
            parts = flattened(old, self._old), flattened(new, self._new)
            self._known[key] = list(self._all(*parts, old_origin, new_origin))
        return self._known[key] + beside

    def _all(self, old: Node, new: Node, old_origin: str, new_origin: str) -> Iterator[Change]:
        def change(effect: Effect, rule: str, words: str, name: str = "") -> Change:
            return Change(effect, rule, words, "", new_origin, name)

        if _alternatives(old) or _alternatives(new):
            yield from self._of_alternatives(old, new, old_origin, new_origin, change)
            return
        yield from of_types(old, new, change)
        if not types_of(old) & types_of(new):
            return  # Of what else is different nothing can be said: no value is of both types.
        yield from of_keywords(old, new, change)
        for keyword in ("allOf", "anyOf", "oneOf"):
            yield from self._of_parts(keyword, old, new, old_origin, new_origin, change)
        yield from self._of_properties(old, new, old_origin, new_origin)
        for keyword, step, words in (
            ("additionalProperties", "*", "further properties"),
            ("items", "[]", "items"),
        ):
            if keyword not in old and keyword not in new:
                continue
            before, now = old.get(keyword, True), new.get(keyword, True)
            if before is False or now is False:
                if before is not now:
                    closed = now is False
                    effect = Effect.NARROWER if closed else Effect.WIDER
                    yield change(effect, keyword, f"no {words}, before allowed" if closed else f"{words}, before none")
            else:
                yield from self._below(before, now, f"{old_origin}/{keyword}", f"{new_origin}/{keyword}", step)
        for keyword in sorted({*old, *new} - APART):
            if self._old.meaning({keyword: old.get(keyword)}) == self._new.meaning({keyword: new.get(keyword)}):
                continue
            if keyword.startswith("x-"):
                for each in of_extension(keyword, old.get(keyword), new.get(keyword)):
                    yield Change(Effect.EXTENSION, keyword, each.words, "", new_origin, extension=each)
            elif keyword not in old:
                yield change(Effect.NARROWER, keyword, "a new rule")
            elif keyword not in new:
                yield change(Effect.WIDER, keyword, "no such rule any more")
            else:
                yield change(Effect.UNKNOWN, keyword, "another rule")

    def _below(self, old: Any, new: Any, old_origin: str, new_origin: str, step: str) -> Iterator[Change]:
        """Yield what differs between two schemas of a part of the value."""
        for each in self.changes(old, new, old_origin, new_origin):
            dot = "." if each.path and not each.path.startswith("[") else ""
            yield replace(each, path=f"{step}{dot}{each.path}")

    def _of_properties(self, old: Node, new: Node, old_origin: str, new_origin: str) -> Iterator[Change]:
        before, now = old.get("properties", {}), new.get("properties", {})
        required, requires = set(old.get("required", [])), set(new.get("required", []))
        for name in dict.fromkeys([*before, *now, *sorted(required | requires)]):
            place = f"{new_origin}/properties/{name}"
            if name in before and name not in now:
                yield Change(Effect.PROPERTY_REMOVED, "properties", "removed", name, place, name)
            elif name in now and name not in before and name in requires - required:
                yield Change(Effect.NARROWER, "required", "new, and required", name, place, name)
            elif name in now and name not in before:
                # An object that was closed did not allow it.
                effect = Effect.WIDER if old.get("additionalProperties") is False else Effect.PROPERTY_ADDED
                yield Change(effect, "properties", "new, and optional", name, place, name)
            else:
                if name in requires - required:
                    yield Change(Effect.NARROWER, "required", "required, before optional", name, place, name)
                if name in required - requires:
                    yield Change(Effect.WIDER, "required", "optional, before required", name, place, name)
                if name in before:
                    yield from self._below(before[name], now[name], f"{old_origin}/properties/{name}", place, name)

    def _of_alternatives(
        self, old: Node, new: Node, old_origin: str, new_origin: str, change: Maker
    ) -> Iterator[Change]:
        """Yield what differs where at least one schema is nothing but alternatives."""
        for key in sorted(ANNOTATIONS & {*old, *new}):
            if old.get(key) != new.get(key):
                yield change(Effect.ANNOTATION, key, turned(key in old, key in new))
        before, now = _alternatives(old), _alternatives(new)
        if before and now and ("oneOf" in old) != ("oneOf" in new) and not _are_apart(before, self._old):
            words = "exactly one of the alternatives, before at least one"
            if "oneOf" in old:
                words = "at least one of the alternatives, before exactly one"
            yield change(Effect.NARROWER if "oneOf" in new else Effect.WIDER, "oneOf", words)
        keyword = "oneOf" if "oneOf" in old or "oneOf" in new else "anyOf"
        yield from self._of_branches(
            keyword, before or _by_type(old), now or _by_type(new), old_origin, new_origin, change
        )

    def _of_parts(
        self, keyword: str, old: Node, new: Node, old_origin: str, new_origin: str, change: Maker
    ) -> Iterator[Change]:
        """Yield what differs in one of `allOf`, `anyOf` and `oneOf`, beside which there are other rules."""
        before, now = old.get(keyword, []), new.get(keyword, [])
        if keyword == "allOf" or (before and now):
            yield from self._of_branches(keyword, before, now, old_origin, new_origin, change)
        elif before or now:
            yield change(Effect.NARROWER if now else Effect.WIDER, keyword, turned(bool(before), bool(now)))

    def _of_branches(
        self, keyword: str, before: list[Any], now: list[Any], old_origin: str, new_origin: str, change: Maker
    ) -> Iterator[Change]:
        more, fewer = (Effect.NARROWER, Effect.WIDER) if keyword == "allOf" else (Effect.WIDER, Effect.NARROWER)
        pairs, removed, added = self._paired(before, now)
        for index, other in pairs:
            old_place, new_place = f"{old_origin}/{keyword}/{index}", f"{new_origin}/{keyword}/{other}"
            yield from self.changes(before[index], now[other], old_place, new_place)
        for branch in removed:
            yield change(fewer, keyword, f"no {_named(branch)} any more")
        for branch in added:
            yield change(more, keyword, f"{_named(branch)} too")

    def _paired(self, before: list[Any], now: list[Any]) -> tuple[list[tuple[int, int]], list[Any], list[Any]]:
        """Pair the branches of two schemas: those that mean the same, then of the same name, then of the same type."""
        sides = ((before, self._old), (now, self._new))
        meanings = [[document.meaning(each) for each in branches] for branches, document in sides]
        names = [[each.get("$ref") for each in branches] for branches, _ in sides]
        types = [[types_of(document.resolve(each, "")[0]) for each in branches] for branches, document in sides]
        left, right = list(range(len(before))), list(range(len(now)))
        pairs: list[tuple[int, int]] = []
        for first, second in (meanings, names, types):
            for index in list(left):
                same = (each for each in right if first[index] is not None and first[index] == second[each])
                if (other := next(same, None)) is not None:
                    pairs.append((index, other))
                    left.remove(index)
                    right.remove(other)
        return pairs, [before[each] for each in left], [now[each] for each in right]


def flattened(schema: Node, document: Document) -> Node:
    """Merge the parts of `allOf` into the schema where none contradicts another, and an only alternative likewise."""
    parts = [flattened(document.resolve(each, "")[0], document) for each in schema.get("allOf", [])]
    for keyword in ("anyOf", "oneOf"):
        if len(schema.get(keyword, [])) == 1 and not parts:
            parts = [flattened(document.resolve(schema[keyword][0], "")[0], document)]
            schema = {key: value for key, value in schema.items() if key != keyword}
    if not parts:
        return schema
    merged = {key: value for key, value in schema.items() if key != "allOf"}
    for part in parts:
        for key, value in part.items():
            if key == "properties":
                merged[key] = {**value, **merged.get(key, {})}
            elif key == "required":
                merged[key] = list(dict.fromkeys([*merged.get(key, []), *value]))
            elif key in merged and merged[key] != value and key not in ANNOTATIONS:
                return schema
            else:
                merged.setdefault(key, value)
    return merged


def _beside_reference(node: Any) -> Node:
    """Return what stands beside a reference, if that is nothing but words."""
    beside = {key: value for key, value in node.items() if key != "$ref"} if isinstance(node, Mapping) else {}
    return beside if isinstance(node, Mapping) and "$ref" in node and set(beside) <= ANNOTATIONS else {}


def _alternatives(schema: Node) -> list[Any]:
    """Return the alternatives of a schema that is nothing else."""
    keyword = "anyOf" if "anyOf" in schema else "oneOf"
    return list(schema.get(keyword, [])) if set(schema) <= {*ANNOTATIONS, keyword} else []


def _are_apart(alternatives: list[Any], document: Document) -> bool:
    """Whether no value can be of two alternatives, because of their types."""
    types = [types_of(document.resolve(each, "")[0]) for each in alternatives]
    return sum(map(len, types)) == len(frozenset().union(*types))


def _by_type(schema: Node) -> list[Node]:
    """Return a schema of several types as alternatives of one each."""
    types = schema.get("type")
    if not isinstance(types, list):
        return [{key: value for key, value in schema.items() if key not in ANNOTATIONS}]
    return [
        {
            key: value
            for key, value in (schema | {"type": each}).items()
            if key not in ANNOTATIONS and _OF_TYPE.get(key, {each}) & {each}
        }
        for each in types
    ]


def _model(node: Any, document: Document) -> str:
    """Return the name of the schema that a class is generated from; empty where there is none."""
    if not isinstance(node, Mapping):
        return ""
    if "$ref" in node:
        schema = flattened(document.resolve(node, "")[0], document)
        has_class = "properties" in schema or "enum" in schema or schema.get("type") == "object"
        return str(node["$ref"]).rpartition("/")[2] if has_class else ""
    for keyword in ("allOf", "anyOf", "oneOf"):
        branches = node.get(keyword, [])
        if len(branches) == 1 and set(node) <= {*ANNOTATIONS, keyword}:
            return _model(branches[0], document)
    return ""


def _named(branch: Mapping[str, Any]) -> str:
    if "$ref" in branch:
        return str(branch["$ref"]).rpartition("/")[2]
    types = types_of(dict(branch))
    return joined(sorted(types)) if types != TYPES else "alternative"
