from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yoi_relations.page.lines import CARD_HEIGHT, CARD_WIDTH
from yoi_relations.page.links import Link
from yoi_relations.page.map import MAX_CARDS, MAX_LINKS, Map, Missing, draw_map

IDS = [f"T{number:02}" for number in range(30)]
PAIRS = st.tuples(st.sampled_from(IDS), st.sampled_from(IDS))
Point = tuple[float, float]


def links(pairs: list[tuple[str, str]], start: int = 0) -> list[Link]:
    return [Link(start + number, *pair) for number, pair in enumerate(pairs)]


def points_of(path: str) -> list[Point]:
    """Points along an SVG path of M, H and C, not more than some pixels apart."""
    x = y = 0.0
    found: list[Point] = []
    for command, text in re.findall(r"([MHC])([^MHC]*)", path):
        numbers = [float(number) for number in text.split()]
        if command == "M":
            x, y = numbers
            found.append((x, y))
        elif command == "H":
            found += [(x + (numbers[0] - x) * n / 40, y) for n in range(41)]
            x = numbers[0]
        else:
            ends = [(x, y), *zip(numbers[::2], numbers[1::2], strict=True)]
            found += [bezier(ends, n / 40) for n in range(41)]
            x, y = ends[-1]
    return found


def bezier(ends: list[Point], t: float) -> Point:
    while len(ends) > 1:
        ends = [((1 - t) * a + t * c, (1 - t) * b + t * d) for (a, b), (c, d) in pairwise(ends)]
    return ends[0]


def check_cards(drawn: Map) -> None:
    for (x, y), (to_x, to_y) in combinations(drawn.cards.values(), 2):
        assert abs(x - to_x) >= CARD_WIDTH + 20 or abs(y - to_y) >= CARD_HEIGHT + 10
    for x, y in drawn.cards.values():
        assert 0 <= x <= drawn.width - CARD_WIDTH
        assert 0 <= y <= drawn.height - CARD_HEIGHT


def check_line(drawn: Map, path: str, link: Link, *, ranked: bool) -> None:
    points = points_of(path)
    sides = [side_of(drawn, link.first, point) for point in (points[0], points[-1])]
    others = [side_of(drawn, link.then, point) for point in (points[0], points[-1])]
    assert any(sides)
    assert any(others)
    assert {*sides, *others} >= ({"left", "right"} if ranked else {"right"})
    for point in points:
        assert 0 <= point[0] <= drawn.width
        assert not any(inside(card, point) for card in drawn.cards.values())


def side_of(drawn: Map, id_: str, point: Point) -> str | None:
    (x, y), (at, down) = drawn.cards[id_], point
    if not y < down < y + CARD_HEIGHT:
        return None
    return {x: "left", x + CARD_WIDTH: "right"}.get(round(at))


def inside(card: tuple[int, int], point: Point) -> bool:
    return card[0] < point[0] < card[0] + CARD_WIDTH and card[1] < point[1] < card[1] + CARD_HEIGHT


@given(st.lists(PAIRS, max_size=40), st.lists(PAIRS, max_size=6))
@settings(max_examples=300, deadline=None)
def test_every_ticket_and_link_is_drawn_and_nothing_overlaps(
    ranked: list[tuple[str, str]], conflicts: list[tuple[str, str]]
) -> None:
    first, second = links(ranked), links(conflicts, 100)
    drawn = draw_map(first, second)
    linked = {id_ for link in [*first, *second] if link.first != link.then for id_ in link.ends}
    assert drawn.missing is (None if linked else Missing.NOTHING_LINKED)
    assert drawn.cards.keys() == linked
    assert sorted(id_ for step in drawn.steps for id_ in step) == sorted(linked)
    check_cards(drawn)
    by_edge = {link.edge: link for link in [*first, *second]}
    ends = [by_edge[line.edge].ends for line in drawn.lines if line.edge < 100]
    assert sorted(ends) == sorted({pair for pair in ranked if pair[0] != pair[1]})
    opposed = {frozenset(by_edge[line.edge].ends) for line in drawn.lines if line.edge >= 100}
    assert opposed == {frozenset(pair) for pair in conflicts if pair[0] != pair[1]}
    for line in drawn.lines:
        if line.edge < 100 or line.path:
            check_line(drawn, line.path, by_edge[line.edge], ranked=line.edge < 100)


