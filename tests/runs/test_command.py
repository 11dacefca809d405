"""Does the command do what its help says, and does its exit status say what happened?"""

from __future__ import annotations

import subprocess
import sys

import pytest

from dataarts_mock import MockServer

from ._caller import JOB
from ._command import COMMAND, begin, run


def test_success(dataarts_mock: MockServer) -> None:
    """`run` prints the instance ID and the state it ended in; lines for people are apart. The status is 0."""
    done = run(dataarts_mock, "run", JOB, "-p", "day=2026-01-31", "-p", "empty=")
    (instance,) = dataarts_mock.instances

    assert done.status == 0
    assert done.out.split() == [str(instance.instance_id), "success"]
    assert f"Run {instance.instance_id} of job {JOB} was started." in done.err
    assert "waiting: begin waiting, work waiting" in done.err
    dataarts_mock.assert_ran(JOB, {"day": "2026-01-31", "empty": ""})


def test_failure(dataarts_mock: MockServer) -> None:
    """A run that fails is status 1; the last line names the nodes that failed, and their logs."""
    dataarts_mock.add_job(JOB, states=("running", "fail"))
    done = run(dataarts_mock, "run", JOB)

    assert done.status == 1
    assert done.out.split()[1] == "fail"
    assert "Failed node: work (Shell) fail, log at obs://" in done.err.splitlines()[-1]
    assert "run.restart" not in done.err


@pytest.mark.parametrize("arguments", [["run", "noSuchJob"], ["run", JOB, "--workspace", "ws9"], ["status", JOB, "7"]])
def test_refusal(dataarts_mock: MockServer, arguments: list[str]) -> None:
    """A refusal is status 4: nothing was started."""
    done = run(dataarts_mock, *arguments)

    assert done.status == 4
    assert "DLF." in done.err
    assert ("Nothing was started." in done.err) is (arguments[0] == "run")
    assert done.out == ""


def test_not_sent(dataarts_mock: MockServer) -> None:
    """A start that is not sent is status 4."""
    with MockServer() as gone:
        url = gone.url
    done = run(dataarts_mock, "run", JOB, "--url", url)

    assert done.status == 4
    assert "was not sent" in done.err


def test_refused_look_of_a_run_that_was_started(dataarts_mock: MockServer) -> None:
    """A look that is refused after the start is not status 4, since something was started, but 6: the run goes on."""
    dataarts_mock.fail_next(status=403, operation="showJobInstance")
    done = run(dataarts_mock, "run", JOB, "--json")

    assert done.status == 6
    assert done.document["outcome"] == "may_go_on"
    assert "dataarts wait" in done.err
    dataarts_mock.assert_ran(JOB, times=1)


@pytest.mark.parametrize(("code", "status"), [(401, 3), (403, 4)])
def test_refused_look_of_a_run_that_was_started_before(dataarts_mock: MockServer, code: int, status: int) -> None:
    """`wait` says which run cannot be waited for, and why; with other credentials it can be, so it says how, once."""
    dataarts_mock.add_job(JOB, states=("running",))
    run(dataarts_mock, "run", JOB, "--timeout", "0.1s")
    instance_id = dataarts_mock.instances[0].instance_id
    dataarts_mock.fail_next(status=code, operation="showJobInstance")
    done = run(dataarts_mock, "wait", JOB, str(instance_id))

    assert done.status == status
    assert (
        f"Run {instance_id} of job {JOB} cannot be waited for, since a look at it was refused: HTTP {code}" in done.err
    )
    assert done.err.count("go on.") == 1
    assert (f"To wait for it again: dataarts wait {JOB} {instance_id}" in done.err) is (code == 401)


@pytest.mark.parametrize("others", [0, 1])
def test_unknown_start(dataarts_mock: MockServer, others: int) -> None:
    """A start whose response is lost is status 5, and what may have been started is listed with how to wait for it."""
    for _ in range(others):
        assert run(dataarts_mock, "run", JOB).status == 0
    dataarts_mock.fail_next(transport="reset-after-reading")
    done = run(dataarts_mock, "run", JOB)

    assert done.status == 5
    for instance in dataarts_mock.instances:
        assert f"dataarts wait {JOB} {instance.instance_id}" in done.err
    dataarts_mock.assert_ran(JOB, times=1 + others)


def test_unknown_start_without_a_candidate(dataarts_mock: MockServer) -> None:
    """Where no run is to be seen, it is not said that there is none."""
    dataarts_mock.fail_next(status=503)
    done = run(dataarts_mock, "run", JOB, "--json")

    assert done.status == 5
    assert "appear late" in done.err
    assert done.document["candidates"] == []
    assert done.document["instance_id"] is None


def test_timeout(dataarts_mock: MockServer) -> None:
    """When the time is over the status is 6, and the line says that the run goes on and how to wait for it again."""
    dataarts_mock.add_job(JOB, "ws1", states=("running",))
    done = run(dataarts_mock, "run", JOB, "--timeout", "0.5s", "--workspace", "ws1")
    (instance,) = dataarts_mock.instances

    assert done.status == 6
    assert done.out.split() == [str(instance.instance_id), "running"]
    assert done.err.splitlines()[-1].endswith(
        f"The run goes on; to wait for it again: dataarts wait {JOB} {instance.instance_id} --workspace ws1"
    )


