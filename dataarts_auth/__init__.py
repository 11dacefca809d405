"""Credentials for the DataArts family of APIs, for any httpx client.

A request is authenticated by a token (`TokenAuth`), or by a signature made with an access key and its secret key
(`SignatureAuth`); see document dataartsstudio_02_0010. Both classes are `httpx.Auth`, for synchronous and asynchronous
clients::

    client = httpx.Client(auth=SignatureAuth(access_key, secret_key))

`auth_from_env` reads the credentials from environment variables. `verify_signature` and `access_key_of` are for
servers: they check a signed request as the gateway does.
"""

from typing import TYPE_CHECKING

from ._token import TokenAuth

if TYPE_CHECKING:
    from ._environment import auth_from_env
    from ._signature import SignatureAuth
    from ._verification import access_key_of, verify_signature
else:

    def __getattr__(name: str) -> object:
        # Loaded on first use, so that a program that uses a token does not wait for the modules that sign.
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
