"""The states of a ticket."""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.lean.types import StrEnum


class State(StrEnum):
    """The workflow state of a ticket; read, never written."""

    PLANNING = "planning"
    READY = "ready"
    QUEUED = "queued"
    INPROGRESS = "inprogress"
    DONE = "done"
    CLOSED = "closed"


RESOLVED = frozenset({State.DONE, State.CLOSED})
UNRESOLVED = (*(state for state in State if state not in RESOLVED), None)
"""None is an unknown state."""


def suggest_state(word: str, known: Iterable[str]) -> str | None:
    """The hint for an unknown state: those of `known` that resemble `word`; None if none does."""
    from yoi_relations.word_hints import state_hint  # noqa: PLC0415  # only errors need it

    return state_hint(word, known)
