"""Hostile arguments: a row each, with the field that the refusal is to name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dataarts_client.models import JobParam, ParamType, RunJobRequest, RunJobResponse
from dataarts_client.types import UNSET


@dataclass(frozen=True, slots=True)
class Refused:
    """Arguments of a call (made only when the test runs, since some refuse to be made) and what is wrong with them."""

    id: str
    fields: tuple[str, ...]
    """Names, one of which the message must have."""
    arguments: Callable[[], dict[str, Any]] = field(repr=False)


class Text(str):
    """A string that claims to be another one."""

    def __str__(self) -> str:
        """Lie."""
        return "../../evil"

    def __format__(self, spec: str) -> str:
        """Lie."""
        return "../../evil"


def path(name: str, label: str, value: Any) -> Refused:
    """Make a row about one argument of the function."""
    return Refused(f"{name}-{label}", (name,), lambda: {name: value})


def param(label: str, wrong: str, **changes: Any) -> Refused:
    """Make a row about a parameter that is refused as soon as it is made."""
    names = {"param_type": ("param_type", "paramType")}.get(wrong, (wrong,))
    return Refused(f"param-{label}", names, lambda: body(JobParam(**({"name": "aaa", "value": "111"} | changes))))


def body(*params: Any) -> dict[str, Any]:
    """Make the arguments of a call with these parameters."""
    return {"body": RunJobRequest(job_params=list(params))}


def request(label: str, wrong: tuple[str, ...], job_params: Any) -> Refused:
    """Make a row about a request that is refused as soon as it is made."""
    return Refused(f"request-{label}", wrong, lambda: {"body": RunJobRequest(job_params=job_params)})


def assigned(label: str, attribute: str, value: Any) -> Refused:
    """Make a row about a parameter that was right until something was assigned to it."""

    def arguments() -> dict[str, Any]:
        given = JobParam("aaa", "111")
        setattr(given, attribute, value)
        return body(given)

    names = {"param_type": ("param_type", "paramType")}.get(attribute, (attribute,))
    return Refused(f"assigned-{label}", names, arguments)


def mutated(label: str, wrong: tuple[str, ...], change: Callable[[RunJobRequest], object]) -> Refused:
    """Make a row about a request that was right until something in it was changed in place."""

    def arguments() -> dict[str, Any]:
        given = RunJobRequest(job_params=[JobParam("aaa", "111"), JobParam("bbb", "222")])
        change(given)
        return {"body": given}

    return Refused(f"mutated-{label}", wrong, arguments)


def extra(label: str, value: Any) -> Refused:
    """Make a row about a further property that JSON cannot carry."""

    def arguments() -> dict[str, Any]:
        given = RunJobRequest()
        given.additional_properties["extraField"] = value
        return {"body": given}

    return Refused(f"extra-{label}", ("extraField", "additional_properties", "body"), arguments)


def circle() -> list[Any]:
    """Make a list that holds itself."""
    made: list[Any] = []
    made.append(made)
    return made


def tower(height: int) -> list[Any]:
    """Make lists in lists."""
    made: list[Any] = []
    for _ in range(height):
        made = [made]
    return made


def params(given: RunJobRequest) -> list[Any]:
    """Return the request's parameters as the list they are."""
    assert isinstance(given.job_params, list)
    return given.job_params


def beside(given: RunJobRequest) -> dict[Any, Any]:
    """Return the request's further properties, whatever their keys."""
    return given.additional_properties


ITEMS = ("job_params", "jobParams")

JOB_NAMES = tuple(
    path("job_name", label, value)
    for label, value in (
        ("empty", ""),
        ("dot", "."),
        ("two-dots", ".."),
        ("three-dots", "..."),
        ("slash", "a/b"),
        ("climbing", "../../x"),
        ("backslash", "a\\b"),
        ("encoded-dots", "%2e%2e"),
        ("encoded-slash", "a%2Fb"),
        ("space", "my job"),
        ("leading-space", " myJob"),
        ("final-line-break", "myJob\n"),
        ("carriage-return", "my\rJob"),
        ("line-break-only", "\n"),
        ("nul", "my\0Job"),
        ("query", "myJob?x=1"),
        ("fragment", "myJob#x"),
        ("semicolon", "myJob;v=1"),
        ("tilde", "~root"),
        ("129-characters", "a" * 129),
        ("129-chinese", "作" * 129),
        ("million-characters", "a" * 1_000_000),
        ("emoji", "job🚀"),
        ("latin", "jöb"),
        ("chinese-out-of-range", "\u9fa6"),
        ("full-width-digit", "１"),
        ("arabic-digit", "٣"),
        ("lone-surrogate", "a\ud800"),
        ("bom", "\ufeffa"),
        ("right-to-left", "a\u202eb"),
        ("none", None),
        ("integer", 1),
        ("true", True),
        ("bytes", b"myJob"),
        ("list", ["myJob"]),
    )
)

PROJECT_IDS = tuple(
    path("project_id", label, value)
    for label, value in (
        ("empty", ""),
        ("dot", "."),
        ("two-dots", ".."),
        ("period", "a.b"),
        ("slash", "a/b"),
        ("encoded-slash", "a%2Fb"),
        ("space", "a b"),
        ("final-line-break", "p1\n"),
        ("65-characters", "a" * 65),
        ("chinese", "项目"),
        ("latin", "é"),
        ("lone-surrogate", "\udfff"),
        ("none", None),
        ("integer", 12),
        ("bytes", b"p1"),
    )
)

