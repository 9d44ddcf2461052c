"""The links of a map, in an order without cycles, and in groups that are connected."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from yoi_relations.lean.types import NamedTuple
from yoi_relations.queries.graph import depth_first_order, strongly_connected

Ends = tuple[str, str]
"""The ids of two tickets."""


class Link(NamedTuple):
    """A relation between two tickets.

    Attributes:
        edge: its number among the edges of the document.
        first: id of the ticket that comes first; of a conflict, either.
        then: id of the other ticket.
    """

    edge: int
    first: str
    then: str

    @property
    def ends(self) -> Ends:
        """Both ids."""
        return self.first, self.then


class OrderedLink(NamedTuple):
    """A link between two tickets in an order of all tickets.

    Attributes:
        link: the link.
        ends: its ids, in this order.
        turned: whether the order is opposite to that of the link.
        circular: whether the link is on a cycle.
    """

    link: Link
    ends: Ends
    turned: bool
    circular: bool


class OrderedLinks(NamedTuple):
    """Links without cycles.

    Attributes:
        links: the links, by their ids.
        steps: the ids of their tickets; each step has links from the one before it only.
        passed: number of steps that they lead on, all together.
    """

    links: list[OrderedLink]
    steps: list[list[str]]
    passed: int


def order_links(links: Iterable[Link]) -> OrderedLinks:
    """Dependencies and orderings in an order that only links on cycles contradict.

    Args:
        links: of several with the same ids, the first counts. Loops are left out.
    """
    by_ends = _each_once(links)
    following: dict[str, list[str]] = {}
    for first, then in by_ends:
        following.setdefault(first, []).append(then)
    place = {id_: number for number, id_ in enumerate(depth_first_order(following))}
    cycle_of = {id_: n for n, ids in enumerate(strongly_connected(following)) for id_ in ids}
    ordered = []
    for (first, then), link in by_ends.items():
        turned = place[first] > place[then]
        circular = first in cycle_of and cycle_of[first] == cycle_of.get(then)
        ends = (then, first) if turned else (first, then)
        ordered.append(OrderedLink(link, ends, turned, circular))
    step_of = dict.fromkeys(sorted(place), 0)
    for one in sorted(ordered, key=lambda one: place[one.ends[0]]):
        first, then = one.ends
        step_of[then] = max(step_of[then], step_of[first] + 1)
    steps: list[list[str]] = [[] for _ in range(max(step_of.values(), default=-1) + 1)]
    for id_, step in step_of.items():
        steps[step].append(id_)
    passed = sum(step_of[one.ends[1]] - step_of[one.ends[0]] for one in ordered)
    return OrderedLinks(ordered, steps, passed)


def conflict_links(links: Iterable[Link]) -> list[Link]:
    """Conflicts, one for each two tickets, by their ids."""
    return list(_each_once(Link(link.edge, *sorted(link.ends)) for link in links).values())


def _each_once(links: Iterable[Link]) -> dict[Ends, Link]:
    by_ends: dict[Ends, Link] = {}
    for link in links:
        if link.first != link.then:
            by_ends.setdefault(link.ends, link)
    return dict(sorted(by_ends.items()))


def connected(nodes: Sequence[str], pairs: Iterable[Ends]) -> list[list[str]]:
    """The nodes in groups that pairs connect; each sorted, in the order of their first nodes."""
    neighbours: dict[str, list[str]] = {node: [] for node in nodes}
    for one, other in pairs:
        neighbours[one].append(other)
        neighbours[other].append(one)
    groups: list[list[str]] = []
    seen: set[str] = set()
    for node in nodes:
        if node in seen:
            continue
        group = [node]
        seen.add(node)
        for member in group:
            new = [other for other in dict.fromkeys(neighbours[member]) if other not in seen]
            seen.update(new)
            group += new
        groups.append(sorted(group))
    return groups
