# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""The types that every operation of dataarts_client shares."""

from dataarts_runtime.types import UNSET, Response, Unset

__all__ = ["Response", "UNSET", "Unset"]
