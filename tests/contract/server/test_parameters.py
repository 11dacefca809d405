"""Does a server take what the document allows in parameters, up to the very edges, and nothing beyond?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, unquote

import pytest

from tests.contract import changes
from tests.contract.caller import Caller
from tests.contract.cases import Case, of_parameter, refusals
from tests.contract.changes import Change
from tests.contract.conftest import DOCUMENT
from tests.contract.document import Operation, Parameter
from tests.contract.exchange import Request
from tests.contract.parameters import can_carry, from_texts, is_ambiguous, readings, to_texts
from tests.contract.samples import sample
from tests.contract.server._tables import assert_kept, by_rule
from tests.contract.things import nowhere
from tests.contract.values import Variant, allowed_marks, pattern_characters, taken_for_allowed, variants
from tests.contract.words import shown

_UNLIKELY = 16


def _variants(parameter: Parameter) -> Iterator[Variant]:
    yield from variants(DOCUMENT, parameter.schema)
    pattern = parameter.schema.get("pattern")
    if pattern and parameter.not_found:
        # In a name that no server has, so that it can be sent to any.
        name = str(nowhere(parameter))
        for mark in allowed_marks(pattern):
            text = f"{name[:7]}{mark}{mark}{name[7:]}"
            yield Variant("", "pattern", text, text, f"with U+{ord(mark):04X} twice")
        for character in dict.fromkeys([*pattern_characters(pattern), *taken_for_allowed(pattern)]):
            note = f"with U+{ord(character):04X}"
            inside = f"{name[:7]}{character}{name[7:]}"
            yield Variant("", "pattern", inside, inside, note)
            for text, where in ((f"{character}{name}", "before it"), (f"{name}{character}", "behind it")):
                yield Variant("", "pattern", text, text, f"{note} {where}", further=character not in _FIRST)
    for text in _TEXTS.get(str(parameter.schema.get("type")), ()):
        yield Variant("", "type", text, text)


_FIRST = "._ \n一"
"""Characters that servers treat otherwise at the ends of a name than inside."""

# Texts that are no numbers or truth values, though some libraries take them for it.
_TEXTS = {
    "integer": ("abc", "1.5", "0x10", "1 0", "1,000", "１", "1_0", "null", "--1", "9" * 400),
    "number": ("abc", "0x10", "１", "1_0", "NaN", "Infinity", "1,5"),
    "boolean": ("yes", "TRUE", "True", "1", "0", "on", "tru", "null"),
}


def _edges() -> Iterator[Case]:
    seen: set[int] = set()
    for operation in DOCUMENT.operations:
        for parameter in operation.parameters:
            # What is one of many alike is tried where a schema is met first; the others have it by reference.
            is_known = id(parameter.schema) in seen
            seen.add(id(parameter.schema))
            for variant in _variants(parameter):
                if not (is_known and variant.further) and (case := _edge(operation, parameter, variant)):
                    yield case


def _edge(operation: Operation, parameter: Parameter, variant: Variant) -> Case | None:
    """Return the case of a value at an edge, None if the value cannot be sent or means nothing certain."""
    texts = to_texts(parameter, variant.value)
    if not texts or not all(can_carry(parameter, text) and not is_ambiguous(parameter, text) for text in texts):
        return None
    sent = "null" if variant.value is None else variant.value  # None would leave it out.
    value = from_texts(DOCUMENT, parameter, texts)
    violation = DOCUMENT.violation(parameter.schema, value)
    if isinstance(value, str):
        others = [DOCUMENT.violation(parameter.schema, each) for each in readings(parameter, value)]
        if any(others) != all(others):
            return None
    return Case(
        operation,
        parameter.place,
        variant.keyword_and_bound,
        f"{shown(value)}{f' ({variant.note})' if variant.note else ''}",
        changes.parameter(parameter, sent) if violation else _in_a_window(operation, parameter, value),
        violation,
        of_parameter(DOCUMENT, parameter, operation, value) if violation else frozenset(),
        parameter,
        further=variant.further,
    )


def _in_a_window(operation: Operation, parameter: Parameter, value: Any) -> Change:
    """Return how to set a parameter, and the other end too if it is one of a window, which must not be too long."""
    change = changes.parameter(parameter, value)
    longest = operation.node.get("x-max-window-milliseconds")
    end, name = parameter.name[:3], parameter.name[3:]
    other = next((each for each in operation.parameters if each.name == _OTHER_END.get(end, "") + name), None)
    if longest is None or other is None:
        return change
    least, most = other.schema["minimum"], other.schema["maximum"]
    far = min(most, value + longest) if end == "min" else max(least, value - longest)
    return changes.in_turn(change, changes.parameter(other, far))


_OTHER_END = {"min": "max", "max": "min"}


def _may_be_sent(case: Case, caller: Caller) -> bool:
    """Return whether a value is sure to name nothing that is there: a short name in ASCII may be anybody's."""
    if caller.target.own or case.violation or case.operation.is_safe or not case.is_elsewhere:
        return True
    name = case.change(Request(case.operation, {})).path.get(case.parameter.name, "") if case.parameter else ""
    return not name or len(name) >= _UNLIKELY or not name.isascii()


