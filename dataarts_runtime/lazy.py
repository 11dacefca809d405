"""Names of a package that are imported when they are first used (PEP 562).

Importing a model takes longer than a call does, and few programs use all models and operations.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(package: str, places: str) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the `__getattr__` and `__dir__` of a package.

    Args:
        package: The package's name.
        places: The names, with spaces between: `module` for a module of the package, `module:Name` for what is in it.
    """
    modules = {place.rpartition(":")[2]: place.partition(":")[0] for place in places.split()}

    def load(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found: Any = import_module(f".{modules[name]}", package)
        if name != modules[name]:
            found = getattr(found, name)
        setattr(sys.modules[package], name, found)
        return found

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *modules})

    return load, names
