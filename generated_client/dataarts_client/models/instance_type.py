# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from enum import IntEnum

__all__ = ["InstanceType"]


class InstanceType(IntEnum):
    """How an instance came to be: 0 by its schedule, 2 manually, 5 as PatchData, 6 as a subjob, 7 scheduled once.
    Which of them an instance has that was executed immediately is stated nowhere; with the mock it is 2."""

    GENERAL = 0
    MANUAL = 2
    PATCH_DATA = 5
    SUBJOB = 6
    ONCE = 7
