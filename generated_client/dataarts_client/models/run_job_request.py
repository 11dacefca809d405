# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_param import JobParam


T = TypeVar("T", bound="RunJobRequest")


@_attrs_define
class RunJobRequest:
    """What a job is to be run with."""

    job_params: list[JobParam] | Unset = UNSET
    """ Parameters for executing the job immediately. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        job_params: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.job_params, Unset):
            job_params = []
            for job_params_item_data in self.job_params:
                job_params_item = job_params_item_data.to_dict()
                job_params.append(job_params_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if job_params is not UNSET:
            field_dict["jobParams"] = job_params

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_param import JobParam  # noqa: PLC0415

        d = dict(src_dict)
        _job_params = d.pop("jobParams", UNSET)
        job_params: list[JobParam] | Unset = UNSET
        if _job_params is not UNSET:
            job_params = []
            for job_params_item_data in _job_params:
                job_params_item = JobParam.from_dict(job_params_item_data)

                job_params.append(job_params_item)

        run_job_request = cls(
            job_params=job_params,
        )

        run_job_request.additional_properties = d
        return run_job_request

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
