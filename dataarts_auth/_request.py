"""Copies of a request with other headers."""

import httpx


def with_headers(request: httpx.Request, headers: httpx.Headers | list[tuple[bytes, bytes]]) -> httpx.Request:
    """Return a copy of the request that has `headers` in place of its own. The caller's request stays as it is.

    Request and copy share one body. If it is a stream, only one of them can be sent.
    """
    copy = httpx.Request(
        request.method,
        request.url,
        headers=headers,
        stream=request.stream,
        extensions=request.extensions,
    )
    if isinstance(copy.stream, httpx.ByteStream):
        copy.read()  # Without this, `response.request.content` would raise.
    return copy
