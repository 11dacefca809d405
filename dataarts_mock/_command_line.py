"""The mock's command line."""

from __future__ import annotations

import argparse
import gc
import io
import os
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, NoReturn, TextIO

from ._app import create_app
from ._control import PREFIX as CONTROL_PREFIX
from ._docs import PATH as DOCS_PATH
from ._journal import shown_violation
from ._server import Server, listen, url_of
from ._service import Request, Response
from ._state import STATES

_MAX_WIDTH = 72
"""The widest column for paths; behind longer ones the rest of the line is not aligned."""


def main(arguments: list[str] | None = None) -> int:
    """Serve until interrupted.

    Args:
        arguments: The command line's; None for the process's own.
    """
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        app = create_app(
            jobs=[(each.name, each.workspace) for each in options.job] if options.job else (("myJob", None),),
            any_job=options.any_job,
            token=options.token,
            access_key=options.access_key,
            secret_key=options.secret_key,
            rate_limit=options.rate_limit,
            control=not options.no_control,
            allowed_hosts=options.allow_host,
            document=options.document,
            first_instance_id=options.first_instance_id,
        )
        for job in options.job or ():
            app.service.state.add_job(job.name, job.workspace, states=job.states)
        app.service.state.keep_jobs()
    except ValueError as error:
        parser.error(str(error))
    try:
        listener = listen(options.host, options.port)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]
        parser.error(f"cannot listen on {options.host} port {options.port}: {reason}")
    if sys.stdout and not options.quiet:
        app.listeners.append(_RequestLog(sys.stdout))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # Job names may have characters that the terminal has not.
    gc.freeze()  # What exists now stays: the garbage collector need not look at it again.
    signal.signal(signal.SIGTERM, _exit)
    with listener, suppress(KeyboardInterrupt):
        control = "" if options.no_control else f", control routes at {CONTROL_PREFIX}"
        line = f"dataarts-mock is listening on {url_of(listener)} (reference at {DOCS_PATH}{control}; Ctrl-C ends it)"
        server = Server(app, on_started=lambda: print(line, flush=True))
        if options.stop_with_stdin:
            threading.Thread(target=_stop_with_stdin, args=[server], daemon=True).start()
        server.run(sockets=[listener])
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dataarts-mock",
        description="A stand-in for DataArts Studio's run-immediate API, driven by openapi.yaml.",
        allow_abbrev=False,
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="host name or address by which /docs and /__mock__/ may be asked for, besides those of this machine's "
        "loopback interface and the address that a request arrives at; * allows any, which lets web pages control the "
        "mock; repeatable",
    )
    parser.add_argument("--port", type=_port, default=4010, help="0 takes a free one (default: %(default)s)")
    parser.add_argument(
        "--job",
        type=_job,
        action="append",
        metavar="NAME[@WORKSPACE][:STATES]",
        help="a job there is, without a workspace ID in the default one, and the states that its runs go through, one "
        f"a look, with commas between them (default: {','.join(STATES)}); repeatable (default: myJob)",
    )
    parser.add_argument(
        "--first-instance-id", type=int, metavar="ID", help="ID of the first instance (default: the contract's example)"
    )
    parser.add_argument("--any-job", action="store_true", help="take every job and workspace to exist")
    parser.add_argument("--token", default="mock-token", help="the one token known (default: %(default)s)")
    parser.add_argument("--access-key", default="mock-ak", help="the one access key known (default: %(default)s)")
    parser.add_argument("--secret-key", default="mock-sk", help="its secret key (default: %(default)s)")
    parser.add_argument("--rate-limit", type=int, metavar="N", help="requests a second and project (default: no limit)")
    parser.add_argument("--no-control", action="store_true", help="serve no control routes below /__mock__/")
    parser.add_argument(
        "--document", type=Path, metavar="FILE", help="the OpenAPI document to serve (default: the mock's own)"
    )
    parser.add_argument("--quiet", action="store_true", help="print no line for each request")
    parser.add_argument(
        "--stop-with-stdin",
        action="store_true",
        help="stop when standard input ends, so as not to outlive the program that started it with a pipe",
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and int(text) < 2**16):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 0 to {2**16 - 1}")
    return int(text)


class _Job(NamedTuple):
    name: str
    workspace: str | None
    states: tuple[str, ...]


def _job(text: str) -> _Job:
    place, _, states = text.partition(":")
    name, _, workspace = place.partition("@")
    if "@" in place and not workspace:
        raise argparse.ArgumentTypeError(f"{text!r} has no workspace ID after the @")
    if ":" in text and not states:
        raise argparse.ArgumentTypeError(f"{text!r} has no states after the :")
    return _Job(name, workspace or None, tuple(states.split(",")) if states else STATES)


class _RequestLog:
    """Prints a line for each request: method, status, path, and what was wrong with it.

    Args:
        output: Where to print it.
    """

    def __init__(self, output: TextIO) -> None:
        self._output = output
        self._width = 0

    def __call__(self, request: Request, response: Response) -> None:
        path = request.raw_path.decode("latin-1")
        # As wide as the widest path so far, within limits: what follows stays aligned.
        self._width = min(max(self._width, len(path)), _MAX_WIDTH)
        notes = filter(None, (shown_violation(request, response), response.fault and f"(fault: {response.fault})"))
        line = f"{request.method:7} {response.status or '---':3} {path:{self._width}}  {' '.join(notes)}".rstrip()
        # What clients send must not reach the terminal as control characters.
        if not line.isprintable():
            line = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in line)
        # Requests must not fail because nobody reads the output any more.
        with suppress(OSError):
            self._output.write(line + "\n")  # One call, where print() makes two.
            self._output.flush()


def _stop_with_stdin(server: Server) -> None:
    """Wait for the end of standard input, then stop the server."""
    with suppress(OSError):  # Without a standard input there is nothing to wait for.
        while os.read(0, 65536):
            pass
    server.should_exit = True


def _exit(number: int, frame: object) -> NoReturn:
    sys.exit(0)
