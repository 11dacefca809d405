"""Further faults, finer ones: a rule that one operation forgets, a boundary of a list, a part of a signature."""

from __future__ import annotations

from typing import Any

from tests.strangers.kinds import Change, Kind, change, convert, each, header, put, raw, status, whole
from tests.strangers.messages import LIST, OPERATIONS, RESTART, RUN, SHOW, STOP, Doc, Edit, Request, Response

_JOB = "parameters.JobName: minLength 1, maxLength 128, pattern"
_PROJECT = "parameters.ProjectId: minLength 1, maxLength 64, pattern"
_WORKSPACE = "parameters.Workspace: pattern; x-not-found-examples WorkspaceNotFound"
_ID = "schemas.InstanceId: an integer of 64 bits"
_UNKNOWN = "responses.BadRequest: DLF.0137, no instance has this ID"
_PATHS = "x-gateway-responses: a path, or a method, that this document does not have"
_AUTH = "security and securitySchemes: X-Auth-Token, or Authorization with SDK-HMAC-SHA256"
_COVERS = "securitySchemes.signature: it covers the method, the path, the query, the body and the headers it names"
_DATED = "securitySchemes.signature: X-Sdk-Date may differ from the gateway's time by 15 minutes"
_NAMED = "securitySchemes.signature: SignedHeaders names Host and X-Sdk-Date"
_VALUE = "schemas.JobParam: value is a string of at most 1024 characters, with no pattern"
_NAME = "schemas.JobParam: name is a string of 1 to 64 characters, with no pattern"
_KIND = "schemas.ParamType: one of variable and constants"
_PARAMS = "schemas.RunJobRequest: jobParams is an array of any length, its items are JobParam"
_MORE = "additionalProperties: true; further properties pass through as they are"
_READ = "x-refusals: a body is unreadable if it is not one JSON text in UTF-8, as RFC 8259 has it"
_MEDIA = "requestBody: content application/json; responses.UnsupportedMediaType"
_RESTART = "schemas.RestartJobInstanceRequest"
_REFUSED = "responses.BadRequest: the service refused the request; Unauthorized: the credentials are wrong"
_OWN = "runJobImmediately: each request that succeeds starts a run of its own"
_SIZE = "x-max-body-bytes: 12582912; responses.ContentTooLarge"
_STATUS = "responses of the operation"
_STOPS = "stopJobInstance: x-allowed-states running, waiting, running-exception"
_RESTARTS = "restartJobInstance: x-allowed-states success, fail, manual-stop"
_STATES = "x-resulting-state and x-final-states: the instance stays in it, nothing more happens by itself"
_LIST = "listJobInstances: the instances that match every given parameter"
_TOTAL = "schemas.JobInstanceList: total is how many instances there are on all pages"
_PAGE = "parameters.Limit and Offset: at most 1000 instances, after so many that are passed over"
_FILTER = "parameters.JobNameFilter: 1 to 257 characters, with no pattern; a part of the name"
_PRECISE = "parameters.PreciseQuery: whether jobName is the whole name"
_TIMES = "parameters.MinPlanTime and MaxPlanTime: after and before, in milliseconds; left out, the day and now"
_WINDOW = "x-max-window-milliseconds: 259200000"
_TYPE = "schemas.InstanceType: 0, 2, 5, 6 and 7"
_MILLIS = "schemas.JobInstance, JobInstanceSummary and NodeInstance: times are in milliseconds since 1970 (UTC)"
_SAME = "schemas.JobInstance and JobInstanceSummary: instanceId is the ID of the job instance, 64 bits"
_SHAPE = "schemas.JobInstance, JobInstanceSummary and NodeInstance: the types of their properties"
_REQUEST = "headers.RequestId: ID of the request, to quote to the provider's support"
_ERROR = "schemas.ErrorResponse"
_CODE = "schemas.ErrorResponse: DLF. and four or five digits, APIGW. and four digits; x-refusals"
_CONTENT = "content of the response: application/json"
_ALLOW = "headers.Allow: the methods that the path has, separated by commas"
_THROTTLE = "headers.RetryAfter: an integer of seconds"

