"""Does the fixture say what went wrong when a test fails, and find faults that were never met?"""

from __future__ import annotations

import pytest

FORGOTTEN_JOB = """
    import urllib.request

    def run(mock, job):
        request = urllib.request.Request(
            f"{mock.url}/v1/p1/jobs/{job}/run-immediate", method="POST", headers={"X-Auth-Token": mock.token}
        )
        return urllib.request.urlopen(request)

    def test_that_fails(dataarts_mock):
        dataarts_mock.add_job("other", "ws1")
        run(dataarts_mock, "nightly")

    def test_that_passes(dataarts_mock):
        run(dataarts_mock, "myJob")

    def test_without_the_mock():
        assert False
"""

UNMET = """
    import urllib.error
    import urllib.request

    import pytest

    def test_never_met(dataarts_mock):
        dataarts_mock.fail_next(503, operation="showJobInstance")
        dataarts_mock.fail_next(transport="drip", times=2)

    def test_allowed(dataarts_mock):
        dataarts_mock.allow_unmet_faults = True
        dataarts_mock.fail_next(503)

    def test_not_allowed_any_more(dataarts_mock):
        dataarts_mock.fail_next(503)

    def test_met(dataarts_mock):
        dataarts_mock.fail_next(transport="html-502")
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(dataarts_mock.url + "/v1")

    def test_fails_by_itself(dataarts_mock):
        dataarts_mock.fail_next(503)
        assert False
"""


def test_failed_test_shows_what_the_mock_was_asked(pytester: pytest.Pytester, only_plugins: tuple[str, ...]) -> None:
    """The report of a test that failed has the jobs that there were, and each request with what became of it."""
    pytester.makepyfile(FORGOTTEN_JOB)
    result = pytester.runpytest_subprocess(*only_plugins)

    result.assert_outcomes(passed=1, failed=2)
    output = result.stdout.str()
    assert output.count("- dataarts_mock -") == 1
    result.stdout.fnmatch_lines(
        [
            "*- dataarts_mock -*",
            "jobs: myJob, other@ws1",
            "requests received: 1",
            "  POST /v1/p1/jobs/nightly/run-immediate 400  DLF.0100 The job does not exists.",
        ]
    )


def test_fault_that_no_request_met_fails_the_test(pytester: pytest.Pytester, only_plugins: tuple[str, ...]) -> None:
    """A fault that still waits at the end of a test fails it, unless it is allowed or the test has failed anyway."""
    pytester.makepyfile(UNMET)
    result = pytester.runpytest_subprocess(*only_plugins)

    result.assert_outcomes(passed=4, failed=1, errors=2)
    hint = "; dataarts_mock.allow_unmet_faults = True lets that pass"
    assert [line for line in result.stdout.lines if line.startswith("fail_next:")] == [
        f"fail_next: no request has met 503 for showJobInstance, nor drip{hint}",
        f"fail_next: no request has met 503{hint}",
    ]
