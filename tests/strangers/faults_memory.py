"""Faults in what a server remembers: runs, states, lists and throttling."""

from __future__ import annotations

from tests.strangers.kinds import Kind

_STATES = "schemas.JobInstanceStatus, x-final-states: in a final state nothing more happens by itself"
_STOP = "stopJobInstance: x-allowed-states running, waiting, running-exception"
_RESTART = "restartJobInstance: x-allowed-states success, fail, manual-stop"
_UNKNOWN = "responses.BadRequest: DLF.0137, no instance has this ID"
_LIST = "listJobInstances: the instances that match every given parameter"
_LIMIT = "parameters.Limit: 1 to 1000, default 10"
_OFFSET = "parameters.Offset: 0 to 2147483647, default 0, counts instances"
_TIMES = "parameters.MinPlanTime and MaxPlanTime: after and before, from 0, 64 bits"
_FILTER = "parameters.JobNameFilter: 1 to 257 characters, a part of the name"
_TOTAL = "schemas.JobInstanceList: total is how many instances there are on all pages"
_THROTTLE = "responses.TooManyRequests: 429 with Retry-After"


_LIMITS: dict[str, tuple[str, str, str, int]] = {
    "limit-0": ("Takes limit 0.", _LIMIT, "limit_min", 0),
    "limit-2": ("Refuses limit 1.", _LIMIT, "limit_min", 2),
    "limit-999": ("Refuses limit 1000.", _LIMIT, "limit_max", 999),
    "limit-1001": ("Takes limit 1001.", _LIMIT, "limit_max", 1001),
    "limit-100": ("Takes limits of at most 100.", _LIMIT, "limit_max", 100),
    "limit-default-100": ("Returns up to 100 instances by default.", _LIMIT, "limit_default", 100),
    "limit-default-9": ("Returns up to 9 instances by default.", _LIMIT, "limit_default", 9),
    "offset-1": ("Refuses offset 0.", _OFFSET, "offset_min", 1),
    "offset-negative": ("Takes offset -1.", _OFFSET, "offset_min", -1),
    "offset-default-1": ("Passes over one instance by default.", _OFFSET, "offset_default", 1),
    "offset-31-bits": ("Refuses offset 2147483647.", _OFFSET, "offset_max", 2147483646),
    "offset-32-bits": ("Takes offset 2147483648.", _OFFSET, "offset_max", 4294967295),
    "time-negative": ("Takes negative times.", _TIMES, "time_min", -1),
    "time-zero-refused": ("Refuses the time 0.", _TIMES, "time_min", 1),
    "time-32-bits": ("Takes times of 32 bits only.", _TIMES, "time_max", 4294967295),
    "time-beyond": ("Takes a time one above 64 bits.", _TIMES, "time_max", 2**63),
    "filter-256": ("Takes a jobName of at most 256 characters.", _FILTER, "filter_max", 256),
    "filter-258": ("Takes a jobName of 258 characters.", _FILTER, "filter_max", 258),
    "filter-128": ("Takes a jobName of at most 128 characters.", _FILTER, "filter_max", 128),
    "filter-empty": ("Takes an empty jobName.", _FILTER, "filter_min", 0),
}

