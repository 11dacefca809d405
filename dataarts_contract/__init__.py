"""What an OpenAPI document states, statement by statement: the one list of it, for whoever tests against the document.

The mock counts by it what a user's tests have met, the contract suite what it has tried of a server; and each statement
that is changed on purpose is a mistake that the suite must catch. It reads the document and nothing else, and judges
nothing.
"""

from ._statements import METHODS, Part, Pointer, Statement, statements, values_at

__all__ = ["METHODS", "Part", "Pointer", "Statement", "statements", "values_at"]
