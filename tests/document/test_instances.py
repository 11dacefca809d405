"""Does openapi.yaml say what the reference says of job instances?

No row here is from the two pages that test_seeds.py transcribes. Where a row is from: `ref` the pages of Open Telekom
Cloud on the four operations, `new` newer pages of the reference, `sdk` the official SDKs, `own` a choice of this
document where the others are silent or contradict each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.document import look

PATHS = {
    "showJobInstance": ("get", "/v1/{project_id}/jobs/{job_name}/instances/{instance_id}"),
    "listJobInstances": ("get", "/v1/{project_id}/jobs/instances/detail"),
    "stopJobInstance": ("post", "/v1/{project_id}/jobs/{job_name}/instances/{instance_id}/stop"),
    "restartJobInstance": ("post", "/v1/{project_id}/jobs/{job_name}/instances/{instance_id}/restart"),
}
OPERATIONS = {name: ("paths", path, method) for name, (method, path) in PATHS.items()}
SHOW, LIST, STOP, RESTART = OPERATIONS.values()
SHOWN = (*SHOW, "responses", "200", "content", "application/json")
LISTED = (*LIST, "responses", "200", "content", "application/json")
INSTANCE = (*SHOWN, "schema")
NODE = (*INSTANCE, "properties", "nodes", "items")
PAGE = (*LISTED, "schema")
SUMMARY = (*PAGE, "properties", "instances", "items")
BODY = (*RESTART, "requestBody")
RESTARTED = (*BODY, "content", "application/json", "schema")
STATUS = (*INSTANCE, "properties", "status")
EXAMPLES = ("components", "examples")
WORD_FOR_WORD = json.loads((Path(__file__).parent / "instance_examples.json").read_text(encoding="utf-8"))
STATES = ["waiting", "running", "success", "fail", "running-exception", "pause", "manual-stop"]
LONG = ("integer", "int64")
INT = ("integer", "int32")
STRING = ("string", None)
BOOLEAN = ("boolean", None)
NUMBER = ("number", None)
LIST_OF = ("array", None)


def kind(node: dict[str, Any]) -> tuple[Any, Any]:
    """Return type and format of a schema, null set aside."""
    if "anyOf" in node:
        return "anyOf", node["anyOf"][0].get("$ref")
    types = node["type"] if isinstance(node["type"], list) else [node["type"]]
    return next(each for each in types if each != "null"), node.get("format")


def mandatory(node: dict[str, Any]) -> set[str]:
    """Return the properties that the reference calls mandatory."""
    return {*node["required"], *node.get("x-reference-required", [])}


def fields(source: str, of: str, schema: tuple[Any, ...], table: dict[str, Any]) -> Iterator[Any]:
    """Give a row for each field of a table."""
    for name, stated in table.items():
        yield f"{source}: {of}: {name} is {stated[0]}", (*schema, "properties", name, kind), stated


def optional(source: str, of: str, schema: tuple[Any, ...], *names: str) -> Iterator[Any]:
    """Give a row for each field that is optional."""
    for name in names:
        yield f"{source}: {of}: {name} is optional", (*schema, mandatory, lambda found, name=name: name in found), False


def query(name: str, *steps: Any) -> tuple[Any, ...]:
    """Give the path to a parameter of the list's query."""
    return (*LIST, "parameters", {"name": name, "in": "query"}, *steps)


