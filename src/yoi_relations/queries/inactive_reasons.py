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
    Inactive.TICKET: "{ticket.name} is {ticket.state}",
    Inactive.TARGET: "{target.name} is {target.state}",
    Inactive.BOTH: "both tickets are resolved",
}


def describe_inactive(
    inactive: str | None, ticket: TicketInfo, target: TicketInfo | None
) -> str | None:
    """Why a relation between these tickets is not active, in words; None if it is active.

    `inactive` is a value of `Inactive`, or None.
    """
    if inactive is None:
        return None
    return _WORDS[Inactive(inactive)].format(ticket=ticket, target=target)
