"""How cases become tests: one test for each operation and rule, which tries all cases of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NoReturn

import pytest

from tests.contract.caller import Caller, told
from tests.contract.cases import PASSED, Case, Verdict
from tests.contract.exchange import Exchange
from tests.contract.records import Outcome


def by_rule(cases: Iterable[Case]) -> list[Any]:
    """Return the parameters of a test: cases of one rule; those that are many alike as a test of their own."""
    grouped: dict[tuple[str, str, str, bool], list[Case]] = {}
    for case in cases:
        key = case.operation.id, case.place, case.rule.partition(" ")[0], case.further
        grouped.setdefault(key, []).append(case)
    return [
        pytest.param(
            kept,
            id=f"{operation}-{place} {keyword}{' further' * further}",
            marks=[pytest.mark.further] if further else [],
        )
        for (operation, place, keyword, further), kept in grouped.items()
    ]


def assert_kept(caller: Caller, cases: list[Case]) -> None:
    """Try cases: fail with what is wrong with the responses, or skip where nothing could be shown."""
    records = caller.hold(cases)
    if message := told(records):
        pytest.fail(message, pytrace=False)
    hidden = [record.reason for record in records if record.outcome == Outcome.NOT_SHOWN]
    if len(hidden) == len(records):
        pytest.skip(hidden[0] if hidden else "there is no such case")


def assert_fact(caller: Caller, case: Case, exchange: Exchange | None, fault: str | None) -> None:
    """Keep what came of a case that takes more than one request, and fail if there is a fault.

    Args:
        caller: Keeps it.
        case: What was tried.
        exchange: The request and the response that show it.
        fault: What is wrong, in words; None if nothing is.
    """
    if fault is None:
        caller.keep(case, PASSED)
        return
    title = f"{case.about}: {fault}"
    message = title if exchange is None else exchange.told(title)
    caller.keep(case, Verdict(Outcome.FAILED, fault, message))
    pytest.fail(message, pytrace=False)


def not_shown(caller: Caller, case: Case, reason: str) -> NoReturn:
    """Keep that a case could not be shown, and skip the test."""
    caller.keep(case, Verdict(Outcome.NOT_SHOWN, reason))
    pytest.skip(reason)
