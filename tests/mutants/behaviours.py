"""The mistakes that are not in a constraint, by hand."""

from __future__ import annotations

from tests.mutants import client_answers, client_requests, runs, server_answers, server_checks

BEHAVIOURS = [
    *server_answers.ANSWERS,
    *server_checks.CHECKS,
    *client_requests.REQUESTS,
    *client_answers.ANSWERS,
    *runs.RUNS,
]
