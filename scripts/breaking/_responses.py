"""What differs in what an operation answers: statuses, headers, media types, bodies, examples."""

from __future__ import annotations

from typing import Any

from ._context import Context
from ._difference import Direction, Place
from ._document import Node
from ._words import by_media_type, quoted

_FIRST_ERROR = 400
_GONE = "Code that relies on it fails."


def compare_responses(
    context: Context, operation: str, old: Node, new: Node, origins: tuple[str, str], names: frozenset[str]
) -> None:
    """Compare the responses of two operations.

    Args:
        context: The documents.
        operation: What the operation is called.
        old: The responses of the old document's, by status.
        new: The responses of the new document's.
        origins: Where the two stand, as JSON pointers.
        names: The Python names of the operation.
    """
    before, now = ({str(status): each for status, each in node.items()} for node in (old, new))
    for status in dict.fromkeys([*before, *now]):
        if status.startswith("x-"):
            continue
        place = Place(operation, f"response {status}")
        old_status, new_status = _covering(before, status), _covering(now, status)
        origin = f"{origins[1]}/{status}"
        if new_status is None:
            effect = "It is not promised any more, and the mock cannot be told to give it: tests that do fail."
            context.breaking(place, "responses", "removed", effect, "Keep it documented.", origin=origin, names=names)
        elif old_status is None:
            if _is_error(status):
                context.harmless(
                    place, "responses", "new", "Old clients raise an ApiError for any error.", origin=origin
                )
            else:
                effect = "Old clients do not know it, and raise UnexpectedResponse."
                remedy = "Answer with a status that was documented."
                context.breaking(place, "responses", "new", effect, remedy, origin=origin, names=names)
        else:
            pair = before[old_status], now[new_status]
            places = f"{origins[0]}/{old_status}", f"{origins[1]}/{new_status}"
            _compare_response(context, place, *pair, places, names)


def _is_error(status: str) -> bool:
    return status == "default" or int(status[0]) * 100 >= _FIRST_ERROR


def _covering(responses: Node, status: str) -> str | None:
    """Return the key under which responses document a status."""
    return next((each for each in (status, f"{status[0]}XX", "default") if each in responses), None)


def _compare_response(
    context: Context, place: Place, old: Any, new: Any, origins: tuple[str, str], names: frozenset[str]
) -> None:
    before, old_origin = context.old.resolve(old, origins[0])
    now, new_origin = context.new.resolve(new, origins[1])
    _compare_headers(context, place, before.get("headers", {}), now.get("headers", {}), (old_origin, new_origin))
    _compare_content(context, place, before.get("content", {}), now.get("content", {}), (old_origin, new_origin), names)
    _compare_links(context, place, before.get("links", {}), now.get("links", {}), new_origin)
    context.others(place, before, now, ("headers", "content", "links"), new_origin)


def _compare_headers(context: Context, place: Place, old: Node, new: Node, origins: tuple[str, str]) -> None:
    before, now = ({name.lower(): (name, each) for name, each in node.items()} for node in (old, new))
    for key in dict.fromkeys([*before, *now]):
        name = (before.get(key) or now[key])[0]
        where = Place(place.operation, f"{place.part} header {name}")
        places = [f"{origin}/headers/{name}" for origin in origins]
        if key not in now:
            header = context.old.resolve(before[key][1], places[0])[0]
            if header.get("required", False):
                context.breaking(where, "headers", "removed, before required", _GONE, "Keep it.", origin=places[1])
            else:
                effect = "It was optional: code that reads it copes without."
                context.harmless(where, "headers", "removed, before optional", effect, origin=places[1])
            continue
        if key not in before:
            context.harmless(where, "headers", "new", "Old clients do not read it.", origin=places[1])
            continue
        header, old_origin = context.old.resolve(before[key][1], places[0])
        new_header, new_origin = context.new.resolve(now[key][1], places[1])
        required, requires = bool(header.get("required", False)), bool(new_header.get("required", False))
        if required and not requires:
            change, remedy = "optional, before required", "Promise what was promised."
            context.breaking(where, "required", change, _GONE, remedy, origin=new_origin)
        elif requires and not required:
            effect = "Responses have more than was promised; the client does without."
            context.harmless(where, "required", "required, before optional", effect, origin=new_origin)
        schemas = header.get("schema", True), new_header.get("schema", True)
        context.schemas(Direction.HEADER, where, *schemas, (f"{old_origin}/schema", f"{new_origin}/schema"))
        context.others(where, header, new_header, ("required", "schema"), new_origin)


