"""A hook of mkdocs.yml: lists operations and models of the generated client, so that the reference has all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

CLIENT = Path(__file__).parent.parent / "generated_client" / "dataarts_client"
FUNCTIONS = "sync, sync_detailed, asyncio, asyncio_detailed"


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Put the lists in the places of their comments."""
    if page.file.src_uri != "reference/operations.md":
        return markdown
    for name, lines in (("operations", operations()), ("models", models())):
        comment = f"<!-- {name} -->"
        if comment not in markdown:
            raise ValueError(f"{page.file.src_uri} has no {comment}")
        markdown = markdown.replace(comment, "\n".join(lines))
    return markdown


def operations() -> Iterator[str]:
    """Give what mkdocstrings is to show of each operation."""
    for path in sorted(CLIENT.glob("api/*/[!_]*.py")):
        name = f"{path.parent.name}.{path.stem}"
        yield f"### {name}\n\n::: dataarts_client.api.{name}\n    options:"
        yield f"      members: [{FUNCTIONS}]\n      show_root_heading: false\n      show_root_toc_entry: false"
        yield "      heading_level: 4\n"


def models() -> Iterator[str]:
    """Give what mkdocstrings is to show of each model."""
    for path in sorted(CLIENT.glob("models/[!_]*.py")):
        yield f"::: dataarts_client.models.{path.stem}\n    options:"
        yield "      show_root_heading: false\n      show_root_toc_entry: false\n      heading_level: 3"
        yield "      inherited_members: false\n"
