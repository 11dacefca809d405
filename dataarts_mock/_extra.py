"""The message for the case that the extra `[mock]` is not installed."""

from __future__ import annotations


def explain_missing(what: str, error: ModuleNotFoundError) -> str:
    """Say which package is missing for what, and how to get it."""
    missing = (error.name or str(error)).partition(".")[0]
    return (
        f"{what} needs {missing}, which comes with an extra: pip install '.[mock]' in the checkout of dataarts-client"
    )