FACTS: list[tuple[str, tuple[Any, ...], Any]] = [
    *(
        (
            f"ref: {name}: {parameter} is mandatory, in the path",
            (*path, "parameters", {"name": parameter, "in": "path"}, "required"),
            True,
        )
        for name, path in OPERATIONS.items()
        for parameter in ("project_id", "job_name", "instance_id")
        if name != "listJobInstances" or parameter == "project_id"
    ),
    *(
        (
            f"ref: {name}: workspace is optional, in a header",
            (*path, "parameters", {"name": "workspace", "in": "header"}, "required"),
            False,
        )
        for name, path in OPERATIONS.items()
    ),
    *(
        (f"ref: {name}: there is no other parameter", (*OPERATIONS[name], "parameters", len), 4)
        for name in ("showJobInstance", "stopJobInstance", "restartJobInstance")
    ),
    ("ref: listJobInstances: there is no other parameter", (*LIST, "parameters", len), 10),
    *(
        (
            f"ref: {name}: instance_id is a Long",
            (*OPERATIONS[name], "parameters", {"name": "instance_id"}, "schema", kind),
            LONG,
        )
        for name in ("showJobInstance", "stopJobInstance", "restartJobInstance")
    ),
    *(
        (f"ref: {name}: there is no body", (*OPERATIONS[name], "requestBody"), None)
        for name in ("showJobInstance", "listJobInstances", "stopJobInstance")
    ),
    *(
        (f"ref: {name}: success is {status}", (*OPERATIONS[name], "responses", list, lambda found: found[0]), status)
        for name, status in zip(OPERATIONS, ("200", "200", "204", "204"), strict=True)
    ),
    *(
        (f"ref: {name}: success has no body", (*OPERATIONS[name], "responses", "204", "content"), None)
        for name in ("stopJobInstance", "restartJobInstance")
    ),
    # The query of the list.
    *(
        (f"ref: list: {name} is optional, in the query", query(name, "required"), False)
        for name in (
            "jobName",
            "minPlanTime",
            "maxPlanTime",
            "limit",
            "offset",
            "status",
            "instanceType",
            "preciseQuery",
        )
    ),
    ("ref: list: jobName is a String", query("jobName", "schema", kind), STRING),
    ("ref: list: minPlanTime is a Long", query("minPlanTime", "schema", kind), LONG),
    ("ref: list: maxPlanTime is a Long", query("maxPlanTime", "schema", kind), LONG),
    ("ref: list: limit is an int", query("limit", "schema", kind), INT),
    ("ref: list: limit is 1 or more", query("limit", "schema", "minimum"), 1),
    ("ref: list: limit is 1,000 or less", query("limit", "schema", "maximum"), 1000),
    ("ref: list: limit is 10 by default", query("limit", "schema", "default"), 10),
    ("ref: list: offset is an int", query("offset", "schema", kind), INT),
    ("ref: list: offset is 0 or more", query("offset", "schema", "minimum"), 0),
    ("ref: list: offset is 0 by default", query("offset", "schema", "default"), 0),
    ("ref: list: status is a state of an instance", query("status", "schema", "enum", lambda found: found[:7]), STATES),
    ("ref: list: instanceType is an int", query("instanceType", "schema", "type"), "integer"),
    ("ref: list: the values of instanceType", query("instanceType", "schema", "enum"), [0, 2, 5, 6, 7]),
    ("ref: list: preciseQuery is a boolean", query("preciseQuery", "schema", kind), BOOLEAN),
    ("own: list: preciseQuery is false by default", query("preciseQuery", "schema", "default"), False),
    ("new: list: a window is three days at most", (*LIST, "x-max-window-milliseconds"), 3 * 24 * 60 * 60 * 1000),
    # The page.
    *fields("ref", "page", PAGE, {"total": INT, "instances": LIST_OF}),
    ("ref: page: total and instances are mandatory", (*PAGE, mandatory), {"total", "instances"}),
    # An instance as it is shown.
    *fields(
        "ref",
        "instance",
        INSTANCE,
        {
            "jobName": STRING,
            "instanceId": LONG,
            "status": STRING,
            "planTime": LONG,
            "startTime": LONG,
            "endTime": LONG,
            "forceSuccess": BOOLEAN,
            "ignoreSuccess": BOOLEAN,
            "total": INT,
            "nodes": LIST_OF,
        },
    ),
    (
        "own: instance: executeTime is a number, since the list's example has 0.3",
        (*INSTANCE, "properties", "executeTime", kind),
        NUMBER,
    ),
    (
        "ref: instance: what is mandatory",
        (*INSTANCE, mandatory),
        {"jobName", "instanceId", "status", "planTime", "startTime", "total", "nodes"},
    ),
    *optional("ref", "instance", INSTANCE, "endTime", "executeTime", "forceSuccess", "ignoreSuccess"),
    *optional("sdk", "instance", INSTANCE, "errorMessage", "instanceType"),
    ("sdk: instance: errorMessage is a String", (*INSTANCE, "properties", "errorMessage", kind), STRING),
    ("ref: instance: forceSuccess is false by default", (*INSTANCE, "properties", "forceSuccess", "default"), False),
    ("ref: instance: ignoreSuccess is false by default", (*INSTANCE, "properties", "ignoreSuccess", "default"), False),
    (
        "own: instance: a client needs no planTime and no startTime",
        (*INSTANCE, "x-reference-required"),
        ["planTime", "startTime"],
    ),
    # An instance as it is listed.
    *fields(
        "ref",
        "summary",
        SUMMARY,
        {
            "jobName": STRING,
            "instanceId": LONG,
            "status": STRING,
            "planTime": LONG,
            "startTime": LONG,
            "endTime": LONG,
            "forceSuccess": BOOLEAN,
            "ignoreSuccess": BOOLEAN,
            "jobId": LONG,
            "version": INT,
            "jobInstanceName": STRING,
            "submitTime": LONG,
        },
    ),
    (
        "own: summary: executeTime is a number, since the example has 0.3",
        (*SUMMARY, "properties", "executeTime", kind),
        NUMBER,
    ),
    (
        "ref: summary: instanceType is as in the query",
        (*SUMMARY, "properties", "instanceType", kind),
        ("anyOf", "#/components/schemas/InstanceType"),
    ),
    (
        "ref: summary: what is mandatory",
        (*SUMMARY, mandatory),
        {"jobName", "instanceId", "status", "planTime", "startTime", "jobInstanceName", "submitTime", "instanceType"},
    ),
    *optional("ref", "summary", SUMMARY, "endTime", "executeTime", "forceSuccess", "ignoreSuccess", "jobId", "version"),
    *optional("sdk", "summary", SUMMARY, "errorMessage"),
    ("own: summary: what a client needs", (*SUMMARY, "required"), ["jobName", "instanceId", "status"]),
    # A node.
    *fields(
        "ref",
        "node",
        NODE,
        {
            "nodeName": STRING,
            "status": STRING,
            "planTime": LONG,
            "startTime": LONG,
            "endTime": LONG,
            "type": STRING,
            "retryTimes": INT,
            "inputRowCount": LONG,
            "speed": NUMBER,
            "logPath": STRING,
        },
    ),
    (
        "ref: node: instanceId is the instance's",
        (*NODE, "properties", "instanceId", kind),
        ("anyOf", "#/components/schemas/InstanceId"),
    ),
    ("sdk: node: queue is a String", (*NODE, "properties", "queue", kind), STRING),
    (
        "ref: node: what is mandatory",
        (*NODE, mandatory),
        {"nodeName", "status", "planTime", "startTime", "type", "instanceId"},
    ),
    *optional("ref", "node", NODE, "endTime", "retryTimes", "inputRowCount", "speed", "logPath"),
    *optional("sdk", "node", NODE, "queue"),
    ("own: node: what a client needs", (*NODE, "required"), ["nodeName", "status"]),
    (
        "ref: node: its states",
        (*NODE, "properties", "status", "enum"),
        ["waiting", "running", "success", "fail", "skip", "pause", "manual-stop"],
    ),
    # The states.
    ("ref: status: the states", (*STATUS, "enum", lambda found: found[:7]), STATES),
    (
        "sdk: status: five more states",
        (*STATUS, "enum", lambda found: found[7:]),
        ["forceSuccess", "ignoreSuccess", "freeze", "skip-by-depend", "waiting-confirm"],
    ),
    (
        "ref: status: a summary has the same",
        (*SUMMARY, "properties", "status", "enum", lambda found: found[:7]),
        STATES,
    ),
    (
        "own: status: the final states of success",
        (*STATUS, "x-final-states", "success"),
        ["success", "forceSuccess", "ignoreSuccess"],
    ),
    (
        "own: status: the final states of failure",
        (*STATUS, "x-final-states", "failure"),
        ["fail", "running-exception", "manual-stop", "skip-by-depend"],
    ),
    ("ref: stop: the states that allow it", (*STOP, "x-allowed-states", lambda found: found[:1]), ["running"]),
    (
        "own: stop: further states that allow it, as in the user guide",
        (*STOP, "x-allowed-states", lambda found: found[1:]),
        ["waiting", "running-exception"],
    ),
    ("ref: restart: the states that allow it", (*RESTART, "x-allowed-states"), ["success", "fail", "manual-stop"]),
    # The body of a restart.
    ("new: restart: the body may be left out", (*BODY, "required"), False),
    (
        "new: restart: the fields of the body",
        (*RESTARTED, "properties", list),
        ["retry_location", "job_param_version", "ignore_obs_monitor", "node_name"],
    ),
    ("new: restart: all fields are optional", (*RESTARTED, "required"), None),
    *fields(
        "new",
        "restart",
        RESTARTED,
        {
            "retry_location": STRING,
            "job_param_version": STRING,
            "ignore_obs_monitor": BOOLEAN,
            "node_name": STRING,
        },
    ),
    (
        "new: restart: the values of retry_location",
        (*RESTARTED, "properties", "retry_location", "enum"),
        ["error_node", "first_node", "specified_node"],
    ),
    (
        "new: restart: the values of job_param_version",
        (*RESTARTED, "properties", "job_param_version", "enum"),
        ["original_version", "latest_version"],
    ),
    # The errors.
    (
        "ref: unknown instance: the instance pages' words",
        (*EXAMPLES, "JobInstanceNotFound", "value"),
        {"error_code": "DLF.0137", "error_msg": "Job instance does not exist."},
    ),
    (
        "new: unknown instance: another code",
        (*EXAMPLES, "JobInstanceNotFoundNewer", "value"),
        {"error_code": "DLF.30137", "error_msg": "Job instance does not exist."},
    ),
    (
        "own: an instance that cannot be stopped or restarted",
        (*EXAMPLES, "JobInstanceStateWrong", "value"),
        {"error_code": "DLF.3051", "error_msg": "The request parameter is invalid."},
    ),
    *(
        (
            f"ref: {name}: an unknown instance is a 400",
            (
                *path,
                "responses",
                "400",
                "content",
                "application/json",
                "examples",
                lambda found: "JobInstanceNotFound" in found,
            ),
            True,
        )
        for name, path in OPERATIONS.items()
    ),
    # The examples, word for word.
    (
        "ref: the example of an instance",
        (*SHOWN, "examples", "FailedJobInstance", "value"),
        WORD_FOR_WORD["FailedJobInstance"],
    ),
    ("ref: the example of a list", (*LISTED, "examples", "JobInstances", "value"), WORD_FOR_WORD["JobInstances"]),
    ("ref: the example's instance ID", (*SHOW, "parameters", {"name": "instance_id"}, "example"), 34765),
    ("ref: the example's jobName", query("jobName", "example"), "job_batch"),
]

