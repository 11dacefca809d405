"""Do arguments arrive in a request as OpenAPI's default styles have them, whatever characters they hold?"""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from dataarts_runtime.operation import Parameter
from dataarts_runtime.schema import Array, String
from dataarts_runtime.servers import Server, Variable, expand

from ._calls import refusing
from ._operation import call_repeatedly, read_things

TEXTS = Array(String())
SECRET = "s3cr3t-value"


def _sent(parameter: Parameter, value: Any, path: str = "/things") -> httpx.Request:
    """Return the request of a call with this value."""
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={})

    operation = read_things(parameter, path=path)
    call_repeatedly("sync", "http://service.example", operation, (value,), transport=httpx.MockTransport(respond))
    return requests[0]


ARRAYS: dict[str, tuple[Parameter, list[str], str]] = {
    "path": (Parameter("p", "path", TEXTS), ["a", "b"], "/things/a,b"),
    "path-comma": (Parameter("p", "path", TEXTS), ["a,b", "c"], "/things/a%2Cb,c"),
    "path-other": (Parameter("p", "path", TEXTS), ["a b", "é", "%"], "/things/a%20b,%C3%A9,%25"),
    "query": (Parameter("q", "query", TEXTS), ["a", "b,c"], "/things?q=a&q=b%2Cc"),
    "query-empty": (Parameter("q", "query", TEXTS), [], "/things"),
    "query-one": (Parameter("q", "query", TEXTS, exploded=False), ["a", "b,c"], "/things?q=a,b%2Cc"),
    "query-one-empty": (Parameter("q", "query", TEXTS, exploded=False), [], "/things?q="),
}


@pytest.mark.parametrize(("parameter", "value", "target"), ARRAYS.values(), ids=ARRAYS)
def test_arrays(parameter: Parameter, value: list[str], target: str) -> None:
    """The items of an array are told apart, even if they hold a comma."""
    path = "/things/{}" if parameter.location == "path" else "/things"

    assert _sent(parameter, value, path).url.raw_path == target.encode()


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "/"])
def test_segments_that_would_bend_the_path(value: str) -> None:
    """A value that would leave out, shorten or lengthen the path is refused."""
    with refusing("a value bent the path", ValueError, "cannot be a segment of a path"):
        _sent(Parameter("p", "path", String()), value, "/things/{}")


@pytest.mark.parametrize("value", ["", "a\tb", "a, b", "~"])
def test_header(value: str) -> None:
    """A header parameter may hold what HTTP can carry, as the headers of the client may."""
    assert _sent(Parameter("h", "header", String(), wire_name="X-H"), value).headers["X-H"] == value


@pytest.mark.parametrize("end", ["\n", "\r", "\0", " ", "\t", "é", "\x7f"], ids=ascii)
def test_header_that_cannot_be_sent(end: str) -> None:
    """What HTTP cannot carry in a header is refused, and not shown, since it may be a secret."""
    with refusing("a header was sent that HTTP cannot carry", ValueError, "HTTP header can carry") as caught:
        _sent(Parameter("token", "header", String()), SECRET + end)

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("name", ["X-Auth-Token", "authorization", "X-Security-Token", "Cookie", "Proxy-Authorization"])
def test_credentials_that_the_contract_forbids(name: str) -> None:
    """A parameter whose header holds credentials is named when it is wrong, but its value is not shown."""
    parameter = Parameter("token", "header", String(max_length=5), wire_name=name)
    with refusing("a value was sent that the contract forbids", ValueError, "token: ") as caught:
        _sent(parameter, SECRET)

    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_arguments_that_make_too_long_a_url() -> None:
    """A URL that is too long is refused as one, without being shown."""
    with refusing("a URL of 70 kB was sent", ValueError, "the arguments make a URL that cannot be requested: URL too"):
        _sent(Parameter("q", "query", String()), SECRET * 6000)


@pytest.mark.parametrize("name", ["servers", "argument", "name", "url", "self", "region"])
def test_any_name_of_a_variable(name: str) -> None:
    """A variable in the URL of a server may have any name."""
    servers = {"a": Server(f"https://{{{name}}}.example", **{name: Variable("x")})}

    assert expand(servers, "site", "a", **{name: "y"}) == "https://y.example"
