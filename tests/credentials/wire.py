"""A server that keeps what arrived, byte for byte, and answers what it was told to."""

import socketserver
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dataarts_auth import verify_signature

OK = (200, [("Content-Type", "application/json")], b'{"instanceId":132343}')


@dataclass(frozen=True)
class Arrived:
    """A request as it stood on the wire."""

    method: str
    raw_path: bytes
    query: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes

    def header(self, name: str) -> str | None:
        """The value of a header, None if there is none; a header that came twice is an error."""
        values = [value.decode() for key, value in self.headers if key.lower() == name.lower().encode()]
        assert len(values) < 2, f"{name} came {len(values)} times"
        return values[0] if values else None

    @property
    def signed_names(self) -> list[str]:
        """The names that its Authorization lists."""
        return (self.header("Authorization") or "").split("SignedHeaders=")[1].split(",")[0].split(";")

    def verify(self, secret_key: str, now: datetime | None = None) -> str | None:
        """What verify_signature says of it."""
        return verify_signature(
            self.method,
            self.raw_path,
            self.query,
            self.headers,
            self.body,
            secret_key=secret_key,
            now=now or datetime.now(UTC),
        )


@dataclass
class Wire:
    """The server: where it is, what has arrived, what it answers next."""

    port: int
    arrived: list[Arrived] = field(default_factory=list[Arrived])
    answers: list[tuple[int, list[tuple[str, str]], bytes]] = field(
        default_factory=list[tuple[int, list[tuple[str, str]], bytes]]
    )

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def last(self) -> Arrived:
        """The only request that has arrived."""
        (request,) = self.arrived
        return request


@contextmanager
def serve() -> Generator[Wire]:
    """Run the server on a free port of this machine."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            method, target, _ = self.rfile.readline().split(b" ", 2)
            headers: list[tuple[bytes, bytes]] = []
            while line := self.rfile.readline().rstrip(b"\r\n"):
                name, _, value = line.partition(b":")
                headers.append((name, value.strip(b" \t")))
            length = next((int(value) for name, value in headers if name.lower() == b"content-length"), 0)
            raw_path, _, query = target.partition(b"?")
            wire.arrived.append(Arrived(method.decode(), raw_path, query, headers, self.rfile.read(length)))
            status, answer_headers, body = wire.answers.pop(0) if wire.answers else OK
            lines = [f"HTTP/1.1 {status} Answer", "Connection: close", f"Content-Length: {len(body)}"]
            lines += [f"{name}: {value}" for name, value in answer_headers]
            self.wfile.write("\r\n".join([*lines, "", ""]).encode() + body)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        wire = Wire(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield wire
        finally:
            server.shutdown()
            thread.join()
