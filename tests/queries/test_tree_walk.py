"""Walks of random graphs with cycles, against a recursive walk; and of very large graphs."""

from __future__ import annotations

import time
from collections import Counter
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from yoi_relations.queries.tree_walk import Branch, Step, find_levels, find_roots, walk

NODES = "abcdefg"
ARROWS = st.sets(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=14)
DEPTHS = st.integers(min_value=0, max_value=4)
Below = dict[str, list[str]]


def below_of(arrows: set[tuple[str, str]]) -> Below:
    return {node: sorted(end for start, end in arrows if start == node) for node in NODES}


def steps_of(below: Below, roots: list[str], depth: int | None) -> list[Step]:
    branches = branches_of(below)
    return list(walk(roots, branches, find_levels(roots, branches), depth))


def branches_of(below: Below) -> dict[str, list[Branch]]:
    return {node: [Branch(end, None) for end in ends] for node, ends in below.items() if ends}


def reached(below: Below) -> set[tuple[str, str]]:
    """Which node leads to which, over one arrow or more."""
    found = {(start, end) for start, ends in below.items() for end in ends}
    for _ in NODES:
        found |= {
            (start, end)
            for (start, middle), (other, end) in product(found, found)
            if middle == other
        }
    return found


def plain_walk(below: Below, roots: list[str]) -> list[tuple[int, str, str | None, str]]:
    """Depth, node, the node above it, and the mark of each line."""
    lines: list[tuple[int, str, str | None, str]] = []
    expanded: set[str] = set()

    def visit(node: str, path: list[str]) -> None:
        mark = "cycle" if node in path else "repeated" if node in expanded and below[node] else ""
        lines.append((len(path), node, path[-1] if path else None, mark))
        if not mark:
            expanded.add(node)
            for end in below[node]:
                visit(end, [*path, node])

    for root in roots:
        visit(root, [])
    return lines


def told(step: Step) -> tuple[int, str, str | None, str]:
    mark = "cycle" if step.cycle else "repeated" if step.repeated else ""
    return step.depth, step.branch.ticket, step.parent, mark


@given(ARROWS)
def test_roots_are_those_that_nothing_else_leads_to(arrows: set[tuple[str, str]]) -> None:
    below = below_of(arrows)
    ways = reached(below)
    found = find_roots(NODES, branches_of(below))

    expected = {}
    for node in NODES:
        before = {start for start, end in ways if end == node} - {node}
        # Whatever leads to it is in a circle with it, and it is the first of that circle.
        if all((node, start) in ways and node < start for start in before):
            expected[node] = bool(before)
    assert found == expected
    assert list(found) == sorted(found, key=lambda node: (not below[node], node))
    assert set(find_levels(found, branches_of(below))) == set(NODES)


@given(ARROWS, st.none() | st.sampled_from(NODES))
def test_walk_is_that_of_recursion(arrows: set[tuple[str, str]], root: str | None) -> None:
    below = below_of(arrows)
    roots = list(find_roots(NODES, branches_of(below))) if root is None else [root]
    steps = steps_of(below, roots, None)

    assert [told(step) for step in steps] == plain_walk(below, roots)
    drawn = [(step.parent, step.branch.ticket) for step in steps if step.parent is not None]
    seen = {step.branch.ticket for step in steps}
    assert sorted(drawn) == sorted(arrow for arrow in arrows if arrow[0] in seen)
    if root is None:
        assert seen == set(NODES)


@given(ARROWS, st.none() | st.sampled_from(NODES), DEPTHS)
def test_depth_leaves_out_only_what_is_deeper(
    arrows: set[tuple[str, str]], root: str | None, depth: int
) -> None:
    below = below_of(arrows)
    roots = list(find_roots(NODES, branches_of(below))) if root is None else [root]
    steps = steps_of(below, roots, depth)

    levels = dict.fromkeys(roots, 0)
    for level in range(len(NODES)):
        for start, end in arrows:
            if levels.get(start) == level:
                levels.setdefault(end, level + 1)
    near = {node for node, level in levels.items() if level < depth}
    drawn = [(step.parent, step.branch.ticket) for step in steps if step.parent is not None]
    assert sorted(drawn) == sorted(arrow for arrow in arrows if arrow[0] in near)
    assert {s.branch.ticket for s in steps} == {n for n in levels if levels[n] <= depth}
    assert max(step.depth for step in steps) <= depth
    # What is below a ticket is where the ticket has no mark, and nowhere else.
    unmarked = Counter(s.branch.ticket for s in steps if not (s.repeated or s.cycle))
    assert all(unmarked[node] == 1 for node in near if below[node])
    parents = {start for start, _ in drawn}
    assert all(s.branch.ticket in parents for s in steps if s.repeated or s.cycle)


def test_long_chain_and_dense_graph_are_walked_in_linear_time() -> None:
    chain = {f"{i:05d}": [f"{i + 1:05d}"] for i in range(20_000)}
    dense = {
        f"{i:05d}": sorted({f"{(i * 7 + j * 131) % 10_000:05d}" for j in range(5)})
        for i in range(10_000)
    }
    start = time.process_time()
    for below, nodes in ((chain, [*chain, "20000"]), (dense, [*dense])):
        roots = list(find_roots(nodes, branches_of(below)))
        for depth in (None, 10_000):
            steps = steps_of(below, roots, depth)
            edges = [step for step in steps if step.parent is not None]
            assert depth or len(edges) == sum(map(len, below.values()))

    assert time.process_time() - start < 10  # a second, unless it is squared
