"""A reader who does what a page says: the code blocks run one after the other, as if pasted from the page.

Each Python block is a program of its own, for readers paste the one that they need. What a page says to start is
started, and files and exported variables stay for the blocks that follow. A few things are replaced, so
that no other machine is needed:

- `dataarts-mock` in a shell block starts the mock on a free port, and what follows talks to that one; without such a
  block a page has a mock with the jobs that pages run;
- the address http://127.0.0.1:4010, and the hosts of the clouds, are that mock's;
- the identity service is `identity.py`;
- Airflow, which is not among what the tests install, is `airflow.py`;
- the contract suite, which takes minutes, only reads its options, unless `--only` picks some of its checks;
- `pip install` only checks that there are such extras, and `make` that there is such a target.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import io
import os
import re
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

import yaml

import dataarts_client
from dataarts_runs import _clock
from tests.conftest import ROOT
from tests.mock._process import running, start

from . import airflow
from ._blocks import Block, blocks_of
from .identity import identity_service

JOBS = ("myJob", "nightly", "nightly@my_workspace")
_BIN = Path(sys.executable).parent
_MOCK = re.compile(r"^dataarts-mock(?P<options>(?: .*)?)$", re.MULTILINE)
_CLOUD = re.compile(r"--cloud (\S+)(?: --region (\S+))?")
_SECRET = re.compile(r"\$\{\{ (?:secrets|vars)\.(\w+) \}\}")
_SETTINGS = {"OS_TOKEN": "mock-token", "OS_PROJECT_ID": "my_project"}
"""What the secrets and variables of a workflow are."""

_READ_OPTIONS = "import sys; from tests.contract.options import read_options; read_options(sys.argv[1:])"
_SHIMS = {
    "pip": f"""\
#!{sys.executable}
import re, sys, tomllib
extras = set(tomllib.load(open({str(ROOT / "pyproject.toml")!r}, "rb"))["project"]["optional-dependencies"])
for wanted in re.findall(r"[.]\\[([a-z,]+)\\]", " ".join(sys.argv)):
    if unknown := set(wanted.split(",")) - extras:
        sys.exit(f"no such extra: {{unknown}}")
""",
    "make": f"""\
#!{sys.executable}
import re, sys
targets = re.findall(r"^[.]PHONY: ([a-z-]+)$", open({str(ROOT / "Makefile")!r}).read(), re.MULTILINE)
if unknown := {{each for each in sys.argv[1:] if "=" not in each}} - set(targets):
    sys.exit(f"no such target: {{unknown}}")
