"""A server of raw bytes on loopback: it answers what its script says, counts connections and records requests."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote_to_bytes


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as it came over the wire."""

    line: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    connection: int

    @property
    def method(self) -> bytes:
        """The request line's first word."""
        return self.line.split(b" ")[0]

    @property
    def raw_path(self) -> bytes:
        """The request line's target, as sent."""
        return self.line.split(b" ")[1]

    @property
    def path(self) -> str:
        """The request line's target, percent-decoded."""
        return unquote_to_bytes(self.raw_path).decode()

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value.decode("latin-1") for key, value in self.headers if key.lower() == name.lower().encode()]


class Connection:
    """One accepted connection: what an answer that is more than bytes works with."""

    def __init__(self, sock: socket.socket, number: int, closing: threading.Event) -> None:
        """Wrap the accepted socket of this number; `closing` is set when the server stops."""
        self.sock = sock
        self.number = number
        self.request: Request | None = None
        self.closing = closing

    def send(self, data: bytes) -> None:
        """Send all of it."""
        self.sock.sendall(data)

    def pause(self, seconds: float) -> None:
        """Wait, but not longer than the server lives."""
        if self.closing.wait(seconds):
            raise ConnectionAbortedError

    def hang(self) -> None:
        """Say nothing more for 20 seconds, which is longer than any timeout that is tested, and then hang up."""
        self.pause(20)

    def drip(self, data: bytes, every: float = 0.02) -> None:
        """Send a byte at a time."""
        for byte in data:
            self.send(bytes((byte,)))
            self.pause(every)

    def flood(self, data: bytes) -> None:
        """Send it again and again, until the other side has had enough."""
        while not self.closing.is_set():
            self.send(data)

    def relay(self, port: int, greeting: bytes = b"") -> None:
        """Connect to a port of this machine, say so, and hand on what comes from either side until one ends."""
        with socket.create_connection(("127.0.0.1", port), timeout=5) as far:
            self.send(greeting)
            ends = {self.sock: far, far: self.sock}
            while not self.closing.is_set():
                for end in select.select(list(ends), [], [], 0.05)[0]:
                    data = end.recv(65536)
                    if not data:
                        raise ConnectionAbortedError
                    ends[end].sendall(data)

    def end(self) -> None:
        """Send nothing more, and say so."""
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self) -> None:
        """Break the connection with a TCP reset."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


Answer = bytes | Callable[[Connection], None]


class Server:
    """Answers the first request with the script's first answer and so on; the last one serves all that follow."""

    def __init__(
        self,
        *script: Answer,
        tls: ssl.SSLContext | None = None,
        greet: Callable[[Connection], None] | None = None,
        listen: bool = True,
    ) -> None:
        """Take a free port, which refuses connections until `listen`; `greet` runs before anything is read."""
        self.script = script
        self.tls = tls
        self.greet = greet
        self.requests: list[Request] = []
        self.connections = 0
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._ready = threading.Event()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._wake, self._woken = socket.socketpair()
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        if listen:
            self.listen()

    def __enter__(self) -> Self:
        """Return the server, which needs no further start."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.close()

    def listen(self) -> None:
        """Accept connections from now on."""
        self._listener.listen(1024)
        self._start(self._accept)
        if not self._ready.wait(5):
            raise TimeoutError("the server did not start")

    def close(self) -> None:
        """Break every connection and wait for every thread."""
        self._closing.set()
        self._wake.send(b"x")
        for thread in self._threads[:1]:
            thread.join(5)
        with self._lock:
            left = list(self._open)
        for sock in left:
            with contextlib.suppress(OSError):  # the other side was faster
                sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
            if thread.is_alive():
                raise RuntimeError(f"{thread.name} does not end")
        for sock in (self._listener, self._wake, self._woken):
            sock.close()

    def _start(self, target: Callable[..., None], *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        self._ready.set()
        while True:
            readable, _, _ = select.select([self._listener, self._woken], [], [])
            if self._woken in readable:
                return
            sock, _ = self._listener.accept()
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            self._start(self._serve, sock, self.connections)

    def _serve(self, sock: socket.socket, number: int) -> None:
        with self._lock:
            self._open.add(sock)
        try:
            if self.tls:
                sock.settimeout(5)
                sock = self.tls.wrap_socket(sock, server_side=True)
                with self._lock:
                    self._open.add(sock)
            if self._closing.is_set():
                return
            connection = Connection(sock, number, self._closing)
            if self.greet:
                self.greet(connection)
            while request := self._read(sock, number):
                with self._lock:
                    connection.request = request
                    self.requests.append(request)
                    answer = self.script[min(len(self.requests), len(self.script)) - 1]
                if isinstance(answer, bytes):
                    connection.send(answer)
                    if b"connection: close" in answer[:4096].lower():
                        return
                else:
                    answer(connection)
        except (OSError, ValueError):
            pass  # the other side went away, or the server is stopping
        finally:
            with self._lock:
                self._open.discard(sock)
            sock.close()

    def _read(self, sock: socket.socket, number: int) -> Request | None:
        data = b""
        while b"\r\n\r\n" not in data:
            chunk = sock.recv(65536)
            if not chunk:
                return None
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        line, *fields = head.split(b"\r\n")
        headers = tuple((name, value.strip()) for name, _, value in (field.partition(b":") for field in fields))
        length = next((int(value) for name, value in headers if name.lower() == b"content-length"), 0)
        while len(body) < length:
            chunk = sock.recv(65536)
            if not chunk:
                return None
            body += chunk
        return Request(line, headers, body, number)
