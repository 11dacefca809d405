"""What differs in what an operation takes: parameters, request body, credentials."""

from __future__ import annotations

import json
from typing import Any

from ._context import Context
from ._difference import Direction, Place, Verdict
from ._document import Document, Node
from ._operations import Operation, is_anonymous, path_names
from ._words import by_media_type, joined, quoted

_PARAMETER = ("$ref", "name", "in", "required", "schema", "content", "style", "explode", "allowReserved")
_STYLES = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
_REFUSED = "Requests that were valid are refused."
_ACCEPTED = "Requests that were valid stay valid."


def compare_request(context: Context, old: Operation, new: Operation) -> None:
    """Compare what two operations take."""
    _compare_parameters(context, old, new)
    _compare_body(context, old, new)
    _compare_security(context, old, new)


def _compare_parameters(context: Context, old: Operation, new: Operation) -> None:
    left, right = dict(old.parameters), dict(new.parameters)
    # A parameter of the path is known by its position: its name is not sent.
    order = path_names(old), path_names(new)
    if order[0] != order[1] and sorted(order[0]) == sorted(order[1]):
        effect = "Old clients send each value where another one is read."
        context.breaking(Place(new.name), "path", f"{new.path}, before {old.path}", effect, "Keep the order.")
    for before, now in zip(*order, strict=False):
        if before != now and ("path", before) in left and ("path", now) in right and ("path", now) not in left:
            right["path", before] = right.pop(("path", now))
            context.breaking(
                Place(new.name, f"path {before}"),
                "name",
                f"{now}, before {before}",
                "Code that passes it by its name fails.",
                "Keep the name; it is not sent.",
                names=[f"operation {old.id} {before}", f"operation {old.id} {now}"],
            )
    for key in list(left):
        if key in right:
            _compare_parameter(context, old, new, *left.pop(key), *right.pop(key))
    for (location, _), (parameter, _) in left.items():
        name = str(parameter["name"])
        place = Place(new.name, f"{location} {name}")
        names = [f"operation {old.id} {name}"]
        elsewhere = next((key for key, (each, _) in right.items() if str(each["name"]).lower() == name.lower()), None)
        if elsewhere is not None:
            right.pop(elsewhere)
            change = f"moved from the {location} to the {elsewhere[0]}"
            effect = "Old clients send it where it is not read any more."
            context.breaking(place, "in", change, effect, f"Leave it in the {location}.", names=names)
        else:
            effect = "Code that passes it fails, or the service ignores it."
            remedy = "Keep it, and mark it `deprecated: true`."
            context.breaking(place, "parameters", "removed", effect, remedy, names=names)
    for (location, _), (parameter, origin) in right.items():
        place = Place(new.name, f"{location} {parameter['name']}")
        names = [f"operation {old.id} {parameter['name']}"]
        if parameter.get("required", False):
            effect = "Requests of old clients lack it, and are refused."
            context.breaking(
                place, "required", "new, and required", effect, "Make it optional.", origin=origin, names=names
            )
        else:
            context.widening(place, "parameters", "new, and optional", "Old clients leave it out.", origin=origin)


def _compare_parameter(
    context: Context, old_operation: Operation, operation: Operation, old: Node, old_origin: str, new: Node, origin: str
) -> None:
    location, name = str(new["in"]), str(old["name"])
    place = Place(operation.name, f"{location} {name}")
    names = frozenset({f"operation {old_operation.id} {name}"})
    before, now = bool(old.get("required", False)), bool(new.get("required", False))
    if now and not before:
        change, remedy = "required, before optional", "Leave it optional."
        context.breaking(place, "required", change, _REFUSED, remedy, origin=origin, names=names)
    elif before and not now:
        context.widening(place, "required", "optional, before required", _ACCEPTED, origin=origin)
    style = _STYLES[location]
    for key, absent in (("style", style), ("explode", None), ("allowReserved", False)):
        was, is_now = (_styled(each, key, absent) for each in (old, new))
        if was != is_now:
            change = f"{quoted(is_now)}, before {quoted(was)}"
            effect = "Old clients write it in a way that is not understood any more."
            context.breaking(place, key, change, effect, "Keep the way it is written.", origin=origin)
    if "content" in old or "content" in new:
        _compare_content(context, place, old.get("content", {}), new.get("content", {}), (old_origin, origin), names)
    if "schema" in old or "schema" in new:
        origins = f"{old_origin}/schema", f"{origin}/schema"
        schemas = old.get("schema", True), new.get("schema", True)
        context.schemas(Direction.REQUEST, place, *schemas, origins, names)
    context.others(place, old, new, _PARAMETER, origin)


def _styled(parameter: Node, key: str, absent: Any) -> Any:
    if key == "explode":
        absent = parameter.get("style", _STYLES[parameter["in"]]) == "form"
    return parameter.get(key, absent)


def _compare_content(
    context: Context,
    place: Place,
    old: Node,
    new: Node,
    origins: tuple[str, str],
    names: frozenset[str],
) -> None:
    """Compare the media types that something is taken in."""
    old, new = by_media_type(old), by_media_type(new)
    for media_type in dict.fromkeys([*old, *new]):
        if media_type not in new:
            effect = "Old clients send it, and are refused."
            context.breaking(
                place, "content", f"no {media_type} any more", effect, "Keep the media type.", origin=origins[1]
            )
        elif media_type not in old:
            context.widening(place, "content", f"{media_type} too", _ACCEPTED, origin=origins[1])
        else:
            where = f"content/{media_type.replace('~', '~0').replace('/', '~1')}"
            before, now = old[media_type], new[media_type]
            places = f"{origins[0]}/{where}/schema", f"{origins[1]}/{where}/schema"
            context.schemas(
                Direction.REQUEST, place, before.get("schema", True), now.get("schema", True), places, names
            )
            context.others(place, before, now, ("schema", "examples", "example"), f"{origins[1]}/{where}")
            _compare_examples(context, place, before, now, f"{origins[1]}/{where}")


