"""Is a run what its IDs say: equal, written down, taken up elsewhere; and do errors say what to do next?"""

from __future__ import annotations

import copy
import json
import multiprocessing
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import dataarts_runs
from dataarts_client import Client
from dataarts_client.errors import ApiError
from dataarts_mock import MockServer
from dataarts_runs import AsyncRun, Run, RunError, RunFailed, RunTimedOut, attach, start

from ._caller import JOB, PROJECT, Caller
from ._time import VirtualTime

HUGE = 2**53 + 1


def test_exports() -> None:
    """The package exports what it says, sorted."""
    assert dataarts_runs.__all__ == sorted(dataarts_runs.__all__)
    assert all(hasattr(dataarts_runs, name) for name in dataarts_runs.__all__)


def test_equality(client: Client, dataarts_mock: MockServer) -> None:
    """Runs are equal and hash alike by their IDs, whatever their client; a run is none of another workspace or kind."""
    run = attach(client, PROJECT, JOB, 7)
    with dataarts_mock.client() as other:
        same = attach(other, PROJECT, JOB, 7)
    different = [
        attach(client, "p2", JOB, 7),
        attach(client, PROJECT, "other", 7),
        attach(client, PROJECT, JOB, 8),
        attach(client, PROJECT, JOB, 7, workspace="ws1"),
        AsyncRun.of(client, PROJECT, JOB, None, 7),
    ]

    assert run == same
    assert hash(run) == hash(same)
    assert all(run != each for each in different)


def test_repr_has_no_secret(client: Client, dataarts_mock: MockServer) -> None:
    """A run shows its IDs, and nothing of its client."""
    run = attach(client, PROJECT, JOB, 7, workspace="ws1")

    assert repr(run) == f"Run(project_id='{PROJECT}', job_name='{JOB}', workspace='ws1', instance_id=7)"
    assert str(run) == f"run 7 of job {JOB} (project {PROJECT}, workspace ws1)"
    assert dataarts_mock.token not in repr(run) + str(run)


def test_immutable(client: Client) -> None:
    """A run cannot be changed into another one."""
    with pytest.raises(AttributeError):
        attach(client, PROJECT, JOB, 7).instance_id = 8  # type: ignore[misc]


def test_attaching_sends_nothing(caller: Caller, dataarts_mock: MockServer) -> None:
    """To attach to a run, or to take one up, sends nothing."""
    caller.kind.from_dict(caller.client, caller.attach(7).to_dict())

    assert dataarts_mock.requests == []


@pytest.mark.parametrize("workspace", [None, "ws1"])
def test_written_down(caller: Caller, workspace: str | None) -> None:
    """A run is written down as JSON and taken up again, whatever its ID; further keys are passed over."""
    run = caller.attach(HUGE, workspace=workspace)
    text = json.dumps({**run.to_dict(), "outcome": "running"})

    assert caller.kind.from_dict(caller.client, json.loads(text)) == run
    assert f'"instance_id": {HUGE}' in text


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"instance_id": float(HUGE)}, TypeError),
        ({"instance_id": 7.0}, TypeError),
        ({"instance_id": "7"}, TypeError),
        ({"instance_id": True}, TypeError),
        ({"instance_id": None}, TypeError),
        ({"instance_id": 2**63}, ValueError),
        ({"job_name": ".."}, ValueError),
        ({"job_name": 5}, TypeError),
        ({"project_id": ""}, ValueError),
        ({"workspace": "a\nb"}, ValueError),
    ],
)
def test_wrong_ids(caller: Caller, changes: dict[str, Any], kind: type[Exception]) -> None:
    """What cannot be an ID is refused, by name, where it is given; a float above all."""
    written = {**caller.attach(7).to_dict(), **changes}
    with pytest.raises(kind, match=next(iter(changes))):
        caller.kind.from_dict(caller.client, written)
    with pytest.raises(kind, match=next(iter(changes))):
        caller.attach(
            written["instance_id"], written["job_name"], project=written["project_id"], workspace=written["workspace"]
        )


@pytest.mark.parametrize("missing", ["project_id", "job_name", "instance_id"])
def test_missing_ids(client: Client, missing: str) -> None:
    """What is missing is named."""
    written = attach(client, PROJECT, JOB, 7).to_dict()
    del written[missing]
    with pytest.raises(ValueError, match=missing):
        Run.from_dict(client, written)


def test_wrong_objects(client: Client) -> None:
    """What is no client, and what is no mapping, is refused."""
    with pytest.raises(TypeError, match="client"):
        attach("client", PROJECT, JOB, 7)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="mapping"):
        Run.from_dict(client, [7])  # type: ignore[arg-type]


