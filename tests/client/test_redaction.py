"""Are secrets masked in whatever form a service echoes them, and nothing else?"""

from __future__ import annotations

import base64
import html
import json
import re
import time
import traceback
from collections.abc import Callable, Generator
from typing import Any
from urllib.parse import quote, quote_plus

import httpx
import pytest

from dataarts_runtime.errors import ApiError, UnexpectedResponse
from dataarts_runtime.operation import Parameter
from dataarts_runtime.schema import Integer, String

from ._operation import call_repeatedly, read_things, receive, receive_error, receive_refusal

TOKEN = "MIIFb+Ck/3x&9Qz=7TTkW0\"v'<A>\\u.%2Bx"
"""What has every character that JSON, URLs or HTML escape, and what looks like one escaped."""

Form = Callable[[str], str]


def in_json(text: str) -> str:
    """Write a text as JSON does within a string."""
    return json.dumps(text)[1:-1]


def with_slashes(text: str) -> str:
    """Write a text as PHP's json_encode does."""
    return in_json(text).replace("/", "\\/")


def lower(text: str) -> str:
    """Write a text as a URL does, its hexadecimal digits in lower case."""
    return re.sub("%..", lambda match: match[0].lower(), quote(text, safe=""))


def in_units(text: str) -> str:
    """Write a text as JSON may: what is neither letter nor digit by its number."""
    return re.sub("[^0-9A-Za-z]", lambda match: f"\\u{ord(match[0]):04X}", text)


def in_decimal(text: str) -> str:
    """Write a text as HTML may: what is neither letter nor digit by its decimal number."""
    return re.sub("[^0-9A-Za-z]", lambda match: f"&#{ord(match[0])};", text)


def in_hexadecimal(text: str) -> str:
    """Write a text as HTML may: what is neither letter nor digit by its hexadecimal number."""
    return re.sub("[^0-9A-Za-z]", lambda match: f"&#x{ord(match[0]):x};", text)


NAMES = {"/": "&sol;", "+": "&plus;", "=": "&equals;", "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;"}


def in_names(text: str) -> str:
    """Write a text as HTML may: by the names that characters have there."""
    return "".join(NAMES.get(character, character) for character in text)


FORMS: dict[str, Form] = {
    "plain": str,
    "json": in_json,
    "json-slashes": with_slashes,
    "json-units": in_units,
    "url": lambda text: quote(text, safe=""),
    "url-path": quote,
    "url-form": quote_plus,
    "url-lower": lower,
    "url-twice": lambda text: quote(quote(text, safe=""), safe=""),
    "html": html.escape,
    "html-without-quotes": lambda text: html.escape(text, quote=False),
    "html-decimal": in_decimal,
    "html-hexadecimal": in_hexadecimal,
    "html-names": in_names,
    "json-in-json": lambda text: in_json(in_json(text)),
    "json-in-html": lambda text: html.escape(with_slashes(text)),
    "html-in-json": lambda text: with_slashes(html.escape(text)),
    "url-in-html": lambda text: html.escape(quote(text, safe="/&=")),
    "json-in-url-in-html": lambda text: html.escape(quote(with_slashes(text), safe="/&=")),
}

