"""How credentials are checked and kept, and kept out of tracebacks."""

from collections.abc import Callable
from functools import wraps
from traceback import clear_frames
from typing import NoReturn, ParamSpec, SupportsIndex, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def hide_locals(function: Callable[P, R]) -> Callable[P, R]:
    """Decorate a function that handles secrets, so that no traceback shows its local variables.

    Error trackers, debuggers and test runners show the local variables of every frame that an exception has left.
    When the function raises, its own variables and those of the functions that it called are cleared; its caller's
    stay. This holds for any exception, also for one that a signal handler raises in the middle (Ctrl-C, time limits).
    """

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except BaseException as error:
            clear_frames(error.__traceback__)
            raise
        finally:
            del args, kwargs  # This frame is still running, and cannot be cleared.

    return wrapper


def check_credential(name: str, value: object, expected: str = "a str") -> str:
    """Return `value` if it is a string that an HTTP header can carry.

    Raises:
        TypeError: It is not a str. The message says what was `expected`.
        ValueError: It is empty, or no HTTP header can carry it. As above, the message shows `name`, never the value.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be {expected}, not {type(value).__name__}")
    if not value:
        raise ValueError(f"{name} is empty")
    if value != value.strip():
        raise ValueError(f"{name} has white space or line breaks around it")
    if not (value.isascii() and value.isprintable()):
        raise ValueError(f"{name} has characters that an HTTP header cannot carry: only printable ASCII is allowed")
    return value


class SecretHolder:
    """An immutable object whose secrets stay in this process: a copy is the object itself, and a pickle is refused.

    Subclasses keep what they hold in private attributes, each of which can be set once.
    """

    __slots__ = ()

    _instead = "create another one"  # What to do in place of changing an attribute.

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_") or hasattr(self, name):
            del value  # It may be a secret, and tracebacks can show local variables.
            raise AttributeError(f"{type(self).__name__} is immutable, {name!r} cannot be set: {self._instead}")
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is immutable, {name!r} cannot be deleted: {self._instead}")

    def __copy__(self) -> "SecretHolder":
        return self

    def __deepcopy__(self, memo: object) -> "SecretHolder":
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds secrets and cannot be pickled: create it where it is used")
