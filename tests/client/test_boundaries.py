"""Does every argument that the contract allows arrive unchanged?"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.models import JobParam, ParamType, RunJobRequest
from dataarts_client.types import UNSET

from ._answers import STARTED, http
from ._calls import JOB, PROJECT, call, make
from ._server import Request, Server


def send(mode: str, **arguments: Any) -> Request:
    """Make a call, and return the one request that the server got."""
    with Server(http(200, STARTED)) as server:
        given = {"project_id": PROJECT, "job_name": JOB} | arguments
        result = call(mode, run_job_immediately, make(server.url), **given)
        (request,) = server.requests
    assert result.instance_id == 132343
    assert request.method == b"POST"
    return request


JOB_NAMES = (
    "a", "0", "-", "_", ".a", "...a", "..a..", "a...", "a.b", "-._", "myJob", "a" * 128, "." * 127 + "a",
    "\u4e00", "\u9fa5", "作" * 128, "作业.1-测试_A",
)  # fmt: skip


@pytest.mark.parametrize("name", JOB_NAMES, ids=lambda name: f"{name[:8]}-{len(name)}")
def test_job_name(name: str, mode: str) -> None:
    """Every job name that the contract allows arrives as one path segment in UTF-8."""
    request = send(mode, job_name=name)

    assert request.path == f"/v1/{PROJECT}/jobs/{name}/run-immediate"
    assert request.raw_path == f"/v1/{PROJECT}/jobs/{quote(name, safe='')}/run-immediate".encode()


@pytest.mark.parametrize("project", ["a", "0", "-", "_", "A" * 64, PROJECT])
def test_project_id(project: str, mode: str) -> None:
    """Every project ID that the contract allows arrives unchanged."""
    assert send(mode, project_id=project).raw_path == f"/v1/{project}/jobs/{JOB}/run-immediate".encode()


@pytest.mark.parametrize("workspace", ["a", "0", "-", "_", "A" * 64, "d1cd7861478748a6925bc02f47c69279"])
def test_workspace(workspace: str, mode: str) -> None:
    """Every workspace ID that the contract allows arrives in its header, once."""
    assert send(mode, workspace=workspace).all("workspace") == [workspace]


@pytest.mark.parametrize("workspace", [None, UNSET])
def test_no_workspace(workspace: Any, mode: str) -> None:
    """A workspace that is None or unset is not sent."""
    assert send(mode, workspace=workspace).all("workspace") == []


PARAMS = (
    ("a", ""),
    ("a" * 64, "b" * 1024),
    ("参" * 64, "值" * 1024),
    ("🚀" * 64, "🚀" * 1024),
    ("e\u0301" * 32, "e\u0301" * 512),
    ("%2F", "%2F"),
    ("~", "~"),
    (" ", " a  b "),
    ("../..", "../.."),
    ('"\\', '{"instanceId":"\\"}'),
    ("\n", "".join(map(chr, range(32))) + "\x7f\u2028\ufeff\ufffe"),
    ("$", "${a} #{b} {{c}} %s <&>'"),
    ("\U0010ffff", "\U00010000"),
)


@pytest.mark.parametrize(("name", "value"), PARAMS, ids=[ascii(name[:3]) + f"-{len(name)}" for name, _ in PARAMS])
def test_parameter(name: str, value: str, mode: str) -> None:
    """Names and values at every limit arrive unchanged, counted in characters, not bytes."""
    request = send(mode, body=RunJobRequest(job_params=[JobParam(name, value)]))

    assert json.loads(request.body) == {"jobParams": [{"name": name, "value": value}]}


TYPES = (
    ("variable", ParamType.VARIABLE),
    ("constants", ParamType.CONSTANTS),
    ("variable", "variable"),
    ("constants", "constants"),
)


@pytest.mark.parametrize(("sent", "given"), TYPES, ids=[repr(given) for _, given in TYPES])
def test_parameter_type(sent: str, given: Any, mode: str) -> None:
    """The kind of a parameter may be given as the enum's member or as its string."""
    request = send(mode, body=RunJobRequest(job_params=[JobParam("a", "1", param_type=given)]))

    assert json.loads(request.body) == {"jobParams": [{"name": "a", "value": "1", "paramType": sent}]}


