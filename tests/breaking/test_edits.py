"""Is every edit that breaks users of the old client called breaking, and no other one?"""

from __future__ import annotations

import re

import pytest

from tests.breaking.conftest import Check
from tests.breaking.edits import (
    JSON,
    PARAMETERS,
    RESPONSES,
    SCHEMAS,
    Edit,
    add,
    both,
    copy_operation,
    copy_schema,
    move,
    put,
    ref,
    remove,
    rename,
    rename_schema,
    rename_scheme,
    reverse,
    route,
    step,
    within,
)

RUN, SHOW, LIST, RESTART = "runJobImmediately", "showJobInstance", "listJobInstances", "restartJobInstance"
JOB_PARAM = (*SCHEMAS, "JobParam", "properties")
INSTANCE = (*SCHEMAS, "JobInstance", "properties")
FLAG = {"type": "string", "description": "A flag."}
NEW_HEADER = {"name": "X-Flag", "in": "header", "description": "A flag.", "schema": {"type": "string"}}

BREAKING: dict[str, tuple[Edit, str]] = {
    "a limit lowered": (step(-1, *JOB_PARAM, "name", "maxLength"), "request body jobParams[].name | maxLength"),
    "a pattern narrowed": (
        put(*PARAMETERS, "ProjectId", "schema", "pattern", "^[0-9a-z_-]+$"),
        'path project_id | pattern: .*"A" does not match any more',
    ),
    "a schema renamed": (
        rename_schema("JobParam", "JobParameter"),
        "request body jobParams[] | model: JobParameter, before JobParam",
    ),
    "a field of requests removed": (
        remove(*JOB_PARAM, "paramType"),
        "request body jobParams[].paramType | properties: removed",
    ),
    "an enum value of requests removed": (
        remove(*SCHEMAS, "ParamType", "enum", "constants"),
        'request body jobParams[].paramType | enum: "constants" removed',
    ),
    "an optional field of requests made required": (
        add(*SCHEMAS, "JobParam", "required", "paramType"),
        "request body jobParams[].paramType | required: required, before optional",
    ),
    "a required field of responses made optional": (
        remove(*SCHEMAS, "JobInstance", "required", "nodes"),
        "response 200 nodes | required: optional, before required",
    ),
    "a new required header": (
        within(RUN, add("parameters", NEW_HEADER | {"required": True})),
        "header X-Flag | required: new, and required",
    ),
    "a status removed": (within(RUN, remove("responses", "429")), "response 429 | responses: removed"),
    "a path changed": (move(RUN, lambda path: path.replace("/v1/", "/v2/")), r"POST /v2/\S+ | path"),
    "a method changed": (move(RUN, method="put"), r"PUT /v1/\S+ | method: PUT, before POST"),
    "an operation removed": (
        lambda document: document["paths"].pop(route(document, SHOW)[0]),
        r"GET \S+ | paths: operation removed",
    ),
    "an operationId renamed": (
        within(RUN, put("operationId", "startJob")),
        r"POST \S+ | operationId: startJob, before runJobImmediately",
    ),
    "a tag renamed": (within(RUN, put("tags", ["runs"])), r"POST \S+ | tags: first runs, before jobs"),
    "a field's type changed": (put(*JOB_PARAM, "value", "type", "integer"), "request body jobParams[].value | type"),
    "a security scheme of an operation removed": (
        within(RUN, remove("security", {"signature": []})),
        "security | security: signature does not suffice any more",
    ),
    "a media type of requests changed": (
        within(RUN, rename(("requestBody", "content"), "application/json", "application/vnd.job+json")),
        "request body | content: no application/json any more",
    ),
    "a default changed": (put(*PARAMETERS, "Limit", "schema", "default", 20), "query limit | default: 20, before 10"),
    "a parameter moved": (
        put(*PARAMETERS, "Offset", "in", "header"),
        "query offset | in: moved from the query to the header",
    ),
    "a parameter of the path renamed": (
        both(
            move(RUN, lambda path: path.replace("{job_name}", "{job}")),
            within(
                RUN, add("parameters", {"name": "job", "in": "path", "required": True, "schema": {"type": "string"}})
            ),
            within(RUN, remove("parameters", {"$ref": "#/components/parameters/JobName"})),
        ),
        "path job_name | name: job, before job_name",
    ),
    "parameters of the path in another order": (
        move(
            RUN,
            lambda path: (
                path.replace("{project_id}", "{}").replace("{job_name}", "{project_id}").replace("{}", "{job_name}")
            ),
        ),
        r"POST \S+ | path: ",
    ),
    "a server without a name": (
        lambda document: document["servers"].append({"url": "https://host.example"}),
        "Python dataarts_client.server_url | name: gone",
    ),
    "properties in another order": (
        lambda document: reverse(document["components"]["schemas"]["JobParam"]["properties"]),
        r"Python dataarts_client.JobParam\(\w+\) | argument: in another position",
    ),
}
"""Edits that break users of the old client, and where and by which rule each is named."""

