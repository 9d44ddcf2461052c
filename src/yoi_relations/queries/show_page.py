"""The first page of all relations, found through an index of a table, without the other rows.

Only for filters by kind: any ticket in any state may belong to the answer.
"""

from __future__ import annotations

from yoi_relations.kinds import KINDS, RelationClass
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.records import Condition, at_tickets, shown_as, where
from yoi_relations.queries.relations import load_relations
from yoi_relations.queries.scope import scope_of

_ALL = "SELECT DISTINCT edge_ticket FROM statement WHERE shown = ? ORDER BY edge_ticket LIMIT ?"
_ACTIVE = "SELECT DISTINCT ticket FROM active_relation WHERE kind = ? ORDER BY ticket LIMIT ?"


class Total(NamedTuple):
    """The number of relations, and of active relations."""

    relations: int
    active: int


def first_page(
    connection: Connection, kinds: frozenset[str], limit: int, *, inactive: bool
) -> list[tuple[Condition, Condition]]:
    """Pairs of conditions; the records of the first `limit` relations meet one of them.

    Other records may meet them, too. `kinds` are kinds as shown; with `inactive`, relations that
    are not active count, too.
    """
    parts = []
    for cls in RelationClass:
        of_class = frozenset(shown for shown in kinds if KINDS[shown].cls is cls)
        if not of_class or limit <= 0:
            continue
        # Each of these tickets has at least one relation.
        tickets = _first_tickets(connection, of_class, limit, _ALL if inactive else _ACTIVE)
        limit -= len(tickets)
        parts.append((shown_as(of_class), at_tickets(tickets)))
    return parts


def _first_tickets(
    connection: Connection, kinds: frozenset[str], limit: int, query: str
) -> list[str]:
    found: set[str] = set()
    for shown in kinds:
        # For a single kind, an index of the table gives the tickets in order.
        found |= {ticket for (ticket,) in connection.execute(query, (shown, limit))}
    return sorted(found)[:limit]


def total_of(connection: Connection, kinds: frozenset[str]) -> Total:
    """The number of relations of these kinds."""
    scope = scope_of(connection)
    sql, values = where(scope.rows)
    rows = connection.execute(f"SELECT name, count, active FROM tally{sql}", values).fetchall()  # noqa: S608  # fixed text
    of_kinds = [(count, active) for name, count, active in rows if name in kinds]
    if scope.shared:  # the tallies are of relations within a workspace
        crossing = load_relations(connection, shown_as(kinds), *scope.crossing())
        of_kinds.append((len(crossing), sum(relation.is_active for relation in crossing)))
    return Total(sum(count for count, _ in of_kinds), sum(active for _, active in of_kinds))
