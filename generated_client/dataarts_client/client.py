# Generated from openapi.yaml by openapi-python-client; do not edit. Edit openapi.yaml or generator-templates/, then run `make generate`.
"""The client: where to send calls, and on whose behalf."""

from logging import NullHandler, getLogger

from dataarts_runtime.client import BaseClient

__all__ = ["Client"]


class Client(BaseClient):
    """A client of the API that dataarts_client was generated for; it has the arguments of its base class."""

    logger = getLogger("dataarts_client")
    logger.addHandler(NullHandler())  # silent until logging is set up
    user_agent = "dataarts-client/0.1.0"
