"""What is true of every client that the templates generate, whatever the contract."""

from __future__ import annotations

import ast
import importlib
import re
import tomllib
from pathlib import Path

import pytest

from tests.generation.documents import ROOT, document, generate

CLIENT = ROOT / "generated_client" / "dataarts_client"
TEMPLATES = sorted((ROOT / "generator-templates").glob("**/*.jinja"))
MODULES = sorted(CLIENT.rglob("*.py"))
RUNTIME = sorted((ROOT / "dataarts_runtime").rglob("*.py"))
CONTRACT = document()
WORDS = {"limit", "offset", "status", "stop"}
"""Names of parameters and of parts of paths that templates and runtime use as the words that they are."""


def contents(package: Path) -> dict[str, bytes]:
    """Return a package's files."""
    paths = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(package).as_posix(): path.read_bytes() for path in paths}


def snake(name: str) -> str:
    """Return a name in snake case."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


@pytest.mark.parametrize("template", [*TEMPLATES, *RUNTIME], ids=lambda path: path.name)
def test_no_names_of_the_contract(template: Path) -> None:
    """No template, nor the runtime, knows an operation, a path, a parameter, a tag, a model or an error code."""
    text = template.read_text(encoding="utf-8").replace("dataarts_runtime", "")
    operations = [item for path in CONTRACT["paths"].values() for item in path.values()]
    names = {
        *(operation["operationId"] for operation in operations),
        *(tag for operation in operations for tag in operation["tags"]),
        *(parameter["name"] for parameter in CONTRACT["components"]["parameters"].values()),
        *CONTRACT["components"]["schemas"],
        *("jobParams", "paramType", "instanceId", "dataarts", "job", "DLF", "APIGW"),
        *(part for path in CONTRACT["paths"] for part in re.findall(r"/([a-z]+-[a-z-]+)", path)),
    } - WORDS

    assert len(names) > 10
    for name in names | {snake(name) for name in names}:
        assert not re.search(rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])", text, re.IGNORECASE), name


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_template_says_why(template: Path) -> None:
    """Every template opens with a comment that says what it changes against upstream."""
    comment = re.match(r"\{#\n(.+?)\n#\}\n", template.read_text(encoding="utf-8"), re.DOTALL)

    assert comment is not None
    assert comment[1].startswith(("Changed against upstream:", "Not in upstream:"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_template_depends_on_the_contract(template: Path) -> None:
    """Every template has Jinja in it: what needs nothing of the contract is ordinary Python, in the runtime."""
    text = template.read_text(encoding="utf-8").partition("#}\n")[2]

    assert re.search(r"\{[{%].+?[}%]\}", text)


def test_templates_are_short() -> None:
    """All templates together have fewer than 450 lines."""
    assert sum(len(template.read_text(encoding="utf-8").splitlines()) for template in TEMPLATES) < 450


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(CLIENT).as_posix())
def test_no_private_names_of_others(module: Path) -> None:
    """The client uses no underscore name but its own."""
    own: set[str] = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                own.add(node.name)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                own.add(node.attr)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                own.add(node.id)
    used = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            used.add(node.attr)
            if isinstance(node.value, ast.Name) and node.value.id == "httpx":
                assert not node.attr.startswith("_")
        elif isinstance(node, ast.ImportFrom) and not node.level:
            used |= {node.module or "", *(alias.name for alias in node.names)} - {"__future__"}
    private = {name for name in used if re.match(r"_(?!_)|.*\._", name)}

    assert private <= own


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(CLIENT).as_posix())
def test_header(module: Path) -> None:
    """Every generated module says what it was generated from, and what to edit instead."""
    first = module.read_text(encoding="utf-8").splitlines()[0]

    assert first.startswith("# Generated from openapi.yaml by openapi-python-client; do not edit.")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.relative_to(CLIENT).as_posix())
def test_all_is_sorted_and_complete(module: Path) -> None:
    """Every module's __all__ lists its public names, sorted; a package's, those that it imports."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    listed: list[str] = []
    public: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            public.add(node.name)
        elif isinstance(node, ast.ImportFrom) and node.level and module.name == "__init__.py":
            public |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.AnnAssign):
            public.add(ast.unparse(node.target))
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            listed = ast.literal_eval(node.value)
    public = {name for name in public if not name.startswith("_")}

    assert listed == sorted(listed)
    assert len(listed) == len(set(listed))
    assert public <= set(listed)
    assert all(hasattr(importlib.import_module(dotted(module)), name) for name in listed)


def dotted(module: Path) -> str:
    """Return the name under which a module is imported."""
    parts = module.relative_to(CLIENT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_versions() -> None:
    """The client knows its own version and the contract's."""
    client = importlib.import_module("dataarts_client")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert client.__version__ == project["version"]
    assert client.__contract_version__ == CONTRACT["info"]["version"]


def test_the_same_everywhere(tmp_path: Path) -> None:
    """Generated in another folder, the client is the same to the byte, and has no other files."""
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 40\n", encoding="utf-8")
    done = generate(ROOT / "openapi.yaml", tmp_path / "deep" / "elsewhere")

    assert done.returncode == 0, done.stderr
    assert contents(tmp_path / "deep" / "elsewhere") == contents(CLIENT)


def test_check_notices_a_limit(tmp_path: Path) -> None:
    """A limit of 63 in the place of 64 makes the committed client stale; --check says so, and writes nothing."""
    changed = tmp_path / "openapi.yaml"
    text = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    changed.write_text(text.replace("maxLength: 64", "maxLength: 63", 1), encoding="utf-8")
    before = contents(CLIENT)
    done = generate(changed, CLIENT, "--check")

    assert done.returncode == 1
    assert "changed" in done.stdout
    assert contents(CLIENT) == before
