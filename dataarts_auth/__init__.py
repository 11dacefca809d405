"""Credentials for the DataArts family of APIs, for any httpx client.

Requests are authenticated in one of two ways (document dataartsstudio_02_0010): by a token, or by a signature made
with an access key and its secret key. Both are `httpx.Auth`, for synchronous and asynchronous clients alike::

    client = httpx.Client(auth=SignatureAuth(access_key, secret_key))

`auth_from_env` takes them from the environment. `verify_signature` and `access_key_of` are the gateway's side: what a
server needs to check a signed request.
"""

from typing import TYPE_CHECKING

from ._token import TokenAuth

if TYPE_CHECKING:
    from ._environment import auth_from_env
    from ._signature import SignatureAuth
    from ._verification import access_key_of, verify_signature
else:

    def __getattr__(name: str) -> object:
        # Loaded when asked for, so that whoever has a token does not wait for what signing takes.
        from importlib import import_module

        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_MODULES[name], __name__), name)
        return value


_MODULES = {
    "SignatureAuth": "._signature",
    "access_key_of": "._verification",
    "auth_from_env": "._environment",
    "verify_signature": "._verification",
}

__all__ = [
    "SignatureAuth",
    "TokenAuth",
    "access_key_of",
    "auth_from_env",
    "verify_signature",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
