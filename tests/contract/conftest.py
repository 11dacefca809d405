"""What the suite's tests share."""

from __future__ import annotations

import pytest

from .document import Document, find_document


@pytest.fixture(scope="session")
def document() -> Document:
    """Return the contract."""
    return Document(find_document())
