"""What belongs to a connection: the request that is on it, the writer of responses, and what connections share."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from email.utils import formatdate
from typing import Protocol

from uvicorn.server import ServerState

from ._clock import SECOND, Clock

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Connection(Protocol):
    """The part of a connection that is used here."""

    transport: asyncio.Transport
    writer: Writer

    def close(self) -> None:
        """Close the connection once the client has stopped sending."""


class Message:
    """One request on its connection.

    Args:
        connection: The connection.

    Attributes:
        arrived: Whether it has arrived to its end.
        malformed: Which rule of HTTP it breaks; empty if none.
    """

    __slots__ = ("arrived", "connection", "malformed")

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.arrived = False
        self.malformed = ""

    def reset(self) -> None:
        """Reset the connection; what has not been sent is lost."""
        transport = self.connection.transport
        if (sock := transport.get_extra_info("socket")) is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        transport.abort()

    def finish(self) -> None:
        """Close the connection once all that was written has been sent."""
        self.connection.writer.flush()
        self.connection.transport.close()


class Writer:
    """Writes responses to the transport; the head of a response is written together with the first part of its body."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._transport = connection.transport
        self._head = b""
        self.is_closing = self._transport.is_closing

    def write(self, data: bytes) -> None:
        """Write a part of a response; its head is kept until the next part comes."""
        if self._head:
            self._transport.write(self._head + data)
            self._head = b""
        elif data.startswith(b"HTTP/1.1 ") and not data.startswith(b"HTTP/1.1 100 "):
            self._head = data
        else:
            self._transport.write(data)

    def flush(self) -> None:
        """Write what is kept."""
        if self._head:
            self.write(b"")

    def close(self) -> None:
        """Write what is kept, and close the connection."""
        self.flush()
        self._connection.close()


class MockServerState(ServerState):
    """What connections share.

    Args:
        clock: Tells the time for the header Date.
    """

    is_ending = False
    """Whether the server is stopping; then new connections are closed too."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._second = -1
        self._date = ""
        super().__init__()

    def date(self) -> str:
        """Return the header Date of a response: by the mock's clock and not by the machine's, as uvicorn has it."""
        second = self._clock.now() // SECOND
        if second != self._second:
            self._second = second
            self._date = formatdate(second, usegmt=True)
        return self._date

    @property
    def default_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers of every response: the date."""
        return [(b"date", self.date().encode())]

    @default_headers.setter
    def default_headers(self, headers: list[tuple[bytes, bytes]]) -> None:
        """Pass over what uvicorn sets each second."""


def has_unread(transport: asyncio.Transport) -> bool:
    """Return whether the socket has received something that the event loop has not read yet."""
    sock = transport.get_extra_info("socket")
    try:
        with socket.socket(fileno=os.dup(sock.fileno())) as copy:
            return bool(copy.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT))
    except OSError:
        return False
