"""What records would say whose target is not a ticket but nearly one, read as they were meant."""

from __future__ import annotations

from yoi_relations.kinds import KINDS, edge_of
from yoi_relations.queries.relations import Relation, relations_of
from yoi_relations.queries.statements import Condition, Statement, find_statements
from yoi_relations.typed import Connection, NamedTuple


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
    found = []
    for path, line, record_id, meant, difference, inactive in rows:
        where = Condition("path = ? AND line IS ? AND record_id = ?", (path, line, record_id))
        read = [_as_meant(one, meant, inactive) for one in find_statements(connection, where)]
        found += [
            NearRelation(meant, difference, one)
            for one in relations_of(connection, [one for one in read if one.holder != meant])
        ]
    return found


def _as_meant(record: Statement, meant: str, inactive: str | None) -> Statement:
    edge = edge_of(KINDS[record.kind], record.holder, meant)
    return record._replace(
        target=meant, edge_ticket=edge.ticket, edge_target=edge.target, inactive=inactive
    )
