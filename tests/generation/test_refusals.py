"""Is a document that cannot be generated right refused, rather than generated wrong?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.generation.documents import document, generate, write

RUN = "/v1/{project_id}/jobs/{job_name}/run-immediate"


def cookie(operation: dict[str, Any]) -> None:
    """Add a cookie."""
    operation["parameters"].append({"name": "c", "in": "cookie", "schema": {"type": "string"}})


def form(operation: dict[str, Any]) -> None:
    """Make the body a form."""
    operation["requestBody"]["content"] = {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}


def servers(operation: dict[str, Any]) -> None:
    """Add servers."""
    operation["servers"] = [{"url": "https://other.example"}]


def accept(operation: dict[str, Any]) -> None:
    """Add a header that OpenAPI ignores."""
    operation["parameters"].append({"name": "Accept", "in": "header", "schema": {"type": "string"}})


def media_types(operation: dict[str, Any]) -> None:
    """Add a response of two media types."""
    content = {"application/json": {"schema": {"type": "string"}}, "text/plain": {"schema": {"type": "string"}}}
    operation["responses"]["201"] = {"description": "x", "content": content}


def no_success(operation: dict[str, Any]) -> None:
    """Leave out the response of success."""
    del operation["responses"]["200"]


def numeric_hint(operation: dict[str, Any]) -> None:
    """Add a response with an x-hint that is no text."""
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
        (servers, "servers"),
        (accept, "Accept"),
        (media_types, "201"),
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
    contract = document()
    change(contract["paths"][RUN]["post"])
    done = generate(write(tmp_path, contract), tmp_path / "refused")

    assert done.returncode == 1
    assert word in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "refused").exists()


def schema(name: str, **schema: Any) -> Callable[[dict[str, Any]], None]:
    """Add a schema to the components."""

    def add(contract: dict[str, Any]) -> None:
        contract["components"]["schemas"][name] = {"description": "x", **schema}

    return add


def same_argument(contract: dict[str, Any]) -> None:
    """Add two parameters whose arguments would have the same name."""
    contract["paths"][RUN]["post"]["parameters"] += [
        {"name": "timeout", "in": "query", "schema": {"type": "string"}},
        {"name": "timeoutQuery", "in": "query", "schema": {"type": "string"}},
    ]


def dangling_parameter(contract: dict[str, Any]) -> None:
    """Refer to a parameter that is not there."""
    contract["paths"][RUN]["post"]["parameters"].append({"$ref": "#/components/parameters/Nothing"})


def variable(name: str) -> Callable[[dict[str, Any]], None]:
    """Call the variable of the servers by another name."""

    def rename(contract: dict[str, Any]) -> None:
        for server in contract["servers"]:
            server["variables"] = {name: server["variables"]["region"]}

    return rename


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (schema("X", type="string", enum=["a-b", "a_b"]), ["A_B", "X", "x-enum-varnames"]),
        (schema("X", type="string", enum=["a_b", "a-b"]), ["X", "same name", "x-enum-varnames"]),
        (schema("X", type="string", enum=["a", "b"], **{"x-good": ["a", "c"]}), ["x-good", "'c'", "X"]),
        (schema("X", type="string", enum=["a", "b"], **{"x-good": {"y": ["a"], "z": ["c"]}}), ["x-good", "'c'", "X"]),
        (schema("X", type="string", enum=["a", "b"], **{"x-good": ["a", 1]}), ["x-good", "1", "X"]),
        (schema("X", type="string", enum=["a", "b"], **{"x-title": ["a"]}), ["x-title", "X"]),
        (schema("X", type="object", properties={"toDict": {"type": "string"}}), ["to_dict", "X"]),
        (schema("X", type="object", properties={"y": {"$ref": "#/components/schemas/Y"}}), ["schemas/Y", "nowhere"]),
        (schema("X", **{"$ref": "#/components/schemas/X"}), ["schemas/X", "itself"]),
        (schema("X", allOf=[{"type": "string"}, {"type": "integer"}]), ["allOf", "integer", "string"]),
        (dangling_parameter, ["parameters/Nothing", "nowhere"]),
        (same_argument, ["timeout_query", "run-immediate"]),
        (variable("base-path"), ["base-path"]),
    ],
    ids=lambda value: getattr(value, "__name__", "-".join(value) if isinstance(value, list) else ""),
)
def test_refuses_components(change: Callable[[dict[str, Any]], None], words: list[str], tmp_path: Path) -> None:
    """What would be generated wrong is named, with what is wrong about it."""
    contract = document()
    change(contract)
    done = generate(write(tmp_path, contract), tmp_path / "refused")

    assert done.returncode == 1
    assert not [word for word in words if word not in done.stderr], done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "refused").exists()


def test_refuses_a_key_that_is_there_twice(tmp_path: Path) -> None:
    """A document with a key twice, of which the last would count, is refused with the key and its line."""
    path = tmp_path / "openapi.yaml"
    path.write_text("openapi: '3.1.0'\ninfo: {title: x, version: '1'}\npaths: {}\ninfo: {title: y, version: '1'}\n")
    done = generate(path, tmp_path / "refused")

    assert done.returncode == 1
    assert "info is there twice" in done.stderr
    assert "line 4" in done.stderr
