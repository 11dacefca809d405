"""Does the fixture do what its users are told?"""

from __future__ import annotations

import asyncio
import http.client
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from dataarts_auth import SignatureAuth
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.models import JobParam, RunJobRequest
from dataarts_mock import MockServer
from tests.mock._http import NO_TLS, PATH, post

TWO_TESTS = """
    import threading
    import urllib.request

    import pytest

    @pytest.mark.parametrize("number", range({tests}))
    def test_as_new(dataarts_mock, number, pytestconfig):
        assert dataarts_mock.requests == []
        dataarts_mock.add_job("other")
        dataarts_mock.fail_next(503)
        dataarts_mock.freeze()
        dataarts_mock.allow_unmet_faults = True
        request = urllib.request.Request(dataarts_mock.url + "/nowhere", method="POST")
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(request)

        assert len(dataarts_mock.requests) == 1
        assert [thread.name for thread in threading.enumerate()].count("dataarts-mock") == 1
        print("served by", dataarts_mock.url)
"""


DIFFERENCES = """\
AssertionError: myJob in the default workspace ran never with params {'day': '2026-01-31', 'region': 'eu'}; expected once
the last other run of myJob:
  day: expected '2026-01-31', found '2026-01-30'
  region: expected 'eu', found none
  dry: expected none, found '1'
requests received: 1
  POST /v1/my_project/jobs/myJob/run-immediate 200  ran in the default workspace with params {'day': '2026-01-30', 'dry': '1'}
AssertionError: myJob in workspace ws1 ran never; expected once
the last other run of myJob:
  workspace: expected workspace ws1, found the default workspace
requests received: 1
  POST /v1/my_project/jobs/myJob/run-immediate 200  ran in the default workspace with params {}
AssertionError: myJob in the default workspace ran never; expected once
requests received: none
AssertionError: myJob in the default workspace ran twice; expected once
requests received: 3
  POST /v1/my_project/jobs/noSuchJob/run-immediate 400  DLF.0100 The job does not exists.
  POST /v1/my_project/jobs/myJob/run-immediate 200  ran in the default workspace with params {}
  POST /v1/my_project/jobs/myJob/run-immediate 200  ran in the default workspace with params {}"""  # noqa: E501 # As shown.


def test_users_suite_passes(pytester: pytest.Pytester, root: Path) -> None:
    """The suite of the README passes, run as a user runs it."""
    pytester.makepyfile(test_nightly=(root / "tests/examples/test_nightly.py").read_text(encoding="utf-8"))
    result = pytester.runpytest_subprocess("-Werror", "-p", "no:schemathesis")

    result.assert_outcomes(passed=2)


def test_failing_assertions_say_what_differs(
    pytester: pytest.Pytester, root: Path, only_plugins: tuple[str, ...]
) -> None:
    """A failing assertion shows what was expected, what there was instead, and no insides of the mock."""
    pytester.makepyfile(test_failing=(root / "tests/examples/failing.py").read_text(encoding="utf-8"))
    result = pytester.runpytest_subprocess("--tb=short", *only_plugins)
    text = "\n".join(line[4:] for line in result.outlines if line.startswith("E   "))

    result.assert_outcomes(failed=4)
    assert text == DIFFERENCES
    assert "_mock_server.py" not in result.stdout.str()


def test_one_server_a_session_as_new_for_each_test(pytester: pytest.Pytester, only_plugins: tuple[str, ...]) -> None:
    """One server serves all tests of a session, and none of them sees what another did."""
    pytester.makepyfile(TWO_TESTS.format(tests=3))
    result = pytester.runpytest_subprocess("-rP", *only_plugins)

    result.assert_outcomes(passed=3)
    assert len(set(re.findall(r"served by (\S+)", result.stdout.str()))) == 1


def test_each_xdist_worker_has_its_own(pytester: pytest.Pytester, only_plugins: tuple[str, ...]) -> None:
    """With pytest-xdist each worker has a server of its own, on a port of its own."""
    pytester.makepyfile(TWO_TESTS.format(tests=6))
    result = pytester.runpytest_subprocess("-rP", "-p", "xdist", "--dist", "each", "--tx", "2*popen", *only_plugins)

    result.assert_outcomes(passed=12)
    assert len(set(re.findall(r"served by (\S+)", result.stdout.str()))) == 2