def test_copies(client: Client) -> None:
    """A copy of a run is the run; a pickled one has its IDs and no client, says so, and can be given one."""
    run = attach(client, PROJECT, JOB, 7)
    pickled = pickle.loads(pickle.dumps(run))

    assert copy.copy(run) is run
    assert copy.deepcopy(run) is run
    assert pickled == run
    with pytest.raises(RuntimeError, match="from_dict"):
        pickled.wait()
    assert Run.from_dict(client, pickled.to_dict()).client is client


def failed(caller: Caller) -> RunError:
    """Return the error of a run that fails."""
    with pytest.raises(RunFailed) as caught:
        caller.wait(caller.start())
    return caught.value


def test_errors_are_pickled(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """An error that is pickled, or copied, keeps its kind, message, run, instance and cause."""
    dataarts_mock.add_job(JOB, states=("fail",))
    error = failed(caller)
    run = caller.start()
    dataarts_mock.fail_next(status=403)
    with pytest.raises(RunError) as refused:
        caller.wait(run)
    dataarts_mock.add_job(JOB, states=("running",))
    with pytest.raises(RunTimedOut) as late:
        caller.wait(caller.start(), 5)
    for each in (error, refused.value, late.value):
        for twin in (pickle.loads(pickle.dumps(each)), copy.copy(each)):
            assert type(twin) is type(each)
            assert str(twin) == str(each)
            assert twin.run == each.run
            assert twin.instance == each.instance
            assert repr(twin.__cause__) == repr(each.__cause__)
    assert isinstance(refused.value.__cause__, ApiError)


def _fail(url: str, token: str) -> None:
    from dataarts_auth import TokenAuth

    with Client(url, auth=TokenAuth(token)) as client:
        start(client, PROJECT, JOB).wait()


def test_errors_leave_a_process_pool(dataarts_mock: MockServer) -> None:
    """An error reaches the parent from a pool of processes."""
    dataarts_mock.add_job(JOB, states=("fail",))
    with (
        multiprocessing.get_context("spawn").Pool(1) as pool,
        pytest.raises(RunFailed, match="Failed node") as caught,
    ):
        pool.apply(_fail, (dataarts_mock.url, dataarts_mock.token))

    assert caught.value.run is not None
    assert caught.value.run.instance_id == dataarts_mock.instances[0].instance_id


def test_message_of_a_failure(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """The message names run, job, project and workspace, the state, the failed nodes and their logs, and what to do."""
    dataarts_mock.add_job(JOB, "ws1", states=("fail",))
    run = caller.start(workspace="ws1")
    with pytest.raises(RunFailed) as caught:
        caller.wait(run)
    instance = caught.value.instance
    assert instance is not None

    assert str(caught.value) == (
        f"Run {run.instance_id} of job {JOB} (project {PROJECT}, workspace ws1) did not succeed: its state is fail. "
        f"Failed node: work (Shell) fail, log at {instance.nodes[1].log_path}. run.restart() runs it again."
    )


def test_message_of_a_suspended_run(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """A run that can be stopped but not restarted says so."""
    dataarts_mock.add_job(JOB, states=("running-exception",))

    assert str(failed(caller)).endswith("run.stop() stops it.")


def test_message_of_a_timeout(dataarts_mock: MockServer, time: VirtualTime, caller: Caller) -> None:
    """The message names run, state and time, and says that the run goes on and how to wait again."""
    dataarts_mock.add_job(JOB, states=("running",))
    run = caller.start()
    with pytest.raises(RunTimedOut) as caught:
        caller.wait(run, 90)

    assert str(caught.value) == (
        f"Run {run.instance_id} of job {JOB} (project {PROJECT}) is in state running after 1 min 29 s. "
        "It goes on: run.wait() waits for it again, run.stop() stops it."
    )


STARTER = """
import json, sys
from dataarts_auth import TokenAuth
from dataarts_client import Client
from dataarts_runs import start
url, token, path = sys.argv[1:]
with Client(url, auth=TokenAuth(token)) as client, open(path, "w") as file:
    json.dump(start(client, "p1", "myJob").to_dict(), file)
"""
FINISHER = """
import json, sys
from dataarts_auth import TokenAuth
from dataarts_client import Client
from dataarts_runs import Run
url, token, path = sys.argv[1:]
with Client(url, auth=TokenAuth(token)) as client, open(path) as file:
    print(Run.from_dict(client, json.load(file)).wait().status)
"""


def test_another_process_finishes_it(tmp_path: Path) -> None:
    """A run that one process has written to a file is waited for by another, whatever its ID."""
    with MockServer(first_instance_id=HUGE) as mock:
        out = [
            subprocess.run(
                [sys.executable, "-c", code, mock.url, mock.token, str(tmp_path / "run.json")],
                capture_output=True,
                text=True,
                timeout=60,
                check=True,
            ).stdout
            for code in (STARTER, FINISHER)
        ]
        (instance,) = mock.instances

    assert out == ["", "success\n"]
    assert json.loads((tmp_path / "run.json").read_text())["instance_id"] == HUGE
    assert instance.status == "success"
