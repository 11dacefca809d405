"""Do the mock's instances live as they are told to?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest

from dataarts_client import Client
from dataarts_client.api.instances import restart_job_instance, show_job_instance, stop_job_instance
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.errors import BadRequest
from dataarts_client.models import JobInstance, RestartJobInstanceRequest
from dataarts_mock import MockServer
from tests.mock._http import NO_TLS, TOKEN

PROJECT = "p1"
JOB = "nightly"
STATES = ("waiting", "running", "success", "fail")


@pytest.fixture
def client(dataarts_mock: MockServer) -> Iterator[Client]:
    """A client of the mock."""
    with dataarts_mock.client() as client:
        yield client


class Run:
    """A run of a job, and what can be done with it."""

    def __init__(self, client: Client, job: str = JOB, workspace: str | None = None) -> None:
        self._client = client
        self._job = job
        self._workspace = workspace
        self.id = run_job_immediately.sync(PROJECT, job, client=client, workspace=workspace).instance_id

    def look(self) -> JobInstance:
        """Look at its instance."""
        return show_job_instance.sync(PROJECT, self._job, self.id, client=self._client, workspace=self._workspace)

    def looks(self, count: int) -> list[str]:
        """Look so many times, and return the states."""
        return [str(self.look().status) for _ in range(count)]

    def stop(self) -> None:
        """Stop it."""
        stop_job_instance.sync(PROJECT, self._job, self.id, client=self._client, workspace=self._workspace)

    def restart(self, body: RestartJobInstanceRequest | None = None) -> None:
        """Restart it."""
        restart_job_instance.sync(
            PROJECT, self._job, self.id, client=self._client, workspace=self._workspace, body=body
        )


def code(call: Callable[[], Any]) -> str:
    """Return the error code that a call is refused with."""
    with pytest.raises(BadRequest) as raised:
        call()
    return str(raised.value.error_code)


def test_each_look_leads_to_the_next_state(dataarts_mock: MockServer, client: Client) -> None:
    """Without `seconds` the first look finds the first state, each further one the next, and the last one stays."""
    dataarts_mock.add_job(JOB, states=("waiting", "running", "fail"))
    run, other = Run(client), Run(client)

    assert run.looks(4) == ["waiting", "running", "fail", "fail"]
    assert other.looks(1) == ["waiting"]


def test_states_are_three_by_default(client: Client) -> None:
    """A job of which nothing is said waits, runs and succeeds."""
    assert Run(client, "myJob").looks(3) == ["waiting", "running", "success"]


def test_the_clock_leads_to_the_next_state(dataarts_mock: MockServer, client: Client) -> None:
    """With `seconds` each state lasts so long by the mock's clock, however often somebody looks."""
    dataarts_mock.freeze()
    dataarts_mock.add_job(JOB, states=("waiting", "running", "fail"), seconds=10)
    run = Run(client)
    seen = [run.looks(2)]
    for seconds in (9.999, 0.001, 10, 1000):
        dataarts_mock.advance(seconds)
        seen.append(run.looks(2))

    assert seen == [["waiting"] * 2, ["waiting"] * 2, ["running"] * 2, ["fail"] * 2, ["fail"] * 2]


def test_instance_appears_late(dataarts_mock: MockServer, client: Client) -> None:
    """Until `appears_after` has passed the instance is not there, whatever is asked of it; then its states begin."""
    dataarts_mock.freeze()
    dataarts_mock.add_job(JOB, appears_after=2.5)
    run = Run(client)
    dataarts_mock.advance(2.499)
    early = [code(run.look), code(run.stop), code(run.restart)]
    dataarts_mock.advance(0.001)

    assert early == ["DLF.0137"] * 3
    assert run.looks(2) == ["waiting", "running"]


def test_times_are_the_clocks(dataarts_mock: MockServer, client: Client) -> None:
    """An instance starts when it was run, ends when it comes to its final state, and says how many minutes it took."""
    dataarts_mock.freeze()
    dataarts_mock.add_job(JOB, states=("running", "success"), seconds=18)
    run = Run(client)
    running = run.look().to_dict()
    dataarts_mock.advance(60)
    ended = run.look().to_dict()
    started = running["startTime"]

    assert running["planTime"] == started
    assert not {"endTime", "executeTime"} & set(running)
    assert (ended["planTime"], ended["startTime"], ended["endTime"]) == (started, started, started + 18_000)
    assert ended["executeTime"] == 0.3


