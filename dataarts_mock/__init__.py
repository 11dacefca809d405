"""A stand-in for the service that openapi.yaml describes, for tests and for trying things out.

From the command line: `python -m dataarts_mock`. In a process of one's own: `create_app`, an ASGI application.
"""

from ._app import create_app
from ._document import DocumentError

__all__ = ["DocumentError", "create_app"]
