"""The map: where the cards of tickets are, and the lines between them.

From left to right, what must be done first comes first. Dependencies and orderings decide the
places; conflicts are drawn afterwards. The same links make the same map.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import sqrt

from yoi_relations.lean.types import NamedTuple, StrEnum
from yoi_relations.page.layers import Edge, Point, is_available, place_in_layers
from yoi_relations.page.lines import CARD_HEIGHT, CARD_WIDTH, COLUMN, Place, line, line_between, tip
from yoi_relations.page.links import (
    Ends,
    Link,
    OrderedLink,
    conflict_links,
    connected,
    order_links,
)

MAX_CARDS, MAX_LINKS = 400, 800
"""A larger map is not drawn: nobody could read it."""
MAX_PASSED = 4_000
"""Steps that all links together may lead on; the time to place them grows with it."""
_ROW = CARD_HEIGHT + 20
"""Least number of pixels from a card to the one below it."""
_LANE = 22
"""The same between two lines that pass a column."""
_APART = 34
"""Pixels between two parts that are not linked."""
_MARGIN = 24
_WIDE = 1240
"""Width of a map, in pixels, from which its parts go into another row."""
_PORTS = 36
"""Pixels of a card's side on which lines end."""
_PORT = 10
"""Greatest distance between two lines there."""


class Missing(StrEnum):
    """Why there is no map."""

    NOTHING_LINKED = "nothing_linked"
    TOO_LARGE = "too_large"
    NO_LIBRARY = "no_library"


class Line(NamedTuple):
    """A link as it is drawn.

    Attributes:
        edge: its number among the edges of the document.
        path: an SVG path; "" if it would be too long.
        tip: the SVG path of its tip; "" for a conflict.
        circular: whether it is on a cycle.
    """

    edge: int
    path: str
    tip: str
    circular: bool


class Map(NamedTuple):
    """A drawing of links.

    Attributes:
        missing: why nothing is drawn; None if it is drawn.
        steps: the ids of the linked tickets, each step after those before it, except on cycles.
        width: in pixels.
        height: in pixels.
        cards: by id, the left upper corner of its card.
        lines: a line for each link; links that say the same are one.
    """

    missing: Missing | None
    steps: list[list[str]]
    width: int
    height: int
    cards: dict[str, Place]
    lines: list[Line]


class _Part(NamedTuple):
    """Cards and lines that keep their places to each other.

    Attributes:
        width: in pixels.
        height: in pixels.
        cards: by id, the left upper corner of its card.
        ways: by the ids of its ends, left and middle of each column that a line passes.
    """

    width: int
    height: int
    cards: dict[str, Place]
    ways: dict[Ends, list[Place]]

    def moved(self, right: int, down: int) -> _Part:
        """The same at another place."""
        cards = {id_: (x + right, y + down) for id_, (x, y) in self.cards.items()}
        ways = {e: [(x + right, y + down) for x, y in way] for e, way in self.ways.items()}
        return self._replace(cards=cards, ways=ways)


def draw_map(ranked: Iterable[Link], conflicts: Iterable[Link]) -> Map:
    """The map of some links.

    Args:
        ranked: dependencies and orderings; of several with the same ids, the first counts. Loops
            are left out.
        conflicts: likewise, whatever their direction.
    """
    ordered = order_links(ranked)
    opposed = conflict_links(conflicts)
    placed = {id_ for step in ordered.steps for id_ in step}
    free = sorted({id_ for link in opposed for id_ in link.ends} - placed)
    steps = [sorted([*ordered.steps[0], *free]), *ordered.steps[1:]] if placed else [free]
    cards, lines = len(placed) + len(free), len(ordered.links) + len(opposed)
    missing = None if is_available() else Missing.NO_LIBRARY
    if not cards:
        return Map(Missing.NOTHING_LINKED, [], 0, 0, {}, [])
    if cards > MAX_CARDS or lines > MAX_LINKS or ordered.passed > MAX_PASSED:
        missing = Missing.TOO_LARGE
    if missing is not None:
        return Map(missing, steps, 0, 0, {}, [])
    tickets = [id_ for step in steps for id_ in step]
    whole = _packed(_parts(sorted(tickets), [one.ends for one in ordered.links]), opposed)
    drawn = [*_ranked_lines(ordered.links, whole), *_conflict_lines(opposed, whole)]
    return Map(None, steps, whole.width, whole.height, whole.cards, drawn)


def _parts(tickets: Sequence[str], ends: Sequence[Ends]) -> list[_Part]:
    """Each connected component, placed by itself."""
    parts = []
    for members in connected(tickets, ends):
        inside = frozenset(members)
        parts.append(_part(members, {pair for pair in ends if pair[0] in inside}))
    return parts


