"""Does openapi.yaml say what the two reference pages say?

The tables of both pages, transcribed: one row a fact. `zh` is document dgc_02_0091, `en` is dataartsstudio_02_0091.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.document import look

PATH = "/v1/{project_id}/jobs/{job_name}/run-immediate"
OPERATION = ("paths", PATH, "post")
PROJECT_ID = (*OPERATION, "parameters", {"name": "project_id"})
JOB_NAME = (*OPERATION, "parameters", {"name": "job_name"})
WORKSPACE = (*OPERATION, "parameters", {"name": "workspace"})
BODY = (*OPERATION, "requestBody")
REQUEST = (*BODY, "content", "application/json")
JOB_PARAM = (*REQUEST, "schema", "properties", "jobParams", "items")
SUCCESS = (*OPERATION, "responses", "200", "content", "application/json")
FAILURE = (*OPERATION, "responses", "400", "content", "application/json")

FACTS: list[tuple[str, tuple[Any, ...], Any]] = [
    ("zh en: POST is the path's only method", ("paths", PATH, list), ["post"]),
    ("zh en: project_id is in the path", (*PROJECT_ID, "in"), "path"),
    ("zh en: project_id is mandatory", (*PROJECT_ID, "required"), True),
    ("zh en: project_id is a String", (*PROJECT_ID, "schema", "type"), "string"),
    ("zh en: job_name is in the path", (*JOB_NAME, "in"), "path"),
    ("zh en: job_name is mandatory", (*JOB_NAME, "required"), True),
    ("zh en: job_name is a String", (*JOB_NAME, "schema", "type"), "string"),
    ("zh en: workspace is a header", (*WORKSPACE, "in"), "header"),
    ("zh en: workspace is optional", (*WORKSPACE, "required"), False),
    ("zh en: workspace is a String", (*WORKSPACE, "schema", "type"), "string"),
    ("zh en: there is no other parameter", (*OPERATION, "parameters", len), 3),
    ("zh en: the body may be left out", (*BODY, "required"), False),
    ("zh en: the body has jobParams and nothing else", (*REQUEST, "schema", "properties", list), ["jobParams"]),
    ("zh en: jobParams is optional", (*REQUEST, "schema", "required"), None),
    ("zh en: jobParams is a List", (*REQUEST, "schema", "properties", "jobParams", "type"), "array"),
    ("zh en: jobParams may be of any length", (*REQUEST, "schema", "properties", "jobParams", "maxItems"), None),
    ("zh en: a JobParam's fields", (*JOB_PARAM, "properties", list), ["name", "value", "paramType"]),
    ("zh en: name and value are mandatory, paramType is not", (*JOB_PARAM, "required"), ["name", "value"]),
    ("zh en: name is a String", (*JOB_PARAM, "properties", "name", "type"), "string"),
    ("zh en: name cannot exceed 64 characters", (*JOB_PARAM, "properties", "name", "maxLength"), 64),
    ("zh en: value is a String", (*JOB_PARAM, "properties", "value", "type"), "string"),
    ("zh en: value cannot exceed 1,024 characters", (*JOB_PARAM, "properties", "value", "maxLength"), 1024),
    ("zh en: value may be empty", (*JOB_PARAM, "properties", "value", "minLength"), None),
    ("en: paramType is a String", (*JOB_PARAM, "properties", "paramType", "type"), "string"),
    (
        "en: paramType is variable or constants",
        (*JOB_PARAM, "properties", "paramType", "enum"),
        ["variable", "constants"],
    ),
    ("zh en: success has instanceId and nothing else", (*SUCCESS, "schema", "properties", list), ["instanceId"]),
    ("zh en: instanceId is mandatory", (*SUCCESS, "schema", "required"), ["instanceId"]),
    ("zh en: instanceId is a number", (*SUCCESS, "schema", "properties", "instanceId", "type"), "integer"),
    ("zh en: instanceId is a Long", (*SUCCESS, "schema", "properties", "instanceId", "format"), "int64"),
    ("zh en: a Long's least", (*SUCCESS, "schema", "properties", "instanceId", "minimum"), -(2**63)),
    ("zh en: a Long's greatest", (*SUCCESS, "schema", "properties", "instanceId", "maximum"), 2**63 - 1),
    ("zh en: failure has a code and a message", (*FAILURE, "schema", "required"), ["error_code", "error_msg"]),
    ("zh en: error_code is a text", (*FAILURE, "schema", "properties", "error_code", "type"), "string"),
    ("zh en: error_msg is a text", (*FAILURE, "schema", "properties", "error_msg", "type"), "string"),
    ("zh en: the example's project", (*PROJECT_ID, "example"), "b384b9e9ab9b4ee8994c8633aabc9505"),
    ("zh en: the example's job", (*JOB_NAME, "example"), "myJob"),
    (
        "zh en: the example's request",
        (*REQUEST, "examples", "RunMyJob", "value"),
        {"jobParams": [{"name": "aaa", "value": "111"}, {"name": "bbb", "value": "222"}]},
    ),
    ("zh en: the example's answer", (*SUCCESS, "examples", "JobStarted", "value"), {"instanceId": 132343}),
    (
        "zh en: the example's failure",
        (*FAILURE, "examples", "JobNotFound", "value"),
        {"error_code": "DLF.0100", "error_msg": "The job does not exists."},
    ),
]

WORDS: list[tuple[str, tuple[Any, ...], str]] = [
    ("zh en: what the operation is for", (*OPERATION, "description"), "whether it can be executed successfully"),
    (
        "zh en: without workspace, the default one is meant",
        (*WORKSPACE, "description"),
        "the default workspace is meant",
    ),
    ("zh en: another workspace needs it set", (*WORKSPACE, "description"), "another workspace it must be set"),
    ("en: where the page is", (*OPERATION, "externalDocs", "url"), "dataartsstudio_02_0091"),
]


@pytest.mark.parametrize(("path", "stated"), [pytest.param(*row[1:], id=row[0]) for row in FACTS])
def test_fact_stands_in_the_contract(document: dict[str, Any], path: tuple[Any, ...], stated: Any) -> None:
    """Each row of the reference's tables stands in openapi.yaml as it is."""
    found = look(document, *path)

    assert (found, type(found)) == (stated, type(stated))


@pytest.mark.parametrize(("path", "words"), [pytest.param(*row[1:], id=row[0]) for row in WORDS])
def test_words_stand_in_the_contract(document: dict[str, Any], path: tuple[Any, ...], words: str) -> None:
    """What the reference says in words, openapi.yaml says in a description."""
    assert words in look(document, *path)
