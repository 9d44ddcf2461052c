"""Cycles in a graph, against walking every way; and the time that it takes where many meet."""

from __future__ import annotations

import time
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from yoi_relations.queries.graph import shortest_cycle, strongly_connected

NODES = "abcde"
ARROWS = st.sets(
    st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)).filter(lambda ends: len({*ends}) == 2)
)


def graph_of(arrows: set[tuple[str, str]]) -> dict[str, list[str]]:
    return {node: sorted(end for start, end in arrows if start == node) for node in NODES}


def ways(arrows: set[tuple[str, str]], start: str) -> list[list[str]]:
    """Every cycle through `start`, found by trying out every order of the others."""
    others = [node for node in NODES if node != start]
    tried = ([start, *some] for size in range(1, 5) for some in permutations(others, size))
    return [way for way in tried if {*zip(way, [*way[1:], start], strict=True)} <= arrows]


@given(ARROWS)
def test_ticket_on_a_cycle_is_in_a_component_with_a_shortest_cycle(
    arrows: set[tuple[str, str]],
) -> None:
    graph = graph_of(arrows)
    tied = {node for knot in strongly_connected(graph) for node in knot}
    for node in NODES:
        every = ways(arrows, node)
        assert (node in tied) == bool(every)
        way = shortest_cycle(graph, node, 100)
        assert way in every if every else way is None
        assert not way or len(way) == min(map(len, every))


def test_search_stops_at_a_long_cycle() -> None:
    ring = {str(number): {str((number + 1) % 200): None} for number in range(200)}

    assert shortest_cycle(ring, "0", 100) is None
    assert len(shortest_cycle(ring, "0", 200) or ()) == 200


def test_hub_of_all_cycles_is_searched_in_bounded_time() -> None:
    leaves = [f"{number:05d}" for number in range(10_000)]
    graph = {"hub": dict.fromkeys(leaves)} | {leaf: {"hub": None} for leaf in leaves}
    start = time.perf_counter()

    assert [len(knot) for knot in strongly_connected(graph)] == [10_001]
    for leaf in leaves:
        assert shortest_cycle(graph, leaf, 100) == [leaf, "hub"]

    assert time.perf_counter() - start < 5  # a fraction of a second, unless it is squared
