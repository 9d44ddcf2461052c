"""Relations: every edge once, with all records that state it, and each note by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from yoi_relations.files.faults import Effect
from yoi_relations.kinds import (
    ALL_SHOWN,
    CLASS_ORDER,
    KINDS,
    SHOWN_NOTES,
    Direction,
    Edge,
    RelationClass,
    sentence,
)
from yoi_relations.queries.active import Facts, Latest, inactive_reason
from yoi_relations.queries.paging import first_page
from yoi_relations.queries.problems import Problem, find_problems
from yoi_relations.queries.statements import (
    Condition,
    Order,
    Statement,
    find_statements,
    held_by,
    shown_as,
    touching,
)
from yoi_relations.queries.tickets import TicketInfo, load_tickets
from yoi_relations.typed import Connection, NamedTuple


class Filter(NamedTuple):
    """Which relations are asked for.

    Attributes:
        ticket: id of a ticket that must stand at either end, or None for any.
        kinds: the kinds as shown.
        states: states of which the ticket must be in one; empty for any.
        inactive: whether those that do not count now are wanted too.
        limit: the most to return; 0 for all.
    """

    ticket: str | None = None
    kinds: frozenset[str] = ALL_SHOWN
    states: frozenset[str] = frozenset()
    inactive: bool = False
    limit: int = 0


class Relation(NamedTuple):
    """One edge between two tickets, or one note about a ticket.

    Attributes:
        kind: as shown; all records of one meaning share it.
        ticket: the end that the sentence is about.
        target: the other end; None for a note without one.
        records: all that state it, by path and line.
        inactive_reason: why it does not count now, or None.
    """

    kind: str
    ticket: TicketInfo
    target: TicketInfo | None
    records: Sequence[Statement]
    inactive_reason: str | None

    @property
    def cls(self) -> RelationClass:
        """The class it belongs to."""
        return KINDS[self.kind].cls

    @property
    def sentence(self) -> str:
        """The relation as a person would say it: ``A is blocked by B``."""
        return sentence(Edge(self.kind, self.ticket.id, self.target.id if self.target else None))

    @property
    def voice(self) -> Statement:
        """The record that speaks for it: the latest that is not retired, else the latest."""
        records = self.by_time()
        return next((record for record in records if not record.retired_at), records[0])

    def by_time(self) -> list[Statement]:
        """Its records, the latest first."""
        return sorted(self.records, key=lambda record: record.order, reverse=True)

    @property
    def ends(self) -> list[TicketInfo]:
        """The tickets it is about."""
        return [self.ticket] if self.target is None else [self.ticket, self.target]

    def rank(self) -> tuple[int, str, str, Order]:
        """Its place among others in an answer."""
        target = self.target.id if self.target else ""
        return (CLASS_ORDER[self.cls], self.ticket.id, target, self.voice.order)

    def filed_under(self) -> list[str | None]:
        """The states under which a filter by state finds it."""
        if KINDS[self.kind].direction is Direction.SYMMETRIC:
            return [end.state for end in self.ends]
        return [self.ticket.state]


class Answer(NamedTuple):
    """What a filter found.

    Attributes:
        relations: in order, at most as many as the limit allows.
        total: how many there are without the limit.
        hidden: how many more there would be with those that do not count now.
        problems: everything wrong with the files.
        doubts: those of the problems that could add or alter a row of this answer.
    """

    relations: list[Relation]
    total: int
    hidden: int
    problems: list[Problem]
    doubts: list[Problem]


def find_relations(connection: Connection, asked: Filter) -> Answer:
    """The relations that `asked` describes, with what could be wrong about them."""
    problems = find_problems(connection)
    if not problems and asked.inactive and asked.limit and not (asked.ticket or asked.states):
        return _first(connection, asked)
    relations = sorted(_candidates(connection, asked), key=Relation.rank)
    counting = [one for one in relations if asked.inactive or one.inactive_reason is None]
    matching = [one for one in counting if _in_states(one, asked)]
    hidden = sum(_in_states(one, asked) for one in relations) - len(matching)
    return Answer(
        relations=matching[: asked.limit or None],
        total=len(matching),
        hidden=hidden,
        problems=problems,
        doubts=_doubts(connection, asked, counting, problems),
    )


def _first(connection: Connection, asked: Filter) -> Answer:
    """The first page, where every relation belongs to the answer and nothing is in doubt."""
    page = first_page(connection, asked.kinds, asked.limit)
    statements = [one for part in page.parts for one in find_statements(connection, *part)]
    relations = sorted(_relations(connection, statements), key=Relation.rank)
    return Answer(relations[: asked.limit], page.total, hidden=0, problems=[], doubts=[])


def relation_of(connection: Connection, statement: Statement) -> Relation:
    """The relation that `statement` is a record of."""
    asked = Filter(ticket=statement.edge_ticket, kinds=frozenset({statement.shown}))
    return next(
        one
        for one in _candidates(connection, asked)
        if any(record.row == statement.row for record in one.records)
    )


def _candidates(connection: Connection, asked: Filter) -> list[Relation]:
    conditions = [shown_as(asked.kinds)] if asked.kinds != ALL_SHOWN else []
    if asked.ticket is not None:
        conditions.append(touching([asked.ticket]))
    return load_relations(connection, *conditions)


def load_relations(connection: Connection, *conditions: Condition) -> list[Relation]:
    """The relations that the records make which meet all `conditions`, in no order.

    All records of a relation must meet them, or none.
    """
    return _relations(connection, find_statements(connection, *conditions))


def _relations(connection: Connection, statements: list[Statement]) -> list[Relation]:
    tickets = load_tickets(
        connection,
        {
            end
            for one in statements
            for end in (one.edge_ticket, one.edge_target)
            if end is not None
        },
    )
    latest = _latest_notes(connection, statements)
    return [_relation(records, tickets, latest) for records in _group(statements)]


def _group(statements: Iterable[Statement]) -> Iterable[list[Statement]]:
    """Records by what they say; a note stands alone."""
    groups: dict[object, list[Statement]] = defaultdict(list)
    for one in statements:
        alone = one.row if one.shown in SHOWN_NOTES else None
        groups[one.shown, one.edge_ticket, one.edge_target, alone].append(one)
    return groups.values()


def _relation(
    records: list[Statement], tickets: dict[str, TicketInfo], latest: dict[str, Latest]
) -> Relation:
    first = records[0]
    ticket = tickets[first.edge_ticket]
    target = tickets[first.edge_target] if first.edge_target is not None else None
    facts = Facts(records, ticket, target, latest.get(ticket.id, Latest(None, None)))
    return Relation(first.shown, ticket, target, tuple(records), inactive_reason(facts))


def _latest_notes(connection: Connection, statements: Iterable[Statement]) -> dict[str, Latest]:
    """The latest notes of the tickets that `statements` hold notes of."""
    holders = {one.holder for one in statements if one.shown in SHOWN_NOTES}
    found: dict[str, dict[str, Order]] = defaultdict(dict)
    if holders:
        for one in find_statements(connection, shown_as(SHOWN_NOTES), held_by(holders)):
            orders = found[one.holder]
            orders[one.shown] = max(orders.get(one.shown, one.order), one.order)
    return {
        holder: Latest(orders.get("waiting"), orders.get("accepted_plan"))
        for holder, orders in found.items()
    }


def _in_states(relation: Relation, asked: Filter) -> bool:
    return not asked.states or any(state in asked.states for state in relation.filed_under())


def _doubts(
    connection: Connection,
    asked: Filter,
    counting: list[Relation],
    problems: list[Problem],
) -> list[Problem]:
    """The problems that could add or alter a row."""
    open_to_doubt = {
        end.id
        for one in counting
        if _in_states(one, asked) or None in one.filed_under()
        for end in one.ends
    }
    holders = load_tickets(connection, {problem.about for problem in problems})
    return [
        problem
        for problem in problems
        if (problem.effect is Effect.TICKET and problem.about in open_to_doubt)
        or (
            problem.effect is Effect.RECORD
            and asked.kinds & _could_add(problem, holders[problem.about], asked)
        )
    ]


def _could_add(problem: Problem, holder: TicketInfo, asked: Filter) -> frozenset[str]:
    """The kinds that a record hidden by `problem` could add to the answer."""
    if asked.inactive or not holder.resolved:
        return problem.shown
    # With its holder resolved, only a reference could still count.
    return frozenset(
        shown for shown in problem.shown if KINDS[shown].cls is RelationClass.REFERENCE
    )
