# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from enum import StrEnum


class ParamType(StrEnum):
    CONSTANTS = "constants"
    VARIABLE = "variable"

    def __str__(self) -> str:
        return str(self.value)
