"""Is a failure told without the secrets of whose server it is?"""

from __future__ import annotations

import httpx
import pytest

from tests.contract.conftest import DOCUMENT
from tests.contract.exchange import Exchange, Request
from tests.contract.target import Target


@pytest.mark.parametrize(
    ("name", "value"),
    [("X-Auth-Token", "secret"), ("X_Auth_Token", "secret"), ("X-Subject-Token", '"secret"'), ("Cookie", "a=secret")],
)
def test_a_token_stays_out_of_the_command(name: str, value: str) -> None:
    """The command that repeats a request has the token of another's server in no header, whichever it was sent in."""
    target = Target("http://localhost", {}, token="secret")
    sent = httpx.Request("GET", "http://localhost/", headers={name: value})
    exchange = Exchange(Request(DOCUMENT.operations[0], {}), httpx.Response(401, request=sent), target)

    assert name.lower() in exchange.curl()
    assert "secret" not in exchange.curl()
