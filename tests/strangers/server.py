"""An HTTP/1.1 server of the API on plain sockets, written from the document alone.

`python -m tests.strangers.server --port 0 --mode one-job --fault NAME --variant NAME` prints its URL.
"""

from __future__ import annotations

import argparse
import re
import select
import socketserver
import time
from collections.abc import Callable
from dataclasses import replace
from io import BufferedIOBase

from tests.strangers.faults import FAULTS
from tests.strangers.kinds import narrowed
from tests.strangers.messages import RESTART, STOP, Limits, RefusalError, Request, Response, Switches, operation_of
from tests.strangers.service import MODES, Service
from tests.strangers.variants import VARIANTS

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LINE_MAX = 65536
_DRAIN_MAX = 64 * 1024 * 1024
_REASONS = {
    200: "OK",
    204: "No Content",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    409: "Conflict",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
}


def make_service(mode: str = "one-job", fault: str = "", variant: str = "", clock: object = time.time) -> Service:
    """Returns a service with a fault and a variant, each by its name; empty is none."""
    limits, edits, scope = Limits(), [], ""
    for table, name in ((FAULTS, fault), (VARIANTS, variant)):
        if not name:
            continue
        chosen = table[name]
        if chosen.like:
            fault, scope = chosen.like, chosen.operation
            chosen = table[fault]
            if chosen.edit is not None:
                chosen = replace(chosen, edit=narrowed(chosen.edit, scope))
        for limit, value in chosen.limits.items():
            setattr(limits, limit, value)
        if chosen.edit is not None:
            edits.append(chosen.edit)
    if not callable(clock):
        raise TypeError(clock)
    return Service(mode, Switches(fault, variant, limits, scope), tuple(edits), clock)


