"""What a fault and a variant are, and helpers to write down what they do to responses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.strangers.messages import Doc, Edit, Request, Response, operation_of

Change = Callable[[Doc], object]


@dataclass(frozen=True)
class Kind:
    """A fault or a variant.

    A fault that has neither limits nor an edit is switched where the server asks for its name.

    Attributes:
        text: What the server does, in one sentence.
        statement: The statement of the document that a fault breaks, or that allows a variant.
        limits: Limits that differ from the document's.
        edit: What is done to each response.
        like: The fault that this one is, but for one operation only.
        operation: The operation.
    """

    text: str
    statement: str
    limits: dict[str, int] = field(default_factory=dict)
    edit: Edit | None = None
    like: str = ""
    operation: str = ""


def narrowed(edit: Edit, operation: str) -> Edit:
    """Returns an edit of the responses to requests for one operation, successful or not."""

    def narrow(request: Request, response: Response) -> None:
        if operation_of(request.path) == operation:
            edit(request, response)

    return narrow


def change(operation: str, status: int, what: Change) -> Edit:
    """Changes the body of responses of an operation (or of any: empty) with a status (4: any error)."""

    def edit(request: Request, response: Response) -> None:
        fits = response.status >= 400 if status == 4 else response.status == status
        if fits and operation in ("", response.operation) and response.doc is not None:
            what(response.doc)

    return edit


def whole(operation: str, status: int, what: Callable[[Response], object]) -> Edit:
    """Changes whole responses of an operation (or of any: empty) with a status (4: any error)."""

    def edit(request: Request, response: Response) -> None:
        fits = response.status >= 400 if status == 4 else response.status == status
        if fits and operation in ("", response.operation):
            what(response)

    return edit


def put(**values: Any) -> Change:
    """Sets properties."""
    return lambda doc: doc.update(values)


def drop(name: str) -> Change:
    """Removes a property."""
    return lambda doc: doc.pop(name, None)


def convert(name: str, how: Callable[[Any], Any]) -> Change:
    """Replaces the value of a property."""
    return lambda doc: doc.update({name: how(doc[name])}) if name in doc else None


def rename(old: str, new: str) -> Change:
    """Gives a property another name."""
    return lambda doc: doc.update({new: doc.pop(old)}) if old in doc else None


def each(name: str, what: Change) -> Change:
    """Changes each object of a list."""
    return lambda doc: [what(item) for item in doc[name]]


def header(operation: str, status: int, name: str, value: str | None) -> Edit:
    """Sets a header, or removes it where the value is None."""
    return whole(operation, status, lambda response: response.set_header(name, value))


def status(operation: str, old: int, new: int) -> Edit:
    """Gives another status."""
    return whole(operation, old, lambda response: setattr(response, "status", new))


def raw(operation: str, old: int, body: bytes, media_type: str | None = None) -> Edit:
    """Replaces the body's bytes, and the media type where one is given."""

    def what(response: Response) -> None:
        response.raw = body
        if media_type is not None:
            response.set_header("Content-Type", media_type)

    return whole(operation, old, what)


def code(error_status: int, old: str, new: str) -> Edit:
    """Gives another error code."""
    return change("", error_status, lambda doc: doc.update(error_code=new) if doc.get("error_code") == old else None)
