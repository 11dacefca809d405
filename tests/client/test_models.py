"""Do models hold to the contract wherever they come from?"""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from dataarts_client import models
from dataarts_client.models import ErrorResponse, JobParam, ParamType, RunJobRequest, RunJobResponse
from dataarts_client.types import UNSET

WRONG: tuple[tuple[str, str, Any], ...] = (
    ("name-empty", "name", ""),
    ("name-65", "name", "a" * 65),
    ("name-65-chinese", "name", "参" * 65),
    ("name-none", "name", None),
    ("name-integer", "name", 1),
    ("name-unset", "name", UNSET),
    ("value-1025", "value", "a" * 1025),
    ("value-1025-emoji", "value", "🚀" * 1025),
    ("value-none", "value", None),
    ("value-integer", "value", 111),
    ("value-true", "value", True),
    ("value-list", "value", ["111"]),
    ("type-unknown", "param_type", "procedure"),
    ("type-integer", "param_type", 1),
)


def names(field: str) -> tuple[str, ...]:
    """Return what a message may call the field."""
    return {"param_type": ("param_type", "paramType"), "job_params": ("job_params", "jobParams")}.get(field, (field,))


@pytest.mark.parametrize(("label", "field", "value"), WRONG, ids=[row[0] for row in WRONG])
def test_constructor(label: str, field: str, value: Any) -> None:
    """A parameter that the contract forbids cannot be made."""
    with pytest.raises((ValueError, TypeError)) as caught:
        JobParam(**({"name": "aaa", "value": "111"} | {field: value}))

    assert any(name in str(caught.value) for name in names(field))
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(("label", "field", "value"), WRONG, ids=[row[0] for row in WRONG])
def test_assignment(label: str, field: str, value: Any) -> None:
    """A parameter cannot be made into one that the contract forbids, and stays what it was."""
    param = JobParam("aaa", "111", param_type=ParamType.VARIABLE)
    with pytest.raises((ValueError, TypeError)) as caught:
        setattr(param, field, value)

    assert any(name in str(caught.value) for name in names(field))
    assert param == JobParam("aaa", "111", param_type=ParamType.VARIABLE)


@pytest.mark.parametrize("value", ["aaa", 5, {}, [{"name": "a", "value": ""}], [None], JobParam("a", ""), (None,)])
def test_list_of_models(value: Any) -> None:
    """A request takes a list of parameters and nothing else, when it is made and when it is changed."""
    request = RunJobRequest(job_params=[JobParam("a", "")])
    with pytest.raises((ValueError, TypeError), match=r"job_?[pP]arams"):
        RunJobRequest(job_params=value)
    with pytest.raises((ValueError, TypeError), match=r"job_?[pP]arams"):
        request.job_params = value

    assert request == RunJobRequest(job_params=[JobParam("a", "")])