@pytest.mark.parametrize("cases", by_rule(_edges()))
def test_edges(cases: list[Case], caller: Caller) -> None:
    """A parameter's value is accepted if the document allows it, and refused with the documented error if not."""
    assert_kept(caller, [case for case in cases if _may_be_sent(case, caller)])


def _left_out(operation: Operation) -> list[Case]:
    found: list[Case] = []
    for parameter in operation.parameters:
        if parameter.location != "path":
            codes = of_parameter(DOCUMENT, parameter, operation, None) if parameter.required else frozenset()
            found.append(
                Case(
                    operation,
                    parameter.place,
                    "required",
                    f"no {parameter.name}",
                    changes.parameter(parameter, None),
                    f"{parameter.name} is missing" if parameter.required else None,
                    codes,
                    parameter,
                )
            )
    return found


def test_left_out(operation: Operation, caller: Caller) -> None:
    """A parameter that the document does not require can be left out, one that it does cannot."""
    if caller.target.values.get("workspace") is not None:
        # Without its workspace a job is another one, or none.
        assert_kept(caller, [case for case in _left_out(operation) if case.parameter and not case.parameter.not_found])
        return
    assert_kept(caller, _left_out(operation))


def _encoded(text: str) -> str:
    """Return a text with all of it percent-encoded, although it need not be."""
    return "".join(f"%{octet:02x}" for octet in text.encode())


def _raw(request: Request, parameter: Parameter, text: str) -> Request:
    """Return a request with a parameter's text in the path just as it is, but for what no path can hold."""
    path = Request(request.operation, {**request.path, parameter.name: "\0"}, request.query).raw_target
    return request.having(target=path.replace("%00", quote(text, safe="%+;")))


_SAME_NAME: dict[str, Callable[[str], str]] = {
    "with its first character percent-encoded": lambda name: _encoded(name[:1]) + name[1:],
    "percent-encoded, in capitals": lambda name: _encoded(name).upper(),
}
_OTHER_NAME: dict[str, Callable[[str], str]] = {
    "percent-encoded twice": lambda name: _encoded(name[:1]).replace("%", "%25") + name[1:],
    "with an escaped slash in it": lambda name: f"{name[:1]}%2F{name[1:]}",
    "with an escaped blank at its end": lambda name: f"{name}%20",
    "with an escaped blank before it": lambda name: f"%20{name}",
    "with a plus at its end": lambda name: f"{name}+",
    "with an escaped line break at its end": lambda name: f"{name}%0A",
    "with an escaped NUL at its end": lambda name: f"{name}%00",
    "with an escaped slash at its end": lambda name: f"{name}%2F",
    "with an escaped slash before it": lambda name: f"%2F{name}",
    "with an escaped backslash at its end": lambda name: f"{name}%5C",
    "with an escaped question mark at its end": lambda name: f"{name}%3F",
    "with an escaped number sign at its end": lambda name: f"{name}%23a",
    "with an escaped semicolon at its end": lambda name: f"{name}%3Ba=b",
    "with a semicolon at its end": lambda name: f"{name};a=b",
    "with a byte that is no UTF-8": lambda name: f"{name}%FF",
    "with an overlong character": lambda name: f"{name}%C0%AF",
    "with an escape of %u": lambda name: f"{name}%u4e00",
    "with half an escape": lambda name: f"{name}%4",
}


