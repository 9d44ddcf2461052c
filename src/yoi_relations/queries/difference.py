"""The answer of `diff`: what changed in meaning between two indexes, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator

from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.check_reasons import Verdict
from yoi_relations.queries.relation_changes import RelationChange, find_relation_changes
from yoi_relations.queries.sides import Clash, Side
from yoi_relations.queries.ticket_changes import (
    ProblemChange,
    TicketChange,
    find_problem_changes,
    find_ticket_changes,
    touched_tickets,
)
from yoi_relations.queries.tickets import TicketInfo, load_tickets


class VerdictChange(NamedTuple):
    """A verdict that changed.

    Attributes:
        ticket: the ticket, as it is later; one that is gone, as it was.
        before: the earlier verdict; None if the ticket was resolved or not there.
        after: the later verdict; None if the ticket is resolved or not there.
        reason: the first reason of the later verdict, or why there is none.
    """

    ticket: TicketInfo
    before: Verdict | None
    after: Verdict | None
    reason: str

    @property
    def sentence(self) -> str:
        """The change in words."""
        was = self.before.word if self.before is not None else "not open"
        now = self.after.word if self.after is not None else "not open"
        return f"{self.ticket.name} was {was}, is {now}{self.reason and f': {self.reason}'}"


class ClashChange(NamedTuple):
    """A cycle or contradiction that appeared, or went."""

    appeared: bool
    clash: Clash


class Difference(NamedTuple):
    """The differences between two indexes.

    Attributes:
        tickets: of tickets, their states and titles, by ticket.
        relations: of relations, by rank.
        verdicts: of verdicts, by ticket. A ticket that is open in only one of the indexes is
            listed if its verdict there is hold or unknown.
        clashes: cycles and contradictions, by code and tickets.
        problems: by path.
    """

    tickets: list[TicketChange]
    relations: list[RelationChange]
    verdicts: list[VerdictChange]
    clashes: list[ClashChange]
    problems: list[ProblemChange]

    def __bool__(self) -> bool:
        return any(map(bool, tuple(self)))


def find_difference(old: Side, new: Side) -> Difference:
    """What changed from `old` to `new`."""
    touched = touched_tickets(old.connection, new.connection)
    tickets = find_ticket_changes(old.connection, new.connection, touched)
    problems = find_problem_changes(old.problems, new.problems)
    return Difference(
        sorted(tickets, key=lambda change: change.ticket.id),
        find_relation_changes(old, new, touched),
        list(_verdict_changes(old, new)),
        list(_clash_changes(old, new)),
        sorted(problems, key=lambda change: (str(change.problem), change.what)),
    )


def _verdict_changes(old: Side, new: Side) -> Iterator[VerdictChange]:
    changed = [
        id_
        for id_ in sorted(old.checks.keys() | new.checks.keys())
        if _differs(old.verdict(id_), new.verdict(id_))
    ]
    earlier, later = load_tickets(old.connection, changed), load_tickets(new.connection, changed)
    for id_ in changed:
        before, after = old.verdict(id_), new.verdict(id_)
        ticket = later[id_] if later[id_].folders else earlier[id_]
        check = new.checks.get(id_)
        reason = check.reasons[0].sentence if check and check.verdict else ""
        yield VerdictChange(ticket, before, after, reason)


def _differs(before: Verdict | None, after: Verdict | None) -> bool:
    """Whether a change of a verdict is listed."""
    if before is None or after is None:
        return max(before or Verdict.CLEAR, after or Verdict.CLEAR) >= Verdict.HOLD
    return before != after


def _clash_changes(old: Side, new: Side) -> Iterator[ClashChange]:
    for meaning in sorted(old.clashes.keys() ^ new.clashes.keys()):
        later = new.clashes.get(meaning)
        yield ClashChange(later is not None, later or old.clashes[meaning])
