"""Credentials from the environment."""

import os

from ._secrets import check_credential, hide_locals
from ._signature import SignatureAuth, check_access_key
from ._token import TokenAuth

# OpenStack tools read the first; the official SDKs read the others.
_TOKEN = "OS_TOKEN"
_ACCESS_KEY = "HUAWEICLOUD_SDK_AK"
_SECRET_KEY = "HUAWEICLOUD_SDK_SK"
_SECURITY_TOKEN = "HUAWEICLOUD_SDK_SECURITY_TOKEN"
_PROJECT_ID = "HUAWEICLOUD_SDK_PROJECT_ID"
_VARIABLES = (_TOKEN, _ACCESS_KEY, _SECRET_KEY, _SECURITY_TOKEN, _PROJECT_ID)


@hide_locals
def auth_from_env() -> TokenAuth | SignatureAuth:
    """Return the credentials that the environment variables hold.

    These are either `OS_TOKEN`, a token, or `HUAWEICLOUD_SDK_AK` and `HUAWEICLOUD_SDK_SK`, an access key and its secret
    key. With a key pair, `HUAWEICLOUD_SDK_SECURITY_TOKEN` (for temporary keys) and `HUAWEICLOUD_SDK_PROJECT_ID` are
    used too, if set; with a token, the project ID is ignored. A variable that is empty counts as not set.

    A token from the environment cannot be renewed, and is valid for 24 hours. A program that runs longer needs a key
    pair, or a `TokenAuth` with a callable.

    Raises:
        ValueError: There are no credentials, half a set or two sets of them; or a value cannot be carried by an HTTP
            header. The message names the variables, and never shows a value.
    """
    values = {name: value for name in _VARIABLES if (value := os.environ.get(name))}
    key_set = [name for name in (_ACCESS_KEY, _SECRET_KEY, _SECURITY_TOKEN) if name in values]
    if not key_set:
        if _TOKEN not in values:
            raise ValueError(f"no credentials in the environment: set {_TOKEN}, or {_ACCESS_KEY} and {_SECRET_KEY}")
        return TokenAuth(check_credential(_TOKEN, values[_TOKEN]))
    if _TOKEN in values:
        raise ValueError(
            f"two sets of credentials in the environment: {_TOKEN}, and {' and '.join(key_set)}: unset one of them"
        )
    missing = [name for name in (_ACCESS_KEY, _SECRET_KEY) if name not in values]
    if missing:
        raise ValueError(
            "half a set of credentials in the environment: "
            f"{' and '.join(missing)} missing beside {' and '.join(key_set)}"
        )
    for name, value in values.items():
        (check_access_key if name == _ACCESS_KEY else check_credential)(name, value)
    return SignatureAuth(
        values[_ACCESS_KEY],
        values[_SECRET_KEY],
        security_token=values.get(_SECURITY_TOKEN),
        project_id=values.get(_PROJECT_ID),
    )
