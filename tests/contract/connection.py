"""Sends requests as the client would: throttled, it waits; a server that is unavailable for a moment is asked again."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from email.utils import parsedate_to_datetime

import httpx

from .document import Document
from .exchange import Exchange, Request, described
from .records import RECORD_OF_ALL, Outcome, Record, Records
from .target import Target

LONGEST_WAIT = 30.0
"""Seconds that are waited at most when a server says when to come back. The client waits no longer, either."""

_CLOCK_SECONDS = 3600.0
_PAUSES = (0.5, 1.0, 2.0)
_TIMES = 20
_SHORTEST = 0.05
_CHUNK = 64 * 1024
_LEFT_SECONDS = 5.0


class NoResponseError(Exception):
    """The server gave no response; the message says what happened instead."""


class NotToBeHadError(Exception):
    """There is no such request, for it would name something that is not there; the message says why."""


class Connection:
    """Sends requests to a server, and looks at what all responses have in common.

    Args:
        target: The server.
        document: The contract.
        records: Where it is noted how the server answered, and what was wrong with responses in passing.
    """

    def __init__(self, target: Target, document: Document, records: Records) -> None:
        self._target = target
        self._document = document
        self._records = records
        self._client = httpx.Client(timeout=30, trust_env=not target.own)
        self._ids: dict[str, str] = {}
        self._made: set[tuple[str, str, str]] = set()
        self._noted: set[str] = set()
        self._is_gone = False
        self.clock_difference: float | None = None
        """Seconds by which the server's clock is ahead, by the Date of its last response; None if it sent none."""
        self._statuses = document.statuses

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def send(
        self, request: Request, auth: httpx.Auth | None, *, may_repeat: Callable[[], bool] = lambda: True
    ) -> Exchange:
        """Send a request, and send it again if the server was too busy.

        Args:
            request: What to send.
            auth: Credentials; None for none at all.
            may_repeat: Whether the request may be sent again although the server may have carried it out.

        Raises:
            NoResponseError: There is no response.
        """
        pauses = iter(_PAUSES)
        for turn in range(_TIMES):
            exchange = self.once(request, auth, may_repeat)
            self._note(exchange)
            if exchange.status == 429:
                # A server may say 0; to ask it over and over at once would be no use.
                pause = max(_retry_after(exchange), min(1.0, _SHORTEST * 2**turn))
                if pause > LONGEST_WAIT:
                    break
                self._records.throttled += 1
            elif exchange.status == 503 and (pause := next(pauses, 0.0)) and may_repeat():
                pass
            else:
                break
            self._records.waited += pause
            time.sleep(pause)
        return exchange

    def once(
        self, request: Request, auth: httpx.Auth | None, may_repeat: Callable[[], bool] = lambda: True
    ) -> Exchange:
        """Send a request, however busy the server is.

        Raises:
            NoResponseError: There is no response.
            NotToBeHadError: The credentials cannot be given to it.
        """
        exchange = self._sent(request, auth, may_repeat)
        operation, status = request.operation, exchange.status
        self._records.responses[operation.id, status, str(exchange.code or "")] += 1
        if date := exchange.response.headers.get("date"):
            with suppress(ValueError):
                difference = parsedate_to_datetime(date).timestamp() - time.time()
                # A Date that is further off tells no clock, but was put there once, by a cache for example.
                self.clock_difference = difference if abs(difference) <= _CLOCK_SECONDS else None
        response = operation.response(status) or self._document.outside.get(status)
        for name in response.headers if response else ():
            if name in exchange.response.headers:
                self._records.headers[operation.id, status, name] += 1
        return exchange

    def _sent(self, request: Request, auth: httpx.Auth | None, may_repeat: Callable[[], bool]) -> Exchange:
        try:
            return Exchange(request, self._client.send(self._built(request), auth=auth), self._target)
        except ValueError as error:  # The credentials cannot authenticate it: a signature takes no body of any size.
            raise NotToBeHadError(str(error)) from None
        except httpx.ConnectError as error:
            # It was there before: it may be starting again, and is not to be accused of a request that it never had.
            if not self._is_back():
                raise NoResponseError(f"{type(error).__name__}: {error}") from None
        except httpx.RemoteProtocolError as error:
            # The server may have closed a connection that was idle; on a new one it must answer.
            if not may_repeat():
                raise NoResponseError(f"{type(error).__name__}: {error}") from None
        except httpx.HTTPError as error:
            raise NoResponseError(f"{type(error).__name__}: {error}") from None
        try:
            self._client.close()
            self._client = httpx.Client(timeout=30, trust_env=not self._target.own)
            return Exchange(request, self._client.send(self._built(request), auth=auth), self._target)
        except httpx.HTTPError as error:
            raise NoResponseError(f"{type(error).__name__}: {error}") from None

    def _is_back(self) -> bool:
        """Wait until a server that was there accepts connections again; return whether it does."""
        if self._target.own or self._is_gone:
            return False
        base = httpx.URL(self._target.base_url)
        port = base.port or {"http": 80, "https": 443}[base.scheme]
        end = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < end:
            time.sleep(0.2)
            with suppress(OSError), socket.create_connection((base.host, port), timeout=LONGEST_WAIT):
                return True
        self._is_gone = True  # It is not waited for again.
        return False

    def bare(self, request: Request, auth: httpx.Auth) -> tuple[int, bytes]:
        """Send a request as it is, its method too, and return the status and all that follows the response's head.

        Raises:
            NotToBeHadError: The server cannot be reached so.
        """
        url = httpx.URL(self._target.base_url)
        ready = next(auth.sync_auth_flow(self._built(request)))
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.host, url.port, timeout=_LEFT_SECONDS)
        with closing(connection):
            try:
                connection.putrequest(request.verb, ready.extensions["target"].decode(), skip_host=True)
                for name, value in ready.headers.raw:
                    if name.lower() not in (b"connection", b"accept-encoding"):
                        connection.putheader(name.decode(), value)
                connection.putheader("Connection", "close")
                connection.endheaders(request.content or None)
                response = connection.getresponse()
                while response.status // 100 == 1:  # http.client itself goes on after a 100 only
                    response.headers = None  # type: ignore[assignment]  # so that it reads the next head
                    response.begin()
            except (OSError, http.client.HTTPException) as error:
                raise NotToBeHadError(f"{request.verb} had no response: {error}") from None
            follows = b""
            with suppress(OSError):
                while chunk := response.fp.read1(_CHUNK):
                    follows += chunk
        return response.status, follows

    def _built(self, request: Request) -> httpx.Request:
        base = httpx.URL(self._target.base_url)
        headers = [(name.encode(), value.encode()) for name, value in request.headers.items()]
        if request.chunked:
            headers += [(b"Host", base.netloc), (b"Transfer-Encoding", b"chunked")]
        built = httpx.Request(
            request.verb,
            base,
            headers=headers,
            stream=_Chunks(request.content) if request.chunked else None,
            content=None if request.chunked else request.content,
            extensions={
                "target": base.raw_path.rstrip(b"/") + request.raw_target.encode("utf-8", "surrogatepass"),
                "timeout": httpx.Timeout(30).as_dict(),
            },
        )
        if request.chunked:
            built.read()
        return built

    def _note(self, exchange: Exchange) -> None:
        """Hold a response to what all responses have in common."""
        operation, status = exchange.request.operation, exchange.status
        is_plain = exchange.request.verb == operation.method and not exchange.request.target
        if (status in (429, 503) or (status < 300 and is_plain)) and (fault := described(self._document, exchange)):
            self._wrong(exchange, f"response {status}", fault)
        statuses = self._statuses.get(exchange.code) if status >= 400 and isinstance(exchange.code, str) else None
        if statuses and status not in statuses:
            wanted = " or ".join(map(str, sorted(statuses)))
            self._wrong(exchange, f"error_code {exchange.code}", f"it comes with {status}, not with {wanted}")
        request_id = exchange.response.headers.get("x-request-id")
        if request_id:
            if request_id in self._ids:
                self._wrong(exchange, "header X-Request-Id", "the ID of a request was given to another one, too")
            self._ids[request_id] = operation.id
        if status < 300 and not operation.is_safe:
            self._note_made(exchange)

    def _note_made(self, exchange: Exchange) -> None:
        """Note what a response says was made: what a link leads to is new each time."""
        operation = exchange.request.operation
        pointers = {
            expression.partition("#")[2]
            for link in operation.success.links
            for expression in link.parameters.values()
            if isinstance(expression, str) and expression.startswith("$response.body#")
        }
        for pointer in pointers:
            with suppress(LookupError):
                made = json.dumps(pointed_at(exchange.body, pointer))
                if (operation.id, pointer, made) in self._made:
                    name = pointer.rpartition("/")[2]
                    self._wrong(exchange, f"response {exchange.status}", f"a second one has the same {name}")
                self._made.add((operation.id, pointer, made))

    def _wrong(self, exchange: Exchange, place: str, fault: str) -> None:
        """Record what is wrong with a response, each fault once."""
        if fault in self._noted:
            return
        self._noted.add(fault)
        request = exchange.request
        tried = f"{request.verb} {request.raw_target}"
        title = f"{request.operation.id}, {place}: {fault}; the response to {tried} was {exchange.said}"
        self._records.cases.append(
            Record(
                "contract",
                request.operation.id,
                place,
                RECORD_OF_ALL,
                tried,
                True,
                Outcome.FAILED,
                fault,
                exchange.told(title),
            )
        )


class _Chunks(httpx.ByteStream):
    """A body that goes in chunks."""

    def __init__(self, content: bytes) -> None:
        super().__init__(content)
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        for start in range(0, len(self._content), _CHUNK):
            yield self._content[start : start + _CHUNK]


def _retry_after(exchange: Exchange) -> float:
    text = exchange.response.headers.get("retry-after", "")
    try:
        return float(text)
    except ValueError:
        return 1.0


def pointed_at(value: object, pointer: str) -> object:
    """Return what a JSON pointer names in a value.

    Raises:
        LookupError: There is nothing.
    """
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            value = value[key]
        elif isinstance(value, list) and key.isdecimal():
            value = value[int(key)]
        else:
            raise LookupError(f"nothing at {pointer} of {json.dumps(value)[:60]}")
    return value