_NARROWED: dict[str, tuple[str, ...]] = {
    "job-129": (STOP, RESTART),
    "job-127": (SHOW,),
    "job-only-periods": (RESTART,),
    "job-chinese-beyond": (SHOW,),
    "job-any-letter": (STOP,),
    "job-dollar": (RESTART,),
    "job-ascii-only": (SHOW, STOP),
    "job-counts-bytes": (RESTART,),
    "job-unchecked": (SHOW,),
    "path-decoded-twice": (STOP,),
    "workspace-65": (STOP, LIST),
    "workspace-63": (LIST, SHOW),
    "workspace-unicode": (RESTART,),
    "workspace-unanchored": (SHOW,),
    "workspace-hex-only": (LIST,),
    "workspace-ignored": (SHOW, LIST, STOP, RESTART),
    "workspace-empty-is-default": (LIST, SHOW, STOP),
    "project-65": (LIST,),
    "project-63": (RESTART,),
    "project-unicode": (STOP,),
    "project-dollar": (SHOW,),
    "id-32-bits": (STOP,),
    "id-beyond": (RESTART,),
    "id-wraps": (STOP,),
    "id-clamped": (RESTART,),
    "id-positive": (RESTART,),
    "instance-of-any-project": (STOP, RESTART),
    "token-any-case": (STOP,),
    "token-prefix": (LIST,),
    "token-empty": (RESTART,),
    "signature-body-unchecked": (RESTART,),
    "signature-query-unchecked": (RUN, LIST),
    "signature-date-unchecked": (STOP,),
    "signature-first-digits": (SHOW,),
    "access-key-any": (LIST,),
    "media-type-unchecked": (RESTART,),
    "media-type-400": (RESTART,),
    "media-type-case-sensitive": (RESTART,),
    "content-type-missing-accepted": (RESTART,),
    "body-null-accepted": (RESTART,),
    "body-array-accepted": (RESTART,),
    "body-trailing-garbage": (RESTART,),
    "body-comments-accepted": (RESTART,),
    "body-bad-utf8-accepted": (RESTART,),
    "body-required": (RESTART,),
    "body-unparsable-500": (RESTART,),
    "path-trailing-slash": (LIST,),
    "path-slashes-merged": (STOP,),
    "path-matrix-cut": (SHOW,),
    "method-put": (RESTART,),
    "method-get-runs": (STOP,),
    "400-as-404": (SHOW,),
    "400-as-422": (RESTART,),
    "400-html": (STOP,),
    "400-without-request-id": (LIST,),
    "401-without-request-id": (SHOW,),
    "401-as-403": (STOP,),
    "405-without-allow": (STOP,),
    "415-without-request-id": (RESTART,),
    "413-empty": (LIST,),
    "error-camel-case": (LIST,),
    "error-msg-null": (STOP,),
    "429-without-retry-after": (LIST,),
    "429-html": (SHOW,),
}


def _lenient(what: str) -> dict[str, tuple[str, str]]:
    """Returns the faults of a firewall or a database that do not take what is in a name or a value."""
    rule = _NAME if what == "name" else _VALUE
    return {
        f"{what}-script-refused": (f"Refuses a {what} with a script element, as firewalls do.", rule),
        f"{what}-query-language-refused": (f"Refuses a {what} that looks like SQL, as firewalls do.", rule),
        f"{what}-parent-folder-refused": (f"Refuses a {what} with a path to a parent folder.", rule),
        f"{what}-astral-refused": (f"Refuses a {what} with characters of four bytes, as old databases do.", rule),
        f"{what}-nul-refused": (f"Refuses a {what} with the character NUL.", rule),
        f"{what}-line-feed-refused": (f"Refuses a {what} of several lines.", rule),
        f"{what}-expression-refused": (f"Refuses a {what} with a dollar sign and a brace.", rule),
    }


