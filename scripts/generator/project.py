"""The run of openapi-python-client."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openapi_python_client import Project
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError, ParseError

from .checks import check
from .document import POINTER, Document, readable
from .errors import GenerationError
from .models import VARIABLE_NAMES, Models
from .operations import Operations
from .prose import sentence, wrapped
from .servers import servers


def generate(source: Path, package: Path, *, config: Mapping[str, Any], templates: Path) -> None:
    """Write the client's package. It is not formatted.

    Args:
        source: The OpenAPI document.
        package: The folder to write, which must not exist.
        config: The configuration of openapi-python-client.
        templates: The folder of templates that replace its own.

    Raises:
        GenerationError: A part of the document would be missing from the client, or wrong.
    """
    document = Document.read(source)
    check(document)
    settings = Config.from_sources(
        ConfigFile(**config),
        meta_type=MetaType.NONE,
        document_source=source,
        file_encoding="utf-8",
        overwrite=False,
        output_path=package,
    )
    try:
        parsed = GeneratorData.from_dict(document.prepared(), config=settings)
    except ValueError as error:  # Two members of an enum would have the same name.
        raise GenerationError(f"{str(error).partition(';')[0]}; use {VARIABLE_NAMES}") from error
    if isinstance(parsed, GeneratorError):
        raise GenerationError(_shown(parsed))
    errors = [*parsed.errors]
    for collection in parsed.endpoint_collections_by_tag.values():
        errors += collection.parse_errors
    if errors:
        raise GenerationError("\n".join(map(_shown, errors)))

    project = Project(openapi=parsed, config=settings, custom_template_path=templates)
    models = Models(document)
    filters: dict[str, Any] = {
        "additional": models.additional,
        "fields": models.fields,
        "groups": models.groups,
        "literal": repr,
        "operation": Operations(document, models).operation,
        "sentence": sentence,
        "wrapped": wrapped,
    }
    project.env.filters.update(filters)
    variables: dict[str, Any] = {"servers": servers(document)}
    project.env.globals.update(variables)
    project.build()


def _shown(error: GeneratorError) -> str:
    """Return an error of openapi-python-client on one line, with the place of what it is about."""
    text = " ".join(f"{error.header} {error.detail or ''}".split())
    extensions = getattr(error.data, "model_extra", None) if isinstance(error, ParseError) else None
    return f"{text} (in {readable(extensions[POINTER])})" if extensions and POINTER in extensions else text
