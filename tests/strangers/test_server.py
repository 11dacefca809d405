"""Is the stranger's server correct by the document's examples, and does each of its faults show?"""

from __future__ import annotations

import http.client
import io
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.strangers.faults import FAULTS
from tests.strangers.faults_further import FURTHER_FAULTS
from tests.strangers.messages import Request
from tests.strangers.probes import LARGE, LIST_SESSION, NOW, RUN_PATH, SESSIONS, Session
from tests.strangers.probes_further import FURTHER_LARGE, FURTHER_SESSIONS
from tests.strangers.server import Connection, Server, make_service
from tests.strangers.signing import sign
from tests.strangers.variants import VARIANTS

_OF_LISTS = ("list-", "query-", "limit-", "offset-", "time-", "filter-")
_OF_LARGE_BODIES = (
    "body-limit",
    "body-one",
    "body-12",
    "chunked-unlimited",
    "get-body",
    "too-large",
    "413-",
    "code-APIGW.0201",
)
_plain: dict[Session, bytes] = {}


def _transcript(session: Session, fault: str = "", variant: str = "") -> bytes:
    mode, sent = session
    written = io.BytesIO()
    reader = io.BufferedReader(io.BytesIO(sent))
    Connection(make_service(mode, fault, variant, lambda: NOW), reader, written).serve()
    return written.getvalue()


def _shows(fault: str = "", variant: str = "") -> bool:
    sessions = [*SESSIONS, *FURTHER_SESSIONS, *FURTHER_LARGE, *LARGE]
    if fault in FURTHER_FAULTS:
        sessions = [*FURTHER_SESSIONS, *SESSIONS, *FURTHER_LARGE, *LARGE]
    if (fault or variant).startswith(_OF_LISTS):
        sessions.insert(0, LIST_SESSION)
    if fault.startswith(_OF_LARGE_BODIES):
        sessions = [*LARGE, *SESSIONS]
    for session in sessions:
        if session not in _plain:
            _plain[session] = _transcript(session)
        if _transcript(session, fault, variant) != _plain[session]:
            return True
    return False


@pytest.fixture
def connection() -> Iterator[http.client.HTTPConnection]:
    """A connection to the server without faults."""
    with Server(make_service()) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        client = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=30)
        yield client
        client.close()
        server.shutdown()
        thread.join()


def _ask(
    client: http.client.HTTPConnection, method: str, path: str, doc: object = None, **headers: str
) -> tuple[int, Any, str | None]:
    body = None if doc is None else json.dumps(doc)
    sent = {"X-Auth-Token": "good", "Content-Type": "application/json"} | headers
    client.request(method, path, body, sent)
    response = client.getresponse()
    content = response.read()
    return response.status, json.loads(content) if content else None, response.getheader("Allow")


def test_the_examples(connection: http.client.HTTPConnection) -> None:
    """The examples of the document are answered as it says, on one connection."""
    params = {"jobParams": [{"name": "aaa", "value": "111"}, {"name": "bbb", "value": "222"}]}

    assert _ask(connection, "POST", RUN_PATH, params) == (200, {"instanceId": 132343}, None)

    instance = "/v1/p1/jobs/myJob/instances/132343"
    states = [_ask(connection, "GET", instance)[1]["status"] for _ in range(3)]
    restarted = _ask(connection, "POST", instance + "/restart", {"retry_location": "error_node"})
    listed = _ask(connection, "GET", "/v1/p1/jobs/instances/detail")[1]

    assert states == ["waiting", "running", "success"]
    assert restarted == (204, None, None)
    assert (listed["total"], listed["instances"][0]["status"]) == (1, "waiting")
    assert _ask(connection, "POST", instance + "/stop") == (204, None, None)
    assert _ask(connection, "POST", instance + "/stop")[1]["error_code"] == "DLF.3051"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("POST", "/v1/p1/jobs/other/run-immediate", {}, 400, "DLF.0100"),
        ("POST", "/v1/p1/jobs//run-immediate", {}, 400, "DLF.3004"),
        ("POST", "/v1/p1/jobs/a%20b/run-immediate", {}, 400, "DLF.3018"),
        ("POST", RUN_PATH, {"workspace": "w"}, 400, "DLF.0819"),
        ("GET", "/v1/p1/jobs/myJob/instances/7", {}, 400, "DLF.0137"),
        ("POST", RUN_PATH, {"X-Auth-Token": "bad"}, 401, "APIGW.0301"),
        ("POST", "/v1/p1/jobs/myJob", {}, 404, "APIGW.0101"),
        ("GET", RUN_PATH, {}, 405, "APIGW.0101"),
    ],
)
def test_refusals(
    connection: http.client.HTTPConnection, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    """A request that breaks a rule is refused with the status and the code of the document's examples."""
    answered, doc, allow = _ask(connection, method, path, **headers)

    assert (answered, doc["error_code"]) == (status, code)
    assert allow == ("POST" if status == 405 else None)


def test_the_signature() -> None:
    """A signature is computed as the signing guide's implementations do."""
    names = ["content-type", "host", "x-project-id", "x-sdk-date"]
    values = ["application/json", "dayu-dlf.cn-north-4.myhuaweicloud.com", "p1", "20260101T000000Z"]
    body = '{"jobParams":[{"name":"aaa","value":"作业"}]}'.encode()
    target = "/v1/p1/jobs/%E4%BD%9C%E4%B8%9A/run-immediate"
    request = Request("POST", target, list(zip(names, values, strict=True)), body)

    signature = sign(request, names, "20260101T000000Z", "SKEXAMPLE")

    assert signature == "ee3c698f42399e3a6ab2b6e80c92f7995337a1dc12ac8abedb2c78491d7d2b48"


def test_each_fault_shows() -> None:
    """Each fault changes what is answered to some request."""
    hidden = [name for name in FAULTS if not _shows(name)]

    assert hidden == []


def test_each_variant_differs() -> None:
    """Each variant changes what is answered, but for those that only take another time."""
    hidden = [name for name in VARIANTS if name not in ("slow", "in-pieces") and not _shows(variant=name)]

    assert hidden == []
