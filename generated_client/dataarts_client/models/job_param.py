# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.param_type import ParamType
from ..types import UNSET, Unset

T = TypeVar("T", bound="JobParam")


@_attrs_define
class JobParam:
    """A parameter of a job. Further properties pass through as they are, so that the dialect of Huawei Cloud's current
    page (`type` in the place of `paramType`) can be spoken too.

    """

    name: str
    """ Name of the parameter. That it cannot be empty is this document's own rule. """
    value: str
    """ Value of the parameter. """
    param_type: ParamType | Unset = UNSET
    """ Kind of a parameter. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        value = self.value

        param_type: str | Unset = UNSET
        if not isinstance(self.param_type, Unset):
            param_type = self.param_type.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "value": value,
            }
        )
        if param_type is not UNSET:
            field_dict["paramType"] = param_type

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        value = d.pop("value")

        _param_type = d.pop("paramType", UNSET)
        param_type: ParamType | Unset
        if isinstance(_param_type, Unset):
            param_type = UNSET
        else:
            param_type = ParamType(_param_type)

        job_param = cls(
            name=name,
            value=value,
            param_type=param_type,
        )

        job_param.additional_properties = d
        return job_param

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
