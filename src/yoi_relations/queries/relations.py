"""Relations: each edge once, with all records that state it, and each note."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

from yoi_relations.kinds import (
    ALL_SHOWN,
    CLASS_ORDER,
    KINDS,
    SHOWN_NOTES,
    Direction,
    Edge,
    Inactive,
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
    between,
    find_records,
    shown_as,
    stating,
)
from yoi_relations.queries.scope import Scope, expect, scope_of
from yoi_relations.queries.tickets import TicketInfo, find_ends, load_tickets


class Relation(NamedTuple):
    """One edge between two tickets, or one note about a ticket.

    Attributes:
        kind: the kind as shown; all records with the same meaning share it.
        ticket: the subject of the sentence.
        target: the other end; None for a note without one.
        records: all records that state it, by path and line.
        inactive_reason: why it is not active, in words; None if it is active.
    """

    kind: str
    ticket: TicketInfo
    target: TicketInfo | None
    records: Sequence[StoredRecord]
    inactive_reason: str | None

    @property
    def cls(self) -> RelationClass:
        """The class of its kind."""
        return KINDS[self.kind].cls

    @property
    def is_active(self) -> bool:
        """Whether it counts now."""
        return self.inactive_reason is None

    @property
    def is_retired(self) -> bool:
        """Whether all its records are retired."""
        return all(record.is_retired for record in self.records)

    @property
    def status(self) -> str:
        """In one word, whether it counts now: active, inactive or retired."""
        if self.is_active:
            return "active"
        return "retired" if self.is_retired else "inactive"

    @property
    def latest_record(self) -> StoredRecord:
        """The latest record that is not retired; if all are retired, the latest record."""
        records = self.by_time()
        return next((record for record in records if not record.is_retired), records[0])

    @property
    def places(self) -> tuple[RecordPlace, ...]:
        """Where it is recorded, without retired records."""
        return tuple(record.place for record in self.records if not record.is_retired)

    def by_time(self) -> list[StoredRecord]:
        """Its records, the latest first."""
        return sorted(self.records, key=lambda record: record.order, reverse=True)

    @property
    def ends(self) -> list[TicketInfo]:
        """Its ticket and its target, if it has one."""
        return [self.ticket] if self.target is None else [self.ticket, self.target]

    @property
    def sentence(self) -> str:
        """The relation in words: ``A is blocked by B``."""
        return sentence(Edge(self.kind, self.ticket.id, self.target.id if self.target else None))

    def rank(self) -> tuple[int, str, str, Order]:
        """Its position among other relations in an answer."""
        target = self.target.id if self.target else ""
        return (CLASS_ORDER[self.cls], self.ticket.id, target, self.latest_record.order)

    def filter_states(self) -> list[str | None]:
        """The states that a filter by state compares: of the ticket, or of both ends."""
        if KINDS[self.kind].direction is Direction.SYMMETRIC:
            return [end.state for end in self.ends]
        return [self.ticket.state]


def relation_of(connection: Connection, record: StoredRecord) -> Relation:
    """The relation that `record` states."""
    if record.edge_target is None or record.shown in SHOWN_NOTES:
        (found,) = relations_of(connection, [record])
    elif KINDS[record.shown].direction is Direction.SYMMETRIC:
        # Which end comes first depends on the names, so not on how a database has them.
        ends = between(record.edge_ticket, record.edge_target)
        (found,) = load_relations(connection, shown_as([record.shown]), ends)
    else:
        edge = Edge(record.shown, record.edge_ticket, record.edge_target)
        (found,) = load_relations(connection, stating(edge))
    return found


def load_relations(connection: Connection, *conditions: Condition) -> list[Relation]:
    """The relations of the records that meet all `conditions`, in no order.

    Either all records of a relation must meet the conditions, or none.
    """
    expect(
        connection,
        lambda to: find_records(to, *conditions),
        lambda to: find_ends(to, *conditions),  # which `relations_of` then remembers
    )
    return relations_of(connection, find_records(connection, *conditions))


def load_active_relations(connection: Connection, *conditions: Condition) -> list[Relation]:
    """The active relations of the records that meet all `conditions`, as in `load_relations`."""
    at_active = scope_of(connection).at_active_tickets(ALL_SHOWN)
    found = load_relations(connection, *conditions, at_active)
    return [relation for relation in found if relation.is_active]


def relations_of(connection: Connection, records: list[StoredRecord]) -> list[Relation]:
    """The relations that `records` state, in no order."""
    (found,) = relations_of_each(connection, [records])
    return found


def relations_of_each(
    connection: Connection, parts: Sequence[list[StoredRecord]]
) -> list[list[Relation]]:
    """For each part, the relations that its records state, in no order."""
    records = list(chain.from_iterable(parts))
    tickets = load_tickets(
        connection,
        {
            end
            for record in records
            for end in (record.edge_ticket, record.edge_target)
            if end is not None
        },
    )
    scope = scope_of(connection)
    return [[_relation(group, tickets, scope) for group in _group(part)] for part in parts]


def _group(records: Iterable[StoredRecord]) -> Iterable[list[StoredRecord]]:
    """Records by edge; each note is a group of its own."""
    groups: dict[object, list[StoredRecord]] = defaultdict(list)
    for record in records:
        note_row = record.row if record.shown in SHOWN_NOTES else None
        groups[record.shown, record.edge_ticket, record.edge_target, note_row].append(record)
    return groups.values()


def _relation(
    records: list[StoredRecord], tickets: dict[str, TicketInfo], scope: Scope
) -> Relation:
    first = records[0]
    ticket = tickets[first.edge_ticket]
    target = tickets[first.edge_target] if first.edge_target is not None else None
    if scope.shared and target is not None and not KINDS[first.shown].is_note:
        inactive = _inactive_edge(records, ticket, target, scope)
    else:
        inactive = next((record.inactive for record in records if record.inactive), None)
    return Relation(
        first.shown, ticket, target, tuple(records), describe_inactive(inactive, ticket, target)
    )


def _inactive_edge(
    records: list[StoredRecord], ticket: TicketInfo, target: TicketInfo, scope: Scope
) -> str | None:
    """Why an edge is not active, by both ends; an index knows only the ends in its workspace."""
    from yoi_relations.index.activity import ended_by  # noqa: PLC0415  # only in a shared database

    if all(record.is_retired for record in records):
        return Inactive.RETIRED
    states = (ticket.state, target.state)
    if scope.crosses(ticket.id, target.id):
        states = (ticket.certain_state, target.certain_state)
    return ended_by(records[0].shown, *states, ticket.elsewhere, target.elsewhere)
