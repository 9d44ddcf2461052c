"""The states of a ticket."""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.lean.types import StrEnum


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


def suggest_state(word: str, known: Iterable[str]) -> str | None:
    """What to say to somebody who wrote `word` for one of `known`; None if nothing is near."""
    from yoi_relations.word_hints import state_hint  # noqa: PLC0415  # only errors need it

    return state_hint(word, known)