class Connection:
    """One connection of a client.

    Args:
        service: What answers the requests.
        reader: The stream of what the client sends.
        writer: The stream of what the server sends.
        is_idle: Waits a moment, and returns whether nothing came.
    """

    def __init__(
        self,
        service: Service,
        reader: BufferedIOBase,
        writer: BufferedIOBase,
        is_idle: Callable[[], bool] = lambda: True,
    ) -> None:
        self._is_idle = is_idle
        self._service, self._reader, self._writer = service, reader, writer
        self._sw = service.sw
        self._answered = 0
        self._unread = 0

    def serve(self) -> None:
        """Answers requests until one of the two sides closes the connection."""
        while self._serve_one():
            pass

    def _serve_one(self) -> bool:
        if self._answered and self._sw.on("closes-unannounced") and self._is_idle():
            return False
        line = self._reader.readline(_LINE_MAX)
        if not line:
            return False
        keep = False
        request = Request("", "", [])
        try:
            request, version = self._read_head(line)
            connection = (request.header("connection") or "").lower()
            keep = version == "HTTP/1.1" and "close" not in connection
            self._read_body(request)
            response = self._service.respond(request)
        except RefusalError as refusal:
            keep = False
            response = self._service.refuse(refusal)
            response.set_header("X-Request-Id", self._service.identify())
            response.close = True
        except (ValueError, EOFError, OSError):
            return False
        self._answered += 1
        keep = keep and not response.close and not self._sw.on("connection-close", "until-close", "http-1-0")
        if self._sw.on("errors-close") and response.status >= 400:
            keep = False
        if self._sw.on("closes-after-three") and self._answered == 3:
            keep = False
        if response.status == 413 and self._sw.on("413-silent"):
            return False
        self._write(request, response, keep)
        if self._unread:
            self._reader.read(self._unread)
        return keep

    def _read_head(self, line: bytes) -> tuple[Request, str]:
        words = line.decode("latin-1").rstrip("\r\n").split(" ")
        if len(words) != 3 or words[2] not in ("HTTP/1.1", "HTTP/1.0") or not _TOKEN.fullmatch(words[0]):
            raise RefusalError("unreadable")
        headers: list[tuple[str, str]] = []
        while (field := self._reader.readline(_LINE_MAX)) not in (b"\r\n", b"\n"):
            if not field:
                raise EOFError
            name, colon, value = field.decode("utf-8", "replace").partition(":")
            if not colon or not _TOKEN.fullmatch(name):
                raise RefusalError("unreadable")
            headers.append((name.lower(), value.strip(" \t\r\n")))
        request = Request(words[0], words[1], headers)
        if self._sw.on("header-names-case-sensitive"):
            request.headers = [(key.lower() if key != "workspace" else "x", value) for key, value in headers]
        if request.header("host") is None and words[2] == "HTTP/1.1":
            raise RefusalError("unreadable")
        if self._sw.on("target-too-long") and len(request.target) > 8000:
            raise RefusalError("target-too-long")
        if self._sw.on("headers-too-large") and sum(len(key) + len(value) + 4 for key, value in headers) > 8192:
            raise RefusalError("headers-too-large")
        if not request.target.startswith("/"):
            request.target = "/" + request.target.partition("://")[2].partition("/")[2]
        return request, words[2]

    def _read_body(self, request: Request) -> None:
        sw = self._sw
        encoding, sent = request.header("transfer-encoding"), request.header("content-length")
        asked = operation_of(request.path)
        limit = sw.limits_of(asked).body_max
        if (sw.on("restart-body-unlimited") and asked == RESTART) or (sw.on("stop-body-unlimited") and asked == STOP):
            limit = _DRAIN_MAX
        if encoding is not None and (encoding.lower() != "chunked" or sent is not None):
            raise RefusalError("unreadable")
        if sent is not None and not re.fullmatch("[0-9]+", sent):
            raise RefusalError("unreadable")
        if encoding is not None and sw.on("length-required"):
            self._chunks(request, _DRAIN_MAX)
            raise RefusalError("length-required")
        if encoding is not None and sw.on("chunked-refused"):
            raise RefusalError("unreadable")
        size = int(sent or 0)
        if sent is not None and size > limit:
            request.oversized = True
            if request.header("expect") or size > _DRAIN_MAX or sw.on("size-first"):
                self._unread = 0 if request.header("expect") else size
                raise RefusalError("too-large")
        if (request.header("expect") or "").lower() == "100-continue":
            if sw.on("expect-refused"):
                raise RefusalError("unreadable")
            if sw.on("expectation-failed"):
                raise RefusalError("expectation-failed")
            self._writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._writer.flush()
        if encoding is None:
            body = self._exactly(size)
        else:
            request.chunked = True
            body = self._chunks(request, _DRAIN_MAX)
            request.oversized = len(body) > limit and not sw.on("chunked-unlimited")
            if sw.on("chunked-as-empty"):
                body = b""
            if sw.on("chunked-first-only"):
                body = body[:4]
        request.body = b"" if request.oversized else body

    def _exactly(self, size: int) -> bytes:
        body = self._reader.read(size)
        if len(body) < size:
            raise EOFError
        return body

    def _chunks(self, request: Request, limit: int) -> bytes:
        pieces: list[bytes] = []
        total = 0
        while True:
            line = self._reader.readline(_LINE_MAX)
            digits = line.partition(b";")[0].strip()
            if not re.fullmatch(b"[0-9A-Fa-f]+", digits):
                raise RefusalError("unreadable")
            size = int(digits, 16)
            total += size
            if total > limit:
                raise RefusalError("too-large")
            if size == 0:
                while self._reader.readline(_LINE_MAX) not in (b"\r\n", b"\n", b""):
                    pass
                return b"".join(pieces)
            pieces.append(self._exactly(size))
            if self._reader.readline(_LINE_MAX) not in (b"\r\n", b"\n"):
                raise RefusalError("unreadable")

    def _write(self, request: Request, response: Response, keep: bool) -> None:
        sw = self._sw
        if sw.on("slow"):
            time.sleep(0.05)
        body = response.payload()
        headers = list(response.headers)
        ways = ("chunked-responses", "trailers", "chunk-extensions", "one-byte-chunks")
        chunked = sw.on(*ways) and response.status != 204 and request.method != "HEAD"
        if chunked:
            headers.append(("Transfer-Encoding", "chunked"))
        elif (response.status != 204 or body) and not (sw.on("until-close") and request.method != "HEAD"):
            headers.append(("Content-Length", str(len(body) + response.length_offset)))
        if not (keep and sw.on("no-connection-header")):
            headers.append(("Connection", "keep-alive" if keep else "close"))
        if chunked and sw.on("trailers"):
            headers.append(("Trailer", "X-Checksum, X-Elapsed"))
        if sw.on("lower-case-headers"):
            headers = [(name.lower(), value) for name, value in headers]
        if sw.on("upper-case-headers"):
            headers = [(name.upper(), value) for name, value in headers]
        reason = "" if sw.on("no-reason-phrase") else _REASONS.get(response.status, "Unknown")
        if sw.on("odd-reason-phrase"):
            reason = "\t200 \xe9\xff: HTTP/1.1 "
        version = "HTTP/1.0" if sw.on("http-1-0", "http-1-0-keep-alive") else "HTTP/1.1"
        colon = ":" if sw.on("no-space-after-colon") else ": "
        if sw.on("tabs-around-values"):
            headers = [(name, f"\t \t{value} \t ") for name, value in headers]
        head = [f"{version} {response.status} {reason}", *(f"{name}{colon}{value}" for name, value in headers), "", ""]
        if request.method == "HEAD" and not sw.on("head-with-body"):
            body = b""
        if chunked:
            body = self._in_chunks(body)
        self._send(self._interim() + "\r\n".join(head).encode("latin-1") + body)

    def _in_chunks(self, body: bytes) -> bytes:
        sw = self._sw
        size = 1 if sw.on("one-byte-chunks") else max(len(body) // 2, 1)
        parts = [body[start : start + size] for start in range(0, len(body), size)]
        form, end = b"%x\r\n%s\r\n", b"0\r\n"
        if sw.on("chunk-extensions"):
            form, end = b'000%X;a=b ; c="d;\\"e"\r\n%s\r\n', b"000;last\r\n"
        if sw.on("trailers"):
            end += b"X-Checksum: 1a2b\r\nX-Elapsed: 12\r\n"
        return b"".join(form % (len(part), part) for part in parts) + end + b"\r\n"

    def _interim(self) -> bytes:
        """Returns the responses that come before the final one."""
        sw = self._sw
        if sw.on("continue-twice"):
            return b"HTTP/1.1 100 Continue\r\n\r\n"
        if sw.on("processing"):
            return b"HTTP/1.1 102 Processing\r\n\r\n"
        if sw.on("early-hints"):
            return b"HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n"
        return b""

    def _send(self, sent: bytes) -> None:
        size = 5 if self._sw.on("in-pieces") else len(sent)
        for start in range(0, len(sent), size):
            self._writer.write(sent[start : start + size])
            self._writer.flush()


class Server(socketserver.ThreadingTCPServer):
    """Serves a service on a port of the loopback interface.

    Args:
        service: What answers the requests.
        port: The port; 0 is any that is free.
    """

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, service: Service, port: int = 0) -> None:
        self.service = service
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def url(self) -> str:
        """The server's base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(socketserver.StreamRequestHandler):
    disable_nagle_algorithm = True
    wbufsize = -1

    def handle(self) -> None:
        server = self.server
        if not isinstance(server, Server):
            raise TypeError(server)
        try:
            Connection(server.service, self.rfile, self.wfile, self._is_idle).serve()
        except ConnectionError:
            return

    def _is_idle(self) -> bool:
        """Whether nothing comes for a twentieth of a second."""
        return not select.select([self.connection], [], [], 0.05)[0]

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            return


def main() -> None:
    """Starts a server from the command line, and prints its URL."""
    parser = argparse.ArgumentParser(description="A server of the API with faults that are switched on by name.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--mode", choices=MODES, default="one-job")
    parser.add_argument("--fault", choices=FAULTS, default="", metavar="NAME")
    parser.add_argument("--variant", choices=VARIANTS, default="", metavar="NAME")
    options = parser.parse_args()
    with Server(make_service(options.mode, options.fault, options.variant), options.port) as server:
        print(server.url, flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
