"""How arguments become a request: the path, the query, header fields and the body.

Values are written in OpenAPI's default styles: in a path and a header field the items of an array are joined by commas
(`simple`); in a query they are repeated under the same name, or joined by commas if not exploded (`form`). In paths and
queries all but unreserved characters are percent-encoded, so that a comma within an item differs from one between two.
"""

from __future__ import annotations

import json
from typing import Any, Literal
from urllib.parse import quote

from ._headers import CREDENTIALS, can_be_sent
from .schema import Schema, abridged, is_list

__all__ = ["Parameter", "RequestBody"]

_encode_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class Parameter:
    """A parameter of an operation: where it goes, under which name, and what it may be.

    Args:
        name: The name of the argument that is given for it, as messages show it.
        location: Where it goes.
        schema: The schema of its value.
        wire_name: Its name in the request, if that is another.
        required: Whether a call must give it. If not, None and UNSET leave it out.
        exploded: For an array in a query: whether each item is written as a parameter of its own (`a=1&a=2`), or all
            in one, joined by commas (`a=1,2`). An empty array is nothing in the first form, and `a=` in the second.
    """

    __slots__ = ("_is_credential", "exploded", "location", "name", "raw_name", "required", "schema", "wire_name")

    def __init__(
        self,
        name: str,
        location: Literal["path", "query", "header"],
        schema: Schema,
        *,
        wire_name: str | None = None,
        required: bool = True,
        exploded: bool = True,
    ) -> None:
        self.name = name
        self.location = location
        self.wire_name = wire_name or name
        self.raw_name = self.wire_name.encode()
        self.schema = schema
        self.required = required
        self.exploded = exploded
        self._is_credential = location == "header" and self.raw_name.lower() in CREDENTIALS

    def check(self, value: Any) -> None:
        """Raise the ValueError or TypeError that a call with this value would raise, if it would."""
        {"path": self.path_segment, "query": self.query_parts, "header": self.header_field}[self.location](value)

    def texts(self, value: Any) -> list[str]:
        """Return the value, checked, as text: one text, or one for each item of an array."""
        try:
            dumped = self.schema.dump(value, self.name)
        except (ValueError, TypeError) as error:
            if self._is_credential:
                raise type(error)(f"{self.name}: the contract forbids the value, which is a secret") from None
            raise
        if isinstance(dumped, str):
            return [dumped]
        if is_list(dumped):
            return [_text(item) for item in dumped]
        return [_text(dumped)]

    def path_segment(self, value: Any) -> str:
        """Return the value as a percent-encoded segment of a path; refuse "", ".", "..", and what holds a slash.

        Those would address another resource, since servers and proxies resolve them, encoded or not.
        """
        texts = self.texts(value)
        text = ",".join(texts)
        if text.isascii() and text.isalnum():  # as most are: nothing to refuse, nor to encode
            return text
        if text in ("", ".", "..") or "/" in text:
            raise ValueError(f"{self.name}: cannot be a segment of a path ({abridged(text)})")
        return ",".join(map(percent_encoded, texts))

    def query_parts(self, value: Any) -> list[str]:
        """Return the value as percent-encoded `name=value` parts of a query: one, or one for each item if exploded."""
        name = percent_encoded(self.wire_name)
        texts = [percent_encoded(text) for text in self.texts(value)]
        if not self.exploded:
            texts = [",".join(texts)]
        return [f"{name}={text}" for text in texts]

    def header_field(self, value: Any) -> tuple[bytes, bytes]:
        """Return the value as a header field. HTTP has no encoding there, so what it cannot carry is refused.

        Raises:
            ValueError: HTTP cannot carry the value. The message does not show it, since it may be a secret.
        """
        text = ",".join(self.texts(value))
        if not (text.isascii() and can_be_sent(content := text.encode("ascii"))):
            raise ValueError(f"{self.name}: no value that an HTTP header can carry")
        return self.raw_name, content


def percent_encoded(text: str) -> str:
    """Return a text with all characters percent-encoded, in UTF-8, that RFC 3986 does not call unreserved."""
    return quote(text, safe="")


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return "" if value is None else _encode_json(value)


class RequestBody:
    """The request body of an operation, in JSON.

    Args:
        schema: The schema of its value.
        media_type: Its media type.
        required: Whether a call must have a body.
        max_bytes: The most bytes that it may have, if there is a limit.
    """

    __slots__ = ("max_bytes", "media_type", "required", "schema")

    def __init__(
        self,
        schema: Schema,
        *,
        media_type: str = "application/json",
        required: bool = False,
        max_bytes: int | None = None,
    ) -> None:
        self.schema = schema
        self.media_type = media_type
        self.required = required
        self.max_bytes = max_bytes

    def encode(self, value: Any) -> bytes:
        """Return the value, checked in all its depth, as JSON in UTF-8.

        Raises:
            ValueError, TypeError: The contract forbids the value, JSON cannot carry it, or it is larger than allowed.
        """
        try:
            dumped = self.schema.dump(value, "body")
            try:
                content = _encode_json(dumped).encode()
            except UnicodeEncodeError:
                raise ValueError("body: half a surrogate pair is no character") from None
            except (ValueError, TypeError) as error:
                raise type(error)(f"body: {error}") from None
        except RecursionError:
            raise ValueError("body: nested too deeply") from None
        if self.max_bytes is not None and len(content) > self.max_bytes:
            raise ValueError(f"body: larger than {self.max_bytes} bytes ({len(content)})")
        return content