PLACES: dict[str, Callable[[str], httpx.Response]] = {
    "text": lambda echo: httpx.Response(401, text=f"bad token {echo} given"),
    "message": lambda echo: httpx.Response(401, json={"error_code": "c", "error_msg": f"bad {echo}"}),
    "code-and-id": lambda echo: httpx.Response(400, json={"error_code": echo, "error_msg": "m", "request_id": echo}),
    "other-shape": lambda echo: httpx.Response(401, text=f'{{"detail": "bad token {echo} given"}}'),
    "name": lambda echo: httpx.Response(400, json={"error_code": "c", "error_msg": "m", echo: {"a": [echo]}}),
    "page": lambda echo: httpx.Response(502, text=f"<html><p>bad token {echo}<b>given</b></html>"),
    "location": lambda echo: httpx.Response(302, headers={"Location": f"http://other.example/?token={echo}&a=b"}),
    "header": lambda echo: httpx.Response(400, headers={"X-Request-Id": echo}),
    "value": lambda echo: httpx.Response(200, json=echo),
    "success": lambda echo: httpx.Response(200, text=f"bad token {echo}"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("form", FORMS)
def test_echo(form: str, place: str) -> None:
    """A token that a service echoes is masked, however the service escaped it and wherever it wrote it."""
    echo = FORMS[form](TOKEN)
    error: Any = receive_error(PLACES[place](echo), Integer(), headers={"X-Auth-Token": TOKEN})
    said = "\n".join([str(error), repr(error.args), *map(str, vars(error).values()), repr(error.response.parsed)])

    kept = [said[start : start + 7] for start in range(len(said) - 6) if said[start : start + 7] in (echo + TOKEN)]
    assert not kept, f"a token in the form {form} should be masked in {place}: {said}"
    assert "***" in said, f"the mask should show where the token was: {said}"


@pytest.mark.parametrize("form", FORMS)
def test_what_stands_around(form: str) -> None:
    """What stands around a secret stays as it was, escaped or not; each of several secrets is masked."""
    around = 'a%20b &amp; c\\d "é" 100% \\u00e9 &nbsp;'
    echo = FORMS[form](TOKEN)
    content = json.dumps({"error_msg": f"{around}{echo}{around}{echo}{TOKEN}{around}"}).encode()
    error = receive_refusal(400, content, headers={"X-Auth-Token": TOKEN})

    assert error.error_msg == f"{around}***{around}******{around}"


@pytest.mark.parametrize(
    "text", ["100% of a&b\\c", "%4", "&#9999999;", "&#xffffff;", "&nothing;", "\\", "%zz", "\\ud800"]
)
def test_what_is_no_escape(text: str) -> None:
    """What merely resembles an escaped character disturbs nothing, with a secret beside it or not."""
    message = f"{text} MIIFb {text}"
    error = receive_refusal(
        400, json.dumps({"message": f"{message} {quote(TOKEN)}"}).encode(), headers={"X-Auth-Token": TOKEN}
    )

    assert error.error_msg == f"{message} ***"


@pytest.mark.parametrize("unit", ["%41", "%2525", "&amp;", "&#65;", "\\\\", "MIIFb%2B", "&"])
def test_time(unit: str) -> None:
    """A body that is full of what might be escaped does not hold the caller up."""
    content = json.dumps({"error_msg": (unit * 2**19)[: 2**19]}).encode()
    started = time.process_time()
    receive_refusal(400, content, headers={"X-Auth-Token": "abcdefgh12345/"})
    seconds = time.process_time() - started

    assert seconds < 2, f"half a MiB of {unit} took {seconds:.1f} s"


PARTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "password": ({"auth": httpx.BasicAuth("anna", "swordfish")}, "wrong: swordfish", "wrong: ***"),
    "user-and-password": ({"auth": httpx.BasicAuth("anna", "swordfish")}, "wrong: anna:swordfish", "wrong: ***"),
    "password-with-colon": ({"auth": httpx.BasicAuth("anna", "sword:fish")}, "wrong: sword:fish", "wrong: ***"),
    "password-beyond-ascii": ({"auth": httpx.BasicAuth("anna", "schwert\u00f6")}, "no: schwert\u00f6", "no: ***"),
    "password-escaped": ({"auth": httpx.BasicAuth("anna", "sword&fish")}, "no: sword&amp;fish", "no: ***"),
    "basic-code": (
        {"auth": httpx.BasicAuth("anna", "swordfish")},
        f"wrong: {base64.b64encode(b'anna:swordfish').decode()}",
        "wrong: ***",
    ),
    "basic-without-code": ({"headers": {"Authorization": "Basic not*base64"}}, "wrong: not*base64", "wrong: ***"),
    "user-is-no-secret": ({"auth": httpx.BasicAuth("anna-lena", "swordfish")}, "who is anna-lena", "who is anna-lena"),
    "bearer": ({"headers": {"Authorization": "Bearer abcdefgh=="}}, "wrong: abcdefgh==", "wrong: ***"),
    "quoted": ({"headers": {"Authorization": 'Digest response="0a4f113b", a=b'}}, "not 0a4f113b", "not ***"),
    "cookie": ({"headers": {"Cookie": "a=b; session=0a4f113b; c=d"}}, "not 0a4f113b", "not ***"),
    "cookie-name": ({"headers": {"Cookie": "session=0a4f113b"}}, "no session", "no session"),
    "proxy": ({"headers": {"Proxy-Authorization": "Bearer 0a4f113b"}}, "not 0a4f113b", "not ***"),
    "security-token": ({"headers": {"X-Security-Token": "0a4f11"}}, "not 0a4f11", "not ***"),
    "twice": ({"headers": {"X-Auth-Token": "0a4f113b"}}, "not 0a4f113b, 0a4f113b", "not ***, ***"),
    "five-characters": ({"headers": {"X-Auth-Token": "abc12"}}, "not abc12", "not abc12"),
    "six-characters": ({"headers": {"X-Auth-Token": "abc123"}}, "not abc123", "not ***"),
    "other-header": ({"headers": {"X-Api-Key": "0a4f113b"}}, "not 0a4f113b", "not ***"),
    "other-short-header": ({"headers": {"X-Purpose": "testing"}}, "not testing", "not testing"),
    "short-part": ({"headers": {"Authorization": "Digest qop=auth-in, a=b"}}, "no auth-in", "no auth-in"),
    "longest-first": (
        {"headers": {"X-Auth-Token": "abcdefgh", "X-Api-Key": "abcdefgh12345"}},
        "not abcdefgh12345",
        "not ***",
    ),
}


@pytest.mark.parametrize(("options", "message", "said"), PARTS.values(), ids=PARTS)
def test_parts(options: dict[str, Any], message: str, said: str) -> None:
    """The parts of a header that are secret are masked by themselves; what is none stays readable."""
    error = receive_refusal(401, json.dumps({"error_msg": message}).encode(), **options)

    assert error.error_msg == said


def test_parameters_are_no_secret() -> None:
    """The value of a header that the contract describes is no secret, and stays readable."""
    operation = read_things(Parameter("workspace", "header", String()))
    responses = iter([httpx.Response(400, json={"error_msg": "no workspace 0a4f113b"})])
    transport = httpx.MockTransport(lambda request: next(responses))
    with pytest.raises(ApiError, match="no workspace 0a4f113b"):
        call_repeatedly("sync", "http://service.example", operation, ("0a4f113b",), transport=transport)


class Renewing(httpx.Auth):
    """An auth that sends the request again with another token."""

    requires_response_body = True

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send two requests."""
        for token in ("first-0a4f113b", "second-0a4f113b"):
            again = httpx.Request(request.method, request.url, headers=request.headers)
            again.headers["X-Auth-Token"] = token
            yield again


def test_all_tokens_of_a_call() -> None:
    """All tokens that authentication tried in a call are masked, not only the last one."""
    message = "not first-0a4f113b, not second-0a4f113b"
    error = receive_refusal(401, json.dumps({"error_msg": message}).encode(), auth=Renewing())

    assert error.error_msg == "not ***, not ***"


PAGES: dict[str, tuple[str, str]] = {
    "title-and-heading": (
        "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>nginx</body></html>",
        "502 Bad Gateway nginx",
    ),
    "words-repeated-in-a-text": ("<p>no <b>no</b> and no", "no and no"),
    "script-and-style": ("<style>p {}</style><script>alert('x < y')</script><p>down", "down"),
    "line-breaks": ("<p>a\r\n\tb\n</p>\n\n<p>c", "a b c"),
    "text-before": ("down<br/>again", "down again"),
    "nothing-but-markup": ("<html><body></body></html>", ""),
}


@pytest.mark.parametrize(("page", "excerpt"), PAGES.values(), ids=PAGES)
def test_page(page: str, excerpt: str) -> None:
    """Of a page, the message shows its text, and once what stands in both title and heading."""
    error = receive_refusal(502, page.encode(), "text/html")

    assert error.error_msg == (excerpt or None)


def test_long_page() -> None:
    """Of a long text, the message shows the beginning."""
    error = receive_refusal(502, b"abc " * 10_000)

    assert error.error_msg == f"{('abc ' * 40)[:117]}..."


UNPRINTABLE = (
    *("\x00", "\x07", "\n", "\x1b", "\x7f", "\x85", "\x9b", "\u061c", "\u200b", "\u200e", "\u2028", "\u202a", "\u202e"),
    *("\u2060", "\u2066", "\u2069", "\ufeff", "\ud800"),
)


@pytest.mark.parametrize("character", UNPRINTABLE, ids=ascii)
def test_unprintable(character: str) -> None:
    """A character that would break, hide or turn a line of a log does not get into the message of an exception."""
    error = receive_refusal(400, json.dumps({"error_msg": f"a{character}b"}).encode())
    escaped = character.encode("unicode_escape").decode()

    assert character not in str(error)
    assert re.search(rf"a({re.escape(escaped)}| )b", str(error)), f"{character!a} should be escaped: {error}"


def test_success_is_not_masked() -> None:
    """A value of success is never changed, not even if it holds what was sent."""
    value = receive(httpx.Response(200, json={"a": TOKEN}), headers={"X-Auth-Token": TOKEN})

    assert value == {"a": TOKEN}


def test_response_is_not_masked() -> None:
    """The response that an error holds is what came, for whoever needs it."""
    error: Any = receive_refusal(401, f"bad {TOKEN}".encode(), headers={"X-Auth-Token": TOKEN})

    assert isinstance(error, ApiError)
    assert error.response.content == f"bad {TOKEN}".encode()
    assert TOKEN not in repr(error.response)


def test_value_that_is_masked_only_in_the_message() -> None:
    """A wrong value that holds a secret is shown masked."""
    error = receive_error(httpx.Response(200, json=f"x{TOKEN}"), Integer(), headers={"X-Auth-Token": TOKEN})

    assert isinstance(error, UnexpectedResponse)
    assert "not str ('x***')" in str(error)


@pytest.mark.parametrize("status", [200, 302, 401, 500])
def test_local_variables(status: int) -> None:
    """Local variables of the client's own functions, which some tracebacks show, hold no secret of a response."""
    response = httpx.Response(status, json=f"x{TOKEN}", headers={"Location": "/elsewhere"} if status == 302 else {})
    error = receive_error(response, Integer(), headers={"X-Auth-Token": TOKEN})
    frames = traceback.TracebackException.from_exception(error, capture_locals=True).stack
    shown = [
        f"{name} in {frame.name}"
        for frame in frames
        if "dataarts_runtime" in frame.filename
        for name, value in (frame.locals or {}).items()
        if TOKEN in value or repr(TOKEN)[1:-1] in value
    ]

    assert any("dataarts_runtime" in frame.filename for frame in frames)
    assert shown == []
