"""A case: a request, and what the document says about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any

import httpx

from .document import Document, Operation, Parameter
from .exchange import Exchange, Request, described
from .records import Outcome

WITH_CREDENTIALS: Any = object()
"""The credentials that are used where it does not matter which."""


class Base(Enum):
    """What a request names, before a case changes it."""

    THERE = "what the server has"
    JOB = "the job that the server has, and of that a thing that it does not have"
    NOWHERE = "a job that no server has"


Refusals = frozenset[tuple[int, str | None]]


@dataclass(frozen=True)
class Case:
    """A request that a test sends, told as a change to one that is right.

    Args:
        operation: What the request asks for.
        place: Where in the document the rule stands.
        rule: The rule.
        tried: What is sent, in words.
        change: Makes the request from one that is right.
        violation: What the document forbids about it; None if it is allowed.
        refusals: The statuses and error codes with which it is to be refused; empty for any that is documented.
        parameter: The parameter that is changed.
        auth: The credentials; None for none at all.
        may_fail: Whether a server may refuse it as well as accept it, as long as it does not fail.
        names_nothing: Whether what is wrong is that it names what is not there; a server that has everything is right
            to carry it out.
        bases: What requests to change, in the order in which to try; empty where it does not matter.
        further: Whether it is one of many alike, which can be left out where requests are dear.
    """

    operation: Operation
    place: str
    rule: str
    tried: str
    change: Callable[[Request], Request]
    violation: str | None = None
    refusals: Refusals = frozenset()
    parameter: Parameter | None = None
    auth: httpx.Auth | None = WITH_CREDENTIALS
    may_fail: bool = False
    names_nothing: bool = False
    bases: tuple[Base, ...] = ()
    further: bool = False

    @property
    def is_elsewhere(self) -> bool:
        """Whether the request names something else than what the server is known to have."""
        named = self.parameter
        return bool(named and (named.location == "path" or named.not_found) and self.rule != "required")

    @property
    def about(self) -> str:
        """Operation, place, rule and what is sent: how the first line of a failure begins."""
        return f"{self.operation.id}, {self.place}, {self.rule}: {self.tried}"


@dataclass(frozen=True)
class Verdict:
    """What a response is worth.

    Args:
        outcome: Whether the rule was kept.
        reason: Why not, in words that are the same for all cases alike.
        message: The same for this case, in one line.
    """

    outcome: Outcome
    reason: str = ""
    message: str = ""


PASSED = Verdict(Outcome.PASSED)


def refusals(document: Document, operation: Operation, *names: str) -> Refusals:
    """Return the statuses and codes of errors, given by the names of their examples."""
    found = [document.find_error(name, operation) or document.find_error(name) for name in names]
    return frozenset((error.status, error.value.get("error_code")) for error in found if error)


def of_parameter(document: Document, parameter: Parameter, operation: Operation, value: Any) -> Refusals:
    """Return how a value that a parameter does not allow is refused."""
    own = parameter.errors.get("invalid")
    names = [own] if own else [*document.refusals("parameter")]
    if value == "" and "blank" in parameter.errors:
        names = [parameter.errors["blank"]]
    elif parameter.location == "path" and value in ("", ".", ".."):
        # Without a segment, or with one that a proxy resolves, the path is another.
        names += document.refusals("path")
    return refusals(document, operation, *names)


def judge(document: Document, case: Case, exchange: Exchange, *, is_there: bool, must_succeed: bool) -> Verdict:
    """Return what a response says about the rule that a case is about.

    Args:
        document: The contract.
        case: The case.
        exchange: Its request and the response.
        is_there: Whether the server is known to have what the request names, but for the parameter that is changed.
        must_succeed: Whether the server has that, too.
    """
    if verdict := _by_http(exchange):
        return verdict
    verdict = _of_status(document, case, exchange, is_there=is_there, must_succeed=must_succeed)
    if verdict.outcome == Outcome.FAILED:
        return verdict
    if fault := described(document, exchange, document.outside if case.violation else {}):
        reason = f"the response {exchange.status} is not as documented: {fault}"
        return Verdict(Outcome.FAILED, reason, f"{case.about}: {reason}")
    return verdict


def _by_http(exchange: Exchange) -> Verdict | None:
    """Return what a response is worth that HTTP allows to a request, although the document does not have it."""
    request, response = exchange.request, exchange.response
    if exchange.status == HTTPStatus.LENGTH_REQUIRED and request.chunked:
        return Verdict(Outcome.NOT_SHOWN, "the server wants to know a body's length first (RFC 9112, 6.3)")
    if exchange.status == HTTPStatus.EXPECTATION_FAILED and "expect" in {name.lower() for name in request.headers}:
        return Verdict(Outcome.NOT_SHOWN, "the server knows no expectations (RFC 9110, 10.1.1)")
    if request.verb == "OPTIONS" and response.is_success and not response.content and "allow" in response.headers:
        return PASSED  # It tells the methods, and carries out nothing (RFC 9110, 9.3.7).
    return None


def _of_status(document: Document, case: Case, exchange: Exchange, *, is_there: bool, must_succeed: bool) -> Verdict:
    status, code = exchange.status, exchange.code if isinstance(exchange.code, str) else None
    got = f"{status} {code}" if code else f"{status}"
    missing = document.not_found(case.operation).get(code) if code else None
    if status == 429:
        return Verdict(Outcome.NOT_SHOWN, "throttled, however long one waits")
    if status >= 500:
        return _failed(case, exchange, f"answered with {got}")
    if (status, code) in case.refusals or (case.violation is None and status < 300):
        return PASSED
    if status == 403 and not (case.violation and case.auth is not WITH_CREDENTIALS):
        return Verdict(Outcome.NOT_SHOWN, "refused for another reason: 403, the credentials do not permit it")
    if missing and not must_succeed:
        if case.violation is None and case.is_elsewhere:
            return PASSED
        # That something is not there is no refusal of a value that names it, if the value is forbidden.
        if not is_there and missing != case.parameter:
            return Verdict(Outcome.NOT_SHOWN, f"refused for another reason: {got}, the {missing.name} is not there")
    if case.may_fail:
        return PASSED
    if case.violation is None:
        return _failed(case, exchange, "allowed, but was refused")
    if status < 400:
        return _failed(case, exchange, "forbidden, but was accepted")
    if not case.refusals and not missing and described(document, exchange, document.outside) is None:
        return PASSED
    errors = sorted(f"{status} {code}" if code else f"{status}" for status, code in case.refusals)
    return _failed(case, exchange, f"to be refused with {' or '.join(errors) or 'an error'}, not with {got}")


def _failed(case: Case, exchange: Exchange, reason: str) -> Verdict:
    why = f" ({case.violation})" if case.violation else ""
    return Verdict(Outcome.FAILED, reason, f"{case.about} is {reason}{why}; the response was {exchange.said}")
