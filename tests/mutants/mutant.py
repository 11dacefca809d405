"""What a mutant is, and the two ways to make one of the document: a server and a client that keep it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import yaml

from tests.contract import mock
from tests.contract.document import ROOT, Document, Response
from tests.contract.values import variants
from tests.mutants.constraints import Constraint

SUITE = "tests/contract"

Side = Literal["server", "client", "runs"]

Mistake = Callable[[Callable[[], None]], Callable[[], None]]


@dataclass(frozen=True)
class Mutant:
    """A mistake, made on purpose.

    Args:
        name: What it is, in words.
        side: Who makes it.
        apply: Makes it, in the process that calls it; it is given a folder to write to.
        at_an_edge: Whether it is a constraint's, so that the edges are where to look first.
        look_first: The arguments of pytest for tests that ought to catch it; all others follow if they do not.
    """

    name: str
    side: Side
    apply: Callable[[Path], None]
    at_an_edge: bool = False
    look_first: tuple[str, ...] = ()


# Where the edges of a constraint are tried, by the part of requests or responses that it is about.
_EDGES = {
    ("parameter", "server"): "server/test_parameters.py",
    ("parameter", "client"): "client/test_requests.py",
    ("body", "server"): "server/test_bodies.py",
    ("body", "client"): "client/test_requests.py",
    ("answer", "client"): "client/test_responses.py",
}


def _at_its_edges(constraint: Constraint, side: Literal["server", "client"], document: Document) -> tuple[str, ...]:
    """Return the arguments of pytest for the tests of a constraint's own edges: they name its parameter or property."""
    module = _EDGES.get((constraint.at, side))
    if module is None:
        return ()
    _, name = _place(constraint, document)
    return f"{SUITE}/{module}", f"-k=edges and {name}" if name else "-k=edges"


def of_document(constraint: Constraint, document: Document) -> Iterator[Mutant]:
    """Give the mutants that a changed constraint makes.

    Not all make two: a text of a path or header is a text whatever its type says; a server need not give every answer
    that is allowed; and a client has nothing to do with headers of answers, nor with who may call.
    """
    texts = constraint.at in ("parameter", "header") and constraint.keyword == "type"
    answer = constraint.at in ("answer", "header")
    name = constraint.name
    if answer and constraint.direction == "laxer":
        if not (texts and "number" not in constraint.change):
            yield Mutant(f"server: {name}", "server", lambda folder: _answer_with(constraint, document))
    elif not answer and not (texts and constraint.direction == "laxer"):
        yield Mutant(
            f"server: {name}",
            "server",
            lambda folder: _serve(constraint, document, folder),
            at_an_edge=True,
            look_first=_at_its_edges(constraint, "server", document),
        )
    # A client sends one media type, the first.
    other = constraint.keyword == "content" and constraint.direction == "laxer"
    # What an enum does not know, a client keeps in answers.
    kept = constraint.at == "answer" and constraint.keyword == "enum"
    if constraint.at != "header" and constraint.keyword != "security" and not other and not kept:
        yield Mutant(
            f"client: {name}",
            "client",
            lambda folder: _generate(constraint, document, folder),
            at_an_edge=True,
            look_first=_at_its_edges(constraint, "client", document),
        )


def _write(constraint: Constraint, document: Document, folder: Path) -> Path:
    path = folder / "openapi.yaml"
    path.write_text(yaml.safe_dump(constraint.applied(document.root), allow_unicode=True, sort_keys=False))
    return path


def serve_in_process(document: Path) -> None:
    """Have the suite start mocks in its own process, where they can be changed."""
    import dataarts_mock._app
    from dataarts_mock import MockServer

    dataarts_mock._app.find_document = lambda: document  # type: ignore[attr-defined]

    @contextmanager
    def started(*arguments: str, log: Path | None = None) -> Iterator[str]:
        rate = int(arguments[arguments.index("--rate-limit") + 1]) if "--rate-limit" in arguments else None
        with MockServer(any_job="--any-job" in arguments, rate_limit=rate) as server:
            yield server.url

    mock.started = started


def _serve(constraint: Constraint, document: Document, folder: Path) -> None:
    """Have the mock serve the changed document."""
    from dataarts_mock._document import Parameter
    from dataarts_mock._instances import Script
    from dataarts_mock._state import STATES, State

    serve_in_process(_write(constraint, document, folder))

    def add_job(self: Any, name: str, workspace: str | None = None, **others: Any) -> None:
        script = Script(STATES, duration=None, delay=0, submitted=0)
        self._jobs.setdefault(workspace, {})[name] = script  # Whatever its name: the mock must start.

    State.add_job = add_job  # type: ignore[method-assign]

    def make_do(real: Callable[..., tuple[Any, str | None]]) -> Callable[..., tuple[Any, str | None]]:
        def read(self: Any, *texts: Any) -> tuple[Any, str | None]:
            value, violation = real(self, *texts)
            is_changed = name == self.name or reference == self.schema.schema.get("$ref")
            if is_changed and violation is None and isinstance(value, str):
                return (int(value), None) if re.fullmatch("-?[0-9]+", value) else real(self)
            return value, violation

        return read

    # What becomes a text by the change is still counted with: a server makes do with numbers, and ignores the rest.
    schema, name = _place(constraint, document)
    reference = "#/" + "/".join(map(str, constraint.pointer))
    is_type = constraint.at == "parameter" and constraint.keyword == "type"
    if is_type and schema["type"] in ("integer", "number"):
        replaced(Parameter, "_read", make_do)


