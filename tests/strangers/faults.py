"""All faults by their names, which are switched on one at a time."""

from __future__ import annotations

from tests.strangers.faults_further import FURTHER_FAULTS
from tests.strangers.faults_memory import MEMORY_FAULTS
from tests.strangers.faults_requests import REQUEST_FAULTS
from tests.strangers.faults_responses import RESPONSE_FAULTS
from tests.strangers.kinds import Kind

FAULTS: dict[str, Kind] = REQUEST_FAULTS | MEMORY_FAULTS | RESPONSE_FAULTS | FURTHER_FAULTS
