"""Tokens that a callable returns."""

import threading
from collections.abc import Awaitable, Callable, Generator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from inspect import iscoroutine, iscoroutinefunction
from typing import TYPE_CHECKING, cast

from ._token import Token

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Coroutine

_RETURNED = "the token that the callable returned"

# Ends when a call of the callable ends. Its result is the exception that the callable raised, or None: asyncio would
# replace some exceptions by others if they were set as the future's exception.
Outcome = Future[BaseException | None]

# The future that the callable's call will end: whatever runs inside that call must not wait for it.
_current: ContextVar[Outcome | None] = ContextVar("dataarts_auth_current", default=None)


class RenewableToken:
    """A token that a callable returns: kept once it is there, and replaced once it was refused.

    Of all the threads and tasks that need a new token, the first calls the callable, and the others wait for a future.
    If the callable raised an exception, it is theirs too. Otherwise they look at the token again: it is the new one, or
    still the old one if the first was interrupted; then one of them becomes the first.
    """

    __slots__ = ("_callable", "_future", "_is_async", "_lock", "_token")

    def __init__(self, function: Callable[[], str] | Callable[[], Awaitable[str]]) -> None:
        self._callable: Callable[[], object] = function
        self._is_async = iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__)
        self._lock = threading.Lock()
        self._future: Outcome | None = None  # Not None while the callable is called.
        self._token: Token | None = None

    def get(self, refused: Token | None = None) -> Token:
        """Return the token. Call the callable if there is no token yet, or only the one that was refused."""
        while (token := self._token) is None or token is refused:
            if self._is_async:
                raise TypeError("token: an asynchronous callable needs an asynchronous client")
            future, is_first = self._join(token)
            if is_first:
                self._renew(future)
            _raise(future.result())
        return token

    async def get_async(self, refused: Token | None = None) -> Token:
        """Do as `get` does, without blocking the event loop."""
        while (token := self._token) is None or token is refused:
            from asyncio import get_running_loop, wrap_future  # Slow to import for programs that do nothing with it.

            loop = get_running_loop()
            future, is_first = self._join(token)
            if is_first and self._is_async:
                await self._renew_async(future)
            elif is_first:
                self._renew_in_thread(future, loop)
            _raise(await wrap_future(future))
        return token

    def _join(self, token: Token | None) -> tuple[Outcome, bool]:
        """Return the future that ends when `token` has been replaced, and whether the caller has to replace it."""
        with self._lock:
            if self._future is not None and self._future is _current.get():
                raise RuntimeError(
                    "token: the callable sends a request with the TokenAuth that calls it; "
                    "that request needs other credentials, or none"
                )
            if self._future is not None and self._token is token:
                return self._future, False
            future: Outcome = Future()
            future.set_running_or_notify_cancel()  # Otherwise a task that waits and is cancelled would cancel it.
            if self._token is not token:
                future.set_result(None)
                return future, False
            self._future = future
            return future, True

    @contextmanager
    def _ending(self, future: Outcome, kind: type[BaseException] = Exception) -> Generator[None]:
        """End the future when the block ends. Exceptions of this kind become its outcome, others pass through."""
        reset = _current.set(future)
        outcome: BaseException | None = None
        try:
            yield
        except kind as error:
            outcome = error
        finally:
            _current.reset(reset)
            with self._lock:
                self._future = None
            future.set_result(outcome)
            del outcome  # Its traceback refers to this frame.

    def _renew(self, future: Outcome) -> None:
        """Replace the token by one that the callable returns, and end the future."""
        with self._ending(future):
            self._token = Token(_RETURNED, self._call(None))

    async def _renew_async(self, future: Outcome) -> None:
        """Do as `_renew` does, with an asynchronous callable."""
        with self._ending(future):
            self._token = Token(_RETURNED, await cast("Awaitable[object]", self._callable()))

    def _renew_in_thread(self, future: Outcome, loop: "AbstractEventLoop") -> None:
        """Start a thread that does as `_renew` does, for a client that runs in this event loop."""

        def renew() -> None:
            with self._ending(future, BaseException):
                self._token = Token(_RETURNED, self._call(loop))

        # Not a thread of the loop's executor: all of those may be waiting for this future.
        thread = threading.Thread(target=copy_context().run, args=(renew,), daemon=True)
        try:
            thread.start()
        except RuntimeError:  # The system has no more threads.
            with self._ending(future):
                raise

    def _call(self, loop: "AbstractEventLoop | None") -> object:
        returned = self._callable()
        if not iscoroutine(returned):
            return returned
        # A function that is not declared by `async def` returned it, a lambda for example.
        if loop is None:
            returned.close()
            raise TypeError("token: an asynchronous callable needs an asynchronous client")
        from asyncio import run_coroutine_threadsafe

        try:
            token, failure = run_coroutine_threadsafe(_outcome(returned), loop).result()
        except CancelledError:
            raise RuntimeError("token: the callable was cancelled") from None
        _raise(failure)
        return token


async def _outcome(coroutine: "Coroutine[object, object, object]") -> tuple[object, Exception | None]:
    """Return what the coroutine returns, or the exception that it raises."""
    try:
        return await coroutine, None
    except Exception as error:
        return None, error


def _raise(error: BaseException | None) -> None:
    if error is not None:
        try:
            raise error
        finally:
            del error  # Its traceback refers to this frame.
