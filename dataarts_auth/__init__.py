"""Credentials for the DataArts family of APIs, for any httpx client.

Requests are authenticated in one of two ways (document dataartsstudio_02_0010): by a token, or by a signature made
with an access key and its secret key. Both are `httpx.Auth`, for synchronous and asynchronous clients alike::

    client = httpx.Client(auth=SignatureAuth(access_key, secret_key))

`auth_from_env` takes them from the environment. `verify_signature` and `access_key_of` are the gateway's side: what a
server needs to check a signed request.
"""

from ._environment import auth_from_env
from ._signature import SignatureAuth
from ._token import TokenAuth
from ._verification import access_key_of, verify_signature

__all__ = [
    "SignatureAuth",
    "TokenAuth",
    "access_key_of",
    "auth_from_env",
    "verify_signature",
]
