"""Does the contract suite say how much of the document it covered, what not, and why?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.contract.coverage import LEFT_OUT, NO_REQUEST, Coverage, Covered, State, covered
from tests.contract.coverage_items import Side, items
from tests.contract.document import Document
from tests.contract.records import Outcome, Record, Records
from tests.mock._process import running
from tests.mutants.constraints import constraints
from tests.suite._command import ROOT, contract

DOCUMENT = Document(ROOT / "openapi.yaml")
PLACE = "body jobParams[].name"
START = "runJobImmediately"
TOO_LONG = Record("contract", START, PLACE, "maxLength 64", '"a" × 65', False, Outcome.PASSED)


def _found(coverage: Coverage, operation: str, place: str, rule: str, side: Side) -> Covered:
    (found,) = [
        each
        for each in coverage.all
        if (each.item.operation, each.item.place, each.item.rule, each.item.side) == (operation, place, rule, side)
    ]
    return found


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.PASSED, State.COVERED),
        (Outcome.FAILED, State.FAILED),
        (Outcome.NOT_SHOWN, State.NOT_COVERED),
    ],
)
def test_each_side_of_a_rule_counts(outcome: Outcome, state: State) -> None:
    """What was refused covers a rule on that side only, and what was not shown does not cover it."""
    coverage = covered(DOCUMENT, Records([replace(TOO_LONG, outcome=outcome, reason="the job is not there")]))
    refused = _found(coverage, START, PLACE, "maxLength 64", Side.REFUSED)
    accepted = _found(coverage, START, PLACE, "maxLength 64", Side.ACCEPTED)

    assert refused.state == state
    assert refused.reason == ("the job is not there" if state == State.NOT_COVERED else "")
    assert accepted.state == State.NOT_COVERED


def test_what_is_accepted_within_covers_what_it_is_in() -> None:
    """A name that is accepted shows that its parameter, and the list of them, were accepted with it."""
    name = replace(TOO_LONG, allowed=True)
    coverage = covered(DOCUMENT, Records([name]))

    for place, rule in (("body jobParams", "type array"), ("body jobParams[]", "type object"), (PLACE, "required")):
        assert _found(coverage, START, place, rule, Side.ACCEPTED).state == State.COVERED
    assert _found(coverage, START, "body jobParams[].value", "required", Side.ACCEPTED).state == State.NOT_COVERED


def test_responses_codes_and_headers_count_when_they_were_had() -> None:
    """A status, an error code and a header are covered by a response that has them, each operation by its own."""
    records = Records()
    records.responses[START, 400, "DLF.0100"] = 2
    records.headers[START, 400, "X-Request-Id"] = 2
    coverage = covered(DOCUMENT, records)
    states = {
        (each.item.operation, each.item.group, each.item.rule.partition(" (")[0]): each.state for each in coverage.all
    }

    assert states[START, "statuses", "400"] == State.COVERED
    assert states[START, "error codes", "400 DLF.0100"] == State.COVERED
    assert states[START, "headers", "400 X-Request-Id"] == State.COVERED
    assert states[START, "error codes", "400 DLF.0819"] == State.NOT_COVERED
    assert states["showJobInstance", "statuses", "400"] == State.NOT_COVERED


def test_what_cannot_be_had_is_told_apart() -> None:
    """What no request brings about is named with the reason, and does not count."""
    coverage = covered(DOCUMENT, Records())
    internal = next(each for each in coverage.all if each.item.group == "statuses" and each.item.rule == "500")

    assert (internal.state, internal.reason) == (State.IMPOSSIBLE, NO_REQUEST)
    assert coverage.percent == 0
    assert coverage.tried()[1] == len(coverage.all) - coverage.count(State.IMPOSSIBLE)


def test_states_that_nothing_came_to_do_not_count() -> None:
    """A state that allows an operation is covered by itself; one that no run came to cannot be had."""
    operation = next(each for each in DOCUMENT.operations if "x-allowed-states" in each.node)
    one, other, *_ = operation.node["x-allowed-states"]
    shown = Record("contract", operation.id, "x-allowed-states", one, "", True, Outcome.PASSED)
    reason = f"it does not come to the state {other}"
    hidden = replace(shown, rule=other, outcome=Outcome.NOT_SHOWN, reason=reason)
    coverage = covered(DOCUMENT, Records([shown, hidden]))

    assert _found(coverage, operation.id, "x-allowed-states", one, Side.ACCEPTED).state == State.COVERED
    assert _found(coverage, operation.id, "x-allowed-states", other, Side.ACCEPTED).state == State.IMPOSSIBLE


def test_every_constraint_that_mutants_change_is_there_to_cover() -> None:
    """What is changed to prove the suite, in requests, is what the suite says that it covers."""
    rules = {item.rule.partition(" ")[0] for item in items(DOCUMENT)}
    named = {"content": "media", "security": "some", "additionalProperties": "further"}
    changed = {each.keyword for each in constraints(DOCUMENT.root) if each.at in ("parameter", "body", "operation")}

    # What is allowed for items is theirs.
    assert {named.get(keyword, keyword) for keyword in changed} - {"items"} <= rules


def test_the_summary_says_what_was_covered_and_what_not(tmp_path: Path) -> None:
    """The command prints a line for each operation, and the reasons why the rest was not covered."""
    with running() as url:
        where = ["--base-url", url, "--token", "mock-token", "--only", "registry"]
        done = contract(*where, folder=tmp_path / "reports")
    lines = done.stdout.splitlines()

    assert done.returncode == 0, done.stdout
    for operation in DOCUMENT.operations:
        assert any(line.split()[:1] == [operation.id] and "/" in line for line in lines), operation.id
    assert any("Covered of the contract: " in line for line in lines)
    assert any(f"× {LEFT_OUT} (" in line for line in lines)
    assert any(f"× {NO_REQUEST} (" in line for line in lines)
