"""What records would say whose target is not a ticket but nearly one, read as they were meant."""

from __future__ import annotations

from yoi_relations.kinds import KINDS, edge_of
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.records import Condition, RecordPlace, StoredRecord, find_records
from yoi_relations.queries.relations import Relation, relations_of_each


class NearRelation(NamedTuple):
    """A relation that some records probably mean.

    Attributes:
        meant: id of the ticket that their target probably means.
        difference: why the target is not that id.
        relation: what they say, read so.
    """

    meant: str
    difference: str
    relation: Relation


def near_relations(connection: Connection) -> list[NearRelation]:
    """All relations that records with a misspelled target probably mean."""
    rows = connection.execute(
        "SELECT path, line, record_id, meant, difference, inactive FROM near_target"
        " ORDER BY path, line, meant"
    ).fetchall()
    if not rows:
        return []
    records: dict[RecordPlace, list[StoredRecord]] = {}
    misspelled = Condition("record_id IN (SELECT record_id FROM near_target)", ())
    for record in find_records(connection, misspelled):
        records.setdefault(record.place, []).append(record)
    read = [
        [
            _as_meant(one, meant, inactive)
            for one in records[RecordPlace(*place)]
            if one.holder != meant
        ]
        for *place, meant, _, inactive in rows
    ]
    return [
        NearRelation(meant, difference, one)
        for (*_, meant, difference, _), found in zip(
            rows, relations_of_each(connection, read), strict=True
        )
        for one in found
    ]


def _as_meant(record: StoredRecord, meant: str, inactive: str | None) -> StoredRecord:
    edge = edge_of(KINDS[record.kind], record.holder, meant)
    return record._replace(
        target=meant, edge_ticket=edge.ticket, edge_target=edge.target, inactive=inactive
    )