def test_what_comes_first_is_at_the_left_and_tips_point_to_what_waits() -> None:
    drawn = draw_map(links([("A", "B"), ("B", "C"), ("A", "C"), ("C", "D")]), [])
    lefts = [drawn.cards[id_][0] for id_ in "ABCD"]
    assert lefts == sorted(set(lefts))
    assert drawn.steps == [["A"], ["B"], ["C"], ["D"]]
    for line in drawn.lines:
        assert points_of(line.path)[-1] == tuple(map(float, line.tip[:-1].split("L")[1].split()))


def test_both_links_between_two_tickets_are_drawn() -> None:
    drawn = draw_map(links([("A", "B"), ("B", "A")]), [])
    assert [line.circular for line in drawn.lines] == [True, True]
    assert len({line.path for line in drawn.lines}) == 2
    assert len({line.tip[:4] for line in drawn.lines}) == 2


def test_conflicts_do_not_decide_places() -> None:
    ranked = links([("A", "B"), ("B", "C"), ("D", "E")])
    alone, drawn = draw_map(ranked, []), draw_map(ranked, links([("A", "E"), ("C", "D")], 9))
    for id_ in "ABC":
        assert drawn.cards[id_][0] == alone.cards[id_][0]
    assert drawn.cards["D"][0] < drawn.cards["E"][0]
    assert [(line.edge, line.tip) for line in drawn.lines[-2:]] == [(9, ""), (10, "")]
    # From the first column to the third, there is no line: the cards say it.
    assert [bool(line.path) for line in drawn.lines[-2:]] == [True, False]


def test_a_larger_map_is_not_drawn() -> None:
    chain = links([(f"{n:05}", f"{n + 1:05}") for n in range(MAX_CARDS)])
    assert draw_map(chain[:-1], []).missing is None
    drawn = draw_map(chain, [])
    assert (drawn.missing, len(drawn.steps), drawn.cards) == (Missing.TOO_LARGE, MAX_CARDS + 1, {})
    wide = links([(f"a{n}", f"b{m}") for n in range(29) for m in range(28)])
    assert len(wide) > MAX_LINKS
    assert draw_map(wide, []).missing is Missing.TOO_LARGE
    long = links([(f"{n:05}", "00399") for n in range(398)])
    assert draw_map([*chain[: MAX_CARDS - 1], *long], []).missing is Missing.TOO_LARGE


def test_the_largest_maps_take_a_second() -> None:
    order = links(list(combinations([f"{n:02}" for n in range(28)], 2)))
    pairs = links([(f"a{n}", f"b{n}") for n in range(200)])
    conflicts = links([(f"a{n}", f"b{n + 1}") for n in range(199)], 1000)
    for ranked, opposed in ((order, []), (pairs, []), (pairs, conflicts)):
        start = time.perf_counter()
        assert draw_map(ranked, opposed).missing is None
        assert time.perf_counter() - start < 5


def test_without_the_library_there_are_steps_and_no_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "fast_sugiyama", None)
    drawn = draw_map(links([("A", "B")]), [])
    assert (drawn.missing, drawn.steps) == (Missing.NO_LIBRARY, [["A"], ["B"]])


def test_the_same_links_make_the_same_map_in_every_process() -> None:
    script = (
        "from yoi_relations.page.map import draw_map\n"
        "from yoi_relations.page.links import Link\n"
        "import random\n"
        "for seed in range(20):\n"
        "    drawn = random.Random(seed)\n"
        "    ends = [drawn.choices('ABCDEFGHIJKLMNOP', k=2) for n in range(26)]\n"
        "    links = [Link(n, *pair) for n, pair in enumerate(ends)]\n"
        "    print(draw_map(links[:20], links[20:]))\n"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(answers) == 1
