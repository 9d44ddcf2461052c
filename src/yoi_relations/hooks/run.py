"""What a git hook calls: one quiet try to make the index agree with the files."""

from __future__ import annotations

import contextlib
import signal

from yoi_relations.files.workspace import find_workspace
from yoi_relations.index.freshness import open_index

TIME_LIMIT = 10
"""Seconds; git waits for its hooks, and not every system has a ``timeout``."""


def refresh_quietly(directory: str | None) -> None:
    """Refresh the index of the workspace around `directory`; say nothing, whatever happens.

    There is one try at the lock: who holds it is refreshing already. Nothing rests on the outcome,
    and whatever is wrong here meets the next command too, which tells it.
    """
    signal.alarm(TIME_LIMIT)
    try:
        with contextlib.suppress(Exception):
            open_index(find_workspace(directory), _silent, wait=0.0).close()
    finally:
        signal.alarm(0)


def _silent(_message: str) -> None:
    """A notice that nobody reads."""
