"""What can be wrong with a request, as values.

Each kind of violation is the name of an example in the document's components; the example gives code and message, the
response that lists it gives status and headers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import jsonschema_rs


class Kind(StrEnum):
    """The kinds that the mock itself finds, by the name of their example."""

    ACCESS_KEY_UNKNOWN = "AccessKeyUnknown"
    API_NOT_FOUND = "ApiNotFound"
    BODY_TOO_LARGE = "BodyTooLarge"
    JOB_INSTANCE_NOT_FOUND = "JobInstanceNotFound"
    JOB_INSTANCE_STATE_WRONG = "JobInstanceStateWrong"
    JOB_NOT_FOUND = "JobNotFound"
    MEDIA_TYPE_UNSUPPORTED = "MediaTypeUnsupported"
    METHOD_NOT_ALLOWED = "MethodNotAllowed"
    PARAMETER_INVALID = "ParameterInvalid"
    REQUEST_ERROR = "RequestError"
    SIGNATURE_INVALID = "SignatureInvalid"
    THROTTLED = "Throttled"
    TOKEN_EXPIRED = "TokenExpired"
    TOKEN_INVALID = "TokenInvalid"
    TOKEN_MISSING = "TokenMissing"
    WORKSPACE_NOT_FOUND = "WorkspaceNotFound"


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing that is wrong with a request.

    Args:
        example: The name of the example that is the response to it.
        detail: The field and the rule, to follow the example's message.
        message: The whole message, in place of the example's.
        headers: Headers that the documented response asks for.
    """

    example: str
    detail: str = ""
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


_RULES = {
    "maxLength": "longer than {} characters",
    "minLength": "shorter than {} characters",
    "pattern": "does not match {}",
    "enum": "not one of {}",
    "const": "not {}",
    "type": "not of type {}",
    "required": "missing",
    "minimum": "less than {}",
    "maximum": "greater than {}",
    "exclusiveMinimum": "not greater than {}",
    "exclusiveMaximum": "not less than {}",
    "multipleOf": "not a multiple of {}",
    "maxItems": "more than {} items",
    "minItems": "fewer than {} items",
    "uniqueItems": "has items that are equal",
    "maxProperties": "more than {} properties",
    "minProperties": "fewer than {} properties",
    "format": "not of format {}",
    "falseSchema": "not allowed",
}


def describe(error: jsonschema_rs.ValidationError, field_name: str) -> str:
    """Name the field and the rule of a schema violation: `jobParams[0].name: longer than 64 characters`.

    Args:
        error: What the validator found.
        field_name: What to call the value as a whole.
    """
    keyword, value = error.kind.name, error.kind.value
    where = _path([*error.instance_path, value] if keyword == "required" else error.instance_path) or field_name
    if keyword == "minLength" and error.instance == "":
        return f"{where}: empty"
    if keyword == "additionalProperties":
        return f"{_path([*error.instance_path, value[0]])}: unknown"
    if rule := _RULES.get(keyword):
        return f"{where}: {rule.format(_text(value))}"
    return f"{where}: {keyword}: {error.message}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _path(parts: list[str | int]) -> str:
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts).removeprefix(".")
