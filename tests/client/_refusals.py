"""Hostile answers of 400 and above: a row each, with the exception a call is to end in."""

from __future__ import annotations

import gzip
import json

from ._answers import CHUNKED, GZ, GZIP_BOMB, Case, cut, drip, flood, hang, http, raw, reset
from ._server import Answer

CODE, MESSAGE = "DLF.0100", "The job does not exists."
BODY = json.dumps({"error_code": CODE, "error_msg": MESSAGE})
CHINESE = "作业不存在。"
CHINESE_BODY = f'{{"error_code":"DLF.0100","error_msg":"{CHINESE}"}}'


def told(name: str, status: int, answer: Answer, raises: str, code: str = CODE, message: str | None = MESSAGE) -> Case:
    """Make a row whose code and message are understood."""
    return Case(name, answer, raises=raises, status=status, code=code, message=message, excerpt=code)


def bare(name: str, status: int, answer: Answer, raises: str, excerpt: str = "", *, slow: bool = False) -> Case:
    """Make a row that has no code to understand."""
    return Case(name, answer, raises=raises, status=status, excerpt=excerpt, slow=slow)


def shape(name: str, body: object, code: str = CODE, message: str | None = MESSAGE) -> Case:
    """Make a row of a 400 with this JSON body, which is understood."""
    return told(f"shape-{name}", 400, http(400, json.dumps(body)), "BadRequest", code, message)


def opaque(name: str, body: bytes, excerpt: str = "", *headers: str, kind: str | None = "application/json") -> Case:
    """Make a row of a 400 with this body, which is not understood."""
    return bare(f"opaque-{name}", 400, http(400, body, *headers, kind=kind), "BadRequest", excerpt)


SHAPES = (
    shape("documented", {"error_code": CODE, "error_msg": MESSAGE}),
    shape("gateway", {"error_msg": MESSAGE, "error_code": "APIGW.0106", "request_id": "r1"}, "APIGW.0106"),
    shape("camel-case", {"errorCode": CODE, "errorMsg": MESSAGE}),
    shape("code-and-message", {"code": CODE, "message": MESSAGE}),
    shape("nested-documented", {"error": {"error_code": CODE, "error_msg": MESSAGE}}),
    shape("nested-camel-case", {"error": {"errorCode": CODE, "errorMsg": MESSAGE}}),
    shape("nested-code-and-message", {"error": {"code": CODE, "message": MESSAGE}}),
    shape("with-more-keys", {"error_code": CODE, "error_msg": MESSAGE, "details": [{"a": None}]}),
    shape("documented-beats-others", {"code": "x", "message": "y", "error_code": CODE, "error_msg": MESSAGE}),
    shape("code-a-number", {"error_code": 100, "error_msg": MESSAGE}, "100"),
    shape("empty-message", {"error_code": CODE, "error_msg": ""}, message=""),
    shape("chinese", {"error_code": CODE, "error_msg": CHINESE}, message=CHINESE),
    shape("message-of-lines", {"error_code": CODE, "error_msg": "a\r\nINFO forged\x1b[2J"}, message=None),
    shape("message-with-surrogate", {"error_code": CODE, "error_msg": "a\ud800b"}, message=None),
    shape("message-of-100000", {"error_code": CODE, "error_msg": "m" * 100_000}, message=None),
)

CHARSETS = (
    told("error-bom", 400, http(400, b"\xef\xbb\xbf" + BODY.encode()), "BadRequest"),
    told("error-utf-16", 400, http(400, BODY.encode("utf-16")), "BadRequest"),
    told(
        "error-gbk",
        400,
        http(400, CHINESE_BODY.encode("gbk"), kind="application/json; charset=gbk"),
        "BadRequest",
        message=CHINESE,
    ),
    told(
        "error-latin-1",
        400,
        http(400, '{"error_code":"DLF.0100","error_msg":"Über"}'.encode("latin-1"), kind="text/plain; charset=latin-1"),
        "BadRequest",
        message="Über",
    ),
    told("error-unknown-charset", 400, http(400, BODY, kind="application/json; charset=klingon-8"), "BadRequest"),
    told("error-charset-of-no-text", 400, http(400, BODY, kind="application/json; charset=base64"), "BadRequest"),
    told("error-invalid-utf-8", 400, http(400, BODY.encode().replace(b"job", b"\xff")), "BadRequest", message=None),
    told("error-as-html", 400, http(400, BODY, kind="text/html"), "BadRequest"),
    told("error-without-content-type", 400, http(400, BODY, kind=None), "BadRequest"),
    told("error-gzip", 400, http(400, gzip.compress(BODY.encode()), GZ), "BadRequest"),
    told("error-doubled-keys", 400, http(400, BODY[:-1] + ', "error_code": "DLF.0100"}'), "BadRequest"),
    told("error-beside-nan", 400, http(400, BODY[:-1] + ', "x": NaN, "y": 1e400}'), "BadRequest"),
)

