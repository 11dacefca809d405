"""The subcommands: what they are given, and in which order they do what the package does."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from attrs import frozen

import dataarts_client
from dataarts_client import Client
from dataarts_client.api.instances import stop_job_instance
from dataarts_client.errors import ApiError, ClientError
from dataarts_client.models import JobInstance, JobInstanceStatus

from .. import _messages
from .._finding import Query, ServiceClock
from .._finding import find as find_instances
from .._run import Run, attach, start
from .._steps import perform
from ..errors import RunError, RunFailed, RunTimedOut, StartUnknown
from ._outcome import Status, document, status_of
from ._screen import Screen, Watch, table_of, took
from ._values import read_duration, read_instance_id, read_params, read_state, read_time, states_like
from ._where import (
    CloudInFront,
    CloudOption,
    ProjectInFront,
    ProjectOption,
    RegionInFront,
    RegionOption,
    UrlInFront,
    UrlOption,
    Where,
    WorkspaceInFront,
    WorkspaceOption,
    fail,
    where_of,
)

__all__ = ["app"]

_STOP_SECONDS = 10.0
"""How long stopping an interrupted run may take."""

_EPILOG = (
    "Exit status: 0 succeeded, 1 failed, 2 usage, 3 credentials, 4 refused or not sent (nothing was started), "
    "5 whether it was started is unknown, 6 the time is over and the run goes on, 130 interrupted and the run goes on."
)

app = typer.Typer(
    name="dataarts",
    help=(
        "Run jobs of DataArts Studio, and wait for their end. Credentials are taken from the environment alone: "
        "OS_TOKEN, or HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK."
    ),
    epilog=_EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,  # Plain lines, as other programs print them; panels are hard to read in logs.
    pretty_exceptions_enable=False,  # They show local variables.
    context_settings={"help_option_names": ["-h", "--help"]},
)

JobArgument = Annotated[str, typer.Argument(metavar="JOB", help="The name of the job.")]
InstanceArgument = Annotated[int, typer.Argument(parser=read_instance_id, metavar="INSTANCE", help="The instance ID.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document as the result.")]
TimeoutOption = Annotated[
    float | None,
    typer.Option("--timeout", parser=read_duration, metavar="TIME", help="How long to wait: 90m, 1h30m, 45s."),
]
StopOption = Annotated[bool, typer.Option("--stop-on-interrupt", help="Stop the run when this command is interrupted.")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"dataarts {dataarts_client.__version__}")
        raise typer.Exit


@app.callback()
def common(
    url: UrlInFront = None,
    cloud: CloudInFront = None,
    region: RegionInFront = None,
    project: ProjectInFront = None,
    workspace: WorkspaceInFront = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Take what is the same for all subcommands; they take it too, so that it can stand in front or behind."""


@frozen
class _Session:
    """What a subcommand works with."""

    where: Where
    screen: Screen
    client: Client

    def ids(self, job: str | None, instance_id: int | None = None) -> dict[str, Any]:
        """Return the IDs of a run, as far as they are known."""
        return {
            "project_id": self.where.project,
            "job_name": job,
            "workspace": self.where.workspace,
            "instance_id": instance_id,
        }

    def attach(self, job: str, instance_id: int) -> Run:
        """Return the run of an instance ID."""
        with self.where.arguments():
            return attach(self.client, self.where.project, job, instance_id, workspace=self.where.workspace)

    def end(self, status: Status, content: dict[str, Any], line: str, style: str = "") -> NoReturn:
        """End the command with a line, and the document."""
        self.screen.line(line, style)
        self.screen.document(content)
        raise typer.Exit(status)


@contextmanager
def _session(
    context: typer.Context, as_json: bool, job: str | None = None, *, changes: bool = False, starts: bool = False
) -> Generator[_Session]:
    """Give what a subcommand works with, and end it as it should where a call fails or someone interrupts."""
    where = where_of(context)
    with where.client() as client:
        session = _Session(where, Screen(as_json=as_json), client)
        try:
            yield session
        except ClientError as error:
            status = status_of(error, changes=changes)
            nothing = " Nothing was started." if starts and status is Status.REFUSED else ""
            line = f"dataarts: error: {error}{nothing}"
            session.end(status, document(status, session.ids(job), message=str(error)), line, "red")
        except KeyboardInterrupt:
            status = Status.INTERRUPTED
            session.end(status, document(status, session.ids(job), message="interrupted"), "Interrupted.")


