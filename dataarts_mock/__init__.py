"""A mock of the service that openapi.yaml describes, for tests and for trying things out.

There are four ways to run it: the command `dataarts-mock` (or `python -m dataarts_mock`), the pytest fixture
`dataarts_mock`, the class `MockServer`, and `create_app`, which returns an ASGI application.

The names below are imported when they are first used. pytest loads this package wherever it is installed, even if the
dependencies of the mock (the extra `[mock]`) are not.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._extra import explain_missing

if TYPE_CHECKING:
    from ._app import create_app
    from ._document import DocumentError
    from ._instances import RecordedInstance
    from ._journal import RecordedRequest
    from ._mock_server import MockServer

__all__ = ["DocumentError", "MockServer", "RecordedInstance", "RecordedRequest", "create_app"]

_MODULES = {
    "DocumentError": "_document",
    "MockServer": "_mock_server",
    "RecordedInstance": "_instances",
    "RecordedRequest": "_journal",
    "create_app": "_app",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f".{_MODULES[name]}", __name__)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(explain_missing(f"dataarts_mock.{name}", error), name=error.name) from None
    return getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
