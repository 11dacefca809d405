"""How secrets are checked and kept."""

from typing import NoReturn, SupportsIndex


def check_credential(name: str, value: object) -> str:
    """Return `value` if an HTTP header can carry it, or raise an error that tells its name and never the value."""
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if not value:
        raise ValueError(f"{name} is empty")
    if value != value.strip():
        raise ValueError(f"{name} has white space or line breaks around it")
    if not (value.isascii() and value.isprintable()):
        raise ValueError(f"{name} has characters that an HTTP header cannot carry: only printable ASCII is allowed")
    return value


class SecretHolder:
    """An immutable object whose secrets stay in this process: a copy is the object itself, and a pickle is refused."""

    __slots__ = ()

    def __copy__(self) -> "SecretHolder":
        return self

    def __deepcopy__(self, memo: object) -> "SecretHolder":
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError(f"{type(self).__name__} holds secrets and cannot be pickled: create it where it is used")
