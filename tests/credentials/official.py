"""The official SDKs, as far as they serve as oracles, behind typed functions."""

# The SDKs have no types, so that strict checks find nothing but unknowns here.
# pyright: basic

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from unittest import mock

with mock.patch.dict(os.environ):
    os.environ.pop("HOME", None)  # the SDK core, when imported, writes an application ID below it
    import huaweicloudsdkdgc.v1 as dgc  # type: ignore[import-untyped]  # has no types
    import huaweicloudsdkdlf.v1 as dlf  # type: ignore[import-untyped]  # has no types
    from huaweicloudsdkcore.auth.credentials import BasicCredentials  # type: ignore[import-untyped]  # has no types
    from huaweicloudsdkcore.http.http_config import HttpConfig  # type: ignore[import-untyped]  # has no types
    from huaweicloudsdkcore.sdk_request import SdkRequest  # type: ignore[import-untyped]  # has no types
    from huaweicloudsdkcore.signer.signer import Signer  # type: ignore[import-untyped]  # has no types


class _PartialSigner(Signer):  # type: ignore[misc]  # the base has no types
    """The official signer, made to leave headers out of what it signs."""

    left_out: frozenset[str] = frozenset()

    @classmethod
    def _process_signed_headers(cls, request: Any) -> list[str]:
        names: list[str] = super()._process_signed_headers(request)
        return [name for name in names if name not in cls.left_out]


def sign(
    method: str,
    path: str,
    params: Sequence[tuple[str, str]],
    headers: dict[str, str],
    body: bytes,
    *,
    access_key: str,
    secret_key: str,
    left_out: Iterable[str] = (),
) -> list[tuple[bytes, bytes]]:
    """Sign a request, and return its headers as they would go over the wire; `X-Sdk-Date` is kept if given."""
    request = SdkRequest(
        method=method, resource_path=path, query_params=list(params), header_params=dict(headers), body=body
    )
    signer = type("_Signer", (_PartialSigner,), {"left_out": frozenset(left_out)})
    signed = signer(BasicCredentials(access_key, secret_key)).sign(request)
    return [(name.encode(), value.encode("latin-1")) for name, value in signed.header_params.items()]


def run_once(
    sdk: str,
    url: str,
    *,
    access_key: str,
    secret_key: str,
    project_id: str,
    job_name: str,
    workspace: str | None = None,
    params: Sequence[dict[str, str]] | None = None,
    security_token: str | None = None,
) -> str:
    """Run a job by an official client ("dgc" or "dlf"), and return the instance ID; its exceptions pass through.

    Parameters are the arguments of the SDK's `JobParam`: `name`, `value`, and `type` (dgc) or `param_type` (dlf).
    """
    module: Any = {"dgc": dgc, "dlf": dlf}[sdk]
    credentials = BasicCredentials(access_key, secret_key, project_id)
    if security_token is not None:
        credentials = credentials.with_security_token(security_token)
    body = None
    if params is not None:
        body = module.StartJobReq(job_params=[module.JobParam(**param) for param in params])
    with _client(sdk, url, credentials) as client:
        answer = client.run_once(module.RunOnceRequest(workspace=workspace, job_name=job_name, body=body))
    return str(answer.instance_id)


def call(
    url: str, operation: str, *, access_key: str, secret_key: str, project_id: str, **arguments: Any
) -> dict[str, Any]:
    """Call an operation by the official client for DGC, and return its answer as JSON; its exceptions pass through.

    Arguments are those of the SDK's request, for example `ShowJobInstanceRequest` for `show_job_instance`.
    """
    request = getattr(dgc, "".join(word.title() for word in operation.split("_")) + "Request")(**arguments)
    with _client("dgc", url, BasicCredentials(access_key, secret_key, project_id)) as client:
        answer: dict[str, Any] = getattr(client, operation)(request).to_json_object()
    return answer


@contextmanager
def _client(sdk: str, url: str, credentials: Any) -> Iterator[Any]:
    builder: Any = {"dgc": dgc.DgcClient, "dlf": dlf.DlfClient}[sdk].new_builder()
    client = builder.with_credentials(credentials).with_http_config(HttpConfig(timeout=10)).with_endpoint(url).build()
    try:
        yield client
    finally:
        client.close()
