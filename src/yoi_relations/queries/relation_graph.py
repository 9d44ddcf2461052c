"""Relations as a directed graph of tickets, and its cycles."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from yoi_relations.lean.types import NamedTuple, StrEnum
from yoi_relations.queries.graph import Component, shortest_cycle, strongly_connected
from yoi_relations.queries.relations import Relation

_NAMED_STEPS = 6
"""Steps of a cycle that a sentence names."""


class CycleKind(StrEnum):
    """What a cycle is made of, as a sentence calls it."""

    DEPENDENCY = "dependency cycle"
    MIXED = "cycle that orderings close"
    REPLACEMENT = "loop of replacements"


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

    def __str__(self) -> str:
        named = [step.sentence for step in self.named_steps]
        if not self.whole or len(named) < len(self.steps):
            named.append(f"and on, among {len(self.tickets)} tickets")
        return f"{self.kind}: {', '.join(named)}"


class RelationGraph:
    """Relations of one kind of cycles, as a graph of their tickets.

    Args:
        kind: the kind of its cycles.
        by_ends: by two tickets, the relation that leads from the first to the second.
    """

    def __init__(self, kind: CycleKind, by_ends: dict[tuple[str, str], Relation]) -> None:
        self._kind = kind
        self.by_ends = by_ends
        self._successors: Component = {}
        for start, end in by_ends:
            self._successors.setdefault(start, {})[end] = None

    def components(self) -> list[Component]:
        """Its strongly connected components."""
        return strongly_connected(self._successors)

    def cycle(self, component: Component, start: str, max_nodes: int | None = None) -> Cycle:
        """The cycle from `start`, the id of a ticket, in a component or a part of one.

        If it is not found among `max_nodes` tickets, it has only its first step; None for all.
        """
        path = shortest_cycle(component, start, max_nodes or len(component))
        steps = self._steps([*path, start] if path else [start, next(iter(component[start]))])
        return Cycle(self._kind, steps, path is not None, list(component))

    def closed_by(self, start: str, end: str) -> list[Relation] | None:
        """The relations from `end` to `start` with which a new one, from `start`, makes a cycle."""
        graph = self._successors | {start: {end: None}}
        path = shortest_cycle(graph, start, len(self.by_ends) + 1)
        return None if path is None else self._steps([*path[1:], start])

    def _steps(self, path: Iterable[str]) -> list[Relation]:
        return [self.by_ends[ends] for ends in pairwise(path)]
