"""The first page of everything: found through an index, without a look at what lies behind it.

Only where nothing needs to be known of a relation to tell whether it belongs to the answer: with
those that no longer count, of any ticket, in any state.
"""

from __future__ import annotations

from yoi_relations.kinds import KINDS, RelationClass
from yoi_relations.queries.statements import Condition, at_tickets, shown_as
from yoi_relations.typed import Connection, NamedTuple


class Page(NamedTuple):
    """Where the first relations of an answer are.

    Attributes:
        parts: conditions, each of which some of their records meet.
        total: how many relations there are in all.
    """

    parts: list[tuple[Condition, Condition]]
    total: int


def first_page(connection: Connection, kinds: frozenset[str], limit: int) -> Page:
    """The page that holds the first `limit` relations of these kinds, and some more."""
    parts = []
    for cls in RelationClass:
        of_class = frozenset(shown for shown in kinds if KINDS[shown].cls is cls)
        if not of_class or limit <= 0:
            continue
        # Every ticket has one relation at least, so these hold `limit` of them.
        tickets = _first_tickets(connection, of_class, limit)
        limit -= len(tickets)
        parts.append((shown_as(of_class), at_tickets(tickets)))
    return Page(parts, total_of(connection, kinds))


def _first_tickets(connection: Connection, kinds: frozenset[str], limit: int) -> list[str]:
    found: set[str] = set()
    for shown in kinds:
        # Of one kind at a time, an index of the table gives them in order.
        rows = connection.execute(
            "SELECT DISTINCT edge_ticket FROM record WHERE shown = ? ORDER BY edge_ticket LIMIT ?",
            (shown, limit),
        )
        found |= {ticket for (ticket,) in rows}
    return sorted(found)[:limit]


def total_of(connection: Connection, kinds: frozenset[str]) -> int:
    """How many relations there are of these kinds, those that no longer count included."""
    counts = dict(connection.execute("SELECT name, count FROM tally"))
    return sum(counts[shown] for shown in kinds)
