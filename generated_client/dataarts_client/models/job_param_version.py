# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from enum import StrEnum

__all__ = ["JobParamVersion"]


class JobParamVersion(StrEnum):
    """Which version of the job's parameters to restart with."""

    ORIGINAL_VERSION = "original_version"
    LATEST_VERSION = "latest_version"
