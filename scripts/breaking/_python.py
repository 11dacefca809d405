"""The names and signatures of the two generated clients, compared by griffe."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import griffe
from griffe import Breakage, BreakageKind

from ._difference import Difference, Place, Verdict, attach
from ._document import Document
from ._operations import operations

OLD, NEW = "old_client", "new_client"
"""What the packages are called in their folder: two of one name could not be imported."""

_ROOT = Path(__file__).resolve().parent.parent.parent
_REQUIRED = (BreakageKind.PARAMETER_ADDED_REQUIRED, BreakageKind.PARAMETER_CHANGED_REQUIRED)
_PLACE = "Python"


def generate(old: Path, new: Path, folder: Path, kept: Path) -> dict[str, str]:
    """Generate both clients, by the generator of today.

    A change of the generator or its templates is another matter, with a version of its own; and a generator of the past
    may not run beside today's packages. So only the documents differ.

    Args:
        old: The old document.
        new: The new document.
        folder: Where the packages go.
        kept: Where generated packages are kept, to be taken from there when the same is to be generated again.

    Returns:
        Why a client cannot be generated, by the name of its document: `old`, `new`.
    """

    def one(document: Path, name: str) -> str:
        package = kept / _fingerprint(document)
        if package.exists():
            shutil.copytree(package, folder / name)
            return ""
        command = [sys.executable, str(_ROOT / "scripts" / "generate.py"), "--document", str(document)]
        command += ["--output", str(folder / name)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return " ".join((done.stdout + done.stderr).split())
        package.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=package.parent) as fresh, suppress(OSError):
            # Another process may have been quicker, with the same.
            shutil.copytree(folder / name, Path(fresh) / name).rename(package)
        return ""

    with ThreadPoolExecutor(2) as pool:
        reasons = zip(("old", "new"), pool.map(one, (old, new), (OLD, NEW)), strict=True)
        return {name: reason for name, reason in reasons if reason}


def _fingerprint(document: Path) -> str:
    """Return what identifies the client of a document: all that it is generated from, and by."""
    digest = hashlib.sha256(document.read_bytes())
    for name in ("scripts", "generator-templates", "generator-config.yaml", "pyproject.toml", "requirements.lock"):
        path = _ROOT / name
        for each in sorted(path.rglob("*")) if path.is_dir() else [path]:
            parts = each.relative_to(_ROOT).parts
            if each.is_file() and "__pycache__" not in parts and parts[:2] != ("scripts", "breaking"):
                content = each.read_bytes()
                digest.update(f"{'/'.join(parts)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def compare(found: list[Difference], old: Document, new: Document, folder: Path) -> None:
    """Add what users of the old client's names meet, to the differences that explain it or as one of its own.

    Args:
        found: The differences so far, which is added to.
        old: The old document.
        new: The new document.
        folder: Where the packages are.
    """
    packages = [griffe.load(name, search_paths=[str(folder)], allow_inspection=False) for name in (OLD, NEW)]
    for package in packages:
        assert isinstance(package, griffe.Module)
        for each in package["models"].modules.values():
            for model in each.classes.values():
                _add_init(model)
    seen: set[tuple[str, str]] = set()
    for breakage in griffe.find_breaking_changes(*packages):
        if breakage.obj.is_module and breakage.obj.parent is not None and breakage.obj.parent.name == "models":
            continue  # The model in it counts, which `models` exports.
        difference = _read(breakage, old, new)
        key = (str(difference.place), difference.rule)
        if key in seen:
            continue
        seen.add(key)
        names = _normalised(difference.names)
        causes = [each for each in found if each.breaks and each.rule != "name" and _normalised(each.names) & names]
        if not attach(causes, f"Python: {difference.place.part}: {difference.change}"):
            found.append(difference)


def _add_init(model: griffe.Class) -> None:
    """Give a model of attrs the constructor that attrs gives it."""
    calls = [each.value for each in model.decorators]
    if not any(isinstance(call, griffe.ExprCall) and call.canonical_path.endswith("define") for call in calls):
        return
    parameters = [griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword)]
    for attribute in model.attributes.values():
        options = {}
        if isinstance(attribute.value, griffe.ExprCall):
            options = {
                each.name: str(each.value) for each in attribute.value.arguments if isinstance(each, griffe.ExprKeyword)
            }
        if attribute.annotation is None or options.get("init") == "False":
            continue
        default = options.get("default", options.get("factory"))
        kind = griffe.ParameterKind.positional_or_keyword
        parameters.append(griffe.Parameter(attribute.name, kind=kind, default=default))
    model.set_member("__init__", griffe.Function("__init__", parameters=griffe.Parameters(*parameters)))


def _read(breakage: Breakage, old: Document, new: Document) -> Difference:
    """Say what griffe found in the words of a difference."""
    path = breakage.obj.path.split(".")[1:]
    parameter = breakage.old_value or breakage.new_value
    name = parameter.name if isinstance(parameter, griffe.Parameter) else ""
    names: set[str] = set()
    if path[0] == "api":
        if name:
            path = path[:3]  # Of the four functions of an operation the operation is meant.
        names = {" ".join(["operation", *path[2:3], *([name] if name else [])])}
    else:
        if path[-1] == "__init__":
            path.pop()
        # A name is found in its module, in its package, and at the root, which exports it: it is one.
        module = next((index for index, step in enumerate(path) if not step.islower()), len(path) - 1)
        path = path[module:]
        names = {" ".join(["model", *path, *([name] if name else [])])}
    part = ".".join(["dataarts_client", *path])
    place = Place(_PLACE, f"{part}({name})" if name else part)
    return _difference(breakage, place, frozenset(names), old, new)


def _difference(breakage: Breakage, place: Place, names: frozenset[str], old: Document, new: Document) -> Difference:
    if breakage.kind is BreakageKind.OBJECT_REMOVED:
        change = "gone" + _renamed(names, old, new)
        return Difference(
            Verdict.BREAKING, place, "name", change, "Code that names it fails.", "Keep the name.", names=names
        )
    if breakage.kind is BreakageKind.PARAMETER_MOVED:
        change = "in another position"
        if any(each.startswith("model ") for each in names) and not _sent(names, old):
            return Difference(Verdict.HARMLESS, place, "argument", change, "Only the client makes this model.")
        effect = "Code that passes arguments by position passes others."
        return Difference(
            Verdict.BREAKING, place, "argument", change, effect, "Keep the order, and add what is new at the end."
        )
    if breakage.kind in _REQUIRED:
        effect, remedy = "Code that calls it without the argument fails.", "Make the argument optional."
        return Difference(Verdict.BREAKING, place, "argument", "required", effect, remedy, names=names)
    change = f"{breakage.kind.value[0].lower()}{breakage.kind.value[1:]}"
    return Difference(
        Verdict.BREAKING, place, "argument", change, "Code that uses it as it was fails.", "Keep it.", names=names
    )


def _normalised(names: frozenset[str]) -> set[str]:
    """Write names so that those of the document and those of Python are the same."""
    return {" ".join(re.sub(r"[^0-9a-z ]", "", each.lower()).split()) for each in names}


def _renamed(names: frozenset[str], old: Document, new: Document) -> str:
    """Say which new model has the schema of one that is gone."""
    before = old.root.get("components", {}).get("schemas", {})
    now = new.root.get("components", {}).get("schemas", {})
    for gone in before.keys() - now.keys():
        if _normalised(frozenset({f"model {gone}"})) & _normalised(names):
            for added in sorted(now.keys() - before.keys()):
                if old.meaning(before[gone]) == new.meaning(now[added]):
                    return f": {added} has the same schema"
    return ""


def _sent(names: frozenset[str], document: Document) -> bool:
    """Whether a model is part of requests."""
    for operation in operations(document):
        used = document.used([operation.node.get("requestBody"), operation.node.get("parameters")])
        sent = _normalised(frozenset(f"model {each.rpartition('/')[2]}" for each in used))
        if any(" ".join(name.split()[:2]) in sent for name in _normalised(names)):
            return True
    return False
