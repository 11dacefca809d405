"""Does a MockServer say what is wrong with its arguments, and end every call, also while it stops?"""

from __future__ import annotations

import socket
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from dataarts_mock import MockServer
from tests.mock._http import PATH, TOKEN, connect, exchange, post

REQUEST = f"POST {PATH} HTTP/1.1\r\nHost: mock\r\nX-Auth-Token: mock-token\r\n\r\n".encode()

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"jobs": ["j1"]}, "jobs[0]: not a pair of job name and workspace ID: 'j1'; write ('j1', None)"),
    ({"jobs": [("a", None), "bc"]}, "jobs[1]: not a pair of job name and workspace ID: 'bc'; write ('bc', None)"),
    ({"jobs": "myJob"}, "jobs: not a list of pairs of job name and workspace ID: 'myJob'"),
    ({"jobs": {"ab": None}}, "jobs: not a list of pairs of job name and workspace ID: {'ab': None}"),
    ({"jobs": None}, "jobs: not a list of pairs of job name and workspace ID: None"),
    ({"jobs": [("a",)]}, "jobs[0]: not a pair of job name and workspace ID: ('a',)"),
    ({"jobs": [(1, None)]}, "jobs[0][0]: the job name is not a string: 1"),
    ({"jobs": [("a", 1)]}, "jobs[0][1]: the workspace ID is neither a string nor None: 1"),
    ({"jobs": [("", None)]}, "job_name: empty: ''"),
    ({"rate_limit": "5"}, "rate_limit: not an integer: '5'"),
    ({"rate_limit": 1.5}, "rate_limit: not an integer: 1.5"),
    ({"rate_limit": True}, "rate_limit: not an integer: True"),
    ({"rate_limit": 0}, "rate_limit: less than 1: 0"),
    ({"token": None}, "token: not a string"),
    ({"secret_key": b"sk"}, "secret_key: not a string"),
    ({"access_key": ""}, "access_key: must be printable ASCII, without spaces around it"),
    ({"port": "80"}, "port: not an integer: '80'"),
    ({"port": 65536}, "port: greater than 65535: 65536"),
    ({"port": -1}, "port: less than 0: -1"),
]

CALLS: list[tuple[Callable[[MockServer], object], str]] = [
    (lambda mock: mock.fail_next(418), "status: no operation documents a response with status 418"),
    (lambda mock: mock.fail_next(), "give status, example, transport or delay"),
    (lambda mock: mock.fail_next(delay=-1), "delay: less than 0"),
    (lambda mock: mock.add_job("a b"), "job_name: does not match"),
    (lambda mock: mock.add_job(1), "job_name: not of type string"),  # type: ignore[arg-type] # Wrong on purpose.
    (lambda mock: mock.assert_ran("myJob", params=["a"]), "params: not a mapping of names to values: ['a']"),  # type: ignore[arg-type]
    (lambda mock: mock.assert_ran("myJob", params={"a": 1}), "params['a']: not a string: 1"),  # type: ignore[dict-item]
    (lambda mock: mock.assert_ran("myJob", params={1: "a"}), "params: a name is not a string: 1"),  # type: ignore[dict-item]
    (lambda mock: mock.assert_ran(None), "job: not a string: None"),  # type: ignore[arg-type]
    (lambda mock: mock.assert_ran("myJob", workspace=1), "workspace: neither a string nor None: 1"),  # type: ignore[arg-type]
    (lambda mock: mock.assert_ran("myJob", times=-1), "times: less than 0: -1"),
    (lambda mock: mock.assert_ran("myJob", times="1"), "times: not an integer: '1'"),  # type: ignore[arg-type]
]


def frames(error: BaseException) -> int:
    """Count the frames below this module's in an error's traceback."""
    names = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    return len(names) - names.count(__file__)


@pytest.mark.parametrize(("arguments", "message"), WRONG, ids=[row[1] for row in WRONG])
def test_wrong_argument_is_named_with_its_rule(arguments: dict[str, Any], message: str) -> None:
    """An argument that breaks a rule is a ValueError that names both, raised where the caller sees it."""
    with pytest.raises(ValueError) as raised:  # noqa: PT011 # The message is compared below.
        MockServer(**arguments)

    assert str(raised.value) == message
    assert frames(raised.value) <= 2
    assert raised.value.__cause__ is None


@pytest.mark.parametrize(("call", "message"), CALLS, ids=[row[1] for row in CALLS])
def test_wrong_argument_of_a_method_is_named_with_its_rule(
    dataarts_mock: MockServer, call: Callable[[MockServer], object], message: str
) -> None:
    """The same holds for the methods."""
    with pytest.raises(ValueError) as raised:  # noqa: PT011 # The message is compared below.
        call(dataarts_mock)

    assert str(raised.value).startswith(message)
    assert frames(raised.value) <= 2
    assert post(dataarts_mock.url).status_code == 200


