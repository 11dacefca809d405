"""The two clients against mocks of the two documents: a second opinion, by call, on what the rules say.

- The old client calls a mock of the new document with the examples of the old one: what was answered still is.
- The new client is called as the old one was, against a mock of the old document.
- Each client reads every response that the other one's document has an example of.

A call counts as broken if it ends otherwise than the same call of the old client against a mock of the old document;
and for responses that only the new document has, otherwise than the new client's.
"""

from __future__ import annotations

import inspect
import json
import logging
import pkgutil
import re
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from dataarts_auth import TokenAuth
from dataarts_mock import MockServer

from ._difference import Difference, Place, Verdict, attach
from ._document import Document, Node, UnusableError
from ._operations import Operation, Pairs
from ._python import NEW, OLD
from ._samples import a_sample
from ._served import completed

_FAILED = "raises ServerError 500"
"""How a call ends where the mock fails."""

_CANNOT_SERVE = (ValueError, KeyError, TypeError, AttributeError)
_SECONDS = 30.0
"""How long a call may take."""


@dataclass(frozen=True)
class _Call:
    """A call as users of the old client make it.

    Args:
        operation: The operation, as the old document has it.
        name: The operation, as the new document has it.
        about: What is called, to people.
        parameters: Values by `in` and name.
        body: The body, or `...` for none.
    """

    operation: Operation
    name: str
    about: str
    parameters: dict[tuple[str, str], Any]
    body: Any


@dataclass(frozen=True)
class _Outcome:
    """How a call ended.

    Args:
        kind: What of it counts: that it returned, or the class of the exception and its status.
        words: The same, to people.
        in_python: Whether it ended before anything was sent.
    """

    kind: str
    words: str
    in_python: bool = False


@dataclass
class Report:
    """What was called.

    Args:
        calls: How many calls were compared.
        unserved: Why the mock cannot serve a document, by its name: `old`, `new`.
    """

    calls: int = 0
    unserved: dict[str, str] = field(default_factory=dict)

    def failed(self, server: str, call: _Call) -> None:
        """Remember that a mock failed to answer a call."""
        name = "old" if server == OLD else "new"
        self.unserved.setdefault(
            name, f"It fails at {call.name}, {call.about}. Do the examples of the document keep their schemas?"
        )


class _Side:
    """A client package, and a mock of the document that it was generated from."""

    def __init__(self, package: str, path: Path, stack: ExitStack) -> None:
        self.name = package
        self._stack = stack
        self._clients: dict[str, Any] = {}
        self.mock = stack.enter_context(MockServer(document=path, any_job=True, control=False))

    def client_of(self, server: _Side) -> Any:
        """Return a client of this package for a mock, which may be another side's."""
        if server.name not in self._clients:
            client = import_module(self.name).Client(
                server.mock.url, auth=TokenAuth(server.mock.token), timeout=_SECONDS, max_retries=0
            )
            self._clients[server.name] = self._stack.enter_context(client)
        return self._clients[server.name]


def compare(
    found: list[Difference], pairs: Pairs, documents: tuple[Document, Document], paths: tuple[Path, Path], folder: Path
) -> Report:
    """Add what calls show to the differences that explain it, or as differences of their own.

    Args:
        found: The differences so far, which is added to.
        pairs: The operations.
        documents: The old document, and the new one.
        paths: Their files.
        folder: Where the packages of the clients are.
    """
    report = Report()
    sys.path.insert(0, str(folder))
    # A mock that fails answers 500, which is compared; what its server logs of it adds nothing.
    log = logging.getLogger("uvicorn.error")
    was_disabled, log.disabled = log.disabled, True
    try:
        with ExitStack() as stack:
            sides: list[_Side] = []
            for package, path, name in zip((OLD, NEW), paths, ("old", "new"), strict=True):
                try:
                    sides.append(_side(package, path, documents, stack))
                except _CANNOT_SERVE as error:
                    report.unserved[name] = f"{type(error).__name__}: {error}"
            if not report.unserved:
                for operation, other in pairs.same:
                    _compare_operation(found, operation, other, documents, (sides[0], sides[1]), report)
    finally:
        log.disabled = was_disabled
        sys.path.remove(str(folder))
        for name in [each for each in sys.modules if each.partition(".")[0] in (OLD, NEW)]:
            del sys.modules[name]
    return report


