"""Cycles among tickets: work that waits for itself, by way of others."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from itertools import pairwise

from yoi_relations.kinds import CLASS_ORDER, Edge, RelationClass
from yoi_relations.lean.types import Connection, NamedTuple
from yoi_relations.queries.graph import shortest_cycle, strongly_connected
from yoi_relations.queries.records import at_active_tickets, at_tickets, shown_as
from yoi_relations.queries.relations import Relation, load_relations

_EDGES = frozenset({"blocked_by", "after"})
_LEVELS = 8
"""Steps from ticket to ticket after which all edges are loaded at once."""
NAMED_STEPS = 6
"""Steps of a cycle that a sentence names."""
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


def find_cycles(connection: Connection, tickets: AbstractSet[str]) -> dict[str, Cycle]:
    """By ticket, the cycle that it stands on; one of dependencies alone before a mixed one.

    Args:
        connection: the index.
        tickets: ids of those that are asked for.
    """
    edges = _active_edges(connection, tickets)
    found: dict[str, Cycle] = {}
    for mixed in (False, True):
        net = _net(edges, mixed=mixed)
        for knot in strongly_connected(net.graph):
            inner = net.within(knot)
            for ticket in (one for one in knot if one in tickets):
                found.setdefault(ticket, net.cycle(knot, inner, ticket, _SEARCHED))
    return found


def find_cycle_groups(edges: Iterable[Relation]) -> list[Cycle]:
    """A cycle, by its whole way round, for each set of tickets that `edges` bind to each other.

    One that takes orderings to close it is found only where it binds other tickets than
    dependencies alone do; its way begins with such an ordering.

    Args:
        edges: active dependencies and orderings; the time is in proportion to their number.
    """
    edges = list(edges)
    bare = _net(edges, mixed=False)
    found: list[Cycle] = []
    bound: dict[str, int] = {}
    for knot in strongly_connected(bare.graph):
        found.append(bare.cycle(knot, bare.within(knot), knot[0], len(knot)))
        bound |= dict.fromkeys(knot, len(found))
    net = _net(edges, mixed=True)
    for knot in strongly_connected(net.graph):
        inner = net.within(knot)
        # Between tickets that dependencies bind, an ordering adds nothing.
        first = min(
            (
                (ticket, target)
                for ticket, targets in inner.items()
                for target in targets
                if net.by_ends[ticket, target].cls is RelationClass.ORDERING
                and bound.get(ticket, ticket) != bound.get(target, target)
            ),
            default=None,
        )
        if first is not None:
            inner[first[0]] = {first[1]: None}
            found.append(net.cycle(knot, inner, first[0], len(knot)))
    return found


def cycle_closed_by(connection: Connection, edge: Edge) -> list[Relation] | None:
    """The active dependencies and orderings by which `edge`, if it were recorded, closes a cycle.

    They lead from the edge's target back to its ticket. None where there is no such way.
    """
    if edge.target is None:
        return None
    edges = _active_edges(connection, {edge.target})
    net = _net(edges, mixed=True)
    inner = {ticket: dict.fromkeys(targets) for ticket, targets in net.graph.items()}
    inner[edge.ticket] = {edge.target: None}
    way = shortest_cycle(inner, edge.ticket, len(edges) + 1)
    if way is None:
        return None
    return [net.by_ends[pair] for pair in pairwise([*way[1:], edge.ticket])]


def describe_cycle(cycle: Cycle) -> str:
    """The cycle by its first steps: ``dependency cycle: A is blocked by B, ...``."""
    named = [step.sentence for step in cycle.steps[:NAMED_STEPS]]
    if not cycle.whole or len(named) < len(cycle.steps):
        named.append(f"and on, among {len(cycle.tickets)} tickets")
    kind = "cycle that orderings close" if cycle.mixed else "dependency cycle"
    return f"{kind}: {', '.join(named)}"


def _active_edges(connection: Connection, tickets: AbstractSet[str]) -> list[Relation]:
    """The active edges that can be reached from `tickets`, and perhaps some more."""
    edges: list[Relation] = []
    seen, level = set(tickets), tickets
    for _ in range(_LEVELS):
        if not level:
            return edges
        edges += _active(load_relations(connection, shown_as(_EDGES), at_tickets(level)))
        level = {one.target.id for one in edges if one.target is not None} - seen
        seen |= level
    return _active(load_relations(connection, shown_as(_EDGES), at_active_tickets()))


def _active(relations: list[Relation]) -> list[Relation]:
    return [one for one in relations if one.inactive_reason is None]


_Inner = dict[str, dict[str, None]]
"""By ticket, its targets in order, quick to look one up among."""


class _Net(NamedTuple):
    """Edges as a graph.

    Attributes:
        by_ends: by ticket and target, the edge between them; a dependency before an ordering.
        graph: by ticket, the targets of its edges.
        mixed: whether orderings are among them.
    """

    by_ends: dict[tuple[str, str], Relation]
    graph: dict[str, list[str]]
    mixed: bool

    def within(self, knot: list[str]) -> _Inner:
        """The part of the graph that lies in `knot`."""
        members = set(knot)
        return {one: dict.fromkeys(sorted(members.intersection(self.graph[one]))) for one in knot}

    def cycle(self, knot: list[str], inner: _Inner, start: str, most: int) -> Cycle:
        """The cycle from `start` within `knot`; see `shortest_cycle` for `most`."""
        way = shortest_cycle(inner, start, most)
        ends = [*way[1:], start] if way else [next(iter(inner[start]))]
        steps = [self.by_ends[pair] for pair in zip(way or [start], ends, strict=True)]
        return Cycle(self.mixed, steps, way is not None, knot)


def _net(edges: Iterable[Relation], *, mixed: bool) -> _Net:
    taken = [one for one in edges if mixed or one.cls is RelationClass.DEPENDENCY]
    by_ends: dict[tuple[str, str], Relation] = {}
    for one in sorted(taken, key=lambda edge: CLASS_ORDER[edge.cls]):
        if one.target is not None:
            by_ends.setdefault((one.ticket.id, one.target.id), one)
    graph: dict[str, list[str]] = {}
    for ticket, target in by_ends:
        graph.setdefault(ticket, []).append(target)
    return _Net(by_ends, graph, mixed)