def test_plugin_imports_only_the_standard_library_and_pytest() -> None:
    """Loading the plugin, as every pytest of the environment does, imports nothing but Python's own and pytest."""
    code = (
        "import sys, pytest; before = set(sys.modules); import dataarts_mock._pytest_plugin; "
        "print(*{name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names)"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == ["dataarts_mock"]


def test_without_the_extra_the_fixture_names_it(pytester: pytest.Pytester, only_plugins: tuple[str, ...]) -> None:
    """Where the extra is not installed, the fixture fails with the command that installs it, and nothing else."""
    required = {
        _normal(re.split(r"[^\w.-]", requirement)[0])
        for requirement in metadata.requires("dataarts-client") or []
        if "extra ==" in requirement
    }
    blocked = {
        name
        for name, distributions in metadata.packages_distributions().items()
        if required & {_normal(distribution) for distribution in distributions}
    }
    pytester.makeconftest(f"""
        import sys
        from importlib.abc import MetaPathFinder

        class Blocker(MetaPathFinder):
            def find_spec(self, name, path, target=None):
                if name.partition(".")[0] in {blocked}:
                    raise ModuleNotFoundError(name, name=name)

        sys.meta_path.insert(0, Blocker())
    """)
    pytester.makepyfile("def test_it(dataarts_mock): ...")
    result = pytester.runpytest_subprocess(*only_plugins)

    assert {"uvicorn", "starlette", "yaml", "jsonschema_rs", "swagger_ui", "httptools"} <= blocked
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["The fixture dataarts_mock needs *: pip install '.?mock?' in the checkout of *"])
    assert "ModuleNotFoundError" not in result.stdout.str()


