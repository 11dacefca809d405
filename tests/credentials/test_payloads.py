"""Is the body protected by the signature, unless the signature itself says that it is not?"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime

import pytest

from dataarts_auth import verify_signature

from . import official

NOW = datetime(2026, 1, 1, tzinfo=UTC)
HEADERS = {"Host": "h", "X-Sdk-Date": "20260101T000000Z"}
CONTENT_SHA256 = "X-Sdk-Content-Sha256"

Headers = Iterable[tuple[str | bytes, str | bytes]]


def verify(headers: Headers, body: bytes) -> str | None:
    """Verify a request to run something."""
    return verify_signature("POST", "/", "", headers, body, secret_key="sk", now=NOW)


def sign(headers: dict[str, str], body: bytes, left_out: Iterable[str] = ()) -> Headers:
    """Sign it by the official signer."""
    return list(official.sign("POST", "/", [], headers, body, access_key="ak", secret_key="sk", left_out=left_out))


def sign_payload(headers: dict[str, str], payload: str) -> Headers:
    """Sign it by hand, with this in the place of the body's hash, whatever the headers say."""
    names = ";".join(sorted(name.lower() for name in headers))
    lines = "".join(sorted(f"{name.lower()}:{value}\n" for name, value in headers.items()))
    canonical = f"POST\n/\n\n{lines}\n{names}\n{payload}"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    signature = hmac.digest(b"sk", f"SDK-HMAC-SHA256\n{headers['X-Sdk-Date']}\n{digest}".encode(), "sha256").hex()
    authorization = f"SDK-HMAC-SHA256 Access=ak, SignedHeaders={names}, Signature={signature}"
    return [*headers.items(), ("Authorization", authorization)]


def test_the_signature_by_hand_is_right() -> None:
    """The signature that the tests below make by hand is valid for the hash of the body."""
    assert verify(sign_payload(HEADERS, hashlib.sha256(b"body").hexdigest()), b"body") is None


@pytest.mark.parametrize("signed_body", [b"", b"body"])
@pytest.mark.parametrize("body", [b"", b"body", b"other", b"{}"])
def test_only_the_signed_body_is_accepted(signed_body: bytes, body: bytes) -> None:
    """A request is accepted with the body that was signed, and with no other; one without a body can get none."""
    refusal = verify(sign(HEADERS, signed_body), body)

    assert (refusal is None) == (body == signed_body)


def test_an_unsigned_body_may_change() -> None:
    """If the signed headers say that the body is not signed, any body is accepted; everything else still counts."""
    headers = sign(HEADERS | {"Content-Type": "text/plain"}, b"body")

    assert (CONTENT_SHA256.encode(), b"UNSIGNED-PAYLOAD") in headers
    assert verify(headers, b"altered") is None
    assert verify_signature("PUT", "/", "", headers, b"body", secret_key="sk", now=NOW) is not None


def test_the_header_that_frees_the_body_must_be_signed() -> None:
    """The header that says so counts only if it is signed itself, since anybody could add it otherwise."""
    headers = sign(HEADERS | {"Content-Type": "text/plain"}, b"body", left_out=["x-sdk-content-sha256"])

    assert (CONTENT_SHA256.encode(), b"UNSIGNED-PAYLOAD") in headers
    assert "verify aksk signature fail" in (verify(headers, b"body") or "")


@pytest.mark.parametrize("word", ["WHATEVER", "unsigned-payload", "", hashlib.sha256(b"body").hexdigest()])
@pytest.mark.parametrize("payload", ["UNSIGNED-PAYLOAD", "the same word"])
def test_no_other_word_frees_the_body(word: str, payload: str) -> None:
    """Another value of that header frees no body, whatever was signed in the place of its hash."""
    headers = sign_payload(HEADERS | {CONTENT_SHA256: word}, word if payload == "the same word" else payload)

    assert "verify aksk signature fail" in (verify(headers, b"altered") or "")
