"""Cycles in a directed graph: strongly connected components, shortest cycles, and an order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

Graph = Mapping[str, Iterable[str]]
"""By node, the successors of the node."""


def strongly_connected(graph: Graph) -> list[list[str]]:
    """The strongly connected components with two nodes or more, each sorted.

    Every cycle is within one of them. The algorithm is Tarjan's ("Depth-first search and linear
    graph algorithms", SIAM Journal on Computing 1, 1972), without recursion, so that the length of
    a cycle is not limited. The time is linear in the number of nodes and edges.
    """
    search = _TarjanSearch(graph)
    for node in graph:
        if node not in search.index:
            search.run(node)
    return [sorted(component) for component in search.components if len(component) > 1]


class _TarjanSearch:
    """The state of Tarjan's algorithm.

    Attributes:
        index: by node, its number in the order of discovery.
        low_link: by node, the least index that is known to be reachable from it on the stack.
        components: the strongly connected components that are complete.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.index: dict[str, int] = {}
        self.low_link: dict[str, int] = {}
        self.components: list[list[str]] = []
        self._stack: list[str] = []
        self._on_stack: set[str] = set()

    def run(self, start: str) -> None:
        """Visit every node that can be reached from `start`."""
        path = [(start, self._enter(start))]
        while path:
            node, successors = path[-1]
            successor = next(successors, None)
            if successor is None:
                path.pop()
                self._leave(node, path[-1][0] if path else None)
            elif successor not in self.index:
                path.append((successor, self._enter(successor)))
            elif successor in self._on_stack:
                self.low_link[node] = min(self.low_link[node], self.index[successor])

    def _enter(self, node: str) -> Iterator[str]:
        self.index[node] = self.low_link[node] = len(self.index)
        self._stack.append(node)
        self._on_stack.add(node)
        return iter(self.graph.get(node, ()))

    def _leave(self, node: str, predecessor: str | None) -> None:
        if predecessor is not None:
            self.low_link[predecessor] = min(self.low_link[predecessor], self.low_link[node])
        if self.low_link[node] < self.index[node]:
            return
        component: list[str] = []
        while not component or component[-1] != node:
            component.append(self._stack.pop())
        self._on_stack.difference_update(component)
        self.components.append(component)


def depth_first_order(graph: Graph) -> list[str]:
    """All nodes, each before its successors, except for one edge or more of each cycle.

    It is the reverse postorder of a depth-first search, in linear time. Only an edge of a cycle
    leads back in it.
    """
    postorder: list[str] = []
    seen: set[str] = set()
    for start in graph:
        if start in seen:
            continue
        seen.add(start)
        path = [(start, iter(graph[start]))]
        while path:
            node, successors = path[-1]
            successor = next((node for node in successors if node not in seen), None)
            if successor is None:
                postorder.append(node)
                path.pop()
            else:
                seen.add(successor)
                path.append((successor, iter(graph.get(successor, ()))))
    return postorder[::-1]


def subgraph(graph: Mapping[str, Collection[str]], nodes: list[str]) -> dict[str, dict[str, None]]:
    """The part of a graph between `nodes`: by node, its successors in order, as keys."""
    members = set(nodes)
    return {node: dict.fromkeys(sorted(members.intersection(graph[node]))) for node in nodes}


def shortest_cycle(
    graph: Mapping[str, Collection[str]], start: str, max_nodes: int
) -> list[str] | None:
    """A shortest cycle through `start`, found by breadth-first search.

    Args:
        graph: by node, its successors. Their order decides between cycles of equal length. A
            membership test in them must take constant time.
        start: a node.
        max_nodes: number of nodes to visit before giving up, which bounds the time.

    Returns:
        The nodes of the cycle, each once, from `start`; None if no cycle is found.
    """
    predecessors: dict[str, str] = {}
    queue = [start]
    for node in queue:
        successors = graph.get(node, ())
        if start in successors:
            return _path(predecessors, start, node)
        for successor in successors:
            if len(queue) > max_nodes:
                break
            if successor not in predecessors:
                predecessors[successor] = node
                queue.append(successor)
    return None


def _path(predecessors: Mapping[str, str], start: str, end: str) -> list[str]:
    path = [end]
    while path[-1] != start:
        path.append(predecessors[path[-1]])
    return path[::-1]