def _side(package: str, path: Path, documents: tuple[Document, Document], stack: ExitStack) -> _Side:
    """Serve a document; an old one that today's mock cannot serve, with what it lacks of the new one."""
    try:
        return _Side(package, path, stack)
    except _CANNOT_SERVE:
        if package == NEW:
            raise
    path.write_text(json.dumps(completed(*documents), ensure_ascii=False), encoding="utf-8")
    return _Side(package, path, stack)


def _compare_operation(
    found: list[Difference],
    old: Operation,
    new: Operation,
    documents: tuple[Document, Document],
    sides: tuple[_Side, _Side],
    report: Report,
) -> None:
    before, now = sides
    calls = list(_calls(old, new, documents[0]))
    broken: set[str] = set()
    for call in calls:
        expected = _outcome(call, before, before)
        if expected.in_python:
            continue  # Users do not call it so.
        for reader, server, words in (
            (before, now, "the old client against the new mock"),
            (now, before, "the new client against the old mock"),
        ):
            outcome = _outcome(call, reader, server)
            report.calls += 1
            if outcome.kind == _FAILED:
                report.failed(server.name, call)
            elif _is_broken(expected, outcome):
                broken.add(reader.name)
                _add(found, call, expected, outcome, f"{words}, {call.about}", "")
    given = _responses(old, documents[0]), _responses(new, documents[1])
    for responses, others, server, reader, words in (
        (*given, before, now, "the new client, given {} by the old mock"),
        (*reversed(given), now, before, "the old client, given {} by the new mock"),
    ):
        if reader.name in broken:
            continue  # It does not come to a response.
        for (status, example), meaning in responses.items():
            if meaning in [each for (same, _), each in others.items() if same == status]:
                continue  # Both clients read it by the same rules.
            forced = {"status": int(status), "example": example}
            try:
                expected = _outcome(calls[0], server, server, forced)
                outcome = _outcome(calls[0], reader, server, forced)
            except UnusableError:
                continue  # The example is not what its own document says, which other tests find.
            report.calls += 1
            if _is_broken(expected, outcome):
                named = f"response {status}" + (f" ({example})" if example else "")
                _add(found, calls[0], expected, outcome, words.format(named), f"response {status}")


def _is_broken(expected: _Outcome, outcome: _Outcome) -> bool:
    return outcome.kind not in (expected.kind, "returns")


def _add(found: list[Difference], call: _Call, expected: _Outcome, outcome: _Outcome, words: str, part: str) -> None:
    """Add what a broken call shows."""
    evidence = f"{words[0].upper()}{words[1:]}: {outcome.words}; before, {expected.words}"
    breaking = [each for each in found if each.breaks]
    here = [each for each in breaking if each.place.operation == call.name]
    whole = [each for each in here if not each.place.part]
    python = [each for each in breaking if each.place.operation == "Python"]
    if outcome.in_python:
        causes = (whole if outcome.kind.endswith("ModuleNotFoundError") else []) or python or here
    elif part:
        causes = [each for each in here if each.place.part.startswith(part)] or whole
    else:
        requests = [each for each in here if not each.place.part.startswith("response")]
        causes = whole or requests or [each for each in breaking if each.place.operation in ("components", "servers")]
    if not attach(causes, evidence):
        change = f"{call.about}: {outcome.words}; before, {expected.words}"
        effect = f"This happens to {words}; no rule of this check names the cause."
        remedy = "Compare what the two documents say of the operation."
        found.append(Difference(Verdict.BREAKING, Place(call.name, part), "call", change, effect, remedy))


def _calls(old: Operation, new: Operation, document: Document) -> Iterator[_Call]:
    """Yield calls of an operation by the examples of its document: with as little as possible, then each example."""
    least: dict[tuple[str, str], Any] = {}
    most: dict[tuple[str, str], Any] = {}
    for key, (parameter, _) in old.parameters.items():
        value = _example(parameter, document)
        if value is ... and parameter.get("required", False):
            value = a_sample(parameter.get("schema", True), document)
        if value is not ...:
            most[key] = value
        if parameter.get("required", False):
            least[key] = value
    bodies: dict[str, Any] = {}
    required = False
    if "requestBody" in old.node:
        body, _ = document.resolve(old.node["requestBody"], "")
        required = bool(body.get("required", False))
        for content in body["content"].values():
            bodies |= _examples(content, document)
            break
        if required and not bodies:
            bodies["a sample"] = a_sample(next(iter(body["content"].values())).get("schema", True), document)
    if not required:
        yield _Call(old, new.name, "called with what it requires", least, ...)
    for name, value in bodies.items():
        yield _Call(old, new.name, f"called with {name}", most, value)
    if most != least and not bodies:
        yield _Call(old, new.name, "called with the examples of its parameters", most, ...)


