"""`MockServer`: the mock in a thread of the test's own process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from dataarts_auth import TokenAuth

from ._app import create_app
from ._arguments import MAX_PORT, check_integer, check_run
from ._faults import read_fault
from ._instances import RecordedInstance
from ._journal import RecordedRequest
from ._runs import difference, is_run, received
from ._server import Server, listen, url_of
from ._state import STATES

_NOT_STARTED = "the mock does not serve: start it first"

if TYPE_CHECKING:
    from dataarts_client import Client

_DESCRIBED = 50
"""How many requests a description has at most."""

_Result = TypeVar("_Result")

TransportFault = Literal[
    "reset-before-reading", "reset-after-reading", "truncated-body", "malformed-json", "html-502", "drip"
]


class MockServer:
    """The mock on a free port of this machine, served by a thread; a context manager.

    pytest's fixture `dataarts_mock` is one, new for each test; elsewhere::

        with MockServer(any_job=True) as mock:
            requests.post(f"{mock.url}/v1/…", headers={"X-Auth-Token": mock.token})

    Its methods may be called from any thread, while requests are under way too. Before it has started and after it has
    stopped they raise RuntimeError, `client()` and `stop()` excepted.

    Args:
        jobs: The jobs there are, as pairs of name and workspace ID; None is the default workspace.
        any_job: Take every job and workspace to exist.
        token: The one token that is known.
        access_key: The one access key that is known.
        secret_key: The secret key to it.
        rate_limit: Requests a second and project, at least 1; None for no limit.
        control: Serve the control routes, which are below `/__mock__/`.
        allowed_hosts: Host names and addresses by which the control routes and `/docs` may be asked for, besides those
            of the loopback interface; `*` allows any. Web pages elsewhere are kept out by this (DNS rebinding).
        port: The port to listen on; 0 takes a free one.
        document: The OpenAPI document to serve; None for the openapi.yaml that comes with the mock.
        first_instance_id: The ID of the first instance, each has the next one; None for that of the contract's example.
            Above 2**53 it finds clients that read IDs as floating-point numbers.

    Attributes:
        allow_unmet_faults: Whether a test may end while faults of `fail_next` wait; where not, pytest's fixture
            `dataarts_mock` fails the test. The fixture sets it to False before each test.

    Raises:
        DocumentError: The document is missing, or lacks something that the mock responds with.
        ValueError: An argument breaks a rule; the message names it.
    """

    def __init__(
        self,
        *,
        jobs: Iterable[tuple[str, str | None]] = (("myJob", None),),
        any_job: bool = False,
        token: str = "mock-token",
        access_key: str = "mock-ak",
        secret_key: str = "mock-sk",
        rate_limit: int | None = None,
        control: bool = True,
        allowed_hosts: Iterable[str] = (),
        port: int = 0,
        document: Path | None = None,
        first_instance_id: int | None = None,
    ) -> None:
        __tracebackhide__ = True
        self.allow_unmet_faults = False
        self.access_key = access_key
        self.secret_key = secret_key
        try:
            check_integer("port", port, minimum=0, maximum=MAX_PORT)
            self._app = create_app(
                jobs=jobs,
                any_job=any_job,
                token=token,
                access_key=access_key,
                secret_key=secret_key,
                rate_limit=rate_limit,
                control=control,
                allowed_hosts=allowed_hosts,
                document=document,
                first_instance_id=first_instance_id,
            )
        except ValueError as error:  # About an argument of the caller's, to whom the frames below say nothing.
            raise error.with_traceback(None) from None
        self._port = port
        self._url: str | None = None
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._start_or_stop = threading.RLock()
        self._calling = threading.Lock()
        self._calls: set[Future[Any]] = set()

    @property
    def url(self) -> str:
        """Where it is, for example `http://127.0.0.1:49152`; after it has stopped, where it was.

        Raises:
            RuntimeError: It has not been started.
        """
        if self._url is None:
            raise RuntimeError(_NOT_STARTED)
        return self._url

    @property
    def token(self) -> str:
        """The token that is known; the last one if others were issued since."""
        return self._app.service.token

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start to serve.

        Raises:
            OSError: The port cannot be had.
            RuntimeError: It serves already, or the server failed; then the cause says why.
        """
        with self._start_or_stop:
            if self._thread is not None:
                raise RuntimeError("the mock serves already")
            listener = listen("127.0.0.1", self._port)
            self._url = url_of(listener)
            started: Future[None] = Future()

            def on_started() -> None:
                with self._calling:
                    self._server = server
                started.set_result(None)

            server = Server(self._app, on_started)

            def serve() -> None:
                cause: BaseException | None = None
                try:
                    with listener:
                        server.run(sockets=[listener])
                except BaseException as error:
                    cause = error
                    if started.done():
                        raise
                finally:
                    self._end_calls()
                    if not started.done():
                        failed = RuntimeError("the mock did not start")
                        failed.__cause__ = cause
                        started.set_exception(failed)

            # A daemon, so that a process that forgets to stop it can end.
            thread = threading.Thread(target=serve, name="dataarts-mock", daemon=True)
            thread.start()
            started.result()
            self._thread = thread

    def stop(self) -> None:
        """Respond to the requests under way, and stop; responses that are held back go out at once."""
        with self._start_or_stop:
            if self._thread is None:
                return
            with self._calling:
                if self._server is not None:
                    self._app.release_held_responses()
                    self._server.should_exit = True
            self._thread.join()
            self._thread = None

    def reset(self) -> None:
        """Go back to the start: its jobs, no instances, the machine's clock, its token, no requests, no faults."""
        self._call(self._app.reset)

    def add_job(
        self,
        name: str,
        workspace: str | None = None,
        *,
        states: Sequence[str] = STATES,
        seconds: float | None = None,
        appears_after: float = 0,
    ) -> None:
        """Register a job, and its workspace with it; one that is there already behaves so from its next run on.

        Args:
            name: Its name.
            workspace: The ID of its workspace; None is the default one.
            states: The states that each run of the job goes through; the last one stays. The first look at the
                instance (`showJobInstance`) finds the first, the second look the second, and so on. To list
                instances is no look.
            seconds: How long each state lasts by the mock's clock, whoever looks; None where looks lead on.
            appears_after: Seconds by the mock's clock from the start of a run until its instance is there.

        Raises:
            ValueError: An argument breaks a rule of the contract, or is not of its type.
        """
        __tracebackhide__ = True
        state = self._app.service.state
        self._call(lambda: state.add_job(name, workspace, states=states, seconds=seconds, appears_after=appears_after))

    @property
    def instances(self) -> list[RecordedInstance]:
        """The instances since the last reset, the oldest first; of many the last 100,000. This is no look at them."""
        return self._call(lambda: list(self._app.service.state.instances.records()))

    def set_state(self, instance_id: int, state: str) -> None:
        """Let an instance go to a state and stay there, until it is stopped or restarted.

        Raises:
            ValueError: There is no such instance, or the contract has no such state.
        """
        __tracebackhide__ = True
        self._call(lambda: self._app.service.state.set_state(instance_id, state))

    def freeze(self) -> None:
        """Stop the mock's clock: the states and times of instances, dates of signatures, throttling and the journal."""
        self._call(self._app.service.clock.freeze)

    def advance(self, seconds: float) -> None:
        """Move the mock's clock ahead, stopped or not; the token ages with it, and is not known after 24 hours.

        Raises:
            ValueError: The seconds are not a number, negative, or more than ten years.
        """
        __tracebackhide__ = True
        self._call(lambda: self._app.service.clock.advance(seconds))

    def unfreeze(self) -> None:
        """Let the mock's clock go on from where it stands; `reset` sets it to the machine's time."""
        self._call(self._app.service.clock.unfreeze)

    def renew_token(self) -> str:
        """Issue another token, and return it; those issued before are valid as long as they would have been."""
        return self._call(self._app.service.renew_token)

    def fail_next(
        self,
        status: int | None = None,
        *,
        example: str | None = None,
        retry_after: int | None = None,
        transport: TransportFault | None = None,
        delay: float = 0.0,
        times: int = 1,
        operation: str | None = None,
    ) -> None:
        """Let something go wrong with the next request, or the next few; call it again to line up more.

        A response is forced by `status`, by `example`, or by both: one that the contract documents, given to the next
        valid request, in which case nothing is run. (An invalid request gets the error that it deserves, and the fault
        waits on.) A `transport` fault meets the next request, valid or not:

        - `"reset-before-reading"`: the connection is reset, and nothing is run;
        - `"reset-after-reading"`: the request is carried out, then the connection is reset;
        - `"truncated-body"`: carried out, but the response breaks off half-way;
        - `"malformed-json"`: carried out, but the response is half a JSON text;
        - `"html-502"`: a proxy's page in place of the response, and nothing is run;
        - `"drip"`: carried out, but the response comes a byte each tenth of a second.

        Args:
            status: The status of the response; its first documented example, unless `example` names another one.
            example: The name of the response's example in the contract, for example `"JobQuotaReached"`.
            retry_after: Seconds for its Retry-After, where the contract has that header.
            transport: What happens to the connection; not together with a response.
            delay: Seconds that the response is held back, at most 300; with a response, with `transport`, or alone.
            times: How many requests it meets, at least 1.
            operation: The operationId of the one operation whose requests it meets, for example `"showJobInstance"`;
                None for any. Requests of others pass it by.

        Raises:
            ValueError: An argument is not of its type or out of range, or names what the contract does not document.
        """
        __tracebackhide__ = True
        fields = {
            "status": status,
            "example": example,
            "retry_after": retry_after,
            "transport": transport,
            "delay": delay,
            "times": times,
            "operation": operation,
        }
        self._call(lambda: self._app.service.faults.add(read_fault(fields)))

    @property
    def unmet_faults(self) -> list[str]:
        """What `fail_next` lined up and no request has met yet, in words."""
        return [str(fault) for fault in self._call(lambda: list(self._app.service.faults.waiting))]

    @property
    def requests(self) -> list[RecordedRequest]:
        """The requests since the last reset, the oldest first; of many the last 1,000, within 32 MiB."""
        return self._call(self._app.journal.requests)

    def assert_ran(
        self, job: str, params: Mapping[str, str] | None = None, workspace: str | None = None, times: int = 1
    ) -> None:
        """Assert that a job was run, so many times; runs whose response was lost on the way count too.

        Args:
            job: Its name.
            params: The parameters it was run with, names and values; None for any.
            workspace: The ID of its workspace; None is the default one.
            times: How often; 0 asserts that it was not run so.

        Raises:
            ValueError: An argument is not of its type.
            AssertionError: It was not, and the message shows the difference; or it cannot be told, because the requests
                since the last reset were more than are remembered.
        """
        __tracebackhide__ = True
        check_run(job, params, workspace)
        check_integer("times", times, minimum=0)
        requests, forgotten_runs = self._call(lambda: (self._app.journal.requests(), self._app.journal.forgotten_runs))
        if forgotten_runs:
            raise AssertionError(
                f"it cannot be told how often {job} ran: of {forgotten_runs} older runs nothing is remembered but that "
                f"there were some; reset the mock in between"
            )
        runs = [request for request in requests if is_run(request, job, params, workspace)]
        if len(runs) != times:
            raise AssertionError(difference(requests, job, params, workspace, times=times, found=len(runs)))

    def describe(self) -> str:
        """Return the jobs that there are, and the last requests with what became of each, a line each."""
        jobs, requests = self._call(lambda: (self._app.service.state.jobs(), self._app.journal.requests()))
        names = [f"{name}@{workspace}" if workspace else name for name, workspace in jobs]
        return "\n".join([f"jobs: {', '.join(names) or 'none'}", *received(requests, _DESCRIBED)])

    def client(self, **options: Any) -> Client:
        """Make a client of the mock: `dataarts_client.Client` with the mock's URL and token.

        Proxies that the environment names are passed over: none of them leads to this machine.

        Args:
            options: Further options of the client, or others in the place of these.
        """
        # The mock does not know the client: here alone it is handed out, for the convenience of tests.
        from dataarts_client import Client

        return Client(**{"base_url": self.url, "auth": TokenAuth(self.token), "trust_env": False, **options})

    def _call(self, function: Callable[[], _Result]) -> _Result:
        """Call a function in the server's thread, between two requests, and return what it returns."""
        __tracebackhide__ = True
        future: Future[_Result] = Future()

        def call() -> None:
            try:
                future.set_result(function())
            except BaseException as error:
                future.set_exception(error)
            self._calls.discard(future)

        with self._calling:
            if self._server is None:
                raise RuntimeError(_NOT_STARTED)
            self._calls.add(future)
            with suppress(RuntimeError):  # The loop is closed: `_end_calls` comes next.
                self._server.loop.call_soon_threadsafe(call)
        error = future.exception()
        if isinstance(error, ValueError):  # About an argument of the caller's, to whom the frames below say nothing.
            raise error.with_traceback(None)
        return future.result()

    def _end_calls(self) -> None:
        """Fail the calls that the server did not come to before it stopped."""
        with self._calling:
            self._server = None
            for future in self._calls:
                future.set_exception(RuntimeError("the mock stopped before it came to this"))
            self._calls.clear()