MORE_BREAKING: dict[str, tuple[Edit, str]] = {
    "a lower limit raised": (put(*JOB_PARAM, "value", "minLength", 1), "request body jobParams[].value | minLength"),
    "a parameter's range cut": (step(-1, *PARAMETERS, "Limit", "schema", "maximum"), "query limit | maximum"),
    "a pattern replaced": (
        put(*PARAMETERS, "ProjectId", "schema", "pattern", r"^(?!--)[0-9A-Za-z_-]+\b.*$"),
        "path project_id | pattern",
    ),
    "a field of responses removed": (remove(*INSTANCE, "endTime"), "response 200 endTime | properties: removed"),
    "a field renamed": (
        rename(INSTANCE, "startTime", "beginTime"),
        "response 200 startTime | properties: removed",
    ),
    "an enum value of responses removed": (
        remove(*SCHEMAS, "NodeStatus", "enum", "pause"),
        'response 200 nodes[].status | enum: "pause" removed',
    ),
    "an optional field of responses made required": (
        add(*SCHEMAS, "JobInstance", "required", "planTime"),
        "response 200 planTime | required: required, before optional",
    ),
    "an optional parameter made required": (
        put(*PARAMETERS, "Workspace", "required", True),
        "header workspace | required",
    ),
    "an optional body made required": (
        within(RUN, put("requestBody", "required", True)),
        "request body | required: required, before optional",
    ),
    "a new required field of requests": (
        both(put(*JOB_PARAM, "flag", FLAG), add(*SCHEMAS, "JobParam", "required", "flag")),
        "request body jobParams[].flag | required: new, and required",
    ),
    "a new status of success": (
        within(RUN, put("responses", "202", {"$ref": "#/components/responses/JobStarted"})),
        "response 202 | responses: new",
    ),
    "another scheme asked for beside": (
        within(RUN, put("security", [{"token": [], "signature": []}])),
        "security | security: token does not suffice any more",
    ),
    "a token's header renamed": (
        put("components", "securitySchemes", "token", "name", "X-Token"),
        'security scheme token | name: "X-Token", before "X-Auth-Token"',
    ),
    "a parameter removed": (
        within(LIST, remove("parameters", {"$ref": "#/components/parameters/Offset"})),
        "query offset | parameters: removed",
    ),
    "an example of an error removed": (
        remove(*RESPONSES, "BadRequest", *JSON, "examples", "JobQuotaReached"),
        "response 400 | examples: example JobQuotaReached removed",
    ),
    "a required header of responses removed": (
        remove(*RESPONSES, "TooManyRequests", "headers", "Retry-After"),
        "response 429 header Retry-After | headers: removed, before required",
    ),
    "an enum renamed": (
        rename_schema("NodeStatus", "StateOfNode"),
        "response 200 nodes[].status | model: StateOfNode, before NodeStatus",
    ),
    "a schema of responses replaced by one that is like it": (
        both(copy_schema("NodeInstance", "Node"), put(*INSTANCE, "nodes", "items", ref("Node"))),
        "response 200 nodes[] | model: Node, before NodeInstance",
    ),
    "a schema of requests replaced by one that is like it": (
        both(
            copy_schema("JobParam", "Param"),
            put(*SCHEMAS, "RunJobRequest", "properties", "jobParams", "items", ref("Param")),
        ),
        "request body jobParams[] | model: Param, before JobParam",
    ),
    "an enum written in place": (
        put(*SCHEMAS, "RestartJobInstanceRequest", "properties", "retry_location", {"enum": ["first_node"]}),
        "request body retry_location | model: another class, before RetryLocation",
    ),
    "an enum of responses opened": (
        put(*INSTANCE, "instanceType", {"type": ["integer", "null"]}),
        "response 200 instanceType | model: another class, before InstanceType",
    ),
    "an optional field of errors made required": (
        add(*SCHEMAS, "ErrorResponse", "required", "request_id"),
        "response 400 request_id | required: required, before optional",
    ),
    "a final state that is final no more": (
        remove(*SCHEMAS, "JobInstanceStatus", "x-final-states", "failure", "running-exception"),
        'response 200 status | x-final-states: "running-exception" is not final',
    ),
    "a server renamed": (
        lambda document: put("x-cloud", "other")(document["servers"][0]),
        r"servers \S+ | x-cloud: \"other\"",
    ),
    "a header of responses widened": (
        step(-1, "components", "headers", "RequestId", "schema", "minLength"),
        "response 400 header X-Request-Id | minLength: no limit, before at least 1 character",
    ),
    "a code that means not found removed": (
        within(SHOW, lambda each: each["x-not-found-codes"].pop()),
        r"GET \S+ | x-not-found-codes: .* removed",
    ),
    "the largest body made smaller": (within(RUN, step(-1, "x-max-body-bytes")), r"POST \S+ | x-max-body-bytes"),
}
"""More of them, which are made all at once, because each run takes seconds."""