def _compare_content(
    context: Context, place: Place, old: Node, new: Node, origins: tuple[str, str], names: frozenset[str]
) -> None:
    old, new = by_media_type(old), by_media_type(new)
    for media_type in dict.fromkeys([*old, *new]):
        if media_type not in new:
            change = f"no {media_type} any more" if new else f"no body any more, before {media_type}"
            remedy = "Keep the media type."
            context.breaking(place, "content", change, _GONE, remedy, origin=origins[1], names=names)
        elif media_type not in old:
            change = f"{media_type} too" if old else f"a body of {media_type}, before none"
            if _is_error(place.part.split()[-1]):
                effect = "Old clients raise an ApiError whatever the body of an error is."
                context.harmless(place, "content", change, effect, origin=origins[1])
                continue
            effect = "Old clients do not know it, and raise UnexpectedResponse."
            remedy = "Answer in a media type that was documented."
            context.breaking(place, "content", change, effect, remedy, origin=origins[1], names=names)
        else:
            where = f"content/{media_type.replace('~', '~0').replace('/', '~1')}"
            before, now = old[media_type], new[media_type]
            places = f"{origins[0]}/{where}/schema", f"{origins[1]}/{where}/schema"
            schemas = before.get("schema", True), now.get("schema", True)
            context.schemas(Direction.RESPONSE, place, *schemas, places)
            _compare_examples(context, place, before, now, f"{origins[1]}/{where}")
            context.others(place, before, now, ("schema", "examples", "example"), f"{origins[1]}/{where}")


def _compare_examples(context: Context, place: Place, old: Node, new: Node, origin: str) -> None:
    """Compare the examples, which are the answers that the mock can be told to give."""
    for name in dict.fromkeys([*old.get("examples", {}), *new.get("examples", {})]):
        before, now = old.get("examples", {}).get(name), new.get("examples", {}).get(name)
        where = f"{origin}/examples/{name}"
        if now is None:
            effect = f"Tests that have the mock answer with it (`fail_next(example={quoted(name)})`) fail."
            context.breaking(place, "examples", f"example {name} removed", effect, "Keep the example.", origin=where)
        elif before is None:
            effect = "The mock can be told to answer with it."
            context.harmless(place, "examples", f"example {name} added", effect, origin=where)
        elif context.old.meaning(before) != context.new.meaning(now):
            effect = "The mock answers with other values, of the same schema."
            context.harmless(place, "examples", f"example {name} changed", effect, origin=where)
    if old.get("example") != new.get("example"):
        effect = "The mock answers with other values, of the same schema."
        context.harmless(place, "example", "changed", effect, origin=f"{origin}/example")


def _compare_links(context: Context, place: Place, old: Node, new: Node, origin: str) -> None:
    for name in dict.fromkeys([*old, *new]):
        where = f"{origin}/links/{name}"
        if name not in new:
            effect = "Tools that follow it do not find it."
            context.breaking(place, "links", f"link {name} removed", effect, "Keep the link.", origin=where)
        elif name not in old:
            context.harmless(place, "links", f"link {name} added", "Old clients follow no links.", origin=where)
        elif context.old.meaning(old[name]) != context.new.meaning(new[name]):
            effect = "Tools that follow it call something else."
            context.breaking(place, "links", f"link {name} changed", effect, "Add another link.", origin=where)