def _example(parameter: Node, document: Document) -> Any:
    examples = _examples(parameter, document)
    return next(iter(examples.values()), ...)


def _examples(node: Node, document: Document) -> dict[str, Any]:
    """Return the examples of a parameter or media type, by name."""
    found = {name: document.resolve(each, "")[0].get("value") for name, each in node.get("examples", {}).items()}
    if "example" in node:
        found["the example"] = node["example"]
    schema, _ = document.resolve(node.get("schema", True), "")
    for index, value in enumerate(schema.get("examples", []), 1):
        found[f"example {index} of the schema"] = value
    return found


def _responses(operation: Operation, document: Document) -> dict[tuple[str, str | None], Any]:
    """Return what responses mean that the mock can be told to give, by status and example."""
    found: dict[tuple[str, str | None], Any] = {}
    for status, each in operation.node.get("responses", {}).items():
        if str(status).isdecimal():
            response, _ = document.resolve(each, "")
            names = [name for content in response.get("content", {}).values() for name in content.get("examples", {})]
            found |= {(str(status), name): document.meaning(response) for name in names or [None]}
    return found


def _outcome(call: _Call, caller: _Side, server: _Side, forced: dict[str, Any] | None = None) -> _Outcome:
    """Call an operation as the old client's users do, and say how it ends.

    Args:
        call: The call.
        caller: Whose client makes it.
        server: Whose mock it goes to.
        forced: What the mock is told to answer; None for what it answers by itself.

    Raises:
        UnusableError: The mock cannot be told so.
    """
    server.mock.reset()
    if forced is not None:
        try:
            server.mock.fail_next(**forced)
        except ValueError as error:
            raise UnusableError(str(error)) from None
    client = caller.client_of(server)
    try:
        function, arguments = _written(call, caller.name)
        function(**arguments, client=client)
    except (AttributeError, ImportError, TypeError, ValueError) as error:
        return _Outcome(f"raises {type(error).__name__}", _shown(error), in_python=True)
    except Exception as error:  # Whatever it is, it is compared.
        return _Outcome(f"raises {type(error).__name__} {getattr(error, 'status_code', None)}", _shown(error))
    return _Outcome("returns", "it returned")


def _shown(error: Exception) -> str:
    words = " ".join(str(error).split()).replace(f"{NEW}.", "dataarts_client.").replace(f"{OLD}.", "dataarts_client.")
    return re.sub(r" \[request \w+\]", "", f"{type(error).__name__}: {words}")


def _written(call: _Call, package: str) -> tuple[Any, dict[str, Any]]:
    """Return the function of a client, and the arguments that users of the old client pass it."""
    was = _module(OLD, call.operation)
    function = import_module(was.__name__.replace(OLD, package, 1)).sync
    parameters = inspect.signature(was.sync).parameters
    names = {_letters(name): name for name in parameters}
    arguments: dict[str, Any] = {}
    for (location, name), value in call.parameters.items():
        key = _letters(name)
        # Where two parameters have one name, the generator adds where they are.
        arguments[names[key] if key in names else names[f"{key}{location}"]] = value
    if call.body is not ...:
        arguments["body"] = _body(call.body, str(parameters["body"].annotation), package)
    return function, arguments


def _body(body: Any, annotation: str, package: str) -> Any:
    """Return a body as users pass it: its objects as models, of the names that the old client annotates."""
    known = import_module(f"{OLD}.models")
    name = next(
        (each for each in re.findall(r"\w+", annotation) if hasattr(getattr(known, each, None), "from_dict")), None
    )
    if name is None:
        return body
    model = getattr(import_module(f"{package}.models"), name)
    if isinstance(body, list):
        return [model.from_dict(each) if isinstance(each, dict) else each for each in body]
    return model.from_dict(body) if isinstance(body, dict) else body


def _module(package: str, operation: Operation) -> ModuleType:
    """Return the module of an operation."""
    api = import_module(f"{package}.api")
    for tag in pkgutil.iter_modules(api.__path__, f"{api.__name__}."):
        for each in pkgutil.iter_modules(import_module(tag.name).__path__, f"{tag.name}."):
            if _letters(each.name.rpartition(".")[2]) == _letters(operation.id):
                return import_module(each.name)
    raise UnusableError(f"the client has no module for {operation.id}")


def _letters(name: str) -> str:
    """Write a name so that it is the same in the document and in Python."""
    return re.sub(r"[^0-9a-z]", "", name.lower())
