"""Relations: every edge once, with all records that state it, and each note by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

from yoi_relations.kinds import (
    CLASS_ORDER,
    KINDS,
    SHOWN_NOTES,
    Direction,
    Edge,
    RelationClass,
    sentence,
)
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.inactive_reasons import describe_inactive
from yoi_relations.queries.records import (
    Condition,
    Order,
    RecordPlace,
    StoredRecord,
    find_records,
    stating,
)
from yoi_relations.queries.tickets import TicketInfo, load_tickets


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
    records: Sequence[StoredRecord]
    inactive_reason: str | None

    @property
    def cls(self) -> RelationClass:
        """The class it belongs to."""
        return KINDS[self.kind].cls

    @property
    def latest_record(self) -> StoredRecord:
        """The record that speaks for it: the latest that is not retired, else the latest."""
        records = self.by_time()
        return next((record for record in records if not record.retired_at), records[0])

    @property
    def places(self) -> tuple[RecordPlace, ...]:
        """Where it is recorded; retired records say nothing any more."""
        return tuple(record.place for record in self.records if not record.retired_at)

    def by_time(self) -> list[StoredRecord]:
        """Its records, the latest first."""
        return sorted(self.records, key=lambda record: record.order, reverse=True)

    @property
    def ends(self) -> list[TicketInfo]:
        """The tickets it is about."""
        return [self.ticket] if self.target is None else [self.ticket, self.target]

    @property
    def sentence(self) -> str:
        """As a person would say it: ``A is blocked by B``."""
        return sentence(Edge(self.kind, self.ticket.id, self.target.id if self.target else None))

    def rank(self) -> tuple[int, str, str, Order]:
        """Its place among others in an answer."""
        target = self.target.id if self.target else ""
        return (CLASS_ORDER[self.cls], self.ticket.id, target, self.latest_record.order)

    def filter_states(self) -> list[str | None]:
        """The states under which a filter by state finds it."""
        if KINDS[self.kind].direction is Direction.SYMMETRIC:
            return [end.state for end in self.ends]
        return [self.ticket.state]


def relation_of(connection: Connection, statement: StoredRecord) -> Relation:
    """The relation that `statement` is a record of."""
    if statement.edge_target is None or statement.shown in SHOWN_NOTES:
        (found,) = relations_of(connection, [statement])
    else:
        edge = Edge(statement.shown, statement.edge_ticket, statement.edge_target)
        (found,) = load_relations(connection, stating(edge))
    return found


def load_relations(connection: Connection, *conditions: Condition) -> list[Relation]:
    """The relations that the records make which meet all `conditions`, in no order.

    All records of a relation must meet them, or none.
    """
    return relations_of(connection, find_records(connection, *conditions))


def relations_of(connection: Connection, statements: list[StoredRecord]) -> list[Relation]:
    """The relations that these records make, in no order."""
    (found,) = relations_of_each(connection, [statements])
    return found


def relations_of_each(
    connection: Connection, parts: Sequence[list[StoredRecord]]
) -> list[list[Relation]]:
    """The relations that the records of each part make by themselves, in no order."""
    statements = list(chain.from_iterable(parts))
    tickets = load_tickets(
        connection,
        {
            end
            for one in statements
            for end in (one.edge_ticket, one.edge_target)
            if end is not None
        },
    )
    return [[_relation(records, tickets) for records in _group(part)] for part in parts]


def _group(statements: Iterable[StoredRecord]) -> Iterable[list[StoredRecord]]:
    """Records by what they say; a note stands alone."""
    groups: dict[object, list[StoredRecord]] = defaultdict(list)
    for one in statements:
        alone = one.row if one.shown in SHOWN_NOTES else None
        groups[one.shown, one.edge_ticket, one.edge_target, alone].append(one)
    return groups.values()


def _relation(records: list[StoredRecord], tickets: dict[str, TicketInfo]) -> Relation:
    first = records[0]
    ticket = tickets[first.edge_ticket]
    target = tickets[first.edge_target] if first.edge_target is not None else None
    why = next((one.inactive for one in records if one.inactive), None)
    return Relation(
        first.shown, ticket, target, tuple(records), describe_inactive(why, ticket, target)
    )