def test_end_is_when_a_look_found_it(dataarts_mock: MockServer, client: Client) -> None:
    """Where looks lead on, an instance ends with the look that first finds its final state."""
    dataarts_mock.freeze()
    dataarts_mock.add_job(JOB, states=("running", "fail"))
    run = Run(client)
    ends = []
    for _ in range(3):
        dataarts_mock.advance(1)
        ends.append(run.look().to_dict().get("endTime"))
    started = run.look().to_dict()["startTime"]

    assert ends == [None, started + 2000, started + 2000]


@pytest.mark.parametrize("state", ["success", "fail", "manual-stop", "running-exception", "pause", "freeze"])
def test_state_is_set(dataarts_mock: MockServer, client: Client, state: str) -> None:
    """`set_state` leads to a state at once, and there the instance stays, by clock and by looks."""
    dataarts_mock.add_job(JOB, states=STATES, seconds=1)
    run = Run(client)
    dataarts_mock.set_state(run.id, state)
    dataarts_mock.advance(100)

    assert run.looks(3) == [state] * 3


def test_what_cannot_be_set_is_refused(dataarts_mock: MockServer, client: Client) -> None:
    """`set_state` names an instance or a state that is not there."""
    run = Run(client, "myJob")

    with pytest.raises(ValueError, match="instance_id: no instance has it: 1"):
        dataarts_mock.set_state(1, "fail")
    with pytest.raises(ValueError, match=r"state: not one of waiting, running, success, fail, .*: 'failed'"):
        dataarts_mock.set_state(run.id, "failed")


@pytest.mark.parametrize(
    ("job", "message"),
    [
        ({"states": ()}, "states: empty"),
        ({"states": "fail"}, "states: not a list of states: 'fail'"),
        ({"states": ["waiting", "done"]}, r"states\[1\]: not one of waiting, running, .*: 'done'"),
        ({"states": [None]}, r"states\[0\]: not one of .*: None"),
        ({"seconds": 0}, "seconds: less than 0.001: 0"),
        ({"seconds": "1"}, "seconds: not a number: '1'"),
        ({"seconds": float("nan")}, "seconds: not a number: nan"),
        ({"appears_after": -1}, "appears_after: less than 0: -1"),
        ({"appears_after": None}, "appears_after: not a number: None"),
        ({"appears_after": float("inf")}, "appears_after: greater than 315360000: inf"),
        ({"name": "a/b"}, "job_name: does not match"),
        ({"workspace": "w 1"}, "workspace: does not match"),
    ],
)
def test_job_that_cannot_be_is_refused(dataarts_mock: MockServer, job: dict[str, Any], message: str) -> None:
    """What `add_job` cannot read is a ValueError that names argument and rule."""
    with pytest.raises(ValueError, match=message):
        dataarts_mock.add_job(**{"name": JOB, **job})


def test_running_instance_is_stopped(dataarts_mock: MockServer, client: Client) -> None:
    """A stop leads to manual-stop at once, and there the instance stays."""
    dataarts_mock.freeze()
    dataarts_mock.add_job(JOB, states=("waiting", "running", "success"))
    run = Run(client)
    before = run.looks(2)
    dataarts_mock.advance(6)
    run.stop()
    after = run.look().to_dict()

    assert before == ["waiting", "running"]
    assert (after["status"], after["endTime"] - after["startTime"]) == ("manual-stop", 6000)
    assert run.looks(2) == ["manual-stop", "manual-stop"]


def test_ended_instance_is_restarted(dataarts_mock: MockServer, client: Client) -> None:
    """A restart keeps the ID and the plan time, and leads through the job's states again, with a new start time."""
    dataarts_mock.freeze()
    dataarts_mock.add_job(JOB, states=("running", "fail"))
    run = Run(client)
    before = [run.look().to_dict() for _ in range(2)][-1]
    dataarts_mock.advance(60)
    run.restart(RestartJobInstanceRequest(retry_location="error_node"))
    after = run.look().to_dict()

    assert (before["status"], after["status"]) == ("fail", "running")
    assert after["planTime"] == before["planTime"]
    assert after["startTime"] == before["startTime"] + 60_000
    assert "endTime" not in after
    assert run.looks(1) == ["fail"]


def test_restart_begins_the_time_of_its_states(dataarts_mock: MockServer, client: Client) -> None:
    """The states that last by the clock begin anew with a restart."""
    dataarts_mock.freeze()
    dataarts_mock.add_job(JOB, states=("running", "success"), seconds=10)
    run = Run(client)
    dataarts_mock.advance(15)
    run.restart()
    seen = []
    for seconds in (0, 9, 1):
        dataarts_mock.advance(seconds)
        seen += run.looks(1)

    assert seen == ["running", "running", "success"]


