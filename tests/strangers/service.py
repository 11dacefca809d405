"""The service: jobs, instances, credentials, and which request is answered how."""

from __future__ import annotations

import gzip
import random
import re
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from itertools import count
from threading import RLock
from urllib.parse import unquote

from tests.strangers import checks
from tests.strangers.listing import list_instances
from tests.strangers.messages import (
    ERRORS,
    LIST,
    RESTART,
    RUN,
    SHOW,
    STOP,
    Doc,
    Edit,
    RefusalError,
    Request,
    Response,
    Switches,
    operation_of,
)
from tests.strangers.signing import check_signature

MODES = ("one-job", "any-job", "token-only", "keys-only", "throttled")
TOKEN = "good"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
BEYOND_FLOAT = [f"{operation}-id-rounded" for operation in (SHOW, STOP, RESTART)]
BEYOND_FLOAT += ["show-body-id-rounded", "list-body-id-rounded", "node-id-rounded", "run-body-id-rounded"]
_PATH = ["jobs", "instances", "detail"]
_NODE_STATES = ("waiting", "running", "success", "fail", "skip", "pause", "manual-stop")
_METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
_LATE_SECONDS = 0.5
_FINAL = ("success", "forceSuccess", "ignoreSuccess", "fail", "running-exception", "manual-stop", "skip-by-depend")
_ENDS = {
    "fails": "fail",
    "ends-forced": "forceSuccess",
    "ends-ignored": "ignoreSuccess",
    "ends-skipped": "skip-by-depend",
    "ends-in-exception": "running-exception",
}


@dataclass
class Instance:
    """An instance of a job: one run."""

    identifier: int
    owner: tuple[str, str | None, str]
    planned: int
    status: str = "waiting"
    ended: int | None = None
    history: list[str] = field(default_factory=list)
    kind: int = 2
    started: float = 0.0
    looks: int = 0
    stops_at: float | None = None
    restarts: int = 0

    def node(self) -> Doc:
        """Returns the instance's only node as it is shown."""
        doc: Doc = {
            "nodeName": "Dummy_1",
            "status": self.status if self.status in _NODE_STATES else "running",
            "planTime": self.planned,
            "startTime": self.planned,
            "type": "Dummy",
            "instanceId": self.identifier,
            "retryTimes": 0,
        }
        return doc if self.ended is None else doc | {"endTime": self.ended}

    def summary(self) -> Doc:
        """Returns the instance as it is listed."""
        doc: Doc = {
            "jobName": self.owner[2],
            "instanceId": self.identifier,
            "status": self.status,
            "planTime": self.planned,
            "startTime": self.planned,
            "submitTime": self.planned,
            "jobInstanceName": self.owner[2],
            "instanceType": self.kind,
            "forceSuccess": False,
            "ignoreSuccess": False,
        }
        if self.ended is not None:
            doc |= {"endTime": self.ended, "executeTime": (self.ended - self.planned) / 60000}
        return doc


