"""The states of a ticket."""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.errors import UsageError
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


def select_states(words: Iterable[str]) -> frozenset[State]:
    """The states that `words` name.

    Raises:
        UsageError: a word does not name a state; the hint suggests the closest ones.
    """
    states = set()
    for word in words:
        if word not in list(State):
            from yoi_relations.word_hints import separate_options_hint  # noqa: PLC0415  # only errors need it

            hint = separate_options_hint("--state", word, State) or suggest_state(word, State)
            hint = hint or f"known: {', '.join(State)}"
            raise UsageError(f"unknown state '{word}'", hint, parameter="states")
        states.add(State(word))
    return frozenset(states)
