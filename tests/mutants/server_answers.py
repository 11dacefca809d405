"""What a server could get wrong in its answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.mutants.mutant import Mutant, replaced

Change = Callable[[Any, Any, Any], Any]
ANSWERS: list[Mutant] = []


def answering(name: str) -> Callable[[Change], Change]:
    """Add a mistake to the list: a function that changes an answer, given the service, the request and the answer."""

    def added(change: Change) -> Change:
        def apply(folder: Path) -> None:
            from dataarts_mock._service import Service

            def changed(answer: Any) -> Any:
                return lambda self, request: change(self, request, answer(self, request))

            replaced(Service, "respond", changed)

        ANSWERS.append(Mutant(f"server: {name}", "server", apply))
        return change

    return added


def _edit(answer: Any, **changes: Any) -> Any:
    """Change members of an answer's JSON object; None takes one away."""
    payload = {**json.loads(answer.body), **changes}
    answer.body = json.dumps({key: value for key, value in payload.items() if value is not None}).encode()
    return answer


def _code(answer: Any) -> str | None:
    return json.loads(answer.body).get("error_code") if answer.status >= 400 else None


@answering("success is 201")
def _(service: Any, request: Any, answer: Any) -> Any:
    answer.status = 201 if answer.status == 200 else answer.status
    return answer


@answering("instanceId is a string")
def _(service: Any, request: Any, answer: Any) -> Any:
    return _edit(answer, instanceId=str(json.loads(answer.body)["instanceId"])) if answer.status == 200 else answer


@answering("every run has the same instanceId")
def _(service: Any, request: Any, answer: Any) -> Any:
    return _edit(answer, instanceId=132343) if answer.status == 200 else answer


@answering("instance IDs begin elsewhere than the example")
def _(service: Any, request: Any, answer: Any) -> Any:
    return _edit(answer, instanceId=json.loads(answer.body)["instanceId"] + 1) if answer.status == 200 else answer


@answering("a success has more than is documented")
def _(service: Any, request: Any, answer: Any) -> Any:
    return _edit(answer, status="running") if answer.status == 200 else answer


@answering("errors have another shape")
def _(service: Any, request: Any, answer: Any) -> Any:
    if answer.status >= 400:
        answer.body = json.dumps({"code": _code(answer), "message": "no"}).encode()
    return answer


@answering("an error has no X-Request-Id")
def _(service: Any, request: Any, answer: Any) -> Any:
    if answer.status == 413:
        answer.headers.pop("X-Request-Id")
    return answer


@answering("request_id is not X-Request-Id")
def _(service: Any, request: Any, answer: Any) -> Any:
    return _edit(answer, request_id="another") if answer.status >= 400 else answer


@answering("every request has the same ID")
def _(service: Any, request: Any, answer: Any) -> Any:
    answer.headers["X-Request-Id"] = "one"
    return _edit(answer, request_id="one") if answer.status >= 400 else answer


@answering("a success is text/plain")
def _(service: Any, request: Any, answer: Any) -> Any:
    if answer.status == 200:
        answer.headers["Content-Type"] = "text/plain"
    return answer


@answering("errors are application/problem+json")
def _(service: Any, request: Any, answer: Any) -> Any:
    if answer.status >= 400:
        answer.headers["Content-Type"] = "application/problem+json"
    return answer


@answering("an unknown job is 404")
def _(service: Any, request: Any, answer: Any) -> Any:
    answer.status = 404 if _code(answer) == "DLF.0100" else answer.status
    return answer


@answering("an unknown workspace is taken for an unknown job")
def _(service: Any, request: Any, answer: Any) -> Any:
    return _edit(answer, error_code="DLF.0100") if _code(answer) == "DLF.0819" else answer


@answering("the reference's wording is corrected")
def _(service: Any, request: Any, answer: Any) -> Any:
    return _edit(answer, error_msg="The job does not exist.") if _code(answer) == "DLF.0100" else answer


@answering("405 has no Allow")
def _(service: Any, request: Any, answer: Any) -> Any:
    answer.headers.pop("Allow", None)
    return answer


@answering("Allow names a method too many")
def _(service: Any, request: Any, answer: Any) -> Any:
    if "Allow" in answer.headers:
        answer.headers["Allow"] += ", GET"
    return answer


@answering("a wrong method is 404")
def _(service: Any, request: Any, answer: Any) -> Any:
    answer.status = 404 if answer.status == 405 else answer.status
    return answer


@answering("an unknown path is 400")
def _(service: Any, request: Any, answer: Any) -> Any:
    answer.status = 400 if answer.status == 404 else answer.status
    return answer


@answering("a body that is too large is 400")
def _(service: Any, request: Any, answer: Any) -> Any:
    answer.status = 400 if answer.status == 413 else answer.status
    return answer


@answering("429 has no Retry-After")
def _(service: Any, request: Any, answer: Any) -> Any:
    answer.headers.pop("Retry-After", None)
    return answer


@answering("Retry-After is a date")
def _(service: Any, request: Any, answer: Any) -> Any:
    if "Retry-After" in answer.headers:
        answer.headers["Retry-After"] = "Fri, 01 Jan 2027 00:00:00 GMT"
    return answer


@answering("Retry-After is an hour")
def _(service: Any, request: Any, answer: Any) -> Any:
    if "Retry-After" in answer.headers:
        answer.headers["Retry-After"] = "3600"
    return answer
