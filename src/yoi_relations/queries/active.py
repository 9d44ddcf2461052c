"""The one place that decides whether a relation counts now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from yoi_relations.files.formats import Format
from yoi_relations.kinds import RelationClass
from yoi_relations.queries.statements import Order, Statement
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.states import State
from yoi_relations.typed import NamedTuple, assert_never

ENDED_BY_PLAN = "a later plan was accepted"
"""Why a waiting note, or a plan, no longer counts."""


class Latest(NamedTuple):
    """The places in time of a ticket's latest notes that are not retired.

    Attributes:
        plan: of its latest plan; None where it has none.
        waiting: by path of an orchestration-plan.jsonl, of its latest waiting note there; in such a
            file a later note rewrites the earlier, while notes in files of their own add up.
    """

    plan: Order | None
    waiting: Mapping[str, Order]


class Facts(NamedTuple):
    """All that decides about one relation."""

    records: Sequence[Statement]
    ticket: TicketInfo
    target: TicketInfo | None
    latest: Latest


def inactive_reason(facts: Facts) -> str | None:
    """Why the relation does not count now; None where it does."""
    if all(record.retired_at for record in facts.records):
        return "retired"
    cls = RelationClass(facts.records[0].cls)
    match cls:
        case RelationClass.DEPENDENCY | RelationClass.ORDERING | RelationClass.CONFLICT:
            return _resolved(facts.target) or _resolved(facts.ticket)
        case RelationClass.CAPACITY:
            return _note_over(facts)
        case RelationClass.PLAN:
            later = facts.records[0].order != facts.latest.plan
            return ENDED_BY_PLAN if later else _resolved(facts.ticket)
        case RelationClass.REFERENCE:
            return _reference_over(facts)
        case _:
            assert_never(cls)


def _note_over(facts: Facts) -> str | None:
    record, latest = facts.records[0], facts.latest
    if record.format == Format.PLAN_JSONL and record.order != latest.waiting.get(record.path):
        return "a later waiting note in the same file took its place"
    if facts.ticket.state == State.INPROGRESS:
        return f"{facts.ticket.name} is inprogress"
    if latest.plan is not None and latest.plan > record.order:
        return ENDED_BY_PLAN
    return _resolved(facts.ticket)


def _reference_over(facts: Facts) -> str | None:
    match facts.records[0].shown:
        case "supersedes":
            return _resolved(facts.target)
        case "duplicate_of":
            return _resolved(facts.ticket)
        case _:
            both = _resolved(facts.ticket) and _resolved(facts.target)
            return "both tickets are resolved" if both else None


def _resolved(ticket: TicketInfo | None) -> str | None:
    return f"{ticket.name} is {ticket.state}" if ticket is not None and ticket.resolved else None
