"""A server that keeps the requests it received, byte for byte, and sends the responses that a test prepared."""

import socketserver
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dataarts_auth import verify_signature


@dataclass(frozen=True)
class Response:
    """A response to send; without a status, the connection is closed instead."""

    status: int | None = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes = b'{"instanceId":132343}'


@dataclass(frozen=True)
class ReceivedRequest:
    """A request as it was received."""

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
        """The names of the signed headers, as its Authorization lists them."""
        return (self.header("Authorization") or "").split("SignedHeaders=")[1].split(",")[0].split(";")

    def verify(self, secret_key: str, now: datetime | None = None) -> str | None:
        """What verify_signature returns for it."""
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
class Server:
    """The server: its address, the requests that it received, and what it sends.

    `respond` says what it sends for a request. By default these are the `responses`, one after the other, and 200 when
    there are no more.
    """

    port: int
    requests: list[ReceivedRequest] = field(default_factory=list[ReceivedRequest])
    responses: list[Response] = field(default_factory=list[Response])
    respond: Callable[[ReceivedRequest], Response] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def request(self) -> ReceivedRequest:
        """The only request that it received."""
        (request,) = self.requests
        return request

    @property
    def tokens(self) -> list[str | None]:
        """The tokens of the requests that it received, in their order."""
        return [request.header("X-Auth-Token") for request in self.requests]

    def reset(self) -> None:
        """Forget all requests and responses."""
        self.requests.clear()
        self.responses.clear()
        self.respond = None


@contextmanager
def serve() -> Generator[Server]:
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
            request = ReceivedRequest(method.decode(), raw_path, query, headers, self.rfile.read(length))
            state.requests.append(request)
            if state.respond is not None:
                response = state.respond(request)
            else:
                response = state.responses.pop(0) if state.responses else Response()
            if response.status is None:
                return
            length = len(response.body)
            lines = [f"HTTP/1.1 {response.status} Status", "Connection: close", f"Content-Length: {length}"]
            lines += [f"{name}: {value}" for name, value in response.headers.items()]
            self.wfile.write("\r\n".join([*lines, "", ""]).encode() + response.body)

    class TCPServer(socketserver.ThreadingTCPServer):
        daemon_threads = True
        request_queue_size = 128

    with TCPServer(("127.0.0.1", 0), Handler) as server:
        state = Server(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield state
        finally:
            server.shutdown()
            thread.join()
