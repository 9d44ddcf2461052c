"""Reasons from a base: another tree, in which what is resolved here may not be resolved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from yoi_relations.kinds import SEQUENCE_CLASSES, RelationClass
from yoi_relations.lean.types import Connection
from yoi_relations.queries.check_reasons import Reason, Verdict, edge_sentence
from yoi_relations.queries.relations import Relation
from yoi_relations.queries.tickets import TicketInfo, load_tickets


def load_base(
    base: Connection, tickets: Iterable[TicketInfo], relations: Mapping[str, Iterable[Relation]]
) -> dict[str, TicketInfo]:
    """By id, what the base holds of the tickets that some tickets do not wait for any more.

    Args:
        base: the index of the base.
        tickets: the tickets that were asked about.
        relations: by ticket id, the relations that touch the ticket.
    """
    ended = (ended_by_target(ticket, relations[ticket.id]) for ticket in tickets)
    return load_tickets(base, {target.id for found in ended for _, target in found})


def ended_by_target(
    ticket: TicketInfo, touching: Iterable[Relation]
) -> Iterator[tuple[Relation, TicketInfo]]:
    """Dependencies and orderings of `ticket` that ended because their target is resolved."""
    for relation in touching:
        target = relation.target
        is_own = relation.cls in SEQUENCE_CLASSES and relation.ticket.id == ticket.id
        if is_own and target is not None and target.resolved and not relation.is_retired:
            yield relation, target


def reasons_from_base(
    ticket: TicketInfo, touching: Iterable[Relation], base: Mapping[str, TicketInfo]
) -> Iterator[Reason]:
    """The reasons that the base keeps up, although their tickets are resolved here.

    Args:
        ticket: the ticket that was asked about.
        touching: the relations that touch it.
        base: what `load_base` returned.
    """
    if ticket.resolved:
        return
    for relation, target in ended_by_target(ticket, touching):
        there = base[target.id]
        if there.resolved:
            continue
        text = f"{edge_sentence(ticket, relation, target)} here, but in the base {_state(there)}"
        verdict, code = _weight(relation, there)
        yield Reason(verdict, code, text, relation, target, relation.places)


def _weight(relation: Relation, there: TicketInfo) -> tuple[Verdict, str]:
    if there.folders and there.state is None:
        return Verdict.UNKNOWN, "unknown_in_base"
    if relation.cls is RelationClass.DEPENDENCY:
        return Verdict.HOLD, "blocked_in_base"
    return Verdict.CAUTION, "ordered_after_in_base"


def _state(there: TicketInfo) -> str:
    if there.state is not None:
        return f"it is {there.state}"
    return "its state is not known" if there.folders else "it does not exist"
