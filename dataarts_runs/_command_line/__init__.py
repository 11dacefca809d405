"""The command `dataarts`; it needs the extra `[cli]`."""
