"""The reference page at `/docs`: the contract in Swagger UI, ready to be tried out against the mock itself."""

from __future__ import annotations

import json

from starlette.applications import Starlette
from starlette.routing import BaseRoute
from swagger_ui import api_doc  # type: ignore[import-untyped] # It has no types.

from ._service import Service

PATH = "/docs"


def docs_routes(service: Service) -> list[BaseRoute]:
    """Make the page's routes: the page, the document it shows, and its assets, all from here.

    The page shows the limits of parameters, has the mock's token filled in, and sends what is tried out to the server
    that it came from.
    """
    document = service.document
    tokens = [
        scheme.name
        for operation in document.operations
        for alternative in operation.security
        for scheme in alternative
        if not scheme.is_signature
    ]
    calls = [
        f"window.ui.preauthorizeApiKey({_script(name)}, {_script(service.token)})" for name in dict.fromkeys(tokens)
    ]
    app = Starlette()
    api_doc(
        app,
        config={**document.root, "servers": [{"url": "/", "description": "This mock."}]},
        url_prefix=PATH,
        title=document.root["info"]["title"],
        host_inject=False,
        parameters={
            "docExpansion": '"full"',  # The operations unfolded.
            "layout": '"BaseLayout"',  # Without the bar that loads other documents.
            "showCommonExtensions": "true",
            "showExtensions": "false",
            "tryItOutEnabled": "true",
            "validatorUrl": "null",
            "onComplete": f"() => {{ {'; '.join(calls)} }}",
        },
    )
    return list(app.routes)


def _script(text: str) -> str:
    """Write a string for a script within a page."""
    return json.dumps(text).replace("<", "\\u003c").replace("&", "\\u0026")
