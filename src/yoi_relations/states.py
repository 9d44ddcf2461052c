"""The states of a ticket."""

from __future__ import annotations

from yoi_relations.typed import StrEnum


class State(StrEnum):
    """Where a ticket stands; observed, never set."""

    PLANNING = "planning"
    READY = "ready"
    QUEUED = "queued"
    INPROGRESS = "inprogress"
    DONE = "done"
    CLOSED = "closed"


RESOLVED = frozenset({State.DONE, State.CLOSED})
UNRESOLVED = (*(state for state in State if state not in RESOLVED), None)
"""None: a state that is not known."""
