"""A user's file: type-checked, never executed.

The ignored lines are proofs too: a type checker that finds nothing wrong with one of them says so, and the test fails.
"""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from typing import Any, assert_type

import attrs
import httpx

from dataarts_auth import SignatureAuth, TokenAuth, auth_from_env
from dataarts_client import Client, server_url
from dataarts_client.api.jobs import run_job_immediately
from dataarts_client.errors import (
    ApiError,
    BadRequest,
    ClientError,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    RequestNotSent,
    ServerError,
    TooManyRequests,
    Unauthorized,
    UnexpectedResponse,
)
from dataarts_client.models import (
    ErrorResponse,
    JobInstance,
    JobInstanceStatus,
    JobParam,
    ParamType,
    RunJobRequest,
    RunJobResponse,
)
from dataarts_client.types import UNSET, Response, Unset
from dataarts_runs import (
    AsyncRun,
    AsyncStartUnknown,
    Run,
    RunError,
    RunFailed,
    RunStateUnknown,
    RunTimedOut,
    StartUnknown,
    attach,
    attach_async,
    find,
    find_async,
    start,
    start_async,
)


def sync(client: Client) -> int:
    """Results are models, without a union and without None."""
    result = run_job_immediately.sync("p1", "myJob", client=client)
    assert_type(result, RunJobResponse)
    assert_type(result.instance_id, int)
    detailed = run_job_immediately.sync_detailed("p1", "myJob", client=client)
    assert_type(detailed, Response[RunJobResponse | ErrorResponse])
    assert_type(detailed.status_code, int)
    assert_type(detailed.content, bytes)
    assert_type(detailed.parsed, RunJobResponse | ErrorResponse | None)
    if isinstance(detailed.parsed, ErrorResponse):
        assert_type(detailed.parsed.error_code, str)
        assert_type(detailed.parsed.request_id, str | Unset)
    return result.instance_id


async def asynchronous(base_url: str) -> int:
    """The asynchronous functions are as precise."""
    async with Client(base_url) as client:
        assert_type(client, Client)
        result = await run_job_immediately.asyncio("p1", "myJob", client=client, timeout=5)
        assert_type(result, RunJobResponse)
        detailed = await run_job_immediately.asyncio_detailed("p1", "myJob", client=client)
        assert_type(detailed.parsed, RunJobResponse | ErrorResponse | None)
    await client.aclose()
    return result.instance_id


def clients(context: ssl.SSLContext) -> None:
    """A client takes whatever httpx takes for the same name."""
    Client("https://x")
    Client("https://x", auth=httpx.BasicAuth("a", "b"), headers={"X-Project-Id": "p"}, timeout=1, max_retries=0)
    Client("https://x", auth=None, headers=None, timeout=0.5, verify=False)
    Client("https://x", verify=context)
    mock = httpx.MockTransport(lambda request: httpx.Response(200))
    Client("https://x", transport=mock, async_transport=mock)
    with Client("https://x") as client:
        assert_type(client, Client)
    client.close()


def fetch_token() -> str:
    """Stand for a request to the identity service."""
    return "token"


async def fetch_token_async() -> str:
    """Stand for an asynchronous one."""
    return "token"


def credentials() -> None:
    """A token is a string, or a callable that returns one, asynchronous or not."""
    for token in (TokenAuth("token"), TokenAuth(fetch_token), TokenAuth(fetch_token_async), TokenAuth(lambda: "token")):
        Client("https://x", auth=token)
    Client("https://x", auth=SignatureAuth("ak", "sk", security_token=None, project_id="p1"))
    assert_type(auth_from_env(), TokenAuth | SignatureAuth)


def arguments(client: Client, maybe: str | None, body: RunJobRequest | None) -> None:
    """None is as good as leaving an optional argument out; an enum's member is as good as its string."""
    run_job_immediately.sync("p1", "j", client=client, body=body, workspace=maybe)
    run_job_immediately.sync("p1", "j", client=client, body=UNSET, workspace=UNSET, timeout=UNSET)
    run_job_immediately.sync(project_id="p1", job_name="j", client=client, timeout=None)
    param = JobParam("aaa", "111", param_type=ParamType.VARIABLE)
    JobParam(name="aaa", value="111", param_type="constants")
    JobParam("aaa", "111", UNSET)
    JobParam("aaa", "111", None)
    JobParam("aaa", "111", param_type=None, additional_properties={"type": "variable"})
    assert_type(param.param_type, ParamType | str | Unset)
    assert_type(attrs.asdict(param), dict[str, Any])
    assert_type(param.name, str)
    assert_type(param.value, str)
    request = RunJobRequest(job_params=[param])
    assert_type(request, RunJobRequest)
    assert_type(RunJobRequest.from_dict({}), RunJobRequest)
    RunJobRequest([param])
    RunJobRequest(None, additional_properties={})
    RunJobRequest()


def addresses(region: str | None) -> None:
    """A client is made for a cloud, in a region of it or the usual one."""
    assert_type(server_url("otc"), str)
    Client(server_url("huawei", region))
    Client(server_url("huawei-eu", region="eu-west-101"))


def states(status: JobInstanceStatus | str) -> bool:
    """The states that the contract lists can be compared with any that a service may answer with."""
    ended = JobInstanceStatus.final_states()
    assert_type(ended, dict[str, frozenset[JobInstanceStatus]])
    return status in ended["success"]


