"""Does the contract suite's command end as it says, and leave nothing running?"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

HOLD_A_MOCK = """
import time
from tests.contract import mock
with mock.started() as url:
    print(url, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_signal_leaves_the_mock_running(root: Path, number: signal.Signals) -> None:
    """The mock that the suite started ends with it, whichever signal ends the suite."""
    command = [sys.executable, "-c", HOLD_A_MOCK]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as suite:
        assert suite.stdout
        address = urlsplit(suite.stdout.readline().strip())
        with socket.create_connection((str(address.hostname), address.port), timeout=20) as connection:
            suite.send_signal(number)
            suite.wait(20)
            received = connection.recv(1)

    assert received == b""
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((str(address.hostname), address.port), timeout=20).close()


def test_server_that_is_not_there_is_status_2(root: Path) -> None:
    """A server that cannot be tested is exit status 2 and one line that names it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    done = subprocess.run(
        [sys.executable, "-m", "tests.contract"],
        cwd=root,
        env={**os.environ, "BASE_URL": url, "TOKEN": "mock-token"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"contract: {url} cannot be reached: ")
    assert len(done.stderr.splitlines()) == 1