def test_port_can_be_chosen() -> None:
    """A MockServer listens on the port it is given, each time it starts, and says when that is taken."""
    with MockServer() as first:
        port = urlsplit(first.url).port or 0
        with pytest.raises(OSError, match="Address already in use"):
            MockServer(port=port).start()
    mock = MockServer(port=port)
    urls = []
    for _ in range(2):
        with mock:
            urls.append(mock.url)

            assert post(mock.url).status_code == 200
    assert urls == [f"http://127.0.0.1:{port}"] * 2


def test_url_before_the_start_says_so() -> None:
    """Before it has started, a MockServer has no URL, and says what to do."""
    with pytest.raises(RuntimeError, match="the mock does not serve: start it first"):
        MockServer().url  # noqa: B018 # Asking is what is tested.


def test_no_call_hangs_while_the_mock_stops() -> None:
    """Calls from other threads while the mock stops succeed or raise RuntimeError; none of them waits for ever."""
    outcomes: Counter[str] = Counter()
    for _ in range(10):
        mock = MockServer()
        mock.start()
        begun = threading.Barrier(4)

        def ask(mock: MockServer = mock, begun: threading.Barrier = begun) -> None:
            mock.requests  # noqa: B018 # Asking is what is tested.
            begun.wait()
            try:
                while True:
                    mock.requests  # noqa: B018
                    outcomes["served"] += 1
            except RuntimeError as error:
                outcomes[str(error)] += 1

        threads = [threading.Thread(target=ask, daemon=True) for _ in range(3)]
        for thread in threads:
            thread.start()
        begun.wait()
        mock.stop()
        for thread in threads:
            thread.join(20)

            assert not thread.is_alive()
    messages = {"the mock does not serve: start it first", "the mock stopped before it came to this"}

    assert set(outcomes) - {"served"} <= messages
    assert sum(outcomes[message] for message in messages) == 30


def test_many_may_stop_it_at_once() -> None:
    """Stopping from several threads at once ends them all, once the mock has stopped."""
    mock = MockServer()
    mock.start()
    url = mock.url
    threads = [threading.Thread(target=mock.stop, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert not any(thread.is_alive() for thread in threads)
    with pytest.raises(ConnectionRefusedError):
        connect(url).close()


def test_failure_to_start_has_its_cause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the server fails as it starts, the RuntimeError has the reason as its cause, and the port is free again."""

    async def fail(self: object, sockets: object = None) -> None:
        raise OSError("no more event loops")

    monkeypatch.setattr("uvicorn.Server.startup", fail)
    mock = MockServer()
    with pytest.raises(RuntimeError, match="the mock did not start") as raised:
        mock.start()

    assert str(raised.value.__cause__) == "no more event loops"
    monkeypatch.undo()
    with socket.create_server(("127.0.0.1", urlsplit(mock.url).port or 0)), mock:
        assert post(mock.url, PATH, TOKEN).status_code == 200


def test_stopping_cuts_a_drip_short() -> None:
    """A response that drips is sent whole at once when the mock stops."""
    mock = MockServer(any_job=True)
    mock.start()
    mock.fail_next(transport="drip")
    with connect(mock.url) as connection:
        connection.sendall(REQUEST)
        received = connection.recv(65536)
        mock.stop()
        while part := connection.recv(65536):
            received += part

    assert received.startswith(b"HTTP/1.1 200 OK\r\n")
    assert received.endswith(b'\r\n\r\n{"instanceId":132343}')


def test_stopping_does_not_wait_for_what_was_cut(caplog: pytest.LogCaptureFixture) -> None:
    """After a fault has cut a connection with further requests on it, nothing waits for these when the mock stops."""
    mock = MockServer()
    mock.start()
    mock.fail_next(transport="reset-after-reading")
    received, error = exchange(mock.url, REQUEST * 5)
    begin = time.monotonic()
    mock.stop()

    assert (received, type(error)) == (b"", ConnectionResetError)
    assert time.monotonic() - begin < 8
    assert caplog.records == []


@pytest.mark.parametrize("head", [b"", b"Expect: 100-continue\r\n"], ids=["body", "body that is asked for"])
def test_stopping_does_not_wait_long_for_a_body(caplog: pytest.LogCaptureFixture, head: bytes) -> None:
    """A request whose body is incomplete when the mock stops is refused a moment later."""
    mock = MockServer()
    mock.start()
    with connect(mock.url) as connection:
        connection.sendall(REQUEST.removesuffix(b"\r\n") + b"Content-Length: 9\r\n" + head + b"\r\n" + b"{"[: not head])
        if head:
            connection.recv(65536)
        begin = time.monotonic()
        mock.stop()
        received = connection.recv(65536)

    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"API request error. body: incomplete" in received
    assert time.monotonic() - begin < 8
    assert caplog.records == []
