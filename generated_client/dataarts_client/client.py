# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""The client: where to send calls, and on whose behalf."""

from logging import NullHandler, getLogger

from dataarts_runtime.client import BaseClient
from dataarts_runtime.servers import Server, Variable, expand

__all__ = ["Client", "server_url"]


class Client(BaseClient):
    """A client of the API that dataarts_client was generated for; it has the arguments of its base class."""

    logger = getLogger("dataarts_client")
    logger.addHandler(NullHandler())  # silent until logging is set up
    user_agent = "dataarts-client/0.2.0"


_SERVERS = {
    "huawei": Server("https://dayu-dlf.{region}.myhuaweicloud.com", region=Variable("cn-north-4")),
    "huawei-eu": Server("https://dayu-dlf.{region}.myhuaweicloud.eu", region=Variable("eu-west-101")),
    "otc": Server("https://dayu-dlf.{region}.otc.t-systems.com", region=Variable("eu-de")),
}


def server_url(cloud: str, region: str | None = None) -> str:
    """Return the URL of one of the contract's servers, to make a client with.

    Args:
        cloud: Which server:
            huawei: Huawei Cloud.
            huawei-eu: Huawei Cloud Europe.
            otc: Open Telekom Cloud.
        region: The region's ID, for example cn-north-4 or ap-southeast-1. Not given: cn-north-4 (huawei),
            eu-west-101 (huawei-eu), eu-de (otc).

    Raises:
        ValueError, TypeError: There is no such server, or an argument cannot be a part of its URL.
    """
    return expand(_SERVERS, "cloud", cloud, region=region)
