"""Does a server serve the paths and methods of the document, and no others?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from http import HTTPStatus

import pytest

from tests.contract import changes
from tests.contract.caller import Caller
from tests.contract.cases import Base, Case, Refusals, Verdict, refusals
from tests.contract.conftest import DOCUMENT
from tests.contract.connection import NotToBeHadError
from tests.contract.document import METHODS, Operation
from tests.contract.exchange import Request
from tests.contract.records import Outcome
from tests.contract.server._tables import assert_fact, assert_kept, by_rule, not_shown
from tests.contract.words import shown_bytes

# What frameworks, gateways and proxies take for the same path: how it is changed, given its segments and those of the
# template.
Change = Callable[[list[str], list[str]], list[str] | None]


def _literal(change: Callable[[str], str], *, last: bool = False) -> Change:
    """Change the first segment of a path that is not a parameter's, or the last."""

    def changed(segments: list[str], templates: list[str]) -> list[str] | None:
        fixed = [index for index, each in enumerate(templates) if each and not each.startswith("{")]
        index = fixed[-1 if last else 0]
        return [*segments[:index], change(segments[index]), *segments[index + 1 :]]

    return changed


_PATHS: dict[str, Change] = {
    "the first segment in capitals": _literal(str.swapcase),
    "the last segment in capitals": _literal(str.swapcase, last=True),
    "another version": _literal(lambda segment: f"{segment[:-1]}9"),
    "the next version": _literal(lambda segment: re.sub("[0-9]+$", lambda found: str(int(found[0]) + 1), segment)),
    "the first segment goes on": _literal(lambda segment: f"{segment}x"),
    "the last segment goes on": _literal(lambda segment: f"{segment}x", last=True),
    "the last segment cut short": _literal(lambda segment: segment[:-1], last=True),
    "an extension": _literal(lambda segment: f"{segment}.json", last=True),
    "a matrix parameter": _literal(lambda segment: f"{segment};a=b", last=True),
    "a blank at the end": _literal(lambda segment: f"{segment}%20", last=True),
    "a NUL at the end": _literal(lambda segment: f"{segment}%00", last=True),
    "a question mark that is escaped": _literal(lambda segment: f"{segment}%3Fa=b", last=True),
    "underscores for hyphens": _literal(lambda segment: segment.replace("-", "_"), last=True),
    "a slash at the end": lambda segments, templates: [*segments, ""],
    "two slashes before the last segment": lambda segments, templates: [*segments[:-1], "", segments[-1]],
    "an escaped slash before the last segment": lambda segments, templates: [
        *segments[:-2],
        f"{segments[-2]}%2F{segments[-1]}",
    ],
    "a segment more at the end": lambda segments, templates: [*segments, "further"],
    "a segment more at the start": lambda segments, templates: ["", "api", *segments[1:]],
    "no last segment": lambda segments, templates: segments[:-1],
    "no first segment": lambda segments, templates: ["", *segments[2:]],
    "no such path": lambda segments, templates: ["", "no-such-path"],
}


def _is_served(path: str) -> bool:
    return any(operation.matches(path) for operation in DOCUMENT.operations)


def _moved(change: Change) -> Callable[[Request], Request]:
    def moved(request: Request) -> Request:
        path, _, query = request.raw_target.partition("?")
        segments = change(path.split("/"), request.operation.path.split("/"))
        changed = "/".join(segments or [])
        return request.having(target=f"{changed}?{query}" if query else changed)

    return moved


def _paths(*, credentials: bool) -> Iterator[Case]:
    for operation in DOCUMENT.operations:
        allowed = refusals(DOCUMENT, operation, *DOCUMENT.refusals("path"))
        if not credentials:
            # Who is not known need not be told which paths there are.
            allowed |= refusals(DOCUMENT, operation, *DOCUMENT.refusals("credentials"))
        for about, change in _PATHS.items():
            sample = Request(operation, {each.name: "1" for each in operation.parameters if each.location == "path"})
            if _is_served(path := _moved(change)(sample).raw_target) or path == sample.raw_target:
                continue
            tried = f"a path with {about}" if not about.startswith("no such") else about
            tried = tried if credentials else f"{tried}, without credentials"
            violation = "the document has no such path"
            case = Case(operation, "path", about, tried, _moved(change), violation, allowed)
            yield case if credentials else replace(case, auth=None)


@pytest.mark.parametrize("cases", by_rule(_paths(credentials=True)))
def test_no_other_path(cases: list[Case], caller: Caller) -> None:
    """A path that the document does not have is answered with 404, however near it comes to one that it has."""
    assert_kept(caller, cases)


@pytest.mark.parametrize("operation", DOCUMENT.operations, ids=lambda operation: operation.id)
def test_no_other_path_without_credentials(operation: Operation, caller: Caller) -> None:
    """So is it to who sends no credentials, or else with 401."""
    assert_kept(caller, [case for case in _paths(credentials=False) if case.operation == operation])