OTHERS: dict[str, tuple[Edit, str]] = {
    "a limit raised": (step(1, *JOB_PARAM, "name", "maxLength"), "Widening: request body jobParams[].name: maxLength"),
    "a new optional field of requests": (
        put(*JOB_PARAM, "flag", FLAG),
        "Widening: request body jobParams[].flag: properties: new",
    ),
    "a new operation": (
        copy_operation(RUN, "runJobLater", "-later"),
        r"Widening: POST \S+-later: paths: new operation",
    ),
    "a new example of an error": (
        put(
            *RESPONSES,
            "BadRequest",
            *JSON,
            "examples",
            "Other",
            {"value": {"error_code": "DLF.1", "error_msg": "Other."}},
        ),
        "Harmless: response 400: examples: example Other added",
    ),
    "a description changed": (
        put(*JOB_PARAM, "name", "description", "Its name."),
        "Harmless: jobParams[].name: description: changed",
    ),
    "a new status of error": (
        within(RUN, put("responses", "409", {"$ref": "#/components/responses/BadRequest"})),
        "Harmless: response 409: responses: new",
    ),
}
"""Edits that break nobody, and where each is named."""

MORE_OTHERS: dict[str, tuple[Edit, str]] = {
    "a new optional field of responses": (put(*INSTANCE, "flag", FLAG), "Harmless: response 200 flag: properties: new"),
    "a new optional parameter": (
        within(RUN, add("parameters", NEW_HEADER)),
        "Widening: header X-Flag: parameters: new, and optional",
    ),
    "an enum value of responses added": (
        add(*SCHEMAS, "NodeStatus", "enum", "lost"),
        'Harmless: response 200 nodes[].status: enum: "lost" added',
    ),
    "a new final state": (
        add(*SCHEMAS, "NodeStatus", "x-final-states", "failure", "lost"),
        'Widening: nodes[].status: x-final-states: "lost" is final',
    ),
    "an enum value of requests added": (
        add(*SCHEMAS, "ParamType", "enum", "other"),
        'Widening: request body jobParams[].paramType: enum: "other" added',
    ),
    "a required field of requests made optional": (
        remove(*SCHEMAS, "JobParam", "required", "value"),
        "Widening: jobParams[].value: required: optional, before required",
    ),
    "a limit removed": (
        remove(*JOB_PARAM, "value", "maxLength"),
        "Widening: request body jobParams[].value: maxLength: no limit",
    ),
    "a default stated first": (
        put(*PARAMETERS, "MinPlanTime", "schema", "default", 0),
        "Harmless: query minPlanTime: default: 0, before not stated",
    ),
    "a parameter deprecated": (
        put(*PARAMETERS, "Offset", "deprecated", True),
        "Harmless: query offset: deprecated: added",
    ),
    "a pattern widened": (
        put(*PARAMETERS, "Workspace", "schema", "pattern", "^[0-9A-Za-z_.-]+$"),
        'Widening: header workspace: pattern: .*; "." matches too',
    ),
    "a pattern written otherwise": (
        put(*PARAMETERS, "ProjectId", "schema", "pattern", "^[a-zA-Z0-9_-]{1,}$"),
        "Harmless: path project_id: pattern: .*; both match the same",
    ),
    "alternatives written as types": (
        lambda document: put(
            *(*SCHEMAS, "NodeInstance", "properties", "instanceId"),
            document["components"]["schemas"]["InstanceId"] | {"type": ["integer", "null"]},
        )(document),
        "Harmless: nodes[].instanceId: description: ",
    ),
    "oneOf in the place of anyOf, where it is the same": (rename((*INSTANCE, "instanceType"), "anyOf", "oneOf"), ""),
    "a reference wrapped": (put(*JOB_PARAM, "paramType", {"allOf": [ref("ParamType")]}), ""),
    "a media type with a parameter": (
        rename((*RESPONSES, "JobStarted", "content"), "application/json", "application/json; charset=utf-8"),
        "",
    ),
    "a format that says no more than the limits": (
        put(*INSTANCE, "total", "format", "int64"),
        "Harmless: response 200 total: format: int64, before int32",
    ),
    "a header of responses narrowed": (
        step(1, "components", "headers", "RetryAfter", "schema", "minimum"),
        "Harmless: response 429 header Retry-After: minimum: at least 1",
    ),
    "a new server": (
        lambda document: document["servers"].append({"url": "https://host.example", "x-cloud": "another"}),
        "Widening: servers https://host.example: servers: new",
    ),
    "no credentials asked for": (
        within(LIST, add("security", {})),
        "Widening: security: security: no credentials are required any more",
    ),
    "a security scheme renamed": (
        rename_scheme("token", "iam"),
        "Harmless: security scheme iam: securitySchemes: added",
    ),
    "an operation deprecated": (within(RUN, put("deprecated", True)), r"Harmless: POST \S+: deprecated: added"),
    "a tag written otherwise": (within(RUN, put("tags", ["Jobs"])), r"Harmless: POST \S+: tags: changed"),
    "an operationId written otherwise": (
        within(RUN, put("operationId", "run_job_immediately")),
        r"Harmless: POST \S+: operationId: run_job_immediately",
    ),
}
"""More of them, which are made all at once; what is empty is no difference."""