@app.command("run", epilog=_EPILOG)
def run_job(
    context: typer.Context,
    job: JobArgument,
    param: Annotated[
        list[str] | None,
        typer.Option("-p", "--param", metavar="NAME=VALUE", help="A parameter of the job; as often as there are some."),
    ] = None,
    params_file: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help='Parameters in JSON: {"name": "value"}, or a list of JobParams; - is standard input.'
        ),
    ] = None,
    timeout: TimeoutOption = None,
    stop_on_interrupt: StopOption = False,
    as_json: JsonOption = False,
    url: UrlOption = None,
    cloud: CloudOption = None,
    region: RegionOption = None,
    project: ProjectOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Run a job, and wait for its end.

    Prints the instance ID as soon as the run was started.
    """
    params = read_params(param or [], params_file)
    with _session(context, as_json, job, changes=True, starts=True) as session:
        where, screen = session.where, session.screen
        run: Run | None = None
        try:
            with where.arguments():
                run = start(session.client, where.project, job, params=params, workspace=where.workspace)
            screen.line(f"{_name(run)} was started.")
            screen.result(str(run.instance_id))
            _wait(session, run, timeout, stop=stop_on_interrupt, started=True)
        except StartUnknown as error:
            _look_for_it(session, job, error)
        except KeyboardInterrupt:
            if run is not None:
                _interrupted(session, run, None, stop=stop_on_interrupt)
            message = f"Interrupted while job {job} was being started, which it may have been."
            content = document(Status.INTERRUPTED, session.ids(job), message=message)
            session.end(
                Status.INTERRUPTED, content, f"{message} Its runs: {where.command('list', job, '--since', '5m')}"
            )


@app.command("wait", epilog=_EPILOG)
def wait_for_run(
    context: typer.Context,
    job: JobArgument,
    instance: InstanceArgument,
    timeout: TimeoutOption = None,
    stop_on_interrupt: StopOption = False,
    as_json: JsonOption = False,
    url: UrlOption = None,
    cloud: CloudOption = None,
    region: RegionOption = None,
    project: ProjectOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Wait for the end of a run that was started before."""
    with _session(context, as_json, job) as session:
        run = session.attach(job, instance)
        session.screen.line(f"Waiting for the end of run {run.instance_id} of job {run.job_name}.")
        _wait(session, run, timeout, stop=stop_on_interrupt, started=False)


