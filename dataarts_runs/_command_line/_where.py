"""Where the service is, and which project and workspace: by options before or after the subcommand, or environment."""

from __future__ import annotations

import os
import shlex
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer
from attrs import field, frozen

from dataarts_auth import auth_from_env
from dataarts_client import Client, server_url

from ._outcome import Status

__all__ = [
    "CloudInFront",
    "CloudOption",
    "CommandError",
    "ProjectInFront",
    "ProjectOption",
    "RegionInFront",
    "RegionOption",
    "UrlInFront",
    "UrlOption",
    "Where",
    "WorkspaceInFront",
    "WorkspaceOption",
    "fail",
    "where_of",
]

_OPTIONS: dict[str, tuple[str, list[str], str]] = {
    "url": ("URL", ["DATAARTS_URL"], "The URL of the service; or --cloud and --region."),
    "cloud": ("CLOUD", ["DATAARTS_CLOUD"], "The cloud, for example otc."),
    "region": ("REGION", ["DATAARTS_REGION"], "The region of the cloud, for example eu-de."),
    "project": (
        "ID",
        ["DATAARTS_PROJECT", "HUAWEICLOUD_SDK_PROJECT_ID", "OS_PROJECT_ID"],
        "The ID of the project.",
    ),
    "workspace": ("ID", ["DATAARTS_WORKSPACE"], "The ID of the workspace, if it is not the default one."),
}
"""What the options take, which variables of the environment stand for them, and what they are."""


def _option(name: str, *, environment: bool = True) -> Any:
    metavar, variables, text = _OPTIONS[name]
    return typer.Option(f"--{name}", metavar=metavar, envvar=variables if environment else None, help=text)


UrlOption = Annotated[str | None, _option("url")]
CloudOption = Annotated[str | None, _option("cloud")]
RegionOption = Annotated[str | None, _option("region")]
ProjectOption = Annotated[str | None, _option("project")]
WorkspaceOption = Annotated[str | None, _option("workspace")]

# In front of the subcommand, where the environment is not asked: an option behind it would have no say.
UrlInFront = Annotated[str | None, _option("url", environment=False)]
CloudInFront = Annotated[str | None, _option("cloud", environment=False)]
RegionInFront = Annotated[str | None, _option("region", environment=False)]
ProjectInFront = Annotated[str | None, _option("project", environment=False)]
WorkspaceInFront = Annotated[str | None, _option("workspace", environment=False)]

_COMMAND_LINE, _ENVIRONMENT, _NOWHERE = 2, 1, 0


@frozen
class Where:
    """Where the service is, and which project and workspace are meant."""

    url: str
    project: str
    workspace: str | None
    options: tuple[str, ...]
    """What of it was given as options, as it has to be written on another command line."""

    names: Mapping[str, str] = field(factory=dict[str, str])
    """What the user has called each argument of the client: an option, or a variable of the environment."""

    def client(self) -> Client:
        """Return a client of the service, with the credentials of the environment."""
        try:
            auth = auth_from_env()
        except ValueError as error:
            fail(Status.CREDENTIALS, str(error))
        with self.arguments():
            return Client(self.url, auth=auth)

    @contextmanager
    def arguments(self) -> Generator[None]:
        """End the command where an argument is one that the contract forbids, before anything is sent.

        The message names it as the user has.
        """
        try:
            yield
        except (ValueError, TypeError) as error:
            name, colon, rule = str(error).partition(":")
            rule = rule.partition(", or allow_http")[0]  # An option of the client that the command has not.
            fail(Status.USAGE, f"{self.names.get(name, name)}{colon}{rule}")

    def command(self, subcommand: str, *arguments: object) -> str:
        """Return a command line of `dataarts` for the same place."""
        return shlex.join(["dataarts", subcommand, *map(str, arguments), *self.options])


class CommandError(Exception):
    """The command cannot go on, for a reason that one line says.

    Args:
        status: The exit status.
        message: The line.
    """

    def __init__(self, status: Status, message: str) -> None:
        super().__init__(message)
        self.status = status


def fail(status: Status, message: str) -> NoReturn:
    """Raise a CommandError."""
    raise CommandError(status, message)


def where_of(context: typer.Context) -> Where:
    """Return where the options and the environment say.

    An option after the subcommand counts before one in front of it, and both before the environment.
    """
    given = {name: _given(context, name) for name in _OPTIONS}
    names = {name: _name(name, source) for name, (_, source) in given.items()}
    url = _url(given, names)
    project, _ = given["project"]
    if not project:
        fail(Status.USAGE, "no project: give --project, or set DATAARTS_PROJECT")
    options = [
        text
        for name, (value, source) in given.items()
        if value is not None and source == _COMMAND_LINE
        for text in (f"--{name}", value)
    ]
    names |= {"base_url": names["url"], "project_id": names["project"], "job_name": "JOB", "instance_id": "INSTANCE"}
    return Where(url, project, given["workspace"][0], tuple(options), names)


def _given(context: typer.Context, name: str) -> tuple[str | None, int]:
    value: str | None = context.params[name]
    source = context.get_parameter_source(name)
    if value is not None and source is not None and source.name == "COMMANDLINE":
        return value, _COMMAND_LINE
    before = None if context.parent is None else context.parent.params.get(name)
    if before is not None:
        return before, _COMMAND_LINE
    return value, _NOWHERE if value is None else _ENVIRONMENT


def _name(name: str, source: int) -> str:
    """Return what the user has called an option: a variable of the environment, if it was one."""
    _, variables, _ = _OPTIONS[name]
    variable = next((each for each in variables if os.environ.get(each)), None)
    return variable if variable is not None and source == _ENVIRONMENT else f"--{name}"


def _url(given: dict[str, tuple[str | None, int]], names: dict[str, str]) -> str:
    (url, url_source), (cloud, cloud_source), (region, region_source) = given["url"], given["cloud"], given["region"]
    if url is None and cloud is None:
        fail(Status.USAGE, "no service: give --url, or --cloud and --region; or set DATAARTS_URL, or DATAARTS_CLOUD")
    if url_source == cloud_source:
        fail(Status.USAGE, f"two services: {names['url']} and {names['cloud']}; give only one of them")
    if url is not None and url_source > cloud_source:
        if region_source == _COMMAND_LINE:
            fail(Status.USAGE, f"--region: has no effect beside {names['url']}; it belongs to --cloud")
        return url
    assert cloud is not None
    try:
        return server_url(cloud, region)
    except ValueError as error:
        name, colon, rule = str(error).partition(":")
        fail(Status.USAGE, f"{names.get(name, name)}{colon}{rule}")