WORKSPACES = tuple(
    path("workspace", label, value)
    for label, value in (
        ("empty", ""),
        ("65-characters", "a" * 65),
        ("header-injection", "ws\r\nX-Evil: 1"),
        ("final-line-break", "ws\n"),
        ("carriage-return", "ws\r"),
        ("nul", "ws\0"),
        ("tab", "w\ts"),
        ("leading-space", " ws"),
        ("trailing-space", "ws "),
        ("comma", "a,b"),
        ("latin", "é"),
        ("chinese", "空间"),
        ("emoji", "🚀"),
        ("lone-surrogate", "\ud800"),
        ("integer", 5),
        ("false", False),
        ("bytes", b"ws"),
        ("list", ["ws"]),
    )
)

PARAMS = (
    param("name-empty", "name", name=""),
    param("name-65", "name", name="a" * 65),
    param("name-65-chinese", "name", name="参" * 65),
    param("name-65-emoji", "name", name="🚀" * 65),
    param("name-none", "name", name=None),
    param("name-unset", "name", name=UNSET),
    param("value-unset", "value", value=UNSET),
    param("name-integer", "name", name=1),
    param("name-bytes", "name", name=b"aaa"),
    param("name-list", "name", name=["aaa"]),
    param("name-lone-surrogate", "name", name="\ud800"),
    param("value-1025", "value", value="a" * 1025),
    param("value-1025-chinese", "value", value="值" * 1025),
    param("value-1025-emoji", "value", value="🚀" * 1025),
    param("value-megabyte", "value", value="a" * 2**20),
    param("value-none", "value", value=None),
    param("value-integer", "value", value=111),
    param("value-float", "value", value=1.5),
    param("value-true", "value", value=True),
    param("value-bytes", "value", value=b"111"),
    param("value-list", "value", value=["111"]),
    param("value-dict", "value", value={"a": 1}),
    param("value-lone-surrogate", "value", value="a\udc00b"),
    param("type-unknown", "param_type", param_type="procedure"),
    param("type-other-case", "param_type", param_type="Variable"),
    param("type-name-of-member", "param_type", param_type="VARIABLE"),
    param("type-empty", "param_type", param_type=""),
    param("type-final-line-break", "param_type", param_type="variable\n"),
    param("type-integer", "param_type", param_type=0),
    param("type-true", "param_type", param_type=True),
    param("type-bytes", "param_type", param_type=b"variable"),
    param("type-list", "param_type", param_type=["variable"]),
    param("type-class", "param_type", param_type=ParamType),
)

REQUESTS = (
    request("text", ITEMS, "aaa=111"),
    request("dict", ITEMS, {"name": "aaa", "value": "111"}),
    request("integer", ITEMS, 5),
    request("one-param", ITEMS, JobParam("aaa", "111")),
    request("list-of-dicts", ITEMS, [{"name": "aaa", "value": "111"}]),
    request("list-of-none", ITEMS, [None]),
    request("list-of-text", ITEMS, ["aaa"]),
    request("list-of-lists", ITEMS, [[JobParam("aaa", "111")]]),
    request("last-item-wrong", ITEMS, [JobParam("aaa", "111"), RunJobRequest()]),
    path("body", "dict", {"jobParams": []}),
    path("body", "empty-dict", {}),
    path("body", "list", [JobParam("aaa", "111")]),
    path("body", "text", '{"jobParams": []}'),
    path("body", "bytes", b"{}"),
    path("body", "other-model", RunJobResponse(instance_id=1)),
    path("body", "class", RunJobRequest),
    path("body", "false", False),
)

CHANGES = (
    assigned("name-empty", "name", ""),
    assigned("name-65", "name", "a" * 65),
    assigned("name-none", "name", None),
    assigned("value-1025", "value", "a" * 1025),
    assigned("value-integer", "value", 111),
    assigned("type-unknown", "param_type", "procedure"),
    mutated("item-dict", ITEMS, lambda given: params(given).append({"name": "ccc", "value": "3"})),
    mutated("item-none", ITEMS, lambda given: params(given).insert(0, None)),
    mutated("item-text", ITEMS, lambda given: params(given).append("ccc")),
    mutated("item-of-another-kind", ITEMS, lambda given: params(given).append(RunJobRequest())),
    mutated("declared-key-at-the-side", ITEMS, lambda given: given.additional_properties.update(jobParams="junk")),
    mutated(
        "declared-key-of-a-param-at-the-side",
        ("paramType", "param_type"),
        lambda given: params(given)[1].additional_properties.update(paramType="junk"),
    ),
    mutated(
        "unknown-type-from-a-dict",
        ("paramType", "param_type"),
        lambda given: params(given).append(JobParam.from_dict({"name": "c", "value": "3", "paramType": "procedure"})),
    ),
    assigned("additional-properties-a-list", "additional_properties", []),
    mutated("key-a-number", ("additional_properties",), lambda given: beside(given).update({1: "x"})),
    mutated("declared-key-by-item", ("jobParams", "job_params"), lambda given: given.__setitem__("jobParams", "junk")),
    extra("nan", float("nan")),
    extra("key-a-number", {1: "a", "1": "b"}),
    extra("key-none", [{"a": ({None: 1},)}]),
    extra("infinity", float("inf")),
    extra("bytes", b"x"),
    extra("set", {1}),
    extra("object", object()),
    extra("circle", circle()),
    extra("tower", tower(100_000)),
    extra("lone-surrogate", "\ud800"),
    extra("nan-inside", [{"a": float("nan")}]),
)

TIMEOUTS = tuple(
    path("timeout", label, value)
    for label, value in (
        ("zero", 0),
        ("negative", -1.0),
        ("nan", float("nan")),
        ("infinite", float("inf")),
        ("text", "5"),
        ("true", True),
        ("list", [5]),
    )
)

ARGUMENTS = (*JOB_NAMES, *PROJECT_IDS, *WORKSPACES, *PARAMS, *REQUESTS, *CHANGES, *TIMEOUTS)
