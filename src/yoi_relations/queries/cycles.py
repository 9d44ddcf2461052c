"""Cycles among tickets: work that waits for itself, by way of others."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from yoi_relations.kinds import CLASS_ORDER, RelationClass
from yoi_relations.queries.graph import knots, way_round
from yoi_relations.queries.relations import Relation, load_relations
from yoi_relations.queries.statements import at_tickets, shown_as, unresolved_somewhere
from yoi_relations.typed import Connection, NamedTuple

_EDGES = frozenset({"blocked_by", "after"})
_LEVELS = 8
"""Steps from ticket to ticket after which all edges are loaded at once."""
_SEARCHED = 100
"""Tickets to look at for a way round; a longer one is told by its first step. With it, naming a
cycle for each of its tickets takes time in proportion to their number."""


class Cycle(NamedTuple):
    """Where a ticket stands on a cycle of active relations.

    Attributes:
        mixed: whether it takes orderings to close it; else dependencies alone do.
        steps: the relations of a shortest way round from the ticket, or the first of them.
        whole: whether they are all of them.
        tickets: the ids of all that are bound to each other this way.
    """

    mixed: bool
    steps: list[Relation]
    whole: bool
    tickets: list[str]


def find_cycles(connection: Connection, tickets: AbstractSet[str] | None) -> dict[str, Cycle]:
    """By ticket, the cycle that it stands on; one of dependencies alone before a mixed one.

    Args:
        connection: the index.
        tickets: ids of those that are asked for; None for all.
    """
    edges = _active_edges(connection, tickets)
    found: dict[str, Cycle] = {}
    for mixed in (False, True):
        taken = [one for one in edges if mixed or one.cls is RelationClass.DEPENDENCY]
        for ticket, cycle in _cycles(taken, tickets, mixed=mixed):
            found.setdefault(ticket, cycle)
    return found


def _active_edges(connection: Connection, tickets: AbstractSet[str] | None) -> list[Relation]:
    """The active edges that can be reached from `tickets`, and perhaps some more."""
    edges: list[Relation] = []
    seen, level = set(tickets or ()), tickets
    for _ in range(_LEVELS):
        if level is None:
            break
        if not level:
            return edges
        edges += _active(load_relations(connection, shown_as(_EDGES), at_tickets(level)))
        level = {one.target.id for one in edges if one.target is not None} - seen
        seen |= level
    return _active(load_relations(connection, shown_as(_EDGES), unresolved_somewhere()))


def _active(relations: list[Relation]) -> list[Relation]:
    return [one for one in relations if one.inactive_reason is None]


def _cycles(
    edges: list[Relation], tickets: AbstractSet[str] | None, *, mixed: bool
) -> Iterator[tuple[str, Cycle]]:
    by_ends: dict[tuple[str, str], Relation] = {}
    for one in sorted(edges, key=lambda edge: CLASS_ORDER[edge.cls]):
        if one.target is not None:
            by_ends.setdefault((one.ticket.id, one.target.id), one)
    graph: dict[str, list[str]] = {}
    for ticket, target in by_ends:
        graph.setdefault(ticket, []).append(target)
    for knot in knots(graph):
        members = set(knot)
        inner = {one: dict.fromkeys(sorted(members.intersection(graph[one]))) for one in knot}
        for ticket in knot if tickets is None else members & tickets:
            way = way_round(inner, ticket, _SEARCHED)
            ends = [*way[1:], ticket] if way else [next(iter(inner[ticket]))]
            pairs = zip(way or [ticket], ends, strict=True)
            steps = [by_ends[pair] for pair in pairs]
            yield ticket, Cycle(mixed, steps, way is not None, knot)