""",
}


class BlockError(AssertionError):
    """A block does not do what the page says."""


class Session:
    """A reader of one page.

    Args:
        folder: Where the reader works: what is in the checkout is there too.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stack = ExitStack()
        self._identity = ""
        self._url: str | None = None
        self._said: str | None = None
        self._bin = folder.parent / f"{folder.name}-bin"
        self._environment = {
            "PATH": f"{self._bin}:{_BIN}:/usr/bin:/bin",
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "COLUMNS": "120",
            "NO_PROXY": "127.0.0.1",
            "PYTHONPATH": str(ROOT),
            "REPORTS": str(folder.parent / f"{folder.name}-reports"),
        }

    def __enter__(self) -> Session:
        self._bin.mkdir()
        for name, text in _SHIMS.items():
            (self._bin / name).write_text(text)
            (self._bin / name).chmod(0o755)
        self._folder.mkdir(exist_ok=True)
        for path in ROOT.iterdir():
            if path.name not in (".git", "build", ".pytest_cache"):
                (self._folder / path.name).symlink_to(path)
        self._identity = self._stack.enter_context(identity_service())
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def read(self, name: str, text: str) -> None:
        """Do what a page says, block by block.

        Raises:
            BlockError: A block does not work; the message says where it stands.
        """
        for block in blocks_of(name, text):
            self._do(block)

    def _do(self, block: Block) -> None:
        """Do what a block says.

        Raises:
            BlockError: It fails, or prints something else than the page says.
        """
        if block.elsewhere is not None:
            self._said = None
            return
        try:
            if block.language == "text":
                self._compare(block.text)
            elif block.language == "python":
                self._said = self._python(block)
            elif block.language == "sh":
                self._said = self._shell(self._here(block.text))
            elif block.language == "yaml":
                self._said = self._workflow(block.text)
            else:
                raise BlockError(f"no reader knows what to do with a block of {block.language or 'no language'}")
        except BlockError as error:
            raise BlockError(f"{block.place}: {error}") from None

    def _compare(self, expected: str) -> None:
        if self._said is None:
            raise BlockError("a text block has to follow what prints it")
        pattern = ".*".join(re.escape(_same(part)) for part in expected.strip().split("…"))
        if not re.fullmatch(pattern, _same(self._said.strip()), re.DOTALL):
            raise BlockError(f"printed was:\n{self._said}\nand not:\n{expected}")

    def _here(self, text: str) -> str:
        """Return the text with this reader's mock for the addresses of the pages."""

        def cloud(found: re.Match[str]) -> str:
            try:
                dataarts_client.server_url(found[1].strip("\"'"), found[2])
            except ValueError as error:
                raise BlockError(str(error)) from None
            return f"--url {self._mock()}"

        if _MOCK.search(text) is None:
            for address in ("http://127.0.0.1:4010", r"https://dayu-dlf\.[\w.-]+\.com"):
                text = re.sub(address, lambda _: self._mock(), text)
            text = _CLOUD.sub(cloud, text)
        text = re.sub(r"\S*python -m tests\.contract(?!.*--only)", f"{sys.executable} -c '{_READ_OPTIONS}'", text)
        return re.sub(r"https://iam\.[\w.-]+\.com", lambda _: self._identity, text)

    def _mock(self) -> str:
        if self._url is None:
            options = [option for job in JOBS for option in ("--job", job)]
            self._url = self._stack.enter_context(running(*options))
        return self._url

    def _python(self, block: Block) -> str:
        text = self._here(block.text)
        try:
            tree = ast.parse(text)
        except SyntaxError as error:
            raise BlockError(f"no Python: {error}") from None
        if any(isinstance(node, ast.FunctionDef) and node.name.startswith("test_") for node in tree.body):
            return self._tests(text)
        said = io.StringIO()
        with self._as_if_here(), contextlib.redirect_stdout(said):
            try:
                exec(compile(text, block.place, "exec"), {"__name__": "guide"})
            except (Exception, SystemExit) as error:
                raise BlockError("".join(traceback.format_exception(error)[-6:])) from None
        return said.getvalue()

    @contextmanager
    def _as_if_here(self) -> Iterator[None]:
        """Have the environment of the page's shell, the clouds' URLs lead to the mock, and pauses take no time."""

        def server_url(cloud: str, region: str | None = None) -> str:
            real(cloud, region)
            return self._mock()

        async def sleep_async(seconds: float) -> None:
            await asyncio.sleep(0)

        real = dataarts_client.server_url
        with (
            patch.dict(os.environ, self._environment, clear=True),
            patch.dict(sys.modules, {"airflow": airflow, "airflow.sdk": airflow}),
            patch.object(dataarts_client, "server_url", server_url),
            patch.object(_clock, "sleep", lambda seconds: None),
            patch.object(_clock, "sleep_async", sleep_async),
            contextlib.chdir(self._folder),
        ):
            yield

    def _tests(self, text: str) -> str:
        """Run a block that holds tests, as pytest does."""
        (self._folder / "test_nightly.py").write_text(text)
        return self._shell("python -m pytest -q --rootdir=. -p no:cacheprovider -p no:schemathesis test_nightly.py")

    def _shell(self, text: str) -> str:
        """Run commands, and keep the variables they export for the blocks that follow."""
        if found := _MOCK.search(text):
            if text.strip() != found[0].strip():
                raise BlockError("the mock is started by a block of its own, for it goes on")
            return self._start_mock(found["options"].split())
        kept = self._folder / ".environment"
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", f"{text}\nenv --null > {kept}"],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode:
            raise BlockError(f"exit status {done.returncode}:\n{done.stdout}")
        variables = dict(each.split("=", 1) for each in kept.read_text().split("\0") if each)
        self._environment = {name: value for name, value in variables.items() if name not in ("_", "SHLVL", "PWD")}
        return done.stdout

    def _start_mock(self, options: list[str]) -> str:
        if self._url is not None:
            raise BlockError("the page has used another mock before")
        self._stack.enter_context(process := start("--quiet", *options))
        self._stack.callback(process.terminate)
        assert process.stdout
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        if found is None:
            raise BlockError(f"the mock did not start: {process.communicate()[1]}")
        self._url = found[0]
        return line

    def _workflow(self, text: str) -> str:
        """Run the steps of a workflow, as GitHub does."""
        workflow = yaml.safe_load(_SECRET.sub(lambda found: _SETTINGS[found[1]], text))
        said = []
        for job in workflow["jobs"].values():
            for step in job["steps"]:
                if "run" in step:
                    variables = {**workflow.get("env", {}), **job.get("env", {}), **step.get("env", {})}
                    before = dict(self._environment)
                    self._environment |= {name: str(value) for name, value in variables.items()}
                    said.append(self._shell(self._here(step["run"])))
                    self._environment = before
        if not said:
            raise BlockError("no step of the workflow runs anything")
        return "".join(said)


def _same(text: str) -> str:
    """Return a text without what differs from one time to the next: addresses, instance IDs, times."""
    text = re.sub(r"127\.0\.0\.1:\d+", "ADDRESS", text)
    text = re.sub(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|\+00:00)?", "TIME", text)
    text = re.sub(r"\b\d:\d\d:\d\d\b", "CLOCK", text)
    text = re.sub(r"\b132\d{3}\b", "ID", text)
    text = re.sub(r"\b\d+(\.\d+)? ?(s|seconds)\b", "SECONDS", text)
    text = re.sub(r"\bbash: line \d+: ", "", text)
    return re.sub(r"[ \t]+$", "", text, flags=re.MULTILINE)
