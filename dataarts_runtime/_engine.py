"""The engine of a client: it attempts a call until there is a response, or none to be had.

It holds the loop and the deadline, and logs each attempt. Whether a call is attempted again, `_retry` decides; what a
failure means, `_outcome`; when a throttled call is sent, `_throttle`.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from functools import lru_cache
from logging import DEBUG, Logger
from typing import Any, NamedTuple

import httpx

from ._connections import Connections, PerLoop
from ._outcome import SAFE_METHODS, NoResponse, ReceivedResponse, outcome_of_error, outcome_of_response
from ._redact import mask_secrets, one_line, secrets_of
from ._retry import LONGEST_RETRY_AFTER, THROTTLED, may_repeat, wait_before_repeat
from ._stream import Deadline, read_body, read_body_async
from ._throttle import Throttle, Turn
from ._trace import Attempt, TracedAuth
from .schema import abridged
from .types import Unset

__all__ = ["Call", "Engine", "checked_timeout"]


class Call(NamedTuple):
    """A request of an operation, from arguments that are checked; each attempt at the call sends it."""

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    content: bytes
    named: frozenset[bytes]
    """The headers, in lower case, that the caller gave a value for."""

    @property
    def safe(self) -> bool:
        """Whether the call only reads, so that it can be repeated."""
        return self.method in SAFE_METHODS

    def __str__(self) -> str:
        """Return what a log shows: no query, which may hold what is private."""
        return f"{self.method} {self.target.partition('?')[0]}"


class Engine:
    """Sends calls over connections, each within its timeout.

    Args:
        base_url: What the target of a call is appended to.
        headers: The headers of every request; a call's own replace those of the same name.
        auth: What authenticates every attempt.
        timeout: Seconds that a call may take, attempts and pauses included.
        max_retries: How often a call is attempted again.
        connections: The connections.
        traced: Whether the transports for blocking and for asynchronous requests trace all that they write.
        logger: What attempts are logged to.
    """

    def __init__(
        self,
        *,
        base_url: str,
        headers: Sequence[tuple[bytes, bytes]],
        auth: httpx.Auth | None,
        timeout: float,
        max_retries: int,
        connections: Connections,
        traced: tuple[bool, bool],
        logger: Logger,
    ) -> None:
        self.connections = connections
        self._auth = None if auth is None else TracedAuth(auth)
        self._timeout = timeout
        self._max_retries = max_retries
        self._traced, self._traced_async = traced
        self._logger = logger
        self._throttle = Throttle()

        @lru_cache(maxsize=256)  # most calls go where others went, and parsing takes time
        def url(target: str) -> httpx.URL:
            return httpx.URL(f"{base_url}{target}")

        @lru_cache(maxsize=256)  # as above: httpx writes each name in three ways
        def merged_headers(
            of_call: tuple[tuple[bytes, bytes], ...], named: frozenset[bytes], length: int | None
        ) -> httpx.Headers:
            merged = [header for header in headers if header[0].lower() not in named]
            merged += of_call
            if length is not None:
                merged.append((b"Content-Length", b"%d" % length))
            return httpx.Headers(merged)

        self._url = url
        self._merged_headers = merged_headers

    def send(self, call: Call, timeout: float | Unset | None) -> ReceivedResponse:
        """Send a call, again if need be; return the response, or raise the ClientError that says why there is none."""
        limit = self._limit(timeout)
        ends = time.monotonic() + limit
        attempts = 0
        client = self.connections.take()
        try:
            while True:
                outcome = self._attempt(client, call, ends, limit)
                attempts += 1
                pause = self._pause(call, outcome, attempts, ends)
                if pause is None:
                    return _returned_or_raised(outcome)
                time.sleep(pause)
        finally:
            self.connections.give_back()

    async def send_async(self, call: Call, timeout: float | Unset | None) -> ReceivedResponse:
        """Do as `send` does, without blocking."""
        from asyncio import sleep  # slow to import; whoever gets here has done it

        limit = self._limit(timeout)
        ends = time.monotonic() + limit
        attempts = 0
        taken = self.connections.take_async()
        try:
            while True:
                outcome = await self._attempt_async(taken, call, ends, limit)
                attempts += 1
                pause = self._pause(call, outcome, attempts, ends)
                if pause is None:
                    return _returned_or_raised(outcome)
                await sleep(pause)
        finally:
            await self.connections.give_back_async(taken)

    def _limit(self, timeout: float | Unset | None) -> float:
        return self._timeout if timeout is None or isinstance(timeout, Unset) else checked_timeout(timeout)

    def _attempt(self, client: httpx.Client, call: Call, ends: float, limit: float) -> ReceivedResponse | NoResponse:
        attempt = Attempt(traced=self._traced, ends=ends)
        request = self._request(call, attempt)
        try:
            turn = Turn()
            while self._throttle.active and (wait := self._throttle.wait(time.monotonic(), turn, ends)):
                time.sleep(wait)
            request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), Deadline(ends))
            exchange = None if self._auth else attempt.start(request, is_operation=True, blocking=True)
            response = client.send(request, auth=self._auth, stream=True, follow_redirects=False)
            if exchange is not None:
                exchange.receive(response)
                read_body(response, exchange.body, ends)
        except Exception as error:
            if error is attempt.auth_error:
                raise
            return outcome_of_error(error, attempt, request, limit)
        finally:
            for stream in attempt.half_open():
                with suppress(Exception):  # the connection was given up; how it closes says nothing of the call
                    stream.close()
        return outcome_of_response(attempt)

    async def _attempt_async(
        self, taken: PerLoop, call: Call, ends: float, limit: float
    ) -> ReceivedResponse | NoResponse:
        from asyncio import sleep, timeout  # as above

        attempt = Attempt(traced=self._traced_async, ends=ends)
        request = self._request(call, attempt)
        try:
            async with timeout(ends - time.monotonic()), taken.slots:
                turn = Turn()
                while self._throttle.active and (wait := self._throttle.wait(time.monotonic(), turn, ends)):
                    await sleep(wait)
                request.extensions["timeout"] = {}
                exchange = None if self._auth else attempt.start(request, is_operation=True, blocking=False)
                response = await taken.client.send(request, auth=self._auth, stream=True, follow_redirects=False)
                if exchange is not None:
                    exchange.receive(response)
                    await read_body_async(response, exchange.body)
        except Exception as error:
            if error is attempt.auth_error:
                raise
            return outcome_of_error(error, attempt, request, limit)
        finally:
            for stream in attempt.half_open():
                with suppress(Exception):  # as above
                    await stream.aclose()
        return outcome_of_response(attempt)

    def _request(self, call: Call, attempt: Attempt) -> httpx.Request:
        length = len(call.content) if call.content or call.method in ("POST", "PUT", "PATCH") else None
        try:
            url = self._url(call.target)
        except httpx.InvalidURL as error:  # what it says, as "URL too long", shows no value
            raise ValueError(f"the arguments make a URL that cannot be requested: {error}") from None
        request = httpx.Request(
            call.method,
            url,
            headers=self._merged_headers(call.headers, call.named, length),
            stream=httpx.ByteStream(call.content),
            extensions={"attempt": attempt},
        )
        if self._auth is not None:
            request.read()  # so that authentication can read `request.content`, to sign it for example
        return request

    def _pause(self, call: Call, outcome: ReceivedResponse | NoResponse, attempts: int, ends: float) -> float | None:
        """Return the seconds until the next attempt, or None if there is none; tell the throttle and the log."""
        now = time.monotonic()
        throttled = isinstance(outcome, ReceivedResponse) and outcome.status == THROTTLED
        repeatable = may_repeat(outcome, safe=call.safe)
        wait = wait_before_repeat(outcome, attempts) if throttled or repeatable else 0.0
        if throttled:
            self._throttle.refused(now, min(wait, LONGEST_RETRY_AFTER))
        elif isinstance(outcome, ReceivedResponse):
            self._throttle.accepted(now)
        repeated = repeatable and attempts <= self._max_retries and wait <= LONGEST_RETRY_AFTER and now + wait < ends
        pause = wait if repeated else None
        if pause is not None or self._logger.isEnabledFor(DEBUG):
            self._log_attempt(call, outcome, attempts, pause)
        return pause

    def _log_attempt(
        self, call: Call, outcome: ReceivedResponse | NoResponse, attempts: int, pause: float | None
    ) -> None:
        """Log how an attempt ended: at WARNING if another one follows after a pause, at DEBUG if it was the last."""
        if pause is not None:
            text = "%s: %s; attempt %d of %d follows in %.2f s"
            self._logger.warning(text, call, _described(outcome), attempts + 1, self._max_retries + 1, pause)
        else:
            self._logger.debug("%s: %s; attempt %d was the last", call, _described(outcome), attempts)


def _returned_or_raised(outcome: ReceivedResponse | NoResponse) -> ReceivedResponse:
    if isinstance(outcome, NoResponse):
        raise outcome.error
    return outcome


def _described(outcome: ReceivedResponse | NoResponse) -> str:
    """Return an outcome as a log line shows it, without secrets."""
    if isinstance(outcome, NoResponse):
        return f"{type(outcome.error).__name__}: {str(outcome.error).rstrip('.')}"
    request_id = outcome.headers.get("x-request-id")
    if not request_id:
        return f"HTTP {outcome.status}"
    shown = mask_secrets(request_id, secrets_of(outcome.requests, frozenset()))
    return f"HTTP {outcome.status} [request {one_line(shown, 80)}]"


def checked_timeout(value: Any) -> float:
    """Return a timeout, checked."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"timeout: must be a number of seconds, not {type(value).__name__}")
    if not 0 < value <= threading.TIMEOUT_MAX:
        raise ValueError(f"timeout: must be a finite number of seconds above 0 ({abridged(value)})")
    return float(value)
