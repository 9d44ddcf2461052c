"""Why a relation is not active, in words; ``index/activity.py`` decides it."""

from __future__ import annotations

from yoi_relations.kinds import Inactive
from yoi_relations.queries.tickets import TicketInfo

ENDED_BY_PLAN = "a later plan was accepted"
"""Why a waiting note, or an earlier plan, is not active."""
_WORDS = {
    Inactive.RETIRED: "retired",
    Inactive.REWRITTEN: "a later waiting note in the same file took its place",
    Inactive.LATER_PLAN: ENDED_BY_PLAN,
    Inactive.BOTH: "both tickets are resolved",
}


def describe_inactive(
    inactive: str | None, ticket: TicketInfo, target: TicketInfo | None
) -> str | None:
    """Why a relation is not active, in words; None if it is active.

    Args:
        inactive: a value of `Inactive`; None if the relation is active.
        ticket: the ticket of the relation.
        target: its target, or None.
    """
    if inactive is None:
        return None
    ended_by = {Inactive.TICKET: ticket, Inactive.TARGET: target}.get(Inactive(inactive))
    return (
        _WORDS[Inactive(inactive)] if ended_by is None else f"{ended_by.name} is {ended_by.state}"
    )
