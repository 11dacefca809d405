"""Does the client of a contract with operations of every kind do what the contract says?"""

from __future__ import annotations

import asyncio
import datetime
import importlib
import inspect
import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from tests.generation.documents import ADDED, UNUSUAL, document, generate, write

UID = "0b6bd2a1-6a0f-4f34-9a9d-1c1c6b0d5a01"


@pytest.fixture(scope="module")
def added(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """A client of the contract with more operations."""
    folder = tmp_path_factory.mktemp("added")
    done = generate(write(folder, document(ADDED, UNUSUAL)), folder / "added_client")
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield importlib.import_module("added_client")
    sys.path.remove(str(folder))


def test_added_operations_have_types(added: ModuleType, tmp_path: Path) -> None:
    """Operations added to the contract are generated, and mypy --strict has nothing to say."""
    assert added.__file__ is not None
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path)]
    done = subprocess.run([*command, str(Path(added.__file__).parent)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def call(added: ModuleType, name: str, *arguments: Any, response: httpx.Response, **named: Any) -> tuple[Any, Any]:
    """Call an added operation; return its result and the request that it sent."""
    requests: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return response

    operation = importlib.import_module(f"{added.__name__}.api.{name}")
    with added.Client("http://service.example", transport=httpx.MockTransport(handle), max_retries=0) as client:
        result = operation.sync(*arguments, client=client, **named)
    return result, requests[0]


def test_page_of_a_list(added: ModuleType) -> None:
    """Parameters of a query go where the contract says; what is None or UNSET is not sent, so the defaults hold."""
    example = json.loads(json.dumps(document(ADDED)["components"]["examples"]["ThingsListed"]["value"]))
    page, request = call(
        added,
        "things.list_things",
        "p1",
        response=httpx.Response(200, json=example),
        page=2,
        per_page=None,
        name_filter=added.UNSET,
        tag=["a,b", "c"],
        sizes=[1, 2],
        kind=added.models.ThingKind.VERY_SMALL,
        level=2,
        born_after=datetime.datetime(2026, 1, 31, tzinfo=datetime.UTC),
        broken=False,
        x_trace=7,
        workspace=None,
        timeout=added.UNSET,
    )

    assert request.url.raw_path.decode() == (
        "/v1/p1/things?page=2&tag=a%2Cb&tag=c&sizes=1,2&kind=very-small&level=2"
        "&bornAfter=2026-01-31T00%3A00%3A00%2B00%3A00&broken=false"
    )
    assert request.headers["x-trace"] == "7"
    assert "workspace" not in request.headers
    assert page.total == 1
    assert page.things[0].kind is added.models.ThingKind.SMALL
    assert page.things[0].owner is None
    assert page.things[0].born == datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)
    assert page.things[0].level is added.UNSET


def test_null_is_a_value_where_the_contract_has_it(added: ModuleType) -> None:
    """A nullable property is sent as null for None; any other optional one is left out for None, as for UNSET."""
    born = datetime.datetime(2026, 1, 31, tzinfo=datetime.UTC)
    models = added.models
    thing = models.Thing("hand", models.ThingKind.BIG, None, born, level=None, repaired=None, state=None, parts=None)
    _, request = call(
        added, "things.put_things", "p1", body=[thing], response=httpx.Response(200, json={"replaced": 0})
    )

    assert thing.level is added.UNSET
    assert json.loads(request.content) == [
        {
            "name": "hand",
            "kind": "big",
            "owner": None,
            "born": "2026-01-31T00:00:00+00:00",
            "repaired": None,
            "state": None,
        }
    ]


def test_further_properties_when_a_model_is_made(added: ModuleType) -> None:
    """A model is made with further properties, which are checked as they are when it is changed."""
    state = added.models.ThingState(True, additional_properties={"colour": "green"})

    assert state.to_dict() == {"broken": True, "colour": "green"}
    assert state["colour"] == "green"
    with pytest.raises(ValueError, match="broken"):
        added.models.ThingState(True, additional_properties={"broken": False})
    with pytest.raises(TypeError, match="additional_properties"):
        added.models.ThingState(True, additional_properties=["colour"])


@pytest.mark.parametrize(
    ("name", "segment"),
    [("left hand", "left%20hand"), ("a?b#c%d;e", "a%3Fb%23c%25d%3Be"), ("手", "%E6%89%8B"), ("...", "...")],
)
def test_free_form_path_parameter(added: ModuleType, name: str, segment: str) -> None:
    """Whatever is in a path parameter stays one segment of the path; a 204 is None."""
    result, request = call(added, "things.delete_thing", "p1", "big", name, response=httpx.Response(204))

    assert result is None
    assert request.method == "DELETE"
    assert request.url.raw_path.decode() == f"/v1/p1/things/big/{segment}"


@pytest.mark.parametrize("name", ["", ".", "..", "left/hand"])
def test_path_parameter_that_is_no_segment(added: ModuleType, name: str) -> None:
    """What would be another path is refused, and nothing is sent."""
    with pytest.raises(ValueError, match="thing_name"):
        call(added, "things.show_thing", "p1", "big", name, response=httpx.Response(500))


def test_asynchronous_call(added: ModuleType) -> None:
    """The asynchronous functions return the same models and raise the same errors."""
    example = document(ADDED)["components"]["examples"]["LeftHand"]["value"]
    responses = [httpx.Response(200, json=example), httpx.Response(204), httpx.Response(404, json={})]

    async def calls() -> Any:
        things = added.api.things
        transport = httpx.MockTransport(lambda request: responses.pop(0))
        async with added.Client("http://service.example", async_transport=transport) as client:
            shown = await things.show_thing.asyncio("p1", "small", "left hand", client=client)
            deleted = await things.delete_thing.asyncio_detailed("p1", "small", "left hand", client=client)
            with pytest.raises(added.NotFound):
                await things.show_thing.asyncio("p1", "small", "left hand", client=client)
        return shown, deleted

    shown, deleted = asyncio.run(calls())

    assert shown.to_dict() == example | {
        "born": "2026-01-31T12:00:00.250000+00:00",
        "state": {"broken": False, "seen": "2026-02-01T00:00:00+00:00"},
    }
    assert shown.state.seen == datetime.datetime(2026, 2, 1, tzinfo=datetime.UTC)
    assert (deleted.status_code, deleted.parsed) == (204, None)


def test_optional_arguments_are_none(added: ModuleType) -> None:
    """Every argument that may be left out is None then, and its annotation says no more than that."""
    for function in (added.api.things.list_things.sync, added.api.odds.list_odds.asyncio_detailed):
        optional = [each for each in inspect.signature(function).parameters.values() if each.default is not each.empty]

        assert len(optional) > 9
        assert {each.default for each in optional} == {None}
        assert all(each.annotation.endswith(" | None") and "Unset" not in each.annotation for each in optional)


def test_parameters_with_the_names_of_arguments(added: ModuleType) -> None:
    """A parameter that is called as an argument of every operation gets another name."""
    odd = added.models.Odd("a", None, added.models.OddKind.BIG)
    arguments = {"body_query": "b", "timeout_query": 5, "client_header": "c", "timeout": 5.0}
    _, request = call(added, "odds.put_odds", body=[odd], response=httpx.Response(200, json=5), **arguments)

    assert request.url.query == b"timeout=5&body=b"
    assert request.headers["client"] == "c"


def test_extensions_are_data(added: ModuleType) -> None:
    """What extensions say of an enum's values its class says; what they say of an operation, its module."""
    kind, level = added.models.ThingKind, added.models.ThingLevel

    assert kind.by_weight() == {"light": {kind.SMALL, kind.VERY_SMALL}, "heavy": {kind.BIG}}
    assert "small" in kind.by_weight()["light"]
    assert kind.rare() == {kind.VERY_SMALL}
    assert level.highest() == {2}
    assert added.api.things.list_things.EXTENSIONS == {"x-order": ["name", "born"]}
    assert not hasattr(added.api.things.show_thing, "EXTENSIONS")


def test_enum_with_null(added: ModuleType) -> None:
    """An enum that allows null is one in Python, or None."""
    body: dict[str, Any] = {"name": "a", "owner": None, "state": "big"}

    assert added.models.Odd.from_dict(body | {"mood": None}).mood is None
    assert added.models.Odd.from_dict(body | {"mood": "good"}).mood.name == "GOOD"
    with pytest.raises(TypeError, match="mood"):
        added.models.Odd.from_dict(body | {"mood": 5})


def test_unusual_get(added: ModuleType) -> None:
    """A GET sends its parameters where the contract says; its response becomes models, unknown values kept."""
    odd = {
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
        "odds.list_odds",
        *("p1", "big", 7),
        response=httpx.Response(200, json={"odds": [odd], "total": 1.0}),
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
        "/v1/p1/odds/big/7?nameFilter=%C3%BC%26%2F%20&limit=10&ratio=0.3&deep=true"
        "&since=2026-01-31T00%3A00%3A00%2B00%3A00&day=2026-01-31"
        f"&trace={UID}&tag=a%2Cb&tag=c&ids=1,2&level=2"
    )
    assert request.headers["x-page-size"] == "5"
    assert request.headers["x-deep"] == "false"
    assert "content-type" not in request.headers
    assert result.total == 1
    assert type(result.total) is int
    assert result.to_dict() == {"odds": [odd | {"born": "2026-01-31T12:00:00+00:00"}], "total": 1}
    assert (result.odds[0].state, result.odds[0].level) == ("huge", 3)
    assert result.odds[0].parent["more"] == 5


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
def test_unusual_get_refuses(added: ModuleType, name: str, value: Any, error: type[Exception]) -> None:
    """What the contract forbids in a path, a query or a header is refused by name, and noodd is sent."""
    with pytest.raises(error, match=name):
        call(added, "odds.list_odds", response=httpx.Response(500), **GOOD | {name: value})


@pytest.mark.parametrize(
    "odd",
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
def test_unusual_get_expects(added: ModuleType, odd: Any) -> None:
    """A response that the contract does not describe is an UnexpectedResponse, after which a GET can be repeated."""
    with pytest.raises(added.UnexpectedResponse, match=r"body\.odds\[0\]") as caught:
        call(added, "odds.list_odds", response=httpx.Response(200, json={"odds": [odd], "total": 1}), **GOOD)

    assert caught.value.outcome_unknown is False


def test_other_responses(added: ModuleType) -> None:
    """No content is None; an integer, a list and a text are what they are."""
    odd = added.models.Odd("a", None, added.models.OddKind.BIG)

    assert call(added, "odds.delete_odds", "p", "k", "n", response=httpx.Response(204))[0] is None
    assert call(added, "odds.put_odds", body=[odd], response=httpx.Response(200, json=5))[0] == 5
    assert call(added, "odds.put_odds", body=[odd], response=httpx.Response(201, json=["a"]))[0] == ["a"]
    assert call(added, "odds.read_odds", response=httpx.Response(200, text="ü"))[0] == "ü"


def test_accept(added: ModuleType) -> None:
    """A request asks for the media types that the contract's responses have."""
    _, request = call(added, "odds.read_odds", response=httpx.Response(200, text="ü"))

    assert request.headers["accept"] == "text/plain"


def test_required_body(added: ModuleType) -> None:
    """A body that the contract requires cannot be left out, nor be empty where it must not."""
    bodies: tuple[Any, ...] = (added.UNSET, None, [], [{}])
    for body in bodies:
        with pytest.raises((ValueError, TypeError), match="body"):
            call(added, "odds.put_odds", body=body, response=httpx.Response(500))
