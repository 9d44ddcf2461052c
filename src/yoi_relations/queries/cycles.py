"""Cycles among tickets: work that waits for itself, through other tickets."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from itertools import pairwise

from yoi_relations.kinds import CLASS_ORDER, Edge, RelationClass
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.graph import shortest_cycle, strongly_connected, subgraph
from yoi_relations.queries.records import at_active_tickets, at_tickets, shown_as
from yoi_relations.queries.relations import Relation, load_relations

_EDGES = frozenset({"blocked_by", "after"})
_MAX_LEVELS = 8
"""Steps from ticket to ticket after which all edges are loaded at once."""
NAMED_STEPS = 6
"""Steps of a cycle that a sentence names."""
_MAX_SEARCHED = 100
"""Tickets to visit in search of a cycle; of a longer one, only the first step is reported.

So the time to find a cycle for each ticket of a component is linear in their number.
"""


class Cycle(NamedTuple):
    """A cycle of active relations, from one of its tickets.

    Attributes:
        mixed: whether orderings are needed to close it; otherwise dependencies alone do.
        steps: the relations of a shortest cycle from the ticket, or only the first of them.
        whole: whether `steps` are all of them.
        tickets: ids of all tickets of the strongly connected component.
    """

    mixed: bool
    steps: list[Relation]
    whole: bool
    tickets: list[str]


def find_cycles(connection: Connection, tickets: AbstractSet[str]) -> dict[str, Cycle]:
    """By ticket id, the cycle of the ticket; one of dependencies alone before a mixed one.

    Args:
        connection: the index.
        tickets: ids of the tickets to find cycles for.
    """
    edges = _active_edges(connection, tickets)
    found: dict[str, Cycle] = {}
    for mixed in (False, True):
        graph = _edge_graph(edges, mixed=mixed)
        for component in strongly_connected(graph.successors):
            inner = subgraph(graph.successors, component)
            for ticket in tickets & frozenset(component):
                cycle = graph.cycle(component, inner, ticket, _MAX_SEARCHED)
                found.setdefault(ticket, cycle)
    return found


def find_cycle_groups(edges: Iterable[Relation]) -> list[Cycle]:
    """A whole cycle for each strongly connected component of `edges`.

    A component of dependencies and orderings counts only if it joins tickets that dependencies
    alone do not; its cycle begins with such an ordering.

    Args:
        edges: active dependencies and orderings; the time is linear in their number.
    """
    edges = list(edges)
    dependencies = _edge_graph(edges, mixed=False)
    found: list[Cycle] = []
    component_of: dict[str, int] = {}
    for component in strongly_connected(dependencies.successors):
        inner = subgraph(dependencies.successors, component)
        found.append(dependencies.cycle(component, inner, component[0], len(component)))
        component_of |= dict.fromkeys(component, len(found))
    graph = _edge_graph(edges, mixed=True)
    for component in strongly_connected(graph.successors):
        inner = subgraph(graph.successors, component)
        # Between tickets of one component of dependencies, an ordering adds nothing.
        first = min(
            (
                (ticket, target)
                for ticket, targets in inner.items()
                for target in targets
                if graph.by_ends[ticket, target].cls is RelationClass.ORDERING
                and component_of.get(ticket, ticket) != component_of.get(target, target)
            ),
            default=None,
        )
        if first is not None:
            inner[first[0]] = {first[1]: None}
            found.append(graph.cycle(component, inner, first[0], len(component)))
    return found


def cycle_closed_by(connection: Connection, edge: Edge) -> list[Relation] | None:
    """The active dependencies and orderings that `edge`, once recorded, would make a cycle.

    They lead from the target of the edge back to its ticket. None if there is no such path.
    """
    if edge.target is None:
        return None
    edges = _active_edges(connection, {edge.target})
    graph = _edge_graph(edges, mixed=True)
    successors = {ticket: dict.fromkeys(targets) for ticket, targets in graph.successors.items()}
    successors[edge.ticket] = {edge.target: None}
    path = shortest_cycle(successors, edge.ticket, len(edges) + 1)
    if path is None:
        return None
    return [graph.by_ends[pair] for pair in pairwise([*path[1:], edge.ticket])]


def describe_cycle(cycle: Cycle) -> str:
    """A cycle in words: ``dependency cycle: A is blocked by B, ...``."""
    named = [step.sentence for step in cycle.steps[:NAMED_STEPS]]
    if not cycle.whole or len(named) < len(cycle.steps):
        named.append(f"and on, among {len(cycle.tickets)} tickets")
    kind = "cycle that orderings close" if cycle.mixed else "dependency cycle"
    return f"{kind}: {', '.join(named)}"


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


class _EdgeGraph(NamedTuple):
    """Edges as a graph of tickets.

    Attributes:
        by_ends: by ticket and target, the edge between them; a dependency before an ordering.
        successors: by ticket, the targets of its edges.
        mixed: whether orderings are among the edges.
    """

    by_ends: dict[tuple[str, str], Relation]
    successors: dict[str, list[str]]
    mixed: bool

    def cycle(
        self, component: list[str], inner: dict[str, dict[str, None]], start: str, max_nodes: int
    ) -> Cycle:
        """The cycle from `start` in a component.

        Args:
            component: ids of its tickets.
            inner: the edges to follow, as from `subgraph`.
            start: id of a ticket.
            max_nodes: as in `shortest_cycle`.
        """
        path = shortest_cycle(inner, start, max_nodes)
        targets = [*path[1:], start] if path else [next(iter(inner[start]))]
        steps = [self.by_ends[pair] for pair in zip(path or [start], targets, strict=True)]
        return Cycle(self.mixed, steps, path is not None, component)


def _edge_graph(edges: Iterable[Relation], *, mixed: bool) -> _EdgeGraph:
    """The graph of the dependencies among `edges`; with `mixed`, of the orderings too."""
    used = [edge for edge in edges if mixed or edge.cls is RelationClass.DEPENDENCY]
    by_ends: dict[tuple[str, str], Relation] = {}
    for edge in sorted(used, key=lambda edge: CLASS_ORDER[edge.cls]):
        if edge.target is not None:
            by_ends.setdefault((edge.ticket.id, edge.target.id), edge)
    successors: dict[str, list[str]] = {}
    for ticket, target in by_ends:
        successors.setdefault(ticket, []).append(target)
    return _EdgeGraph(by_ends, successors, mixed)
