"""Cycles of relations: work that waits for itself, tickets that replace themselves."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from itertools import pairwise

from yoi_relations.kinds import CLASS_ORDER, SHOWN_SEQUENCE, Edge, RelationClass
from yoi_relations.lean.types import Connection, NamedTuple, StrEnum
from yoi_relations.queries.graph import Component, shortest_cycle, strongly_connected
from yoi_relations.queries.records import at_tickets, shown_as
from yoi_relations.queries.relations import Relation, load_active_relations, load_relations
from yoi_relations.queries.scope import scope_of

_MAX_LEVELS = 8
"""Steps from ticket to ticket after which all edges are loaded at once."""
_MAX_LEVELS_SHARED = 50
"""The same for a shared database, where all edges are those of many workspaces."""
_NAMED_STEPS = 6
"""Steps of a cycle that a sentence names."""
_PAIR = 2
_MAX_SEARCHED = 100
"""Tickets to visit in search of a cycle; of a longer one, only the first step is reported.

So the time to find a cycle for each ticket of a component is linear in their number.
"""


class CycleKind(StrEnum):
    """What a cycle is made of, as a sentence calls it."""

    DEPENDENCY = "dependency cycle"
    MIXED = "cycle that orderings close"
    REPLACEMENT = "loop of replacements"

    @property
    def code(self) -> str:
        """Its stable name; that of the finding of `doctor`."""
        return _CODES[self]


_CODES = {
    CycleKind.DEPENDENCY: "dependency_cycle",
    CycleKind.MIXED: "mixed_cycle",
    CycleKind.REPLACEMENT: "replacement_loop",
}


class Cycle(NamedTuple):
    """A cycle of relations, from one of its tickets; printed with the sentences of its steps.

    Attributes:
        kind: what it is made of.
        steps: the relations of a shortest cycle from the ticket, or only the first of them.
        whole: whether `steps` are all of them.
        tickets: ids of all tickets of the strongly connected component.
    """

    kind: CycleKind
    steps: list[Relation]
    whole: bool
    tickets: list[str]

    @property
    def named_steps(self) -> list[Relation]:
        """The steps that a sentence names."""
        return self.steps[:_NAMED_STEPS]

    @property
    def mixed(self) -> bool:
        """Whether orderings are needed to close it."""
        return self.kind is CycleKind.MIXED

    @property
    def is_opposed_pair(self) -> bool:
        """Whether an ordering opposes one other edge: a contradiction, which says more."""
        return self.mixed and len(self.tickets) == _PAIR

    def __str__(self) -> str:
        named = [step.sentence for step in self.named_steps]
        if not self.whole or len(named) < len(self.steps):
            named.append(f"and on, among {len(self.tickets)} tickets")
        return f"{self.kind}: {', '.join(named)}"


class RelationGraph:
    """Relations of one kind of cycles, as a graph of their tickets.

    No cycle leads through a ticket that is elsewhere, whose state is not known here.

    Args:
        kind: the kind of its cycles.
        by_ends: by two tickets, the relation that leads from the first to the second.
    """

    def __init__(self, kind: CycleKind, by_ends: dict[tuple[str, str], Relation]) -> None:
        self._kind = kind
        self.by_ends = {
            ends: relation
            for ends, relation in by_ends.items()
            if not any(end.elsewhere for end in relation.ends)
        }
        self._successors: Component = {}
        for start, end in self.by_ends:
            self._successors.setdefault(start, {})[end] = None

    def components(self) -> list[Component]:
        """Its strongly connected components."""
        return strongly_connected(self._successors)

    def cycle(self, component: Component, start: str, max_nodes: int | None = None) -> Cycle:
        """The cycle from `start`, the id of a ticket, in a component or a part of one.

        If the first `max_nodes` tickets, or all if it is None, do not close one, the cycle has only
        its first step.
        """
        path = shortest_cycle(component, start, max_nodes or len(component))
        steps = self._steps([*path, start] if path else [start, next(iter(component[start]))])
        return Cycle(self._kind, steps, path is not None, list(component))

    def closed_by(self, start: str, end: str) -> list[Relation] | None:
        """The relations from `end` to `start` that an edge back to `end` would make a cycle.

        They are a shortest path; None if there is none.
        """
        graph = self._successors | {start: {end: None}}
        path = shortest_cycle(graph, start, len(self.by_ends) + 1)
        return None if path is None else self._steps([*path[1:], start])

    def _steps(self, path: Iterable[str]) -> list[Relation]:
        return [self.by_ends[ends] for ends in pairwise(path)]


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
    shared = scope_of(connection).shared
    for _ in range(_MAX_LEVELS_SHARED if shared else _MAX_LEVELS):
        if not level:
            return edges
        found = load_relations(connection, shown_as(SHOWN_SEQUENCE), at_tickets(level))
        edges += [edge for edge in found if edge.is_active]
        level = {edge.target.id for edge in edges if edge.target is not None} - seen
        seen |= level
    return load_active_relations(connection, shown_as(SHOWN_SEQUENCE))


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
