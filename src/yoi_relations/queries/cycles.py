"""Cycles among tickets: work that waits for itself, through other tickets."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from yoi_relations.kinds import CLASS_ORDER, Edge, RelationClass
from yoi_relations.lean.types import Connection
from yoi_relations.queries.records import at_active_tickets, at_tickets, shown_as
from yoi_relations.queries.relation_graph import Cycle, CycleKind, RelationGraph
from yoi_relations.queries.relations import Relation, load_relations

_EDGES = frozenset({"blocked_by", "after"})
_MAX_LEVELS = 8
"""Steps from ticket to ticket after which all edges are loaded at once."""
_MAX_SEARCHED = 100
"""Tickets to visit in search of a cycle; of a longer one, only the first step is reported.

So the time to find a cycle for each ticket of a component is linear in their number.
"""


def find_cycles(connection: Connection, tickets: AbstractSet[str]) -> dict[str, Cycle]:
    """By id, the cycle of each of `tickets`; one of dependencies alone before a mixed one."""
    edges = _active_edges(connection, tickets)
    found: dict[str, Cycle] = {}
    for kind in (CycleKind.DEPENDENCY, CycleKind.MIXED):
        graph = _edge_graph(edges, kind)
        for component in graph.components():
            for ticket in tickets & component.keys():
                found.setdefault(ticket, graph.cycle(component, ticket, _MAX_SEARCHED))
    return found


def find_cycle_groups(edges: Iterable[Relation]) -> list[Cycle]:
    """A whole cycle for each strongly connected component of `edges`.

    A component of dependencies and orderings counts only if it joins tickets that dependencies
    alone do not; its cycle begins with such an ordering. The time is linear in the number of
    `edges`, which are active dependencies and orderings.
    """
    edges = list(edges)
    found: list[Cycle] = []
    component_of: dict[str, int] = {}
    dependencies = _edge_graph(edges, CycleKind.DEPENDENCY)
    for component in dependencies.components():
        found.append(dependencies.cycle(component, min(component)))
        component_of |= dict.fromkeys(component, len(found))
    graph = _edge_graph(edges, CycleKind.MIXED)
    for component in graph.components():
        # Between tickets of one component of dependencies, an ordering adds nothing.
        joining = (
            (ticket, target)
            for ticket, targets in component.items()
            for target in targets
            if graph.by_ends[ticket, target].cls is RelationClass.ORDERING
            and component_of.get(ticket, ticket) != component_of.get(target, target)
        )
        if first := next(joining, None):
            ticket, target = first
            found.append(graph.cycle(component | {ticket: {target: None}}, ticket))
    return found


def cycle_closed_by(connection: Connection, edge: Edge) -> list[Relation] | None:
    """The active dependencies and orderings that `edge`, once recorded, would make a cycle.

    They lead from the target of the edge back to its ticket. None if there is no such path.
    """
    if edge.target is None:
        return None
    graph = _edge_graph(_active_edges(connection, {edge.target}), CycleKind.MIXED)
    return graph.closed_by(edge.ticket, edge.target)


def _active_edges(connection: Connection, tickets: AbstractSet[str]) -> list[Relation]:
    """The active edges that can be reached from `tickets`, and perhaps more."""
    edges: list[Relation] = []
    seen, level = set(tickets), tickets
    for _ in range(_MAX_LEVELS):
        if not level:
            return edges
        edges += _active(load_relations(connection, shown_as(_EDGES), at_tickets(level)))
        level = {edge.target.id for edge in edges if edge.target is not None} - seen
        seen |= level
    return _active(load_relations(connection, shown_as(_EDGES), at_active_tickets()))


def _active(relations: list[Relation]) -> list[Relation]:
    return [relation for relation in relations if relation.inactive_reason is None]


def _edge_graph(edges: Iterable[Relation], kind: CycleKind) -> RelationGraph:
    """The graph of dependencies, and of orderings if they matter for this kind of cycles.

    Between two tickets, a dependency comes before an ordering.
    """
    by_ends: dict[tuple[str, str], Relation] = {}
    for edge in sorted(edges, key=lambda edge: CLASS_ORDER[edge.cls]):
        wanted = kind is CycleKind.MIXED or edge.cls is RelationClass.DEPENDENCY
        if wanted and edge.target is not None:
            by_ends.setdefault((edge.ticket.id, edge.target.id), edge)
    return RelationGraph(kind, by_ends)