@pytest.fixture(scope="module")
def more_breaking(check: Check) -> tuple[int, str]:
    """What the command says of all of MORE_BREAKING."""
    return check(both(*(edit for edit, _ in MORE_BREAKING.values())))


@pytest.fixture(scope="module")
def more_others(check: Check) -> tuple[int, str]:
    """What the command says of all of MORE_OTHERS."""
    return check(both(*(edit for edit, _ in MORE_OTHERS.values())))


def is_breaking(output: str, named: str) -> bool:
    """Whether a difference is named as breaking, by place and rule, with its effect and what to do."""
    place, _, rule = (each.replace("[]", r"\[\]") for each in named.partition(" | "))
    listed = output.partition("\nWidening: ")[0].partition("\nHarmless: ")[0]
    return bool(re.search(rf"(?m)^  .*{place}.*$(\n    also: .*)?\n    {rule}.*\n    \S.*\n    To do: \S", listed))


def is_listed(output: str, named: str) -> bool:
    """Whether a difference is named below its verdict."""
    verdict, _, words = named.partition(": ")
    listed = output.partition(f"\n{verdict}: ")[2].partition("\n\n")[0]
    return bool(re.search(words.replace("[]", r"\[\]"), listed))


@pytest.mark.parametrize(("edit", "named"), BREAKING.values(), ids=BREAKING)
def test_breaking(check: Check, edit: Edit, named: str) -> None:
    """An edit that breaks users ends the check with status 1, and is named by place and rule, with what to do."""
    status, output = check(edit)

    assert status == 1, output
    assert is_breaking(output, named), output
    assert output.splitlines()[-1].endswith("Undo what breaks, or raise it to 2.0.0.")


@pytest.mark.parametrize("named", [row[1] for row in MORE_BREAKING.values()], ids=MORE_BREAKING)
def test_more_breaking(more_breaking: tuple[int, str], named: str) -> None:
    """Of many edits at once each is named by place and rule, with what to do."""
    status, output = more_breaking

    assert status == 1, output
    assert is_breaking(output, named), output


@pytest.mark.parametrize(("edit", "named"), OTHERS.values(), ids=OTHERS)
def test_not_breaking(check: Check, edit: Edit, named: str) -> None:
    """An edit that breaks nobody ends the check with status 0, and is named as widening or harmless."""
    status, output = check(edit)

    assert status == 0, output
    assert is_listed(output, named), output


@pytest.mark.parametrize("named", [row[1] for row in MORE_OTHERS.values()], ids=MORE_OTHERS)
def test_more_not_breaking(more_others: tuple[int, str], named: str) -> None:
    """Of many edits at once none is breaking, and each is named as widening or harmless."""
    status, output = more_others

    assert status == 0, output
    assert is_listed(output, named), output