OPAQUE = (
    opaque("empty", b""),
    opaque("blank", b" \r\n "),
    opaque("null", b"null"),
    opaque("number", b"42", "42"),
    opaque("string", b'"no such job"', "no such job"),
    opaque("list", b"[1, 2]", "1"),
    opaque("other-object", b'{"reason": "no such job"}', "no such job"),
    opaque("success-body", b'{"instanceId":132343}', "132343"),
    opaque("broken-json", BODY[:-2].encode(), "DLF.0100"),
    opaque("text", b"no such job", "no such job", kind="text/plain"),
    opaque("html", b"<html><body>no such job</body></html>", "no such job", kind="text/html"),
    opaque("binary", bytes(range(256)), kind="application/octet-stream"),
    opaque("nested-deep", b'{"error":' * 50_000),
    opaque("not-gzip", b"no such job", "", GZ),
    opaque("gzip-cut", gzip.compress(BODY.encode())[:-12], "", GZ),
    opaque("gzip-bomb", GZIP_BOMB, "", GZ),
    opaque("nulls", b'{"error_code": null, "error_msg": null}'),
    opaque("error-is-a-list", b'{"error": [{"code": "x"}]}'),
    opaque("megabytes", b"no such job " * 200_000, "no such job"),
)

STATUSES = (
    told("400", 400, http(400, BODY), "BadRequest"),
    told("401", 401, http(401, BODY), "Unauthorized"),
    told("401-with-challenge", 401, http(401, BODY, 'WWW-Authenticate: Basic realm="x"'), "Unauthorized"),
    told("403", 403, http(403, BODY), "Forbidden"),
    told("404", 404, http(404, BODY), "NotFound"),
    told("429", 429, http(429, BODY, "Retry-After: 3600"), "TooManyRequests"),
    *(told(str(status), status, http(status, BODY), "ApiError") for status in (402, 405, 406, 407, 408, 409, 410)),
    *(told(str(status), status, http(status, BODY), "ApiError") for status in (411, 412, 413, 414, 415, 416, 417)),
    *(told(str(status), status, http(status, BODY), "ApiError") for status in (418, 421, 422, 425, 451, 499)),
    *(told(str(status), status, http(status, BODY), "ApiError") for status in (600, 799, 999)),
    *(told(str(status), status, http(status, BODY), "ServerError") for status in (500, 501, 502, 503, 504)),
    *(told(str(status), status, http(status, BODY), "ServerError") for status in (505, 508, 511, 520, 599)),
    told("503-with-retry-after", 503, http(503, BODY, "Retry-After: 0"), "ServerError"),
    bare(
        "502-html", 502, http(502, "<html><h1>Bad Gateway</h1></html>", kind="text/html"), "ServerError", "Bad Gateway"
    ),
    bare("503-empty", 503, http(503), "ServerError"),
    bare("401-empty", 401, http(401), "Unauthorized"),
    bare("404-html", 404, http(404, "<title>Not Found</title>", kind="text/html"), "NotFound", "Not Found"),
    bare("418-text", 418, http(418, "short and stout", kind="text/plain"), "ApiError", "short and stout"),
    bare(
        "429-html", 429, http(429, "<p>slow down", "Retry-After: 99", kind="text/html"), "TooManyRequests", "slow down"
    ),
)

BROKEN = (
    bare("error-cut-before-body", 400, cut(raw("HTTP/1.1 400 B|Content-Length: 9")), "BadRequest"),
    bare("error-cut-in-body", 400, cut(raw("HTTP/1.1 400 B|Content-Length: 90", b'{"error_')), "BadRequest"),
    bare("error-reset-in-body", 403, reset(raw("HTTP/1.1 403 F|Content-Length: 90", b'{"error_')), "Forbidden"),
    bare("error-chunk-garbage", 400, CHUNKED.replace(b"200 OK", b"400 B") + b"zz\r\nzz", "BadRequest"),
    bare("503-cut-in-body", 503, cut(raw("HTTP/1.1 503 S|Content-Length: 90", b"{")), "ServerError"),
    bare("error-endless-body", 400, flood(raw("HTTP/1.1 400 B"), b"no " * 20_000), "BadRequest", "no no"),
    bare("503-endless-body", 503, flood(raw("HTTP/1.1 503 S"), b"no " * 20_000), "ServerError", "no no"),
    bare("error-silence-in-body", 400, hang(raw("HTTP/1.1 400 B|Content-Length: 90", b"{")), "BadRequest", slow=True),
    bare("error-dripped-body", 404, drip(raw("HTTP/1.1 404 N"), b"no " * 300), "NotFound", slow=True),
    bare("503-silence-in-body", 503, hang(raw("HTTP/1.1 503 S|Content-Length: 90", b"{")), "ServerError", slow=True),
)

REFUSALS = (*SHAPES, *CHARSETS, *OPAQUE, *STATUSES, *BROKEN)
