"""The tests, arranged by the question they answer."""
