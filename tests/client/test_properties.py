"""Do the promises hold for whatever hypothesis thinks of?"""

from __future__ import annotations

import json
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataarts_client import Client, errors
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.models import JobParam, ParamType, RunJobRequest, RunJobResponse
from dataarts_client.types import UNSET

from ._calls import JOB, PROJECT

STEADY = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow], derandomize=True)

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)


def others(*names: str) -> st.SearchStrategy[dict[str, Any]]:
    """Make properties that are none of these."""
    return st.dictionaries(TEXT.filter(lambda key: key not in names), JSON, max_size=3)


@st.composite
def params(draw: st.DrawFn) -> JobParam:
    """Make a parameter that the contract allows."""
    made = JobParam(
        draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=64)),
        draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=1024)),
        param_type=draw(st.sampled_from([UNSET, *ParamType])),
    )
    made.additional_properties.update(draw(others("name", "value", "paramType")))
    return made


@st.composite
def requests(draw: st.DrawFn) -> RunJobRequest:
    """Make a request that the contract allows."""
    made = RunJobRequest(job_params=draw(st.just(UNSET) | st.lists(params(), max_size=4)))
    made.additional_properties.update(draw(others("jobParams")))
    return made


@STEADY
@given(requests())
def test_request_survives(request: RunJobRequest) -> None:
    """Any request survives to_dict and from_dict, and JSON between the two."""
    data = request.to_dict()

    assert RunJobRequest.from_dict(data) == request
    assert RunJobRequest.from_dict(json.loads(json.dumps(data))) == request
    assert RunJobRequest.from_dict(data).to_dict() == data


@STEADY
@given(st.integers(-(2**63), 2**63 - 1), others("instanceId"))
def test_answer_survives(number: int, more: dict[str, Any]) -> None:
    """Any answer survives from_dict and to_dict."""
    data = {**more, "instanceId": number}

    assert RunJobResponse.from_dict(data).instance_id == number
    assert RunJobResponse.from_dict(data).to_dict() == data


def answered(status: int, content: bytes, kind: str = "application/json") -> Any:
    """Make a call that is answered so, and return the answer's model or the exception."""

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=content, headers={"Content-Type": kind})

    transport = httpx.MockTransport(answer)
    with Client("http://127.0.0.1:9", transport=transport, max_retries=0) as client:
        try:
            return run_job_immediately.sync(PROJECT, JOB, client=client)
        except errors.ClientError as error:
            return error


WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=100)
STATUSES = st.integers(400, 599)


@st.composite
def error_bodies(draw: st.DrawFn) -> tuple[dict[str, Any], str, str]:
    """Make an error body of a known shape, with its code and message."""
    code, message = draw(WORDS), draw(WORDS)
    shapes = [("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message")]
    code_key, message_key = draw(st.sampled_from(shapes))
    known = {name for shape in shapes for name in shape} | {"error", "request_id"}
    body = {**draw(others(*known)), code_key: code, message_key: message}
    if draw(st.booleans()):
        body = {**draw(others(*known)), "error": body}
    return body, code, message


@STEADY
@given(STATUSES, error_bodies(), st.booleans())
def test_error_is_understood(status: int, made: tuple[dict[str, Any], str, str], ascii_only: bool) -> None:
    """Any error body of a known shape gives its code and message, whatever the status."""
    body, code, message = made
    error = answered(status, json.dumps(body, ensure_ascii=ascii_only).encode())

    assert isinstance(error, errors.ApiError)
    assert (error.status_code, error.error_code, error.error_msg) == (status, code, message)
    assert code in str(error)


@STEADY
@given(
    STATUSES, st.binary() | JSON.map(lambda value: json.dumps(value).encode()), st.text(st.characters(codec="ascii"))
)
def test_any_error_body(status: int, body: bytes, charset: str) -> None:
    """Any body of any status from 400, in any charset, is an ApiError whose text can be logged."""
    error = answered(status, body, f"text/x; charset={charset}")

    assert isinstance(error, errors.ApiError)
    assert error.status_code == status
    assert str(status) in str(error)
    assert "\n" not in str(error)
    assert str(error).encode()
    assert len(str(error)) <= 1200


@STEADY
@given(JSON | st.dictionaries(st.just("instanceId"), JSON))
def test_any_success_body(body: Any) -> None:
    """A body of status 200 is a model exactly if it is an object with an instanceId that is an int64."""
    result = answered(200, json.dumps(body).encode())

    number = body.get("instanceId") if isinstance(body, dict) else None
    whole = isinstance(number, int | float) and not isinstance(number, bool) and number == number // 1
    if whole and number is not None and -(2**63) <= number < 2**63:
        assert isinstance(result, RunJobResponse)
        assert type(result.instance_id) is int
        assert result.instance_id == number
    else:
        assert type(result) is errors.UnexpectedResponse


@STEADY
@given(st.integers(200, 399).filter(lambda status: status != 200), st.binary())
def test_any_other_status(status: int, body: bytes) -> None:
    """Any status below 400 other than 200 is an UnexpectedResponse."""
    error = answered(status, body)

    assert type(error) is errors.UnexpectedResponse
    assert error.status_code == status
    assert error.outcome_unknown is True


@STEADY
@given(st.text() | st.text("ab.-_作", max_size=9))
def test_any_job_name(name: str) -> None:
    """Any job name is refused, or goes into the path as its own single segment."""
    seen: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url.raw_path)
        return httpx.Response(200, json={"instanceId": 1})

    refusal: ValueError | None = None
    with Client("http://127.0.0.1:9", transport=httpx.MockTransport(answer)) as client:
        try:
            run_job_immediately.sync(PROJECT, name, client=client)
        except ValueError as error:
            refusal = error

    assert type(refusal) in (ValueError, type(None))
    assert len(seen) == (refusal is None)
    assert refusal is None or "job_name" in str(refusal)
    for path in seen:
        segments = path.split(b"/")
        assert len(segments) == 6
        assert httpx.URL(f"http://x/{segments[4].decode()}").path == f"/{name}"
        assert segments[4] not in (b"", b".", b"..")