_LIMITS: dict[str, tuple[str, str, str, int]] = {
    "filter-2": ("Refuses a jobName of one character.", _FILTER, "filter_min", 2),
    "id-lowest-refused": ("Refuses the lowest instance ID.", _ID, "id_min", -(2**63) + 1),
    "id-highest-refused": ("Refuses the highest instance ID.", _ID, "id_max", 2**63 - 2),
    "time-highest-refused": ("Refuses the highest time.", _TIMES, "time_max", 2**63 - 2),
    "value-255": ("Takes values of at most 255 characters, as a column does.", _VALUE, "value_max", 255),
}

_SWITCHED: dict[str, tuple[str, str]] = {
    **_lenient("name"),
    **_lenient("value"),
    "job-normalised-canonically": ("Normalises job names (NFC) before it checks them.", _JOB),
    "job-suffix-cut": ("Cuts .json off a job name.", "JobNotFound: no job has this name"),
    "job-final-period-cut": ("Cuts periods off the end of a job name.", "JobNotFound: no job has this name"),
    "job-nul-500": ("Answers 500 to a job name with the character NUL.", "JobNameInvalid: DLF.3018"),
    "job-double-period-refused": ("Refuses two periods in a job name, as firewalls do.", _JOB),
    "job-first-chinese-missing": ("Refuses the first of the Chinese characters.", _JOB),
    "job-hyphen-first-refused": ("Refuses a job name that begins with a hyphen.", _JOB),
    "job-final-period-refused": ("Refuses a job name that ends with a period.", _JOB),
    "job-kelvin-sign": ("Matches the pattern of job names in any case, and so the Kelvin sign.", _JOB),
    "project-kelvin-sign": ("Matches the pattern of project IDs in any case, and so the Kelvin sign.", _PROJECT),
    "job-instances-misrouted": ("Answers 404 for the job name instances.", "paths; parameters.JobName"),
    "job-run-immediate-misrouted": ("Answers 404 for the job name run-immediate.", "paths; parameters.JobName"),
    "project-any-case": ("Compares project IDs in any case.", _UNKNOWN),
    "list-workspace-unchecked": ("Lists nothing for an unknown workspace.", _WORKSPACE),
    "id-huge-500": ("Answers 500 to an instance ID of more than 64 bits.", _ID),
    "id-zero-refused": ("Takes the instance ID 0 for none.", _ID),
    "id-letters-404": ("Answers 404 to an instance ID of letters.", "x-refusals: parameter, ParameterInvalid"),
    "id-negative-404": ("Answers 404 to a negative instance ID.", _ID),
    "query-huge-500": ("Answers 500 to numbers of more than 64 bits in the query.", _PAGE),
    "query-semicolon": ("Takes a semicolon in the query for an ampersand.", _FILTER),
    "query-decoded-twice": ("Decodes the query twice.", _FILTER),
    "root-200": ("Answers 200 to the path /, for a load balancer.", _PATHS),
    "options-200": ("Answers 200 to OPTIONS, for browsers.", _PATHS),
    "trace-echoed": ("Answers 200 to TRACE.", _PATHS),
    "method-patch": ("Takes PATCH for every operation.", _PATHS),
    "method-unknown-500": ("Answers 500 to a method that HTTP does not have.", _PATHS),
    "method-delete-stops": ("Stops an instance for DELETE.", _PATHS),
    "token-in-authorization": ("Takes the token from Authorization.", _AUTH),
    "token-underscored": ("Takes the token from X_Auth_Token.", _AUTH),
    "token-decoded": ("Percent-decodes the token.", _AUTH),
    "token-end": ("Takes a token that ends with the right one.", _AUTH),
    "token-list": ("Takes the right token out of a list.", _AUTH),
    "credentials-remembered": ("Asks for no credentials after they were right once.", _AUTH),
    "list-cached-for-anyone": ("Keeps a list for a second, and shows it without credentials.", _AUTH),
    "list-cached-for-any-workspace": ("Keeps a list for a second, and shows it in any workspace.", _WORKSPACE),
    "signature-method-unchecked": ("Leaves the method out when it checks a signature.", _COVERS),
    "signature-path-unchecked": ("Leaves the path out when it checks a signature.", _COVERS),
    "signature-path-unencoded": ("Does not encode the canonical path.", _COVERS),
    "signature-path-twice-encoded": ("Encodes the canonical path twice.", _COVERS),
    "signature-query-unsorted": ("Does not sort the canonical query.", _COVERS),
    "signature-query-plus": ("Writes spaces as plus signs in the canonical query.", _COVERS),
    "signature-query-unencoded": ("Does not encode the canonical query.", _COVERS),
    "signature-query-values-unchecked": ("Checks the names of the query only.", _COVERS),
    "signature-headers-unchecked": ("Leaves the values of headers out when it checks a signature.", _COVERS),
    "signature-long-body-cut": (
        "Takes the first 4096 bytes of a body for all of it when it checks a signature.",
        _COVERS,
    ),
    "signature-body-rewritten": ("Writes the body anew before it checks a signature.", _COVERS),
    "signature-claimed-hash-trusted": ("Trusts the body's hash in X-Sdk-Content-Sha256.", _COVERS),
    "signature-any-algorithm": ("Takes the name of another algorithm.", "securitySchemes.signature: SDK-HMAC-SHA256"),
    "signature-host-unsigned": ("Takes a signature that does not cover Host.", _NAMED),
    "access-key-any-case": ("Compares access keys in any case.", "AccessKeyUnknown: no access key is that"),
    "access-key-unknown-without-secret": ("Takes the empty secret key for an unknown access key.", "AccessKeyUnknown"),
    "signature-five-minutes": ("Takes dates within five minutes only.", _DATED),
    "signature-hour": ("Takes dates within an hour.", _DATED),
    "signature-any-past": ("Takes every date in the past.", _DATED),
    "signature-any-future": ("Takes every date in the future.", _DATED),
    "signature-future-refused": ("Takes no date in the future.", _DATED),
    "signature-eight-hours-off": ("Reads dates in another time zone.", _DATED),
    "paramtype-trimmed": ("Trims paramType.", _KIND),
    "paramtype-empty-accepted": ("Takes an empty paramType.", _KIND),
    "paramtype-ordinal": ("Takes a number for paramType.", _KIND),
    "jobparams-at-most-hundred": ("Takes a hundred parameters at most.", _PARAMS),
    "first-ten-params-only": ("Checks the first ten parameters only.", _PARAMS),
    "further-null-refused": ("Refuses null in a further property of a parameter.", _MORE),
    "further-object-refused": ("Refuses objects in a further property of a parameter.", _MORE),
    "body-blank-is-empty": ("Takes a body of white space for none.", _READ),
    "body-unquoted-names": ("Takes names without quotes.", _READ),
    "body-python-words": ("Takes True, False and None.", _READ),
    "body-leading-zeros": ("Takes numbers with leading zeros.", _READ),
    "body-any-space": ("Takes white space of other kinds around a body.", _READ),
    "body-control-characters": ("Takes control characters in strings.", _READ),
    "media-type-suffix": ("Takes media types that end with +json.", _MEDIA),
    "media-type-wildcard": ("Takes wildcards for media types.", _MEDIA),
    "media-type-quotes-refused": ("Refuses a charset in quotes.", _MEDIA),
    "stop-media-type-required": ("Requires a Content-Type for a stop.", "stopJobInstance has no body and no 415"),
    "restart-any-case": ("Takes retry_location and job_param_version in any case.", _RESTART),
    "restart-empty-accepted": ("Takes an empty retry_location.", _RESTART),
    "restart-original-refused": ("Refuses original_version.", _RESTART),
    "restart-boolean-numbers": ("Takes 0 and 1 for ignore_obs_monitor.", _RESTART),
    "restart-monitor-null": ("Takes null for ignore_obs_monitor.", _RESTART),
    "restart-body-unlimited": ("Does not limit the body of a restart.", _SIZE),
    "stop-body-unlimited": ("Does not limit the body of a stop.", _SIZE),
    "413-silent": ("Closes the connection on a body that is too large.", _SIZE),
    "runs-deduplicated": ("Starts one run for equal requests within a second.", _OWN),
    **{f"{o}-despite-refusal": (f"Refuses a {o}, and carries it out.", _REFUSED) for o in (RUN, STOP, RESTART)},
    **{f"{o}-despite-401": (f"Answers 401 to a {o}, and carries it out.", _REFUSED) for o in (RUN, STOP, RESTART)},
    **{f"{o}-job-ignored": (f"Ignores the job's name at {o}.", "JobNotFound") for o in (SHOW, STOP, RESTART)},
    **{f"{o}-id-rounded": (f"Rounds a large instance ID at {o}.", _ID) for o in (SHOW, STOP, RESTART)},
    **{f"{o}-id-of-32-bits": (f"Cuts the instance ID to 32 bits at {o}.", _UNKNOWN) for o in (SHOW, STOP, RESTART)},
    **{f"{o}-unknown-accepted": (f"Answers 204 to a {o} of no instance.", _UNKNOWN) for o in (STOP, RESTART)},
    **{f"{o}-unknown-invalid": (f"Answers DLF.3051 to a {o} of no instance.", _UNKNOWN) for o in (SHOW, STOP, RESTART)},
    **{f"{o}-unknown-500": (f"Answers 500 to a {o} of no instance.", _UNKNOWN) for o in (SHOW, STOP, RESTART)},
    **{f"{o}-wrong-state-409": (f"Answers 409 to a {o} in a wrong state.", _STATUS) for o in (STOP, RESTART)},
    **{
        f"{o}-wrong-state-as-unknown": (f"Answers DLF.0137 to a {o} in a wrong state.", "JobInstanceStateWrong")
        for o in (STOP, RESTART)
    },
    "stop-stopped-accepted": ("Stops an instance a second time.", _STOPS),
    "stop-ended-accepted": ("Stops an instance that succeeded.", _STOPS),
    "restart-running-accepted": ("Restarts an instance that is running.", _RESTARTS),
    "restart-waiting-accepted": ("Restarts an instance that waits.", _RESTARTS),
    "restart-once": ("Restarts an instance only once.", _RESTARTS),
    "stop-after-restart-refused": ("Does not stop an instance that was restarted.", _STOPS),
    "stop-all": ("Stops all instances of the job.", "stopJobInstance: stops a job instance"),
    "restart-all": ("Restarts all instances of the job.", "restartJobInstance: runs a job instance again"),
    "stopped-ends-later": ("Goes from manual-stop to success after a while.", _STATES),
    "success-fails-later": ("Goes from success to fail after a while.", _STATES),
    "ended-forgotten": ("Forgets an instance soon after it ended.", _UNKNOWN),
    "only-12-kept": ("Forgets all but the last twelve runs.", _UNKNOWN),
    "list-jobName-nul-500": ("Answers 500 to a jobName with the character NUL.", _FILTER),
    "list-jobName-as-a-name": ("Refuses a jobName that no job can have.", _FILTER),
    "list-jobName-trimmed": ("Trims jobName.", _FILTER),
    "list-jobName-end": ("Finds jobName at the end of names only.", _FILTER),
    "list-jobName-underscore": ("Takes an underscore in jobName for any character, as SQL does.", _FILTER),
    "list-jobName-percent": ("Takes a percent sign in jobName for any characters, as SQL does.", _FILTER),
    "list-jobName-star": ("Takes a star in jobName for any characters.", _FILTER),
    "list-jobName-period": ("Takes a period in jobName for any character.", _FILTER),
    "list-precise-any-case": ("Compares whole names in any case.", _PRECISE),
    "list-precise-beginning": ("Compares the beginning of names where they are whole.", _PRECISE),
    "list-precise-trimmed": ("Cuts spaces at the end of whole names.", _PRECISE),
    "list-precise-alone-refused": ("Refuses preciseQuery without jobName.", _PRECISE),
    "list-one-time-refused": ("Refuses one of the times without the other.", _TIMES),
    "list-future-refused": ("Refuses a maxPlanTime in the future.", _TIMES),
    "list-max-0-ignored": ("Takes the maxPlanTime 0 for none.", _TIMES),
    "list-times-cut": ("Compares minPlanTime by whole seconds.", _TIMES),
    "list-three-days-refused": ("Refuses a window of three days.", _WINDOW),
    "list-one-day": ("Lists the last day before maxPlanTime only.", _WINDOW),
    "list-types-to-7": ("Takes every instanceType from 0 to 7.", _TYPE),
    "list-type-0-ignored": ("Takes the instanceType 0 for none.", _LIST),
    "list-type-ignored-with-status": ("Ignores instanceType beside status.", _LIST),
    "list-status-ignored-with-jobName": ("Ignores status beside jobName.", _LIST),
    "list-any-filter": ("Lists what matches jobName or status.", _LIST),
    "list-stopped-missing": ("Does not list instances that were stopped.", _LIST),
    "list-ended-only": ("Lists instances that ended only.", _LIST),
    "list-all-with-jobName": ("Has no default for limit beside jobName.", "parameters.Limit: default 10"),
    "list-at-most-20": ("Lists 20 instances at most, whatever limit is.", _PAGE),
    "list-at-most-100": ("Lists 100 instances at most, whatever limit is.", _PAGE),
    "list-beyond-refused": ("Refuses an offset beyond the last instance.", _PAGE),
    "list-overflow-500": ("Answers 500 where offset and limit exceed 32 bits.", _PAGE),
    "list-beyond-is-last-page": ("Shows the last page for every offset beyond it.", _PAGE),
    "list-pages-overlap": ("Begins a later page with the last of the page before.", _PAGE),
    "list-last-page-short": ("Leaves the last instance of the last page out.", _PAGE),
    "list-partial-page-empty": ("Leaves the last page out if it is not full.", _PAGE),
    "list-filter-after-page": ("Filters by status what is on the page.", _LIST),
    "list-total-0-beyond": ("Sends the total 0 with a page beyond the last.", _TOTAL),
    "list-total-at-most-10": ("Counts ten instances at most.", _TOTAL),
    "list-total-at-most-100": ("Counts a hundred instances at most.", _TOTAL),
    "list-total-pages": ("Counts pages.", _TOTAL),
    "list-total-without-status": ("Leaves status out when it counts.", _TOTAL),
    "request-id-constant": ("Sends one request ID for all requests.", _REQUEST),
    "request-id-of-second": ("Sends one request ID for all requests of a second.", _REQUEST),
}


