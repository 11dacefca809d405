"""Does the mock's command line do what its help says?"""

from __future__ import annotations

import http.client
import re
import signal
import socket
import subprocess
import sys
from urllib.parse import urlsplit

import httpx
import pytest

from tests.mock._http import NO_TLS, TOKEN
from tests.mock._process import read_url, running, start

WRONG = [
    (["--port", "65536"], "argument --port: '65536' is not a number from 0 to 65535"),
    (["--port", "x"], "argument --port: 'x' is not a number from 0 to 65535"),
    (["--job", "myJob@"], "argument --job: 'myJob@' has no workspace ID after the @"),
    (["--job", "myJob:"], "argument --job: 'myJob:' has no states after the :"),
    (["--job", "myJob:waiting,done"], "states[1]: not one of waiting, running, success, fail"),
    (["--job", "myJob@ws1:"], "argument --job: 'myJob@ws1:' has no states after the :"),
    (["--first-instance-id", "9223372036854775808"], "first_instance_id: greater than 9223372036854775807"),
    (["--job", ".."], r"job_name: does not match"),
    (["--job", "myJob@w 1"], r"workspace: does not match"),
    (["--rate-limit", "0"], "rate_limit: less than 1: 0"),
    (["--rate-limit", "x"], "argument --rate-limit: invalid int value: 'x'"),
    (["--token", ""], "token: must be printable ASCII"),
    (["--allow-host", "a:80"], "allowed_hosts[0]: not a host name or address without a port: 'a:80'"),
    (["--any"], "unrecognized arguments: --any"),
]
MISSING = "Incorrect IAM authentication information: x-auth-token not found"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the mock to its end."""
    command = [sys.executable, "-m", "dataarts_mock", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


def post(url: str, path: str) -> int:
    """Send a POST without credentials, and return its status."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("POST", path)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(("arguments", "line"), [pytest.param(*row, id=" ".join(row[0])) for row in WRONG])
def test_bad_argument_gets_one_clear_line(arguments: list[str], line: str) -> None:
    """A bad argument ends the mock with status 2, and the last line says what is wrong with which."""
    done = run("--port", "0", *arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines()[-1].startswith(f"dataarts-mock: error: {line}")


def test_taken_port_gets_one_clear_line() -> None:
    """A port that is taken ends the mock with status 2 and one line that names it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("--port", str(port))

    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == (
        f"dataarts-mock: error: cannot listen on 127.0.0.1 port {port}: Address already in use"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_it_cleanly(number: signal.Signals) -> None:
    """Ctrl-C or a SIGTERM ends the mock with status 0, and without a word."""
    with start() as process:
        read_url(process)
        process.send_signal(number)
        rest = process.communicate(timeout=10)

    assert (process.returncode, *rest) == (0, "", "")


def test_it_stops_with_the_program_that_started_it() -> None:
    """With --stop-with-stdin the mock stops, cleanly, when what is written to its standard input ends."""
    with start("--stop-with-stdin", stdin=subprocess.PIPE) as process:
        url = read_url(process)
        status = post(url, "/")
        rest = process.communicate("anything", timeout=10)

    assert status == 404
    assert (process.returncode, rest[1]) == (0, "")


def test_each_request_is_a_line() -> None:
    """Each request is printed with method, status, path and what is wrong with it."""
    with start() as process:
        url = read_url(process)
        post(url, "/v1/p/jobs/myJob/run-immediate")
        post(url, "/")
        process.terminate()
        lines = process.communicate(timeout=10)[0].splitlines()

    assert [re.sub(r" +", " ", line) for line in lines] == [
        f"POST 401 /v1/p/jobs/myJob/run-immediate APIGW.0301 {MISSING}",
        "POST 404 / APIGW.0101 The API does not exist or has not been published in the environment.",
    ]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [([], "reference at /docs, control routes at /__mock__/;"), (["--no-control"], "reference at /docs;")],
)
def test_first_line_says_where_to_go_on(arguments: list[str], names: str) -> None:
    """The first line names the URL, the reference page, and the control routes where there are any."""
    with start(*arguments) as process:
        assert process.stdout
        line = process.stdout.readline()
        process.terminate()
        process.communicate(timeout=10)

    assert re.fullmatch(rf"dataarts-mock is listening on http://127\.0\.0\.1:[0-9]+ \({names} Ctrl-C ends it\)\n", line)


def test_quiet_prints_the_url_alone() -> None:
    """With --quiet, nothing follows the line with the URL."""
    with start("--quiet") as process:
        post(read_url(process), "/")
        process.terminate()
        rest = process.communicate(timeout=10)

    assert rest == ("", "")


def test_without_the_extra_it_names_it() -> None:
    """Where the extra is not installed, the mock ends with status 2 and the command that installs it."""
    code = "import sys; sys.modules['starlette'] = None; from dataarts_mock.__main__ import main; sys.exit(main([]))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "dataarts-mock: error: the mock needs starlette, which comes with an extra: "
        "pip install '.[mock]' in the checkout of dataarts-client\n"
    )


def test_jobs_have_states() -> None:
    """`--job` says which states a job's runs go through, in its workspace; a reset keeps them."""
    arguments = ["--job", "nightly:running,fail", "--job", "myJob", "--job", "nightly@ws1:pause"]
    with (
        running(*arguments, "--first-instance-id", str(2**60)) as url,
        httpx.Client(base_url=url, verify=NO_TLS) as http,
    ):
        seen = []
        for _ in range(2):
            for job, workspace in (("nightly", None), ("myJob", None), ("nightly", "ws1")):
                headers = TOKEN | ({"workspace": workspace} if workspace else {})
                run = http.post(f"/v1/p1/jobs/{job}/run-immediate", headers=headers).json()["instanceId"]
                path = f"/v1/p1/jobs/{job}/instances/{run}"
                seen.append((run - 2**60, [http.get(path, headers=headers).json()["status"] for _ in range(2)]))
            http.post("/__mock__/reset")

    assert seen == [(0, ["running", "fail"]), (1, ["waiting", "running"]), (2, ["pause", "pause"])] * 2
