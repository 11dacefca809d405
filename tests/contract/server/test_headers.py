"""Is a request the same whatever else its headers say, and are responses as documented?"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract import changes
from tests.contract.caller import Caller
from tests.contract.cases import Case
from tests.contract.conftest import DOCUMENT
from tests.contract.document import Operation
from tests.contract.records import Records, in_passing
from tests.contract.server._tables import assert_kept, by_rule

# What clients, browsers and proxies send beside what the document names. What is accepted includes the one media type
# that the document has for each response; where it does not, HTTP lets a server refuse.
_ACCEPT = {
    "Accept: */*": ("Accept", "*/*"),
    "Accept: application/json": ("Accept", "application/json"),
    "Accept: application/json;q=0.5, */*;q=0.1": ("Accept", "application/json;q=0.5, */*;q=0.1"),
    "Accept: application/*": ("Accept", "application/*"),
    "a browser's Accept": ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    "no Accept": ("Accept", None),
}
_ANY = {
    "no User-Agent": ("User-Agent", None),
    "User-Agent: curl": ("User-Agent", "curl/8.5.0"),
    "User-Agent: sqlmap": ("User-Agent", "sqlmap/1.8"),
    "Accept-Language: zh-CN": ("Accept-Language", "zh-CN"),
    "Accept-Encoding: identity": ("Accept-Encoding", "identity"),
    "Accept-Encoding: gzip": ("Accept-Encoding", "gzip"),
    "Accept-Charset: latin-1": ("Accept-Charset", "iso-8859-1"),
    "a cookie": ("Cookie", "session=1; theme=dark"),
    "an Origin": ("Origin", "https://elsewhere.example"),
    "a Referer": ("Referer", "https://elsewhere.example/page"),
    "X-Forwarded-For": ("X-Forwarded-For", "203.0.113.7"),
    "X-Forwarded-Host": ("X-Forwarded-Host", "elsewhere.example"),
    "X-Requested-With": ("X-Requested-With", "XMLHttpRequest"),
    "X-Language: en_us": ("X-Language", "en_us"),
    "traceparent": ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
    "Cache-Control: no-cache": ("Cache-Control", "no-cache"),
    "If-Modified-Since": ("If-Modified-Since", "Thu, 01 Jan 2099 00:00:00 GMT"),
    "Connection: close": ("Connection", "close"),
    "an unknown header": ("X-Further", "further"),
}


# What is tried before any is tried twice.
_FIRST = {"a browser's Accept", "no User-Agent", "User-Agent: sqlmap", "an Origin", "a cookie", "an unknown header"}


def _cases(headers: dict[str, tuple[str, str | None]], rule: str) -> Iterator[Case]:
    for operation in DOCUMENT.operations:
        for about, (name, value) in headers.items():
            change = changes.header(name, value)
            tried = f"a request with {about}"
            yield Case(operation, "headers", rule, tried, change, further=about not in _FIRST)


@pytest.mark.parametrize("cases", by_rule(_cases(_ACCEPT, "Accept")))
def test_accept(cases: list[Case], caller: Caller) -> None:
    """In whatever way a client says that it accepts the documented response, it gets it."""
    assert_kept(caller, cases)


@pytest.mark.parametrize("cases", by_rule(_cases(_ANY, "other")))
def test_other_headers(cases: list[Case], caller: Caller) -> None:
    """A header that the document does not name changes nothing."""
    assert_kept(caller, cases)


@pytest.mark.parametrize(
    "operation", [each for each in DOCUMENT.operations if not each.body_required], ids=lambda operation: operation.id
)
def test_content_type_without_body(operation: Operation, caller: Caller) -> None:
    """A request without a body may have a Content-Type, as the official clients send it always."""
    change = changes.in_turn(changes.no_body, changes.header("Content-Type", "application/json"))
    case = Case(operation, "headers", "Content-Type", "Content-Type: application/json, and no body", change)
    assert_kept(caller, [case])


@pytest.mark.last
def test_every_response(caller: Caller, records: Records) -> None:
    """What holds for every response held for all that came, such as IDs that differ."""
    wrong = in_passing(records)

    assert not wrong, "\n".join([wrong[0].message, *(record.title for record in wrong[1:])])