_SWITCHED: dict[str, tuple[str, str]] = {
    "ids-reused": ("Starts a run under the ID of an earlier one.", "runJobImmediately: each starts a run of its own"),
    "run-not-kept": ("Forgets runs that it started.", "links.ShowJobInstance"),
    "states-go-back": ("Goes from success back to running by itself.", _STATES),
    "stopped-goes-on": ("Goes on with an instance that was stopped.", _STATES),
    "never-ends": ("Never ends a run.", _STATES),
    "stop-any-state": ("Stops an instance in any state.", _STOP),
    "stop-wrong-state-ignored": ("Answers 204 to a stop that it does not carry out.", _STOP),
    "stop-running-only": ("Does not stop an instance that waits.", _STOP),
    "stop-does-nothing": ("Answers 204 to a stop, and stops nothing.", _STOP),
    "stop-as-success": ("Gives an instance that was stopped the state success.", _STOP),
    "stop-as-fail": ("Gives an instance that was stopped the state fail.", _STOP),
    "stop-removes": ("Removes an instance that was stopped.", _UNKNOWN),
    "restart-any-state": ("Restarts an instance in any state.", _RESTART),
    "restart-wrong-state-ignored": ("Answers 204 to a restart that it does not carry out.", _RESTART),
    "restart-does-nothing": ("Answers 204 to a restart, and restarts nothing.", _RESTART),
    "restart-stopped-refused": ("Does not restart an instance that was stopped.", _RESTART),
    "restart-successful-refused": ("Does not restart an instance that succeeded.", _RESTART),
    "wrong-state-500": ("Answers 500 to a stop or a restart in a wrong state.", "JobInstanceStateWrong: DLF.3051"),
    "instance-unknown-shown": ("Shows another instance for an unknown ID.", _UNKNOWN),
    "instance-of-any-job": ("Shows an instance under another job's name.", _UNKNOWN),
    "instance-of-any-project": ("Shows an instance under another project.", _UNKNOWN),
    "instance-of-any-workspace": ("Shows an instance in another workspace.", _UNKNOWN),
    **{
        f"list-{name}-ignored": (f"Ignores {name}.", _LIST)
        for name in [
            "jobName",
            "status",
            "instanceType",
            "preciseQuery",
            "minPlanTime",
            "maxPlanTime",
            "limit",
            "offset",
        ]
    },
    **{
        f"list-{name}-unknown-ignored": (f"Ignores a {name} that it does not know.", _LIST)
        for name in ("status", "instanceType", "preciseQuery")
    },
    **{
        f"list-{name}-empty-ignored": (f"Ignores an empty {name}.", _LIST)
        for name in ("status", "instanceType", "preciseQuery")
    },
    "list-status-any-case": ("Takes a status in any case.", _LIST),
    "list-preciseQuery-any-case": ("Takes True for true.", "parameters.PreciseQuery: a boolean"),
    "list-boolean-numbers": ("Takes 1 for true.", "parameters.PreciseQuery: a boolean"),
    "list-limit-unchecked": ("Ignores a limit that is no number.", _LIMIT),
    "list-offset-unchecked": ("Ignores an offset that is no number.", _OFFSET),
    "list-empty-numbers-ignored": ("Ignores an empty limit.", _LIMIT),
    "query-unicode-digits": ("Takes digits of other scripts in the query.", _LIMIT),
    "query-clamped": ("Takes a limit above 1000 for 1000.", _LIMIT),
    "query-names-lower-case": ("Finds query parameters in any case.", "parameters.JobNameFilter: the name is jobName"),
    "query-snake-case": ("Calls the query parameter job_name.", "parameters.JobNameFilter: the name is jobName"),
    "query-not-decoded": ("Does not decode the query.", _FILTER),
    "filter-counts-bytes": ("Counts the bytes of the query's jobName.", _FILTER),
    "list-jobName-any-case": ("Compares jobName in any case.", _FILTER),
    "list-jobName-prefix": ("Finds jobName at the beginning of names only.", _FILTER),
    "list-always-precise": ("Takes preciseQuery for true.", "parameters.PreciseQuery: default false"),
    "list-times-in-seconds": ("Takes times for seconds.", _TIMES),
    "list-minPlanTime-inclusive": ("Lists what was planned at minPlanTime.", _TIMES),
    "list-maxPlanTime-inclusive": ("Lists what was planned at maxPlanTime.", _TIMES),
    "list-any-workspace": ("Lists the instances of all workspaces.", "parameters.Workspace"),
    "list-any-project": ("Lists the instances of all projects.", "parameters.ProjectId"),
    "list-limit-one-more": ("Returns one instance more than limit.", _LIMIT),
    "list-offset-is-page": ("Takes offset for a page's number.", _OFFSET),
    "list-offset-from-one": ("Counts offset from one.", _OFFSET),
    "list-total-of-page": ("Counts the instances of the page.", _TOTAL),
    "list-total-unfiltered": ("Counts the instances that do not match, too.", _TOTAL),
    "list-total-after-offset": ("Counts the instances after offset.", _TOTAL),
    "throttle-none": ("Never throttles.", _THROTTLE),
    "head-with-body": ("Sends a body in answer to HEAD.", "HTTP/1.1 (RFC 9110, 9.3.2)"),
}


MEMORY_FAULTS: dict[str, Kind] = {
    **{name: Kind(text, rule, {limit: value}) for name, (text, rule, limit, value) in _LIMITS.items()},
    **{name: Kind(text, rule) for name, (text, rule) in _SWITCHED.items()},
}
