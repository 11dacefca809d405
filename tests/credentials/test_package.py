"""Is the package what users see of it?"""

import ast
import inspect
import subprocess
import sys
from importlib import resources
from types import ModuleType

import pytest

import dataarts_auth


def test_all_is_complete_and_sorted() -> None:
    """`__all__` names every public name of the package, sorted, and nothing else."""
    public = [
        name
        for name in dir(dataarts_auth)
        if not name.startswith("_") and not isinstance(getattr(dataarts_auth, name), ModuleType)
    ]

    assert dataarts_auth.__all__ == [name for name in public if name != "TYPE_CHECKING"]


def test_unknown_names_are_refused() -> None:
    """What is loaded when asked for does not make up other names."""
    with pytest.raises(AttributeError, match="'dataarts_auth' has no attribute 'Signature'"):
        dataarts_auth.Signature  # type: ignore[attr-defined]  # noqa: B018


def test_a_token_loads_nothing_for_signing() -> None:
    """Importing the package is quick: what signs, checks and reads the environment is loaded by who needs it."""
    code = (
        "import sys, dataarts_auth; print(*sorted(name for name in sys.modules if name.startswith('dataarts_auth.')))"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert loaded == ["dataarts_auth._request", "dataarts_auth._secrets", "dataarts_auth._token"]


@pytest.mark.parametrize("name", dataarts_auth.__all__)
def test_public_names_are_documented(name: str) -> None:
    """Every public name has a docstring of its own, and types."""
    value = getattr(dataarts_auth, name)

    assert inspect.getdoc(value)
    assert inspect.signature(value).return_annotation is not inspect.Signature.empty
    assert resources.files(dataarts_auth).joinpath("py.typed").is_file()


def test_modules_are_private_and_import_little() -> None:
    """Every module but the package is private, and imports only httpx and the standard library."""
    sources = {
        path.name: path.read_text("utf-8")
        for path in resources.files(dataarts_auth).iterdir()
        if path.name.endswith(".py")
    }
    imported: set[str] = set()
    for source in sources.values():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add((node.module or "").split(".")[0])

    assert all(name.startswith("_") for name in sources)
    assert imported - set(sys.stdlib_module_names) == {"httpx"}
