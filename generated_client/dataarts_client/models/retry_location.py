# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from enum import StrEnum

__all__ = ["RetryLocation"]


class RetryLocation(StrEnum):
    """Which node to restart at. Left out, it is first_node."""

    ERROR_NODE = "error_node"
    FIRST_NODE = "first_node"
    SPECIFIED_NODE = "specified_node"
