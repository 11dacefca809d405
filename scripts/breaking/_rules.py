"""Every difference of two documents, named by place and rule."""

from __future__ import annotations

from typing import Any

from ._context import Context
from ._difference import Place
from ._document import Document, Node
from ._operations import OUTSIDE, Operation, Pairs
from ._requests import compare_request, compare_schemes
from ._responses import compare_responses
from ._words import in_python, quoted

_ROOT = ("openapi", "info", "servers", "paths", "components", "security", "x-gateway-responses", "tags")
_ITEM = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "parameters", "servers", "$ref")
_OPERATION = ("operationId", "tags", "parameters", "requestBody", "responses", "security", "servers")


def compare(old: Document, new: Document, pairs: Pairs) -> Context:
    """Compare two documents by rule.

    Args:
        old: The old document.
        new: The new document.
        pairs: Their operations.
    """
    context = Context(old, new)
    _compare_root(context)
    for operation in pairs.removed:
        effect = "Code that calls it fails: a service of the new document does not know it."
        remedy = "Keep it, and mark it `deprecated: true`."
        names = {f"operation {operation.id}"}
        context.breaking(Place(operation.name), "paths", "operation removed", effect, remedy, names=names)
    for before, now in pairs.same:
        _compare_operation(context, before, now)
    for operation in pairs.added:
        context.widening(Place(operation.name), "paths", "new operation", "Old clients do not call it.")
    gateway = [document.root.get("x-gateway-responses", {}) for document in (old, new)]
    origin = "#/x-gateway-responses"
    compare_responses(context, OUTSIDE, gateway[0], gateway[1], (origin, origin), frozenset())
    compare_schemes(context)
    _compare_unused(context)
    return context


def _compare_root(context: Context) -> None:
    old, new = context.old.root, context.new.root
    before, now = old.get("info", {}), new.get("info", {})
    for key in sorted({*before, *now} - {"version"}):
        if before.get(key) != now.get(key):
            context.harmless(Place("info"), key, "changed")
    if old["openapi"] != new["openapi"]:
        context.harmless(Place("document"), "openapi", f"{new['openapi']}, before {old['openapi']}")
    if old.get("tags") != new.get("tags"):
        context.harmless(Place("document"), "tags", "changed", "The tags of operations are compared there.")
    _compare_servers(context, Place("servers"), old.get("servers", []), new.get("servers", []))
    context.others(Place("document"), old, new, _ROOT, "#")
    for path in old["paths"].keys() & new["paths"].keys():
        place = Place(path)
        items = context.old.resolve(old["paths"][path], "")[0], context.new.resolve(new["paths"][path], "")[0]
        context.others(place, *items, _ITEM, f"#/paths/{path}")


def _compare_servers(context: Context, place: Place, old: list[Node], new: list[Node]) -> None:
    left, right = list(old), list(new)
    found: list[tuple[Node, Node]] = []
    # A server is known by the name that users ask for it by, or by its URL.
    for key in ("x-cloud", "url"):
        for server in list(left):
            same = (each for each in right if key in server and each.get(key) == server[key])
            if (other := next(same, None)) is not None:
                found.append((server, other))
                left.remove(server)
                right.remove(other)
    for before, now in found:
        where = Place(place.operation, f"{place.part} {before['url']}".strip())
        if before["url"] != now["url"]:
            effect = "Old clients go on calling the old host."
            context.breaking(where, "url", f"{now['url']}, before {before['url']}", effect, "Add a server.")
        variables = before.get("variables", {}), now.get("variables", {})
        for name in dict.fromkeys([*variables[0], *variables[1]]):
            _compare_variable(context, where, name, variables[0].get(name), variables[1].get(name))
        context.others(where, before, now, ("url", "variables"), "#/servers")
    for server in left:
        where = Place(place.operation, f"{place.part} {server['url']}".strip())
        context.breaking(where, "servers", "removed", "Code that asks for it fails.", "Keep it.")
    for server in right:
        where = Place(place.operation, f"{place.part} {server['url']}".strip())
        context.widening(where, "servers", "new", "Old clients go on calling theirs.")


def _compare_variable(context: Context, place: Place, name: str, old: Any, new: Any) -> None:
    where = Place(place.operation, f"{place.part} variable {name}")
    if old is None or new is None:
        if old is not None:
            context.breaking(where, "variables", "removed", "Code that gives it a value fails.", "Keep it.")
        else:
            context.widening(where, "variables", "new", "It has a default.")
        return
    if old.get("default") != new.get("default"):
        change = f"{quoted(new.get('default'))}, before {quoted(old.get('default'))}"
        context.breaking(
            where, "default", change, "Code that gives it no value calls another host.", "Keep the default."
        )
    before, now = old.get("enum"), new.get("enum")
    if before != now and now is not None and (before is None or not set(before) <= set(now)):
        context.breaking(where, "enum", "values removed", "Code that gives it such a value fails.", "Keep the values.")
    elif before != now:
        context.widening(where, "enum", "values added", "The values that there were are there.")
    context.others(where, old, new, ("default", "enum"), "#/servers")


def _compare_operation(context: Context, old: Operation, new: Operation) -> None:
    place = Place(new.name)
    names = frozenset({f"operation {old.id}"})
    gone = "Old clients call what there is no more."
    if old.route[1] != new.route[1]:
        change = f"{new.path}, before {old.path}"
        context.breaking(place, "path", change, gone, "Keep the old path too.", names=names)
    if old.method != new.method:
        change = f"{new.method.upper()}, before {old.method.upper()}"
        context.breaking(place, "method", change, gone, "Keep the old method too.", names=names)
    if old.id != new.id:
        change = f"{new.id}, before {old.id}"
        if in_python(old.id) == in_python(new.id):
            context.harmless(place, "operationId", change, "In Python the name is the same.")
        else:
            effect = "Code that imports the module of the old name fails."
            names_of_both = names | {f"operation {new.id}"}
            context.breaking(place, "operationId", change, effect, "Keep the operationId.", names=names_of_both)
    if in_python(old.tag) != in_python(new.tag):
        effect = "Code that imports the module from the old package fails."
        change = f"first {new.tag}, before {old.tag}"
        context.breaking(place, "tags", change, effect, "Keep the first tag.", names=names)
    elif old.node.get("tags") != new.node.get("tags"):
        context.harmless(place, "tags", "changed", "In Python the first one counts, and is the same.")
    compare_request(context, old, new)
    responses = old.node.get("responses", {}), new.node.get("responses", {})
    origins = f"{old.origin}/responses", f"{new.origin}/responses"
    compare_responses(context, new.name, *responses, origins, frozenset({f"operation {old.id} return"}))
    if old.servers or new.servers:
        _compare_servers(context, Place(new.name, "servers"), old.servers, new.servers)
    context.others(place, old.node, new.node, _OPERATION, new.origin)


def _compare_unused(context: Context) -> None:
    """Compare the components that no operation uses."""
    old, new = (document.root.get("components", {}) for document in (context.old, context.new))
    used = context.old.used() | context.new.used()
    for section in dict.fromkeys([*old, *new]):
        if section == "securitySchemes" or section.startswith("x-"):
            continue
        before, now = old.get(section, {}), new.get(section, {})
        for name in dict.fromkeys([*before, *now]):
            reference = f"#/components/{section}/{name}"
            if reference in used or context.old.meaning(before.get(name)) == context.new.meaning(now.get(name)):
                continue
            change = "added" if name not in before else "removed" if name not in now else "changed"
            context.harmless(Place("components", f"{section} {name}"), section, change, "No operation uses it.")