@pytest.mark.parametrize("method", [method.upper() for method in METHODS if method not in ("head", "trace")])
def test_no_other_path_by_any_method(method: str, operation: Operation, caller: Caller) -> None:
    """A path that the document does not have is answered with 404 whatever the method."""
    allowed = refusals(DOCUMENT, operation, *DOCUMENT.refusals("path"))
    change = changes.in_turn(_no_such_path, changes.method(method), changes.no_body)
    case = Case(operation, "path", "no such path", f"{method} /no-such-path", change, "there is no such path", allowed)

    assert_kept(caller, [case])


def _no_such_path(request: Request) -> Request:
    return request.having(target="/no-such-path")


def test_root(operation: Operation, caller: Caller) -> None:
    """Nor is there anything at the root, if the document has no such path; it may lead elsewhere, such as to a page."""
    if _is_served("/"):
        pytest.skip("the document has the path /")
    allowed = refusals(DOCUMENT, operation, *DOCUMENT.refusals("path"), *DOCUMENT.refusals("credentials"))
    change = changes.in_turn(_root, changes.no_body)
    tried = f"{operation.method} /"
    case = Case(operation, "path", "no such path", tried, change, "there is no such path", allowed)
    try:
        exchange = caller.raw(change(caller.request(operation, Base.NOWHERE)))
    except NotToBeHadError as error:
        not_shown(caller, case, str(error))
    if exchange.response.is_redirect:
        assert_fact(caller, case, exchange, None)
    else:
        assert_kept(caller, [case])


def _root(request: Request) -> Request:
    return request.having(target="/")


def _words() -> Iterator[Case]:
    """Give parameters of a path the words of the document's paths, as far as their schemas allow them."""
    segments = [segment for each in DOCUMENT.operations for segment in each.path.split("/")]
    words = dict.fromkeys(segment for segment in segments if segment and "{" not in segment)
    for operation in DOCUMENT.operations:
        in_path = [each for each in operation.parameters if each.location == "path"]
        for parameter in in_path:
            for word in words:
                request = Request(operation, {each.name: word if each == parameter else "1" for each in in_path})
                served = {each.path for each in DOCUMENT.operations if each.matches(request.raw_target)}
                # What is the path of two may be either's.
                if DOCUMENT.violation(parameter.schema, word) is None and served == {operation.path}:
                    change = changes.parameter(parameter, word)
                    bases = (Base.NOWHERE,) if DOCUMENT.made(operation) else ()
                    rule, tried = "word of a path", f"{parameter.name} = {word}"
                    yield Case(operation, parameter.place, rule, tried, change, parameter=parameter, bases=bases)


@pytest.mark.parametrize("cases", by_rule(_words()))
def test_words_of_paths_as_values(cases: list[Case], caller: Caller) -> None:
    """A parameter in a path may have the value of a fixed segment, and leads to the same operation."""
    # A job of such a name may be anybody's; it is not to be run.
    assert_kept(caller, [each for each in cases if caller.target.own or each.operation.is_safe or each.bases])


_OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")


def _other_methods(operation: Operation) -> list[str]:
    """Return the methods that a path does not have; HEAD goes with GET, as HTTP has it."""
    has = DOCUMENT.methods(operation.path)
    has |= {"HEAD"} if "GET" in has else set()
    return [method.upper() for method in METHODS if method.upper() not in has]


def _refused(operation: Operation, method: str) -> Refusals:
    found = refusals(DOCUMENT, operation, *DOCUMENT.refusals("method"))
    # A response to HEAD has no body, and so no code.
    return frozenset((status, None) for status, _ in found) if method == "HEAD" else found


def _methods() -> Iterator[Case]:
    for operation in DOCUMENT.operations:
        for method in _other_methods(operation):
            allowed = _refused(operation, method)
            violation = f"the path has no {method}"
            change = changes.method(method)
            yield Case(operation, "method", method, f"{method} with a body", change, violation, allowed)
            change = changes.in_turn(change, changes.no_body)
            tried = f"{method} without a body"
            yield Case(operation, "method", method, tried, change, violation, allowed, further=True)


@pytest.mark.parametrize("cases", by_rule(_methods()))
def test_no_other_method(cases: list[Case], caller: Caller) -> None:
    """A method that a path does not have is answered with 405, or with 404 as the cloud's own gateway does."""
    assert_kept(caller, cases)