@app.command("status", epilog=_EPILOG)
def show_status(
    context: typer.Context,
    job: JobArgument,
    instance: InstanceArgument,
    as_json: JsonOption = False,
    url: UrlOption = None,
    cloud: CloudOption = None,
    region: RegionOption = None,
    project: ProjectOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Show the state of a run, and of its nodes with their logs. The exit status is 0 whatever the state is."""
    with _session(context, as_json, job) as session:
        run = session.attach(job, instance)
        found = run.instance()
        session.screen.document(document(Status.SUCCEEDED, run.to_dict(), instance=found))
        session.screen.details(found)


@app.command("stop", epilog=_EPILOG)
def stop_run(
    context: typer.Context,
    job: JobArgument,
    instance: InstanceArgument,
    as_json: JsonOption = False,
    url: UrlOption = None,
    cloud: CloudOption = None,
    region: RegionOption = None,
    project: ProjectOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """Stop a run. Stopping may take a moment; `dataarts wait` shows when the run has ended."""
    with _session(context, as_json, job, changes=True) as session:
        run = session.attach(job, instance)
        run.stop()
        content = document(Status.SUCCEEDED, run.to_dict(), message="the run is being stopped")
        session.end(Status.SUCCEEDED, content, f"{_name(run)} is being stopped.")


@app.command("list", epilog=_EPILOG)
def list_runs(
    context: typer.Context,
    job: Annotated[str | None, typer.Argument(metavar="JOB", help="The name of the job; without it, all jobs.")] = None,
    since: Annotated[
        Any,
        typer.Option(parser=read_time, metavar="TIME", help="A duration ago (2h, 3d), or a time (2026-01-31T06:00)."),
    ] = "1d",
    until: Annotated[
        Any, typer.Option(parser=read_time, metavar="TIME", help="Likewise; without it, the present.")
    ] = None,
    status: Annotated[
        Any,
        typer.Option(
            parser=read_state,
            autocompletion=states_like,
            metavar="STATE",
            help=f"Only runs in this state: {', '.join(JobInstanceStatus)}.",
        ),
    ] = None,
    as_json: JsonOption = False,
    url: UrlOption = None,
    cloud: CloudOption = None,
    region: RegionOption = None,
    project: ProjectOption = None,
    workspace: WorkspaceOption = None,
) -> None:
    """List the runs that were planned in a time, the oldest first."""
    with _session(context, as_json, job) as session:
        where = session.where
        query = Query(session.client, where.project, job, where.workspace, status)
        if until is not None and until < since:
            fail(Status.USAGE, "--until is earlier than --since")
        with where.arguments():
            ends = None if until is None else until.timestamp()
            found = perform(find_instances(query, since.timestamp(), ends, ServiceClock()))
        session.screen.document(
            {
                "runs": [
                    {**session.ids(each.job_name, each.instance_id), "state": each.status, "instance": each.to_dict()}
                    for each in found
                ]
            }
        )
        if not found:
            began = since.astimezone().strftime("%Y-%m-%d %H:%M")
            session.screen.line(f"No runs were planned since {began}; --since looks further back.")
            return
        session.screen.table(lambda width: table_of(found, width))


def _wait(session: _Session, run: Run, timeout: float | None, *, stop: bool, started: bool) -> NoReturn:
    """Wait for a run, and end the command as it ended."""
    watch = session.screen.watch()
    try:
        with watch:
            instance = run.wait(timeout, on_change=watch.changed)
    except KeyboardInterrupt:
        _interrupted(session, run, watch.instance, stop=stop)
    except RunError as error:
        status = status_of(error, started=started)
        goes_on = status in (Status.TIMED_OUT, Status.CREDENTIALS)
        is_late = status is not Status.TIMED_OUT or isinstance(error, RunTimedOut)
        outcome = None if is_late else "may_go_on"  # It can no longer be looked at; no time is over.
        _end(session, run, status, error.instance, _said(error, run, watch), goes_on=goes_on, outcome=outcome)
    time = took(instance)
    message = f"{_name(run)} succeeded: {instance.status}{f' after {time}' if time else ''}."
    _end(session, run, Status.SUCCEEDED, instance, message, goes_on=False)


def _said(error: RunError, run: Run, watch: Watch) -> str:
    """Return what an error says, in words of the command and not of Python."""
    if isinstance(error, RunFailed) and error.instance is not None:
        return _messages.not_succeeded(_name(run), error.instance)
    if isinstance(error, RunTimedOut):
        return _messages.not_ended(_name(run), watch.seconds, error.instance, error.__cause__)
    if isinstance(error.__cause__, ApiError):
        return _messages.refused(_name(run), error.__cause__)
    return str(error)


def _name(run: Run) -> str:
    return f"Run {run.instance_id} of job {run.job_name}"


def _end(
    session: _Session,
    run: Run,
    status: Status,
    instance: JobInstance | None,
    message: str,
    *,
    goes_on: bool,
    outcome: str | None = None,
) -> NoReturn:
    session.screen.result("unknown" if instance is None else str(instance.status))
    said = None if status is Status.SUCCEEDED else message
    content = document(status, run.to_dict(), instance=instance, message=said, outcome=outcome)
    again = session.where.command("wait", run.job_name, run.instance_id)
    onward = "To" if message.endswith("may go on.") else "The run goes on; to"
    style = "green" if status is Status.SUCCEEDED else "red" if status is Status.FAILED else "yellow"
    line = f"{message} {onward} wait for it again: {again}" if goes_on else message
    session.end(status, content, line, style)


def _interrupted(session: _Session, run: Run, instance: JobInstance | None, *, stop: bool) -> NoReturn:
    """End the command that was interrupted in a wait; stop the run first, if that is wanted."""
    message = "Interrupted."
    goes_on = True
    if stop:
        try:
            stop_job_instance.sync(
                run.project_id,
                run.job_name,
                run.instance_id,
                client=session.client,
                workspace=run.workspace,
                timeout=_STOP_SECONDS,
            )
        except ClientError as error:
            message = f"Interrupted. {_name(run)} could not be stopped: {error}"
        except KeyboardInterrupt:
            message = "Interrupted twice: whether the run was stopped is unknown."
        else:
            message, goes_on = f"Interrupted. {_name(run)} is being stopped.", False
    _end(session, run, Status.INTERRUPTED, instance, message, goes_on=goes_on)


def _look_for_it(session: _Session, job: str, error: StartUnknown) -> NoReturn:
    """End the command whose start was lost: show what may have been started."""
    where = session.where
    message = f"Whether job {job} was started is unknown: {error.__cause__}"
    look = where.command("list", job, "--since", "15m")
    found: list[Run] | None = None
    try:
        found = error.candidates()
    except ClientError as failure:
        lines = [f"It could not be looked for: {failure}", f"Look yourself before you run it again: {look}"]
    else:
        if found:
            lines = ["These runs were planned about that time; one of them may be this one, or none. To wait for one:"]
            lines += [f"  {where.command('wait', job, each.instance_id)}" for each in found]
        else:
            lines = [f"No run is to be seen yet, but it may appear late. Look again before you run it again: {look}"]
    content = document(Status.UNKNOWN, session.ids(job), message=message)
    content["candidates"] = None if found is None else [each.to_dict() for each in found]
    session.end(Status.UNKNOWN, content, "\n".join([message, *lines]), "yellow")