def _spellings() -> Iterator[Case]:
    """Give names in other percent-encodings: what is the same name, and what is another."""
    for operation in DOCUMENT.operations:
        for parameter in operation.parameters:
            if parameter.location == "path" and parameter.schema.get("type") == "string":
                yield from _spellings_of(operation, parameter)


def _spellings_of(operation: Operation, parameter: Parameter) -> Iterator[Case]:
    def spelled(change: Callable[[str], str]) -> Callable[[Request], Request]:
        return lambda request: _raw(request, parameter, change(request.path[parameter.name]))

    for about, change in _SAME_NAME.items():
        yield Case(operation, parameter.place, "encoding", f"the name {about}", spelled(change))
    name = str(parameter.example or sample(DOCUMENT.bundled(parameter.schema)))
    codes = of_parameter(DOCUMENT, parameter, operation, "a b")
    # What cannot be decoded may be refused before anybody looks for a name in it.
    unreadable = codes | refusals(DOCUMENT, operation, *DOCUMENT.refusals("unreadable"))
    for about, change in _OTHER_NAME.items():
        try:
            text = unquote(change(name), errors="strict")
            violation = DOCUMENT.violation(parameter.schema, text)
        except UnicodeDecodeError:
            text, violation = "%", "it is no UTF-8"
        if violation:
            yield Case(
                operation,
                parameter.place,
                "encoding",
                f"the name {about}",
                spelled(change),
                violation,
                unreadable if "%" in text else codes,
                parameter,
            )


@pytest.mark.parametrize("cases", by_rule(_spellings()))
def test_percent_encoding(cases: list[Case], caller: Caller) -> None:
    """A name is decoded once, and is then what it is: no more of it is taken away, and nothing is added."""
    assert_kept(caller, cases)


def _semicolons() -> Iterator[Case]:
    """Give parameters of the query, which may be any text, one that reads like two parameters to who splits at `;`."""
    for operation in DOCUMENT.operations:
        in_query = [each for each in operation.parameters if each.location == "query"]
        for parameter in in_query:
            texts = (f"a;{each.name}=no-such-value" for each in in_query if _forbids(each, "no-such-value"))
            text = next((each for each in texts if not _forbids(parameter, each)), None)
            if text is not None and parameter.schema.get("type") == "string":
                yield Case(operation, parameter.place, "encoding", text, _in_query(parameter, text), None)


def _forbids(parameter: Parameter, text: str) -> bool:
    return DOCUMENT.violation(parameter.schema, from_texts(DOCUMENT, parameter, [text])) is not None


def _in_query(parameter: Parameter, text: str) -> Change:
    """Return how to give a parameter a text that stands in the query just as it is."""

    def changed(request: Request) -> Request:
        target = request.having_parameter(parameter, None).raw_target
        return request.having(target=f"{target}{'&' if '?' in target else '?'}{quote(parameter.name)}={text}")

    return changed


@pytest.mark.parametrize("cases", by_rule(_semicolons()))
def test_semicolon_in_query(cases: list[Case], caller: Caller) -> None:
    """A semicolon is a part of a value, and does not end it."""
    assert_kept(caller, cases)


def _named() -> Iterator[Case]:
    """Give headers whose names are in capitals: what they hold counts all the same."""
    for operation in DOCUMENT.operations:
        for parameter in operation.parameters:
            value = "no such value"
            violation = DOCUMENT.violation(parameter.schema, value)
            if parameter.location == "header" and violation:
                name = parameter.name.upper() if parameter.name.islower() else parameter.name.lower()
                yield Case(
                    operation,
                    parameter.place,
                    "name",
                    f"{name}: {value}",
                    changes.header(name, value),
                    violation,
                    of_parameter(DOCUMENT, parameter, operation, value),
                    parameter,
                )


@pytest.mark.parametrize("cases", by_rule(_named()))
def test_names_of_headers(cases: list[Case], caller: Caller) -> None:
    """A header is the same whether its name is in capitals or not."""
    assert_kept(caller, cases)
