"""Are the facts that README.md and the guide state those of the contract and the code?"""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

import dataarts_auth._environment
import dataarts_client
import dataarts_runs
from dataarts_client import Client, errors, server_url
from dataarts_mock import MockServer, create_app
from dataarts_runs._command_line._app import app
from dataarts_runs._command_line._outcome import Status
from tests.conftest import ROOT

from ._blocks import blocks_of, pages

DOCS = ROOT / "docs"


def page(name: str) -> str:
    """Return a page of the guide."""
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def table(text: str, heading: str) -> list[list[str]]:
    """Return the rows of the first table below a heading, cell by cell."""
    _, found, below = text.partition(f"\n{heading}\n")
    assert found, f"no heading {heading}"
    lines = below[below.index("\n|") + 1 :].split("\n\n")[0].splitlines()
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


def names(text: str) -> list[str]:
    """Return what stands in backquotes."""
    return re.findall(r"`([^`]+)`", text)


def help_of(*command: str) -> str:
    """Return what a program says of its options."""
    command = (sys.executable, *command, "--help")
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def parameters(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the parameters of a function and their defaults."""
    found = inspect.signature(function).parameters.values()
    return {each.name: each.default for each in found if each.name != "self"}


def written(default: Any) -> str:
    """Return a default as a table has it."""
    return "" if default is inspect.Parameter.empty else f"`{default!r}`".replace("'", '"')


def test_options_of_the_client() -> None:
    """The table has every option of Client with its default."""
    rows = table(page("options"), "## `Client`")

    assert [(names(name)[0], default) for name, default, _ in rows] == [
        (name, written(default)) for name, default in parameters(Client).items()
    ]


def test_options_of_the_mock_in_python() -> None:
    """The table has every option of MockServer, and so of create_app, with its default."""
    text = page("options").partition("In Python, `MockServer` and `create_app` take:")[2]
    rows = table("\n## X\n" + text, "## X")
    options = parameters(MockServer)

    assert {names(name)[0]: default for name, default, _ in rows} == {
        name: written(default) for name, default in options.items()
    }
    assert set(options) - set(parameters(create_app)) == {"port"}


@pytest.mark.parametrize(
    ("heading", "command"),
    [("## The mock", ("-m", "dataarts_mock")), ("## The contract suite", ("-m", "tests.contract"))],
)
def test_options_of_programs(heading: str, command: tuple[str, ...]) -> None:
    """The table has every option of the program, and the defaults that the program names."""
    text = " ".join(help_of(*command).split())
    options = set(re.findall(r"(--[a-z-]+)", text.partition("options:")[2])) - {"--help"}
    rows = table(page("options"), heading)

    assert {names(name)[0].partition(" ")[0] for name, *_ in rows} == options
    for name, default, _ in rows:
        option = names(name)[0].partition(" ")[0]
        stated = re.search(rf"{option} (?:(?! --[a-z]).)*?\(default: ([^)]+?)\)", text.partition("options:")[2])
        if stated and "," not in stated[1] and default.startswith("`") and "the" not in stated[1]:
            assert default.strip("`") == stated[1], option


def commands() -> dict[str, Any]:
    """Return the subcommands of `dataarts`."""
    group: Any = typer.main.get_command(app)
    return dict(group.commands)


def test_options_of_the_command() -> None:
    """The table has every option of every subcommand, and says of which."""
    rows = table(page("options"), "## The command `dataarts`")
    stated: dict[str, set[str]] = {name: set() for name in commands()}
    for cell, of, _ in rows:
        for option in (each for name in names(cell) for each in re.findall(r"--?[a-z-]+", name.partition(" ")[0])):
            for name in names(of) or (stated if of == "all" else ()):
                stated[name].add(option)
    shown = {
        name: {option for each in command.params if each.param_type_name == "option" for option in each.opts}
        | {"-h", "--help"}
        for name, command in commands().items()
    }

    assert stated == shown


def test_variables_of_the_environment() -> None:
    """The table has every variable that credentials and command read, and says who reads it."""
    rows = table(page("options"), "## Variables of the environment")
    readers = {variable: names(by) for cell, by, _ in rows for variable in names(cell)}
    of_credentials = set(dataarts_auth._environment._VARIABLES)
    of_command = {
        variable
        for command in commands().values()
        for each in command.params
        for variable in ([each.envvar] if isinstance(each.envvar, str) else each.envvar or ())
    }

    assert {variable for variable, by in readers.items() if "auth_from_env" in by} == of_credentials
    assert {variable for variable, by in readers.items() if "dataarts" in by} == of_credentials | of_command
    assert {names(cell)[0] for cell, _ in table(page("credentials"), "## From the environment")} == of_credentials


def test_exit_status() -> None:
    """The tables and the README have the exit statuses that the command has, and the start page counts them."""
    rows = table(page("options"), "### Exit status")
    readme = (ROOT / "README.md").read_text(encoding="utf-8").partition("Its exit status says")[2].partition("\n")[0]
    number = {"six": 6}[re.findall(r"1 failed, and \[(\w+) more\]", page("index"))[0]]

    assert [int(status) for status, _ in rows] == [int(status) for status in Status]
    assert number == len(Status) - 2
    assert {int(each) for each in re.findall(r"\d+", readme)} <= {int(status) for status in Status}


def tree(module: Any) -> str:
    """Return the tree in a module's docstring."""
    lines = inspect.cleandoc(module.__doc__).splitlines()
    return "\n".join(line[4:] for line in lines if line.startswith("    "))


def test_trees_of_exceptions() -> None:
    """The page shows both trees as the modules do, and those are the classes' own."""
    import dataarts_runs.errors as run_errors
    import dataarts_runtime.errors as runtime_errors

    shown = [block.text.strip() for block in blocks_of("failures", page("failures")) if "├" in block.text]

    assert shown == [tree(runtime_errors), tree(run_errors)]
    for text, module in zip(shown, (errors, dataarts_runs), strict=True):
        above: list[Any] = []
        for line in text.splitlines():
            name = re.findall(r"\w+", line)[0]
            depth = line.index(name) // 4
            kind = getattr(module, name)

            assert depth == 0 or above[depth - 1] in kind.__bases__
            above[depth:] = [kind]


def test_every_exception_is_said_what_to_do_about() -> None:
    """Each exception of both trees stands in one of the tables, once."""
    tables = page("failures").partition("## By what to do")[2].partition("## The whole tree")[0]
    shown = re.findall(r"^\| `(\w+)`", tables, re.MULTILINE)
    public = [*errors.__all__, *(name for name in dataarts_runs.__all__ if isinstance_of_error(name))]

    assert sorted(set(shown) - {"ValueError"}) == sorted(set(public))
    assert len(shown) == len(set(shown))


def isinstance_of_error(name: str) -> bool:
    """Return whether a name of dataarts_runs is that of an exception."""
    value = getattr(dataarts_runs, name)
    return isinstance(value, type) and issubclass(value, Exception)


def test_clouds(document: dict[str, Any]) -> None:
    """The table of clouds, and the URL beside it, are the contract's servers."""
    servers = [
        [f"`{each['x-cloud']}`", f"`{each['url']}`", f"`{each['variables']['region']['default']}`"]
        for each in document["servers"]
    ]
    (url,) = (block.text.strip() for block in blocks_of("index", page("index")) if block.text.startswith("https://"))

    assert table(page("index"), "## In the cloud") == servers
    assert url == server_url("otc", "eu-de")


def test_extensions(document: dict[str, Any]) -> None:
    """The table has every extension that the contract uses."""

    def used(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {key for key in node if isinstance(key, str) and key.startswith("x-")}
            return own.union(*map(used, node.values()))
        return set[str]().union(*map(used, node)) if isinstance(node, list) else set()

    rows = table(page("changing"), "## Extensions")

    assert {names(name)[0] for name, *_ in rows} == used(document)


def test_control_routes() -> None:
    """The table has every control route of the mock, with its method."""
    from dataarts_mock._control import PREFIX

    with MockServer() as mock:
        handlers = _routes(mock)
    stated = {tuple(names(cell)[0].split()) for cell, _ in table(page("testing"), "## In other languages")}

    assert stated == {(method, PREFIX + path) for path, methods in handlers.items() for method in methods}


def _routes(mock: MockServer) -> dict[str, list[str]]:
    """Ask the mock for its control routes: what it says of a path that is none, and of a method that is none."""
    import httpx

    error = httpx.get(f"{mock.url}/__mock__/none", trust_env=False).json()["error"]
    paths = error.partition("there are ")[2].split(", ")
    allowed = {path: httpx.put(f"{mock.url}/__mock__/{path}", trust_env=False).headers["Allow"] for path in paths}
    return {path: methods.split(", ") for path, methods in allowed.items()}


def test_faults() -> None:
    """Each fault of the table can be lined up, and every fault of the transport has a row."""
    from dataarts_mock._faults import NOT_DELIVERED, Transport

    rows = table(page("testing"), "## When things go wrong")
    with MockServer() as mock:
        for call, _, runs in rows:
            eval(names(call)[0], {"fail_next": mock.fail_next})
            found = re.search(r'transport="([\w-]+)"', call)
            if found:
                assert runs == ("is not run" if Transport(found[1]) in NOT_DELIVERED else "runs")

        assert len(mock.unmet_faults) == len(rows)
    assert set(re.findall(r'transport="([\w-]+)"', str(rows))) == {str(each) for each in Transport}


def test_places_are_there() -> None:
    """Every file and folder that the map of the house names is there, and every package of ours is on it."""
    rows = table(page("architecture"), "## The house")
    places = [place for cell, _ in rows for place in names(cell)]

    assert [place for place in places if not (ROOT / place).exists()] == []
    assert {f"{path.name}/" for path in ROOT.glob("dataarts_*")} <= set(places)


def test_layers_are_those_enforced() -> None:
    """Every readers' folder that the page on architecture names is there."""
    rows = table(page("architecture"), "## Why there are several readers of the document")

    assert [cell for cell, _ in rows if not (ROOT / names(cell)[0]).is_dir()] == []


def test_users_suite_is_the_guides() -> None:
    """The suite in tests/examples, which other tests run, is the guide's, as it stands there."""
    suite = (ROOT / "tests" / "examples" / "test_nightly.py").read_text(encoding="utf-8")
    blocks = [block.text for block in blocks_of("testing", page("testing")) if "def run_nightly(" in block.text]

    assert [text in suite for text in blocks] == [True]


@pytest.mark.parametrize("path", [*pages(), ROOT / "CONTRIBUTING.md"], ids=lambda path: path.name)
def test_make_targets_exist(path: Path) -> None:
    """Every `make` target that a page names is one of the Makefile's."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)) <= targets


def test_speed_of_the_readme() -> None:
    """The two lines of the README on speed are what was measured."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    results = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))
    ratios = {bound["base"]: bound["ratio"][1] for bound in results["tables"]["calls"]["bounds"]}
    stated = float(re.findall(r"A call takes ([\d.]+) of the time that httpx alone takes", readme)[0])

    assert stated == round(ratios["httpx"], 1)
    assert "about half of that of the official SDK" in readme
    assert 0.4 <= ratios["official SDK"] <= 0.6


def test_readme_is_short() -> None:
    """The README has at most 150 lines, and install and example on the first screen."""
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    first_screen = "\n".join(lines[:40])

    assert len(lines) <= 150
    assert "pip install" in first_screen
    assert "run.wait(" in first_screen


@pytest.mark.parametrize("path", [*ROOT.glob("*.md")], ids=lambda path: path.name)
def test_links_work_in_the_repository(path: Path) -> None:
    """Every relative link of README.md and the other texts at the root leads to a file."""
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text(encoding="utf-8"))

    assert [link for link in links if not (ROOT / link).exists()] == []


def test_version_is_in_the_changelog() -> None:
    """The version of the package has a heading in the changelog, below what is not released."""
    headings = re.findall(r"^## \[?([\w.]+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)

    assert dataarts_client.__version__ in headings


def test_workflows_are_readable() -> None:
    """Every YAML block that is a whole document is one."""
    for path in pages():
        for block in blocks_of(path.name, path.read_text(encoding="utf-8")):
            if block.language == "yaml":
                assert yaml.safe_load(block.text), block.place
