"""Cycles in a directed graph, in linear time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

Graph = Mapping[str, Iterable[str]]
"""By node, the nodes that its edges lead to."""


def strongly_connected(graph: Graph) -> list[list[str]]:
    """The strongly connected components of two nodes or more: every cycle lies in one of them.

    Tarjan's algorithm (SIAM Journal on Computing 1, 1972) without recursion, so that the length of
    a cycle does not matter. It takes time in proportion to nodes and edges.
    """
    search = _Search(graph)
    for node in graph:
        if node not in search.order:
            search.run(node)
    return [sorted(knot) for knot in search.found if len(knot) > 1]


class _Search:
    """One search in depth; `order` counts the nodes as they are met."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.order: dict[str, int] = {}
        self.low: dict[str, int] = {}
        self.open: list[str] = []
        self.is_open: set[str] = set()
        self.found: list[list[str]] = []

    def run(self, start: str) -> None:
        """Meet every node that can be reached from `start`."""
        way = [(start, self._enter(start))]
        while way:
            node, ends = way[-1]
            end = next(ends, None)
            if end is None:
                way.pop()
                self._leave(node, way[-1][0] if way else None)
            elif end not in self.order:
                way.append((end, self._enter(end)))
            elif end in self.is_open:
                self.low[node] = min(self.low[node], self.order[end])

    def _enter(self, node: str) -> Iterator[str]:
        self.order[node] = self.low[node] = len(self.order)
        self.open.append(node)
        self.is_open.add(node)
        return iter(self.graph.get(node, ()))

    def _leave(self, node: str, before: str | None) -> None:
        if before is not None:
            self.low[before] = min(self.low[before], self.low[node])
        if self.low[node] < self.order[node]:
            return
        knot: list[str] = []
        while not knot or knot[-1] != node:
            knot.append(self.open.pop())
        self.is_open.difference_update(knot)
        self.found.append(knot)


def shortest_cycle(graph: Mapping[str, Collection[str]], start: str, most: int) -> list[str] | None:
    """A shortest cycle through `start`, each node once; None where none is found near it.

    Args:
        graph: as above; the order of a node's ends decides between ways of equal length, and
            looking one up among them must not take longer where there are many.
        start: a node of a knot.
        most: nodes to look at before giving up, which bounds the time.
    """
    came_from: dict[str, str] = {}
    queue = [start]
    for node in queue:
        ends = graph.get(node, ())
        if start in ends:
            return _way(came_from, start, node)
        for end in ends:
            if len(queue) > most:
                break
            if end not in came_from:
                came_from[end] = node
                queue.append(end)
    return None


def _way(came_from: Mapping[str, str], start: str, node: str) -> list[str]:
    way = [node]
    while way[-1] != start:
        way.append(came_from[way[-1]])
    return way[::-1]
