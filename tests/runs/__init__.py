"""A run, from its start to its end, and the command."""