FROM_DICT: tuple[tuple[str, Any, str, Any], ...] = (
    ("param-without-name", JobParam, "name", {"value": "1"}),
    ("param-without-value", JobParam, "value", {"name": "a"}),
    ("param-name-null", JobParam, "name", {"name": None, "value": "1"}),
    ("param-name-65", JobParam, "name", {"name": "a" * 65, "value": "1"}),
    ("param-value-number", JobParam, "value", {"name": "a", "value": 1}),
    ("param-type-number", JobParam, "paramType", {"name": "a", "value": "1", "paramType": 5}),
    ("param-type-list", JobParam, "paramType", {"name": "a", "value": "1", "paramType": ["variable"]}),
    ("param-type-null", JobParam, "paramType", {"name": "a", "value": "1", "paramType": None}),
    ("param-list", JobParam, "", ["name", "value"]),
    ("param-text", JobParam, "", "name"),
    ("param-none", JobParam, "", None),
    ("request-list", RunJobRequest, "", []),
    ("request-none", RunJobRequest, "", None),
    ("request-params-null", RunJobRequest, "jobParams", {"jobParams": None}),
    ("request-params-text", RunJobRequest, "jobParams", {"jobParams": "abc"}),
    ("request-params-object", RunJobRequest, "jobParams", {"jobParams": {"name": "a", "value": "1"}}),
    ("request-params-of-null", RunJobRequest, "jobParams", {"jobParams": [None]}),
    ("request-params-of-text", RunJobRequest, "jobParams", {"jobParams": ["name"]}),
    ("request-second-param-wrong", RunJobRequest, "value", {"jobParams": [{"name": "a", "value": ""}, {"name": "b"}]}),
    ("answer-empty", RunJobResponse, "instanceId", {}),
    ("answer-text", RunJobResponse, "instanceId", {"instanceId": "132343"}),
    ("answer-true", RunJobResponse, "instanceId", {"instanceId": True}),
    ("answer-fraction", RunJobResponse, "instanceId", {"instanceId": 0.5}),
    ("answer-nan", RunJobResponse, "instanceId", {"instanceId": float("nan")}),
    ("answer-infinite", RunJobResponse, "instanceId", {"instanceId": float("inf")}),
    ("answer-too-great", RunJobResponse, "instanceId", {"instanceId": 2**63}),
    ("answer-too-small", RunJobResponse, "instanceId", {"instanceId": -(2**63) - 1}),
    ("answer-none", RunJobResponse, "", None),
    ("error-without-code", ErrorResponse, "error_code", {"error_msg": "m"}),
    ("error-without-message", ErrorResponse, "error_msg", {"error_code": "c"}),
    ("error-code-empty", ErrorResponse, "error_code", {"error_code": "", "error_msg": "m"}),
    ("error-code-number", ErrorResponse, "error_code", {"error_code": 100, "error_msg": "m"}),
    ("error-id-number", ErrorResponse, "request_id", {"error_code": "c", "error_msg": "m", "request_id": 1}),
)


@pytest.mark.parametrize(("label", "model", "field", "data"), FROM_DICT, ids=[row[0] for row in FROM_DICT])
def test_from_dict(label: str, model: Any, field: str, data: Any) -> None:
    """What is not the model's shape is refused by a ValueError or TypeError that names the field."""
    before = copy.deepcopy(data)
    with pytest.raises((ValueError, TypeError)) as caught:
        model.from_dict(data)

    assert any(name in str(caught.value) for name in (field, {"paramType": "param_type"}.get(field, field)))
    assert repr(data) == repr(before)


def test_additional_properties() -> None:
    """Keys that the contract does not know are reached like a dict's, and do not leak into the caller's dict."""
    data = {"name": "a", "value": "1", "type": "procedure"}
    param = JobParam.from_dict(data)
    param["more"] = [1]

    assert param["type"] == "procedure"
    assert "more" in param
    assert param.to_dict() == {"name": "a", "value": "1", "type": "procedure", "more": [1]}
    assert data == {"name": "a", "value": "1", "type": "procedure"}


MODELS = (
    JobParam("a", "1", param_type=ParamType.CONSTANTS),
    RunJobRequest(job_params=[JobParam("a", "1")]),
    RunJobResponse(instance_id=132343),
    ErrorResponse(error_code="DLF.0100", error_msg="m", request_id="r"),
    ParamType.VARIABLE,
    UNSET,
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: type(model).__name__)
def test_copies(model: Any) -> None:
    """A model can be copied and pickled, and the copy is its equal."""
    copies = [copy.copy(model), copy.deepcopy(model), pickle.loads(pickle.dumps(model))]

    assert [type(made) for made in copies] == [type(model)] * 3
    assert model is UNSET or copies == [model] * 3
    assert not any(copies) if model is UNSET else all(made is not None for made in copies)


def test_misspelt_attribute() -> None:
    """A misspelt attribute is an error, instead of a parameter that never arrives."""
    param: Any = JobParam("a", "1")
    with pytest.raises(AttributeError):
        param.vaule = "2"

    assert param.to_dict() == {"name": "a", "value": "1"}


def test_all_is_sorted_and_complete(document: dict[str, Any]) -> None:
    """The package of models exports the contract's objects and enums, and nothing else."""
    schemas = document["components"]["schemas"]
    named = [name for name, schema in schemas.items() if schema["type"] == "object" or "enum" in schema]

    assert sorted(models.__all__) == sorted(named)
