"""The types of changes that `watch` prints; `diff` has some of them."""

from __future__ import annotations

from yoi_relations.lean.types import StrEnum


class ChangeType(StrEnum):
    """Types of changes, in the order in which the changes of one ticket are listed."""

    TICKET_ADDED = "ticket_added"
    TICKET_GONE = "ticket_gone"
    STATE_CHANGED = "state_changed"
    TITLE_CHANGED = "title_changed"
    ADDED = "added"
    CHANGED = "changed"
    RETIRED = "retired"
    GONE = "gone"
    PROBLEM_APPEARED = "problem_appeared"
    PROBLEM_SOLVED = "problem_solved"
    VERDICT_CHANGED = "verdict_changed"
