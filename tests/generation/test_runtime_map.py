"""Is each module of the runtime in the map that its docstring draws?"""

from __future__ import annotations

import re
from pkgutil import iter_modules

import dataarts_runtime


def test_map_names_each_module_once() -> None:
    """The docstring of the runtime has a line for each of its modules, and for no other."""
    listed = re.findall(r"^- `(\w+)`: ", dataarts_runtime.__doc__ or "", re.MULTILINE)

    assert sorted(listed) == sorted(module.name for module in iter_modules(dataarts_runtime.__path__))
