"""Do clients that nobody here wrote run jobs on the mock?"""

# The SDKs have no types.
from __future__ import annotations

import pytest
from huaweicloudsdkcore.exceptions.exceptions import (  # type: ignore[import-untyped]  # has no types
    ClientRequestException,
)

from tests.credentials.official import run_once
from tests.interop.conftest import WORKSPACE

SDKS = ["dgc", "dlf"]
KEYS = {"access_key": "mock-ak", "secret_key": "mock-sk", "project_id": "b384b9e9ab9b4ee8994c8633aabc9505"}
PLAIN = [{"name": "aaa", "value": "111"}, {"name": "bbb", "value": "值 ~+%/?"}]
KIND = {"dgc": "type", "dlf": "param_type"}
"""What each SDK, and so each dialect, calls a parameter's kind."""


def run(
    sdk: str,
    url: str,
    job: str = "myJob",
    *,
    workspace: str | None = None,
    params: list[dict[str, str]] | None = None,
    security_token: str | None = None,
    keys: dict[str, str] | None = None,
) -> int:
    """Run a job by an official client, and return the instance ID."""
    return int(
        run_once(
            sdk,
            url,
            job_name=job,
            workspace=workspace,
            params=params,
            security_token=security_token,
            **(KEYS | (keys or {})),
        )
    )


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize("params", [None, [], PLAIN], ids=["no body", "no parameters", "parameters"])
@pytest.mark.parametrize(
    ("job", "workspace"),
    [("myJob", None), ("作业", None), ("other", WORKSPACE)],
    ids=["default workspace", "Chinese job name", "workspace"],
)
def test_job_is_started(
    url: str, sdk: str, job: str, workspace: str | None, params: list[dict[str, str]] | None
) -> None:
    """Each official client starts runs, each with an instance ID of its own."""
    first, second = (run(sdk, url, job, workspace=workspace, params=params) for _ in range(2))

    assert 132343 <= first < second


@pytest.mark.parametrize("sdk", SDKS)
def test_either_dialect_is_spoken(url: str, sdk: str) -> None:
    """A parameter's kind is taken in the words of either dialect."""
    params = [{**PLAIN[0], KIND[sdk]: "variable"}, {**PLAIN[1], KIND[sdk]: "constants"}]

    assert run(sdk, url, params=params)


@pytest.mark.parametrize("sdk", SDKS)
def test_temporary_keys_are_taken(url: str, sdk: str) -> None:
    """A request signed with temporary keys, so with a security token, is taken."""
    assert run(sdk, url, params=PLAIN, security_token="token")


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize(
    ("job", "workspace", "status", "code"),
    [("noSuchJob", None, 400, "DLF.0100"), ("myJob", "ws9", 400, "DLF.0819"), ("my job", None, 400, "DLF.3018")],
)
def test_refusal_is_their_own_exception(
    url: str, sdk: str, job: str, workspace: str | None, status: int, code: str
) -> None:
    """A refusal reaches their callers as their own exception, with status, code and request ID."""
    with pytest.raises(ClientRequestException) as raised:
        run(sdk, url, job, workspace=workspace)

    assert (raised.value.status_code, raised.value.error_code) == (status, code)
    assert len(raised.value.request_id) == 32


@pytest.mark.parametrize("sdk", SDKS)
@pytest.mark.parametrize(
    "keys", [{"access_key": "another"}, {"secret_key": "another"}], ids=["access key", "secret key"]
)
def test_wrong_keys_are_their_own_exception(url: str, sdk: str, keys: dict[str, str]) -> None:
    """A wrong access key or secret key reaches their callers as 401."""
    with pytest.raises(ClientRequestException) as raised:
        run(sdk, url, keys=keys)

    assert (raised.value.status_code, raised.value.error_code) == (401, "APIGW.0301")
