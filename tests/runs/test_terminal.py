"""Does a person at a terminal see how a run goes on, in one line, and keep what matters on the screen?"""

from __future__ import annotations

import re

import pytest

from dataarts_mock import MockServer

from ._caller import JOB
from ._terminal import Terminal

LIVE = re.compile(r"\S (?P<time>\d+:\d\d:\d\d) (?P<state>[a-z-]+)(?: · begin \S+ · work \S+)?")
CTRL_C = "\x03"


def live_line(lines: list[str]) -> re.Match[str] | None:
    """Return the line that goes on, if it is the last one on the screen."""
    return LIVE.fullmatch(lines[-1]) if lines else None


def shows(state: str, lines: list[str]) -> bool:
    """Return whether the line that goes on shows a state."""
    found = live_line(lines)
    return found is not None and found["state"] == state


def time_of(lines: list[str]) -> str | None:
    """Return the time that the line which goes on shows."""
    found = live_line(lines)
    return None if found is None else found["time"]


def test_live_line(dataarts_mock: MockServer) -> None:
    """One line shows time, state and nodes, anew several times a second; in the end two lines stay on the screen."""
    dataarts_mock.add_job(JOB, states=("waiting", "running"))
    with Terminal(dataarts_mock, "run", JOB) as terminal:
        terminal.until(lambda lines: shows("waiting", lines))
        first = terminal.until(lambda lines: shows("running", lines))
        began = time_of(first)
        assert "cyan" in terminal.colour("running")
        ticking = terminal.until(lambda lines: shows("running", lines) and time_of(lines) != began)
        (instance,) = dataarts_mock.instances
        dataarts_mock.set_state(instance.instance_id, "success")
        status = terminal.end()
        colour = terminal.colour("succeeded")

    started = f"Run {instance.instance_id} of job {JOB} was started."
    assert [first[0], len(first)] == [started, 2]
    assert ticking[-1].endswith("running · begin success · work running")
    assert status == 0
    assert terminal.lines[0] == started
    assert re.fullmatch(rf"Run {instance.instance_id} of job {JOB} succeeded: success after .*\.", terminal.lines[1])
    assert len(terminal.lines) == 2
    assert colour == "green"


def test_failure(dataarts_mock: MockServer) -> None:
    """A run that fails is red, and its node's log is whole, however narrow the terminal is."""
    dataarts_mock.add_job(JOB, states=("fail",))
    with Terminal(dataarts_mock, "run", JOB, columns=50) as terminal:
        status = terminal.end()
        colour = terminal.colour("did not succeed")
    text = "".join(terminal.lines).replace(" ", "")

    assert status == 1
    assert colour == "red"
    assert f"logatobs://dlf-log/{JOB}/" in text
    assert text.endswith("/work/work.job.")


def test_narrow_terminal(dataarts_mock: MockServer) -> None:
    """Where the terminal is narrow the line is cut, not continued on the next, where it could not be overwritten."""
    dataarts_mock.add_job(JOB, states=("running",))
    with Terminal(dataarts_mock, "run", JOB, columns=32) as terminal:
        terminal.until(lambda lines: any("running" in line and line.endswith("…") for line in lines))
        terminal.until(lambda lines: "0:00:02" in lines[-1])
        terminal.type(CTRL_C)
        terminal.end()

    assert not any(re.match(r"\S \d:\d\d:\d\d", line) for line in terminal.lines)


def test_ctrl_c(dataarts_mock: MockServer) -> None:
    """Ctrl-C leaves the line that says how to wait for the run again, and no trace of the line that went on."""
    dataarts_mock.add_job(JOB, states=("running",))
    with Terminal(dataarts_mock, "run", JOB) as terminal:
        terminal.until(lambda lines: shows("running", lines))
        terminal.type(CTRL_C)
        status = terminal.end()
    (instance,) = dataarts_mock.instances

    assert status == 130
    assert terminal.lines == [
        f"Run {instance.instance_id} of job {JOB} was started.",
        f"Interrupted. The run goes on; to wait for it again: dataarts wait {JOB} {instance.instance_id}",
    ]
    assert b"Traceback" not in terminal.written


