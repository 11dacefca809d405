"""Does auth_from_env find the credentials, and say what stands in its way?"""

import re
from datetime import UTC, datetime
from itertools import product

import httpx
import pytest

from dataarts_auth import access_key_of, auth_from_env, verify_signature

VALUES = {
    "OS_TOKEN": "the-token",
    "HUAWEICLOUD_SDK_AK": "the-access-key",
    "HUAWEICLOUD_SDK_SK": "the-secret-key",
    "HUAWEICLOUD_SDK_SECURITY_TOKEN": "the-security-token",
    "HUAWEICLOUD_SDK_PROJECT_ID": "the-project-id",
}
TOKEN, ACCESS_KEY, SECRET_KEY, SECURITY_TOKEN, PROJECT_ID = VALUES


def set_only(monkeypatch: pytest.MonkeyPatch, values: dict[str, str]) -> None:
    """Leave these variables set, and no other of ours."""
    for name in VALUES:
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def sent_by(auth: httpx.Auth) -> dict[str, str]:
    """The credentials that go over the server, by the variable they come from."""
    headers = next(auth.sync_auth_flow(httpx.Request("GET", "https://host/"))).headers
    sent = {
        TOKEN: headers.get("X-Auth-Token"),
        ACCESS_KEY: access_key_of(headers.get("Authorization", "")),
        SECURITY_TOKEN: headers.get("X-Security-Token"),
        PROJECT_ID: headers.get("X-Project-Id"),
    }
    return {name: value for name, value in sent.items() if value is not None}


@pytest.mark.parametrize("states", list(product(["set", "empty", "missing"], repeat=5)), ids="-".join)
def test_every_combination(monkeypatch: pytest.MonkeyPatch, states: tuple[str, ...]) -> None:
    """In every combination of set, empty and missing variables there is one set of credentials, or a telling error."""
    state = dict(zip(VALUES, states, strict=True))
    there = {name for name in VALUES if state[name] == "set"}
    empty = {name for name in VALUES if state[name] == "empty"}
    set_only(monkeypatch, {name: VALUES[name] for name in there} | dict.fromkeys(empty, ""))
    key_set = there & {ACCESS_KEY, SECRET_KEY, SECURITY_TOKEN}

    if TOKEN in there and not key_set:
        assert sent_by(auth_from_env()) == {TOKEN: "the-token"}
    elif TOKEN not in there and {ACCESS_KEY, SECRET_KEY} <= key_set:
        assert sent_by(auth_from_env()) == {name: VALUES[name] for name in there - {SECRET_KEY}}
    else:
        with pytest.raises(ValueError, match="credentials in the environment") as error:
            auth_from_env()
        message = str(error.value)
        if TOKEN in there:
            kind, named = "two sets", {TOKEN} | key_set
        elif key_set:
            kind, named = "half a set", {ACCESS_KEY, SECRET_KEY} | key_set
            missing = message.split(": ")[1].split(" missing")[0]
            assert set(re.findall("[A-Z_]{5,}", missing)) == {ACCESS_KEY, SECRET_KEY} - key_set
        else:
            kind, named = "no credentials", {TOKEN, ACCESS_KEY, SECRET_KEY}
        assert message.startswith(kind)
        assert set(re.findall("[A-Z_]{5,}", message)) == named
        assert not any(value in message for value in VALUES.values())


@pytest.mark.parametrize("value", [" ", " secret", "secret\n", "sec\nret", "sec\tret", "sécret", "\udcffsecret"])
@pytest.mark.parametrize("name", VALUES)
def test_values_no_header_can_carry(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    """A value that no HTTP header can carry is refused by the name of its variable, and never shown."""
    others = [] if name == TOKEN else [ACCESS_KEY, SECRET_KEY, SECURITY_TOKEN, PROJECT_ID]
    set_only(monkeypatch, {other: VALUES[other] for other in others} | {name: value})

    with pytest.raises(ValueError, match=f"^{name} has ") as error:
        auth_from_env()

    assert "cret" not in str(error.value)
    assert error.value.__context__ is None


def test_access_keys_the_header_cannot_carry(monkeypatch: pytest.MonkeyPatch) -> None:
    """A comma in the access key is refused by the name of its variable."""
    set_only(monkeypatch, {ACCESS_KEY: "the,key", SECRET_KEY: "the-secret-key"})

    with pytest.raises(ValueError, match=r"^HUAWEICLOUD_SDK_AK has a space or a comma") as error:
        auth_from_env()

    assert "the,key" not in str(error.value)


def test_a_project_id_beside_a_token_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A project ID that no header can carry does not matter where a token is used."""
    set_only(monkeypatch, {TOKEN: "the-token", PROJECT_ID: "bad\n"})

    assert sent_by(auth_from_env()) == {TOKEN: "the-token"}


def test_signs_with_the_secret_key_it_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signature is made with the secret key of the environment."""
    set_only(monkeypatch, {ACCESS_KEY: "the-access-key", SECRET_KEY: "the-secret-key"})
    signed = next(auth_from_env().sync_auth_flow(httpx.Request("GET", "https://host/")))

    def verify(secret_key: str) -> str | None:
        return verify_signature("GET", "/", "", signed.headers.raw, b"", secret_key=secret_key, now=datetime.now(UTC))

    assert verify("the-secret-key") is None
    assert verify("the-access-key") is not None
