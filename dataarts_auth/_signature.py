"""Authentication by signature."""

import time
from collections.abc import Generator

import httpx

from ._canonical import ALGORITHM, CONTENT_SHA256, DATE_FORMAT, body_hash, canonical_request, keyed, sign
from ._request import with_headers
from ._secrets import SecretHolder, check_credential, hide_locals

# Document dataartsstudio_02_0010: a request signed with an access key may have a body of 12 MB at most.
MAX_BODY_BYTES = 12 * 1024 * 1024

# Headers that say who sends the request, and when. SignatureAuth sets them, so those of the request are removed.
_REPLACED = frozenset({b"authorization", b"x-auth-token", b"x-sdk-date", b"x-security-token"})

# Headers that the HTTP library, or a proxy on the way, may add, change or remove after the request was signed.
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

    The signature covers the method, the path, the query, the body and the headers, as they are sent. Three kinds of
    headers are not signed: those that clients and hops change on the way (`User-Agent`, `Accept`, `Content-Length` and
    similar ones), those with an underscore in their name, which gateways drop, and those given more than once, which a
    hop may join. Each time a request is sent, it gets the current date and a new signature.

    The body is hashed whatever its media type is. If the request has a header `X-Sdk-Content-Sha256`, its value
    (`UNSIGNED-PAYLOAD`, for example) stands in for the hash, as in the official SDK.

    If the request already carries `Authorization`, `X-Auth-Token`, `X-Sdk-Date` or `X-Security-Token`, they are
    replaced or removed; so is `X-Project-Id` if a `project_id` is given here. The caller's request object is left as
    it is. Objects are immutable, and any number of clients, threads and tasks may share one.

    Redirects that httpx follows by itself (not its default) carry the signature of the first request, which no server
    accepts. Send `response.next_request` instead: it gets a signature of its own.

    Args:
        access_key: The access key (AK), which is sent.
        secret_key: The secret key (SK), which is never sent.
        security_token: The token that comes with temporary keys, sent as `X-Security-Token`.
        project_id: The project ID, sent as `X-Project-Id`.

    Raises:
        TypeError: A credential is not a str.
        ValueError: A credential is empty, or no HTTP header can carry it: white space around it, line breaks,
            characters outside ASCII; in the access key also a space or a comma. While sending, before anything is
            sent: the body is a stream, or larger than 12 MiB. No message ever shows a credential.
    """

    __slots__ = ("_access_key", "_headers", "_replaced", "_repr", "_secret_key")

    @hide_locals
    def __init__(
        self,
        access_key: str,
        secret_key: str,
        *,
        security_token: str | None = None,
        project_id: str | None = None,
    ) -> None:
        headers: list[tuple[bytes, bytes]] = []
        replaced = _REPLACED
        shown = "access_key='***', secret_key='***'"
        self._access_key = check_access_key("access_key", access_key).encode("ascii")
        self._secret_key = keyed(check_credential("secret_key", secret_key).encode("ascii"))
        if security_token is not None:
            headers.append((b"X-Security-Token", check_credential("security_token", security_token).encode("ascii")))
            shown += ", security_token='***'"
        if project_id is not None:
            headers.append((b"X-Project-Id", check_credential("project_id", project_id).encode("ascii")))
            replaced |= {b"x-project-id"}
            shown += f", project_id={project_id!r}"
        self._headers = tuple(headers)
        self._replaced = replaced
        self._repr = f"SignatureAuth({shown})"

    def __repr__(self) -> str:
        return self._repr

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Send the request with a signature."""
        yield self._sign(request)

    @hide_locals
    def _sign(self, request: httpx.Request) -> httpx.Request:
        """Return a copy of the request that carries the current date and the signature."""
        if not isinstance(request.stream, httpx.ByteStream):
            raise ValueError("a streaming body cannot be signed: give the body as a whole (bytes, str or JSON)")
        body = b"".join(request.stream)
        if len(body) > MAX_BODY_BYTES:
            raise ValueError(f"a body of {len(body)} bytes cannot be signed: at most {MAX_BODY_BYTES} are allowed")

        date = time.strftime(DATE_FORMAT, time.gmtime()).encode()
        headers = [pair for pair in request.headers.raw if pair[0].lower() not in self._replaced]
        headers += (*self._headers, (b"X-Sdk-Date", date))
        signed = _signed_headers(headers)
        names = b";".join(signed)

        target: bytes = request.extensions.get("target", request.url.raw_path)
        path, _, query = target.partition(b"?")
        payload = (body and signed.get(CONTENT_SHA256)) or body_hash(body)
        canonical = canonical_request(request.method, path, query, signed.items(), names, payload)
        signature = sign(self._secret_key, date, canonical)
        value = b"%b Access=%b, SignedHeaders=%b, Signature=%b" % (
            ALGORITHM.encode(),
            self._access_key,
            names,
            signature,
        )
        headers.append((b"Authorization", value))
        return with_headers(request, headers)


def check_access_key(name: str, value: object) -> str:
    """Return `value` if it can be sent as an access key; if not, raise as `check_credential` does."""
    access_key = check_credential(name, value)
    if " " in access_key or "," in access_key:
        raise ValueError(f"{name} has a space or a comma, which the Authorization header cannot carry")
    return access_key


def _signed_headers(headers: list[tuple[bytes, bytes]]) -> dict[bytes, bytes]:
    """Return the headers to sign, in canonical form: sorted by their names in lower case."""
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
    return dict(sorted(signed.items()))
