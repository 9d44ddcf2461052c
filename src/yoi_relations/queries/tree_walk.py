"""Walks a graph of tickets as a tree: every branch is one step, and no ticket is expanded twice.

Nothing here is recursive, so the length of a chain is not limited. The time is linear in the number
of tickets and branches.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.graph import strongly_connected
from yoi_relations.queries.relations import Relation


class Branch(NamedTuple):
    """One edge, as seen from the ticket above it.

    Attributes:
        ticket: id of the ticket below.
        relation: the edge; None above a root.
    """

    ticket: str
    relation: Relation | None


Branches = Mapping[str, Sequence[Branch]]
"""By ticket id, what is below the ticket, in order; a ticket without branches may be missing."""


class Step(NamedTuple):
    """One line of the tree.

    Attributes:
        depth: levels below its root.
        branch: the ticket, and the edge that leads to it.
        parent: id of the ticket above it; None for a root.
        repeated: whether its branches are left out here because another step has them.
        cycle: whether they are left out because the ticket is above itself.
    """

    depth: int
    branch: Branch
    parent: str | None
    repeated: bool = False
    cycle: bool = False


def find_roots(tickets: Iterable[str], branches: Branches) -> dict[str, bool]:
    """By id, the tickets to start from so that every ticket is reached; sorted.

    They are the tickets that are below no other one, those without branches last. Where tickets are
    below each other and below no further one, it is the one of them with the smallest id.

    Args:
        tickets: all ids.
        branches: their branches.

    Returns:
        By id, whether the ticket is below itself.
    """
    edges = [(above, branch.ticket) for above, below in branches.items() for branch in below]
    below_others = {below for above, below in edges if above != below}
    roots = dict.fromkeys(set(tickets) - below_others, False)
    components = strongly_connected(
        {above: {branch.ticket for branch in below} for above, below in branches.items()}
    )
    number = {ticket: i for i, component in enumerate(components) for ticket in component}
    entered = {
        number.get(below) for above, below in edges if number.get(above) != number.get(below)
    }
    roots |= {min(component): True for i, component in enumerate(components) if i not in entered}
    return {id_: roots[id_] for id_ in sorted(roots, key=lambda id_: (not branches.get(id_), id_))}


def find_levels(roots: Iterable[str], branches: Branches) -> dict[str, int]:
    """By id of each ticket that the roots lead to, the fewest levels below a root."""
    levels = dict.fromkeys(roots, 0)
    queue = list(levels)
    for ticket in queue:
        for branch in branches.get(ticket, ()):
            if branch.ticket not in levels:
                levels[branch.ticket] = levels[ticket] + 1
                queue.append(branch.ticket)
    return levels


def walk(
    roots: Collection[str], branches: Branches, levels: Mapping[str, int], depth: int | None
) -> Iterator[Step]:
    """The steps of the tree, depth first.

    A ticket is expanded at its first step. With a depth, it is expanded where it is highest, so
    that nothing within the depth is left out.

    Args:
        roots: ids of the tickets to start from.
        branches: what is below each ticket.
        levels: the levels of all tickets, as from `find_levels`.
        depth: the greatest number of levels below a root; None for all.
    """
    expanded: set[str] = set()
    path: dict[str, None] = {}
    stack = [iter([Branch(root, None) for root in roots])]
    while stack:
        branch = next(stack[-1], None)
        if branch is None:
            stack.pop()
            if path:
                path.popitem()
            continue
        ticket, level = branch.ticket, len(path)
        parent = next(reversed(path), None)
        below = branches.get(ticket, ())
        is_cut = depth is not None and levels[ticket] >= depth
        is_highest = depth is None or levels[ticket] == level
        if not below or is_cut:
            yield Step(level, branch, parent)
        elif ticket not in expanded and is_highest:
            yield Step(level, branch, parent)
            expanded.add(ticket)
            path[ticket] = None
            stack.append(iter(below))
        else:
            on_path = ticket in path
            yield Step(level, branch, parent, repeated=not on_path, cycle=on_path)
