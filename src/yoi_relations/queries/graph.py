"""Cycles in a directed graph: strongly connected components, shortest cycles, and an order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

Graph = Mapping[str, Collection[str]]
"""By node, the successors of the node. A membership test in them takes constant time."""
Component = dict[str, dict[str, None]]
"""A strongly connected component: by node, its successors in the component, both sorted."""


def strongly_connected(graph: Graph) -> list[Component]:
    """The strongly connected components with two nodes or more.

    Every cycle is within one of them. The algorithm is that of Kosaraju and Sharir ("A
    strong-connectivity algorithm and its applications in data flow analysis", Computers and
    Mathematics with Applications 7, 1981), without recursion, so that the length of a cycle is not
    limited. The time is linear in the number of nodes and edges.
    """
    predecessors: dict[str, list[str]] = {}
    for node, successors in graph.items():
        for successor in successors:
            predecessors.setdefault(successor, []).append(node)
    return [
        {node: dict.fromkeys(sorted(tree & set(graph[node]))) for node in sorted(tree)}
        for tree in map(set, _trees(predecessors, depth_first_order(graph)))
        if len(tree) > 1
    ]


def _trees(graph: Mapping[str, Iterable[str]], starts: Iterable[str]) -> Iterator[list[str]]:
    """The trees of a depth-first search from each of `starts`, the nodes in postorder."""
    seen: set[str] = set()
    for start in starts:
        tree: list[str] = []
        path = [] if start in seen else [(start, iter(graph.get(start, ())))]
        seen.add(start)
        while path:
            node, successors = path[-1]
            for successor in successors:
                if successor not in seen:
                    seen.add(successor)
                    path.append((successor, iter(graph.get(successor, ()))))
                    break
            else:
                tree.append(node)
                path.pop()
        yield tree


def depth_first_order(graph: Graph) -> list[str]:
    """All nodes, each before its successors, except for one edge or more of each cycle.

    It is the reverse postorder of a depth-first search, in linear time. Only an edge of a cycle
    leads back in it.
    """
    return [node for tree in _trees(graph, graph) for node in tree][::-1]


def shortest_cycle(graph: Graph, start: str, max_nodes: int) -> list[str] | None:
    """A shortest cycle through `start`, found by breadth-first search.

    Args:
        graph: the order of successors decides between cycles of equal length.
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
            path = [node]
            while path[-1] != start:
                path.append(predecessors[path[-1]])
            return path[::-1]
        for successor in successors:
            if len(queue) > max_nodes:
                break
            if successor not in predecessors:
                predecessors[successor] = node
                queue.append(successor)
    return None