@pytest.mark.parametrize("state", ["success", "fail", "running"])
def test_document(dataarts_mock: MockServer, state: str) -> None:
    """With --json, standard output is one document: the outcome, the run, and the instance as the service sends it."""
    dataarts_mock.add_job(JOB, states=(state,))
    done = run(dataarts_mock, "run", JOB, "--json", "--timeout", "0.5s")
    (instance,) = dataarts_mock.instances
    expected = {"success": (0, "succeeded"), "fail": (1, "failed"), "running": (6, "timed_out")}[state]

    assert (done.status, done.document["outcome"]) == expected
    assert done.document["instance_id"] == instance.instance_id
    assert done.document["state"] == state
    assert done.document["instance"]["instanceId"] == instance.instance_id
    assert (done.document["message"] is None) is (state == "success")


def test_huge_instance_ids() -> None:
    """An instance ID above 2**53 survives the command, and its JSON."""
    first = 2**53 + 1
    with MockServer(first_instance_id=first) as mock:
        document = run(mock, "run", JOB, "--json").document
        done = run(mock, "wait", JOB, str(first), "--json")
        listed = run(mock, "list", "--json").document

    assert document["instance_id"] == first
    assert document["instance"]["instanceId"] == first
    assert f'"instance_id": {first}' in done.out
    assert listed["runs"][0]["instance_id"] == first


def test_wait(dataarts_mock: MockServer) -> None:
    """`wait` waits for a run that was started before, as `run` does; zeros in front of an ID mean nothing."""
    dataarts_mock.add_job(JOB, states=("running", "fail"))
    run(dataarts_mock, "run", JOB, "--timeout", "0.3s")
    instance_id = dataarts_mock.instances[0].instance_id
    done = run(dataarts_mock, "wait", JOB, str(instance_id))

    assert done.status == 1
    assert done.out.split() == ["fail"]
    assert run(dataarts_mock, "wait", JOB, f"000{instance_id}").status == 1


def test_status(dataarts_mock: MockServer) -> None:
    """`status` shows the state, the times, and the nodes with their logs, whole, with status 0 whatever they are."""
    dataarts_mock.add_job(JOB, states=("fail",))
    run(dataarts_mock, "run", JOB)
    instance_id = str(dataarts_mock.instances[0].instance_id)
    done = run(dataarts_mock, "status", JOB, instance_id)
    document = run(dataarts_mock, "status", JOB, instance_id, "--json").document

    assert done.status == 0
    assert done.out.split()[:2] == ["state", "fail"]
    assert document["instance"]["nodes"][1]["logPath"] in done.out
    assert document["state"] == "fail"


def test_stop(dataarts_mock: MockServer) -> None:
    """`stop` stops a run; one that has ended is refused."""
    dataarts_mock.add_job(JOB, states=("running",))
    run(dataarts_mock, "run", JOB, "--timeout", "0.3s")
    instance_id = str(dataarts_mock.instances[0].instance_id)
    first = run(dataarts_mock, "stop", JOB, instance_id)
    second = run(dataarts_mock, "stop", JOB, instance_id)

    assert (first.status, second.status) == (0, 4)
    assert dataarts_mock.instances[0].status == "manual-stop"


def test_list(dataarts_mock: MockServer) -> None:
    """`list` is a table of the runs of a job, or of all jobs, whole where it is no terminal; states can be picked."""
    long = "j" * 128
    dataarts_mock.add_job(long, states=("fail",))
    run(dataarts_mock, "run", JOB)
    run(dataarts_mock, "run", long)
    every = run(dataarts_mock, "list", "--since", "2h").out.splitlines()
    failed = run(dataarts_mock, "list", "--since", "2h", "--status", "fail").out.splitlines()
    none = run(dataarts_mock, "list", JOB, "--since", "2h", "--status", "pause")

    assert every[0].split() == ["instance", "state", "job", "planned", "started", "took"]
    assert [line.split()[1:3] for line in every[1:]] == [["success", JOB], ["fail", long]]
    assert [line.split()[1] for line in failed[1:]] == ["fail"]
    assert (none.status, none.out) == (0, "")


def test_a_reader_that_goes_away(dataarts_mock: MockServer) -> None:
    """That nobody reads what the command prints any more is no reason to leave a run alone."""
    process = begin(dataarts_mock, "run", JOB)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    process.stderr.close()
    status = process.wait(60)
    assert process.stdin is not None
    process.stdin.close()

    assert status == 0
    assert dataarts_mock.instances[0].status == "success"


def test_without_the_extra_it_names_it() -> None:
    """Where the extra is not installed, the command ends with status 2 and one line that says how to get it."""
    code = "import sys; sys.modules['typer'] = None; from dataarts_runs.__main__ import main; main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "dataarts: error: the command needs typer, which comes with an extra: "
        "pip install '.[cli]' in the checkout of dataarts-client\n"
    )


def test_no_secret_is_printed(dataarts_mock: MockServer) -> None:
    """Whatever goes wrong, no token is printed."""
    secret = "very-secret-token"
    for arguments in (["run", JOB], ["list"], ["run", JOB, "--url", "http://127.0.0.1:1"], ["run"]):
        done = run(dataarts_mock, *arguments, OS_TOKEN=secret)
        assert secret not in done.out + done.err


def test_it_is_installed() -> None:
    """The command is there under its name."""
    assert COMMAND.exists()