WORDS: list[tuple[str, tuple[Any, ...], str]] = [
    ("own: offset counts instances", query("offset", "description"), "How many instances to pass over"),
    ("ref: offset is called a page", query("offset", "description"), "calls it the start page"),
    ("ref: without preciseQuery names match in part", query("preciseQuery", "description"), "part of the name"),
    (
        "ref: minPlanTime is in milliseconds, exclusive",
        query("minPlanTime", "description"),
        "after this time, in millisec",
    ),
    (
        "ref: maxPlanTime is in milliseconds, exclusive",
        query("maxPlanTime", "description"),
        "before this time, in millise",
    ),
    (
        "new: minPlanTime is today's beginning by default",
        query("minPlanTime", "description"),
        "beginning of the current day",
    ),
    ("new: maxPlanTime is now by default", query("maxPlanTime", "description"), "it is the current time"),
    (
        "new: a list without a window is today's",
        (*LIST, "description"),
        "without minPlanTime and maxPlanTime the current day",
    ),
    ("own: the order of the list is stated nowhere", (*LIST, "description"), "The order is stated nowhere"),
    (
        "ref: executeTime is in milliseconds by the text",
        (*INSTANCE, "properties", "executeTime", "description"),
        "in milliseconds",
    ),
    (
        "ref: executeTime is in minutes by the examples",
        (*INSTANCE, "properties", "executeTime", "description"),
        "0.3 for 18",
    ),
    (
        "new: instance_id is called a String",
        (*SHOW, "parameters", {"name": "instance_id"}, "description"),
        "call it a String",
    ),
    ("own: the code for a wrong state", (*STOP, "description"), "`DLF.3051` is this document's own choice"),
    ("own: the code for a wrong state", (*RESTART, "description"), "`DLF.3051` is this document's own choice"),
    ("own: that a restart keeps the ID", (*RESTART, "description"), "keeps its ID is not stated"),
    (
        "new: an instance that was executed immediately",
        (*RESTART, "description"),
        "may refuse an instance that was executed",
    ),
    ("own: the type of such an instance", query("instanceType", "schema", "description"), "with the mock it is 2"),
    ("own: how late an instance appears", (*SHOW, "description"), "the reference states no limit"),
    ("ref: running-exception ends a wait", (*STATUS, "description"), "has waited to its end"),
    ("ref: where the page on details is", (*SHOW, "externalDocs", "url"), "dataartsstudio_02_0095"),
    ("ref: where the page on the list is", (*LIST, "externalDocs", "url"), "dataartsstudio_02_0094"),
    ("ref: where the page on stopping is", (*STOP, "externalDocs", "url"), "dataartsstudio_02_0066"),
    ("ref: where the page on retrying is", (*RESTART, "externalDocs", "url"), "dataartsstudio_02_0067"),
]


@pytest.mark.parametrize(("path", "stated"), [pytest.param(*row[1:], id=row[0]) for row in FACTS])
def test_fact_stands_in_the_contract(document: dict[str, Any], path: tuple[Any, ...], stated: Any) -> None:
    """Each row of what is known of job instances stands in openapi.yaml as it is."""
    found = look(document, *path)

    assert (found, type(found)) == (stated, type(stated))


@pytest.mark.parametrize(("path", "words"), [pytest.param(*row[1:], id=row[0]) for row in WORDS])
def test_words_stand_in_the_contract(document: dict[str, Any], path: tuple[Any, ...], words: str) -> None:
    """What is known in words, openapi.yaml says in a description."""
    assert words in look(document, *path)
