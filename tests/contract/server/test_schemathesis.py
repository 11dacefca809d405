"""Does a server keep the contract, as far as schemathesis can see? `make contract` asks the same at length."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract import mock
from tests.contract.document import CASES, Document
from tests.contract.fuzz import fuzz
from tests.contract.target import own_target


@pytest.mark.parametrize(
    ("any_job", "credentials"),
    [(True, "token"), (True, "signature"), (False, "token")],
    ids=["any-job", "signed", "registry"],
)
def test_schemathesis_finds_no_violation(
    any_job: bool, credentials: str, document: Document, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """No case that schemathesis makes from the document gets a response that the document does not allow."""
    with mock.started(*(["--any-job"] if any_job else [])) as base_url:
        target = own_target(base_url, any_job=any_job)
        auth = target.credentials[credentials]
        result = fuzz(document, target, auth, part="test", examples=CASES // 2, reports=tmp_path)

    assert result.passed, f"Schemathesis found a violation of the document:\n\n{capfd.readouterr().out}"
    assert result.cases > CASES
