"""The error that stops the generation."""


class GenerationError(Exception):
    """The document asks for something that would be generated wrong, so nothing is generated. Says what, and where."""
