"""The list of mistakes that are not in a constraint."""

from __future__ import annotations

from tests.mutants.client_behaviours import CLIENT
from tests.mutants.server_behaviours import SERVER

BEHAVIOURS = [*SERVER, *CLIENT]