def test_allow_names_the_methods(operation: Operation, caller: Caller) -> None:
    """Where a method is answered with 405, `Allow` names the methods that the path has, and none that it lacks."""
    has = DOCUMENT.methods(operation.path)
    method = next(each for each in _other_methods(operation) if each not in ("HEAD", "OPTIONS", "TRACE"))
    request = caller.request(operation, Base.NOWHERE).having(method=method, content=b"")
    exchange = caller.raw(request)
    case = Case(operation, "header Allow", "the path's methods", method, changes.nothing, "no such method")
    if exchange.status != 405:
        caller.keep(case, Verdict(Outcome.NOT_SHOWN, f"{method} was answered with {exchange.status}, not with 405"))
        pytest.skip(f"the response is {exchange.status}, not 405")
    named = {each.strip() for each in exchange.response.headers.get("allow", "").split(",")}
    fault = f"Allow should name {', '.join(sorted(has))}, not {', '.join(sorted(named))}"
    # HEAD and OPTIONS are the server's own, as HTTP has it.
    further = {"OPTIONS"} | ({"HEAD"} if "GET" in has else set())
    outcome = Outcome.PASSED if has <= named <= has | further else Outcome.FAILED
    record = caller.keep(case, Verdict(outcome, fault, exchange.told(f"{case.about}: {fault}")))

    assert record.outcome == Outcome.PASSED, record.message


@pytest.mark.parametrize("operation", DOCUMENT.operations, ids=lambda operation: operation.id)
def test_method_in_small_letters(operation: Operation, caller: Caller) -> None:
    """Methods are told apart by their capitals, so that one in small letters is none that a path has."""
    method = operation.method.lower()
    case = Case(operation, "method", "capitals", method, changes.nothing, f"the path has no {method}")
    fault = None
    try:
        # What is below this API, such as a proxy, may refuse it in words of its own.
        status, said = caller.bare(caller.request(operation, Base.NOWHERE).having(method=method))
        if status < 300 or any(code.encode() in said for code in DOCUMENT.not_found(operation)):
            fault = f"{method} is taken for {operation.method}; the response was {status}"
    except NotToBeHadError:
        pass  # A connection that is closed is a refusal, too.
    assert_fact(caller, case, None, fault)


_UNKNOWN_METHOD = "BREW"


def test_unknown_method(operation: Operation, caller: Caller) -> None:
    """A method that HTTP does not have is refused, and is no reason to fail; 501 says that it is not known."""
    case = Case(operation, "method", "unknown", _UNKNOWN_METHOD, changes.nothing, "there is no such method")
    try:
        request = caller.request(operation, Base.NOWHERE).having(method=_UNKNOWN_METHOD, content=b"")
        exchange = caller.raw(request)
    except NotToBeHadError as error:
        not_shown(caller, case, str(error))
    status = exchange.status
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        not_shown(caller, case, f"the response is {status}")
    is_refused = 400 <= status < 500 or status == HTTPStatus.NOT_IMPLEMENTED
    fault = None if is_refused else f"to be refused as a method that the path lacks, or with 501, not with {status}"
    assert_fact(caller, case, exchange, fault)


@pytest.mark.parametrize("operation", [each for each in DOCUMENT.operations if each.success.media_type is None])
def test_no_body_where_there_is_none(operation: Operation, registry: Caller) -> None:
    """After a response that has no body, nothing follows on the connection."""
    case = Case(operation, f"response {operation.success.status}", "no body", "what follows it", changes.nothing)
    try:
        wants_state = "x-allowed-states" in operation.node
        request = registry.in_allowed_state(operation) if wants_state else registry.request(operation)
        status, follows = registry.bare(request, counts=True)
    except NotToBeHadError as error:
        not_shown(registry, case, str(error))
    if status != operation.success.status:
        not_shown(registry, case, f"the response is {status}")
    fault = f"a body follows: {shown_bytes(follows)}; the response was {status}" if follows else None
    assert_fact(registry, case, None, fault)


@pytest.mark.parametrize("operation", DOCUMENT.operations, ids=lambda operation: operation.id)
def test_no_body_after_head(operation: Operation, caller: Caller) -> None:
    """The response to HEAD has no body, whatever it is."""
    case = Case(operation, "method", "HEAD", "HEAD", changes.nothing)
    try:
        status, follows = caller.bare(caller.request(operation, Base.NOWHERE).having(method="HEAD", content=b""))
    except NotToBeHadError as error:
        not_shown(caller, case, str(error))
    fault = f"a body follows where there is none: {shown_bytes(follows)}; the response was {status}"
    assert_fact(caller, case, None, fault if follows else None)


def _overridden() -> Iterator[Case]:
    for operation in DOCUMENT.operations:
        others = [each for each in _other_methods(operation) if each in ("GET", "PUT", "PATCH", "DELETE", "POST")]
        for name in _OVERRIDES:
            for method in others[:2]:
                yield Case(
                    operation,
                    "method",
                    "override",
                    f"{method} with {name}: {operation.method}",
                    changes.in_turn(changes.method(method), changes.header(name, operation.method)),
                    f"the path has no {method}",
                    _refused(operation, method),
                    further=name != _OVERRIDES[0],
                )
            yield Case(
                operation,
                "method",
                "override",
                f"{operation.method} with {name}: {others[0]}",
                changes.header(name, others[0]),
                further=name != _OVERRIDES[0],
            )


@pytest.mark.parametrize("cases", by_rule(_overridden()))
def test_no_header_overrides_the_method(cases: list[Case], caller: Caller) -> None:
    """A header that names another method, which the document does not have, changes nothing."""
    assert_kept(caller, cases)
