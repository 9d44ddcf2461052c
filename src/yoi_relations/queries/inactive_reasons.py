"""Why a relation does not count now, in words; ``index/activity.py`` decides it."""

from __future__ import annotations

from yoi_relations.kinds import Inactive
from yoi_relations.queries.tickets import TicketInfo

ENDED_BY_PLAN = "a later plan was accepted"
"""Why a waiting note, or a plan, no longer counts."""
_WORDS = {
    Inactive.RETIRED: "retired",
    Inactive.REWRITTEN: "a later waiting note in the same file took its place",
    Inactive.LATER_PLAN: ENDED_BY_PLAN,
    Inactive.BOTH: "both tickets are resolved",
}


def describe_inactive(why: str | None, ticket: TicketInfo, target: TicketInfo | None) -> str | None:
    """Why a relation between two tickets is not active; None where it is.

    Args:
        why: as stored, one of `Inactive`; None where the relation is active.
        ticket: the end that its sentence is about.
        target: the other end, or None.
    """
    if why is None:
        return None
    ended_by = {Inactive.TICKET: ticket, Inactive.TARGET: target}.get(Inactive(why))
    return _WORDS[Inactive(why)] if ended_by is None else f"{ended_by.name} is {ended_by.state}"
