"""Do secrets stay where they belong?"""

import copy
import logging
import pickle
import re
import traceback
from collections.abc import Callable

import httpx
import pytest

from dataarts_auth import SignatureAuth, TokenAuth

from .server import Response, Server

SECRETS = {"token": "s3cr3t-token", "secret_key": "s3cr3t-key", "security_token": "s3cr3t-security"}

CREDENTIALS: dict[str, Callable[[], httpx.Auth]] = {
    "token": lambda: TokenAuth(SECRETS["token"]),
    "keys": lambda: SignatureAuth("s3cr3t-access", SECRETS["secret_key"]),
    "temporary keys": lambda: SignatureAuth(
        "s3cr3t-access", SECRETS["secret_key"], security_token=SECRETS["security_token"], project_id="p1"
    ),
}
each = pytest.mark.parametrize("create", CREDENTIALS.values(), ids=CREDENTIALS.keys())


@each
def test_shown_without_secrets(create: Callable[[], httpx.Auth]) -> None:
    """However credentials are shown, alone or in a client, no part of a secret is seen."""
    auth = create()

    for shown in (repr(auth), str(auth), f"{auth}", repr([auth]), repr(vars(auth)), repr(httpx.Client(auth=auth))):
        assert "s3cr3t" not in shown


def test_shown_as_what_they_are() -> None:
    """Credentials are shown by their class, what they consist of, and the project ID, which is no secret."""
    shown = [repr(create()) for create in CREDENTIALS.values()]

    assert shown == [
        "TokenAuth(token='***')",
        "SignatureAuth(access_key='***', secret_key='***')",
        "SignatureAuth(access_key='***', secret_key='***', security_token='***', project_id='p1')",
    ]


@each
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_never_pickled(create: Callable[[], httpx.Auth], protocol: int) -> None:
    """A pickle of credentials is refused, whatever the protocol, by a message that says what to do."""
    auth = create()

    with pytest.raises(TypeError, match=r"Auth holds secrets and cannot be pickled: create it where it is used"):
        pickle.dumps({"auth": auth}, protocol)


@each
def test_copied_as_themselves(create: Callable[[], httpx.Auth]) -> None:
    """A copy of credentials, shallow or deep, is the very object, so that settings that hold one can be copied."""
    auth = create()

    assert copy.copy(auth) is auth
    assert copy.deepcopy({"auth": auth})["auth"] is auth


@pytest.mark.parametrize("name", ["token", "access_key", "secret_key", "security_token", "project_id", "auth_flow"])
@each
def test_immutable(create: Callable[[], httpx.Auth], name: str) -> None:
    """No attribute of credentials can be set or deleted, so that nobody believes to have replaced a secret by that."""
    auth = create()
    what_to_do = "create it with a callable" if isinstance(auth, TokenAuth) else "create another one"

    with pytest.raises(AttributeError, match=f"Auth is immutable, '{name}' cannot be set: .*{what_to_do}"):
        setattr(auth, name, "new")
    with pytest.raises(AttributeError, match=f"Auth is immutable, '{name}' cannot be deleted: .*{what_to_do}"):
        delattr(auth, name)


UNFIT = {
    "": "is empty",
    " s3cr3t": "has white space or line breaks around it",
    "s3cr3t ": "has white space or line breaks around it",
    "s3cr3t\n": "has white space or line breaks around it",
    "\u3000s3cr3t": "has white space or line breaks around it",
    "s3c\r\nr3t": "has characters that an HTTP header cannot carry: only printable ASCII is allowed",
    "s3c\tr3t": "has characters that an HTTP header cannot carry: only printable ASCII is allowed",
    "s3c\x00r3t": "has characters that an HTTP header cannot carry: only printable ASCII is allowed",
    "s3c\x7fr3t": "has characters that an HTTP header cannot carry: only printable ASCII is allowed",
    "s3crét": "has characters that an HTTP header cannot carry: only printable ASCII is allowed",
    "s3cr3t作业": "has characters that an HTTP header cannot carry: only printable ASCII is allowed",
    "s3cr3t\ud800": "has characters that an HTTP header cannot carry: only printable ASCII is allowed",
}

ARGUMENTS: dict[str, Callable[[str], httpx.Auth]] = {
    "token": TokenAuth,
    "access_key": lambda value: SignatureAuth(value, "sk"),
    "secret_key": lambda value: SignatureAuth("ak", value),
    "security_token": lambda value: SignatureAuth("ak", "sk", security_token=value),
    "project_id": lambda value: SignatureAuth("ak", "sk", project_id=value),
}


@pytest.mark.parametrize(("value", "message"), UNFIT.items(), ids=[ascii(value) for value in UNFIT])
@pytest.mark.parametrize(("name", "create"), ARGUMENTS.items(), ids=ARGUMENTS.keys())
def test_unfit_values(name: str, create: Callable[[str], httpx.Auth], value: str, message: str) -> None:
    """A value that no HTTP header can carry is refused by the name of the argument, and shows up nowhere."""
    with pytest.raises(ValueError, match=f"^{name} {re.escape(message)}$") as error:
        create(value)

    assert "s3c" not in "".join(traceback.format_exception(error.value))


@pytest.mark.parametrize("value", ["s3cr3t,", "s3c r3t", "s3c, SignedHeaders=x"])
def test_unfit_access_keys(value: str) -> None:
    """An access key that would break the Authorization header apart is refused, and not shown."""
    with pytest.raises(ValueError, match=r"^access_key has a space or a comma") as error:
        SignatureAuth(value, "sk")

    assert "s3c" not in str(error.value)


def expected(name: str) -> str:
    """What an argument must be."""
    return "a str or a callable that returns one" if name == "token" else "a str"


@pytest.mark.parametrize("value", [b"s3cr3t", 3, ["s3cr3t"], object()], ids=["bytes", "int", "list", "object"])
@pytest.mark.parametrize(("name", "create"), ARGUMENTS.items(), ids=ARGUMENTS.keys())
def test_wrong_types(name: str, create: Callable[[object], httpx.Auth], value: object) -> None:
    """A value of another type is refused by the names of the argument and of the type, and not shown."""
    with pytest.raises(TypeError, match=f"^{name} must be {expected(name)}, not {type(value).__name__}$"):
        create(value)


@pytest.mark.parametrize("name", ["token", "access_key", "secret_key"])
def test_none_is_no_credential(name: str) -> None:
    """None, as an unset variable has it, is refused like any other type."""
    create: Callable[..., httpx.Auth] = ARGUMENTS[name]

    with pytest.raises(TypeError, match=f"^{name} must be {expected(name)}, not NoneType$"):
        create(None)


@each
def test_nothing_is_logged(server: Server, caplog: pytest.LogCaptureFixture, create: Callable[[], httpx.Auth]) -> None:
    """The logs of a call that succeeds and of one that is refused, down to DEBUG, hold no secret."""
    caplog.set_level(logging.DEBUG)
    server.responses += [Response(200), Response(401)]
    with httpx.Client(auth=create()) as client:
        for _ in range(2):
            client.post(server.url, json={})

    assert "send_request_headers" in caplog.text
    assert "s3cr3t" not in caplog.text
