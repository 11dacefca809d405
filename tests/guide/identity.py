"""An identity service that gives the mock's token to whoever logs in as the guide does."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.serving import serving


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        """Issue a token."""
        login = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        identity = login["auth"]["identity"]
        allowed = self.path == "/v3/auth/tokens" and identity["methods"] == ["password"]
        allowed = allowed and {"name", "password", "domain"} <= identity["password"]["user"].keys()
        allowed = allowed and bool(login["auth"]["scope"]["project"]["id"])
        self.send_response(201 if allowed else 401)
        if allowed:
            self.send_header("X-Subject-Token", "mock-token")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *arguments: Any) -> None:
        """Print nothing."""


def identity_service() -> AbstractContextManager[str]:
    """Serve while the block runs, and give the URL."""
    return serving(_Handler)
