"""The command line: `python scripts/check_breaking.py`, or `make check-breaking`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from . import _mocks, _operations, _python, _report, _rules, _samples
from ._document import Document, UnusableError, read_base, read_file

_ROOT = Path(__file__).resolve().parent.parent.parent
_EPILOG = """\
exit status:
  0  nothing breaks, or info.version was raised as that asks for
  1  something breaks, and info.version was not raised: from 1.0.0 on the major version, before that the minor one
  2  the arguments are wrong, or the documents cannot be compared
"""


def main(arguments: list[str] | None = None) -> int:
    """Compare two documents, and say what breaks users.

    Args:
        arguments: The command line's; None for the process's own.
    """
    parser = argparse.ArgumentParser(
        prog="check-breaking",
        description="Tell whether a change of the contract breaks users of the client that was generated before it.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--base", metavar="REVISION|FILE", help="the old document (default: the last tag's, else HEAD's)"
    )
    parser.add_argument("--document", type=Path, default=_ROOT / "openapi.yaml", help="the new document")
    parser.add_argument(
        "--cache", type=Path, default=_ROOT / "build" / "check-breaking", help="where generated clients are kept"
    )
    options = parser.parse_args(arguments)
    try:
        old = read_base(options.base, options.document)
        new = read_file(options.document, options.document.name)
        return _check(old, new, options)
    except UnusableError as error:
        print(f"check-breaking: error: {error}", file=sys.stderr)
        return 2


def _check(old: Document, new: Document, options: argparse.Namespace) -> int:
    print(f"{old.name} ({old.version}) -> {new.name} ({new.version})\n")
    if old.is_same(new):
        print("No differences.")
        return 0
    pairs = _operations.pairs(old, new)
    context = _rules.compare(old, new, pairs)
    found = context.found
    with tempfile.TemporaryDirectory(prefix="check-breaking-") as name:
        folder = Path(name)
        paths = folder / "old.yaml", folder / "new.yaml"
        for path, document in zip(paths, (old, new), strict=True):
            path.write_text(document.text, encoding="utf-8")
        ungenerated = _python.generate(*paths, folder, options.cache)
        called = _mocks.Report()
        if not ungenerated:
            _python.compare(found, old, new, folder)
        samples = _samples.compare(found, context.values, old, new)
        if not ungenerated:
            called = _mocks.compare(found, pairs, (old, new), paths, folder)
    for line in _report.lines(found):
        print(line)
    for which, reason in ungenerated.items():
        print(f"Neither names nor calls are checked: the client of the {which} document cannot be generated. {reason}")
    for which, reason in called.unserved.items():
        print(f"Calls are not checked: the mock cannot serve the {which} document. {reason}")
    for line in _report.summary(found, old, new, samples, called.calls):
        print(line)
    if not _report.passes(found, old, new):
        return 1
    # That today's mock cannot serve the old document is no fault of the new one.
    return 2 if ungenerated or "new" in called.unserved else 0