def test_ctrl_c_while_parameters_are_typed(dataarts_mock: MockServer) -> None:
    """Ctrl-C while the command reads parameters from the keyboard is status 130, and nothing is sent."""
    with Terminal(dataarts_mock, "run", JOB, "--params-file", "-") as terminal:
        terminal.until(lambda lines: lines == ["Type the parameters as JSON, and Ctrl-D at the end."])
        terminal.type('{"day": ' + CTRL_C)
        status = terminal.end()

    assert status == 130
    assert b"Traceback" not in terminal.written
    assert dataarts_mock.requests == []


def test_warnings(dataarts_mock: MockServer) -> None:
    """A look that fails in passing is a line of its own, above the one that goes on."""
    dataarts_mock.add_job(JOB, states=("waiting", "running"))
    dataarts_mock.fail_next(operation="showJobInstance", example="JobInstanceNotFound")
    with Terminal(dataarts_mock, "run", JOB, columns=300) as terminal:
        terminal.until(lambda lines: shows("waiting", lines))
        dataarts_mock.fail_next(operation="showJobInstance", status=500)
        lines = terminal.until(lambda lines: shows("running", lines))
        dataarts_mock.set_state(dataarts_mock.instances[0].instance_id, "success")
        terminal.end()

    assert any(line.startswith("warning: a look at run") for line in lines[1:-1])
    assert "HTTP 500" in " ".join(lines[1:-1])
    assert "DLF.0137" not in " ".join(lines)


def test_piped_result(dataarts_mock: MockServer) -> None:
    """Where standard output is a pipe, the ID and the state go there, and the terminal shows how the run goes on."""
    dataarts_mock.add_job(JOB, states=("running",))
    with Terminal(dataarts_mock, "run", JOB, piped=True) as terminal:
        assert terminal.process.stdout is not None
        instance_id = int(terminal.process.stdout.readline())
        terminal.until(lambda lines: shows("running", lines))
        dataarts_mock.set_state(instance_id, "success")
        status = terminal.end()
        rest = terminal.process.stdout.read()

    assert (status, rest) == (0, b"success\n")
    assert instance_id == dataarts_mock.instances[0].instance_id


@pytest.mark.parametrize("kind", ["dumb", "unknown"])
def test_terminal_that_can_do_nothing(dataarts_mock: MockServer, kind: str) -> None:
    """At a terminal that moves no cursor there is a line for each change, as there is where there is no terminal."""
    with Terminal(dataarts_mock, "run", JOB, variables={"TERM": kind}) as terminal:
        status = terminal.end()

    assert status == 0
    assert b"\x1b" not in terminal.written
    assert [line.split()[1].rstrip(":") for line in terminal.lines[1:4]] == ["waiting", "running", "success"]


def test_no_colour(dataarts_mock: MockServer) -> None:
    """With NO_COLOR nothing has a colour."""
    dataarts_mock.add_job(JOB, states=("fail",))
    with Terminal(dataarts_mock, "run", JOB, variables={"NO_COLOR": "1"}) as terminal:
        terminal.end()
        colour = terminal.colour("did not succeed")

    assert colour == "default"
    assert not re.search(rb"\x1b\[[0-9;]*3[0-7]", terminal.written)


def test_table(dataarts_mock: MockServer) -> None:
    """The table of `list` fits the terminal; IDs and states, which a person copies or looks for, are whole."""
    name = "a-job-with-a-rather-long-name-that-does-not-fit"
    dataarts_mock.add_job(name, states=("running-exception",))
    with Terminal(dataarts_mock, "run", name) as terminal:
        terminal.end()
    with Terminal(dataarts_mock, "list", columns=60) as terminal:
        status = terminal.end()
    (instance,) = dataarts_mock.instances
    header, row = terminal.lines

    assert status == 0
    assert header.split()[:3] == ["instance", "state", "job"]
    assert row.split()[:2] == [str(instance.instance_id), "running-exception"]
    assert "…" in row
