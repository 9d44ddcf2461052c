"""Places the nodes of one connected graph without cycles in layers, by `fast-sugiyama`."""

from __future__ import annotations

from collections.abc import Collection

from yoi_relations.lean.types import NamedTuple

Edge = tuple[int, int]


class Point(NamedTuple):
    """A place in a layered graph.

    Attributes:
        layer: number of its layer, from 0; each edge leads to a later layer.
        across: pixels from the first place of any layer.
    """

    layer: int
    across: float


class Layers(NamedTuple):
    """Where nodes are, and through which layers edges pass.

    Attributes:
        nodes: by node.
        passed: by edge, its points in the layers between its ends.
    """

    nodes: list[Point]
    passed: dict[Edge, list[Point]]


def is_available() -> bool:
    """Whether the library is installed."""
    try:
        import fast_sugiyama  # noqa: F401, PLC0415  # a program without pictures does not load it
    except ImportError:
        return False
    return True


def place_in_layers(
    count: int, edges: Collection[Edge], *, node_space: float, edge_space: float
) -> Layers:
    """Places for the nodes from 0 to `count` - 1, and for their edges.

    The library aborts the process at a loop and hangs at a cycle. Given several components, it may
    give one number to two nodes. So the graph must be connected, without cycles and loops.

    Args:
        count: number of nodes, at least 2.
        edges: each once.
        node_space: least distance between two nodes of a layer, in pixels.
        edge_space: the same between two edges.
    """
    from fast_sugiyama import from_edges  # noqa: PLC0415  # as above

    ((positions, _, _, steps),) = from_edges(
        sorted(edges),
        minimum_length=1,
        vertex_spacing=node_space,
        dummy_vertices=True,
        dummy_size=edge_space,
        ranking_type="minimize",
    )
    top = max(y for _, (_, y) in positions)
    points = {int(node): Point(round((top - y) / node_space), x) for node, (x, y) in positions}
    following: dict[int, list[int]] = {}
    for node, next_node in steps or ():
        following.setdefault(int(node), []).append(int(next_node))
    passed: dict[Edge, list[Point]] = {}
    for node in range(count):
        for step in following.get(node, ()):
            between, end = [], step
            # The library numbers the points of edges from `count` on; each has one successor.
            while end >= count:
                between.append(points[end])
                (end,) = following[end]
            passed[node, end] = between
    return Layers([points[node] for node in range(count)], passed)
