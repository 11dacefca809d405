# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from enum import StrEnum

__all__ = ["ParamType"]


class ParamType(StrEnum):
    """Kind of a parameter."""

    VARIABLE = "variable"
    CONSTANTS = "constants"
