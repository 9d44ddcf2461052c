"""The tickets that a ticket holds: their verdicts depend on it; some would be free without it."""

from __future__ import annotations

from collections.abc import Iterable

from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.check_reasons import Reason, Verdict
from yoi_relations.queries.replacements import REPLACING
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.queries.unknowns import Unknowns

_IGNORED = frozenset({"state", "unusable_source", "dependency_cycle", "mixed_cycle"})
"""Codes of reasons that do not keep a ticket from being freed.

The ticket's own state; unreadable sources, which `Unknowns.remain_without` covers; and cycles:
a cycle that goes on without the other ticket leaves a blocker or an ordering, which is a reason of
its own.
"""


class HeldTicket(NamedTuple):
    """A ticket whose verdict depends on another one.

    Attributes:
        ticket: the ticket that is held.
        frees: whether it would have no reason but its own state if the other one were resolved.
    """

    ticket: TicketInfo
    frees: bool


def held_by_ticket(
    id_: str, candidates: Iterable[tuple[TicketInfo, Iterable[Reason], Unknowns]]
) -> list[HeldTicket]:
    """Those of `candidates` whose verdict depends on a ticket; by id.

    Each comes with its reasons, and with the unknowns of its workspace.
    """
    held = []
    for ticket, reasons, unknowns in candidates:
        serious = [reason for reason in reasons if reason.verdict > Verdict.CLEAR]
        if ticket.id == id_ or not any(_depends_on(id_, reason) for reason in serious):
            continue
        remaining = any(
            reason.code not in _IGNORED and not _ends_with(id_, reason) for reason in serious
        )
        frees = not remaining and not unknowns.remain_without(id_, ticket.id)
        held.append(HeldTicket(ticket, frees))
    return sorted(held, key=lambda entry: entry.ticket.id)


def _depends_on(id_: str, reason: Reason) -> bool:
    # The target of a waiting note is only context.
    return reason.code != "waiting" and reason.other is not None and reason.other.id == id_


def _ends_with(id_: str, reason: Reason) -> bool:
    """Whether a reason ends once the ticket `id_` is resolved."""
    # A ticket that replaces another one still does so when it is resolved.
    stays = reason.relation is not None and reason.relation.kind in REPLACING
    return _depends_on(id_, reason) and not stays
