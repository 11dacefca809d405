"""Authentication by signature."""

import time
from collections.abc import Generator

import httpx

from ._canonical import ALGORITHM, CONTENT_SHA256, DATE_FORMAT, body_hash, canonical_request, sign
from ._request import with_headers
from ._secrets import SecretHolder, check_credential

# Document dataartsstudio_02_0010: a request signed with an access key may have a body of 12 MB at most.
MAX_BODY_BYTES = 12 * 1024 * 1024

# What says who is asking, and when: it is for SignatureAuth to say, so whatever the request brought along goes.
_REPLACED = frozenset({b"authorization", b"x-auth-token", b"x-sdk-date", b"x-security-token"})

# Headers that a client library or a hop may add, change or drop below us.
_NOT_SIGNED = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"connection",
        b"content-length",
        b"expect",
        b"forwarded",
        b"keep-alive",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
        b"user-agent",
        b"via",
        b"x-forwarded-for",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-proto",
    }
)


class SignatureAuth(SecretHolder, httpx.Auth):
    """Signs each request with an access key and its secret key (document dataartsstudio_02_0010).

    The signature covers what goes over the wire: method, path, query, body, and the headers but those that clients and
    hops change on the way (`User-Agent`, `Accept`, `Content-Length` and their like), names with an underscore, which
    gateways drop, and headers given more than once, which a hop may join. Every attempt is signed afresh, with its own
    date. A body is always hashed, whatever its media type, unless the caller sets `X-Sdk-Content-Sha256` (to
    `UNSIGNED-PAYLOAD`, say): then that stands for it, as in the official SDK.

    `Authorization`, `X-Auth-Token`, `X-Sdk-Date` and `X-Security-Token` that the request already carries are replaced
    or dropped, and so is its `X-Project-Id` if there is a `project_id` here; the caller's request object is left as
    it is. Instances are immutable, and any number of clients and threads may share one.

    Redirects that httpx follows by itself (not its default) carry the signature of the first request, which no server
    accepts; send `response.next_request` instead, and it is signed anew.

    Args:
        access_key: The access key (AK); it goes over the wire.
        secret_key: The secret key (SK); it never does.
        security_token: What comes with temporary keys; sent as `X-Security-Token`.
        project_id: Sent as `X-Project-Id`, if given.

    Raises:
        TypeError: A credential is not a str.
        ValueError: A credential is empty, or no HTTP header can carry it: white space around it, line breaks,
            characters outside ASCII, in the access key also a space or a comma. While sending, and before anything is
            sent: the body is a stream, or larger than 12 MiB. No message ever shows a credential.
    """

    __slots__ = ("_access_key", "_headers", "_replaced", "_secret_key", "_shown")

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        *,
        security_token: str | None = None,
        project_id: str | None = None,
    ) -> None:
        self._access_key = check_access_key("access_key", access_key).encode("ascii")
        self._secret_key = check_credential("secret_key", secret_key).encode("ascii")
        self._headers: list[tuple[bytes, bytes]] = []
        self._replaced = _REPLACED
        self._shown = ""
        if security_token is not None:
            value = check_credential("security_token", security_token).encode("ascii")
            self._headers.append((b"X-Security-Token", value))
            self._shown += ", security_token='***'"
        if project_id is not None:
            value = check_credential("project_id", project_id).encode("ascii")
            self._headers.append((b"X-Project-Id", value))
            self._replaced |= {b"x-project-id"}
            self._shown += f", project_id={project_id!r}"

    def __repr__(self) -> str:
        return f"SignatureAuth(access_key='***', secret_key='***'{self._shown})"

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request signed."""
        if not isinstance(request.stream, httpx.ByteStream):
            raise ValueError("a streaming body cannot be signed: give the body as a whole (bytes, str or JSON)")
        body = b"".join(request.stream)
        if len(body) > MAX_BODY_BYTES:
            raise ValueError(f"a body of {len(body)} bytes cannot be signed: at most {MAX_BODY_BYTES} are allowed")

        date = time.strftime(DATE_FORMAT, time.gmtime()).encode()
        headers = [pair for pair in request.headers.raw if pair[0].lower() not in self._replaced]
        headers += (*self._headers, (b"X-Sdk-Date", date))
        signed = _signed_headers(headers)
        names = b";".join([name for name, _ in signed])

        target: bytes = request.extensions.get("target", request.url.raw_path)
        path, _, query = target.partition(b"?")
        payload = (body and dict(signed).get(CONTENT_SHA256)) or body_hash(body)
        canonical = canonical_request(request.method, path, query, signed, names, payload)
        signature = sign(self._secret_key, date, canonical)
        value = b"%b Access=%b, SignedHeaders=%b, Signature=%b" % (
            ALGORITHM.encode(),
            self._access_key,
            names,
            signature,
        )
        headers.append((b"Authorization", value))
        yield with_headers(request, headers)


def check_access_key(name: str, value: object) -> str:
    """Return `value` if it can be sent as an access key, or raise an error that tells its name and never the value."""
    access_key = check_credential(name, value)
    if " " in access_key or "," in access_key:
        raise ValueError(f"{name} has a space or a comma, which the Authorization header cannot carry")
    return access_key


def _signed_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the headers to sign, in canonical form."""
    signed: dict[bytes, bytes] = {}
    repeated: set[bytes] = set()
    for raw_name, value in headers:
        name = raw_name.lower()
        if name in signed:
            repeated.add(name)
        elif name not in _NOT_SIGNED and b"_" not in name:
            signed[name] = value.strip(b" \t")
    for name in repeated:
        del signed[name]
    return sorted(signed.items())