def test_state_decides_what_is_allowed(dataarts_mock: MockServer, client: Client, document: dict[str, Any]) -> None:
    """In each state an instance can be stopped or restarted as the contract says; what cannot be changes nothing."""
    operations = {
        operation["operationId"]: operation for item in document["paths"].values() for operation in item.values()
    }
    allowed = {name: set(operations[name]["x-allowed-states"]) for name in ("stopJobInstance", "restartJobInstance")}
    done: dict[str, set[str]] = {name: set() for name in allowed}
    states = document["components"]["schemas"]["JobInstanceStatus"]["enum"]
    for state in states:
        for name, call in (("stopJobInstance", Run.stop), ("restartJobInstance", Run.restart)):
            run = Run(client, "myJob")
            dataarts_mock.set_state(run.id, state)
            with suppress(BadRequest):
                call(run)
                done[name].add(state)
                continue
            with pytest.raises(BadRequest, match=rf"the instance is in state {state}, not one of") as raised:
                call(run)
            assert raised.value.error_code == "DLF.3051"
            assert run.looks(1) == [state]

    assert done == allowed


def test_instance_is_found_where_it_was_started(dataarts_mock: MockServer, client: Client) -> None:
    """The instance of another job, workspace or project is not there, nor is one that was never started."""
    for job, workspace in ((JOB, None), (JOB, "ws1"), ("other", None)):
        dataarts_mock.add_job(job, workspace)
    run = Run(client, JOB, "ws1")

    def show(project: str = PROJECT, job: str = JOB, workspace: str | None = "ws1", instance: int = run.id) -> str:
        return code(lambda: show_job_instance.sync(project, job, instance, client=client, workspace=workspace))

    assert show(workspace=None) == "DLF.0137"
    assert show(job="other", workspace=None) == "DLF.0137"
    assert show(project="p2") == "DLF.0137"
    assert [show(instance=each) for each in (run.id - 1, run.id + 1, 0, -1, 2**63 - 1)] == ["DLF.0137"] * 5
    assert show(job="noSuchJob") == "DLF.0100"
    assert show(workspace="ws9") == "DLF.0819"
    assert run.looks(1) == ["waiting"]


@pytest.mark.parametrize("state", STATES)
def test_nodes_tell_what_happened(dataarts_mock: MockServer, client: Client, state: str) -> None:
    """The nodes have states that go with the instance's, the one that works has a log, and the failing one is named."""
    dataarts_mock.add_job(JOB, states=(state,))
    run = Run(client)
    instance = run.look()
    begin, work = instance.nodes

    assert instance.total == 2
    assert {node.instance_id for node in instance.nodes} == {run.id}
    assert (begin.node_name, work.node_name) == ("begin", "work")
    assert (begin.status, work.status) == {
        "waiting": ("waiting", "waiting"),
        "running": ("success", "running"),
        "success": ("success", "success"),
        "fail": ("success", "fail"),
    }[state]
    assert str(work.to_dict().get("logPath", "")).startswith("" if state == "waiting" else f"obs://dlf-log/{JOB}/20")


def test_every_state_can_be_shown(dataarts_mock: MockServer, client: Client, document: dict[str, Any]) -> None:
    """Whatever state of the contract an instance is in, it is shown with all that the reference calls mandatory."""
    schemas = document["components"]["schemas"]
    mandatory = {
        name: {*schemas[name]["required"], *schemas[name]["x-reference-required"]}
        for name in schemas
        if "x-reference-required" in schemas[name]
    }
    for state in schemas["JobInstanceStatus"]["enum"]:
        dataarts_mock.add_job(JOB, states=(state,))
        shown = Run(client).look().to_dict()

        assert shown["status"] == state
        assert (shown["forceSuccess"], shown["ignoreSuccess"]) == (state == "forceSuccess", state == "ignoreSuccess")
        assert mandatory["JobInstance"] <= shown.keys()
        assert all(mandatory["NodeInstance"] <= node.keys() for node in shown["nodes"])
        assert None not in shown.values()


def test_ids_beyond_what_a_float_can_hold() -> None:
    """The first instance ID is a setting, and IDs above 2**53 are exact; a reset goes back to it."""
    first = 2**53 + 1
    with MockServer(first_instance_id=first) as mock, mock.client() as client:
        run = Run(client, "myJob")
        again = Run(client, "myJob")
        shown = run.look().instance_id
        mock.reset()

        assert (run.id, again.id, shown) == (first, first + 1, first)
        assert Run(client, "myJob").id == first