def _part(ids: Sequence[str], ends: Iterable[Ends]) -> _Part:
    if len(ids) == 1:
        return _Part(CARD_WIDTH, CARD_HEIGHT, {ids[0]: (0, 0)}, {})
    number = {id_: index for index, id_ in enumerate(ids)}
    edges: dict[Edge, Ends] = {(number[first], number[then]): (first, then) for first, then in ends}
    layers = place_in_layers(len(ids), edges, node_space=_ROW, edge_space=_LANE)
    points = [*layers.nodes, *(point for way in layers.passed.values() for point in way)]
    top = min(point.across for point in points)

    def place(point: Point) -> Place:
        return point.layer * COLUMN, round(point.across - top)

    return _Part(
        width=max(point.layer for point in points) * COLUMN + CARD_WIDTH,
        height=max(place(point)[1] for point in points) + CARD_HEIGHT,
        cards={id_: place(point) for id_, point in zip(ids, layers.nodes, strict=True)},
        ways={
            edges[edge]: [(x, y + CARD_HEIGHT // 2) for x, y in map(place, way)]
            for edge, way in layers.passed.items()
        },
    )


def _packed(parts: Sequence[_Part], conflicts: Iterable[Link]) -> _Part:
    """All parts; those that conflicts connect are below each other."""
    part_of = {id_: f"{number:06}" for number, part in enumerate(parts) for id_ in part.cards}
    pairs = [(part_of[link.first], part_of[link.then]) for link in conflicts]
    groups = connected(list(dict.fromkeys(part_of.values())), pairs)
    return _in_rows([_stacked([parts[int(number)] for number in group]) for group in groups])


def _stacked(parts: Sequence[_Part]) -> _Part:
    """Parts below each other, the one with most cards first."""
    down, placed = 0, []
    for part in sorted(parts, key=lambda part: -len(part.cards)):
        placed.append(part.moved(0, down))
        down += part.height + _ROW - CARD_HEIGHT
    return _together(max(p.width for p in parts), down - (_ROW - CARD_HEIGHT), placed)


def _in_rows(parts: Sequence[_Part]) -> _Part:
    """Parts in rows, the tallest first."""
    area = sum((part.width + _APART) * (part.height + _APART) for part in parts)
    limit = max(min(_WIDE, int(sqrt(1.8 * area))), *(part.width for part in parts))
    right = down = row = width = 0
    placed = []
    for part in sorted(parts, key=lambda part: (-part.height, -part.width)):
        if right and right + part.width > limit:
            right, down, row = 0, down + row + _APART, 0
        placed.append(part.moved(right + _MARGIN, down + _MARGIN))
        row, width = max(row, part.height), max(width, right + part.width)
        right += part.width + _APART
    return _together(width + 2 * _MARGIN, down + row + 2 * _MARGIN, placed)


def _together(width: int, height: int, parts: Iterable[_Part]) -> _Part:
    whole = _Part(width, height, {}, {})
    for part in parts:
        whole.cards.update(part.cards)
        whole.ways.update(part.ways)
    return whole


def _ranked_lines(links: Sequence[OrderedLink], whole: _Part) -> Iterator[Line]:
    leaving, arriving = _ports(links, whole, 0), _ports(links, whole, 1)
    for link in links:
        (x, y), end = (whole.cards[id_] for id_ in link.ends)
        points = [(x + CARD_WIDTH, y + leaving[link])]
        for left, middle in whole.ways[link.ends]:
            points += [(left, middle), (left + CARD_WIDTH, middle)]
        points.append((end[0], end[1] + arriving[link]))
        at_tip = tip(points[0], 1) if link.turned else tip(points[-1], -1)
        yield Line(link.link.edge, line(points), at_tip, link.circular)


def _ports(links: Iterable[OrderedLink], whole: _Part, end: int) -> dict[OrderedLink, int]:
    """By link, how far below the top of a card it ends; in the order of what it leads to.

    Args:
        links: the links.
        whole: the cards.
        end: 0 for the cards at the left of the lines, 1 for those at their right.
    """
    at: dict[str, list[tuple[int, OrderedLink]]] = {}
    for link in links:
        way, (_, top) = whole.ways[link.ends], whole.cards[link.ends[1 - end]]
        near = way[-end][1] if way else top + CARD_HEIGHT // 2
        at.setdefault(link.ends[end], []).append((near, link))
    ports: dict[OrderedLink, int] = {}
    for found in at.values():
        step = min(_PORT, _PORTS / max(len(found) - 1, 1))
        first = (CARD_HEIGHT - step * (len(found) - 1)) / 2
        ports |= {link: round(first + step * n) for n, (_, link) in enumerate(sorted(found))}
    return ports


def _conflict_lines(links: Iterable[Link], whole: _Part) -> Iterator[Line]:
    for link in links:
        card, other = (whole.cards[id_] for id_ in link.ends)
        yield Line(link.edge, line_between(card, other), "", circular=False)