def test_assignment(mode: str) -> None:
    """What was assigned after a model was made is what is sent."""
    param = JobParam("aaa", "111")
    param.name, param.value, param.param_type = "n" * 64, "", ParamType.CONSTANTS
    body = RunJobRequest()
    body.job_params = [param]

    assert json.loads(send(mode, body=body).body) == {
        "jobParams": [{"name": "n" * 64, "value": "", "paramType": "constants"}]
    }


def dialect() -> RunJobRequest:
    """Write a request in the dialect of Huawei Cloud's current page."""
    param = JobParam("a", "1")
    param.additional_properties["type"] = "procedure"
    body = RunJobRequest(job_params=[param])
    body.additional_properties["useExecutionUser"] = "true"
    return body


NONE: Any = None
BODIES: tuple[tuple[str, Any, Any], ...] = (
    ("no-parameters", RunJobRequest(), {}),
    ("none-for-optional", RunJobRequest(job_params=NONE), {}),
    ("empty-list", RunJobRequest(job_params=[]), {"jobParams": []}),
    (
        "example",
        RunJobRequest(job_params=[JobParam("aaa", "111"), JobParam("bbb", "222")]),
        {"jobParams": [{"name": "aaa", "value": "111"}, {"name": "bbb", "value": "222"}]},
    ),
    ("same-name-twice", RunJobRequest.from_dict({"jobParams": [{"name": "a", "value": "1"}] * 2}), None),
    ("1000-parameters", RunJobRequest(job_params=[JobParam(str(n), "") for n in range(1000)]), None),
    (
        "dialect",
        dialect(),
        {"jobParams": [{"name": "a", "value": "1", "type": "procedure"}], "useExecutionUser": "true"},
    ),
    ("json-of-every-kind", RunJobRequest.from_dict({"x": [None, True, 1.5, -(2**70), "é", {"": []}]}), None),
)


@pytest.mark.parametrize(("name", "body", "sent"), BODIES, ids=[row[0] for row in BODIES])
def test_body(name: str, body: RunJobRequest, sent: Any, mode: str) -> None:
    """A request arrives as it was made, further properties included, and is not changed by being sent."""
    before = json.dumps(body.to_dict())
    request = send(mode, body=body)

    assert json.loads(request.body) == (json.loads(before) if sent is None else sent)
    assert json.dumps(body.to_dict()) == before


@pytest.mark.parametrize("body", [None, UNSET])
def test_no_body(body: Any, mode: str) -> None:
    """A body that is None or unset is not sent, but its media type is, as the gateway demands."""
    request = send(mode, body=body)

    assert request.body == b""
    assert request.all("Content-Type") == ["application/json"]
    assert request.all("Content-Length") == ["0"]


def test_non_latin_text_is_sent_as_utf_8(mode: str) -> None:
    """The body on the wire is UTF-8 or ASCII JSON, and its media type is named once."""
    request = send(mode, body=RunJobRequest(job_params=[JobParam("作", "🚀")]))

    assert json.loads(request.body.decode("utf-8")) == {"jobParams": [{"name": "作", "value": "🚀"}]}
    assert request.all("Content-Type") == ["application/json"]
    assert request.all("Content-Length") == [str(len(request.body))]


PREFIXES = ("", "/", "/gateway", "/gateway/", "/a/b%20c/")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_base_url(prefix: str, mode: str) -> None:
    """A base_url may end in a slash or have a path, which the operation's path follows."""
    with Server(http(200, STARTED)) as server:
        call(mode, run_job_immediately, make(server.url + prefix), PROJECT, JOB)

        expected = f"{prefix.rstrip('/')}/v1/{PROJECT}/jobs/{JOB}/run-immediate"
        assert server.requests[0].raw_path == expected.encode()
        assert server.requests[0].all("Host") == [f"127.0.0.1:{server.port}"]
