"""Which tickets a ticket holds up: their verdicts rest on it, and some would be free without it."""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.check_reasons import Reason, Verdict
from yoi_relations.queries.check_unknowns import Unknowns, remains_unknown
from yoi_relations.queries.replacements import REPLACING
from yoi_relations.queries.tickets import TicketInfo

_IGNORED = frozenset({"state", "unusable_source", "dependency_cycle", "mixed_cycle"})
"""Codes of reasons that do not keep a ticket from being freed.

The ticket's own state; unreadable sources, which `remains_unknown` covers; and cycles: a cycle that
goes on without the other ticket leaves a blocker or an ordering, which is a reason of its own.
"""


class HeldTicket(NamedTuple):
    """A ticket whose verdict rests on another one.

    Attributes:
        ticket: that is held.
        frees: whether nothing but its own state would be left against it were that one resolved.
    """

    ticket: TicketInfo
    frees: bool


def held_by_ticket(
    id_: str, candidates: Iterable[tuple[TicketInfo, Iterable[Reason]]], doubts: Unknowns
) -> list[HeldTicket]:
    """Those of `candidates`, each with its reasons, whose verdict rests on the ticket `id_`."""
    found = []
    for ticket, reasons in candidates:
        weighing = [one for one in reasons if one.verdict > Verdict.CLEAR]
        if ticket.id != id_ and any(_rests_on(id_, one) for one in weighing):
            left = [o for o in weighing if o.code not in _IGNORED and not _ends_with(id_, o)]
            found.append(
                HeldTicket(ticket, not left and not remains_unknown(doubts, id_, ticket.id))
            )
    return sorted(found, key=lambda held: held.ticket.id)


def _rests_on(id_: str, reason: Reason) -> bool:
    # The target of a waiting note is context.
    return reason.code != "waiting" and reason.other is not None and reason.other.id == id_


def _ends_with(id_: str, reason: Reason) -> bool:
    # A ticket that takes the place of another one still does so when it is resolved.
    staying = reason.relation is not None and reason.relation.kind in REPLACING
    return _rests_on(id_, reason) and not staying
