"""What the tests of the client share: the document as schemathesis reads it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from schemathesis.schemas import BaseSchema

from tests.contract.document import Document, Operation


@pytest.fixture(scope="session")
def schema(document: Document) -> BaseSchema:
    """Return the contract as schemathesis reads it."""
    return schemathesis.openapi.from_dict(document.root)


@pytest.fixture
def body_model(operation: Operation, document: Document) -> Any:
    """Return the client's class for the operation's request body, if it has one."""
    from tests.contract.client.calls import model

    node = document.root["paths"][operation.path][operation.method.lower()].get("requestBody", {})
    for content in document.resolve(node).get("content", {}).values():
        if reference := content.get("schema", {}).get("$ref"):
            return model(reference.rpartition("/")[2])
    return None
