"""Load a server where there is no wrk: `python -m benchmarks.load URL SECONDS CONNECTIONS` prints requests a second."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from typing import ClassVar, cast
from urllib.parse import urlsplit

import httptools
import uvloop

from .example import example
from .peer import HEADERS


class Connection(asyncio.Protocol):
    """A connection that sends its next request as soon as it has the answer to the last."""

    statuses: ClassVar[Counter[int]] = Counter()

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Read what arrived."""
        self._parser.feed_data(data)

    def on_message_complete(self) -> None:
        """Count the answer, and send the next request."""
        self.statuses[self._parser.get_status_code()] += 1
        self._transport.write(self._request)


async def main(url: str, seconds: float, connections: int) -> None:
    """Load the server."""
    host = urlsplit(url)
    request_of = example()
    body = json.dumps(request_of["body"], separators=(",", ":"))
    headers = {"Host": host.netloc, "Content-Type": "application/json", "Content-Length": str(len(body)), **HEADERS}
    lines = [f"POST {request_of['path']} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", body]
    request = "\r\n".join(lines).encode()
    loop = asyncio.get_running_loop()
    start = loop.time()
    for _ in range(connections):
        await loop.create_connection(lambda: Connection(request), str(host.hostname), int(host.port or 80))
    await asyncio.sleep(seconds)
    if set(Connection.statuses) != {200}:
        sys.exit(f"bench: not every answer was 200: {dict(Connection.statuses)}")
    print(Connection.statuses[200] / (loop.time() - start))


if __name__ == "__main__":
    uvloop.run(main(sys.argv[1], float(sys.argv[2]), int(sys.argv[3])))
