"""Which ticket took the place of another: `supersedes` and `duplicate_of`, to the end.

Whether such a record is active does not matter here: it stops being so as soon as the ticket that
is replaced is closed. A retired record says nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from yoi_relations.kinds import Edge
from yoi_relations.lean.types import Connection
from yoi_relations.queries.graph import shortest_cycle
from yoi_relations.queries.records import shown_as, touching
from yoi_relations.queries.relations import Relation, load_relations
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.states import State

REPLACING = frozenset({"supersedes", "duplicate_of"})
"""The kinds that say it, as shown."""


class Replacements:
    """The replacements among some tickets, by both ends."""

    def __init__(self, relations: Iterable[Relation]) -> None:
        self._by_old: Mapping[str, list[TicketInfo]] = defaultdict(list)
        self._by_new: Mapping[str, list[TicketInfo]] = defaultdict(list)
        for one in relations:
            for old, new in replaced(one):
                self._by_old[old.id].append(new)
                self._by_new[new.id].append(old)

    def unresolved(self, closed: str) -> list[TicketInfo]:
        """The tickets at the ends of the chains from a closed one that are not resolved; by id."""
        found = {one.id: one for one in self._follow(self._by_old, closed) if not one.resolved}
        return [one for _, one in sorted(found.items())]

    def closed_from(self, tickets: Iterable[str]) -> set[str]:
        """The closed tickets in the chains from some closed ones, with these."""
        starts = set(tickets)
        chains = (one for start in starts for one in self._follow(self._by_old, start))
        return starts | {one.id for one in chains if one.state == State.CLOSED}

    def closed_before(self, ticket: str) -> set[str]:
        """The closed tickets from which a chain leads to `ticket`."""
        return {one.id for one in self._follow(self._by_new, ticket) if one.state == State.CLOSED}

    def _follow(self, ways: Mapping[str, list[TicketInfo]], start: str) -> Iterator[TicketInfo]:
        """The tickets that can be reached from `start` by way of closed ones."""
        seen, ahead = {start}, [start]
        while ahead:
            for one in ways.get(ahead.pop(), ()):
                if one.id not in seen:
                    seen.add(one.id)
                    yield one
                    if one.state == State.CLOSED:
                        ahead.append(one.id)


def load_replacements(
    connection: Connection, tickets: Iterable[str], more: Iterable[Relation]
) -> Replacements:
    """The replacements that can be reached from `tickets` by way of closed ones.

    Args:
        connection: the index.
        tickets: ids to start from.
        more: relations that are not in the index as they are meant.
    """
    found = [one for one in more if one.kind in REPLACING]
    level = seen = set(tickets) | {end.id for one in found for end in one.ends}
    while level:
        relations = load_relations(connection, shown_as(REPLACING), touching(level))
        found += relations
        ends = (end for one in relations for end in one.ends)
        level = {end.id for end in ends if end.state == State.CLOSED} - seen
        seen = seen | level
    return Replacements(found)


def replacement_loop_closed_by(connection: Connection, edge: Edge) -> list[Relation] | None:
    """The replacements by which `edge`, if it were recorded, leads back to a ticket it replaces.

    They lead from the ticket that takes the other's place to that other. None where there is no
    such way.

    Args:
        connection: the index.
        edge: of one of the kinds `REPLACING`.
    """
    if edge.target is None:
        return None
    old, new = edge.target, edge.ticket
    if edge.shown == "duplicate_of":
        old, new = new, old
    by_ends = {
        (before.id, after.id): one
        for one in load_relations(connection, shown_as(REPLACING))
        for before, after in replaced(one)
    }
    graph: dict[str, dict[str, None]] = {}
    for start, end in by_ends:
        graph.setdefault(start, {})[end] = None
    graph[old] = {new: None}
    way = shortest_cycle(graph, old, len(by_ends) + 1)
    if way is None:
        return None
    return [by_ends[pair] for pair in pairwise([*way[1:], old])]


def replaced(relation: Relation) -> Iterator[tuple[TicketInfo, TicketInfo]]:
    """The ticket that a relation says is replaced, and the one that took its place, if it does."""
    if relation.target is None or relation.is_retired:
        return
    if relation.kind == "supersedes":
        yield relation.target, relation.ticket
    elif relation.kind == "duplicate_of":
        yield relation.ticket, relation.target