def _normal(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()


def test_requests_show_what_came_in(dataarts_mock: MockServer) -> None:
    """A recorded request has all of its parts, decoded where they have a meaning."""
    dataarts_mock.add_job("作业", "ws1")
    body = '{"jobParams": [{"name": "a", "value": "作"}]}'.encode()
    post(
        dataarts_mock.url,
        "/v1/p1/jobs/%E4%BD%9C%E4%B8%9A/run-immediate?x=%20",
        {"workspace": "ws1", "Content-Type": "application/json"},
        body,
    )
    (request,) = dataarts_mock.requests

    assert (request.method, request.path, request.query) == (
        "POST",
        "/v1/p1/jobs/%E4%BD%9C%E4%B8%9A/run-immediate",
        "x=%20",
    )
    assert request.parameters == {"project_id": "p1", "job_name": "作业", "workspace": "ws1"}
    assert request.body == {"jobParams": [{"name": "a", "value": "作"}]}
    assert (request.status, request.violation, request.fault) == (200, None, None)
    assert (request.operation, request.carried_out) == ("runJobImmediately", True)
    assert request.headers["workspace"] == "ws1"
    assert request.headers["content-length"] == str(len(body))


def test_refused_requests_are_recorded_with_their_violation(dataarts_mock: MockServer) -> None:
    """A request that was refused is there too, with code and message, and a body that is no JSON as text."""
    post(dataarts_mock.url, headers={"Content-Type": "application/json"}, body=b'{"a": \xff')
    post(dataarts_mock.url, "/nowhere")
    first, second = dataarts_mock.requests

    assert first.violation is not None
    assert first.violation.startswith("DLF.3051 The request parameter is invalid. body: not JSON")
    assert (first.body, first.status, first.carried_out) == ('{"a": \ufffd', 400, False)
    assert (second.operation, second.status, second.parameters) == (None, 404, {})


def test_secrets_are_not_recorded(dataarts_mock: MockServer) -> None:
    """No token, signature or cookie is kept readable, not even in the message about a wrong signature."""
    secrets = ["token-5ecret", "security-5ecret", "cookie-5ecret", "proxy-5ecret"]
    auth = SignatureAuth(dataarts_mock.access_key, "wrong", security_token="security-5ecret")
    headers = {"Cookie": "cookie-5ecret", "Proxy-Authorization": "proxy-5ecret", "x-extra": "seen"}
    answer = httpx.post(dataarts_mock.url + PATH, auth=auth, headers=headers)
    httpx.post(dataarts_mock.url + PATH, headers={"X-Auth-Token": "token-5ecret", **headers})
    recorded = repr(dataarts_mock.requests)

    assert "security-5ecret" in answer.text
    assert [secret for secret in secrets if secret in recorded] == []
    assert "Signature=" not in recorded
    assert recorded.count("'x-auth-token': '***'") == 1
    assert recorded.count("'x-extra': 'seen'") == 2


def test_runs_are_asserted_by_job_parameters_and_workspace(dataarts_mock: MockServer) -> None:
    """Runs count where job, workspace and, if asked for, parameters are those; in any order."""
    dataarts_mock.add_job("myJob", "ws1")
    params = [JobParam(name="b", value="2"), JobParam(name="a", value="1")]
    with dataarts_mock.client() as client:
        run_job_immediately.sync("p1", "myJob", client=client, body=RunJobRequest(job_params=params))
        run_job_immediately.sync("p1", "myJob", client=client, workspace="ws1")

    dataarts_mock.assert_ran("myJob")
    dataarts_mock.assert_ran("myJob", params={"a": "1", "b": "2"})
    dataarts_mock.assert_ran("myJob", params={}, workspace="ws1")
    dataarts_mock.assert_ran("myJob", params={"a": "1"}, times=0)
    dataarts_mock.assert_ran("other", times=0)


def test_parameter_given_twice_is_not_one(dataarts_mock: MockServer) -> None:
    """A run with the same parameter twice is not taken for a run with it once."""
    params = [JobParam(name="a", value="0"), JobParam(name="a", value="1")]
    with dataarts_mock.client() as client:
        run_job_immediately.sync("p1", "myJob", client=client, body=RunJobRequest(job_params=params))

    with pytest.raises(AssertionError, match="a: expected '1', found '0' and '1'"):
        dataarts_mock.assert_ran("myJob", params={"a": "1"})


def test_jobs_that_break_the_contract_are_refused(dataarts_mock: MockServer) -> None:
    """A job name or workspace ID against the contract's rule is a ValueError that names the rule."""
    with pytest.raises(ValueError, match="job_name: longer than 128 characters"):
        dataarts_mock.add_job("a" * 129)
    with pytest.raises(ValueError, match="workspace: empty"):
        dataarts_mock.add_job("a", "")


def test_many_threads_at_once() -> None:
    """Requests, jobs, faults and the journal may be used from many threads at once."""
    with MockServer(jobs=[]) as mock, ThreadPoolExecutor(16) as pool:

        def work(number: int) -> int:
            mock.add_job(f"job{number}")
            return post(mock.url, f"/v1/p1/jobs/job{number}/run-immediate").status_code

        statuses = list(pool.map(work, range(200)))
        instances = {request.carried_out for request in mock.requests}

    assert statuses == [200] * 200
    assert instances == {True}


def test_server_by_itself_has_settings_and_an_end() -> None:
    """Outside pytest a MockServer takes the mock's settings, cannot be started twice, and is gone when it ends."""
    with MockServer(any_job=True, rate_limit=2, control=False) as mock:
        url = mock.url
        statuses = [post(mock.url, "/v1/p1/jobs/any/run-immediate").status_code for _ in range(3)]
        control = httpx.get(url + "/__mock__/jobs", verify=NO_TLS).status_code
        with pytest.raises(RuntimeError, match="serves already"):
            mock.start()
    mock.stop()

    assert 429 in statuses
    assert 200 in statuses
    assert control == 404
    with pytest.raises(RuntimeError, match="start it first"):
        mock.requests  # noqa: B018 # Asking is what is tested.
    with pytest.raises(ConnectionRefusedError):
        http.client.HTTPConnection(urlsplit(url).netloc, timeout=5).connect()


def test_clients_of_a_server_have_its_token() -> None:
    """A client that a MockServer makes has its token and address, and whatever else it is to have."""
    with MockServer(token="t0ken") as mock, mock.client(headers={"x-extra": "1"}) as client:
        run_job_immediately.sync("p1", "myJob", client=client)
        refused = post(mock.url).status_code

    assert client.base_url == mock.url
    assert refused == 401


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_clients_of_a_server_need_no_proxy(
    dataarts_mock: MockServer, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    """A client that a MockServer makes reaches it, blocking or not, whatever proxy the environment names."""
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.setenv(variable, "http://127.0.0.1:9")

    async def run() -> None:
        async with dataarts_mock.client(max_retries=0) as client:
            await run_job_immediately.asyncio("p1", "myJob", client=client)

    with dataarts_mock.client(max_retries=0) as client:
        run_job_immediately.sync("p1", "myJob", client=client)
    asyncio.run(run())

    dataarts_mock.assert_ran("myJob", times=2)


def test_server_starts_again() -> None:
    """A MockServer that was stopped can be started again."""
    mock = MockServer()
    for _ in range(2):
        with mock:
            assert post(mock.url).status_code == 200


def test_what_was_forgotten_is_not_taken_for_never(dataarts_mock: MockServer) -> None:
    """When runs are so long ago that nothing is remembered of them, assert_ran says that it cannot tell."""
    with dataarts_mock.client() as client:
        run_job_immediately.sync("p", "myJob", client=client)
    with httpx.Client(base_url=dataarts_mock.url) as http:
        for _ in range(1000):
            http.get("/nowhere")

    with pytest.raises(AssertionError, match="cannot be told how often myJob ran"):
        dataarts_mock.assert_ran("myJob", times=0)
    dataarts_mock.reset()
    dataarts_mock.assert_ran("myJob", times=0)
