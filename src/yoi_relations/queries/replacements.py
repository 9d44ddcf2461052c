"""Which ticket replaced another: chains of `supersedes` and `duplicate_of`.

Such a record need not be active: it no longer is once the replaced ticket is closed. A retired
record does not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from yoi_relations.kinds import Edge
from yoi_relations.lean.types import Connection
from yoi_relations.queries.cycles import Cycle, CycleKind, RelationGraph
from yoi_relations.queries.records import shown_as, touching
from yoi_relations.queries.relations import Relation, load_relations
from yoi_relations.queries.tickets import TicketInfo
from yoi_relations.states import State

REPLACING = frozenset({"supersedes", "duplicate_of"})
"""The kinds that state a replacement, as shown."""


class Replacements:
    """The replacements among some tickets, by both ends."""

    def __init__(self, relations: Iterable[Relation]) -> None:
        self._by_old: Mapping[str, list[TicketInfo]] = defaultdict(list)
        self._by_new: Mapping[str, list[TicketInfo]] = defaultdict(list)
        for relation in relations:
            for old, new in replaced(relation):
                self._by_old[old.id].append(new)
                self._by_new[new.id].append(old)

    def unresolved(self, closed: str) -> list[TicketInfo]:
        """The tickets that took the place of a closed one and may be unresolved, by id."""
        found = {
            ticket.id: ticket
            for ticket in self._follow(self._by_old, closed)
            if not ticket.resolved or ticket.uncertain
        }
        return [ticket for _, ticket in sorted(found.items())]

    def closed_from(self, tickets: Iterable[str]) -> set[str]:
        """The closed tickets in the chains from closed `tickets`, including these."""
        starts = set(tickets)
        chained = (ticket for start in starts for ticket in self._follow(self._by_old, start))
        return starts | {ticket.id for ticket in chained if ticket.state == State.CLOSED}

    def closed_before(self, ticket: str) -> set[str]:
        """The closed tickets from which a chain leads to `ticket`."""
        chained = self._follow(self._by_new, ticket)
        return {old.id for old in chained if old.state == State.CLOSED}

    def _follow(
        self, successors: Mapping[str, list[TicketInfo]], start: str
    ) -> Iterator[TicketInfo]:
        """The tickets that can be reached from `start` through closed tickets."""
        seen, pending = {start}, [start]
        while pending:
            for ticket in successors.get(pending.pop(), ()):
                if ticket.id not in seen:
                    seen.add(ticket.id)
                    yield ticket
                    if ticket.state == State.CLOSED:
                        pending.append(ticket.id)


def load_replacements(
    connection: Connection, tickets: Iterable[str], more: Iterable[Relation]
) -> Replacements:
    """The replacements that can be reached from `tickets`, which are ids, through closed tickets.

    Those among `more` are included: relations with a corrected target, which the index lacks.
    """
    found = [relation for relation in more if relation.kind in REPLACING]
    level = seen = set(tickets) | {end.id for relation in found for end in relation.ends}
    while level:
        relations = load_relations(connection, shown_as(REPLACING), touching(level))
        found += relations
        ends = (end for relation in relations for end in relation.ends)
        level = {end.id for end in ends if end.state == State.CLOSED} - seen
        seen = seen | level
    return Replacements(found)


def replacement_loop_closed_by(connection: Connection, edge: Edge) -> list[Relation] | None:
    """The replacements that `edge`, of one of the kinds `REPLACING`, would make a loop.

    They lead from the new ticket back to the ticket that it replaces. None if there is no such
    path.
    """
    if edge.target is None:
        return None
    graph = replacement_graph(load_relations(connection, shown_as(REPLACING)))
    if edge.shown == "duplicate_of":
        return graph.closed_by(edge.ticket, edge.target)
    return graph.closed_by(edge.target, edge.ticket)


def replacement_graph(relations: Iterable[Relation]) -> RelationGraph:
    """The graph of the replacements among `relations`, from the replaced tickets."""
    by_ends = {
        (old.id, new.id): relation for relation in relations for old, new in replaced(relation)
    }
    return RelationGraph(CycleKind.REPLACEMENT, by_ends)


def find_replacement_loops(relations: Iterable[Relation]) -> list[Cycle]:
    """The loops of replacements among `relations`, active or not, unless retired."""
    graph = replacement_graph(relations)
    return [graph.cycle(component, min(component)) for component in graph.components()]


def replaced(relation: Relation) -> Iterator[tuple[TicketInfo, TicketInfo]]:
    """The replaced ticket and its replacement, if the relation states a replacement."""
    if relation.target is None or relation.is_retired:
        return
    if relation.kind == "supersedes":
        yield relation.target, relation.ticket
    elif relation.kind == "duplicate_of":
        yield relation.ticket, relation.target