class Service:
    """A server of the API without its sockets.

    Args:
        mode: One of `MODES`.
        switches: The fault and the variant.
        edits: What the fault and the variant do to each response.
        clock: Returns the time in seconds since 1970.
    """

    def __init__(
        self,
        mode: str = "one-job",
        switches: Switches | None = None,
        edits: tuple[Edit, ...] = (),
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.mode = mode
        self.sw = switches or Switches()
        self._edits = edits
        offset = -600 if self.sw.on("clock-behind-and-dated") else 0
        self._clock: Callable[[], float] = lambda: clock() + offset
        self._random = random.Random(1)
        self._project: str | None = None
        self._seeded: set[str] = set()
        self._instances: dict[int, Instance] = {}
        self._ids = self._numbers()
        self._admitted = False
        self._pages: dict[str, tuple[float, Doc]] = {}
        self._requests = count(1)
        self._seen = count(1)
        self._times: deque[float] = deque()
        self._lock = RLock()

    def _numbers(self) -> Iterator[int]:
        """Returns the IDs of instances, one after another."""
        starts = {"ids-beyond-float": 2**53 + 1, "ids-negative": -(2**63), "ids-zero": 0}
        if self.sw.on("ids-random"):
            return iter(lambda: self._random.randint(-(2**63), 2**63 - 1), None)
        if self.sw.on("ids-descending"):
            return count(2**63 - 1, -1)
        return count(2**53 + 1 if self.sw.fault in BEYOND_FLOAT else starts.get(self.sw.variant, 132343))

    def respond(self, request: Request) -> Response:
        """Returns the response to a request."""
        with self._lock:
            self.sw.operation = operation_of(request.path)
            try:
                response = self._route(request)
            except RefusalError as refusal:
                response = self.refuse(refusal)
                self._carry_out_all_the_same(request, refusal)
            identifier = self.identify()
            response.set_header("X-Request-Id", identifier)
            if response.doc and str(response.doc.get("error_code")).startswith("APIGW"):
                response.doc["request_id"] = identifier
            if self.sw.on("clock-behind-and-dated"):
                response.set_header("Date", formatdate(self._clock(), usegmt=True))
            for edit in self._edits:
                edit(request, response)
            return response

    def identify(self) -> str:
        """Returns the ID of a request."""
        number = "1" if self.sw.on("request-id-constant") else str(next(self._requests))
        if self.sw.on("request-id-of-second"):
            number = str(int(self._clock()))
        return number.rjust(32, "0")

    def _carry_out_all_the_same(self, request: Request, refusal: RefusalError) -> None:
        """Does what a faulty server does although it refuses to."""
        sw, parts = self.sw, request.path.split("/")
        if refusal.error not in ("invalid", "unreadable", "media-type", "workspace-unknown", "bad-token", "no-token"):
            return
        despite = "401" if refusal.error in ("bad-token", "no-token") else "refusal"
        operation = sw.operation
        if not sw.on(f"{operation}-despite-{despite}") or parts[4:5] != ["myJob"]:
            return
        with suppress(RefusalError, ValueError, IndexError):
            owner = (parts[2], None, "myJob")
            if operation == RUN:
                self._run(owner)
            else:
                self._on_instance(operation, owner, int(parts[6]))

    @staticmethod
    def refuse(refusal: RefusalError) -> Response:
        """Returns the response to a request that is refused."""
        status, code, words = ERRORS[refusal.error]
        headers = [*refusal.headers.items(), ("Content-Type", "application/json")]
        return Response(status, {"error_code": code, "error_msg": words}, headers)

    def _route(self, request: Request) -> Response:
        sw = self.sw
        if sw.on("busy-at-times") and next(self._seen) % 40 == 0:
            raise RefusalError("unavailable", Retry_After="1")
        if sw.on("unknown-method-501") and request.method not in _METHODS:
            raise RefusalError("unknown-method")
        if sw.on("bad-target-unreadable") and re.search("%(?![0-9A-Fa-f]{2})", request.target):
            raise RefusalError("unreadable")
        if sw.on("media-type-first") and request.method == "POST" and request.body:
            self._body(request, RUN)
        if sw.on("options-answered") and request.method == "OPTIONS":
            return Response(204, None, [("Allow", self._allow(request))])
        if (sw.on("root-200") and request.path == "/") or (sw.on("options-200") and request.method == "OPTIONS"):
            return self._ok("", {})
        if sw.on("trace-echoed") and request.method == "TRACE":
            return self._ok("", {"echo": request.target})
        if sw.on("method-unknown-500") and request.method not in METHODS:
            raise RefusalError("internal")
        if sw.on("list-cached-for-anyone") and self._cached(request) is not None:
            return self._ok(LIST, self._cached(request))
        if sw.on("credentials-first"):
            self._authenticate(request, RUN)
        operation, project, job, identifier = self._find(request)
        if sw.on("not-acceptable") and not checks.accepts_json(request.header("accept")):
            raise RefusalError("not-acceptable")
        if sw.on("throttle-before-credentials"):
            self._throttle(operation)
        if sw.on("validate-first"):
            self._check_path(request, project, job)
        if not sw.on("credentials-remembered") or not self._admitted or request.header("x-auth-token") is not None:
            self._authenticate(request, operation)
        self._admitted = True
        if sw.on("one-project"):
            self._project = self._project or project
            if project != self._project:
                raise RefusalError("other-project")
        if not sw.on("throttle-before-credentials"):
            self._throttle(operation)
        if request.oversized and not (sw.on("get-body-unlimited") and request.method == "GET"):
            raise RefusalError("unreadable" if sw.on("too-large-400") else "too-large")
        if sw.on("body-before-names") and operation in (RUN, RESTART):
            (checks.check_run if operation == RUN else checks.check_restart)(self._body(request, operation), sw)
        workspace, name = self._check_path(request, project, job)
        if sw.on("job-before-all") and operation != LIST:
            self._look_up(workspace, name)
        if sw.on("unknown-query-refused-everywhere") and operation != LIST and request.query:
            raise RefusalError("invalid")
        project = checks.decode(project, "invalid")
        number = 0
        if identifier is not None:
            bounds = (sw.limits.id_min, sw.limits.id_max)
            number = checks.integer(checks.decode(identifier, "invalid"), *bounds, sw, "id")
        if sw.on("job-before-body") and operation in (RUN, RESTART):
            self._look_up(workspace, name)
        doc = self._body(request, operation)
        if operation == LIST:
            return self._list(request, project, workspace)
        if operation == RUN:
            checks.check_run(doc, sw)
        if operation == RESTART:
            checks.check_restart(doc, sw)
        if sw.on(f"{operation}-job-ignored"):
            name = "myJob"
        try:
            self._look_up(workspace, name)
        except RefusalError as refusal:
            other = f"unknown-{refusal.error.partition('-')[0]}-as-instance"
            raise RefusalError("instance-unknown") if operation != RUN and sw.on(other) else refusal from None
        if operation == RUN:
            if sw.on("runs-deduplicated"):
                return self._run_once((project, workspace, name), repr(doc))
            return self._run((project, workspace, name))
        return self._on_instance(operation, (project, workspace, name), number)

    def _find(self, request: Request) -> tuple[str, str, str, str | None]:
        sw = self.sw
        path = request.path
        if sw.on("path-any-case"):
            path = path.replace("/V1/", "/v1/").replace("/JOBS/", "/jobs/").replace("Run-Immediate", "run-immediate")
        if sw.on("path-slashes-merged"):
            path = "/" + "/".join(part for part in path.split("/") if part)
        if sw.on("path-decoded-before-split"):
            path = checks.decode(path, "job-invalid").replace("%", "%25")
        if sw.on("path-trailing-slash"):
            path = path.rstrip("/")
        if sw.on("path-matrix-cut"):
            path = "/".join(part.partition(";")[0] for part in path.split("/"))
        if sw.on("dot-segments-removed"):
            path = _without_dots(path)
        parts = path.split("/")[1:]
        if sw.on("path-words-decoded"):
            words = ("v1", "jobs", "run-immediate", "instances", "detail", STOP, RESTART)
            parts = [unquote(part) if unquote(part) in words else part for part in parts]
        if sw.on("job-instances-misrouted") and parts[3:4] == ["instances"] and parts[4:] != ["detail"]:
            raise RefusalError("no-path")
        if sw.on("job-run-immediate-misrouted") and parts[3:4] == ["run-immediate"]:
            raise RefusalError("no-path")
        if sw.on("id-letters-404") and parts[4:5] == ["instances"] and re.search("[^-0-9]", "".join(parts[5:6])):
            raise RefusalError("no-path")
        if sw.on("id-negative-404") and parts[4:5] == ["instances"] and parts[5:6] and parts[5].startswith("-"):
            raise RefusalError("no-path")
        if sw.on("path-any-prefix") and parts[:2] == ["api", "v1"]:
            parts = parts[1:]
        if sw.on("path-v2") and parts[0] == "v2":
            parts[0] = "v1"
        if sw.on("path-any-suffix") and set(parts[-2:-1]) & {"run-immediate", "detail", "stop", "restart"}:
            parts.pop()
        found: tuple[str, str, str, str | None] | None = None
        method = "POST"
        if len(parts) > 3 and parts[0] == "v1" and parts[2] == "jobs":
            project, job, rest = parts[1], parts[3], parts[4:]
            if rest == ["run-immediate"]:
                found = (RUN, project, job, None)
            elif parts[2:] == _PATH:
                method, found = "GET", (LIST, project, "", None)
            elif len(rest) == 2 and rest[0] == "instances":
                method, found = "GET", (SHOW, project, job, rest[1])
            elif len(rest) == 3 and rest[0] == "instances" and rest[2] in (STOP, RESTART):
                found = (rest[2], project, job, rest[1])
        if found is None:
            raise RefusalError("no-path")
        actual = request.method
        if sw.on("method-any-case"):
            actual = actual.upper()
        if sw.on("method-override") and request.header("x-http-method-override"):
            actual = str(request.header("x-http-method-override"))
        accepted = {method, *(extra for extra in ("PUT", "HEAD", "OPTIONS") if sw.on(f"method-{extra.lower()}"))}
        if sw.on("method-patch"):
            accepted.add("PATCH")
        if sw.on("method-delete-stops") and found[0] == SHOW and actual == "DELETE":
            return (STOP, *found[1:])
        if sw.on("method-any"):
            accepted.add(actual)
        if sw.on("method-get-runs") and found[0] in (RUN, STOP, RESTART):
            accepted.add("GET")
        if sw.on("method-post-reads") and method == "GET":
            accepted.add("POST")
        if sw.on("head-as-get") and method == "GET":
            accepted.add("HEAD")
        if actual not in accepted:
            allow = f"{method}, HEAD" if "HEAD" in accepted else method
            allow = f"{method},OPTIONS" if sw.on("options-answered") else allow
            raise RefusalError("no-path") if sw.on("method-404") else RefusalError("no-method", Allow=allow)
        return found

    def _allow(self, request: Request) -> str:
        """Returns the methods that a path has, or refuses the path."""
        try:
            self._find(Request("OPTIONS", request.target, []))
        except RefusalError as refusal:
            if refusal.error == "no-method":
                return refusal.headers["Allow"]
            raise
        return ""

    def _authenticate(self, request: Request, operation: str) -> None:
        sw = self.sw
        if sw.on("credentials-none", f"credentials-none-{operation}"):
            return
        token, authorization = request.header("x-auth-token"), request.header("authorization")
        if sw.on("token-in-query") and "X-Auth-Token=" in request.query:
            token = request.query.partition("X-Auth-Token=")[2]
        if sw.on("token-in-cookie") and "token=" in (request.header("cookie") or ""):
            token = str(request.header("cookie")).partition("token=")[2]
        if sw.on("token-bearer") and (authorization or "").startswith("Bearer "):
            token = str(authorization)[7:]
        if sw.on("token-in-authorization") and authorization and "=" not in authorization:
            token = authorization.split(" ")[-1]
        if sw.on("token-underscored") and request.header("x_auth_token"):
            token = request.header("x_auth_token")
        if sw.on("token-decoded") and token:
            token = unquote(token)
        if sw.on("token-end") and token and token.endswith(TOKEN):
            token = TOKEN
        if sw.on("token-list") and token and TOKEN in re.split("[,; ]+", token):
            token = TOKEN
        if sw.on("basic-accepted") and (authorization or "").startswith("Basic "):
            return
        if sw.on("token-as-subject") and request.header("x-subject-token"):
            token = request.header("x-subject-token")
        if sw.on("token-quotes-stripped") and token:
            token = token.strip('"')
        if sw.on("token-any-case") and token:
            token = token.lower()
        if sw.on("token-prefix") and token and token.startswith(TOKEN):
            token = TOKEN
        if sw.on("token-shorter") and token and TOKEN.startswith(token):
            token = TOKEN
        if sw.on("token-any") and token:
            token = TOKEN
        if sw.on("token-empty") and token == "":
            token = TOKEN
        if sw.on("token-repeated") and token:
            token = token.split(", ")[-1]
        right = token == TOKEN and (self.mode != "keys-only" or sw.on("tokens-despite-keys-only"))
        if right and not sw.on("token-refused", f"token-refused-{operation}"):
            return
        if authorization and (self.mode != "token-only" or sw.on("keys-despite-token-only")):
            if sw.on("signature-refused", f"signature-refused-{operation}"):
                raise RefusalError("bad-signature")
            check_signature(request, self._clock(), sw)
            return
        raise RefusalError("no-token" if token is None else "bad-token")

    def _throttle(self, operation: str) -> None:
        if self.mode != "throttled" or self.sw.on("throttle-none", f"throttle-none-{operation}"):
            return
        now = self._clock()
        since = int(now) - 1e-9 if self.sw.on("throttle-fixed-seconds") else now - 1
        while self._times and self._times[0] <= since:
            self._times.popleft()
        if len(self._times) >= self.sw.limits.rate:
            raise RefusalError("throttled", Retry_After="1")
        self._times.append(now)

    def _check_path(self, request: Request, project: str, job: str) -> tuple[str | None, str]:
        sw = self.sw
        checks.check_id(checks.decode(project, "invalid"), sw.limits.project_max, sw, "project")
        name = ""
        if "/detail" not in request.path or not request.path.endswith("/jobs/instances/detail"):
            name = checks.decode(job, "job-invalid")
            if sw.on("path-decoded-twice"):
                name = checks.decode(name, "job-invalid")
            if sw.on("path-not-decoded"):
                name = job
            if sw.on("path-plus-is-space"):
                name = name.replace("+", " ").strip()
            if sw.on("job-any-case"):
                name = "myJob" if name.lower() == "myjob" else name
            name = checks.check_job(name, sw)
        workspace = request.header("workspace")
        if sw.on("workspace-last-value") and workspace:
            workspace = workspace.split(", ")[-1]
        if sw.on("workspace-ignored") or (sw.on("workspace-empty-is-default") and workspace == ""):
            workspace = None
        if sw.on("workspace-required") and workspace is None:
            raise RefusalError("invalid")
        if workspace is not None:
            checks.check_id(workspace, sw.limits.workspace_max, sw, "workspace")
        return workspace, name

    def _look_up(self, workspace: str | None, name: str, *, lists: bool = False) -> None:
        if self.mode == "any-job":
            return
        if workspace is not None and not self.sw.on("workspace-any"):
            is_job = self.sw.on("workspace-unknown-as-job") and not lists
            raise RefusalError("job-unknown" if is_job else "workspace-unknown")
        if name != "myJob" and not self.sw.on("any-job-exists"):
            raise RefusalError("job-unknown")

    def _body(self, request: Request, operation: str) -> Doc:
        sw = self.sw
        if sw.on("stop-media-type-required") and operation == STOP and request.header("content-type") is None:
            raise RefusalError("media-type")
        if operation not in (RUN, RESTART):
            if request.body and sw.on("body-of-get-refused", "body-of-stop-refused"):
                raise RefusalError("invalid")
            return {}
        if not request.body:
            if sw.on("body-required"):
                raise RefusalError("invalid")
            if sw.on("content-type-required") and request.header("content-type") is None:
                raise RefusalError("media-type")
            given = (request.header("content-type") or "").partition(";")[0].strip().lower()
            if sw.on("empty-body-media-type-refused") and given not in ("", "application/json"):
                raise RefusalError("media-type")
            return {}
        sent = request.header("content-type")
        if sent is None and not sw.on("content-type-missing-accepted"):
            raise RefusalError("orchestration" if sw.on("content-type-missing-400") else "media-type")
        media_type = (sent or "application/json").partition(";")[0].strip()
        media_type = media_type if sw.on("media-type-case-sensitive") else media_type.lower()
        if sw.on("media-type-parameters-refused") and ";" in (sent or ""):
            raise RefusalError("media-type")
        wrong = media_type != "application/json"
        if sw.on("media-type-unchecked"):
            wrong = False
        if sw.on("media-type-contains-json"):
            wrong = "json" not in media_type
        if sw.on("media-type-prefix"):
            wrong = not media_type.startswith("application/json")
        if sw.on("media-type-suffix") and media_type.endswith("+json"):
            wrong = False
        if sw.on("media-type-wildcard") and media_type in ("*/*", "application/*"):
            wrong = False
        if sw.on("media-type-quotes-refused") and '"' in (sent or ""):
            wrong = True
        if sw.on("media-type-form") and media_type == "application/x-www-form-urlencoded":
            return {}
        if wrong:
            raise RefusalError("unreadable" if sw.on("media-type-400") else "media-type")
        if request.header("content-encoding") == "gzip" and sw.on("content-encoding-decoded"):
            try:
                return checks.read_body(gzip.decompress(request.body), sw)
            except (OSError, EOFError, zlib.error):
                raise RefusalError("invalid") from None
        if request.header("content-encoding") and not sw.on("content-encoding-ignored"):
            raise RefusalError("media-type")
        if sw.on("body-ignored"):
            return {}
        return checks.read_body(request.body, sw)

    def _cached(self, request: Request) -> Doc | None:
        """Returns the list that was sent for a target within the last second."""
        sent, doc = self._pages.get(request.target, (-1.0, None))
        return doc if request.method == "GET" and self._clock() - sent < 1 else None

    def _run_once(self, owner: tuple[str, str | None, str], body: str) -> Response:
        key = f"{owner} {body} {int(self._clock())}"
        if key not in self._pages:
            self._pages[key] = (0.0, self._run(owner).doc or {})
        return self._ok(RUN, dict(self._pages[key][1]))

    def _run(self, owner: tuple[str, str | None, str]) -> Response:
        identifier = next(self._ids)
        if self.sw.on("only-12-kept") and len(self._instances) >= 12:
            del self._instances[min(self._instances)]
        if self.sw.on("ids-reused") and self._instances:
            identifier = max(self._instances)
        planned = int(self._clock() * 1000)
        if not self.sw.on("run-not-kept"):
            self._instances[identifier] = self._start(identifier, owner, planned)
        return self._ok(RUN, {"instanceId": identifier})

    def _start(self, identifier: int, owner: tuple[str, str | None, str], planned: int) -> Instance:
        sw = self.sw
        step = 60000 if sw.on("planned-in-minutes") else 1000 if sw.on("planned-in-seconds") else 1
        instance = Instance(identifier, owner, planned // step * step, started=self._clock())
        instance.kind = 0 if sw.on("type-scheduled") else 7 if sw.on("type-once") else 2
        if sw.on("ends-at-once", "fails-at-once"):
            instance.status, instance.ended = "success" if sw.on("ends-at-once") else "fail", planned
        if sw.on("starts-running"):
            instance.status = "running"
        if sw.on("many-states"):
            instance.status = "waiting-confirm"
        return instance

    def _appeared(self, instance: Instance) -> bool:
        instance.looks += 1
        if self.sw.on("appears-at-third-look") and instance.looks < 3:
            return False
        late = self.sw.on("appears-late") and self._clock() < instance.started + _LATE_SECONDS
        if instance.stops_at is not None and self._clock() >= instance.stops_at:
            instance.status, instance.stops_at = "manual-stop", None
            instance.ended = int(self._clock() * 1000)
        return not late

    @staticmethod
    def _ok(operation: str, doc: Doc | None) -> Response:
        headers = [("Content-Type", "application/json")] if doc is not None else []
        return Response(200 if doc is not None else 204, doc, headers, operation=operation)

    def _on_instance(self, operation: str, owner: tuple[str, str | None, str], number: int) -> Response:
        sw = self.sw
        if sw.on(f"{operation}-id-rounded"):
            number = int(float(number))
        if sw.on(f"{operation}-id-of-32-bits"):
            number %= 2**32
        instance = self._instances.get(number)
        if sw.on("project-any-case") and instance is not None:
            owner = (instance.owner[0] if owner[0].lower() == instance.owner[0].lower() else owner[0], *owner[1:])
        foreign = instance is not None and any(
            mine != theirs and not sw.on(f"instance-of-any-{what}")
            for what, mine, theirs in zip(("project", "workspace", "job"), instance.owner, owner, strict=True)
        )
        if sw.on("instance-unknown-shown") and self._instances and instance is None:
            instance = next(iter(self._instances.values()))
        if instance is None or foreign or not self._appeared(instance):
            if sw.on(f"{operation}-unknown-accepted"):
                return self._ok(operation, None)
            if sw.on(f"{operation}-unknown-invalid"):
                raise RefusalError("invalid")
            if sw.on(f"{operation}-unknown-500"):
                raise RefusalError("internal")
            raise RefusalError("instance-unknown")
        if operation == SHOW:
            self._advance(instance)
            if sw.on("ended-forgotten") and instance.history.count("success") > 3:
                del self._instances[number]
            doc = instance.summary()
            del doc["submitTime"], doc["jobInstanceName"]
            return self._ok(SHOW, doc | {"total": 1, "nodes": [instance.node()]})
        stoppable = ("waiting", "running", "running-exception")
        allowed: tuple[str, ...] = stoppable if operation == STOP else ("success", "fail", "manual-stop")
        if sw.on("stop-running-only") and operation == STOP:
            allowed = ("running",)
        if sw.on("restart-stopped-refused") and operation == RESTART:
            allowed = ("success", "fail")
        if sw.on("restart-successful-refused") and operation == RESTART:
            allowed = ("fail", "manual-stop")
        if sw.on("restart-refused") and operation == RESTART:
            allowed = ()
        if sw.on("runs-by-time"):
            self._advance(instance)
        if operation == STOP:
            also = {"stop-stopped-accepted": "manual-stop", "stop-ended-accepted": "success"}
        else:
            also = {"restart-running-accepted": "running", "restart-waiting-accepted": "waiting"}
        allowed += tuple(state for fault, state in also.items() if sw.on(fault))
        if (sw.on("restart-once") and operation == RESTART and instance.restarts) or (
            sw.on("stop-after-restart-refused") and operation == STOP and instance.restarts
        ):
            allowed = ()
        if instance.status not in allowed and sw.on(f"{operation}-wrong-state-409"):
            raise RefusalError("conflict")
        if instance.status not in allowed and sw.on(f"{operation}-wrong-state-as-unknown"):
            raise RefusalError("instance-unknown")
        if instance.status not in allowed and not sw.on(f"{operation}-any-state"):
            if sw.on(f"{operation}-wrong-state-ignored"):
                return self._ok(operation, None)
            raise RefusalError("internal" if sw.on("wrong-state-500") else "invalid")
        if sw.on("stop-comes-later") and operation == STOP:
            instance.stops_at = instance.stops_at or self._clock() + _LATE_SECONDS
            return self._ok(operation, None)
        if not sw.on(f"{operation}-does-nothing"):
            instance.restarts += operation == RESTART
            stopped = "success" if sw.on("stop-as-success") else "fail" if sw.on("stop-as-fail") else "manual-stop"
            again = "running" if sw.on("restart-runs-at-once", "starts-running") else "waiting"
            instance.status = stopped if operation == STOP else again
            instance.started = self._clock()
            if sw.on("restart-plans-anew") and operation == RESTART:
                instance.planned = int(self._clock() * 1000) - 1
            instance.ended = int(self._clock() * 1000) if operation == STOP else None
        if sw.on(f"{operation}-all"):
            for other in self._instances.values():
                if other.owner == owner and other.status in allowed:
                    other.status = instance.status
        if sw.on("stop-removes") and operation == STOP:
            del self._instances[number]
        return self._ok(operation, None)

    def _advance(self, instance: Instance) -> None:
        sw = self.sw
        steps = {"waiting": "running", "running": _ENDS.get(sw.variant, "success")}
        shown = instance.history
        if sw.on("many-states"):
            steps |= {"waiting-confirm": "freeze", "freeze": "waiting", "waiting": "pause", "pause": "running"}
        if sw.on("runs-by-time"):
            self._advance_by_time(instance)
            return
        if instance.stops_at is not None:
            return
        if sw.on("states-go-back"):
            steps["success"] = "running"
        if sw.on("stopped-goes-on"):
            steps["manual-stop"] = "running"
        if sw.on("never-ends"):
            steps.pop("running")
        times = 5 if sw.on("runs-slowly") else 1
        if instance.status in steps and shown[-times:] == [instance.status] * times:
            instance.status = steps[instance.status]
        shown.append(instance.status)
        if sw.on("stopped-ends-later") and shown.count("manual-stop") > 3:
            instance.status = "success"
        if sw.on("success-fails-later") and shown.count("success") > 3:
            instance.status = "fail"
        if instance.status in _FINAL and instance.ended is None:
            instance.ended = int(self._clock() * 1000)

    def _advance_by_time(self, instance: Instance) -> None:
        """Waits for 0.3 seconds, runs for another 0.3 and succeeds."""
        if instance.status in ("waiting", "running"):
            age = self._clock() - instance.started
            instance.status = "waiting" if age < 0.3 else "running" if age < 0.6 else "success"
            if instance.status == "success":
                instance.ended = int(self._clock() * 1000)

    def _seed(self, project: str, workspace: str | None) -> None:
        """Adds instances that others started before."""
        if project in self._seeded:
            return
        self._seeded.add(project)
        now = int(self._clock() * 1000)
        for number in range(90):
            identifier, planned = 1000 + 100 * len(self._seeded) + number, now - number * 1800000 - 1
            status = checks.STATES[number % len(checks.STATES)]
            instance = Instance(identifier, (project, workspace, "myJob"), planned, status)
            instance.kind = checks.TYPES[number % len(checks.TYPES)]
            self._instances[identifier] = instance

    def _list(self, request: Request, project: str, workspace: str | None) -> Response:
        if self.sw.on("list-cached-for-any-workspace") and self._cached(request) is not None:
            return self._ok(LIST, self._cached(request))
        if not self.sw.on("list-workspace-unchecked"):
            self._look_up(workspace, "myJob", lists=True)
        owner = (project, workspace, "myJob")
        if self.sw.on("others-ran-before"):
            self._seed(project, workspace)
        if self.sw.on("others-run-meanwhile"):
            self._run(owner)
        late = self._clock() - _LATE_SECONDS if self.sw.on("listed-late") else self._clock()
        if self.sw.on("runs-by-time"):
            for instance in self._instances.values():
                self._advance_by_time(instance)
        found = [
            instance
            for instance in self._instances.values()
            if self._appeared(instance)
            and instance.started <= late
            and (instance.owner[0] == project or self.sw.on("list-any-project"))
            and (instance.owner[1] == workspace or self.sw.on("list-any-workspace"))
        ]
        doc = list_instances(found, request, self._clock(), self.sw)
        self._pages[request.target] = (self._clock(), doc)
        return self._ok(LIST, doc)


def _without_dots(path: str) -> str:
    kept: list[str] = []
    for part in path.split("/"):
        plain = re.sub("%2e", ".", part, flags=re.IGNORECASE)
        if plain == "..":
            if len(kept) > 1:
                kept.pop()
        elif plain != ".":
            kept.append(part)
    return "/".join(kept)
