"""Records whose target is nearly the name of a ticket, read as they were probably meant."""

from __future__ import annotations

from yoi_relations.kinds import KINDS, edge_of
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.records import (
    Condition,
    RecordPlace,
    StoredRecord,
    find_records,
    where,
)
from yoi_relations.queries.relations import Relation, relations_of_each
from yoi_relations.queries.scope import scope_of


class NearTarget(NamedTuple):
    """The ticket that the target of a record probably means.

    Attributes:
        place: where the record is.
        meant: id of the ticket.
        difference: why the target is not that id.
        inactive: as in `StoredRecord`, if the record named that ticket.
    """

    place: RecordPlace
    meant: str
    difference: str
    inactive: str | None


class NearRelation(NamedTuple):
    """A relation that records with a misspelled target probably state.

    Attributes:
        meant: id of the ticket that their target probably means.
        difference: why the target is not that id.
        relation: the relation with that ticket as its target.
    """

    meant: str
    difference: str
    relation: Relation


def load_near_targets(connection: Connection) -> list[NearTarget]:
    """All near targets, by path, line and ticket."""
    sql, values = where(scope_of(connection).rows)
    rows = connection.execute(
        "SELECT path, line, record_id, meant, difference, inactive"  # noqa: S608  # fixed text
        f" FROM near_target{sql} ORDER BY path, line, meant",
        values,
    )
    return [NearTarget(RecordPlace(*row[:3]), *row[3:]) for row in rows]


def load_near_relations(connection: Connection) -> list[NearRelation]:
    """All relations that records with a misspelled target probably state."""
    targets = load_near_targets(connection)
    if not targets:
        return []
    records: dict[RecordPlace, list[StoredRecord]] = {}
    misspelled = Condition("record_id IN (SELECT record_id FROM near_target)", ())
    for record in find_records(connection, misspelled):
        records.setdefault(record.place, []).append(record)
    corrected = [
        [
            _with_target(record, target)
            for record in records[target.place]
            if record.holder != target.meant
        ]
        for target in targets
    ]
    return [
        NearRelation(target.meant, target.difference, relation)
        for target, relations in zip(targets, relations_of_each(connection, corrected), strict=True)
        for relation in relations
    ]


def _with_target(record: StoredRecord, target: NearTarget) -> StoredRecord:
    """The record as if it named the ticket that was probably meant."""
    edge = edge_of(KINDS[record.kind], record.holder, target.meant)
    return record._replace(
        target=target.meant,
        edge_ticket=edge.ticket,
        edge_target=edge.target,
        inactive=target.inactive,
    )