def _rounded(value: Any) -> Any:
    return int(float(value))


def _times(how: Any, *names: str) -> Change:
    """Changes the times of an object, where it has them."""

    def what(doc: Doc) -> None:
        doc.update({name: how(doc[name]) for name in names if isinstance(doc.get(name), int)})

    return what


def _unended(value: Any) -> Change:
    """Gives an object that has no end an end."""
    return lambda doc: doc.setdefault("endTime", value)


def _code(how: Any) -> Edit:
    return change("", 4, convert("error_code", how))


def _allow_both(request: Request, response: Response) -> None:
    if response.status == 405:
        response.set_header("Allow", "GET, POST")


_SECONDS, _ZONE = (lambda value: value // 1000), (lambda value: value + 8 * 3600000)
_MICROS, _WHOLE = (lambda value: value * 1000), (lambda value: value // 1000 * 1000)

_EDITED: dict[str, tuple[str, str, Edit]] = {
    "run-body-id-rounded": ("Sends a large ID rounded.", _SAME, change(RUN, 200, convert("instanceId", _rounded))),
    "show-body-id-rounded": ("Shows a large ID rounded.", _SAME, change(SHOW, 200, convert("instanceId", _rounded))),
    "list-body-id-rounded": (
        "Lists a large ID rounded.",
        _SAME,
        change(LIST, 200, each("instances", convert("instanceId", _rounded))),
    ),
    "node-id-rounded": (
        "Shows a node's large instance ID rounded.",
        _SAME,
        change(SHOW, 200, each("nodes", convert("instanceId", _rounded))),
    ),
    "node-other-instance": (
        "Shows another instance's ID with a node.",
        "schemas.NodeInstance: instanceId is the ID of the job instance",
        change(SHOW, 200, each("nodes", convert("instanceId", lambda value: value + 1))),
    ),
    "node-id-string": (
        "Sends a node's instance ID as a string.",
        _SHAPE,
        change(SHOW, 200, each("nodes", convert("instanceId", str))),
    ),
    "node-time-string": (
        "Sends a node's startTime as text.",
        _SHAPE,
        change(SHOW, 200, each("nodes", convert("startTime", str))),
    ),
    "show-plan-seconds": ("Shows planTime in seconds.", _MILLIS, change(SHOW, 200, _times(_SECONDS, "planTime"))),
    "show-end-seconds": ("Shows endTime in seconds.", _MILLIS, change(SHOW, 200, _times(_SECONDS, "endTime"))),
    "show-start-microseconds": (
        "Shows startTime in microseconds.",
        _MILLIS,
        change(SHOW, 200, _times(_MICROS, "startTime")),
    ),
    "show-times-local": (
        "Shows all times eight hours ahead.",
        _MILLIS,
        change(SHOW, 200, _times(_ZONE, "planTime", "startTime", "endTime")),
    ),
    "show-end-local": ("Shows endTime eight hours ahead.", _MILLIS, change(SHOW, 200, _times(_ZONE, "endTime"))),
    "node-plan-seconds": (
        "Shows a node's planTime in seconds.",
        _MILLIS,
        change(SHOW, 200, each("nodes", _times(_SECONDS, "planTime"))),
    ),
    "node-end-local": (
        "Shows a node's endTime eight hours ahead.",
        _MILLIS,
        change(SHOW, 200, each("nodes", _times(_ZONE, "endTime"))),
    ),
    "list-plan-seconds": (
        "Lists planTime in seconds.",
        _MILLIS,
        change(LIST, 200, each("instances", _times(_SECONDS, "planTime"))),
    ),
    "list-plan-whole-seconds": (
        "Lists planTime without its milliseconds.",
        _MILLIS,
        change(LIST, 200, each("instances", _times(_WHOLE, "planTime"))),
    ),
    "list-submit-seconds": (
        "Lists submitTime in seconds.",
        _MILLIS,
        change(LIST, 200, each("instances", _times(_SECONDS, "submitTime"))),
    ),
    "list-end-local": (
        "Lists endTime eight hours ahead.",
        _MILLIS,
        change(LIST, 200, each("instances", _times(_ZONE, "endTime"))),
    ),
    "show-end-0-before-the-end": (
        "Shows the endTime 0 until an instance ended.",
        "schemas.JobInstance: endTime is when the instance ended",
        change(SHOW, 200, _unended(0)),
    ),
    "list-end-0-before-the-end": (
        "Lists the endTime 0 until an instance ended.",
        "schemas.JobInstanceSummary: endTime is when the instance ended",
        change(LIST, 200, each("instances", _unended(0))),
    ),
    "show-end-before-start": (
        "Shows an endTime before startTime.",
        "schemas.JobInstance: when the instance ended, and when it started",
        change(SHOW, 200, _times(lambda value: value - 86400000, "endTime")),
    ),
    "show-forced": (
        "Shows that someone set the instance to have succeeded.",
        "schemas.JobInstance: whether someone set the instance to have succeeded",
        change(SHOW, 200, put(forceSuccess=True)),
    ),
    "list-other-type": (
        "Lists another instanceType than is shown.",
        _LIST,
        change(LIST, 200, each("instances", put(instanceType=0))),
    ),
    "list-type-unknown": (
        "Lists the instanceType 1.",
        _SHAPE,
        change(LIST, 200, each("instances", put(instanceType=1))),
    ),
    "list-status-unknown": (
        "Lists the state stopped.",
        _SHAPE,
        change(LIST, 200, each("instances", convert("status", lambda s: s.replace("manual-stop", "stopped")))),
    ),
    "list-submit-fraction": (
        "Lists submitTime as a fraction.",
        _SHAPE,
        change(LIST, 200, each("instances", put(submitTime=0.5))),
    ),
    "list-duration-string": (
        "Lists executeTime as text.",
        _SHAPE,
        change(LIST, 200, each("instances", convert("executeTime", str))),
    ),
    "list-total-negative": ("Sends the total -1.", _TOTAL, change(LIST, 200, put(total=-1))),
    "show-duration-string": ("Shows executeTime as text.", _SHAPE, change(SHOW, 200, convert("executeTime", str))),
    "list-with-nodes": (
        "Lists instances with their nodes.",
        "listJobInstances: returns the job instances without their nodes",
        change(LIST, 200, each("instances", put(nodes=[], total=0))),
    ),
    "request-id-differs": (
        "Sends another request ID in the body than in the header.",
        _REQUEST,
        change("", 4, convert("request_id", lambda value: value[::-1] + "f")),
    ),
    "error-request-id-null": ("Sends null for request_id.", _ERROR, change("", 4, put(request_id=None))),
    "error-as-list": (
        "Sends errors in a list.",
        _ERROR,
        whole("", 4, lambda response: setattr(response, "raw", b"[" + response.payload() + b"]")),
    ),
    "error-with-bom": (
        "Begins errors with a byte order mark.",
        _CONTENT,
        whole("", 4, lambda response: setattr(response, "raw", b"\xef\xbb\xbf" + response.payload())),
    ),
    "401-text": ("Sends text/plain with 401.", _CONTENT, header("", 401, "Content-Type", "text/plain")),
    "404-text": ("Sends text with 404.", _CONTENT, raw("", 404, b"404 page not found\n", "text/plain")),
    "code-lower-case": ("Writes error codes in lower case.", _CODE, _code(str.lower)),
    "code-without-zeros": ("Writes error codes without zeros.", _CODE, _code(lambda code: code.replace(".0", "."))),
    "code-of-newer-gateway": ("Writes APIG for APIGW.", _CODE, _code(lambda code: code.replace("APIGW", "APIG"))),
    "code-digits-only": ("Writes the digits of error codes only.", _CODE, _code(lambda code: code.partition(".")[2])),
    "405-allow-both": ("Names GET and POST in every Allow.", _ALLOW, _allow_both),
    "405-allow-lower-case": (
        "Names methods in lower case.",
        _ALLOW,
        whole("", 405, lambda response: response.set_header("Allow", (response.header("Allow") or "").lower())),
    ),
    "429-retry-after-words": (
        "Sends 1 second in Retry-After.",
        _THROTTLE,
        header("", 429, "Retry-After", "1 second"),
    ),
    "429-retry-after-empty": ("Sends an empty Retry-After.", _THROTTLE, header("", 429, "Retry-After", "")),
    "429-as-400": ("Answers 400 in the place of 429.", "responses.TooManyRequests: 429", status("", 429, 400)),
    "401-as-400": ("Answers 400 in the place of 401.", "responses.Unauthorized: 401", status("", 401, 400)),
    "405-as-200": ("Answers 200 in the place of 405.", "responses.MethodNotAllowed: 405", status("", 405, 200)),
}

FURTHER_FAULTS: dict[str, Kind] = {
    **{
        f"{like}-of-{operation}": Kind(
            f"Has the fault {like} at {operation} only.",
            f"That of {like}; it holds for each operation.",
            like=like,
            operation=operation,
        )
        for like, operations in _NARROWED.items()
        for operation in operations
        if operation in OPERATIONS
    },
    **{name: Kind(text, rule, {limit: value}) for name, (text, rule, limit, value) in _LIMITS.items()},
    **{name: Kind(text, rule) for name, (text, rule) in _SWITCHED.items()},
    **{name: Kind(text, rule, edit=edit) for name, (text, rule, edit) in _EDITED.items()},
}
