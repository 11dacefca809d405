"""What is true of every client that the templates generate, whatever the contract."""

from __future__ import annotations

import ast
import copy
import datetime
import importlib
import json
import re
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
CLIENT = ROOT / "generated_client" / "dataarts_client"
TEMPLATES = sorted((ROOT / "generator-templates").glob("**/*.jinja"))
MODULES = sorted(CLIENT.rglob("*.py"))
RUNTIME = sorted((ROOT / "dataarts_runtime").rglob("*.py"))
CONTRACT: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
ADDED: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "added_operations.yaml").read_text(encoding="utf-8"))
WORDS = {"limit", "offset", "status"}
"""Names of parameters that templates and runtime use as the words that they are."""
UID = "0b6bd2a1-6a0f-4f34-9a9d-1c1c6b0d5a01"


def generate(document: Path, output: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/generate.py."""
    command = [sys.executable, str(ROOT / "scripts" / "generate.py"), "--document", str(document)]
    command += ["--output", str(output), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def write(folder: Path, contract: dict[str, Any]) -> Path:
    """Write a contract to a file."""
    path = folder / "openapi.yaml"
    path.write_text(yaml.safe_dump(contract, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def contents(package: Path) -> dict[str, bytes]:
    """Return a package's files."""
    paths = (path for path in package.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(package).as_posix(): path.read_bytes() for path in paths}


def snake(name: str) -> str:
    """Return a name in snake case."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """A client of the contract with more operations."""
    folder = tmp_path_factory.mktemp("added")
    contract = copy.deepcopy(CONTRACT)
    contract["paths"] |= ADDED["paths"]
    contract["components"]["schemas"] |= ADDED["components"]["schemas"]
    done = generate(write(folder, contract), folder / "added_client")
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module("added_client")
    sys.path.remove(str(folder))


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
        elif isinstance(node, ast.ImportFrom) and module.name == "__init__.py":
            public |= {alias.asname or alias.name for alias in node.names}
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
    document = tmp_path / "openapi.yaml"
    text = (ROOT / "openapi.yaml").read_text(encoding="utf-8")
    document.write_text(text.replace("maxLength: 64", "maxLength: 63", 1), encoding="utf-8")
    before = contents(CLIENT)
    done = generate(document, CLIENT, "--check")

    assert done.returncode == 1
    assert "changed" in done.stdout
    assert contents(CLIENT) == before


def test_added_operations_have_types(added: ModuleType, tmp_path: Path) -> None:
    """Operations added to the contract are generated, and mypy --strict has nothing to say."""
    assert added.__file__ is not None
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path)]
    done = subprocess.run([*command, str(Path(added.__file__).parent)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def call(added: ModuleType, name: str, *arguments: Any, answer: httpx.Response, **named: Any) -> tuple[Any, Any]:
    """Call an added operation; return its result and the request that it sent."""
    requests: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return answer

    operation = importlib.import_module(f"{added.__name__}.api.things.{name}")
    with added.Client("http://service.example", transport=httpx.MockTransport(handle), max_retries=0) as client:
        result = operation.sync(*arguments, client=client, **named)
    return result, requests[0]


def test_added_get(added: ModuleType) -> None:
    """A GET sends its parameters where the contract says; its answer becomes models, unknown values kept."""
    thing = {
        "name": "a",
        "owner": None,
        "state": "huge",
        "born": "2026-01-31T12:00:00Z",
        "uid": UID,
        "price": 2,
        "level": 3,
        "parent": {"name": "b", "owner": "c", "state": 7, "more": 5},
        "words": [["x"], []],
    }
    result, request = call(
        added,
        "list_things",
        *("p1", "big", 7),
        answer=httpx.Response(200, json={"things": [thing], "total": 1.0}),
        name_filter="ü&/ ",
        limit=10,
        ratio=0.3,
        deep=True,
        since=datetime.datetime(2026, 1, 31, tzinfo=datetime.UTC),
        day=datetime.date(2026, 1, 31),
        trace=uuid.UUID(UID),
        tag=["a,b", "c"],
        ids=[1, 2],
        level=2,
        x_page_size=5,
        x_deep=False,
    )

    assert request.method == "GET"
    assert request.url.raw_path.decode() == (
        "/v1/p1/things/big/7?nameFilter=%C3%BC%26%2F%20&limit=10&ratio=0.3&deep=true"
        "&since=2026-01-31T00%3A00%3A00%2B00%3A00&day=2026-01-31"
        f"&trace={UID}&tag=a%2Cb&tag=c&ids=1,2&level=2"
    )
    assert request.headers["x-page-size"] == "5"
    assert request.headers["x-deep"] == "false"
    assert "content-type" not in request.headers
    assert result.total == 1
    assert type(result.total) is int
    assert result.to_dict() == {"things": [thing | {"born": "2026-01-31T12:00:00+00:00"}], "total": 1}
    assert (result.things[0].state, result.things[0].level) == ("huge", 3)
    assert result.things[0].parent["more"] == 5


GOOD: dict[str, Any] = {"project_id": "p1", "kind": "big", "number": 7, "limit": 10}


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("kind", "huge", ValueError),
        ("kind", 1, TypeError),
        ("number", 0, ValueError),
        ("number", True, TypeError),
        ("number", "7", TypeError),
        ("number", None, TypeError),
        ("limit", 101, ValueError),
        ("limit", 1.0, TypeError),
        ("name_filter", "x", ValueError),
        ("ratio", 0, ValueError),
        ("ratio", 0.35, ValueError),
        ("ratio", float("nan"), ValueError),
        ("deep", 1, TypeError),
        ("since", "2026-01-31", TypeError),
        ("tag", ["a", "a"], ValueError),
        ("tag", ["a", "b", "c", "d"], ValueError),
        ("tag", ["abcdef"], ValueError),
        ("tag", "abc", TypeError),
        ("ids", [1, "2"], TypeError),
        ("level", 3, ValueError),
        ("level", True, TypeError),
    ],
)
def test_added_get_refuses(added: ModuleType, name: str, value: Any, error: type[Exception]) -> None:
    """What the contract forbids in a path, a query or a header is refused by name, and nothing is sent."""
    with pytest.raises(error, match=name):
        call(added, "list_things", answer=httpx.Response(500), **GOOD | {name: value})


@pytest.mark.parametrize(
    "thing",
    [
        {"owner": None, "state": "big"},
        {"name": "a", "state": "big"},
        {"name": "a", "owner": 5, "state": "big"},
        {"name": "a", "owner": None, "state": 4},
        {"name": "a", "owner": None, "state": "big", "more": "five"},
        {"name": "a", "owner": None, "state": "big", "fixed": "other"},
        {"name": "a", "owner": None, "state": "big", "born": "yesterday"},
        {"name": "a", "owner": None, "state": "big", "born": "2026-01-31T12:00:00"},
        {"name": "a", "owner": None, "state": "big", "parts": [{}]},
        {"name": "a", "owner": None, "state": "big", "size": {"width": 9007199254740994}},
        {"name": "a", "owner": None, "state": "big", "code": "a.b\n"},
    ],
    ids=json.dumps,
)
def test_added_get_expects(added: ModuleType, thing: Any) -> None:
    """An answer that is not what the contract describes is an UnexpectedResponse, which a GET can be repeated after."""
    with pytest.raises(added.UnexpectedResponse, match=r"body\.things\[0\]") as caught:
        call(added, "list_things", answer=httpx.Response(200, json={"things": [thing], "total": 1}), **GOOD)

    assert caught.value.outcome_unknown is False


def test_other_answers(added: ModuleType) -> None:
    """No content is None; an integer, a list and a text are what they are."""
    thing = added.models.Thing("a", None, added.models.Kind.BIG)

    assert call(added, "delete_things", "p", "k", "n", answer=httpx.Response(204))[0] is None
    assert call(added, "put_things", body=[thing], answer=httpx.Response(200, json=5))[0] == 5
    assert call(added, "put_things", body=[thing], answer=httpx.Response(201, json=["a"]))[0] == ["a"]
    assert call(added, "read_things", answer=httpx.Response(200, text="ü"))[0] == "ü"


def test_accept(added: ModuleType) -> None:
    """A request asks for the media types that the contract's answers have."""
    _, request = call(added, "read_things", answer=httpx.Response(200, text="ü"))

    assert request.headers["accept"] == "text/plain"


def test_required_body(added: ModuleType) -> None:
    """A body that the contract requires cannot be left out, nor be empty where it must not."""
    bodies: tuple[Any, ...] = (added.UNSET, None, [], [{}])
    for body in bodies:
        with pytest.raises((ValueError, TypeError), match="body"):
            call(added, "put_things", body=body, answer=httpx.Response(500))


def cookie(operation: dict[str, Any]) -> None:
    """Add a cookie."""
    operation["parameters"].append({"name": "c", "in": "cookie", "schema": {"type": "string"}})


def form(operation: dict[str, Any]) -> None:
    """Make the body a form."""
    operation["requestBody"]["content"] = {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}


def no_success(operation: dict[str, Any]) -> None:
    """Leave out the answer of success."""
    del operation["responses"]["200"]


def numeric_hint(operation: dict[str, Any]) -> None:
    """Add an answer with an x-hint that is no text."""
    operation["responses"]["418"] = {"description": "x", "x-hint": {"DLF.1": 5}}


def query(**schema: Any) -> Callable[[dict[str, Any]], None]:
    """Add a parameter with a schema."""

    def add(operation: dict[str, Any]) -> None:
        operation["parameters"].append({"name": "q", "in": "query", "schema": schema})

    return add


def body(**schema: Any) -> Callable[[dict[str, Any]], None]:
    """Give the body a schema."""

    def put(operation: dict[str, Any]) -> None:
        operation["requestBody"]["content"]["application/json"]["schema"] = schema

    return put


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (cookie, "cookie"),
        (form, "JSON"),
        (no_success, "success"),
        (numeric_hint, "x-hint"),
        (query(type="string", **{"not": {"const": "x"}}), "not"),
        (query(type="string", format="binary"), "binary"),
        (query(type="string", pattern=r"^\p{L}+$"), "pattern"),
        (query(type="string", pattern="(?<x>a)"), "pattern"),
        (query(type="string", pattern="(?P<x>a)"), "pattern"),
        (query(type="string", pattern="(?i)a"), "pattern"),
        (query(type="string", pattern="(?>a)"), "pattern"),
        (query(type="string", pattern="(?#a)"), "pattern"),
        (query(type="string", pattern="^a++$"), "pattern"),
        (query(type="string", pattern="^a{1,2}+$"), "pattern"),
        (query(type="string", pattern="^a{,3}$"), "pattern"),
        (query(type="object"), "q"),
        (body(type=["object", "string"]), "object in it, in /paths//v1/{project_id}/jobs"),
        (body(type=["object", "null"]), "object in it, in /paths//v1/{project_id}/jobs"),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_refuses_to_generate(change: Callable[[dict[str, Any]], None], word: str, tmp_path: Path) -> None:
    """What the templates have no code for stops the generation with one clear line, rather than being left out."""
    contract = copy.deepcopy(CONTRACT)
    change(contract["paths"]["/v1/{project_id}/jobs/{job_name}/run-immediate"]["post"])
    done = generate(write(tmp_path, contract), tmp_path / "refused")

    assert done.returncode == 1
    assert word in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "refused").exists()
