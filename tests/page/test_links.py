from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yoi_relations.page.links import Link, conflict_links, connected, order_links
from yoi_relations.queries.graph import strongly_connected

IDS = [f"T{number}" for number in range(9)]
LINKS = st.lists(st.tuples(st.sampled_from(IDS), st.sampled_from(IDS)), max_size=25).map(
    lambda pairs: [Link(number, *pair) for number, pair in enumerate(pairs)]
)


@given(LINKS)
def test_order_has_no_cycle_and_every_link_once(links: list[Link]) -> None:
    ordered = order_links(links)
    step_of = {id_: n for n, step in enumerate(ordered.steps) for id_ in step}
    distinct = {link.ends for link in links if link.first != link.then}

    assert [one.link.ends for one in ordered.links] == sorted(distinct)
    assert all(step_of[first] < step_of[then] for first, then in (o.ends for o in ordered.links))
    assert sum(map(len, ordered.steps)) == len(step_of)
    assert step_of.keys() == {id_ for ends in distinct for id_ in ends}
    assert ordered.passed == sum(
        step_of[one.ends[1]] - step_of[one.ends[0]] for one in ordered.links
    )


@given(LINKS)
def test_only_links_on_cycles_are_turned_and_each_is_marked(links: list[Link]) -> None:
    following: dict[str, list[str]] = {}
    for link in links:
        following.setdefault(link.first, []).append(link.then)
    components = strongly_connected(following)
    for one in order_links(links).links:
        circular = any(set(one.link.ends) <= set(component) for component in components)
        assert one.circular is circular
        assert not one.turned or circular
        assert one.ends == (one.link.ends[::-1] if one.turned else one.link.ends)


def test_one_link_of_a_ring_is_turned() -> None:
    ring = [Link(number, IDS[number], IDS[(number + 1) % 9]) for number in range(9)]
    assert [one.turned for one in order_links(ring).links].count(True) == 1


def test_the_first_of_several_links_counts() -> None:
    ordered = order_links([Link(4, "A", "B"), Link(7, "A", "B"), Link(2, "A", "A")])
    assert [one.link.edge for one in ordered.links] == [4]
    conflicts = conflict_links([Link(4, "B", "A"), Link(7, "A", "B"), Link(2, "A", "A")])
    assert conflicts == [Link(4, "A", "B")]


def test_a_long_chain_needs_no_deep_stack() -> None:
    chain = [Link(number, f"{number:05}", f"{number + 1:05}") for number in range(20_000)]
    assert len(order_links(chain).steps) == 20_001


def test_connected_groups() -> None:
    groups = connected(["A", "B", "C", "D", "E"], [("E", "A"), ("C", "B"), ("A", "E")])
    assert groups == [["A", "E"], ["B", "C"], ["D"]]