def runs(client: Client, params: dict[str, str], workspace: str | None) -> None:
    """A run is started, found, waited for and written down, each with its own type."""
    run = start(client, "p1", "myJob", params=params, workspace=workspace, timeout=5)
    assert_type(run, Run)
    start(client, "p1", "myJob", params=[JobParam("aaa", "111")])
    start(client, "p1", "myJob", params=(JobParam(name, value) for name, value in params.items()))
    start(client, "p1", "myJob", params=None)
    assert_type(attach(client, "p1", "myJob", 132343, workspace=None), Run)
    since = datetime.now(UTC) - timedelta(days=1)
    assert_type(find(client, "p1", "myJob", since=since, until=datetime.now(UTC)), list[Run])
    assert_type(run.wait(), JobInstance)
    assert_type(run.wait(3600, on_change=print).status, JobInstanceStatus | str)
    assert_type(run.instance(timeout=5), JobInstance)
    run.stop()
    run.restart()
    assert_type(run.instance_id, int)
    assert_type(run.workspace, str | None)
    assert_type(run.to_dict(), dict[str, Any])
    assert_type(Run.from_dict(client, run.to_dict()), Run)
    assert_type({run: 1}, dict[Run, int])


async def asynchronous_runs(client: Client, seen: list[JobInstance]) -> None:
    """The asynchronous functions are as precise, and what is told of changes may be asynchronous too."""

    async def note(instance: JobInstance) -> None:
        seen.append(instance)

    run = await start_async(client, "p1", "myJob", params={"aaa": "111"})
    assert_type(run, AsyncRun)
    assert_type(await attach_async(client, "p1", "myJob", 132343), AsyncRun)
    assert_type(await find_async(client, "p1", "myJob", since=datetime.now(UTC)), list[AsyncRun])
    assert_type(await run.wait(60, on_change=note), JobInstance)
    assert_type(await run.wait(on_change=seen.append), JobInstance)
    assert_type(await run.instance(), JobInstance)
    await run.stop()
    await run.restart()
    assert_type(AsyncRun.from_dict(client, run.to_dict()), AsyncRun)


def ends_of_runs(run: Run) -> None:
    """What ends a wait has run and instance; what ends a start has candidates."""
    try:
        run.wait()
    except RunTimedOut as error:
        assert_type(error.instance, JobInstance | None)
    except (RunFailed, RunStateUnknown) as error:
        assert_type(error.run, Run | AsyncRun | None)
    except StartUnknown as error:
        assert_type(error.candidates(), list[Run])
        assert_type(error.attempted_at, datetime)
    except RunError as error:
        assert_type(error.__cause__, BaseException | None)


async def candidates(error: AsyncStartUnknown) -> None:
    """Candidates of an asynchronous start are awaited, and asynchronous."""
    assert_type(await error.candidates(), list[AsyncRun])


def exceptions(client: Client) -> str:
    """Each exception has the attributes that it is documented to have."""
    try:
        run_job_immediately.sync("p1", "j", client=client)
    except TooManyRequests as error:
        assert_type(error.retry_after, float | None)
    except (BadRequest, Unauthorized, Forbidden, NotFound, ServerError) as error:
        assert_type(error.status_code, int)
    except ApiError as error:
        assert_type(error.error_code, str | None)
        assert_type(error.request_id, str | None)
        assert_type(error.outcome_unknown, bool)
    except UnexpectedResponse as error:
        assert_type(error.status_code, int)
        return str(error.response.content)
    except (RequestNotSent, OutcomeUnknown) as error:
        return str(error)
    except ClientError as error:
        assert_type(error.outcome_unknown, bool)
    return ""


def refused(client: Client) -> None:
    """What cannot work is an error for the type checker already."""
    run_job_immediately.sync("p1", client=client)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    run_job_immediately.sync("p1", "j")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    run_job_immediately.sync("p1", "j", client)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    run_job_immediately.sync("p1", None, client=client)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run_job_immediately.sync("p1", "j", client=client, workspace=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run_job_immediately.sync("p1", "j", client=client, body={})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run_job_immediately.sync("p1", "j", client=client, timeout="5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    JobParam("aaa")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    JobParam("aaa", 111)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    JobParam("aaa", "111", param_type=5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    RunJobRequest(job_params=[{"name": "aaa"}])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    RunJobRequest(jobParams=[])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    RunJobResponse(instance_id="132343")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    JobParam("aaa", "111", "constants", {})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    server_url("otc", 5)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Client()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Client("https://x", auth="token")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Client("https://x", token="t")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Client("https://x", None)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    TokenAuth(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    TokenAuth(len)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    SignatureAuth("ak", "sk", "token")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    JobParam("aaa", "111").vaule = "2"  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]


def refused_runs(client: Client, run: Run, twin: AsyncRun) -> JobInstance:
    """So it is with runs: above all, no ID goes through a text or a float."""
    start(client, "p1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    start(client, "p1", "j", {"aaa": "111"})  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    start(client, "p1", "j", params={"aaa": 111})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    start(client, "p1", "j", params=[("aaa", "111")])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    start("https://x", "p1", "j")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    attach(client, "p1", "j", "132343")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    attach(client, "p1", "j", 132343.0)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    find(client, "p1", "j")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    find(client, "p1", "j", since="2026-01-31")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run.wait("60")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    run.wait(60, print)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    run.instance_id = 7  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    return twin.wait()  # type: ignore[return-value]  # pyright: ignore[reportReturnType]
