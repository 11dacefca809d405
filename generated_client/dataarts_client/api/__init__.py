# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""The service's operations, a package for each tag of the contract."""

from . import instances, jobs

__all__ = ["instances", "jobs"]
