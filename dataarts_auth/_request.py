"""Requests with other headers than the caller's."""

import httpx


def with_headers(request: httpx.Request, headers: httpx.Headers | list[tuple[bytes, bytes]]) -> httpx.Request:
    """Return the request with `headers` in place of its own; the request itself, which is the caller's, stays as it is.

    Both share one body: a streaming one can be sent by either of them, once.
    """
    copy = httpx.Request(
        request.method,
        request.url,
        headers=headers,
        stream=request.stream,
        extensions=request.extensions,
    )
    if isinstance(copy.stream, httpx.ByteStream):
        copy.read()  # so that response.request.content can be read, as ever
    return copy