def _place(constraint: Constraint, document: Document) -> tuple[Any, str]:
    """Return the schema of a constraint, and the name of its parameter or property, empty if it has none."""
    node: Any = document.root
    name = ""
    for before, part in pairwise(("", *constraint.pointer)):
        node = node[part]
        name = str(part) if before == "properties" else name
        name = node["name"] if isinstance(node, dict) and "in" in node else name
    return node, name


def _answer_with(constraint: Constraint, document: Document) -> None:
    """Have the mock give an answer that only the changed document allows."""
    from dataarts_mock._service import Service

    serve_in_process(document.path)
    mutated = Document.__new__(Document)
    mutated.__dict__.update(document.__dict__ | {"root": constraint.applied(document.root), "_validators": {}})
    for cached in ("operations", "outside"):
        mutated.__dict__.pop(cached, None)
    payloads, headers = _witnesses(document, mutated)
    assert payloads or headers, "the change lets nothing in"
    respond = Service.respond

    def changed(self: Any, request: Any) -> Any:
        given = respond(self, request)
        where = request.operation if request.operation and given.status != 405 else None, given.status
        if where in payloads:
            given.body = json.dumps(payloads[where]).encode()
        for name, value in headers.get(where, {}).items():
            given.headers.pop(name, None)
            if value is not None:
                given.headers[name] = str(value)
        return given

    Service.respond = changed  # type: ignore[method-assign]


Where = tuple[str | None, int]


def _witnesses(document: Document, mutated: Document) -> tuple[dict[Where, Any], dict[Where, dict[str, Any]]]:
    """Return, by operation and status, a payload and headers that only the mutated document allows.

    None is a header left out; without an operation it is what a request to none is answered with.
    """
    payloads: dict[Where, Any] = {}
    headers: dict[Where, dict[str, Any]] = {}
    pairs: list[tuple[str | None, Response, Response]] = [
        (None, document.outside[status], after) for status, after in mutated.outside.items()
    ]
    pairs += [
        (before.id, before.responses[key], response)
        for before, after in zip(document.operations, mutated.operations, strict=True)
        for key, response in after.responses.items()
    ]
    for operation, before, after in pairs:
        where = operation, after.status
        for variant in variants(mutated, after.schema):
            if _only(document, before.schema, mutated, after.schema, variant.value):
                payloads[where] = variant.value
                break
        for name, (required, schema) in after.headers.items():
            if before.headers[name][0] and not required:
                headers.setdefault(where, {})[name] = None
            for variant in variants(mutated, schema):
                if _only(document, before.headers[name][1], mutated, schema, variant.value):
                    headers.setdefault(where, {})[name] = variant.value
    return payloads, headers


def _only(document: Document, before: dict[str, Any], mutated: Document, after: dict[str, Any], value: Any) -> bool:
    """Return whether only the mutated schema allows a value."""
    return mutated.violation(after, value) is None and document.violation(before, value) is not None


def _generate(constraint: Constraint, document: Document, folder: Path) -> None:
    """Have the suite use a client that is generated from the changed document."""
    package = generated(_write(constraint, document, folder), folder)
    use_client(package.parent)


def generated(document: Path, folder: Path) -> Path:
    """Generate a client as `make generate` does, but in this process, where the generator is loaded already."""
    sys.path.insert(0, str(ROOT / "scripts"))
    from generate import generate

    return generate(document, folder)


def use_client(folder: Path) -> None:
    """Have the client be imported from a folder."""
    sys.path.insert(0, str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "dataarts_client"]:
        del sys.modules[name]
    import dataarts_client

    assert Path(dataarts_client.__file__).is_relative_to(folder)


def mistakes(side: Side, mutants: list[Mutant]) -> Callable[..., Mistake]:
    """Return what marks functions that make a mistake, by changing that side in this process, and lists them.

    Args:
        side: Which side makes the mistakes.
        mutants: The list.
    """

    def mistake(name: str, tests: str = "") -> Mistake:
        # `tests` is the module of tests/client or tests/runs that ought to catch it, if it is not one of the suite's.
        def added(apply: Callable[[], None]) -> Callable[[], None]:
            def make(folder: Path) -> None:
                apply()

            where = (f"tests/{side}/{tests}.py",) if tests else ()
            mutants.append(Mutant(f"{side}: {name}", side, make, look_first=where))
            return apply

        return added

    return mistake


def replaced(owner: Any, name: str, new: Callable[[Any], Any]) -> None:
    """Put something else in the place of an attribute, made from what is there; it must be there."""
    setattr(owner, name, new(getattr(owner, name)))


Environment = Mapping[str, str]
__all__ = ["ROOT", "SUITE", "Mutant", "generated", "of_document", "replaced", "serve_in_process", "use_client"]
