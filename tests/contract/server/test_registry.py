"""Does a server know what it has, and say of the rest that it is not there?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import changes
from tests.contract.caller import Caller
from tests.contract.cases import Base, Case, Refusals, refusals
from tests.contract.conftest import DOCUMENT
from tests.contract.document import Operation, Parameter
from tests.contract.exchange import Request
from tests.contract.server._tables import assert_kept, by_rule
from tests.contract.things import nowhere


def _named(operation: Operation) -> list[Parameter]:
    return [parameter for parameter in operation.parameters if parameter.not_found]


def _not_found(operation: Operation, parameters: list[Parameter]) -> Refusals:
    return refusals(DOCUMENT, operation, *(name for each in parameters for name in each.not_found))


def _any_error(operation: Operation) -> Refusals:
    """Return all errors that blame the request."""
    names = [each.name for response in operation.responses.values() for each in response.examples if each.status >= 400]
    return frozenset(each for each in refusals(DOCUMENT, operation, *names) if each[0] < 500)


def _unknown() -> Iterator[Case]:
    """Give requests that name a thing that is not there."""
    for operation in DOCUMENT.operations:
        named = _named(operation)
        in_path = [each for each in named if each.location == "path"]
        for parameter in named:
            value = nowhere(parameter)
            is_last = in_path[-1:] == [parameter]
            # What is in a thing that is not there, is not there itself; a server may say either. So it is with all that
            # the path names, where the workspace is not there.
            inner = [parameter] if is_last else [parameter, *in_path]
            yield Case(
                operation,
                parameter.place,
                "names what is there",
                f"{parameter.name} = {value}",
                changes.parameter(parameter, value),
                f"there is no such {parameter.name.partition('_')[0]}",
                _not_found(operation, inner),
                parameter,
                names_nothing=True,
                bases=(_base(parameter, in_path),),
            )


def _base(parameter: Parameter, in_path: list[Parameter]) -> Base:
    """Return the request to change, so that nothing else in it is not there."""
    if parameter.location != "path":
        return Base.THERE
    return Base.NOWHERE if in_path == [parameter] else Base.JOB


@pytest.mark.parametrize("cases", by_rule(_unknown()))
def test_what_is_not_there(cases: list[Case], registry: Caller) -> None:
    """What is not there is refused with the error that the document has for it, and no other."""
    assert_kept(registry, cases)


def _unknown_afterwards(caller: Caller) -> Iterator[Case]:
    """Give requests that look at what is there, but for something that is not there beside their path."""
    for operation in DOCUMENT.operations:
        in_path = [each for each in _named(operation) if each.location == "path"]
        for parameter in _named(operation):
            if not operation.is_safe or parameter.location == "path":
                continue

            def change(request: Request, parameter: Parameter = parameter) -> Request:
                caller.raw(request)
                return request.having_parameter(parameter, nowhere(parameter))

            yield Case(
                operation,
                parameter.place,
                "names what is there",
                f"{parameter.name} = {nowhere(parameter)}, right after the same request without it",
                change,
                f"there is no such {parameter.name.partition('_')[0]}",
                _not_found(operation, [parameter, *in_path]),
                parameter,
                names_nothing=True,
                bases=(Base.THERE,),
            )


def test_what_is_not_there_right_afterwards(registry: Caller) -> None:
    """What is not there is refused also where the rest of the request was just answered."""
    assert_kept(registry, list(_unknown_afterwards(registry)))


def _other_names(name: str) -> dict[str, str]:
    """Return names of other jobs, which are near a job's name."""
    found = {"in other capitals": name.swapcase(), "cut short": name[:-1], "that goes on": f"{name}0"}
    found |= {"with an extension": f"{name}.json", "with a period at its end": f"{name}."}
    return {about: other for about, other in found.items() if other and other != name}


def _was_made(operation: Operation) -> bool:
    """Return whether an operation is about what another one makes, rather than about what was there before."""
    source = operation
    while found := DOCUMENT.source(source):
        source = found[0]
    return source is not operation and not source.is_safe


_ABOUT_WHAT_WAS_MADE = [each for each in DOCUMENT.operations if _was_made(each)]


@pytest.mark.parametrize("operation", _ABOUT_WHAT_WAS_MADE, ids=lambda operation: operation.id)
def test_what_was_made_for_another(operation: Operation, registry: Caller) -> None:
    """What was started for one job is not there for another, however near its name, nor elsewhere."""
    source = registry.source_of(operation)
    assert source is not None
    shared = [each for each in operation.parameters if each in source.parameters]
    cases: list[Case] = []
    for parameter in shared:
        inner = [each for each in _named(operation) if each.location == "path"]
        # Where a project is not there, the document leaves open what is said.
        codes = _not_found(operation, [*inner, parameter]) if parameter.not_found else _any_error(operation)
        others = {"that no server has": str(nowhere(parameter))}
        if parameter.location == "path" and parameter.not_found:
            others |= _other_names(str(registry.plain(operation).path[parameter.name]))
        for about, other in others.items():
            if DOCUMENT.violation(parameter.schema, other) is None:
                cases.append(
                    Case(
                        operation,
                        parameter.place,
                        "names what is there",
                        f"what was started with another {parameter.name}; here it is one {about}: {other}",
                        changes.parameter(parameter, other),
                        f"it was started with another {parameter.name}",
                        codes,
                        parameter,
                        bases=(Base.THERE,),
                    )
                )
    assert_kept(registry, cases)
