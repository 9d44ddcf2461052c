"""What an installed git hook runs: one quiet attempt to bring the index up to date."""

from __future__ import annotations

import contextlib
import signal

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index

TIME_LIMIT = 10
"""Seconds; git waits for its hooks, and not every system has a ``timeout`` command."""


def refresh_quietly(directory: str | None) -> None:
    """Refresh the index of the workspace around `directory`; print nothing, suppress all errors.

    The lock is tried once: a process that holds it is already refreshing. No answer depends on the
    result, and the next command meets the same error and reports it.
    """
    signal.alarm(TIME_LIMIT)
    try:
        with contextlib.suppress(Exception):
            open_index(find_workspace(directory), lambda _notice: None, wait=0.0).close()
    finally:
        signal.alarm(0)
