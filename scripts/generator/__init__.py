"""Generate a client from an OpenAPI document: openapi-python-client, with what it leaves out.

openapi-python-client parses the document and decides how modules, classes and arguments are called. It hands its
templates neither the constraints of the document nor its extensions, so this package reads both from the document
itself, and gives the templates in generator-templates/ their filters. What cannot be generated right is refused rather
than generated wrong.

- `document`: the document, its schemas indexed, references followed;
- `checks`: what is refused;
- `patterns`: regular expressions, from JSON Schema's dialect to Python's;
- `models`, `operations`, `servers`: what the templates write about these;
- `prose`: sentences for docstrings;
- `project`: the run of openapi-python-client.
"""

from .errors import GenerationError
from .project import generate

__all__ = ["GenerationError", "generate"]
