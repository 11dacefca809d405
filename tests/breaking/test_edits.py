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
    move,
    put,
    remove,
    rename,
    rename_schema,
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
    "a lower limit raised": (put(*JOB_PARAM, "value", "minLength", 1), "request body jobParams[].value | minLength"),
    "a parameter's range cut": (step(-1, *PARAMETERS, "Limit", "schema", "maximum"), "query limit | maximum"),
    "a pattern narrowed": (
        put(*PARAMETERS, "ProjectId", "schema", "pattern", "^[0-9a-z_-]+$"),
        'path project_id | pattern: .*"A" does not match any more',
    ),
    "a pattern replaced": (
        put(*PARAMETERS, "ProjectId", "schema", "pattern", r"^(?!--)[0-9A-Za-z_-]+\b.*$"),
        "path project_id | pattern",
    ),
    "a schema renamed": (
        rename_schema("JobParam", "JobParameter"),
        "Python dataarts_client.models.JobParam | name: gone: JobParameter has the same schema",
    ),
    "a field of requests removed": (
        remove(*JOB_PARAM, "paramType"),
        "request body jobParams[].paramType | properties: removed",
    ),
    "a field of responses removed": (remove(*INSTANCE, "endTime"), "response 200 endTime | properties: removed"),
    "a field renamed": (
        both(put(*INSTANCE, "finishTime", {"type": "integer"}), remove(*INSTANCE, "endTime")),
        "response 200 endTime | properties: removed",
    ),
    "an enum value of requests removed": (
        remove(*SCHEMAS, "ParamType", "enum", "constants"),
        'request body jobParams[].paramType | enum: "constants" removed',
    ),
    "an enum value of responses removed": (
        remove(*SCHEMAS, "NodeStatus", "enum", "pause"),
        'response 200 nodes[].status | enum: "pause" removed',
    ),
    "an optional field of requests made required": (
        add(*SCHEMAS, "JobParam", "required", "paramType"),
        "request body jobParams[].paramType | required: required, before optional",
    ),
    "an optional field of responses made required": (
        add(*SCHEMAS, "JobInstance", "required", "endTime"),
        "response 200 endTime | required: required, before optional",
    ),
    "a required field of responses made optional": (
        remove(*SCHEMAS, "JobInstance", "required", "nodes"),
        "response 200 nodes | required: optional, before required",
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
    "a new required header": (
        within(RUN, add("parameters", NEW_HEADER | {"required": True})),
        "header X-Flag | required: new, and required",
    ),
    "a status removed": (within(RUN, remove("responses", "429")), "response 429 | responses: removed"),
    "a new status of success": (
        within(RUN, put("responses", "202", {"$ref": "#/components/responses/JobStarted"})),
        "response 202 | responses: new",
    ),
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
        "security | security: signature alone does not suffice any more",
    ),
    "another scheme asked for beside": (
        within(RUN, put("security", [{"token": [], "signature": []}])),
        "security | security: token alone does not suffice any more",
    ),
    "a token's header renamed": (
        put("components", "securitySchemes", "token", "name", "X-Token"),
        'security scheme token | name: "X-Token", before "X-Auth-Token"',
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
    "a parameter removed": (
        within(LIST, remove("parameters", {"$ref": "#/components/parameters/Offset"})),
        "query offset | parameters: removed",
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
    "an example of an error removed": (
        remove(*RESPONSES, "BadRequest", *JSON, "examples", "JobQuotaReached"),
        "response 400 | examples: example JobQuotaReached removed",
    ),
    "a required header of responses removed": (
        remove(*RESPONSES, "TooManyRequests", "headers", "Retry-After"),
        "response 429 header Retry-After | headers: removed, before required",
    ),
    "properties in another order": (
        lambda document: reverse(document["components"]["schemas"]["JobParam"]["properties"]),
        r"Python dataarts_client.models.JobParam\(\w+\) | argument: in another position",
    ),
}
"""Edits that break users of the old client, and where and by which rule each is named."""

OTHERS: dict[str, tuple[Edit, str]] = {
    "a limit raised": (step(1, *JOB_PARAM, "name", "maxLength"), "Widening.*request body jobParams[].name: maxLength"),
    "a new optional field of requests": (
        put(*JOB_PARAM, "flag", FLAG),
        "Widening.*request body jobParams[].flag: properties: new",
    ),
    "a new optional field of responses": (put(*INSTANCE, "flag", FLAG), "Harmless.*response 200 flag: properties: new"),
    "a new operation": (
        copy_operation(RUN, "runJobLater", "-later"),
        r"Widening.*POST \S+-later: paths: new operation",
    ),
    "a new optional parameter": (
        within(RUN, add("parameters", NEW_HEADER)),
        "Widening.*header X-Flag: parameters: new, and optional",
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
        "Harmless.*response 400: examples: example Other added",
    ),
    "a description changed": (
        put(*JOB_PARAM, "name", "description", "Its name."),
        "Harmless.*jobParams[].name: description: changed",
    ),
    "a new status of error": (
        within(RUN, put("responses", "409", {"$ref": "#/components/responses/BadRequest"})),
        "Harmless.*response 409: responses: new",
    ),
    "an enum value of responses added": (
        add(*SCHEMAS, "NodeStatus", "enum", "frozen"),
        'Harmless.*response 200 nodes[].status: enum: "frozen" added',
    ),
    "an enum value of requests added": (
        add(*SCHEMAS, "ParamType", "enum", "other"),
        'Widening.*request body jobParams[].paramType: enum: "other" added',
    ),
    "a required field of requests made optional": (
        remove(*SCHEMAS, "JobParam", "required", "value"),
        "Widening.*jobParams[].value: required: optional, before required",
    ),
    "a required parameter made optional": (
        both(
            put(*PARAMETERS, "Workspace", "deprecated", True), put(*PARAMETERS, "Workspace", "schema", "maxLength", 65)
        ),
        "Widening.*header workspace: maxLength",
    ),
    "a pattern widened": (
        put(*PARAMETERS, "Workspace", "schema", "pattern", "^[0-9A-Za-z_.-]+$"),
        "Widening.*header workspace: pattern",
    ),
    "a pattern written otherwise": (
        put(*PARAMETERS, "Workspace", "schema", "pattern", "^[a-zA-Z0-9_-]{1,}$"),
        "Harmless.*header workspace: pattern: .*both match the same",
    ),
    "a new way to authenticate": (
        within(RUN, add("security", {})),
        "Widening.*security: security: no credentials are required any more",
    ),
    "an operation deprecated": (within(RUN, put("deprecated", True)), r"Harmless.*POST \S+: deprecated: added"),
}
"""Edits that break nobody, and where each is named."""


def _pattern(text: str) -> str:
    return text.replace("[]", r"\[\]")


@pytest.mark.parametrize(("edit", "named"), BREAKING.values(), ids=BREAKING)
def test_breaking(check: Check, edit: Edit, named: str) -> None:
    """An edit that breaks users ends the check with status 1, and is named by place and rule, with what to do."""
    status, output = check(edit)
    place, _, rule = named.partition(" | ")

    assert status == 1, output
    assert re.search(rf"(?m)^  .*{_pattern(place)}$(\n    also: .*)?\n    {rule}.*\n    \S.*\n    To do: \S", output), (
        output
    )
    assert output.splitlines()[-1].endswith("Undo what breaks, or raise it to 2.0.0.")


@pytest.mark.parametrize(("edit", "named"), OTHERS.values(), ids=OTHERS)
def test_not_breaking(check: Check, edit: Edit, named: str) -> None:
    """An edit that breaks nobody ends the check with status 0, and is named as widening or harmless."""
    status, output = check(edit)

    assert status == 0, output
    assert re.search(rf"(?s){_pattern(named)}", output), output
    assert "\n0 breaking, " in output
