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
        reason: the first reason of the later verdict; empty if there is none.
    """

    ticket: TicketInfo
    before: Verdict | None
    after: Verdict | None
    reason: str

    @property
    def words(self) -> str:
        """The two verdicts in words."""
        was = "" if self.before is None else f"was {self.before.word}"
        now = "" if self.after is None else f"is {self.after.word}"
        return ", ".join(filter(None, (was, now)))

    @property
    def sentence(self) -> str:
        """The change in words."""
        return f"{self.ticket.name} {self.words}{self.reason and f': {self.reason}'}"


class ClashChange(NamedTuple):
    """A cycle or contradiction that appeared, or went."""

    appeared: bool
    clash: Clash

    @property
    def word(self) -> str:
        """The change as answers call it."""
        return "clash_appeared" if self.appeared else "clash_solved"


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

    @property
    def number(self) -> int:
        """How many changes there are."""
        of_what_is_recorded = len(self.tickets) + len(self.relations) + len(self.problems)
        return of_what_is_recorded + len(self.verdicts) + len(self.clashes)


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