@pytest.mark.parametrize("first", [2**63, -(2**63) - 1, "1", 1.5])
def test_first_id_is_a_long(first: Any) -> None:
    """A first instance ID that is none by the contract is a ValueError that names it."""
    with pytest.raises(ValueError, match="first_instance_id: "):
        MockServer(first_instance_id=first)


def test_instances_are_recorded(dataarts_mock: MockServer, client: Client) -> None:
    """`instances` lists what was started, the oldest first, with its state, and is no look at it."""
    dataarts_mock.freeze()
    dataarts_mock.add_job(JOB, "ws1", states=("waiting", "fail"))
    first, second = Run(client, "myJob"), Run(client, JOB, "ws1")
    second.looks(2)
    records = dataarts_mock.instances
    again = [record.status for record in dataarts_mock.instances]

    assert [(each.instance_id, each.project_id, each.job_name, each.workspace, each.status) for each in records] == [
        (first.id, PROJECT, "myJob", None, "waiting"),
        (second.id, PROJECT, JOB, "ws1", "fail"),
    ]
    assert records[0].end_time is None
    assert records[1].end_time == records[1].plan_time == records[1].start_time
    assert again == ["waiting", "fail"]
    dataarts_mock.reset()
    assert dataarts_mock.instances == []


def test_job_that_is_there_already_changes(dataarts_mock: MockServer, client: Client) -> None:
    """A job that is registered again behaves otherwise from its next run on."""
    before = Run(client, "myJob")
    dataarts_mock.add_job("myJob", states=("fail",))

    assert (before.looks(1), Run(client, "myJob").looks(1)) == (["waiting"], ["fail"])


def test_all_of_it_over_control_routes(dataarts_mock: MockServer, client: Client) -> None:
    """Tests in any language register jobs with states, set states and list instances."""
    with httpx.Client(base_url=dataarts_mock.url, verify=NO_TLS, headers=TOKEN) as http:
        job = {"name": JOB, "workspace": "ws1", "states": ["running", "fail"], "seconds": 5, "appears_after": 1}
        added = http.post("/__mock__/jobs", json=job)
        frozen = http.post("/__mock__/clock/freeze").json()
        run, other = Run(client, JOB, "ws1"), Run(client, "myJob")
        http.post("/__mock__/clock/advance", json={"seconds": 6})
        set_state = http.post("/__mock__/states", json={"instance_id": other.id, "state": "pause"})
        listed = http.get("/__mock__/instances").json()["instances"]

    assert (added.status_code, set_state.status_code) == (201, 201)
    assert [(each["instance_id"], each["status"]) for each in listed] == [(run.id, "fail"), (other.id, "pause")]
    assert listed[0]["plan_time"] == frozen["now"]
    assert (run.looks(1), other.looks(1)) == (["fail"], ["pause"])


@pytest.mark.parametrize(
    ("route", "payload", "error"),
    [
        ("jobs", {"name": JOB, "states": ["done"]}, "states[0]: not one of waiting"),
        ("jobs", {"name": JOB, "states": "fail"}, "states: not of type array"),
        ("jobs", {"name": JOB, "seconds": 0}, "seconds: less than 0.001: 0"),
        ("states", {"instance_id": 1, "state": "fail"}, "instance_id: no instance has it: 1"),
        ("states", {"instance_id": 132343}, "state: missing"),
        ("states", {"instance_id": "132343", "state": "fail"}, "instance_id: not of type integer"),
        ("clock/advance", {"seconds": -1}, "seconds: less than 0: -1"),
        ("clock/advance", {}, "seconds: missing"),
    ],
)
def test_control_routes_name_what_they_refuse(
    dataarts_mock: MockServer, route: str, payload: dict[str, Any], error: str
) -> None:
    """What a control route cannot read is a 400 that names field and rule."""
    response = httpx.post(f"{dataarts_mock.url}/__mock__/{route}", json=payload, verify=NO_TLS)

    assert response.status_code == 400
    assert response.json()["error"].startswith(error)


def test_stopped_and_restarted_have_no_body(dataarts_mock: MockServer) -> None:
    """A 204 has neither body nor Content-Length nor Content-Type."""
    with httpx.Client(base_url=dataarts_mock.url, verify=NO_TLS, headers=TOKEN) as http:
        run = http.post("/v1/p1/jobs/myJob/run-immediate").json()["instanceId"]
        stopped = http.post(f"/v1/p1/jobs/myJob/instances/{run}/stop")
        restarted = http.post(f"/v1/p1/jobs/myJob/instances/{run}/restart", json={})

    for response in (stopped, restarted):
        assert (response.status_code, response.content) == (204, b"")
        assert not {"content-length", "content-type"} & set(response.headers)
        assert response.headers["x-request-id"]