def _compare_examples(context: Context, place: Place, old: Node, new: Node, origin: str) -> None:
    before, now = old.get("examples", {}), new.get("examples", {})
    for name in dict.fromkeys([*before, *now]):
        if context.old.meaning(before.get(name)) != context.new.meaning(now.get(name)):
            change = f"example {name} {'added' if name not in before else 'changed' if name in now else 'removed'}"
            context.harmless(place, "examples", change, origin=f"{origin}/examples/{name}")
    if old.get("example") != new.get("example"):
        context.harmless(place, "example", "changed", origin=f"{origin}/example")


def _compare_body(context: Context, old: Operation, new: Operation) -> None:
    place = Place(new.name, "request body")
    names = frozenset({f"operation {old.id} body"})
    if "requestBody" not in old.node and "requestBody" not in new.node:
        return
    origins = f"{old.origin}/requestBody", f"{new.origin}/requestBody"
    if "requestBody" not in new.node:
        effect = "Code that passes a body fails, or the service ignores it."
        context.breaking(place, "requestBody", "removed", effect, "Keep it.", origin=origins[1], names=names)
        return
    now, new_origin = context.new.resolve(new.node["requestBody"], origins[1])
    if "requestBody" not in old.node:
        if now.get("required", False):
            effect = "Requests of old clients lack it, and are refused."
            context.breaking(
                place, "required", "new, and required", effect, "Make it optional.", origin=new_origin, names=names
            )
        else:
            context.widening(place, "requestBody", "new, and optional", "Old clients send none.", origin=new_origin)
        return
    before, old_origin = context.old.resolve(old.node["requestBody"], origins[0])
    was, is_now = bool(before.get("required", False)), bool(now.get("required", False))
    if is_now and not was:
        change, remedy = "required, before optional", "Leave it optional."
        context.breaking(place, "required", change, _REFUSED, remedy, origin=new_origin, names=names)
    elif was and not is_now:
        context.widening(place, "required", "optional, before required", _ACCEPTED, origin=new_origin)
    contents = before.get("content", {}), now.get("content", {})
    _compare_content(context, place, *contents, (old_origin, new_origin), names)
    context.others(place, before, now, ("required", "content"), new_origin)


def _compare_security(context: Context, old: Operation, new: Operation) -> None:
    place = Place(new.name, "security")
    if is_anonymous(old.security):
        if not is_anonymous(new.security):
            effect = "Calls without credentials, which were answered, are refused."
            context.breaking(place, "security", "credentials are required, before none", effect, "Do without them.")
        return
    if is_anonymous(new.security):
        context.widening(place, "security", "no credentials are required any more", _ACCEPTED)
        return
    before = [(_known(each, context.old, context.new), _shown(each)) for each in old.security]
    now = [(_known(each, context.new, context.old), _shown(each)) for each in new.security]
    for alternative, shown in before:
        # What asks for less than before is taken from those who send more.
        if not any(_contains(alternative, each) for each, _ in now):
            effect = "Calls with these credentials, which were answered, are refused."
            context.breaking(place, "security", f"{shown} does not suffice any more", effect, "Keep it.")
    for alternative, shown in now:
        if not any(_contains(alternative, each) for each, _ in before):
            context.widening(place, "security", f"{shown} suffices", _ACCEPTED)


def _known(alternative: dict[str, list[str]], document: Document, other: Document) -> dict[str, list[str]]:
    """Return credentials by what is the same in both documents: a scheme's name, or else what the scheme is."""
    return {
        name
        if name in _schemes(other)
        else json.dumps(document.meaning(_schemes(document).get(name)), sort_keys=True): scopes
        for name, scopes in alternative.items()
    }


def _schemes(document: Document) -> Node:
    schemes: Node = document.root.get("components", {}).get("securitySchemes", {})
    return schemes


def _contains(alternative: dict[str, list[str]], other: dict[str, list[str]]) -> bool:
    """Whether one set of credentials has all that another one asks for."""
    return all(name in alternative and set(scopes) <= set(alternative[name]) for name, scopes in other.items())


def _shown(alternative: dict[str, list[str]]) -> str:
    return " with ".join(f"{name} ({joined(scopes)})" if scopes else name for name, scopes in alternative.items())


def compare_schemes(context: Context) -> None:
    """Compare the security schemes that both documents have."""
    before, now = _schemes(context.old), _schemes(context.new)
    for name in dict.fromkeys([*before, *now]):
        place = Place("components", f"security scheme {name}")
        if name not in now or name not in before:
            # Which operations take it is what counts, and is compared there.
            context.add(
                Verdict.HARMLESS,
                place,
                "securitySchemes",
                "added" if name in now else "removed",
                "What operations take is compared there.",
            )
            continue
        origin = f"#/components/securitySchemes/{name}"
        old, new = context.old.resolve(before[name], origin)[0], context.new.resolve(now[name], origin)[0]
        for key in ("type", "in", "name", "scheme", "bearerFormat", "openIdConnectUrl", "flows"):
            same = old.get(key) == new.get(key)
            if key in ("name", "scheme") and old.get("in", "header") == "header":
                same = str(old.get(key)).lower() == str(new.get(key)).lower()
            if not same:
                change = f"{quoted(new.get(key))}, before {quoted(old.get(key))}"
                effect = "Old clients send their credentials as before, and are refused."
                context.breaking(place, key, change, effect, "Keep it, and add another scheme.")
        known = ("type", "in", "name", "scheme", "bearerFormat", "openIdConnectUrl", "flows")
        context.others(place, old, new, known, origin)
