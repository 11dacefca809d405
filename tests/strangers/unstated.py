"""Faults that the contract suite does not catch, and why: the document does not state what they break."""

from __future__ import annotations

_ONE_JOB = "On a server of one job every other job and workspace is refused as unknown, and has no instances to show."
_EITHER = "The document accepts a token and a signature; that a server was set up for one of them is not in it."
_END = "The document does not say what endTime is before the end: any integer, as it does not relate times and states."

UNSTATED: dict[str, str] = {
    "tokens-despite-keys-only": _EITHER,
    "keys-despite-token-only": _EITHER,
    "any-job-exists": "The document does not say which jobs there are, and a server may have every one.",
    "instance-of-any-job": _ONE_JOB,
    "instance-of-any-workspace": _ONE_JOB,
    "list-any-workspace": _ONE_JOB,
    "request-id-differs": (
        "A header and the body each have an ID of the request, but that a request has only one is not stated: the "
        "gateway and the service may each have given it one."
    ),
    "project-any-case": "IDs are hexadecimal as a rule; the document does not say that their capitals tell them apart.",
    "restart-once": "A server may refuse to restart an instance; how often it restarts one is not stated.",
    "show-id-rounded": "An instance may take a moment to appear, and no limit is stated.",
    "never-ends": "From a state that is not final the status goes on, but the document does not say when.",
    "show-end-0-before-the-end": _END,
    "list-end-0-before-the-end": _END,
    "throttle-none": "When a server throttles, and whether it does, is its own policy.",
}
